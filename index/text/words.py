"""Words as the lexical stages see them: content words, light stems, names; and whether several things are asked for, or
nothing: how headings, labels and statements look.
"""

import re
import unicodedata
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*", re.UNICODE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LABEL = re.compile(r"\W*[^\W\d_]+(?: [^\W\d_]+)?: ")
_NAME = re.compile(r"(?<![\w.])(?:\d[\d.]*)?[A-Z][\w.\-]*(?:[ \-](?:[A-Z0-9][\w.\-]*))*")

_LAST_LATIN = "\u024f"

HEADING_WORDS = 12

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between
    both but by can could did do does doing done down during each few for from further had has have having
    he her here hers him his how i if in into is it its itself just let me more most my no nor not now of
    off on once only or other our out over own please same say she should so some such tell than that the
    their them then there these they this those through to too under until up very was we were what when
    where which while who whom whose why will with would you your according many much give know mean whats s
    t don doesn didn isn wasn get got
    """.split()
)

PRONOUNS = frozenset("it its this that these those they their he his she her both such".split())
"""What leans on the sentence before where it opens one."""

AUXILIARIES = "is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must"
"""The commonest, as alternatives of a pattern."""

_SUFFIXES = (("ies", "y"), ("ing", ""), ("edly", ""), ("ed", ""), ("es", ""), ("s", ""), ("ly", ""), ("e", ""))

_LIST = re.compile(
    r"\b(?:list|name (?:all|the|some|two|three|four)|what (?:are|were) (?:the|some|all)|examples of|reasons|factors"
    r"|challenges|trends|which (?:companies|countries|models|firms|industries|sectors|cities|brands|factors|materials"
    r"|institutions|trends|places|things))\b",
    re.IGNORECASE,
)
_COMPARE = re.compile(
    r"\b(?:compare|compared|comparison|versus|vs|differences?|differ|both|better|worse|larger|smaller|bigger|higher"
    r"|lower|than)\b",
    re.IGNORECASE,
)

QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
TELL_WORDS = frozenset("name list tell give show explain describe".split())
"""What asks to be told something, where it opens a sentence."""
_SOURCES = re.compile(
    r"\b(?:articles|reports|sources|documents|texts|papers|authors)\b[^.?!]*"
    r"\b(?:say|says|agree|disagree|differ|claim|report|contradict|think|see)\b",
    re.IGNORECASE,
)
HOW_MANY = re.compile(r"\bhow many\b|\b(?:the|total|a)\s+number of\b", re.IGNORECASE)
"""What asks for a count."""
_ALTERNATIVES = re.compile(r"\b\w+ or (?:not\b|\w+)", re.IGNORECASE)


def words(text: str) -> list[str]:
    """Lower-case words in order, without diacritics; a run of CJK characters gives its character bigrams."""
    found: list[str] = []
    for match in WORD.finditer(plain(text)):
        word = match.group().lower().replace("’", "'").removesuffix("'s")
        if _CJK.search(word):
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    return found


def first_word(text: str) -> str:
    """The first of `words`; "" where there is none."""
    return next(iter(words(text)), "")


def other_script(text: str) -> bool:
    """Whether most of its letters are none of the Latin alphabet: what was trained here has learnt no others."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter > _LAST_LATIN for letter in letters) * 2 > len(letters)


def plain(text: str) -> str:
    """The text without combining marks (é as e), so that spelling with or without them compares equal."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def blanked(text: str, places: Iterable[tuple[int, int]], mark: str = " ") -> str:
    """The text with a mark for each character of these half-open places: all others keep theirs."""
    for start, end in places:
        text = f"{text[:start]}{mark * (end - start)}{text[end:]}"
    return text


def stem(word: str) -> str:
    """A light suffix stripper: enough to match plurals and verb forms, never fewer than three letters."""
    for suffix, put in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            return word[: len(word) - len(suffix)] + put
    return word


def terms(text: str) -> list[str]:
    """Stems of the content words, in order, each once."""
    return list(dict.fromkeys(stem(word) for word in words(text) if word not in STOP_WORDS))


def joined_terms(text: str) -> list[str]:
    """Stems of labels, file names and the like, whose words may be joined: "min_temp", "Holm-Tornay"."""
    return terms(re.sub(r"[-_./]", " ", text))


def names(text: str) -> list[str]:
    """Capitalised sequences in order, each once; a lone stop word that only starts a sentence is none."""
    found = (match.group().rstrip(".-") for match in _NAME.finditer(text))
    return list(dict.fromkeys(name for name in found if name.lower() not in STOP_WORDS and len(name) > 1))


def ends_whole(sentence: str) -> bool:
    """Whether it ends like a sentence, closing quotes and brackets apart."""
    return sentence.rstrip(" \"'”’)*_").endswith((".", "!", "?", "…", "。", "！", "？"))


def is_heading(sentence: str) -> bool:
    """Whether it is marked as a heading, or reads like a label: no full stop, and at most HEADING_WORDS words."""
    return sentence.startswith("#") or (not ends_whole(sentence) and len(sentence.split()) <= HEADING_WORDS)


def is_label(sentence: str) -> bool:
    """Whether it reads like a line of data about the text ("Source: ...", "Author: ..."): a word, a colon, no stop."""
    return _LABEL.match(sentence) is not None and not ends_whole(sentence)


def is_statement(query: str) -> bool:
    """Whether it claims something instead of asking: it ends in a full stop and opens with no question word."""
    return query.rstrip().endswith(".") and first_word(query) not in QUESTION_WORDS | TELL_WORDS


def wants_list(question: str) -> bool:
    """Whether the question asks for several things."""
    return bool(_LIST.search(question))


def wants_comparison(question: str) -> bool:
    """Whether the question sets two things side by side."""
    return bool(_COMPARE.search(question))


def wants_sources(question: str) -> bool:
    """Whether it asks what several documents say, or which of two things holds: one place may not tell it all."""
    return bool(_SOURCES.search(question) or _ALTERNATIVES.search(question))
