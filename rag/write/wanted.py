"""What a question wants of a table: names, reasons, a sum, a mean, or one end of a scale; and which labels give it."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from index.text.degrees import Extreme, Scale
from index.text.words import joined_terms, stem
from rag.write.cells import Column

BY_NAME = re.compile(r"\b(?:which|who|whose|welche[rsn]?|wer|cuál(?:es)?|quién(?:es)?)\b|哪|谁", re.IGNORECASE)
WHICH = re.compile(rf"{BY_NAME.pattern}|\b(?:what|list|name|qué)\b", re.IGNORECASE)
HOW = re.compile(
    r"\bwhy\b|\bhow (?:do|does|did|can|could|should|to|is|are|was|were)\b|warum|为什么|怎么", re.IGNORECASE
)
"""What asks for reasons and ways, which no cell holds."""
SUM = re.compile(
    r"\b(?:in total|totals? of|sum of|altogether|in all|insgesamt|summe|en total)\b|总共|一共|合计"
    r"|\b(?:how (?:many|much)|costs?|pay|earn|weigh|come to|amount to)\b.*\b(?:together|combined)\W*$"
    r"|\b(?P<word>total|sum|combined)\b(?:(?=\W*$)|(?=\s+(?:number of\s+)?(?:the\s+)?(?P<next>[^\W_]+)))",
    re.IGNORECASE,
)
MEAN = re.compile(
    r"\b(?:(?:mean|average) of|media de|on average|la media|durchschnitt\w*|promedio)\b|平均"
    r"|\b(?P<word>average|mean)\b(?=\s+(?P<next>[^\W_]+))",
    re.IGNORECASE,
)
"""What asks for a sum or a mean where `next` is of a label: "the mean price", not "what does late mean?"."""
_FAST = "speed|velocity|tempo|geschw|速"
_LASTING = r"\btime\b|duration|\blap|\bzeit\b|dauer|tiempo"
_SCORE = "score|rating|points"
_PLACES = r"\b(?:rank|place|position|platz|rang)\b|名次"
_WORDS: tuple[tuple[Scale, str, str], ...] = (
    (
        "money",
        r"\b(?:costs?|prices?|pay|paid|spen[dt]|charged?|fees?|come to|how much (?:is|are|for)|kostet|cuesta)\b"
        r"|多少钱",
        r"price|cost|fee|rent|amount|charge|preis|kosten|gebühr|precio|cuota|价|元|[€$£¥]|\b(?:eur|usd|gbp)\b",
    ),
    ("temperature", r"\btemperature\b", r"temp|°|温"),
    ("mass", r"\b(?:weighs?|weight|mass)\b", r"weight|mass|gewicht|peso|重|\b(?:kg|g)\b"),
    ("time", r"\bwhen\b", r"date|day|time|year|dep|arr|start|begin|end|datum|zeit|fecha|hora|日|时"),
    ("age", r"\bage\b", r"age|year|born|built|since|date|alter|baujahr|edad|año|年"),
    ("speed", r"\bhow fast\b", f"{_FAST}|{_LASTING}"),
    ("merit", r"(?!)", rf"{_SCORE}|{_PLACES}|\btime\b"),
)
_SCALES: Mapping[Scale, tuple[re.Pattern[str], re.Pattern[str]]] = MappingProxyType(
    {scale: (re.compile(asks, re.IGNORECASE), re.compile(gives, re.IGNORECASE)) for scale, asks, gives in _WORDS}
)
"""By scale: the words of a question that ask for it, and those of a label that give it."""
_PART = re.compile(r"\b(?P<max>max|maximum|highest|to)\b|\b(?P<min>min|minimum|lowest|from)\b", re.IGNORECASE)
_UP, _DOWN = re.compile(f"{_FAST}|{_SCORE}", re.IGNORECASE), re.compile(_LASTING, re.IGNORECASE)
_PLACE = re.compile(_PLACES, re.IGNORECASE)
_MOMENT = re.compile(r"dep|arr|start|begin|end|due|open|clos", re.IGNORECASE)
_MEASURED = re.compile(r"duration|\blap|race|travel|journey|dauer", re.IGNORECASE)
"""Labels of numbers of which the large (`_UP`) or the small are fast and good; a time of day (`_MOMENT`) is neither."""


def scale_of(question: str) -> Scale:
    """The scale that a question asks for without a superlative: "what does it cost"."""
    return next((scale for scale, (asks, _) in _SCALES.items() if asks.search(question)), "")


def asks_for(label: str) -> list[re.Pattern[str]]:
    """The words by which questions ask for what a label gives."""
    return [asks for asks, gives in _SCALES.values() if gives.search(label)]


def gives(label: str, scale: Scale) -> bool:
    """Whether a label gives a scale."""
    return bool(scale) and _SCALES[scale][1].search(label) is not None


def sums(question: str, labels: Sequence[str], pattern: re.Pattern[str] = SUM) -> bool:
    """Whether a question asks for the sum, or with the pattern `MEAN` for the mean, of what a label names."""
    held = {term for label in labels for term in joined_terms(label)}
    for found in pattern.finditer(question):
        word, after = found["word"], found["next"]
        if not word or (pattern is SUM and not after):
            return True
        named = stem(after.lower()) in held or bool(scale_of(after))
        if named and stem(word.lower()) not in held:
            return True
    return False


def is_end(label: str, extreme: Extreme) -> bool:
    """Whether a label says that it holds the lower or the upper ends: "min_temp", "max_temp"."""
    part = _PART.search(label.replace("_", " "))
    return part is not None and bool(part["min"]) == extreme.least


def takes_least(extreme: Extreme, column: Column) -> bool | None:
    """Whether the least value of a column is the extreme; None where its label does not tell.

    What is oldest has the earliest day, what is fastest the least time or the highest speed; the best is first in rank.
    """
    label = column.label.replace("_", " ")
    place = _PLACE.search(label) is not None
    if extreme.scale == "age":
        return extreme.least != column.kind.startswith(("day", "year"))
    if extreme.scale not in ("speed", "merit"):
        return None if place and not extreme.scale else extreme.least
    if _MOMENT.search(label) or (column.kind.startswith("clock") and not _MEASURED.search(label)):
        return None
    down = bool(_DOWN.search(label)) or (place and extreme.scale == "merit")
    return None if down == bool(_UP.search(label)) else extreme.least != down
