"""The line of the questions: who waits is told how many come first, and nobody fills it for the others."""

import threading
import time

from ui.waiting import Queued, Waiting


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Line:
    """A line of one at a time; each question waits in a thread of its own, and is answered when it is let go."""

    def __init__(self):
        self.waiting, self.told, self.begun, self._go = Waiting(at_once=1), {}, [], {}

    def ask(self, name, owner):
        self._go[name], self.told[name] = threading.Event(), []
        threading.Thread(target=self._answer, args=(name, owner), daemon=True).start()
        until(lambda: self.told[name] or name in self.begun)

    def _answer(self, name, owner):
        def events():
            self.begun.append(name)
            self._go[name].wait(10)
            yield name

        for event in self.waiting.turn(events(), threading.Event(), owner):
            if isinstance(event, Queued):
                self.told[name].append(event.before)

    def answered(self):
        """Ends the answer that is being worked out, and waits until the next one has begun."""
        known = len(self.begun)
        self._go[self.begun[-1]].set()
        until(lambda: len(self.begun) > known)


def test_owners_are_answered_by_turns():
    """Who asks three questions at once is answered once before the others, and they in the order in which they came."""
    line = Line()
    for name, owner in (("a1", "ada"), ("a2", "ada"), ("a3", "ada"), ("b1", "bob"), ("c1", "cy"), ("b2", "bob")):
        line.ask(name, owner)
    for _ in range(5):
        line.answered()
    assert line.begun == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_waits_is_told_how_many_come_first():
    """One less with each that is answered, none at the end, and one more only for another owner's first question."""
    line = Line()
    for name in "abc":
        line.ask(name, name)
    line.ask("a2", "a")
    line.ask("d", "d")
    until(lambda: line.told["a2"] == [3, 4])
    for place in range(4):
        line.answered()
        until(lambda place=place: len(line.told["a2"]) == place + 3)
    assert line.told == {"a": [], "b": [1, 0], "c": [2, 1, 0], "d": [3, 2, 1, 0], "a2": [3, 4, 3, 2, 1, 0]}


def test_a_stopped_question_leaves_the_line():
    """Who stops while waiting gets no event more, and those behind move up."""
    waiting, stop = Waiting(at_once=1), threading.Event()
    first, second = waiting.turn(iter("a"), threading.Event(), "a"), waiting.turn(iter("b"), stop, "b")
    third = waiting.turn(iter("c"), threading.Event(), "c")
    assert [next(first), next(second), next(third)] == ["a", Queued(1), Queued(2)]
    stop.set()
    assert list(second) == []
    assert next(third) == Queued(1)
    assert list(first) == []
    assert list(third) == [Queued(0), "c"]
