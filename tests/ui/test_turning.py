"""What a reader does while an answer is being written: the answer's last steps undo none of it."""

import json
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest

from rag.answer import Final
from tests.ui.conftest import serving
from tests.ui.scripted import COST, scripts
from ui.arriving import LARGEST_IMPORT
from ui.export import export
from ui.history import FILE, History, HistoryUnavailable, signed_in
from ui.security import Access
from ui.signin import Signin
from ui.turn import Turn, advance

JOIN, RUN, STREAM = "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/queue/data"
ADA = signed_in("ada")


@dataclass
class Reader:
    """Ada's browser tab without a browser: events by their listener's name, in one session of gradio's."""

    client: httpx.Client
    blocks: gr.Blocks
    session: str
    said: list[str] = field(default_factory=list)
    shown: str = ""

    def body(self, name, values=(), event=None):
        """The body of an event: `values` for the inputs besides the conversation that the page shows."""
        number, listener = next((n, found) for n, found in self.blocks.fns.items() if found.name == name)
        given = iter(values)
        data = [self.shown if part.elem_id == "where" else next(given, None) for part in listener.inputs]
        return {"fn_index": number, "session_hash": self.session, "trigger_id": 1, "data": data, "event_data": event}

    def do(self, name, event=None):
        answer = self.client.post(RUN, json=self.body(name, (), event))
        assert answer.status_code == 200
        return answer.json()["data"]

    def ask(self, question, only=""):
        """All that the stream of one answer says; also in `said`, line by line, while it comes."""
        self.said.clear()
        assert self.client.post(JOIN, json=self.body("ask", [question, None, only])).status_code == 200
        with self.client.stream("GET", STREAM, params={"session_hash": self.session}) as answer:
            for line in answer.iter_lines():
                self.said.append(line)
        return "\n".join(self.said)

    @contextmanager
    def asking(self, question):
        """While the answer is being written: inside, its first sentence has come; behind, all of it."""
        self.said.clear()
        answer = threading.Thread(target=self.ask, args=(question,))
        answer.start()
        try:
            eventually(lambda: any("text/0" in line for line in self.said))
            yield
        finally:
            self.do("stop")
            answer.join(20)
        assert not answer.is_alive()

    def saved(self):
        """The turns that the tab holds."""
        (text,) = self.do("save", {"kind": "json"})
        return [(turn["question"], turn["phase"], turn["verdict"]) for turn in json.loads(text)["turns"]]


