"""Document text on its way into HTML: every character stays what it is, none of them acts."""

import html
import re

# Characters that reorder or hide what stands around them. In running text each is kept, but alone in its own isolate,
# where it has nothing to reorder; in attributes it is dropped.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]")


def escape_text(text: str) -> str:
    """HTML whose text content is exactly `text` (control characters other than white space become U+FFFD)."""
    escaped = html.escape(_CONTROL.sub("\ufffd", text), quote=True).replace("\r", "&#13;")
    return _DIRECTION.sub(_isolate, escaped)


def escape_attribute(text: str) -> str:
    """The text on one line, safe between double quotes of an attribute."""
    return html.escape(" ".join(_DIRECTION.sub("", _CONTROL.sub("\ufffd", text)).split()), quote=True)


def escape_value(text: str) -> str:
    """The text as it is, lines and all, between double quotes of an attribute: for what is read back, not shown."""
    return html.escape(_CONTROL.sub("\ufffd", text), quote=True).replace("\r", "&#13;").replace("\n", "&#10;")


def clip(text: str, limit: int) -> str:
    """The text on one line, cut after a whole word where it is longer than `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[:limit]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut) + " …"


def _isolate(match: re.Match[str]) -> str:
    return f'<bdi class="control" title="U+{ord(match.group()):04X}">{match.group()}</bdi>'
