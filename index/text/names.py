"""Names in a sentence and whether a source mentions them: case, diacritics, possessives, hyphens and demonyms apart."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from index.text.words import STOP_WORDS, plain

_TOKEN = re.compile(r"[^\W_]+(?:[.'’&-](?=[^\W_])[^\W_]+)*", re.UNICODE)
_OPENING = re.compile(r"(?:^|[.!?:;。！？…]|[\"“„«‘(\[*_]|\n|[-–—•]\s)\s*[\"“„«‘(\[*_]*$")
_ALIASES = re.compile(
    r"(?P<US>United States(?: of America)?|U\.S\.A?\.?(?!\w)|\bUSA?\b"
    r"|(?<!South )(?<!North )(?<!Latin )\bAmerica(?:ns?)?\b)"
    r"|(?P<UK>United Kingdom|U\.K\.?(?!\w)|\bUK\b|\bBritain\b|\bBritish\b)"
    r"|(?P<EU>European Union|\bE\.U\.?(?!\w)|\bEU\b)"
    r"|(?P<China>People['’]s Republic of China|\bChina\b|\bChinese\b|\bPRC\b)"
)
ORGANISATION = re.compile(
    r"\b(?:inc|ltd|co|corp|company|group|university|institute|school|college|bank|club|council|board|office|ministry"
    r"|agency|association|union|museum|library|centre|center|labs?|ai|hotel|party|society|church|court)\b",
    re.IGNORECASE,
)
"""What a name holds that is of no person."""
_DEMONYMS = dict(
    pair.split(":")
    for pair in (
        "french:france dutch:netherlands holland:netherlands spanish:spain swiss:switzerland swedish:sweden "
        "danish:denmark "
        "finnish:finland polish:poland turkish:turkey greek:greece english:england scottish:scotland welsh:wales "
        "irish:ireland japanese:japan vietnamese:vietnam portuguese:portugal taiwanese:taiwan norwegian:norway "
        "czech:czechia israeli:israel brazilian:brazil argentine:argentina thai:thailand filipino:philippines "
        "ukrainian:ukraine emirati:emirates saudi:saudi"
    ).split()
)
_TITLES = frozenset(
    "mr mrs ms dr prof professor president ceo chairman minister sir lady founder senator doctor king queen pope "
    "company corporation inc ltd university institute group ai".split()
)
_PLAIN_STARTS = STOP_WORDS | frozenset(
    "although though since unless whether yet still even however moreover furthermore therefore thus hence meanwhile "
    "instead overall finally today later earlier recently another every several within without among across despite "
    "based given like unlike besides beyond two three four five six seven eight nine ten twenty never yes one first "
    "second third next last critics experts researchers analysts observers people".split()
)
_GERMAN = re.compile(r"\b(?:der|die|das|und|ist|nicht|ein|eine|den|dem|mit|von|auf|für|wurde|werden|sich)\b")


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised run or a code of a sentence; `keys` are its words in comparable form.

    `sure` is False for a lone capitalised word that opens a sentence and may be a plain word.
    """

    text: str
    keys: tuple[str, ...]
    sure: bool = True


def entity_names(text: str, known: Collection[str] = ()) -> tuple[Name, ...]:
    """The names of a sentence in order; `known` are keys that are names even where they open a sentence."""
    text = _canonical(text)
    tokens = list(_TOKEN.finditer(text))
    capitals = sum(match.group()[0].isupper() for match in tokens)
    headline = len(tokens) > 2 and capitals > 0.7 * len(tokens)
    german = len(_GERMAN.findall(text)) >= 2
    found: list[Name] = []
    run: list[re.Match[str]] = []
    for match in tokens:
        if run and (not _capital(match.group()) or text[run[-1].end() : match.start()] not in (" ", "-", "\u00a0")):
            found.extend(_from_run(text, run, known, headline or german))
            run = []
        if _capital(match.group()):
            run.append(match)
    found.extend(_from_run(text, run, known, headline or german))
    return tuple(found)


