"""From logits to the best span."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.read.scoring import LONGEST_ANSWER, best_span

LOGITS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.booleans()), min_size=1, max_size=60)


def test_a_span_does_not_go_beyond_its_sentence() -> None:
    """The best start and the best end lie in two sentences: the best pair of one sentence is taken."""
    start, end = torch.tensor([0.0, 9.0, 0.0, 0.0, 3.0]), torch.tensor([0.0, 1.0, 2.0, 0.0, 9.0])

    assert best_span(start, end, ()) == (1, 4, 18.0)
    assert best_span(start, end, (0, 0, 0, 1, 1)) == (4, 4, 12.0)


@given(LOGITS)
def test_the_best_span_is_the_best_of_those_allowed(logits: list[tuple[int, int, bool]]) -> None:
    """By trying every one: in order, not too long, in one sentence."""
    start, end = (torch.tensor([float(row[side]) for row in logits]) for side in (0, 1))
    sentences = tuple(sum(new for _, _, new in logits[: at + 1]) for at in range(len(logits)))
    allowed = [
        (int(start[a] + end[b]), a, b)
        for a in range(len(logits))
        for b in range(a, min(len(logits), a + LONGEST_ANSWER))
        if sentences[a] == sentences[b]
    ]
    first, last, logit = best_span(start, end, sentences)

    assert (logit, first, last) in allowed
    assert logit == max(allowed)[0]
