"""The conversation's HTML: exact for plain text, the same skeleton for any text."""

import html
from dataclasses import replace

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from index.records import Document, Quote
from rag.answer import Answer, Citation, Conflict, Evidence, Sentence
from rag.find.decide import about
from tests.ui.scripted import COST, MONTHS, V3, answered, cite, hits, scripts
from ui.bundled_questions import EXAMPLES, examples_for
from ui.notes import evidence, mark
from ui.render import change, conversation, pieces, welcome
from ui.turn import Turn, advance, place

MARKUP = "<b>&\"'` ${1} {{x}} <script>alert(1)</script> --> ]]> </p></section> [a](javascript:b) \u202e\r\n"
HOSTILE = st.text(st.sampled_from(MARKUP) | st.characters(codec="utf-8"), min_size=1, max_size=40) | st.just(MARKUP)


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def shown(*turns: Turn) -> str:
    """The pieces of a packet as the page puts them together."""
    return "".join(piece.get_text() for piece in soup(conversation(turns)).select("[data-piece]"))


def test_a_sentence_with_its_mark_is_exactly_this():
    """The sentence, its state in words and the button that opens its source."""
    turn = Turn(
        "Q", "writing", citations=(cite(1, V3, COST, 3),), sentences=(Sentence(COST, "quoted", 1.0, (1,), (31, 43)),)
    )
    label = "Source 1: DeepSeek V3: a strong model on a small budget, page 3"
    assert (
        '<span class="sentence quoted"><bdi class="words">The GPUs it used for this cost '
        '<b>$5.5 million</b>.</bdi><span class="state" title="quoted word for word"><span aria-hidden="true"></span>'
        '<span class="unseen"> (quoted word for word) </span></span><button type="button" class="mark" data-turn="0" '
        f'data-kind="marker" data-number="1" aria-label="{label}">1</button></span>'
    ) in shown(turn)


def test_a_listing_is_code_with_all_of_its_lines():
    """Each character stands as it does in the document, none of it as Markdown or markup; its sign stands below it."""
    code = "for x in *a*:\n\t<b>`x`</b> | _y_ | z"
    for uri in ("a.md", "a.py"):
        document = Document("d", uri, "D", f"Head | of | two\n\n{code}\n")
        cited = (cite(1, document, "Head | of | two"), cite(2, document, code))
        turn = Turn("Q", "writing", citations=cited, sentences=(Sentence(code, "quoted", 1.0, (1, 2), listing=True),))
        (sentence,) = soup(shown(turn)).select(".sentence.quoted.listing")
        assert sentence.select_one("code.words").decode_contents() == html.escape(code, quote=False)
        assert sentence.select_one(".state [aria-hidden]").get_text() == "“ ”"


def test_a_marker_without_its_citation_is_not_shown():
    """An invented marker gets no button, so every mark on the page opens a slice."""
    sentence = Sentence(MONTHS, "supported", 0.9, (2, 7))
    turn = Turn("Q", "writing", sentences=(sentence,), citations=(cite(1, V3, COST), cite(2, V3, MONTHS)))
    assert [m["data-number"] for m in soup(shown(turn)).select(".sentence .mark")] == ["2"]


def test_the_page_is_busy_until_the_answer_is_there():
    """The live region says that more is to come; before the evidence it searches, after it it reads."""
    searching = shown(Turn("Q"))
    reading = shown(advance(Turn("Q"), Evidence(hits(V3), "Q")))
    done = shown(Turn("Q", "answered", answer=scripts()["cost"]))
    assert [page.rsplit(">", 1)[-1] for page in (searching, reading, done)] == ["searching", "writing", "answered"]
    assert "Searching the documents" in searching
    assert "Reading 1 passages" in reading


def test_what_happened_on_the_way_is_told():
    """Removed sentences, a cut-off answer and the pipeline's notice each appear as a sentence."""
    answer = replace(scripts()["cost"], removed=2, finish="length", notice="The server was slow.")
    notices = [n.get_text() for n in soup(shown(Turn("Q", "answered", answer=answer))).select(".foot .notice")]
    assert notices == [
        "The server was slow.",
        "2 sentences were taken out because the documents do not support what the model wrote.",
        "The answer reached its greatest length and ends early.",
    ]


