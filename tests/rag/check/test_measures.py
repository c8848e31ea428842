"""Equal numbers that measure different things: units, times of day, what stands in an order."""

import pytest

from index.text.look import look
from rag.check.differences import problems


def contradicted(claim: str, source: str) -> list[str]:
    return [problem.text for problem in problems(look(claim), [look(source)]) if problem.hard and problem.contradicts]


@pytest.mark.parametrize(
    ("claim", "source", "told"),
    [
        ("The dose is 5 mg per day.", "The dose is 5 ml per day.", "says 5 mg, the source says 5 ml"),
        ("The dose is 5 mg per day.", "The dose is 5 µg per day.", "says 5 mg, the source says 5 µg"),
        ("The dose is 5mg per day.", "The dose is 5ml per day.", "says 5mg, the source says 5ml"),
        ("The pressure is 5 bar.", "The pressure is 5 psi.", "says 5 bar, the source says 5 psi"),
        ("The pressure is 5 kPa.", "The pressure is 5 bar.", "says 5 kPa, the source says 5 bar"),
        ("The level is 5 dB.", "The level is 5 rpm.", "says 5 dB, the source says 5 rpm"),
        ("The fine is 40 kr.", "The fine is 40 euros.", "says 40 kr, the source says 40 euros"),
        ("The battery holds 20 Wh.", "The battery holds 20 mAh.", "says 20 Wh, the source says 20 mAh"),
        ("The cable is 5 metres.", "The cable is 5 kg.", "says 5 metres, the source says 5 kg"),
    ],
)
def test_equal_numbers_in_different_units_contradict(claim: str, source: str, told: str) -> None:
    """A unit need not be known to be another one: a symbol right after the number is enough."""
    assert told in contradicted(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The dose is 5 mg per day.", "The dose is 0.005 g per day."),
        ("The wall is 100 m long.", "The wall is 100 metres long."),
        ("The dose is 5 μg per day.", "The dose is 5 mcg per day."),  # the letter mu and the micro sign
        ("The level is 5 dB.", "The level is 5 dB at night."),
        ("It holds 5.5 million.", "It holds 5.5 million m³."),
        ("Training took two months.", "Training took two well-known models."),
        ("Each of 5 teams won.", "Of the six teams 5 of the six won."),
        ("It seats 3 people.", "It seats 3 of them."),
        ("It seats 3 men.", "It seats 3 old men."),
        ("There are three bar stools.", "There are 3 stools at the bar."),
        ("The team won 5 games.", "The team won 5 vs 3 games."),
        ("Costs doubled.", "Costs were up after 2 hours."),
        ("They sent 5 letters.", "They sent 5 St James letters."),
    ],
)
def test_ordinary_words_after_equal_numbers_do_not_contradict(claim: str, source: str) -> None:
    """What is converted, counted or merely comes after a number is no other unit."""
    assert contradicted(claim, source) == []


@pytest.mark.parametrize(
    ("claim", "source", "told"),
    [
        ("The shop opens at 9 am.", "The shop opens at 9 pm.", "says 9 am, the source says 9 pm"),
        ("The shop opens at 9am.", "The shop opens at 9 p.m.", "says 9am, the source says 9 p.m."),
        ("It opens at 9:45.", "It opens at 9:30 and closes at 10:45.", "says 9:45, the source says 9:30"),
        ("The shop opens at 21:00.", "The shop opens at 9 am.", "says 21:00, the source says 9 am"),
    ],
)
def test_another_time_of_day_contradicts(claim: str, source: str, told: str) -> None:
    """A time is one value, whose hour, minutes and half of the day go together."""
    assert told in contradicted(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The shop opens at 9am.", "The shop opens at 9 a.m."),
        ("The shop opens at 21:30.", "The shop opens at 9.30 pm."),
        ("The shop opens at 9:30.", "The shop opens at 9:30 am."),
    ],
)
def test_the_same_time_in_another_notation_is_no_problem(claim: str, source: str) -> None:
    """Twelve hours or twenty-four, a colon or a dot."""
    assert problems(look(claim), [look(source)]) == ()


@pytest.mark.parametrize(
    ("claim", "source", "told"),
    [
        ("The score was 3-2.", "The score was 2-3.", "says 3-2, the source says 2-3"),
        ("The ratio is 1:10.", "The ratio is 10:1.", "says 1:10, the source says 10:1"),
        ("It measures 2 m by 3 m.", "It measures 3 m by 2 m.", "says 2 m by 3, the source says 3 m by 2"),
        ("Costs halved.", "Costs doubled.", "says halved, the source says doubled"),
        ("Costs halved.", "Costs tripled.", "says halved, the source says tripled"),
    ],
)
def test_what_stands_the_other_way_round_contradicts(claim: str, source: str, told: str) -> None:
    """A score, a ratio, two sides and a factor are not their inverse."""
    assert told in contradicted(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Oil to vinegar is mixed 3:1 in this.", "Vinegar to oil is mixed 1:3 in this."),
        ("York lost to Leeds 2-3.", "Leeds beat York 3-2."),
        ("It takes 6-9 months.", "It takes between 6 and 9 months."),
        ("The ratio is 2:4.", "The ratio is 2:4 or 4:2."),
        ("Costs halved.", "Costs were halved in May."),
    ],
)
def test_an_order_told_from_the_other_side_does_not_contradict(claim: str, source: str) -> None:
    """Where the words change sides with the numbers, or the source has both orders, nothing is turned round."""
    assert contradicted(claim, source) == []
