"""Numbers, dates, names, negation: what the rules read, and what they object to."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.dates import agree, borne_out, dates
from index.text.look import look
from index.text.names import entity_names, mentioned, name_keys
from index.text.polarity import negation_differs, opposites, read, roles_swapped
from index.text.quantities import Quantity, quantities, same_quantity


def only(text: str) -> Quantity:
    found = quantities(text)
    assert len(found) == 1, (text, found)
    return found[0]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It cost $5.5 million.", 5.5e6, "usd"),
        ("It cost 5,500,000 dollars.", 5.5e6, "usd"),
        ("It cost US$ 5.5m.", 5.5e6, "usd"),
        ("It cost USD 5.5 mn.", 5.5e6, "usd"),
        ("成本为550万美元", 5.5e6, "usd"),
        ("half a million euros", 5e5, "eur"),
        ("a 500-billion-dollar plan", 5e11, "usd"),
        ("two and a half years", 2.5, "year"),
        ("a six-month lead", 6, "month"),
        ("two hundred and fifty cars", 250, ""),
        ("twenty-five people", 25, ""),
        ("a dozen cars", 12, ""),
        ("40 per cent", 40, "percent"),
        ("40%", 40, "percent"),
        ("half of them", 50, "percent"),
        ("two thirds of users", 200 / 3, "percent"),
        ("10 000 cars", 10_000, ""),
        ("5.500.000 Euro", 5.5e6, "eur"),
        ("10,5 km", 10.5, "km"),
        ("671B parameters", 6.71e11, ""),
        ("超过10万亿元", 1e13, "cny"),
    ],
)
def test_a_number_is_read_with_its_magnitude_and_unit(text: str, value: float, unit: str) -> None:
    """Each notation gives the value with the magnitude multiplied in, and the canonical unit."""
    found = only(text)
    assert (round(found.value, 6), found.unit) == (round(value, 6), unit)
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Built in the 1990s by Nor.", []),
        ("a hit of the '90s", []),
        ("She was in her 40s.", []),
        ("The 1980's had 12 mills.", ["12"]),
        ("第3年", []),
        ("It waits 90s.", ["90s"]),
        ("a 30s timeout", ["30s"]),
    ],
)
def test_decades_and_ordinals_are_no_amounts(text: str, amounts: list[str]) -> None:
    """The 1990s were 1,990 seconds."""
    assert [found.text for found in quantities(text)] == amounts


@pytest.mark.parametrize("text", ["DeepSeek V3 and GPT-4o", "COVID-19", "one of the best", "a third party", "K2", ""])
def test_codes_and_idioms_are_no_numbers(text: str) -> None:
    """Digits inside names and number words without a count are left alone."""
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It was -3.2 °C.", [-3.2]),
        ("−900", [-900]),
        ("-$5", [-5]),
        ("$-5", [-5]),
        ("minus 5 degrees", [-5]),
        ("零下5度", [-5]),
        ("5 degrees below freezing", [-5]),
        ("between -10 and -5 degrees", [-10, -5]),
        ("5-10", [5, 10]),
        ("5 °C -10 °C", [5, 10]),
        ("E-41", []),
        ("2024-05-07", [2024, 5, 7]),
        ("555-1234", [555, 1234]),
        ("10 minus 5", [10, 5]),
    ],
)
def test_a_minus_sign_belongs_to_the_number(text: str, values: list[float]) -> None:
    """A sign before digits makes a number negative; a hyphen in a range, a code, a day or a phone number does not."""
    assert [quantity.value for quantity in quantities(text)] == values


def test_both_ends_of_a_range_have_its_unit_and_magnitude() -> None:
    """ "6-9 months" are six months and nine months; "5 to 10 million users" are two counts of users."""
    assert [(q.value, q.unit) for q in quantities("a 6-9 month lead")] == [(6, "month"), (9, "month")]
    assert [(q.value, q.unit) for q in quantities("between 6 and 9 months")] == [(6, "month"), (9, "month")]
    assert [(q.value, q.noun) for q in quantities("5 to 10 million users")] == [(5e6, "user"), (1e7, "user")]
    assert [q.value for q in quantities("£3bn-£4bn")] == [3e9, 4e9]


@pytest.mark.parametrize(
    ("claim", "source", "same"),
    [
        ("24 months", "two years", True),
        ("60 minutes", "an event of 1 hour", True),
        ("about 100 cars", "97 cars", True),
        ("about 6 million dollars", "$5.5 million", False),
        ("6 million dollars", "$5.5 million", False),
        ("5.5 million", "$5.5 million", True),
        ("5.5 million euros", "$5.5 million", False),
        ("more than 500 people", "no more than 500 people", False),
        ("up to 500 people", "no more than 500 people", True),
        ("at least 500 people", "not less than 500 people", True),
        ("more than 500 people", "500 people or fewer", False),
        ("mindestens 500 kg", "höchstens 500 kg", False),
        ("至少500公斤", "不超过500公斤", False),
        ("more than 500 people", "600 people", True),
        ("more than 500 people", "5,000 people", False),
        ("hundreds of people", "400 people", True),
        ("hundreds of people", "5,000 people", False),
        ("more than 500 people", "less than 500 people", False),
        ("less than 500 people", "400 people", True),
        ("more than 500 people", "more than 600 people", False),
        ("hundreds of millions of dollars", "$300 million", True),
        ("$300 million", "hundreds of millions of dollars", False),
        ("5 percent", "5 percentage points", False),
        ("50 percent", "half of them", True),
        ("-5 percent", "5 percent", False),
        ("-5 degrees", "-5 degrees", True),
        ("fell by 5 percent", "-5 percent", True),
        ("-5 percent", "down 5 percent", True),
    ],
)
def test_same_quantity(claim: str, source: str, same: bool) -> None:
    """Notation, convertible units and rounding words do not matter; values, currencies and bounds do."""
    assert same_quantity(only(claim), only(source)) is same


@given(
    st.integers(1, 999), st.sampled_from([("million", 1e6), ("billion", 1e9), ("trillion", 1e12), ("thousand", 1e3)])
)
def test_words_and_zeros_are_one_notation(count: int, magnitude: tuple[str, float]) -> None:
    """ "7 million" and "7,000,000" are the same quantity, in both directions."""
    word, factor = magnitude
    spoken, written = only(f"{count} {word}"), only(f"{int(count * factor):,}")
    assert same_quantity(spoken, written)
    assert same_quantity(written, spoken)


@given(st.text(max_size=200))
def test_reading_facts_of_any_text_gives_exact_slices(text: str) -> None:
    """Every number and date found is the slice of the text that it says it is, with a finite value, in order."""
    found = look(text)
    assert all(text[q.start : q.end] == q.text and math.isfinite(q.value) for q in found.quantities)
    assert all(text[d.start : d.end] == d.text for d in found.dates)
    assert [q.start for q in found.quantities] == sorted(q.start for q in found.quantities)


@given(st.text(alphabet="0123456789.,- $%kmbn年月日万 IntoandJuly", max_size=60))
def test_reading_odd_numerals_never_fails(text: str) -> None:
    """Digits, separators and units in any order are read or left alone."""
    found = look(text)
    assert all(text[q.start : q.end] == q.text for q in found.quantities)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("January 20, 2025", (2025, 1, 20)),
        ("20 Jan 2025", (2025, 1, 20)),
        ("Jan. 20, 2025", (2025, 1, 20)),
        ("2025-01-20", (2025, 1, 20)),
        ("20.01.2025", (2025, 1, 20)),
        ("01/20/2025", (2025, 1, 20)),
        ("2025年1月20日", (2025, 1, 20)),
        ("20th of January", (None, 1, 20)),
        ("January 2025", (2025, 1, None)),
        ("in May", (None, 5, None)),
        ("mid-2025", (2025, None, None)),
        ("By 2030, more", (2030, None, None)),
    ],
)
def test_a_date_is_read_into_its_fields(text: str, expected: tuple[int | None, int | None, int | None]) -> None:
    """Each notation gives year, month and day, None where the text is silent."""
    (found,) = dates(text)
    assert (found.year, found.month, found.day) == expected


@pytest.mark.parametrize(
    "text", ["You may go.", "2025 dollars", "$2000", "1,990 cars", "version 0324", "this may not last"]
)
def test_numbers_and_verbs_are_no_dates(text: str) -> None:
    """A modal verb, an amount and a version are not read as dates."""
    assert dates(text) == ()


def test_a_year_alone_agrees_with_a_full_date_and_is_borne_out_by_it() -> None:
    """The year of a full date may be said alone; a day that no source gives may not be added to it."""
    (year,), (full,), (other,) = dates("in 2025"), dates("January 20, 2025"), dates("in 2024")
    assert agree(year, full)
    assert borne_out(year, (full,))
    assert not borne_out(full, (year,))
    assert not agree(other, full)


def test_an_ambiguous_numeric_date_agrees_with_both_readings() -> None:
    """03/04/2025 is the third of April or the fourth of March, and nothing else."""
    (numeric,), (april,), (march,), (may,) = (
        dates(text) for text in ("03/04/2025", "3 April 2025", "March 4, 2025", "3 May 2025")
    )
    assert agree(numeric, april)
    assert agree(numeric, march)
    assert agree(march, numeric)
    assert not agree(numeric, may)


def test_two_sources_may_bear_out_a_date_together() -> None:
    """Day and month from one sentence, the year from another."""
    (claim,) = dates("January 20, 2025")
    assert borne_out(claim, (*dates("on January 20"), *dates("in 2025")))
    assert not borne_out(claim, (*dates("on January 21"), *dates("in 2025")))


def test_a_decade_holds_its_years() -> None:
    """1994 bears out "the 1990s"; 2004 does not, and "the 1990s" does not bear out 1994."""
    (decade,), (inside,), (outside,) = dates("the 1990s"), dates("in 1994"), dates("in 2004")
    assert borne_out(decade, (inside,))
    assert not borne_out(decade, (outside,))
    assert not borne_out(inside, (decade,))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("mit", "the Massachusetts Institute of Technology"),
        ("deepseek", "DeepSeek-V3's design"),
        ("us", "the United States of America"),
        ("us", "American firms"),
        ("germany", "German cars"),
        ("cafe", "Café"),
        ("gpt-4", "GPT 4"),
        ("france", "the French state"),
        ("french", "the state of France"),
    ],
)
def test_a_name_is_recognised_in_other_spellings(name: str, source: str) -> None:
    """Acronyms, hyphens, possessives, diacritics and demonyms do not hide a name."""
    (found,) = {key for found in entity_names(f"the {name.upper()} thing") for key in found.keys}
    assert mentioned(found, name_keys(source)) or mentioned(name, name_keys(source))


def test_austria_is_not_australia() -> None:
    """Names that merely begin alike stay apart."""
    assert not mentioned("austria", name_keys("Australia"))
    assert not mentioned("iran", name_keys("Iraq"))
    assert not mentioned("port", name_keys("Portuguese"))


def test_a_plain_word_that_opens_a_sentence_is_no_sure_name() -> None:
    """A lone capitalised opener counts as a name only where something shows that it is one."""
    assert [(n.text, n.sure) for n in entity_names("Training took two months.")] == [("Training", False)]
    assert [(n.text, n.sure) for n in entity_names("DeepSeek took two months.")] == [("DeepSeek", True)]
    assert [(n.text, n.sure) for n in entity_names("Tesla fell.", known={"tesla"})] == [("Tesla", True)]
    assert entity_names("The price fell.") == ()


@pytest.mark.parametrize(
    ("claim", "source", "differs"),
    [
        ("V3 is not open source.", "V3 is open source.", True),
        ("V3 is open source.", "V3 is not open source.", True),
        ("V3 isn't open source.", "V3 is not open source.", False),
        ("Training did not take two months.", "Training took the lab two months.", True),
        ("V3 switches on sub-models.", "V3 is not one monolithic network; it switches on sub-models.", False),
        ("The country needs chips from abroad.", "The country cannot do without chips from abroad.", False),
        ("The model is not only cheap but fast.", "The model is cheap and fast.", False),
        ("Nobody bought cars in Norway.", "Nobody slept in Norway.", False),
    ],
)
def test_negation(claim: str, source: str, differs: bool) -> None:
    """A negation counts when it turns round words that the other sentence states, and two cancel each other."""
    assert negation_differs(read(claim), read(source)) is differs


@pytest.mark.parametrize(
    ("claim", "source", "pair"),
    [
        ("Prices fell in 2024.", "Prices rose in 2024.", ("fell", "rose")),
        ("BYD sold fewer cars than Tesla.", "BYD sold more cars than Tesla.", ("fewer", "more")),
        ("Tesla sold fewer cars than BYD.", "BYD sold more cars than Tesla.", None),
        ("It isn't possible to train models there.", "It is impossible to train models there.", None),
        ("Prices rose in 2024.", "Prices rose in 2024 and fell in 2025.", None),
    ],
)
def test_opposites(claim: str, source: str, pair: tuple[str, str] | None) -> None:
    """An opposite word counts unless swapped sides or a negation undo it, or the source has both."""
    assert opposites(read(claim), read(source)) == pair


@pytest.mark.parametrize(
    ("claim", "source", "pair"),
    [
        ("Tesla beat BYD.", "In 2024 BYD beat Tesla.", ("Tesla", "BYD")),
        ("Tesla was beaten by BYD.", "In 2024 BYD beat Tesla.", None),
        ("Tesla and BYD make cars.", "BYD and Tesla make cars.", None),
        ("BYD beat Tesla.", "In 2024 BYD beat Tesla.", None),
    ],
)
def test_swapped_roles(claim: str, source: str, pair: tuple[str, str] | None) -> None:
    """Two names changing sides around the same words is a contradiction, unless the words are symmetric."""
    assert roles_swapped(read(claim).tokens, read(source).tokens) == pair
