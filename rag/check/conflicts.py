"""Sources that answer one question with different values, found so that both can be shown."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from index.protocols import Embedder
from index.records import Quote
from index.text.dates import YEAR, agree, dates
from index.text.quantities import Quantity, comparable, quantities, same_quantity
from index.text.words import terms, wants_comparison, wants_list, words
from rag.odds import likely, log_odds
from rag.protocols import Judge

MOST = 2
"""Pairs that are shown."""
MOST_JUDGED = 8
"""Pairs of sentences that are judged: each costs two pairs of the reader and two short embeddings."""
SHORT_VALUE = 6
"""Words that a value may have which is neither an amount nor a date: a name, a role, a place, a colour."""
WEIGHTS = Path(__file__).with_name("conflicts.json")

_ONE = re.compile(
    r"^\W*(?:and |but |so )?(?:who|whose|whom|where|which|what|in which|at which|by whom)\b", re.IGNORECASE
)
_MANY = re.compile(r"\b(?:are|were|all|some|else|other|who (?:can|may|should|took|takes part|came))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two slices and the value that each gives; `newer_first` where the first is known to be of a later document."""

    first: Quote
    second: Quote
    values: tuple[str, str]
    newer_first: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression over `signs`: standardised by `mean` and `scale`; a conflict from `threshold` on."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float


def find_conflicts(
    question: str,
    answers: Sequence[tuple[Quote, str]],
    judge: Judge,
    embedder: Embedder,
    made: Callable[[Quote], str] = lambda _: "",
) -> tuple[Disagreement, ...]:
    """Pairs of answers to one question whose values differ, at most MOST, in the order of the answers.

    `answers` are sentences with the words that answer. A pair counts where the values are of one kind, neither sentence
    gives the other's value, and each sentence would bear out the other with the values exchanged: same subject, same
    attribute, same time and qualifier. `made` gives the ISO date of a slice's document; the later one comes first.
    """
    asked_years = set(YEAR.findall(question))
    pairs = []
    for at, (first, said) in enumerate(answers):
        for second, other in answers[at + 1 :]:
            values = _differ(question, said, other, first.text, second.text) if first != second else None
            if values and not _told_apart(asked_years, first, second):
                pairs.append(Disagreement(first, second, values))
    judged = pairs[:MOST_JUDGED]
    found = [pair for pair, p in zip(judged, _judged(question, judged, judge, embedder), strict=True) if p]
    return tuple(_in_time(pair, made) for pair in found[:MOST])


def signs(question: str, pair: Disagreement, likeness: float, borne: tuple[float, float]) -> tuple[float, ...]:
    """What speaks for two sentences telling the same thing of the same thing.

    `likeness`: cosine of the sentences without their values. `borne`: the probability of each sentence with the other's
    value, judged by the other. Then: shared words, words of its own that the plainer sentence has (two alike sentences
    differ in a qualifier) and the wordier one (freely worded ones differ in wording), words of the question that only
    one holds, whether numbers beside the values differ, share of the question that both hold.
    """
    bare = [text.replace(value, " ") for text, value in _told(pair)]
    one, two, asked = set(terms(bare[0])), set(terms(bare[1])), set(terms(question))
    own = sorted((len(one - two - asked), len(two - one - asked)))
    numbers = [{word for word in words(text) if any(map(str.isdigit, word))} for text in bare]
    odds = [log_odds(p) for p in borne]
    shared = len(one & two) / max(1, min(len(one), len(two)))
    known = len(asked & one & two) / max(1, len(asked))
    half_known, differ = float(len(asked & (one ^ two))), float(numbers[0] != numbers[1])
    few, many = float(min(own[0], 2)), float(min(own[1], 4))
    return (min(odds), sum(odds), likeness, shared, few, many, half_known, differ, known)


def measured(question: str, pairs: Sequence[Disagreement], judge: Judge, embedder: Embedder) -> list[tuple[float, ...]]:
    """The signs of each pair."""
    exchanged, bare = [], []
    for pair in pairs:
        (first, one), (second, two) = _told(pair)
        exchanged += [(second, first.replace(one, two, 1)), (first, second.replace(two, one, 1))]
        bare += [first.replace(one, "X", 1), second.replace(two, "X", 1)]
    borne, vectors = judge.entail(exchanged), embedder.embed_queries(bare)
    return [
        signs(question, pair, float(vectors[2 * at] @ vectors[2 * at + 1]), (borne[2 * at], borne[2 * at + 1]))
        for at, pair in enumerate(pairs)
    ]


