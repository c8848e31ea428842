"""Sentences with one fact changed, and twins that say the same in the same or in other words: a test of the gate.

Everything is by rule and seeded. The rules here share no code with the rules that they test.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "date", "name", "unit", "negation"]
KINDS: tuple[Kind, ...] = ("number", "date", "name", "unit", "negation")

_MONTHS = "January February March April May June July August September October November December".split()
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?![\w,])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w,-]|\.\d)")
_YEAR = re.compile(r"(?<![\w.,$])(?:19|20)\d\d(?!\w|\.\d| (?:dollars|yuan|euros))")
_NAME = re.compile(r"(?<=[a-z,;:(] )[A-Z][\w&'’.-]*[\w](?: (?:[A-Z][\w&.-]*[\w]|\d+(?:\.\d+)?))*")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)\b(?! (?:not|never|no)\b|n't)"
)
_NOT = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|may|might|must) (?:not|never) (?!only|just)"
)
_UNITS = (
    "dollars:euros dollars:yuan euros:dollars yuan:yen months:years years:months weeks:days days:weeks hours:minutes "
    "million:billion billion:million trillion:billion thousand:million percent:points kilometres:miles month:year "
    "year:decade decade:year gigawatts:megawatts nanometre:millimetre billions:thousands hundreds:dozens"
)


@dataclass(frozen=True, slots=True)
class Corruption:
    """A sentence of the corpus and the same with one fact of this kind changed."""

    source: str
    text: str
    kind: Kind


def corruptions(sentences: Sequence[str], n: int, seed: int = 0) -> list[Corruption]:
    """Up to n corrupted sentences, the kinds as evenly as the corpus allows, each text once."""
    random_ = random.Random(seed)
    names = sorted({match.group() for sentence in sentences for match in _NAME.finditer(sentence)})
    queues = {kind: _all(kind, sentences, names, random_) for kind in KINDS}
    chosen: dict[str, Corruption] = {}
    while len(chosen) < n and any(queues.values()):
        for kind in KINDS:
            if queues[kind] and len(chosen) < n:
                made = queues[kind].pop()
                chosen.setdefault(made.text, made)
    return list(chosen.values())


def paraphrase(sentence: str, seed: int = 0) -> str | None:
    """The sentence with its meaning kept and its words changed in up to three ways, or None where no rule applies."""
    rules = [_notation, _reorder, _passive, _drop_aside, _synonyms, _contract, _frame]
    random.Random(f"{seed} {sentence}").shuffle(rules)
    changed, used = sentence, 0
    for rule in rules:
        made = rule(changed)
        if made != changed and used < 3:
            changed, used = made, used + 1
    return changed if used else None


def _all(kind: Kind, sentences: Sequence[str], names: Sequence[str], random_: random.Random) -> list[Corruption]:
    made = [
        Corruption(sentence, text, kind)
        for sentence in sentences
        for text in _CHANGES[kind](sentence, names, random_)
        if text != sentence
    ]
    random_.shuffle(made)
    return made


def _put(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]


def _change_number(sentence: str, _: Sequence[str], random_: random.Random) -> Iterable[str]:
    for match in _NUMBER.finditer(sentence):
        if not _YEAR.match(sentence, match.start()):
            yield _put(sentence, match, _other_digits(match.group(), random_))
    for match in re.finditer(rf"\b(?:{'|'.join(_WORDS)})\b", sentence):
        yield _put(sentence, match, random_.choice([word for word in _WORDS if word != match.group()]))


def _other_digits(text: str, random_: random.Random) -> str:
    at = random_.choice([at for at, char in enumerate(text) if char.isdigit()])
    return text[:at] + random_.choice([digit for digit in "123456789" if digit != text[at]]) + text[at + 1 :]


def _change_date(sentence: str, _: Sequence[str], random_: random.Random) -> Iterable[str]:
    for match in _YEAR.finditer(sentence):
        yield _put(sentence, match, str(int(match.group()) + random_.choice((-3, -2, -1, 1, 2, 4))))
    for match in re.finditer(rf"\b(?:{'|'.join(_MONTHS)})\b", sentence):
        yield _put(sentence, match, random_.choice([month for month in _MONTHS if month != match.group()]))


def _change_name(sentence: str, names: Sequence[str], random_: random.Random) -> Iterable[str]:
    inside = [*_NAME.finditer(sentence)]
    opening = re.match(rf"(?:{'|'.join(map(re.escape, names))})(?=['’ ,])", sentence) if names else None
    for match in [*inside, *([opening] if opening else [])]:
        words = set(match.group().split())
        others = [name for name in names if not words & set(name.split()) and name not in sentence]
        if others:
            yield _put(sentence, match, random_.choice(others))


def _change_unit(sentence: str, _: Sequence[str], __: random.Random) -> Iterable[str]:
    for one, other in (pair.split(":") for pair in _UNITS.split()):
        for match in re.finditer(rf"(?<=[\w] ){one}\b", sentence):
            if re.search(
                rf"(?:\d|\b(?:{'|'.join(_WORDS)}|one|million|billion|trillion|of)) $", sentence[: match.start()]
            ):
                yield _put(sentence, match, other)


def _change_negation(sentence: str, _: Sequence[str], random_: random.Random) -> Iterable[str]:
    for match in _NOT.finditer(sentence):
        yield _put(sentence, match, f"{match.group(1)} ")
    for match in list(_AUXILIARY.finditer(sentence))[:1]:
        yield _put(sentence, match, f"{match.group()} {random_.choice(('not', 'not', 'never'))}")


_CHANGES: dict[Kind, Callable[[str, Sequence[str], random.Random], Iterable[str]]] = {
    "number": _change_number,
    "date": _change_date,
    "name": _change_name,
    "unit": _change_unit,
    "negation": _change_negation,
}

_SYNONYMS = dict(
    pair.split(":")
    for pair in (
        "firms:companies companies:firms big:large begin:start began:started shows:demonstrates buy:purchase "
        "cheap:inexpensive whole:entire mentions:notes says:states help:assist nearly:almost almost:nearly "
        "country:nation nations:countries manufacturers:makers rapidly:quickly enormous:huge "
        "huge:enormous often:frequently article:piece hard:difficult difficult:hard goal:aim aim:goal job:task "
        "showing:demonstrating abroad:overseas likewise:also launched:released released:launched important:significant "
        "examples:instances example:instance sees:views demands:requires "
        "although:though though:although because:since whereas:while about:around roughly:about roughly:approximately "
        "however:though used:employed helps:assists largest:biggest biggest:largest chief:main main:chief entire:whole "
        "whole:entire speed:pace answer:reply answers:replies tiny:small requires:needs purchase:buy obtain:get"
        " quickly:rapidly"
    ).split()
)


def _synonyms(sentence: str) -> str:
    """Two words at most, by a short list."""
    changed = sentence
    for match in [m for m in re.finditer(r"\b[a-z]+\b", sentence) if m.group() in _SYNONYMS][:2]:
        changed = re.sub(rf"\b{match.group()}\b", _SYNONYMS[match.group()], changed, count=1)
    return re.sub(r"\b([Aa])n? (?=([a-z]))", lambda m: f"{m[1]}{'n' if m[2] in 'aeiou' else ''} ", changed)


def _contract(sentence: str) -> str:
    """Short forms: "is not" as "isn't", "such as" as "like", "in order to" as "to", "as well" as "too"."""
    changed = re.sub(r"\b(is|are|was|were|has|have|had|could|would|should|do|does|did) not\b", r"\1n't", sentence)
    changed = re.sub(r"\bcannot\b", "can't", changed).replace(", such as ", ", like ").replace("in order to ", "to ")
    return re.sub(r" as well\.$", ", too.", changed)


def _frame(sentence: str) -> str:
    """The sentence reported: "According to the documents, ...", where it opens with a plain word."""
    if not re.match(
        r"(?:The|It|In|At|They|There|This|One|For|By|On|Its|A|An|Some|Two|Three|Both|What|All)\b", sentence
    ):
        return sentence
    return f"According to the documents, {sentence[0].lower()}{sentence[1:]}"


def _notation(sentence: str) -> str:
    """Numbers written another way: "$5.5 million" as "5,500,000 dollars", "two months" as "2 months"."""
    money = re.search(r"\$(\d+(?:\.\d+)?) (million|billion)\b", sentence)
    if money:
        factor = 1_000_000 if money[2] == "million" else 1_000_000_000
        return _put(sentence, money, f"{round(float(money[1]) * factor):,} dollars")
    dollars = re.search(r"\b(\d+(?:\.\d+)?) (million|billion|trillion) (?:US )?dollars\b", sentence)
    if dollars:
        return _put(sentence, dollars, f"${dollars[1]} {dollars[2]}")
    sentence = re.sub(r"(\d+) percent\b", r"\1%", sentence)
    sentence = re.sub(r"\bmore than (?=\d)", "over ", sentence)
    return re.sub(
        rf"\b({'|'.join(_WORDS)}) (?=(?:months|years|weeks|days)\b)", lambda m: f"{_WORDS.index(m[1]) + 2} ", sentence
    )


def _reorder(sentence: str) -> str:
    """An opening phrase of time, place or respect moved to the end: "In 2024 X did Y." as "X did Y in 2024."."""
    opening = re.match(
        r"((?:In|By|At|On|For|During|With|From|According to) [^,;:—]{3,60}), (?=[a-zA-Z])([^;:—]+)\.$", sentence
    )
    if opening is None or re.search(r"[,]|\b(?:and|but|which|that)\b", opening[2]):
        return sentence
    rest = opening[2]
    return f"{rest[0].upper()}{rest[1:]}, {opening[1][0].lower()}{opening[1][1:]}."


def _passive(sentence: str) -> str:
    """From "X launched the Y." to "The Y was launched by X.", for a few verbs whose two forms are alike."""
    active = re.match(
        r"((?:The )?[A-Z][\w-]*(?: [A-Z][\w-]*)*) (built|sold|presented|announced|released|published|developed"
        r"|trained|launched)"
        r" ((?:the|an?|its) [^,;:.]{3,60})\.$",
        sentence,
    )
    if active is None or re.search(r"\b(?:and|to|which|that|with|in)\b", active[3]):
        return sentence
    return f"{active[3][0].upper()}{active[3][1:]} was {active[2]} by {active[1]}."


def _drop_aside(sentence: str) -> str:
    """The sentence less a parenthesis or a last relative clause: it says less, and all of it is still said."""
    shorter = re.sub(r" \([^()]*\)", "", sentence)
    shorter = re.sub(r", (?:which|who|where|whose) [^,;.]*(?=\.$)", "", shorter)
    return shorter if len(shorter.split()) >= 5 else sentence


@dataclass(frozen=True, slots=True)
class GateFigures:
    """Counts of one run: (right, all) per kind of corruption, for verbatim twins and for paraphrased twins."""

    caught: dict[str, tuple[int, int]]
    verbatim: tuple[int, int]
    paraphrased: tuple[int, int]
    missed: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]


def gate_figures(sentences: Sequence[str], state: Callable[[str], str], n: int = 300, seed: int = 0) -> GateFigures:
    """How a gate does on n corruptions and their twins; `state(sentence)` is what the gate says.

    Caught: not "quoted" or "supported". Kept: one of the two. `missed`: (kind, sentence), `lost`: (source, paraphrase).
    """
    caught: dict[str, list[bool]] = {}
    missed: list[tuple[str, str]] = []
    lost: list[tuple[str, str]] = []
    verbatim: list[bool] = []
    paraphrased: list[bool] = []
    for made in corruptions(sentences, n, seed):
        caught.setdefault(made.kind, []).append(state(made.text) not in KEPT)
        if not caught[made.kind][-1]:
            missed.append((made.kind, made.text))
        verbatim.append(state(made.source) in KEPT)
    sources = list(sentences)
    random.Random(seed).shuffle(sources)
    for source, said in [(source, said) for source in sources if (said := paraphrase(source, seed))][:n]:
        paraphrased.append(state(said) in KEPT)
        if not paraphrased[-1]:
            lost.append((source, said))
    counts = {kind: (sum(right), len(right)) for kind, right in caught.items()}
    return GateFigures(
        counts, (sum(verbatim), len(verbatim)), (sum(paraphrased), len(paraphrased)), tuple(missed), tuple(lost)
    )


KEPT = ("quoted", "supported")
