"""One spelling for facts, so that an accepted answer is found in a quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.facts import holds, holds_needed, normalise


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("The GPUs cost $5.5 million.", "5.5 million"),
        ("The GPUs cost US$5.5 million.", "$5.5 million"),
        ("It cost 5,500,000 dollars", "5.5 million dollars"),
        ("It cost 5.5 million U.S. dollars", "$5.5M"),
        ("roughly 40 percent of it", "40%"),
        ("some 40 per cent", "40 percent"),
        ("a two-month effort", "two month"),
        ("It took 2 months", "two months"),
        ("a 671B model", "671 billion"),
        ("10,000 of them", "10000"),
        ("made by **Alibaba's** team", "alibaba"),
        ("Version 2.0 of it", "version 2"),
        ("总部在北京，搬到新加坡。", "新加坡"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("Meta has the lead", "a lead"),
        ("The night was −5 °C.", "-5 °C"),
        ("The night was –5°C.", "-5 °C"),
        ("(-3.20 %)", "−3.2 percent"),
        ("a result of -$4.0 million", "$-4M"),
        ("the gap is .5", "0.5"),
        ("a fee of $.50", "0.5 dollars"),
        ("It runs GPT-4", "gpt 4"),
        ("3-5 days, 10%-15% of $5-$10", "5 days"),
        ("10%-15%", "15%"),
        ("$5-$10", "$10"),
    ],
)
def test_equal_facts_are_found(text: str, fact: str) -> None:
    """A fact is found in whichever of the usual spellings the text has it."""
    assert holds(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It costs 55 dollars", "5 dollars"),
        ("It cost 5.5 billion", "5.5 million"),
        ("It cost 5.5 million", "5.5"),
        ("It took 5.5 million hours", "$5.5 million"),
        ("Singaporean law", "Singapore"),
        ("In May, June came", "May June July"),
        ("months two", "two months"),
        ("14 percent", "4%"),
        ("The night was 5 °C.", "-5 °C"),
        ("The night was -5 °C.", "5 °C"),
        ("It fell by 3.2 %", "−3.2 %"),
        ("profit of $4 million", "-$4 million"),
        ("the gap is .5", "5"),
        ("anything", "..."),
        ("", "x"),
    ],
)
def test_other_facts_are_not_found(text: str, fact: str) -> None:
    """A part of a number or word, another sign, magnitude or unit, another order or no word at all is not the fact."""
    assert not holds(text, fact)


def test_need_all_wants_each_fact_somewhere() -> None:
    """`all` wants every fact in one of the texts, `any` one of them; no facts are never held."""
    texts = ["It took two months.", "It cost $5.5 million."]

    assert holds_needed(texts, ["2 months", "5.5 million"], "all")
    assert not holds_needed(texts, ["2 months", "6 million"], "all")
    assert holds_needed(texts, ["2 months", "6 million"], "any")
    assert not holds_needed(texts, [], "all")
    assert not holds_needed([], ["2 months"], "any")


@given(st.text())
def test_every_text_holds_itself_unless_it_has_no_words(text: str) -> None:
    """Normalising is total, and a text holds itself exactly when it has a word."""
    assert holds(text, text) == bool(normalise(text))


@given(st.lists(st.sampled_from("one two 3 4.5 -6 .8 million % The 北 kimi k2".split())))
def test_normalising_twice_changes_nothing(parts: list[str]) -> None:
    """The one spelling of a text is its own one spelling."""
    once = normalise(" ".join(parts))

    assert once == normalise(" ".join(once))