def test_only_what_has_changed_is_sent():
    """A packet grows by the pieces that are new, different or gone, so that nothing else on the page is touched."""
    first = Turn("Q", "writing", citations=(cite(1, V3, COST),), sentences=(Sentence(COST, "quoted", 1.0, (1,)),))
    second = replace(first, sentences=(*first.sentences, Sentence(MONTHS, "quoted", 1.0, (1,))))
    before, after = pieces(first, 4), pieces(second, 4)
    names = [piece["data-piece"] for piece in soup(change(before, after, 4)).select("[data-piece]")]
    assert names == ["text/1"]
    failed = soup(change(after, pieces(replace(second, phase="failed", problem="no"), 4), 4)).select("[data-piece]")
    assert {piece["data-piece"] for piece in failed if not piece.get_text()} == {"text/0", "text/1"}
    assert change(after, after, 4) == ""


def test_where_a_model_fails_the_built_in_answer_stands_with_the_reason():
    """It was whole and checked before the model began; a refusal has nothing to show but the reason."""
    answer = scripts()["cost"]
    failed = soup(shown(Turn("Q", "failed", problem="Out of memory.", interim=answer)))
    assert COST in failed.get_text()
    assert failed.select_one(".problem").get_text() == "Out of memory."
    refused = soup(shown(Turn("Q", "failed", problem="Out of memory.", answer=scripts()["ceo"])))
    assert "Out of memory." in refused.get_text()


def test_sources_stand_once_for_each_document():
    """A document's title stands once, with its places under it; words cited twice stand once, under both marks."""
    citations = (cite(1, V3, COST), cite(2, V3, MONTHS), cite(3, V3, COST))
    page = soup(shown(Turn("Q", "answered", citations=citations, answer=scripts()["cost"])))
    assert [title.get_text() for title in page.select(".notes cite")] == [V3.title]
    assert [place["data-note"] for place in page.select("[data-note]")] == ["1 3", "2"]


def test_the_evidence_tells_the_decision_and_the_seconds():
    """Score, threshold, ranks and the seconds a stage took are there; the total is no stage."""
    answer = replace(scripts()["cost"], seconds={"read": 0.5, "write": 0.25, "total": 0.8})
    page = soup(evidence(Turn("Q", "answered", hits=answer.evidence, answer=answer), 0, 0.5))
    assert "Evidence score 0.90; an answer needs 0.50" in page.get_text()
    assert len(page.select(".passage .score")) == len(answer.evidence)
    assert [row.get_text() for row in page.select(".stages th")] == ["read", "write"]


def test_a_question_that_was_not_rewritten_needs_no_searched_for():
    """The line appears only where the search differs from what was typed."""
    assert "Searched for" not in shown(Turn("Q", searched_for="Q "))
    assert "Searched for" in shown(Turn("Q", searched_for="Q of V3"))


