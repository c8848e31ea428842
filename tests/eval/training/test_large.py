"""The large encoder's recipe: rows, batches, and a run that learns, stops and goes on."""

import gzip
import json
import random
from pathlib import Path

import pytest
import torch

from eval.training import large_train
from eval.training.judge_rows import LONGEST_EVIDENCE, Claim, cut, epoch_units, judge_units
from eval.training.large_batches import NOWHERE, claim_batches, question_batches
from eval.training.question_rows import LONGEST_PASSAGE, Question, epoch_rows, question_rows, without
from eval.training.question_rows import cut as cut_question
from rag.read.inputs import load_tokenizer
from rag.read.mpnet import PAD_ID
from tests.rag.read.tiny_large import tiny

NAMES = ("Ada", "Bela", "Cato", "Dora", "Emil", "Fay", "Gus", "Hal", "Ines", "Jan", "Kai", "Lea")


def put(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / name, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Small sets of the published shapes: twins, single claims, questions and tables."""
    twins, claims, questions = [], [], []
    for at, name in enumerate(NAMES):
        other = NAMES[(at + 1) % 12]
        text = f"{name} taught {other} at the school. The school stands in Norrby. Nobody else was there that day."
        for label, said in ((1, f"{name} taught {other}."), (0, f"{other} taught {name}.")):
            twins.append({"premise": text, "hypothesis": said, "binary": label, "source": "contrast_role", "pair": at,
                          "kind": "role"})  # fmt: skip
        claims.append({"premise": f"{name} -LRB- a cook -RRB- sings .", "hypothesis": f"{name} sings.",
                       "binary": at % 2, "source": "fever_dev"})  # fmt: skip
        claims.append({"premise": "x", "hypothesis": "y", "binary": 1, "source": "control_dev"})
        questions.append({"question": f"Who taught {other}?", "context": text, "answers": [name], "answer_start": 0,
                          "is_impossible": False, "synthetic_negative": False, "source": "squad1"})  # fmt: skip
    table = "staff\n" + "\n".join(f"name: {name}; room: {at}; floor: {at % 3}" for at, name in enumerate(NAMES))
    put(tmp_path / "contrast_pairs", "pairs.jsonl.gz", twins)
    put(tmp_path / "nli_verifier", "pairs.jsonl.gz", claims)
    put(tmp_path / "reader", "reader_train.jsonl.gz", questions)
    put(tmp_path / "tabfact", "pairs.jsonl.gz", [{"premise": table, "hypothesis": "x", "binary": 1, "simple": False}])
    return tmp_path


def test_twins_stay_together_and_sources_without_a_licence_stay_out(data: Path) -> None:
    """The true twin comes first; nothing of a source that may not be trained on is taken."""
    units = judge_units(data)
    chosen = list(epoch_units(units, 1))

    assert {"contrast_role", "fever_dev"} == set(units)
    assert all([claim.label for claim in unit] == [1, 0] for unit in chosen if len(unit) == 2)
    assert any(unit[0].source == "sentence dropped" for unit in chosen)
    assert chosen == list(epoch_units(judge_units(data), 1))
    assert any("( a cook)" in unit[0].evidence or "(a cook)" in unit[0].evidence for unit in units["fever_dev"])


def test_long_evidence_is_cut_to_what_the_claims_speak_of() -> None:
    """Both twins keep the same evidence, and it is a slice of the original."""
    text = " ".join(f"Sentence number {at} speaks of nothing." for at in range(40)) + " Ada taught Bela there."
    pair = (Claim("Ada taught Bela.", text, 1, "x"), Claim("Bela taught Ada.", text, 0, "x"))
    first, second = cut(pair, random.Random(1))

    assert first.evidence == second.evidence
    assert first.evidence in text
    assert "Ada taught Bela there." in first.evidence
    assert len(first.evidence) <= LONGEST_EVIDENCE + 60


def test_a_cut_passage_keeps_its_answer() -> None:
    """The offsets move along with the text."""
    text = " ".join(f"Sentence number {at} speaks of nothing." for at in range(60)) + " Ada taught Bela there."
    start = text.index("Ada taught")
    for seed in range(20):
        row = cut_question(Question("Who taught?", text, start, start + 3, "x"), random.Random(seed))
        assert row.passage[row.start : row.end] == "Ada"
        assert row.passage in text
        assert len(row.passage) <= LONGEST_PASSAGE


def test_cells_are_asked_for_and_absent_rows_have_no_answer(data: Path) -> None:
    """The answer is the cell of the row and column that the question names."""
    rows = question_rows(data)["tables"]
    assert rows
    for row in rows:
        if row.end > 0:
            line = next(line for line in row.passage.split("\n") if row.start < row.passage.index(line) + len(line))
            assert any(name in row.question and name in line for name in NAMES)
        else:
            assert not any(name in row.question and name in row.passage for name in NAMES)


def test_batches_hold_every_row_once_within_their_tokens(data: Path) -> None:
    """Padded size is bounded, twins point at their rows, and an answer's tokens stand where the passage does."""
    tokenizer = load_tokenizer()
    units = list(epoch_units(judge_units(data), 2))
    made = list(claim_batches(iter(units), tokenizer, 400))
    assert sum(len(batch.ids) for batch in made) == sum(map(len, units))
    assert sum(len(batch.twins) for batch in made) == sum(len(unit) == 2 for unit in units)
    assert all(batch.labels[true] == 1 and batch.labels[false] == 0 for batch in made for true, false in batch.twins)
    assert all(batch.ids.numel() <= 400 or len(batch.ids) <= 2 for batch in made)

    for batch in question_batches(epoch_rows(question_rows(data), 2), tokenizer, 400):
        assert bool((batch.first <= batch.last).all())
        assert bool(batch.open[:, 0].all())
        assert bool(batch.open.gather(1, batch.last[:, None]).all())
        assert not bool(batch.open[batch.ids == PAD_ID].any())


def test_a_batch_without_twins_has_none_to_compare() -> None:
    """A claim alone, whose evidence was left out, may fill a batch by itself: its empty list of twins is still rows."""
    (batch,) = claim_batches(iter([(Claim("It rains.", "The sun shines.", 0, "alone"),)]), load_tokenizer(), 400)
    assert batch.labels[batch.twins[:, 0]].tolist() == []


def test_a_run_learns_and_goes_on_where_it_stopped(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Losses fall within seconds, and a second call takes weights, moments and counters up again."""
    small = tiny(monkeypatch)
    monkeypatch.setattr(large_train, "started", lambda *_: tiny(monkeypatch))
    monkeypatch.setattr(large_train, "FROZEN_LAYERS", 1)
    arguments = ["--data", str(data), "--start", "x", "--out", str(tmp_path / "run")]
    threads = torch.get_num_threads()
    try:
        assert large_train.main([*arguments, "--minutes", "0.04"]) == 0
        once = json.loads((tmp_path / "run" / large_train.COUNTERS).read_text())
        assert large_train.main([*arguments, "--minutes", "0.06"]) == 0
        twice = json.loads((tmp_path / "run" / large_train.COUNTERS).read_text())
    finally:
        torch.set_num_threads(threads)
    assert 0 < once["steps"] < twice["steps"]

    large_train.rounded(small)
    trained = tiny(monkeypatch)
    optimizer = torch.optim.AdamW(trained.parameters())
    large_train.load(tmp_path / "run", trained, optimizer)
    assert torch.equal(trained.words.weight, small.words.weight), "embeddings stay as they were"
    assert torch.equal(trained.layers[0].up.weight, small.layers[0].up.weight)
    assert not torch.equal(trained.layers[1].up.weight, small.layers[1].up.weight)
    batch = next(claim_batches(epoch_units(judge_units(data), 1), load_tokenizer(), 2000))
    assert large_train.claim_loss(trained.eval(), batch) < large_train.claim_loss(small.eval(), batch)


def test_the_wrong_start_is_refused(tmp_path: Path) -> None:
    """Another file than the published encoder is named by its checksum."""
    from eval.training.large_start import started

    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ValueError, match="SHA-256"):
        started(tmp_path / "model.safetensors", 0)


def test_a_whole_passage_as_the_answer_teaches_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that it answers: of a batch of such rows the marks of the tokens learn nothing, the judgement does."""
    text = "Lift the sluice. Ring the bell."
    (batch,) = question_batches(iter([Question("How?", text, 0, len(text), "list whole")]), load_tokenizer(), 400)
    encoder = tiny(monkeypatch)
    loss = large_train.question_loss(encoder, batch)
    loss.backward()

    assert batch.answered.tolist() == [1.0]
    assert (batch.first.tolist(), batch.last.tolist()) == ([NOWHERE], [NOWHERE])
    assert torch.isfinite(loss)
    assert not encoder.token.weight.grad.any()
    assert encoder.judge.grad.any()


def test_a_question_is_asked_again_of_its_passage_without_the_answer() -> None:
    """Without the sentence; never where the answer is said twice, or little is left."""
    text = "The mill is old. Ada runs it. It stands in Norrby. Nobody lives there."
    start = text.index("Ada")
    assert without(Question("Who?", text, start, start + 3, "squad1")) == (
        "The mill is old. It stands in Norrby. Nobody lives there."
    )
    again = f"{text} Ask Ada."
    assert not without(Question("Who?", again, start, start + 3, "squad1"))
    assert not without(Question("Who?", "Ada runs it. It is old.", 0, 3, "squad1"))
    assert not without(Question("Who?", text, -1, -1, "squad1 none"))
