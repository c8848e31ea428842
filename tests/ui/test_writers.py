"""The models of the menu: what it says of them, and a page that goes on while they are loaded or fail."""

import threading

from rag.errors import ModelUnavailable
from rag.settings import QUOTES
from tests.ui.scripted import COST, ScriptedPipeline
from ui.desk import Desk
from ui.opening import Opened
from ui.writers import BUILT_IN, Writers, Writing, writing_line

SMALL, LARGER = "Qwen/Qwen3-0.6B", "Qwen/Qwen3-1.7B"


class Slow(ScriptedPipeline):
    """Its models are loaded when `go_on` is set, or fail with `problem`."""

    def __init__(self, problem: Exception | None = None) -> None:
        super().__init__()
        self.go_on, self.problem = threading.Event(), problem

    def with_model(self, model, tell=None):
        if model != QUOTES:
            tell(f"Loading {model}.")
            assert self.go_on.wait(10)
            if self.problem:
                raise self.problem
        return super().with_model(model, tell)


def writers(pipeline, here=(SMALL,)):
    return Writers(Opened(pipeline), lambda model: model.name in here)


def over(writers, name):
    """The state of a model when its loading has ended."""
    for thread in threading.enumerate():
        if thread.name == "writer":
            thread.join(10)
    return writers.state(name)


def test_the_menu_says_what_is_here_and_what_a_download_costs():
    """What writes at once comes first, then what is on this machine, then the smallest download."""
    menu = writers(ScriptedPipeline(model="big"), here=(LARGER,)).menu
    labels = [label for label, _ in menu["choices"]]
    assert menu["value"] == "big"
    assert labels[:3] == ["big", BUILT_IN, f"{LARGER} · on this machine"]
    assert f"{SMALL} · 1.5 GB to download" in labels
    assert not [label for label in labels if "Kimi-K2" in label], "no machine of this kind can hold it"


def test_what_is_not_here_is_fetched_only_when_that_is_asked_for():
    """Choosing tells the cost in one sentence and a button; only that button begins."""
    pipeline = Slow()
    kept = writers(pipeline, here=())
    state = kept.choose(SMALL)
    assert (state.phase, "1.5 GB to download" in state.said) == ("absent", True)
    assert f'data-fetch="{SMALL}"' in writing_line(state)
    assert kept.fetch(SMALL).phase == "fetching"
    assert kept.fetch(LARGER).said.startswith("One model at a time")
    pipeline.go_on.set()
    assert over(kept, SMALL) == Writing(SMALL, "ready", f"{SMALL} writes now.")
    assert SMALL in kept.names


def test_the_built_in_answer_stands_while_the_model_is_loaded(tmp_path):
    """A question to a model that is being loaded shows quotes at once, and the model's sentences when it is there."""
    pipeline = Slow()
    desk = Desk(pipeline, tmp_path)
    desk.writers = writers(pipeline)
    assert desk.writers.choose(SMALL).phase == "loading"
    steps = desk.ask((), "cost", SMALL, threading.Event())
    interim = next(turns[-1] for turns in steps if turns[-1].shown)
    assert interim.shown[0].text == COST
    assert interim.busy
    pipeline.go_on.set()
    *_, (turn,) = steps
    assert (turn.phase, turn.answer.model) == ("answered", SMALL)
    assert turn.interim is None


def test_a_refusal_waits_for_no_model(tmp_path):
    """Whether to answer is decided without the model, so a refusal is there at once."""
    pipeline = Slow()
    desk = Desk(pipeline, tmp_path)
    desk.writers = writers(pipeline)
    desk.writers.choose(SMALL)
    *_, (turn,) = desk.ask((), "ceo", SMALL, threading.Event())
    assert turn.answer.abstained
    pipeline.go_on.set()


def test_a_model_that_fails_is_one_sentence_and_the_page_goes_on(tmp_path, caplog):
    """The reason stands below the box, a bug shows no traceback, and questions are answered as before."""
    for problem, said in ((ModelUnavailable("It needs 9 GB."), "It needs 9 GB."), (RuntimeError("bug"), "went wrong")):
        pipeline = Slow(problem)
        desk = Desk(pipeline, tmp_path)
        desk.writers = writers(pipeline)
        desk.writers.choose(SMALL)
        pipeline.go_on.set()
        state = over(desk.writers, SMALL)
        assert (state.phase, said in state.said) == ("failed", True)
        assert "Try again" in writing_line(state)
        *_, (turn,) = desk.ask((), "cost", SMALL, threading.Event())
        assert (turn.phase, turn.answer.model) == ("answered", QUOTES)


def test_the_model_that_the_page_was_started_with_is_loaded_while_quotes_answer(tmp_path):
    """The page is there at once: the menu begins with it, a question to it shows quotes first, then its sentences."""
    pipeline = Slow()
    desk = Desk(pipeline, tmp_path, writer="./my-model")
    assert desk.ready
    assert desk.writers.menu["value"] == "./my-model"
    assert desk.writers.state("./my-model").phase == "loading"
    assert desk.writers.default == QUOTES
    steps = desk.ask((), "cost", "./my-model", threading.Event())
    assert next(turns[-1] for turns in steps if turns[-1].shown).shown[0].text == COST
    pipeline.go_on.set()
    *_, (turn,) = steps
    assert (turn.phase, turn.answer.model) == ("answered", "./my-model")
    assert desk.writers.default == "./my-model"


def test_the_first_model_may_fail_and_be_tried_again(tmp_path):
    """Whoever started the page with a damaged file reads why, has quotes, and a button."""
    pipeline = Slow(ModelUnavailable("It is damaged."))
    desk = Desk(pipeline, tmp_path, writer="./my-model")
    pipeline.go_on.set()
    assert over(desk.writers, "./my-model").phase == "failed"
    *_, (turn,) = desk.ask((), "cost", "./my-model", threading.Event())
    assert (turn.phase, turn.answer.model) == ("answered", QUOTES)
    pipeline.problem = None
    assert desk.writers.fetch("./my-model").phase == "loading"
    assert over(desk.writers, "./my-model").phase == "ready"
