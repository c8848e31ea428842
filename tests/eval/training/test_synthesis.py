"""The rows the reader is trained on say what their labels claim."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.training.claim_rows import claim_rows, held_out, plain
from eval.training.examples import Sources, Task, epoch_rows
from eval.training.mining import Bm25
from eval.training.passage_rows import UNKNOWN, Row, beside, crop, reading_rows, vary
from eval.training.perturb import change, change_number, negate, other_number, shorten
from eval.training.statements import past_tense, statement
from eval.training.synthesis import sentence_rows, statement_rows, wrong_answers
from index.text.sentences import sentence_spans

PASSAGE = (
    "The Kestrel Bridge was opened in 1911 by Ada Lindqvist, who had designed it. "
    "It spans 240 metres over the river Orva. Before the bridge was built, a ferry carried 90 people a day to Norrby. "
    "In 1958 the deck was widened by Tomas Berg."
)
OTHER = (
    "The Orva museum shows 300 paintings of ferries and harbours. It is open from May to September, except on Mondays."
)
SEEDS = st.integers(min_value=0, max_value=10_000)


def record(question: str, answer: str = "", context: str = PASSAGE, *, mined: bool = False) -> dict[str, object]:
    return {
        "question": question,
        "context": context,
        "answers": [answer] if answer else [],
        "answer_start": context.index(answer) if answer else -1,
        "is_impossible": not answer,
        "synthetic_negative": mined,
    }


RECORDS = [
    record("When was the Kestrel Bridge opened?", "1911"),
    record("Who designed the Kestrel Bridge?", "Ada Lindqvist"),
    record("In what year was the deck widened?", "1958"),
    record("How many people did the ferry carry a day?", "90"),
    record("Who designed the ferry?"),
    record("How many paintings does the museum show?", "300", OTHER),
    record("How long is the bridge?", context=OTHER, mined=True),
]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Who wrote the letter?", "Ada", "Ada wrote the letter."),
        ("When did the war begin?", "1911", "The war began in 1911."),
        ("When was the bridge opened in Norrby?", "May 4", "The bridge was opened in Norrby on May 4."),
        ("What is the capital of Orva?", "Norrby", "The capital of Orva is Norrby."),
        ("How many people live in Norrby?", "900", "900 people live in Norrby."),
        ("What team won the cup?", "Norrby FC", "Norrby FC won the cup."),
        ("In which city did the court meet?", "Norrby", "The court met in Norrby."),
    ],
)
def test_a_question_and_its_answer_make_a_statement(question: str, answer: str, expected: str) -> None:
    """The rules turn plain questions into plain statements and mark the answer in them."""
    made = statement(question, answer)

    assert made is not None
    assert made.text == expected
    assert made.text[made.start : made.end].lower() == answer.lower()


@pytest.mark.parametrize("question", ["Why?", "", "How is it done, and why did they?", "Explain the bridge"])
def test_a_question_no_rule_fits_makes_nothing(question: str) -> None:
    """No statement is better than a crooked one."""
    assert statement(question, "because of the river") is None


def test_past_tense_knows_regular_and_irregular_verbs() -> None:
    """Only verbs of its own lists are put into the past."""
    assert [past_tense(verb) for verb in ("write", "marry", "use", "table")] == ["wrote", "married", "used", None]


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_change_is_a_change(seed: int) -> None:
    """A changed sentence differs from its original, and only inside the span said to be wrong."""
    random_ = random.Random(seed)
    for start, end in sentence_spans(PASSAGE):
        sentence = PASSAGE[start:end]
        made = change(sentence, PASSAGE, random_)
        assert made is not None
        ((left, right),) = made.wrong
        assert made.text != sentence
        assert made.text[:left] == sentence[:left]
        assert sentence.endswith(made.text[right:])


@given(st.integers(min_value=0, max_value=99_999), SEEDS)
@settings(deadline=None)
def test_another_number_is_another_number(value: int, seed: int) -> None:
    """The replacement of a number is never the number itself and keeps its length."""
    other = other_number(str(value), PASSAGE, random.Random(seed))

    assert other != str(value)
    assert len(other) == len(str(value))


def test_a_sentence_without_a_number_has_no_number_to_change() -> None:
    """A change that does not fit is refused, not forced."""
    assert change_number("It spans the river.", PASSAGE, random.Random(1)) is None


def test_negation_is_put_in_and_taken_out() -> None:
    """A negated sentence loses its "not", a plain one gains one."""
    plain_one = negate("The bridge was opened.", "", random.Random(1))
    negated = negate("The bridge was not opened.", "", random.Random(1))

    assert plain_one is not None
    assert plain_one.text in ("The bridge was not opened.", "The bridge was never opened.")
    assert negated is not None
    assert negated.text == "The bridge was opened."


def test_shortening_keeps_the_words_of_the_sentence() -> None:
    """A shortened sentence uses only words of the original, in order."""
    shorter = shorten("The bridge (in Norrby) was opened early, although the deck was not dry.", random.Random(3))

    assert shorter in (
        "The bridge was opened early, although the deck was not dry.",
        "The bridge (in Norrby) was opened early.",
    )


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_reading_rows_hold_their_answers(seed: int) -> None:
    """An answerable row's offsets point at an answer; an unanswerable row made here holds no answer of the question."""
    answers = {str(r["question"]): [str(a) for a in r["answers"]] for r in RECORDS}  # type: ignore[attr-defined]
    for row in reading_rows(RECORDS, random.Random(seed)):
        if row.answerable == 1:
            assert row.passage[row.start : row.end] in answers[row.query]
        elif row.kind in ("mined", "evidence dropped"):
            assert not any(answer in row.passage for answer in answers[row.query])


