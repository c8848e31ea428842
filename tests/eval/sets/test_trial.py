"""Judges against people: figures by hand, verdicts that were not given, and where two judges differ."""

import argparse
import gzip
import json
from pathlib import Path

import pytest

from eval.sets.people import PEOPLE, Item, sentence_scores, worst
from eval.sets.trial import Trial, Tried, agreement_figures, differing, register, trial_lines, tried

ITEMS = (
    Item(("It took two months.",), "It took two months.", True, 4.0),
    Item(("It took two months.",), "It was free.", False, 1.0),
    Item(("It was red.",), "It was red. It flew away.", False, 2.0),
    Item(("It was blue.",), "It was azure.", True, 3.0),
)
TRIAL = Trial("mtrag_human_eval", ITEMS, (Tried("one", (0.9, 0.1, 0.6, None)), Tried("two", (0.9, 0.6, 0.2, 0.8))))


class Scripted:
    name = "scripted"

    def entail(self, pairs):
        return [
            float("nan") if "azure" in text and "red" not in passage else float(passage == text)
            for passage, text in pairs
        ]


def test_agreement_by_hand() -> None:
    """One of one kept, one of two caught; a judge without a verdict on an item is told with it."""
    found = {figure.name: figure for figure in agreement_figures(TRIAL, TRIAL.tried[0])}

    assert found["balanced"].value == pytest.approx(0.75)
    assert (found["balanced"].n, found["balanced"].left_out) == (3, 1)
    assert found["auroc"].value == 1.0
    assert found["best_balanced"].value == 1.0
    assert 0.9 < found["pearson"].value <= 1
    assert found["brier"].value == pytest.approx((0.1**2 + 0.1**2 + 0.6**2) / 3)
    assert found["calibration"].value == pytest.approx((0.1 + 0.1 + 0.6) / 3)


def test_a_text_is_as_supported_as_its_sentences_and_no_verdict_stays_none() -> None:
    """The worst sentence decides; NaN is no number, and which of several sentences has none does not matter."""
    assert sentence_scores(ITEMS[2], Scripted()) == [1.0, 0.0]
    assert worst(sentence_scores(ITEMS[2], Scripted())) == 0.0
    assert tried(Scripted(), "wice", ITEMS, PEOPLE["wice"]) == Tried("scripted", (1.0, 0.0, 0.0, None))
    half = Item(("It was blue.",), "It was blue. It was azure.", True)
    both = Item(("It was red.", "It was azure."), "It was azure.", True)
    for one in (half, both):
        (score,) = tried(Scripted(), "wice", [one], PEOPLE["wice"]).scores
        assert score is None


def test_two_judges_differ_where_one_says_supported() -> None:
    """An item without a verdict of both is no difference; published figures stand beside ours."""
    text = "\n".join(trial_lines(TRIAL))

    assert differing(TRIAL, *TRIAL.tried) == [ITEMS[1], ITEMS[2]]
    assert "MTRAG_HUMAN_EVAL: 4 items, people found 2 supported" in text
    assert "the first two judges differ on 2 of 4:" in text
    assert "1 without a verdict" in text
    assert "published: rl_f (IBM's own score)" in text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """Two claims of one set, and a cache of their own."""
    monkeypatch.setenv("RAG_CACHE", str(tmp_path / "cache"))
    (tmp_path / "fool_me_twice").mkdir()
    rows = [
        {"claim": "It is red.", "label": "SUPPORTS", "page": "P", "gold_evidence": [{"text": "It is red."}]},
        {"claim": "Bears fly.", "label": "REFUTES", "page": "P", "gold_evidence": [{"text": "It is red."}]},
    ]
    with gzip.open(tmp_path / "fool_me_twice" / "claims.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_verdicts_outlive_a_run_that_was_killed(folder: Path, monkeypatch, capsys) -> None:
    """What a judge said before it died is not asked again; --fresh asks."""
    parser = argparse.ArgumentParser()
    register(parser)
    asked: list[str] = []

    class Dying:
        name = "dying"

        def entail(self, pairs):
            if len(asked) == 1:
                asked.append("died")
                raise KeyboardInterrupt
            asked.extend(claim for _, claim in pairs)
            return [0.7] * len(pairs)

    monkeypatch.setattr("eval.sets.trial.report_judge", lambda *_, **__: Dying())
    arguments = parser.parse_args(["--data", str(folder), "--judge", "dying"])
    with pytest.raises(KeyboardInterrupt):
        arguments.run(arguments)

    assert arguments.run(arguments) == 0
    assert asked == ["It is red.", "died", "Bears fly."]
    fresh = parser.parse_args(["--data", str(folder), "--judge", "dying", "--fresh"])
    assert fresh.run(fresh) == 0
    assert len(asked) == 5


def test_the_command_reads_a_folder_and_names_what_is_wrong(folder: Path, capsys) -> None:
    """Floors need no model: figures as text and files; an unknown set and an empty folder are one sentence."""
    tmp_path = folder
    parser = argparse.ArgumentParser()
    register(parser)

    def run(*options: str) -> int:
        arguments = parser.parse_args(["--judge", "words", "coin", *options])
        return int(arguments.run(arguments))

    assert run("--data", str(tmp_path), "--out", str(tmp_path / "out")) == 0
    assert "words (a floor: share of words)" in capsys.readouterr().out
    saved = json.loads((tmp_path / "out" / "judges.json").read_text())
    assert saved[0]["judges"]["words (a floor: share of words)"]["balanced"]["value"] == 1.0
    assert run("--data", str(tmp_path), "--sets", "nothing") == 2
    assert capsys.readouterr().err.startswith("There is no set 'nothing'")
    assert run("--data", str(tmp_path / "out")) == 2
    assert "holds none of the sets" in capsys.readouterr().err