@lru_cache(maxsize=1)
def load(path: Path = WEIGHTS) -> Weights:
    """The weights that `python -m eval.training.disagreements` wrote."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    mean, scale, weights = (tuple(stored[name]) for name in ("mean", "scale", "weights"))
    return Weights(mean, scale, weights, stored["bias"], stored["threshold"])


def probability(found: Sequence[float], weights: Weights) -> float:
    """That a pair with these signs disagrees, in 0..1."""
    parts = zip(found, weights.mean, weights.scale, weights.weights, strict=True)
    return likely(weights.bias + sum(w * (x - mean) / scale for x, mean, scale, w in parts))


def _judged(question: str, pairs: Sequence[Disagreement], judge: Judge, embedder: Embedder) -> list[bool]:
    if not pairs:
        return []
    weights = load()
    found = measured(question, pairs, judge, embedder)
    return [probability(one, weights) >= weights.threshold for one in found]


def _told(pair: Disagreement) -> tuple[tuple[str, str], tuple[str, str]]:
    return (pair.first.text, pair.values[0]), (pair.second.text, pair.values[1])


def _differ(question: str, said: str, other: str, first: str, second: str) -> tuple[str, str] | None:
    """The two values if the answers are one date, one amount or one name each, and differ."""
    days, other_days = dates(said), dates(other)
    if len(days) == 1 and len(other_days) == 1:
        same = any(agree(days[0], date) for date in dates(second)) or any(agree(other_days[0], d) for d in dates(first))
        return None if same else (days[0].text, other_days[0].text)
    amounts, other_amounts = quantities(said), quantities(other)
    if days or other_days or len(amounts) > 1 or len(other_amounts) > 1:
        return None
    if not amounts and not other_amounts:
        return _differ_in_name(question, said.strip(), other.strip(), first, second)
    if not amounts or not other_amounts:
        return None
    (amount,), (other_amount,) = amounts, other_amounts
    if not comparable(amount, other_amount) or _given(amount, second) or _given(other_amount, first):
        return None
    short = max(len(said.split()), len(other.split())) <= SHORT_VALUE
    return (said.strip(), other.strip()) if short else (amount.text, other_amount.text)


def _differ_in_name(question: str, said: str, other: str, first: str, second: str) -> tuple[str, str] | None:
    """The two short answers to a question for one person, place or thing, where they share no word."""
    several = wants_list(question) or wants_comparison(question) or _MANY.search(question)
    if several or not _ONE.search(question):
        return None
    one, two = set(terms(said)), set(terms(other))
    short = all(0 < len(value.split()) <= SHORT_VALUE for value in (said, other)) and said != first and other != second
    if not short or not one or not two or one & set(terms(second)) or two & set(terms(first)):
        return None
    return said, other


def _given(amount: Quantity, text: str) -> bool:
    return any(same_quantity(amount, given) or same_quantity(given, amount) for given in quantities(text))


def _told_apart(asked: set[str], first: Quote, second: Quote) -> bool:
    """Whether the question names the year of one source and not of the other."""
    one, two = (asked & set(YEAR.findall(f"{q.text} {q.title} {q.uri}")) for q in (first, second))
    return one != two


def _in_time(pair: Disagreement, made: Callable[[Quote], str]) -> Disagreement:
    """The pair with the later document first, where both say when they are from."""
    one, two = (_date(item, made) for item in (pair.first, pair.second))
    if not one or not two or one == two or pair.first.document_id == pair.second.document_id:
        return pair
    if one > two:
        return replace(pair, newer_first=True)
    return Disagreement(pair.second, pair.first, (pair.values[1], pair.values[0]), newer_first=True)


def _date(item: Quote, made: Callable[[Quote], str]) -> str:
    """The latest year in the title or file name, else the date that the file gives."""
    return max(YEAR.findall(f"{item.title} {item.uri}"), default="") or made(item)[:10]
