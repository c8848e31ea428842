"""Judges by name: the built-in one, cross-encoders of either kind, models that are asked, weights that are damaged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.training.judge_fit import write_point
from index.records import Chunk, Hit
from rag.assemble import open_pipeline
from rag.check import judge as judges
from rag.check import load_judge
from rag.check.gate import Gate
from rag.check.judge import BUILT_IN, POINTS, AskingJudge, point_of
from rag.check.point import PLAIN, Point
from rag.errors import ModelUnavailable
from rag.read.large import PARTS, save_large
from tests.rag.read.tiny_large import tiny

BRIDGE = "The Kestrel Bridge was opened in 1911 and carries two tracks."
PAIRS = [(BRIDGE, "The bridge was opened in 1911."), (BRIDGE, "Penguins breed on the Antarctic ice.")]


def cross_encoder(folder: Path, labels: list[str]) -> str:
    """A tiny untrained cross-encoder with these labels, and the encoder package's own vocabulary."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    from rag.read.inputs import encoder_folder

    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, num_labels=len(labels),
        id2label=dict(enumerate(labels)), label2id={label: at for at, label in enumerate(labels)},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast.from_pretrained(encoder_folder()).save_pretrained(folder)
    return str(folder)


def test_the_built_in_judge_tells_true_from_strange() -> None:
    """It gives one probability a pair, in order, whatever stands beside it."""
    judge = load_judge()
    true, strange = judge.entail(PAIRS)
    assert 0.0 <= strange < 0.5 < 0.7 < true <= 1.0
    assert judge.entail(PAIRS[::-1]) == [strange, true]
    assert judge.entail([]) == []


def test_points_belong_to_their_judges() -> None:
    """One was fitted for the built-in judge, where objections never help; any other judge gets the plain one."""
    point = point_of()
    assert Point.from_dict(json.loads(POINTS.read_text(encoding="utf-8"))[BUILT_IN]) == point
    assert point.weights[0] > 0 >= max(point.weights[2:])
    assert 0.5 < point.supported_at < 1.0
    assert point_of("some/cross-encoder") == PLAIN


@pytest.mark.parametrize("labels", [["score"], ["contradiction", "entailment", "neutral"]])
def test_a_cross_encoder_judges(tmp_path: Path, labels: list[str]) -> None:
    """One score is a probability by itself; of several labels it is the share of entailment."""
    judge = load_judge(cross_encoder(tmp_path, labels))
    scores = judge.entail(PAIRS)
    assert len(scores) == 2
    assert all(0.0 < score < 1.0 for score in scores)
    assert judge.name == str(tmp_path)
    assert judge.entail([]) == []


def test_a_swap_changes_what_is_supported(tmp_path: Path) -> None:
    """Another judge gives another verdict on the same sentence over the same documents."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    text = "The Kestrel Bridge carries two tracks."
    options = {"docs": tmp_path / "docs", "cache": tmp_path / "cache"}
    with (
        open_pipeline(**options) as built_in,
        open_pipeline(**options, judge=cross_encoder(tmp_path / "c", ["a"])) as other,
    ):
        assert built_in.check(text).sentences[0].state == "supported"
        assert other.check(text).sentences[0].state == "unsupported"


def test_a_judge_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message holds the name and a way on; nothing is downloaded to find that out."""
    with pytest.raises(ModelUnavailable, match=r"nothing-here.*--allow-download"):
        load_judge(str(tmp_path / "nothing-here"))


class Saying:
    """A generator that gives one answer to everything."""

    name, context_tokens = "saying", 4096

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(self, prompt):
        assert PAIRS[0][1] in prompt.user or PAIRS[1][1] in prompt.user
        return iter([self.answer])


@pytest.mark.parametrize(
    ("answer", "score"), [("Yes.", 1.0), (" yes", 1.0), ("no", 0.0), ("I think so", 0.0), ("", 0.0)]
)
def test_a_model_is_asked_yes_or_no(answer: str, score: float) -> None:
    """Anything but a plain yes supports nothing."""
    assert AskingJudge(Saying(answer)).entail(PAIRS) == [score, score]


def test_a_large_encoder_judges_by_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens by the folder that holds it, plain until a point was fitted, which stands in the same folder."""
    save_large(tmp_path, tiny(monkeypatch), {})
    judge = load_judge(str(tmp_path))

    assert judge.name.startswith("footnote-large-")
    assert judge.entail([]) == []
    scores = judge.entail(PAIRS)
    assert all(0.0 < score < 1.0 for score in scores)
    assert judge.entail(PAIRS[::-1]) == scores[::-1]
    assert point_of(str(tmp_path)) == PLAIN

    point = replace(PLAIN, supported_at=0.9)
    write_point(str(tmp_path), point)
    assert point_of(str(tmp_path)) == point
    assert load_judge(str(tmp_path)).entail(PAIRS) == scores


def test_a_large_encoder_whose_weights_are_gone_supports_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is loaded when it is needed; what is missing then is told, and the sentence is not shown as supported."""
    save_large(tmp_path / "large", tiny(monkeypatch), {})
    judge = load_judge(str(tmp_path / "large"))
    (tmp_path / "large" / PARTS[0]).unlink()
    chunk = Chunk("d:0", "d", 0, len(BRIDGE), None, "", BRIDGE)
    gate = Gate(judge, [Hit(chunk, "Bridge", "b.md", 1.0, 1, "fused")], point=PLAIN)

    assert gate.check("The bridge carries two tracks.").state == "unsupported"
    assert PARTS[0] in gate.failed


def test_a_damaged_point_is_told_and_a_plain_one_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipeline still opens, says what is wrong and what to do, and checks all the same."""
    (tmp_path / "points.json").write_text("{")
    monkeypatch.setattr(judges, "POINTS", tmp_path / "points.json")
    (tmp_path / "a.md").write_text(BRIDGE, encoding="utf-8")
    with open_pipeline(docs=tmp_path / "a.md", cache=tmp_path / "cache") as pipeline:
        (notice,) = pipeline.notices
        assert "checked less surely" in notice
        assert "install the package again" in notice
        assert pipeline.check(BRIDGE).sentences[0].state == "quoted"
