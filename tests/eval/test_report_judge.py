"""Judges of a report by name: the system's own says so, and floors need no model."""

import pytest

from eval.report_judge import CoinJudge, WordJudge, report_judge
from rag.errors import ModelUnavailable
from rag.protocols import Judge
from tests.fakes import ScriptedReader

PAIR = ("Training took two months.", "It took two months.")


def never() -> Judge:
    raise AssertionError("the system's own judge is not wanted")


def test_floors_need_no_model() -> None:
    """Words are shared, a coin falls alike for the same pair and differs between pairs."""
    coin = report_judge("coin", never)

    assert report_judge("words", never).entail([PAIR, ("", "Word."), ("x", "…")]) == [0.75, 0.0, 1.0]
    assert coin.entail([PAIR]) == coin.entail([PAIR])
    assert len(set(coin.entail([(str(n), "x") for n in range(50)]))) == 50
    assert all(0 <= score <= 1 for score in coin.entail([(str(n), "x") for n in range(50)]))


def test_the_built_in_judge_says_that_it_marks_its_own_work() -> None:
    """Its name tells a reader of the report; its verdicts are the system's."""
    own = report_judge("built-in", ScriptedReader)

    assert own.name == "scripted (the system's own)"
    assert own.entail([PAIR]) == ScriptedReader().entail([PAIR])


def test_a_judge_that_is_not_here_is_one_sentence() -> None:
    """Nothing is downloaded without leave."""
    with pytest.raises(ModelUnavailable, match="The judge 'nobody/no-such-model' cannot be loaded"):
        report_judge("nobody/no-such-model", never)


def test_the_small_network_is_a_judge_of_its_own() -> None:
    """What the large encoder adds can be told: the small network alone is named, and it is not the built-in judge."""
    small = report_judge("small", never)

    assert small.name.startswith("footnote-reader-")
    assert "large" not in small.name
    (entailed, strange) = small.entail([PAIR, ("The soup was cold.", PAIR[1])])
    assert 0 <= strange < entailed <= 1


def test_floors_say_so() -> None:
    """A report that was judged by a floor cannot pass for more."""
    assert "floor" in WordJudge.name
    assert "floor" in CoinJudge.name