def test_changed_questions_have_no_answer_and_pairs_have_one_each() -> None:
    """A changed question keeps its passage but no answer; a pair is one right and one wrong passage of a question."""
    rows = list(reading_rows(RECORDS * 8, random.Random(2)))
    asked = {str(record["question"]) for record in RECORDS}
    changed = [row for row in rows if row.kind == "changed question"]
    assert changed
    assert all(row.answerable == 0 and row.start < 0 and row.query not in asked for row in changed)
    for number in {row.pair for row in rows if row.pair >= 0}:
        pair = [row for row in rows if row.pair == number]
        assert sorted(row.rank for row in pair) == [0, 1]
        assert len({row.query for row in pair}) == 1


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_statement_rows_are_never_both(seed: int) -> None:
    """No pair of claim and evidence is labelled entailed and not entailed at once."""
    rows = list(statement_rows(RECORDS, random.Random(seed), 1.0)) + list(
        sentence_rows([PASSAGE], random.Random(seed), 3)
    )
    entailed = {(row.query, row.passage) for row in rows if row.entail == 1}
    refuted = {(row.query, row.passage) for row in rows if row.entail == 0}

    assert rows
    assert not entailed & refuted


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_wrong_spans_lie_in_the_claim(seed: int) -> None:
    """Spans said to be unsupported are slices of the claim, and an entailed claim has none."""
    rows = [
        *statement_rows(RECORDS, random.Random(seed), 1.0),
        *sentence_rows([PASSAGE, OTHER], random.Random(seed), 2),
    ]
    for row in rows:
        for start, end in row.wrong or ():
            assert 0 <= start < end <= len(row.query)
        if row.entail == 1:
            assert row.wrong == ()


def test_wrong_answers_have_the_type_of_the_right_one() -> None:
    """A year is swapped for a year of the passage, a name for a name."""
    assert wrong_answers("1911", PASSAGE, ["90", "Ada Lindqvist"]) == ["1958"]
    assert "Tomas Berg" in wrong_answers("Ada Lindqvist", PASSAGE, [])


def test_the_same_seed_makes_the_same_rows() -> None:
    """Rows depend on the records and the seed alone."""
    assert list(reading_rows(RECORDS, random.Random(5))) == list(reading_rows(RECORDS, random.Random(5)))


def test_each_task_takes_its_own_rows() -> None:
    """An encoder that reads sees no entailment, one that judges no spans; together they see what one for both does."""
    claims = [
        {"hypothesis": f"Ship {n} is old.", "premise": f"Ship {n} is new.", "source": "fever_dev", "binary": n % 2,
         "label": "entailment" if n % 2 else "contradiction"}
        for n in range(60)
    ]  # fmt: skip
    sources = Sources(RECORDS * 3, claims, {})
    rows = {task: epoch_rows(sources, 3, 0, task) for task in Task}

    assert all(row.entail == UNKNOWN and row.wrong is None for row in rows[Task.READING])
    assert all(row.answerable == UNKNOWN and row.start == UNKNOWN for row in rows[Task.JUDGING])
    assert {row.kind for row in rows[Task.BOTH]} == {row.kind for task in Task for row in rows[task]}
    ranked = [row for row in rows[Task.READING] if row.kind == "fever_dev"]
    assert 0 < len(ranked) < sum(row.kind == "fever_dev" for row in rows[Task.JUDGING]) / 2


def test_cropping_and_joining_move_the_answer_along() -> None:
    """After any variation the offsets still point at the answer."""
    row = Row("answerable", "When?", PASSAGE, answerable=1, start=PASSAGE.index("1958"), end=PASSAGE.index("1958") + 4)
    for seed in range(30):
        random_ = random.Random(seed)
        for varied in (crop(row, random_), beside(row, OTHER, random_), vary(row, [OTHER], random_)):
            assert varied.passage[varied.start : varied.end] == "1958"


def test_bm25_puts_the_passage_that_shares_rare_words_first() -> None:
    """The passage about the museum is found by its words."""
    assert Bm25([PASSAGE, OTHER, "Nothing of the kind."]).top("museum paintings", 2) == [1, 0]


def test_claims_without_a_licence_are_left_out() -> None:
    """A source that is not listed gives no rows; half of the SciFact claims are kept for measuring."""
    pair = {"premise": "A -LRB- B -RRB- fell .", "hypothesis": "B fell.", "label": "entailment", "binary": 1}
    rows = list(claim_rows([{**pair, "source": "control_dev"}, {**pair, "source": "snli"}], random.Random(1)))

    assert [row.kind for row in rows] == ["snli"]
    assert rows[0].passage == "A (B) fell."
    assert {held_out(f"claim {number}") for number in range(20)} == {True, False}
    assert plain("Ada 's bridge , open") == "Ada's bridge, open"


@given(st.text())
@settings(deadline=None)
def test_sentences_are_slices_in_order(text: str) -> None:
    """Sentence bounds are ordered, do not overlap, and only blanks lie between them."""
    bounds = sentence_spans(text)
    gaps = [0, *[edge for bound in bounds for edge in bound], len(text)]

    assert gaps == sorted(gaps)
    assert not "".join(text[gaps[i] : gaps[i + 1]] for i in range(0, len(gaps), 2)).strip()