def name_keys(text: str) -> frozenset[str]:
    """Comparable forms of every word of a source, in any case, with the parts of hyphenated ones and its acronyms."""
    text = _canonical(text)
    keys: set[str] = set()
    for match in _TOKEN.finditer(text):
        keys.update(_forms(match.group()))
    return frozenset(keys | _acronyms(text))


def mentioned(key: str, keys: Collection[str]) -> bool:
    """Whether a source with these keys mentions the name: the same word, its inflection, or written together."""
    if key in keys or _DEMONYMS.get(key, key) in keys:
        return True
    parts = re.split(r"[.&'-]", key)
    if len(parts) > 1 and all(part in keys for part in parts):
        return True
    squashed = re.sub(r"\W", "", key)
    return squashed in keys or (len(key) >= 4 and any(inflected(key, other) for other in keys))


def capitalised_inside(text: str) -> frozenset[str]:
    """Keys of the words that are capitalised inside sentences: names even where they open another sentence."""
    found = entity_names(text)
    return frozenset(key for name in found if name.sure for key in name.keys)


def inflected(key: str, other: str) -> bool:
    """Whether two words may be forms of one: the longer begins with the shorter and has few letters more."""
    short, long = sorted((key, other), key=len)
    return len(short) >= 4 and len(long) - len(short) <= 3 and long.startswith(short) and long[len(short) :].isalpha()


def _from_run(text: str, run: list[re.Match[str]], known: Collection[str], doubtful: bool) -> list[Name]:
    """The names of one capitalised run: none for a plain word that opens a sentence."""
    opens = bool(run) and bool(_OPENING.search(text[: run[0].start()]))
    if opens and {run[0].group().lower(), _key(run[0].group())} & _PLAIN_STARTS:
        run, opens = run[1:], False
    run = [match for match in run if match.group() not in ("I", "A") and match.group().lower() not in _TITLES]
    if not run:
        return []
    keys = tuple(_key(match.group()) for match in run)
    strong = any(_odd_case(match.group()) or _key(match.group()) in known for match in run)
    sure = strong or (not doubtful and (not opens or len(run) > 1 or run[0].group().endswith(("'s", "’s"))))
    return [Name(text[run[0].start() : run[-1].end()], keys, sure)]


def _capital(word: str) -> bool:
    return word[0].isupper() or _odd_case(word)


def _odd_case(word: str) -> bool:
    """Capitals or digits where plain words have none: "DeepSeek", "BYD", "V3", "iPhone"."""
    letters = [char for char in word if char.isalpha()]
    if not letters or re.match(r"\d+(?:st|nd|rd|th|s)?(?:-[a-z]|$)", word):
        return False
    digits = len(letters) < len(word) and any(char.isdigit() for char in word)
    return digits or sum(char.isupper() for char in word[1:]) > 0


def _key(word: str) -> str:
    lowered = plain(word).lower().replace("’", "'")
    return lowered.removesuffix("'s").removesuffix("'")


def _forms(word: str) -> set[str]:
    key = _key(word)
    forms = {key, re.sub(r"\W", "", key), _DEMONYMS.get(key, key)}
    return forms | set(re.split(r"[.&'-]", key))


def _canonical(text: str) -> str:
    """The text with the commonest names of states and unions in one form each."""
    return _ALIASES.sub(lambda match: match.lastgroup or "", text)


def _acronyms(text: str) -> set[str]:
    """Initials of neighbouring capitalised words, small words skipped ("Bureau of Labor Statistics": bls, bl, ls)."""
    found: set[str] = set()
    for run in re.findall(r"[A-Z][\w’'-]*(?:[ -](?:(?:of|the|and|for|de) )*[A-Z][\w’'-]*){1,6}", text):
        initials = "".join(word[0] for word in re.split(r"[ -]", run) if word[:1].isupper()).lower()
        found.update(initials[i:j] for i in range(len(initials)) for j in range(i + 2, len(initials) + 1))
    return found
