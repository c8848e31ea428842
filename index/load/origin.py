"""What a file says about who made it and when, in the form in which documents keep it."""

from __future__ import annotations

import re
from datetime import date

from index.load.clean import clean
from index.records import Origin

LONGEST = 300
"""Characters: what is longer is no list of names."""

_NOBODY = re.compile(
    r"\W*(?:anonymous|unknown|unspecified|none|n/?a|author|owner|users?|admin(?:istrator)?|root|default|scanner|python-docx"
    r"|python-pptx|openpyxl|microsoft office user|apache poi|libreoffice|steve canny)\W*",  # the templates' own author
    re.IGNORECASE,
)
_DAY = re.compile(r"\s*(?:D:)?([12]\d{3})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])")


def origin(author: str | None = "", created: date | str | None = "", modified: date | str | None = "") -> Origin:
    """Names that stand for nobody ("(anonymous)", a program) count as unsaid, and so do dates that are none."""
    named = " ".join(clean(author or "").split())
    unsaid = _NOBODY.fullmatch(named) or len(named) > LONGEST or not any(map(str.isalpha, named))
    return Origin("" if unsaid else named, _day(created), _day(modified))


def _day(said: date | str | None) -> str:
    """The day of an ISO date or of a PDF date such as "D:20310405120000" (PDF 1.7, section 7.9.4)."""
    found = _DAY.match(said if isinstance(said, str) else said.isoformat() if said else "")
    return "-".join(found.groups()) if found else ""
