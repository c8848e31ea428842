"""What a question asks for is known by its words, and looked for in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.find.expected import gives_asked

GPUS = "Training took two months in 2024. The GPUs it used cost $5.5 million, not hundreds of millions."


@pytest.mark.parametrize(
    ("question", "text", "given_"),
    [
        ("how many GPUs were used to train V3?", GPUS, False),
        ("how many GPUs were used to train V3?", "It was trained on 2,048 GPUs.", True),
        ("how many months did training take?", GPUS, True),
        ("How many of the six raw materials come from it?", "It relies on it for five of the six materials.", True),
        ("How many parameters does it have?", "Huawei’s model is a trillion-parameter one.", True),
        ("How many parameters does it have?", "It was released in 2025.", False),
        ("how much did the GPUs cost", GPUS, True),
        ("price of an Ascend 910C", "It is 60 percent faster.", False),
        ("what percentage of people is optimistic?", "83% are.", True),
        ("what percentage of people is optimistic?", "Most are.", False),
        ("When was it founded?", "It was founded in 2023.", True),
        ("When was it founded?", "It was founded by two brothers.", False),
        ("When was it founded?", "It moved in 2023.", False),
        ("When was it built?", "It was built around 300 BC.", True),
        ("When was it built?", "It was in an ad.", False),
        ("Who founded Moonshot?", "Moonshot AI makes Kimi.", False),
        ("Who founded Moonshot?", "Two students started Moonshot AI.", True),
        ("where is Northvolt headquartered", "Northvolt filed for bankruptcy in the United States.", False),
        ("where is Moonshot headquartered", "Moonshot is relocating to Singapore.", True),
        ("Who is the CEO of Nvidia?", "Jensen Huang, who heads Nvidia, praised them.", True),
        ("where did he do his phd", "He is a mathematician.", False),
        ("What does it mean when prices fall?", "Demand is low.", None),
        ("Why did it fail?", "", None),
        ("how many?", "It was 5.", None),
    ],
)  # fmt: skip
def test_values_of_the_asked_kind_are_looked_for(question: str, text: str, given_: bool | None) -> None:
    """Counts of the thing counted, dates, money, shares, and words for a relation; None for other questions."""
    assert gives_asked(question, text) is given_


@given(st.text(), st.text())
def test_any_question_and_text_can_be_asked(question: str, text: str) -> None:
    """No text is too odd to be looked at."""
    assert gives_asked(question, text) in (True, False, None)
    assert gives_asked(f"how many {question}", text) in (True, False, None)


@pytest.mark.parametrize(("between", "counts"), [(40, True), (80, False)])
def test_what_a_number_counts_stands_near_it(between: int, counts: bool) -> None:
    """ "Five of the six raw materials" counts materials; a thing named lines later is not what was counted."""
    text = f"It has five mines {'near Holm ' * (between // 10)}and raw materials."
    assert gives_asked("How many raw materials come from it?", text) is counts
