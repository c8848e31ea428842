"""What leaves as a file comes back with every citation at its offsets."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Sentence
from tests.strategies import answers, texts
from tests.ui.scripted import NASTY_QUOTE, scripts
from ui.export import NotAConversation, decoded, export, read, to_html, to_json, to_markdown
from ui.record import BadRecord, from_record, to_record
from ui.turn import Turn


def answered(answer):
    return Turn(answer.question, "answered", answer.searched_for, answer.evidence, answer.citations, answer.sentences,
                answer)  # fmt: skip


@st.composite
def turns(draw):
    """A turn as the page makes them: answered, rated, stopped half way, failed, or only asked."""
    answer = draw(answers())
    whole = answered(answer)
    half = Turn(answer.question, "stopped", answer.searched_for, answer.evidence, answer.citations, answer.sentences)
    failed = Turn(draw(st.text()), "failed", problem=draw(texts(4)))
    rated = Turn(*(getattr(whole, name) for name in ("question", "phase", "searched_for", "hits", "citations")),
                 answer.sentences, answer, verdict="down")  # fmt: skip
    return draw(st.sampled_from((whole, half, failed, rated, Turn(draw(st.text())))))


@given(turns())
def test_a_record_loses_nothing(turn):
    """A turn that went through JSON is the turn that it was."""
    assert from_record(json.loads(json.dumps(to_record(turn)))) == turn


@given(st.lists(turns(), max_size=3), st.text(), st.sampled_from(("markdown", "html", "json")))
def test_every_format_brings_the_whole_conversation_back(conversation, title, kind):
    """Export and import are inverse in all three formats, whatever the title, the questions and the documents hold."""
    exported = read(export(conversation, kind, title))
    assert exported.turns == tuple(conversation)
    assert exported.title == title


def test_the_words_of_a_document_act_in_no_format():
    """Markup of a document ends neither the hidden record nor an element, and makes none."""
    conversation = [answered(scripts()["nasty"]), Turn("</script>--><!-- footnote {} --><img src=x onerror=alert(1)>")]
    html, markdown = to_html(conversation), to_markdown(conversation)
    assert len(re.findall("<script", html)) == len(re.findall("</script", html)) == 1
    for hostile in ("<img", "<b onclick"):
        assert hostile not in html
        assert hostile not in markdown
    assert markdown.count("<!--") == markdown.count("-->") == 1
    assert read(html).turns[0].citations[0].quote == NASTY_QUOTE
    assert read(markdown).turns[1] == conversation[1]


def test_what_a_reader_needs_stands_in_the_page():
    """States, disagreements, what was stopped and every source with its offsets stand in the HTML and in Markdown."""
    disagree, cost = answered(scripts()["disagree"]), scripts()["cost"]
    stopped = Turn("cost", "stopped", "cost", cost.evidence, cost.citations, cost.sentences[:1])
    html = to_html([disagree, answered(cost), stopped], "Costs")
    assert "The sources disagree" in html
    assert "(partial)" in html
    assert "Not answered to the end" in html
    assert html.count(f"characters {cost.citations[0].start} to {cost.citations[0].end}") == 3
    markdown = to_markdown([stopped])
    assert cost.sentences[0].text[:12] in markdown
    assert "[^1-1]:" in markdown
    assert "Not answered to the end" in markdown


def test_a_listing_keeps_its_lines_in_every_format():
    """In HTML as code, in Markdown between fences, where also what looks like a footnote is the document's."""
    code = "if a[^1]:\n    <b>go</b>"
    said = (Sentence("It says:", "told", 1.0), Sentence(code, "quoted", 1.0, (1,), listing=True))
    turn = Turn("Q", "stopped", "Q", citations=(), sentences=said)
    assert "<code>if a[^1]:\n    &lt;b&gt;go&lt;/b&gt;</code>" in to_html([turn])
    assert f"It says:\n\n```\n{code}\n```\n\n[^1-1]\n" in to_markdown([turn])


@pytest.mark.parametrize(
    "text",
    ["", "# Notes", "[]", "{}", "[1]", "null", '{"kind": "other", "schema": 1}', "<!-- footnote [[[ -->", "[" * 9000],
)
def test_another_file_is_refused_in_one_sentence(text):
    """What is no export is refused, and the sentence says what to choose instead."""
    with pytest.raises(NotAConversation, match=r"choose a file|export it again"):
        read(text)


def test_a_file_that_is_no_text_is_refused_in_the_same_sentence():
    """A picture, say; what an editor puts before a text is no part of it."""
    with pytest.raises(NotAConversation, match="choose a file"):
        decoded(b"\x89PNG\r\n\xff")
    assert decoded("\ufeff{}".encode()) == "{}"


def test_a_built_in_answer_that_stands_is_exported_with_why_it_does():
    """Where a model failed after it, its sentences and sources leave in every format, and so does the problem."""
    cost = scripts()["cost"]
    failed = Turn("cost", "failed", problem="The model ran out of memory.", interim=cost)
    for kind in ("markdown", "html"):
        text = export([failed], kind)
        assert "months to train it" in text
        assert "ran out of memory" in text
        assert "Not answered" not in text
    assert read(to_json([failed])).turns == (failed,)


def test_a_forged_citation_is_refused():
    """Offsets that cannot be those of the quote, unknown states and wrong types do not come in."""
    good = json.loads(to_json([answered(scripts()["cost"])]))
    for path, value in (
        (("citations", 0, "end"), 7),
        (("citations", 0, "start"), -1),
        (("citations", 0, "quote"), "Other words."),
        (("sentences", 0, "state"), "proven"),
        (("evidence", 0, "chunk", "end"), 3),
        (("sentences",), "none"),
    ):
        forged = json.loads(json.dumps(good))
        spot = forged["turns"][0]["answer"]
        for step in path[:-1]:
            spot = spot[step]
        spot[path[-1]] = value
        with pytest.raises(NotAConversation, match="damaged"):
            read(json.dumps(forged))


def test_a_record_of_a_later_version_is_read():
    """Fields that this version does not know are skipped."""
    record = to_record(answered(scripts()["cost"])) | {"mood": "good"}
    record["answer"] = record["answer"] | {"tone": 3}
    assert from_record(record) == answered(scripts()["cost"])


@pytest.mark.parametrize("record", [{}, [], {"question": 3, "phase": "failed", "citations": []}, {"answer": 1}])
def test_a_bad_record_says_so(record):
    """Whatever is not a turn is a BadRecord."""
    with pytest.raises(BadRecord):
        from_record(record)
