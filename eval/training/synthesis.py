"""Entailment rows made from reading records: what a passage says, and what it only nearly says."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from eval.training.passage_rows import Record, Row
from eval.training.perturb import change, names, numbers, other_number, shorten
from eval.training.statements import Statement, question_and_answer, statement
from index.text.sentences import sentence_at, sentence_spans

SENTENCE_LONGEST = 60
LEFT_OUT_SHARE = 0.35


def answer_type(answer: str) -> str:
    """year, number, name or phrase."""
    if re.fullmatch(r"(?:in |the )?[12]\d{3}s?", answer.strip()):
        return "year"
    if re.search(r"\d", answer):
        return "number"
    return "name" if re.match(r"(?:the )?[A-Z]", answer) else "phrase"


def wrong_answers(answer: str, passage: str, others: Sequence[str]) -> list[str]:
    """Spans of the passage of the answer's type that neither hold it nor are held by it.

    `others` are answers to other questions about the passage.
    """
    kind = answer_type(answer)
    pool = list(others)
    if kind in ("year", "number"):
        pool += numbers(passage)
    if kind == "name":
        pool += names(passage)
    lowered = answer.lower()
    fits = [other for other in dict.fromkeys(pool) if answer_type(other) == kind and other.lower() in passage.lower()]
    return [other for other in fits if other.lower() not in lowered and lowered not in other.lower()]


def statement_rows(records: Sequence[Record], random_: random.Random, share: float) -> Iterator[Row]:
    """For a share of the questions: the right statement, a wrong one, and statements without their evidence."""
    answers: dict[str, list[str]] = defaultdict(list)
    for record in records:
        answers[str(record["context"])] += [str(answer) for answer in record["answers"][:1]]
    for record in records:
        if random_.random() >= share or record["synthetic_negative"]:
            continue
        others = answers[str(record["context"])]
        if record["is_impossible"]:
            yield from _impossible(record, others, random_)
        else:
            yield from _answerable(record, others, random_)


def _state(question: str, answer: str, random_: random.Random) -> Statement | None:
    made = statement(question, answer)
    if made is not None and random_.random() < 0.85:
        return made
    return question_and_answer(question, answer) if made or random_.random() < 0.35 else None


def _impossible(record: Record, others: Sequence[str], random_: random.Random) -> Iterator[Row]:
    if not others:
        return
    made = _state(str(record["question"]), random_.choice(others), random_)
    if made is not None:
        yield Row("impossible statement", made.text, str(record["context"]), entail=0)


def _answerable(record: Record, others: Sequence[str], random_: random.Random) -> Iterator[Row]:
    question, answer, passage = str(record["question"]), str(record["answers"][0]), str(record["context"])
    state = random_.getstate()
    right = _state(question, answer, random_)
    if right is None:
        return
    evidence, rest = evidence_window(passage, int(record["answer_start"]), random_)
    yield Row("statement", right.text, evidence, entail=1, wrong=())
    wrong = _wrong_statement(question, answer, passage, others, random_, state)
    if wrong is not None and random_.random() < 0.8:
        yield Row("wrong statement", wrong.text, evidence, entail=0, wrong=((wrong.start, wrong.end),))
    elif rest and answer.lower() not in rest.lower():
        yield Row("statement without evidence", right.text, some_of(rest, random_), entail=0)


def _wrong_statement(
    question: str, answer: str, passage: str, others: Sequence[str], random_: random.Random, state: tuple[object, ...]
) -> Statement | None:
    """The statement in the same form as the right one (`state` is the generator's state then), with another answer."""
    candidates = wrong_answers(answer, passage, others)
    if candidates:
        other = random_.choice(candidates)
    elif numbers(answer):
        value = random_.choice(numbers(answer))
        other = answer.replace(value, other_number(value, passage, random_), 1)
    else:
        return None
    same_form = random.Random()
    same_form.setstate(state)
    return _state(question, other, same_form)


def evidence_window(passage: str, position: int, random_: random.Random) -> tuple[str, str]:
    """One to five sentences around `position`, or the whole passage, and the passage without that sentence."""
    bounds = sentence_spans(passage)
    here = sentence_at(bounds, position)
    rest = " ".join(passage[start:end] for index, (start, end) in enumerate(bounds) if index != here)
    if random_.random() < 0.33:
        return passage, rest
    first, last = max(0, here - random_.randrange(3)), min(len(bounds) - 1, here + random_.randrange(3))
    return passage[bounds[first][0] : bounds[last][1]], rest


def some_of(passage: str, random_: random.Random) -> str:
    """The passage, or two times in three one or two of its sentences: what a claim is checked against is often short.

    A claim about the same thing as such a sentence, yet not said by it, is what a judge by shared words lets pass.
    """
    bounds = sentence_spans(passage)
    if random_.random() < 0.33 or len(bounds) < 2:
        return passage
    first = random_.randrange(len(bounds))
    last = min(len(bounds) - 1, first + random_.randrange(2))
    return passage[bounds[first][0] : bounds[last][1]]


def sentence_rows(passages: Sequence[str], random_: random.Random, per_passage: float) -> Iterator[Row]:
    """Sentences of a passage: copied, shortened, joined (entailed); changed, or more than the passage says (not)."""
    for passage in passages:
        bounds = sentence_spans(passage)
        usable = [b for b in bounds if 5 <= len(passage[b[0] : b[1]].split()) <= SENTENCE_LONGEST]
        if not usable:
            continue
        for _ in range(int(per_passage) + (random_.random() < per_passage % 1)):
            start, end = random_.choice(usable)
            evidence, rest = evidence_window(passage, start, random_)
            yield from _from_sentence(passage[start:end], evidence, rest, random_)


def _from_sentence(sentence: str, evidence: str, rest: str, random_: random.Random) -> Iterator[Row]:
    shorter = shorten(sentence, random_)
    claim = shorter if shorter and random_.random() < 0.7 else sentence
    other = _another(evidence, sentence, random_)
    two = other is not None and random_.random() < 0.25
    tail = f" {other}" if two else ""
    yield Row("sentence", claim + tail, evidence, entail=1, wrong=())
    if shorter and len(sentence) - len(shorter) >= 12 and sentence.startswith(shorter[:-1]) and random_.random() < 0.35:
        poorer = evidence.replace(sentence, shorter)
        yield Row("more than said", sentence, poorer, entail=0, wrong=((len(shorter) - 1, len(sentence)),))
        return
    if rest and random_.random() < LEFT_OUT_SHARE:
        yield Row("sentence left out", claim, some_of(rest, random_), entail=0)
        return
    changed = change(claim, evidence, random_)
    if changed is not None and changed.text not in evidence:
        yield Row("changed sentence", changed.text + tail, evidence, entail=0, wrong=changed.wrong)


def _another(evidence: str, sentence: str, random_: random.Random) -> str | None:
    found = [evidence[start:end] for start, end in sentence_spans(evidence)]
    found = [other for other in found if other != sentence and 4 <= len(other.split()) <= 30]
    return random_.choice(found) if found else None
