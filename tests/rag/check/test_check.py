"""What the deterministic rules object to, and the verdict they cap."""

import pytest

from rag.check.compare import Problem
from rag.check.problems import problems, verdict

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


def test_verdict() -> None:
    """A hard problem outweighs any support, a soft one leaves "partial", and thresholds decide the rest."""
    hard = Problem("number", "", hard=True, contradicts=True)
    soft = Problem("direction", "", hard=False, contradicts=True)

    def state(support: float, *found: Problem) -> str:
        return verdict(support, found, supported_at=0.7, partial_at=0.3)

    assert state(0.99, hard) == "unsupported"
    assert state(0.99, soft) == "partial"
    assert [state(0.7), state(0.69), state(0.3), state(0.29)] == ["supported", "partial", "partial", "unsupported"]
