"""The source markers that language models write: "[1]", "[1, 2]", "【1】", "[Source 3]", "(source 3)", "[2-4]"."""

import re

_WORDS = ("sources", "source", "passages", "passage", "documents", "document", "docs", "doc", "refs", "ref", "quelle")
_WORD = rf"(?:{'|'.join(_WORDS)})"
_PART = (
    rf"(?:{'|'.join(sorted({word[:n] for word in _WORDS for n in range(1, len(word) + 1)}, key=len, reverse=True))})"
)
_NUMBERS = rf"#?\d{{1,2}}(?:\s*(?:[,;、，&–-]|and)\s*(?:{_WORD}\s*)?#?\d{{1,2}})*"
_TAIL = r"(?:†[^】\]\n]{0,24})?"
_WHOLE = re.compile(
    rf"[\[【]\s*\^?(?:{_WORD}\.?)?\s*{_NUMBERS}\s*{_TAIL}[\]】]|[(（]\s*{_WORD}\.?\s*{_NUMBERS}\s*[)）]", re.IGNORECASE
)
_BEGINNING = re.compile(
    rf"[\[【]\s*\^?(?:{_PART}\.?)?\s*(?:#?\d[\d\s,;、，&–\-a-z#]*)?{_TAIL}|[(（]\s*(?:{_PART}\.?\s*(?:#?\d[\d\s,;、，&–\-a-z#]*)?)?",
    re.IGNORECASE,
)
LONGEST_MARKER = 48
OPENERS = frozenset("[【(（")


def may_become_marker(text: str) -> bool:
    """Whether `text` is the beginning of something that could be a marker once more characters arrive."""
    return len(text) < LONGEST_MARKER and _BEGINNING.fullmatch(text) is not None


def marker_numbers(text: str) -> tuple[int, ...]:
    """The source numbers of a complete marker, ranges written out; () if the text is no marker."""
    if _WHOLE.fullmatch(text) is None:
        return ()
    numbers: list[int] = []
    for low, high in re.findall(r"(\d+)(?:\s*[–-]\s*(\d+))?", text.split("†", maxsplit=1)[0]):
        last = int(high) if high else int(low)
        numbers.extend(range(int(low), last + 1) if int(low) <= last <= int(low) + 20 else (int(low), last))
    return tuple(dict.fromkeys(numbers))