@st.composite
def turns(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> Turn:
    """A finished turn with everything on it; its text comes from `texts`, its shape does not."""
    quote, title, uri = draw(texts), draw(texts), draw(texts)
    citations = tuple(Citation(n, Quote("d", title, uri, n, 0, len(quote), quote)) for n in (1, 2))
    found = tuple(replace(h, title=title, chunk=replace(h.chunk, text=quote)) for h in hits(V3))
    sentences = (Sentence(draw(texts), "quoted", 1.0, (1,), (0, 1)), Sentence(draw(texts), "partial", 0.5, (1, 2)))
    answer = answered(
        draw(texts), sentences, citations, conflicts=(Conflict(1, 2, (draw(texts), draw(texts))),), evidence=found,
        notice=draw(texts), model=draw(texts),
    )  # fmt: skip
    searched = f"searched {draw(texts)}"
    return Turn(f"asked {draw(texts)}", "answered", searched, found, citations, sentences, answer)


def skeleton(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Names of the tags and of their attributes, in order, without isolates and the marks of Markdown."""
    tags = soup(html).find_all()
    return [(tag.name, tuple(tag.attrs)) for tag in tags if not {"control", "syntax"} & set(tag.get("class", ()))]


@given(turns(HOSTILE), turns(st.just("x")))
def test_no_text_of_documents_questions_or_answers_changes_the_skeleton_of_the_page(hostile, plain):
    """The tags and attributes are the same whatever the texts say: nothing in them acts as markup."""
    assert skeleton(shown(hostile)) == skeleton(shown(plain))


@given(turns(HOSTILE))
def test_every_mark_on_the_page_opens_a_slice_of_this_conversation(turn):
    """Each mark and each listed passage resolves to a place whose words the turn holds."""
    for button in soup(shown(turn)).select("[data-kind]"):
        found = place((turn,), int(button["data-turn"]), button["data-kind"], int(button["data-number"]))
        assert found is not None
        assert found.quote in (turn.citations[0].quote, turn.hits[0].chunk.text)


def test_an_unknown_place_is_none():
    """A mark of another conversation, or one that a client made up, opens nothing."""
    turn = Turn("Q", citations=(cite(1, V3, COST),))
    assert place((turn,), 0, "marker", 2) is None
    assert place((turn,), 1, "marker", 1) is None
    assert place((turn,), -1, "marker", 1) is None
    assert place((turn,), 0, "hit", 1) is None


def test_examples_appear_only_with_the_documents_they_rest_on():
    """With the bundled files there are six; with one of them missing there are none."""
    files = [f"corpus/{name}" for name, _, _ in EXAMPLES]
    assert len(examples_for(files)) == 6
    assert examples_for(files[1:]) == ()
    assert len(soup(welcome(examples_for(files), 36)).select(".example")) == 6
    assert "12 documents are loaded" in welcome((), 12)
    assert "no documents yet" in welcome((), 0)


def test_a_very_long_question_is_shortened_on_the_page():
    """The beginning stands there with the number of characters."""
    heading = soup(shown(Turn("y" * 10_000))).select_one(".question").get_text()
    assert len(heading) < 700
    assert heading.endswith("(10,000 characters)")


def test_a_refusal_shows_its_reason_instead_of_sentences():
    """An abstained answer has a reason and the nearest passages."""
    answer: Answer = scripts()["ceo"]
    page = soup(shown(Turn("Q", "answered", hits=answer.evidence, answer=answer)))
    assert answer.reason in page.select_one(".refusal").get_text()
    assert len(page.select(".refusal .passage")) == 3
    assert page.select(".sentence") == []


def test_a_mark_names_its_source_for_a_screen_reader():
    """The label holds the number, the title and the page, on one line and without direction marks."""
    odd = Citation(4, Quote("d", 'A "B"\n\u202eC', "u", 2, 0, 1, "x"))
    assert 'aria-label="Source 4: A &quot;B&quot; C, page 2"' in mark(odd, 0)


def test_quotes_are_drawn_as_their_documents_are():
    """Emphasis of a quoted sentence is drawn, in an answer and in its note; its marks stay, out of sight."""
    words = "- Per Holm, **harbour master**"
    quote = Citation(1, Quote("d", "Handbook", "book.md", None, 0, len(words), words))
    turn = Turn("Q", "answered", citations=(quote,), sentences=(Sentence(words[2:], "quoted", 1.0, (1,), (0, 8)),))
    page = soup(shown(turn))
    assert page.select_one(".words").get_text() == words[2:]
    assert page.select_one(".words b").get_text() == "Per Holm"
    assert page.select_one(".words strong").get_text() == "harbour master"
    note = page.select_one("[data-note] q")
    assert note.get_text() == words
    for mark_of_it in note.select(".syntax"):
        mark_of_it.extract()
    assert note.get_text() == "Per Holm, harbour master"


def test_a_row_is_drawn_under_its_header():
    """Where both are cited, in whatever order; a sentence cited twice is a sentence."""
    header, row = "| Line | To | Fare |", "| F1 | Kiel | 4.80 |"
    cited = [
        Citation(n, Quote("d", "Ferries", "f.md", None, at, at + 20, text))
        for n, at, text in ((1, 40, row), (2, 0, header))
    ]
    shown_row = Sentence("F1 | Kiel | 4.80", "quoted", 1.0, (1, 2), (12, 16))
    page = soup(shown(Turn("Q", "answered", citations=tuple(cited), sentences=(shown_row,))))
    assert [cell["data-name"] for cell in page.select(".words .cell")] == ["Line", "To", "Fare"]
    assert page.select_one(".words").get_text() == "F1 | Kiel | 4.80"
    alone = replace(shown_row, markers=(1,))
    assert not soup(shown(Turn("Q", "answered", citations=tuple(cited), sentences=(alone,)))).select(".cell")


def test_a_listed_passage_is_named_as_a_refusal_names_it_and_told_without_headings():
    """Title and heading once, then the words below them, up to the next heading; a passage of headings as it is."""
    words = "# Handbook\n\n## Before a ferry leaves\n\nCount the jackets.\n\n## Who works here\n\nPer Holm.\n"
    (found, *_) = hits(V3)
    named = replace(found, title="Handbook", chunk=replace(found.chunk, text=words, heading="Before a ferry leaves"))
    told = []
    for chunk in (named.chunk, replace(named.chunk, text="# Handbook\n\n## Rules\n")):
        page = soup(
            evidence(Turn("Q", "answered", hits=(replace(named, chunk=chunk),), answer=scripts()["ceo"]), 0, 0.5)
        )
        assert page.select_one(".passage cite").get_text() == about(named) == "Handbook: Before a ferry leaves"
        told.append(page.select_one(".passage span").get_text().strip())
    assert told == ["Count the jackets.", "# Handbook ## Rules"]
