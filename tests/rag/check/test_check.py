"""What the comparisons object to, and how that is weighed."""

import pytest

from index.text.look import look
from rag.check.differences import Problem
from rag.check.differences import problems as between
from rag.check.point import PLAIN, SIGNS, Point, certainty, signs, weigh


def problems(claim: str, sources: list[str], background: list[str] | None = None) -> tuple[Problem, ...]:
    return between(look(claim), [look(text) for text in sources], [look(text) for text in background or []])


COST = "The GPUs it used for this cost $5.5 million."
SALES = "In 2024 the Chinese manufacturer sold more cars worldwide than Tesla."


@pytest.mark.parametrize(
    ("claim", "source", "kind", "words"),
    [
        ("The GPUs cost 6 million dollars.", COST, "number", "says 6 million dollars, the source says $5.5 million"),
        (
            "The GPUs it used cost 5.5 million euros.",
            COST,
            "number",
            "says 5.5 million euros, the source says $5.5 million",
        ),
        ("The GPUs it used for this did not cost $5.5 million.", COST, "negation", "negates what the source says"),
        ("In 2023 the manufacturer sold more cars than Tesla.", SALES, "date", "says 2023, the source says 2024"),
        (SALES.replace("Tesla", "Nissan"), SALES, "name", "names Nissan where the source names Tesla"),
        ("Only Volkswagen sold cars in 2024.", SALES, "name", "names Volkswagen, which is not in the source"),
        (SALES.replace("more", "fewer"), SALES, "direction", "says “fewer”, the source says “more”"),
        ("Tesla beat BYD.", "BYD beat Tesla.", "roles", "swaps Tesla and BYD"),
        (
            "Training took two years.",
            "Training took the lab two months.",
            "number",
            "says two years, the source says two months",
        ),
        ("It lists four cases.", "The article lists three cases.", "number", "says four, the source says three"),
    ],
)
def test_a_changed_fact_is_named(claim: str, source: str, kind: str, words: str) -> None:
    """Each kind of change gives a problem of that kind that says what differs."""
    assert any(p.kind == kind and p.text.startswith(words) for p in problems(claim, [source]))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The GPUs cost 5,500,000 US dollars.", COST),
        ("$5.5m was the cost of the GPUs.", COST),
        ("More cars were sold by the Chinese manufacturer than by Tesla worldwide in 2024.", SALES),
        ("Training lasted 2 months.", "Training took the lab two months."),
        ("It opened on 20 January 2025.", "It opened on January 20, 2025."),
        ("It opened in 2025.", "It opened on January 20, 2025."),
        ("The lab is in Germany.", "It is a German lab."),
    ],
)
def test_the_same_facts_in_other_words_are_no_problem(claim: str, source: str) -> None:
    """Notation, order and voice may change."""
    assert problems(claim, [source]) == ()


def test_a_contradiction_is_told_once() -> None:
    """That another name stands there says more than that this one is missing."""
    (found,) = problems(SALES.replace("Tesla", "Nissan"), [SALES])
    assert (found.kind, found.hard, found.contradicts) == ("name", True, True)


def test_initials_of_words_at_hand_are_no_new_name() -> None:
    """An acronym may be made of the words of the claim or of its source; another one may not."""
    source = "Every loan requires a mortgage insurance premium."
    assert problems("Every loan requires the MIP.", [source]) == ()
    assert [p.kind for p in problems("Every loan requires the MOP.", [source])] == ["name"]


def test_background_supplies_names_and_years_only() -> None:
    """The title may name the subject; a number that stands only in the title is still missing from the sentence."""
    assert problems("DeepSeek V3's GPUs cost $5.5 million.", [COST], ["DeepSeek V3: a strong model"]) == ()
    assert [p.kind for p in problems("The GPUs cost $7.1 million.", [COST], ["It cost $7.1 million"])] == ["number"]


NEGATED = "The ferry does not stop at Holm."


@pytest.mark.parametrize(("others", "kinds"), [(13, ["negation"]), (20, [])])
def test_a_claim_is_compared_with_what_it_rewords(others: int, kinds: list[str]) -> None:
    """Half of the words in common make a source sentence worth comparing word by word, two fifths do not."""
    source = f"The ferry does stop at Holm {'and so on ' * 7}".split()[: 6 + others]
    assert [p.kind for p in problems(NEGATED, [f"{' '.join(source)}."])] == kinds


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("Hill founded the large old wooden mill in northern Torn with Berg.", ["name"]),
        ("Hill founded the large old wooden mill in northern Torn, and later he sold it to Berg.", []),
    ],
)
def test_in_a_near_copy_a_name_from_elsewhere_in_the_source_is_a_replacement(source: str, kinds: list[str]) -> None:
    """Berg stands in the source, so that only the likeness tells that he took the place of Hill."""
    claim = "Berg founded the large old wooden mill in northern Torn."
    assert [p.kind for p in problems(claim, [source])] == kinds


def test_signs_hold_what_the_comparisons_found() -> None:
    """One value for each of SIGNS: a number that the source contradicts is another sign than one that it lacks."""
    denied = Problem("number", "", hard=True, contradicts=True)
    missing = Problem("number", "", hard=True, contradicts=False)
    turned = Problem("direction", "", hard=False, contradicts=True)

    assert signs(0.5, 0.25, [denied, turned]) == (0.0, 0.25, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    assert signs(0.5, 0.25, [missing])[2:4] == (0.0, 1.0)
    assert len(signs(1.0, 1.0, [])) == len(SIGNS) == len(PLAIN.weights)


@pytest.mark.parametrize("probability", [float("nan"), -0.1, 1.1, float("inf")])
def test_what_is_no_probability_counts_as_certainly_not(probability: float) -> None:
    """A judge's nonsense never helps a claim."""
    assert certainty(probability) == certainty(0.0) < -10


@pytest.mark.parametrize(
    ("said", "objects", "supported"), [(0.85, 0, True), (0.75, 0, False), (0.95, 1, True), (0.9, 1, False)]
)
def test_a_judge_without_a_fitted_point_must_be_surer_where_a_comparison_objects(
    said: float, objects: int, supported: bool
) -> None:
    """It is believed from four fifths on, and beside a soft objection from nine tenths and a little more."""
    found = [Problem("direction", "", hard=False, contradicts=True)] * objects
    assert (weigh(PLAIN, signs(said, 1.0, found)) >= PLAIN.supported_at) is supported


def test_weighing_is_a_logistic() -> None:
    """Worked by hand: log-odds 2 x 1 - 1 give 1 / (1 + e^-1)."""
    point = Point((1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), -1.0, 0.5)
    assert weigh(point, (2.0, 9.0, 0, 0, 0, 0, 0, 0, 0)) == pytest.approx(0.7310586)
    assert weigh(PLAIN, signs(0.9, 1.0, [])) == pytest.approx(0.9)
