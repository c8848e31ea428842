"""Taught documents become rows whose answers stand where they are said to stand."""

import json
import random
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from eval.training.taught_rows import (
    CROPPED_WORDS,
    committed,
    cropped,
    enriched,
    taught_documents,
    taught_questions,
    taught_units,
)

DOCUMENT = {
    "title": "Pool",
    "text": "# Pool\n\n| Lane | Opens |\n|---|---|\n| One | 6:30 |\n| Two | 8:00 |\n\nAda Nor keeps the keys.",
    "qa": [
        ["From when can I swim in lane two?", "8:00", "| Two | 8:00 |"],
        ["Who has the keys?", "Ada Nor", "Ada Nor keeps the keys."],
    ],
    "none": ["Who cleans lane two?"],
    "would": [["Who cleans lane two?", "Bo Lind", "Lane two is cleaned by Bo Lind."]],
    "claims": [["Lane one opens first.", "Lane two opens first.", "| One | 6:30 |\n| Two | 8:00 |"]],
}


def documents(folder: Path) -> list:
    """The document above, as it is read from a file."""
    path = folder / "one.jsonl"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return taught_documents([path])


def test_answers_are_found_where_the_passage_is_read(tmp_path: Path) -> None:
    """Tables are read as "header: cell"; the answer is a slice of that."""
    rows = [row for row in taught_questions(documents(tmp_path), 1) if row.start >= 0]

    assert [row.passage[row.start : row.end] for row in rows] == ["8:00", "Ada Nor", "Bo Lind"]
    assert "Lane: Two; Opens: 8:00" in rows[0].passage


def test_each_question_is_asked_again_where_only_its_answer_is_missing(tmp_path: Path) -> None:
    """The same question, the same passage but for one sentence or row; near misses too, by an added one."""
    rows = list(taught_questions(documents(tmp_path), 1))

    assert [row.question for row in rows[::2]] == [row.question for row in rows[1::2]]
    for answered, bare in zip(rows[::2], rows[1::2], strict=True):
        assert answered.start >= 0
        assert (bare.start, bare.end) == (-1, -1)
        assert answered.passage[answered.start : answered.end] not in bare.passage
    assert rows[4].passage.replace("Lane two is cleaned by Bo Lind.", "").split() == rows[5].passage.split()


def test_the_question_alone_tells_nothing() -> None:
    """Of the committed documents as many questions are taught with an answer as without; a tenth beside of others."""
    rows = list(taught_questions(taught_documents(committed()), 1))
    answered = Counter(row.question for row in rows if row.start >= 0)
    unanswered = Counter(row.question for row in rows if row.start < 0)

    assert all(count <= unanswered[question] for question, count in answered.items())
    assert unanswered.total() < 1.2 * answered.total()


@given(st.lists(st.text("ab .\n", min_size=1), min_size=1, max_size=4), st.integers(0, 99))
def test_a_sentence_more_takes_nothing_away(parts: list[str], seed: int) -> None:
    """What is left without it is the text, but for white space."""
    text = "\n\n".join(parts)
    made = enriched(text, "Xy.", random.Random(seed))

    assert made.count("Xy.") == 1
    assert made.replace("Xy.", "").split() == text.split()


def test_crops_hold_the_answer_in_whole_sentences() -> None:
    """Most are shorter than the text and about as long as wanted; each begins and ends with a sentence."""
    text = " ".join(f"Number {at} is a sentence of eight words." for at in range(100))
    chance, lengths = random.Random(4), []
    for at in range(200):
        start = text.index(f"Number {at % 100} ")
        begin, end = cropped(text, start, start + 8, chance)
        lengths.append(len(text[begin:end].split()))
        assert begin <= start < start + 8 <= end
        assert text[begin:].startswith("Number")
        assert text[begin:end].endswith("words.")

    short = [length for length in lengths if length < 800]
    assert 0.6 < len(short) / len(lengths) < 0.9
    assert max(short) < CROPPED_WORDS + 8 <= min(short) + 8


def test_twins_stand_together_the_true_one_first(tmp_path: Path) -> None:
    """Both claims of a pair have the same evidence."""
    twins = [unit for unit in taught_units(documents(tmp_path), 1) if len(unit) == 2]

    assert [(claim.claim, claim.label) for claim in twins[0]] == [
        ("Lane one opens first.", 1),
        ("Lane two opens first.", 0),
    ]
    assert twins[0][0].evidence == twins[0][1].evidence


def test_the_committed_documents_are_sound() -> None:
    """Every answer, sentence and evidence is a slice of its text, and a tenth of the documents is held out."""
    for path in committed():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert all(a in s and s in row["text"] for _, a, s in row["qa"]), row["title"]
            assert all(e in row["text"] for _, _, e in row["claims"]), row["title"]
    every = taught_documents(committed())
    assert 0.05 < sum(one.held_out for one in every) / len(every) < 0.15
