"""The gate on the bundled corpus: changed facts are caught, unchanged sentences and rewordings are kept."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from eval.corruptions import KINDS, corruptions
from index.records import Chunk, Hit
from index.text.look import content
from index.text.sentences import sentence_spans
from rag.check.gate import Gate
from rag.check.point import PLAIN
from tests.fakes import ScriptedReader
from tests.paraphrases import paraphrase

CORPUS = Path(__file__).parents[3] / "eval" / "data" / "corpus"


def sections() -> list[Hit]:
    found = []
    for path in sorted(CORPUS.glob("*.md")):
        text = path.read_text("utf-8")
        title = text.splitlines()[0].lstrip("# ")
        bounds = [0, *(match.start() for match in re.finditer(r"(?m)^## ", text)), len(text)]
        for at, (start, end) in enumerate(pairwise(bounds)):
            heading = text[start:end].splitlines()[0].lstrip("# ")
            chunk = Chunk(f"{path.stem}:{at}", path.stem, start, end, None, heading, text[start:end])
            found.append(Hit(chunk, title, path.name, 1.0, 1, "lexical"))
    return found


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    texts = (path.read_text("utf-8") for path in sorted(CORPUS.glob("*.md")))
    found = [text[start:end] for text in texts for start, end in sentence_spans(text)]
    return [sentence for sentence in found if "\n" not in sentence and not sentence.startswith(("#", "Source:"))]


@pytest.fixture(scope="module")
def state() -> Callable[[str], str]:
    hits = sections()
    held = [content(hit.chunk.text) for hit in hits]

    def state_of(sentence: str) -> str:
        wanted = content(sentence)
        best = sorted(range(len(hits)), key=lambda at: (-len(wanted & held[at]), at))[:6]
        return (
            Gate(ScriptedReader(), [hits[at] for at in best], point=replace(PLAIN, supported_at=0.55))
            .check(sentence)
            .state
        )

    return state_of


def test_corruptions_change_one_fact_and_cover_all_kinds(sentences: list[str]) -> None:
    """The generator is seeded, spreads over the kinds, and never gives back its source."""
    made = corruptions(sentences, 100, seed=1)

    assert made == corruptions(sentences, 100, seed=1)
    assert {one.kind for one in made} == set(KINDS)
    assert all(one.text != one.source for one in made)
    assert len({one.text for one in made}) == 100


@pytest.mark.parametrize(
    ("sentence", "reworded"),
    [
        ("It cost $5.5 million to train.", "it cost 5,500,000 dollars to train"),
        ("In 2024, the firm built cars.", "the firm built cars, in 2024"),
        ("The plan is not good.", "the plan isn't good"),
        ("Acme published the new map.", "the new map was published by acme"),
        ("The car (which is red) is sold in two months.", "the car is sold in 2 months"),
    ],
)
def test_paraphrases_keep_the_meaning(sentence: str, reworded: str) -> None:
    """Each rule changes words, notation or order and nothing else."""
    made = [text.lower() for seed in range(8) if (text := paraphrase(sentence, seed))]
    assert any(reworded in text for text in made), made


def test_a_sentence_that_no_rule_touches_has_no_paraphrase() -> None:
    """None instead of an unchanged sentence."""
    assert paraphrase("Penguins swim.") is None


def test_the_gate_catches_changed_facts_and_keeps_the_rest(sentences: list[str], state: Callable[[str], str]) -> None:
    """Floors below the measured figures, with a reader that only counts shared words."""
    kept = ("quoted", "supported")
    made = corruptions(sentences, 60, seed=3)
    sources = sorted(sentences, key=lambda sentence: random.Random(f"3 {sentence}").random())
    reworded = [said for source in sources if (said := paraphrase(source, 3))][:60]

    missed = [one.text for one in made if state(one.text) in kept]
    lost = [said for said in reworded if state(said) not in kept]
    assert (len(made), len(reworded)) == (60, 60)
    assert len(missed) <= 0.07 * 60, missed
    assert sum(state(one.source) in kept for one in made) >= 0.97 * 60
    assert len(lost) <= 0.1 * 60, lost
