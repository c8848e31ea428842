"""Rows of lists: the right list answers as a whole, the others of the folder and near misses do not."""

from eval.sets.listed import half_of, taught
from eval.training.list_rows import list_questions


def test_a_list_answers_as_a_whole_and_the_others_do_not() -> None:
    """A line is a place in its list; nothing of the half "report" and of the folders left to fit on is among them."""
    rows = list(list_questions(1))
    kinds = {row.source for row in rows}
    assert kinds == {"list whole", "list line", "list none"}
    for row in rows:
        if row.source == "list whole":
            assert (row.start, row.end) == (0, len(row.passage))
        elif row.source == "list line":
            assert 0 < row.start < row.end <= len(row.passage)
        else:
            assert row.start == row.end == -1
    whole = {(row.question, row.passage) for row in rows if row.source == "list whole"}
    assert not whole & {(row.question, row.passage) for row in rows if row.source == "list none"}
    assert len(whole) > 150
    left = {row.question for row in list_questions(1, lambda name: half_of(name) == "report" or not taught(name))}
    assert len(left) > 200
    assert not left & {row.question for row in rows}


def test_the_same_seed_gives_the_same_rows() -> None:
    """And another one other lists beside."""
    assert list(list_questions(1)) == list(list_questions(1))
    assert list(list_questions(1)) != list(list_questions(2))
