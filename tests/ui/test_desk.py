"""What the page asks of the pipeline, without a browser."""

import json
import threading

from tests.ui.scripted import COST, V3, ScriptedPipeline
from ui.desk import Desk
from ui.documents import restore
from ui.export import to_json, to_markdown


def asked(desk, *questions, model="quotes"):
    turns = ()
    for question in questions:
        *_, turns = desk.ask(turns, question, model, threading.Event())
    return turns


def test_a_turn_grows_sentence_by_sentence(tmp_path):
    """The conversation is yielded after each event, and no sentence is there before the pipeline gave it."""
    steps = [turns[-1] for turns in Desk(ScriptedPipeline(), tmp_path).ask((), "cost", "quotes", threading.Event())]
    assert [step.phase for step in steps][:2] == ["searching", "writing"]
    assert [len(step.sentences) for step in steps] == sorted(len(step.sentences) for step in steps)
    assert steps[-1].phase == "answered"
    assert steps[-1].sentences[0].text == COST


def test_the_history_holds_what_was_answered(tmp_path):
    """A failed turn is not part of the history of the next question, and a refusal adds its question only."""
    pipeline = ScriptedPipeline()
    asked(Desk(pipeline, tmp_path), "cost", "crash", "ceo", "how long")
    question, history, rewrite = pipeline.asked[-1]
    assert (question, rewrite) == ("how long", True)
    assert [earlier for earlier, _ in history] == ["cost", "ceo"]
    assert COST in history[0][1]
    assert history[1][1] == ""


def test_a_stopped_turn_keeps_what_was_checked(tmp_path):
    """After a stop the turn says so and holds the sentences that had arrived."""
    stop = threading.Event()
    for turns in Desk(ScriptedPipeline(), tmp_path).ask((), "cost slow", "quotes", stop):
        if turns[-1].sentences:
            stop.set()
    assert turns[-1].phase == "stopped"
    assert turns[-1].sentences[0].text == COST


def test_another_writer_shares_the_index(tmp_path):
    """The menu offers the loaded model and quotes; a name it does not offer falls back to the loaded one."""
    desk = Desk(ScriptedPipeline(model="big"), tmp_path)
    assert desk.writers.names == ("big", "quotes")
    assert [asked(desk, "cost", model=m)[0].answer.model for m in ("big", "quotes", "other")] == [
        "big",
        "quotes",
        "big",
    ]
    assert Desk(ScriptedPipeline(), tmp_path).writers.names == ("quotes",)


def test_uploads_are_kept_come_back_and_leave_with_their_document(tmp_path):
    """A kept upload is indexed again by a new run, until it is removed; what cannot be read is not kept."""
    (tmp_path / "notes.txt").write_text("Hello.")
    (tmp_path / "x.bad").write_text("")
    home = tmp_path / "home"
    desk = Desk(ScriptedPipeline(), home)
    *_, last = desk.documents.add([tmp_path / "notes.txt", tmp_path / "x.bad"])
    assert "1 added" in last
    assert "x.bad" in last
    assert [file.name for file in (home / "added").iterdir()] == ["notes.txt"]
    later = Desk(ScriptedPipeline(), home)
    restore(later.pipeline, home)
    assert "notes" in later.pipeline.store.held
    later.documents.remove("notes")
    assert list((home / "added").iterdir()) == []


def test_a_document_that_is_gone_leaves_the_quote(tmp_path):
    """Removing a document breaks no open conversation."""
    desk = Desk(ScriptedPipeline(), tmp_path)
    turns = asked(desk, "cost")
    assert "The comparison covers" in desk.panel(turns, 0, "marker", 1)
    assert "was removed" in desk.documents.remove(V3.id)
    assert "was removed" in desk.panel(turns, 0, "marker", 1)
    assert "not in the index" in desk.documents.remove(V3.id)
    assert "not part of this conversation" in desk.panel(turns, 0, "marker", 9)


def test_a_thumb_is_written_once(tmp_path):
    """The same thumb again writes nothing; the other one writes a second line."""
    desk = Desk(ScriptedPipeline(), tmp_path)
    turns = asked(desk, "cost")
    for verdict in ("up", "up", "down"):
        turns = desk.rate(turns, 0, verdict)
    lines = [json.loads(line) for line in (tmp_path / "feedback.jsonl").read_text().splitlines()]
    assert [line["verdict"] for line in lines] == ["up", "down"]
    assert desk.rate(turns, 5, "up") == turns


def test_saved_markdown_keeps_the_footnotes_of_turns_apart(tmp_path):
    """Footnotes are numbered by turn and marker; hostile text stays literal; JSON is the answers' own schema."""
    turns = asked(Desk(ScriptedPipeline(), tmp_path), "cost", "nasty", "crash", "how long")
    markdown = to_markdown(turns)
    assert [f"[^{n}]: " in markdown for n in ("1-1", "1-2", "2-1", "4-1")] == [True] * 4
    assert "[^1]" not in markdown
    assert "<b onclick" not in markdown
    assert "Searched for: How long did the training of DeepSeek V3 take?" in markdown
    rows = json.loads(to_json(turns))["turns"]
    assert rows[0]["answer"] == json.loads(json.dumps(turns[0].answer.to_dict()))
    assert rows[2]["answer"] is None
