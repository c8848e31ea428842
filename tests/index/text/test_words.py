"""Words, names and questions for several things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.words import (
    STOP_WORDS,
    is_label,
    is_statement,
    names,
    stem,
    terms,
    wants_comparison,
    wants_list,
    wants_sources,
    words,
)


def test_words_are_lower_case_without_diacritics_or_possessive() -> None:
    """Spelling variants of one word compare equal."""
    assert ["cafe", "deepseek", "5.5", "gpt-4"] == words("Café DeepSeek’s 5.5 GPT-4")


def test_chinese_runs_become_bigrams() -> None:
    """A Chinese question shares terms with Chinese text although no spaces cut it."""
    assert ["人工", "工智", "智能"] == words("人工智能")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("costs", "cost"), ("trained", "train"), ("policies", "policy"), ("class", "class"), ("is", "is")],
)
def test_stems(word: str, expected: str) -> None:
    """Plural and verb endings go; short words stay whole."""
    assert expected == stem(word)


@given(st.text())
def test_terms_are_distinct_content_words(text: str) -> None:
    """Terms never repeat, and no term comes from a stop word alone."""
    found = terms(text)

    assert len(set(found)) == len(found)
    assert all(any(stem(word) == term for word in words(text) if word not in STOP_WORDS) for term in found)


def test_names_are_capitalised_sequences() -> None:
    """A name of several words is one name; a capital by position alone is none."""
    assert ["DeepSeek V3", "Meta", "Llama 3.1"] == names("What did DeepSeek V3 do to Meta, and to Llama 3.1?")


def test_a_name_may_begin_with_a_number() -> None:
    """01.AI and 3M are names, whole."""
    assert ["01.AI", "3M"] == names("who leads 01.AI, and 3M?")


def test_lists_and_comparisons_are_recognised() -> None:
    """Questions for several things are told from questions for one."""
    assert wants_list("Which companies adopted Chinese models?")
    assert wants_comparison("Is V3 better than Llama?")
    assert not wants_list("Who is the CEO?")
    assert not wants_comparison("Who is the CEO?")


@pytest.mark.parametrize(
    ("query", "claims"),
    [
        ("Aspirin lowers the risk of stroke.", True),
        ("Does aspirin lower the risk of stroke?", False),
        ("aspirin stroke risk", False),
        ("Tell me about aspirin.", False),
        ("", False),
    ],
)
def test_statements_are_told_from_questions(query: str, claims: bool) -> None:
    """By the full stop and the first word."""
    assert is_statement(query) is claims


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("do the reports agree on the date?", True),
        ("how cheap was it, what do the different articles say", True),
        ("are the export controls working or not?", True),
        ("is energy a strength or a problem", True),
        ("Who wrote the articles?", False),
        ("Who is the CEO?", False),
    ],
)
def test_questions_for_what_several_documents_say_are_recognised(question: str, several: bool) -> None:
    """Those that name the sources as speakers, and those that offer two answers."""
    assert wants_sources(question) is several


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("Source: China's AI innovation; Four trends to watch", True),
        ("Last edited: 4 May", True),
        ("Source: the ministry says so.", False),
        ("It costs 5 dollars", False),
        ("", False),
    ],
)
def test_lines_of_data_about_a_text_are_labels(sentence: str, label: bool) -> None:
    """A word or two, a colon, and no full stop at the end."""
    assert is_label(sentence) is label