def eventually(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def served_to_ada(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turning")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
        with serving(folder / "home", Access(people=Signin([("ada", "secret")]))) as page:
            yield page


@pytest.fixture
def reader(served_to_ada):
    page = served_to_ada
    with httpx.Client(base_url=page.url, timeout=30) as client:
        client.post("/login", data={"username": "ada", "password": "secret"})
        client.get("/")
        yield Reader(client, page.app.routes[-1].app.get_blocks(), secrets.token_hex(4))


@pytest.fixture
def kept(served_to_ada):
    """Ada's conversations as another process finds them; what was there before a test is erased."""
    history = History(served_to_ada.home / FILE)
    for heading in history.list(ADA):
        history.erase(ADA, heading.id)
    yield lambda: [
        [(turn.question, turn.phase) for turn in history.load(ADA, heading.id).turns] for heading in history.list(ADA)
    ]
    history.close()


def test_a_new_conversation_stays_new(reader, kept, served_to_ada):
    """After "New" the answer that was being written says nothing more, and the next question begins on its own."""
    reader.ask("what did it cost")
    with reader.asking("slow cost"):
        reader.do("fresh")
        at = len(reader.said)
    assert not any("text/" in line for line in reader.said[at:])
    reader.ask("how long did it take")
    assert served_to_ada.pipeline.asked[-1][:2] == ("how long did it take", ())
    assert kept() == [
        [("how long did it take", "answered")],
        [("what did it cost", "answered"), ("slow cost", "stopped")],
    ]


def test_a_conversation_that_was_picked_stays_picked(reader, kept, served_to_ada):
    """It gets the next question, and the answer that was being written ends where it was asked."""
    said = reader.ask("what did it cost")
    chat = said.split('data-chat=\\"')[1].split("\\")[0]
    reader.do("fresh")
    with reader.asking("slow cost"):
        reader.do("pick", {"chat": chat})
    assert [question for question, *_ in reader.saved()] == ["what did it cost"]
    reader.ask("how long did it take")
    assert [question for question, _ in served_to_ada.pipeline.asked[-1][1]] == ["what did it cost"]
    assert kept() == [
        [("what did it cost", "answered"), ("how long did it take", "answered")],
        [("slow cost", "stopped")],
    ]


def test_the_conversation_that_is_open_can_be_picked_while_it_is_answered(reader, kept):
    """It is shown as it is, and the answer goes on."""
    with reader.asking("slow cost"):
        chat = "".join(reader.said).split('data-chat=\\"')[1].split("\\")[0]
        shown, _ = reader.do("pick", {"chat": chat})
        assert "slow cost" in shown
    assert reader.saved() == [("slow cost", "stopped", "")]


def test_stop_shows_what_was_checked(reader, kept):
    """The button ends the answer and the turn says so; the tab takes the next question."""
    with reader.asking("slow cost"):
        reader.do("stop")
    assert "Stopped. What stands here was checked" in "".join(reader.said)
    assert "One question at a time" not in reader.ask("what did it cost")
    assert kept() == [[("slow cost", "stopped"), ("what did it cost", "answered")]]


def test_a_second_question_waits(reader, kept):
    """Of two questions at once in one tab the second is refused in one sentence and asked of nobody."""
    with reader.asking("slow cost"):
        reader.client.post(JOIN, json=reader.body("ask", ["what did it cost", None, ""]))
        eventually(lambda: any("One question at a time" in line for line in reader.said))
    assert kept() == [[("slow cost", "stopped")]]


def test_all_who_wait_see_their_question(reader, kept):
    """Also the sixteenth who asks at once, in a tab of its own, and how many come first."""
    tabs = [replace(reader, session=secrets.token_hex(4), said=[]) for _ in range(16)]
    asking = [threading.Thread(target=tab.ask, args=("slow cost",)) for tab in tabs]
    for thread in asking:
        thread.start()
    try:
        eventually(lambda: sum("before yours" in "".join(tab.said) for tab in tabs) == len(tabs) - 2)
    finally:
        for tab in tabs:
            tab.do("stop")
    for thread in asking:
        thread.join(20)
    assert not any(thread.is_alive() for thread in asking)


def test_a_thumb_given_while_an_answer_is_written_stays(reader, kept):
    """The steps of the new turn leave the verdicts on earlier ones as they are, thumbs and citations alike."""
    reader.ask("what did it cost")
    with reader.asking("slow cost"):
        reader.do("rate", {"turn": 0, "verdict": "up"})
        reader.do("judge", {"turn": 0, "number": 1, "verdict": "down"})
        at = len(reader.said)
        eventually(lambda: any("text/" in line for line in reader.said[at:]))
    assert reader.saved() == [("what did it cost", "answered", "up"), ("slow cost", "stopped", "")]
    assert 'data-says="down" aria-pressed="true"' in reader.do("cite", {"turn": 0, "kind": "marker", "number": 1})[0]


def test_a_deleted_conversation_goes_on_as_a_new_one(reader, kept):
    """Whoever deletes the open conversation and asks on loses nothing: all of its turns are kept under a new name."""
    said = reader.ask("what did it cost")
    chat = said.split('data-chat=\\"')[1].split("\\")[0]
    reader.do("drop", {"chat": chat})
    assert kept() == []
    for question in ("do they disagree", "how long did it take"):
        assert f'data-chat=\\"{chat}' not in reader.ask(question)
    assert kept() == [
        [("what did it cost", "answered"), ("do they disagree", "answered"), ("how long did it take", "answered")]
    ]


def test_a_tab_that_was_forgotten_goes_on_where_its_page_is(reader, kept, served_to_ada):
    """A server that was started anew while the lid was closed: marks open their place and the next question follows."""
    said = reader.ask("what did it cost")
    later = Reader(reader.client, reader.blocks, secrets.token_hex(4))
    later.shown = said.split('data-chat=\\"')[1].split("\\")[0]
    assert COST in later.do("cite", {"turn": 0, "kind": "marker", "number": 1})[0]
    assert 'data-turn=\\"1\\"' in later.ask("how long did it take")
    assert [question for question, _ in served_to_ada.pipeline.asked[-1][1]] == ["what did it cost"]
    assert kept() == [[("what did it cost", "answered"), ("how long did it take", "answered")]]


def test_what_nothing_is_known_of_is_not_written_over(reader, kept):
    """A page whose conversation is gone, and whose tab was forgotten, begins anew with the next question."""
    reader.shown = "gone"
    assert "data-anew" in reader.ask("what did it cost")


@pytest.mark.parametrize("question", ["what did it cost", "crash"])
def test_an_answer_that_cannot_be_stored_is_shown_to_its_end(reader, kept, monkeypatch, question):
    """A full disk costs the keeping, never the end of a turn: the next question is taken."""
    monkeypatch.setattr(History, "put", _full)
    assert 'data-piece=\\"foot\\"' in reader.ask(question)
    assert "One question at a time" not in reader.ask("do they disagree")


def test_a_stopped_answer_that_cannot_be_stored_is_not_busy(reader, kept, monkeypatch):
    """As above, where the end is a stop."""
    monkeypatch.setattr(History, "put", _full)
    with reader.asking("slow cost"):
        reader.do("stop")
    assert reader.saved() == [("slow cost", "stopped", "")]


def _full(*_):
    raise HistoryUnavailable("The disk is full: free some space.")


def test_a_question_without_its_choice_of_documents_is_one_to_all(reader, kept, capfd):
    """Null in the place of the chosen documents, which the page never sends, is no traceback."""
    assert "5.5 million" in reader.ask("what did it cost", only=None)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_conversation_comes_back_from_a_file_for_its_sender(reader, kept, served_to_ada):
    """Whatever does not come back is told in a sentence; nothing of it is left, nor taken for a document."""
    turn = advance(Turn("what did it cost"), Final(scripts()["cost"]))
    for kind in ("json", "markdown", "html"):
        answer = reader.client.post("/import?name=a", content=export([turn], kind, "Costs").encode())
        assert answer.status_code == 200
    assert kept() == [[("what did it cost", "answered")]] * 3
    for status, body in ((422, b"x"), (422, b"\xff"), (422, b""), (413, b" " * (LARGEST_IMPORT + 1))):
        answer = reader.client.post("/import?name=a", content=body)
        assert answer.status_code == status
        assert answer.json()["problem"].endswith((".", ":"))
    assert [file for file in (served_to_ada.home / "incoming").rglob("*") if file.is_file()] == []


def test_a_sender_who_goes_away_is_no_traceback(reader, served_to_ada, capfd):
    """Half an upload is forgotten in silence."""
    port, cookies = urlsplit(served_to_ada.url).port, reader.client.cookies
    incoming = served_to_ada.home / "incoming"
    head = "".join(f"Cookie: {name}={value}\r\n" for name, value in cookies.items())
    for path in ("upload", "import"):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(
                f"POST /{path}?name=a HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Content-Length: 9\r\n\r\nab".encode()
            )
            eventually(lambda: any(file.is_file() for file in incoming.rglob("*")))
        eventually(lambda: not any(file.is_file() for file in incoming.rglob("*")))
    time.sleep(0.3)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_new_and_a_picked_conversation_stay_on_the_page(page, ask):
    """In the browser, too, nothing of the old answer appears on the new page, and the next question stands alone."""
    ask(page, "What did it cost?")
    page.fill("#question textarea", "What did it cost? slow")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#turn-1 .sentence")
    page.click("[data-fresh]")
    page.wait_for_selector(".welcome")
    page.wait_for_timeout(1_500)
    assert page.locator(".turn").count() == 0
    ask(page, "Do they disagree?")
    assert page.locator(".question").all_text_contents() == ["Do they disagree?"]
