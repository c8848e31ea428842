"""What people said about support: texts with passages and a person's verdict, and what others measured on them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.metrics.overlap import rouge_words
from eval.speed.workbench import Row
from index.text.sentences import sentence_spans

UNFAITHFUL = 3.0
"""MT-RAG: a mean human faithfulness (1 to 4) below this counts as unfaithful."""


class Entails(Protocol):
    """What judges, or reads: for each (passage, sentence) the probability that the passage supports the sentence."""

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]: ...


@dataclass(frozen=True, slots=True)
class Item:
    """A text, the passages it may rest on, and whether people found it supported; `grade` where they gave a number."""

    passages: tuple[str, ...]
    text: str
    supported: bool
    grade: float = 0.0


def wice_item(row: Row) -> Item:
    return Item((" ".join(row["evidence_sentences"]),), row["claim"], bool(row["supported"]))


def fm2_item(row: Row) -> Item:
    evidence = " ".join(piece["text"] for piece in row["gold_evidence"])
    return Item((f"{row['page']}. {evidence}",), row["claim"], row["label"] == "SUPPORTS")


def faithbench_item(row: Row) -> Item:
    return Item((row["source"],), row["summary"], not row["hallucinated"])


def expertqa_item(row: Row) -> Item:
    return Item(tuple(row["evidence"]), row["claim"], row["support"] == "Complete")


def mtrag_item(row: Row) -> Item:
    values = row["human"]["faithfulness"]["values"]
    grade = sum(values) / len(values)
    return Item(tuple(one["text"] for one in row["contexts"]), row["response"], grade >= UNFAITHFUL, grade)


def written_item(row: Row) -> Item:
    return Item(tuple(one["text"] for one in row["passages"]), row["sentence"], row["label"] == "supported")


def worst(scores: Sequence[float]) -> float:
    """The least supported sentence decides; 1 where there is none, NaN where one has no verdict."""
    return _known(min, scores) if scores else 1.0


def mean(scores: Sequence[float]) -> float:
    """Every sentence counts alike; 1 where there is none."""
    return sum(scores) / len(scores) if scores else 1.0


def sentence_scores(item: Item, judge: Entails) -> list[float]:
    """For each sentence of the text the judge's entailment by the best passage; NaN where a passage has no verdict."""
    sentences = [item.text[start:end] for start, end in sentence_spans(item.text)]
    if not item.passages:
        return [0.0] * len(sentences)
    scores = judge.entail([(passage, sentence) for sentence in sentences for passage in item.passages])
    width = len(item.passages)
    return [_known(max, scores[place : place + width]) for place in range(0, len(scores), width)]


def _known(choose: Callable[[Sequence[float]], float], scores: Sequence[float]) -> float:
    """The least or the greatest; what either is among NaN depends on their order."""
    return math.nan if any(map(math.isnan, scores)) else choose(scores)


def word_overlap(item: Item) -> float:
    """Words of the text that a passage holds / words of the text; 1 without words."""
    held = {word for passage in item.passages for word in rouge_words(passage)}
    said = rouge_words(item.text)
    return sum(word in held for word in said) / len(said) if said else 1.0


@dataclass(frozen=True, slots=True)
class PeopleSet:
    """One set: the file of its folder, how a row becomes an item (None leaves it out), how the scores of an item's
    sentences join, and published figures as (who, figure), each on the split that it names.
    """

    file: str
    item: Callable[[Row], Item]
    join: Callable[[Sequence[float]], float]
    published: tuple[tuple[str, str], ...]
    usable: Callable[[Row], bool] = lambda _: True


PEOPLE: Mapping[str, PeopleSet] = {
    "wice": PeopleSet(
        "claims",
        wice_item,
        worst,
        (
            ("Bespoke-MiniCheck-7B", "balanced 83.0 (WiCE test)"),
            ("GPT-4o", "balanced 78.5 (WiCE test)"),
            ("HHEM-2.1-open, 0.1 B", "balanced 75.9 (WiCE test)"),
            ("MiniCheck-DeBERTa-L", "balanced 69.4 (WiCE test)"),
            ("AlignScore, 0.4 B", "balanced 66.0 (WiCE test)"),
        ),
    ),
    "fool_me_twice": PeopleSet("claims", fm2_item, worst, ()),
    "faithbench": PeopleSet(
        "samples",
        faithbench_item,
        worst,
        (
            ("GPT-4o", "balanced 54.7 (all 750)"),
            ("HHEM-2.1-open, 0.1 B", "balanced 54.2, AUROC .588 (all 750)"),
            ("TrueTeacher", "balanced 53.2 (all 750)"),
        ),
    ),
    "expertqa_claims": PeopleSet(
        "claims",
        expertqa_item,
        worst,
        (
            ("Claude-3.5-Sonnet", "balanced 60.9 (ExpertQA test)"),
            ("GPT-4o", "balanced 59.6 (ExpertQA test)"),
            ("HHEM-2.1-open, 0.1 B", "balanced 58.4 (ExpertQA test)"),
        ),
        lambda row: bool(row["has_passage"]),
    ),
    "mtrag_human_eval": PeopleSet(
        "responses",
        mtrag_item,
        mean,
        (
            ("rl_f (IBM's own score)", "Pearson .821 (these rows)"),
            ("rb_llm (a model as judge)", "Pearson .525 (these rows)"),
        ),
    ),
    "written_sentences": PeopleSet("sentences", written_item, worst, (), lambda row: row["label"] != "not-a-claim"),
}
"""The published figures of WiCE and ExpertQA are LLM-AggreFact's; those of FaithBench and MT-RAG were computed from the
scores stored with the samples."""
