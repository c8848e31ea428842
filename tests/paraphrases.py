"""A sentence in other words with its meaning kept: notation, order, voice, synonyms and short forms, by rule."""

import random
import re

_WORDS = "two three four five six seven eight nine ten eleven twelve".split()

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


def _put(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]
