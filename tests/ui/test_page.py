"""The page in a real browser, over a pipeline whose answers are written down."""

import json
from urllib.parse import urlsplit

from index.records import Document
from tests.ui.scripted import CLAIMS, COST, LINES, MONTHS, NASTY, NASTY_QUOTE, SHARE, V3


def test_every_sentence_stands_with_its_footnote_and_says_its_state_in_words(page, ask):
    """Each sentence of an answer carries its marks, and its state is told by words and signs, not by colour alone."""
    turn = ask(page, "What did it cost?")
    sentences = turn.locator(".sentence")
    assert sentences.locator(".words").all_text_contents()[0] == COST
    assert [s.locator(".mark").all_text_contents() for s in sentences.all()] == [["1"], ["2"], ["2"], []]
    states = [" ".join(text.split()) for text in sentences.locator(".state").all_text_contents()]
    assert states == [
        "(quoted word for word)",
        "✓ (follows from the source)",
        "◐ (partly in the source)",
        "? (not found in the documents)",
    ]
    assert turn.locator(".words b").text_content() == "$5.5 million"


def test_a_mark_opens_the_document_at_exactly_the_cited_slice(page, ask):
    """The highlighted words are the cited slice, amid its surroundings, and the whole document can be shown."""
    ask(page, "What did it cost?").locator(".text .mark").first.click()
    assert page.text_content("#source mark") == COST
    shown = page.text_content("#source .page")
    assert shown.startswith("… ")
    assert shown[2:-2] in V3.text
    assert page.text_content("#source h2") == V3.title
    page.click("text=Show whole document")
    page.wait_for_selector("text=Show less")
    assert page.text_content("#source .page") == V3.text
    assert page.text_content("#source mark") == COST


def test_the_way_to_the_passage_and_back_works_by_keyboard(page, ask):
    """Enter on a mark moves the focus to the marked words, Escape returns it to that mark."""
    ask(page, "What did it cost?")
    page.focus("#question textarea")
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.text .mark[data-number=\"2\"]')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'cited'")
    assert page.text_content("#cited") == MONTHS
    page.keyboard.press("Escape")
    assert not page.is_visible("#source")
    assert page.evaluate("document.activeElement.dataset.number") == "2"
    assert page.evaluate("document.activeElement.matches('.mark')")


def test_text_of_documents_never_acts(page, ask):
    """Markup, scripts, links, templates and direction overrides of a document are shown as the characters they are."""
    turn = ask(page, "nasty")
    turn.locator(".text .mark").click()
    page.wait_for_selector("#source mark")
    assert page.text_content("#source mark") == NASTY_QUOTE
    assert page.text_content("#source .page") == NASTY.text.replace("\x00", "\ufffd")
    assert page.text_content("#source h2") == NASTY.title
    own = "a[href^='./original?name='], img[src^='./page.png?name=']"
    acting = f":is(script, img, a, [onclick], [onerror]):not({own})"
    assert page.locator(f"#log {acting}, #source {acting}").count() == 0
    assert page.locator("#source mark .control").count() == 2


def test_a_refusal_looks_different_and_names_the_nearest_passages(page, ask):
    """A question without an answer gets its reason and passages to open, and no sentence that looks like an answer."""
    turn = ask(page, "Who is the CEO?")
    assert "do not say who" in turn.locator(".refusal").text_content()
    assert turn.locator(".sentence").count() == 0
    turn.locator(".refusal .passage").first.click()
    page.wait_for_function("document.activeElement.id === 'cited'")
    assert "".join(page.locator("#source mark").all_text_contents()) == V3.text[:400]
    page.click("#source .close")
    assert page.evaluate("document.activeElement.matches('.passage')")


def test_sources_that_disagree_stand_side_by_side(page, ask):
    """A conflict shows both values, both quotes and a mark to each source."""
    sides = ask(page, "Do they disagree?").locator(".side")
    assert sides.locator(".value").all_text_contents() == ["$5.5 million", "roughly 2%"]
    assert sides.locator("blockquote").all_text_contents() == [COST, SHARE]
    assert sides.locator(".mark").all_text_contents() == ["1", "2"]


def test_a_rewritten_question_is_shown_and_can_be_corrected(page, ask, served):
    """The search behind a follow-up is visible and can be repeated as typed or as edited, then taken literally."""
    turn = ask(page, "And how long did it take?")
    assert turn.locator(".searched q").text_content() == "How long did the training of DeepSeek V3 take?"
    turn.locator("summary", has_text="Change").click()
    turn.get_by_text("Search as typed").click()
    page.wait_for_selector("#turn-1 .facts")
    assert served.pipeline.asked[-1][0] == "And how long did it take?"
    assert served.pipeline.asked[-1][2] is False
    turn.locator("input").fill("cost of V3")
    turn.locator("input").press("Enter")
    page.wait_for_selector("#turn-2 .facts")
    question, history, rewrite = served.pipeline.asked[-1]
    assert (question, rewrite) == ("cost of V3", False)
    assert [earlier for earlier, _ in history] == ["And how long did it take?"] * 2


def test_stop_ends_the_answer_and_the_writer(page, served):
    """Stop keeps what was checked, closes the pipeline's stream, and the next question is answered."""
    served.pipeline.closed.clear()
    page.fill("#question textarea", "What did it cost? slow")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".sentence")
    question, sentence = (page.locator(part).first.bounding_box() for part in (".question", ".sentence"))
    assert question["y"] + question["height"] <= sentence["y"], "the question stands above its answer"
    page.click("#stop")
    page.wait_for_selector(".turn.stopped")
    assert served.pipeline.closed.wait(10)
    assert 1 <= page.locator(".sentence").count() < 4
    page.fill("#question textarea", "Do they disagree?")
    page.click("#ask")
    page.wait_for_selector("#turn-1 .facts")


def test_what_goes_wrong_is_one_sentence_and_the_page_goes_on(page, ask):
    """A refused question and a bug each give one sentence in their turn; an empty question gives a hint and no turn."""
    page.fill("#question textarea", "x y" * 1_000)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("text=The question has 3,000 characters")
    assert len(page.input_value("#question textarea")) == 3_000
    assert "Something went wrong inside" in ask(page, "crash").locator(".problem").text_content()
    page.fill("#question textarea", "   ")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("text=The question is empty")
    page.fill("#question textarea", "")
    page.wait_for_selector("text=The question is empty", state="detached")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("text=The question is empty")
    assert ask(page, "What did it cost?").locator(".sentence").count() == 4
    assert page.locator(".turn").count() == 2


def test_two_tabs_share_no_conversation(page, ask, open_tab, served):
    """What is asked in one browser session does not appear in another."""
    second = open_tab(served.url)
    ask(page, "What did it cost?")
    ask(second, "Do they disagree?")
    assert page.locator(".question").all_text_contents() == ["What did it cost?"]
    assert second.locator(".question").all_text_contents() == ["Do they disagree?"]


def test_documents_are_added_and_removed(page, tmp_path, served):
    """Uploads join the list, a file that cannot be read is named with its reason, and removing takes two clicks."""
    good, bad = tmp_path / "notes & more.txt", tmp_path / "broken.bad"
    good.write_text("Hello.")
    bad.write_text("")
    page.click("[data-shelf]")
    page.set_input_files("#files input[type=file]", [good, bad])
    page.wait_for_selector("#shelf cite:text-is('notes & more')")
    assert "1 added" in page.text_content("#news")
    assert "is not a document Footnote can read" in page.text_content("#news")
    row = page.locator("#shelf li", has_text="notes & more")
    row.locator("[data-remove]").click()
    assert "notes & more" in served.pipeline.store.held
    row.locator("[data-remove]").click()
    page.wait_for_selector("text=was removed from the index")
    assert "notes & more" not in served.pipeline.store.held
    page.keyboard.press("Escape")
    assert not page.is_visible("#library")


def test_thumbs_are_kept_on_click_only(page, ask, served):
    """A thumb writes one line with the answer beside the index; before the click there is no file."""
    file = served.home / "feedback.jsonl"
    ask(page, "What did it cost?")
    assert not file.exists()
    page.click(".thumb[data-verdict=down]")
    page.wait_for_selector(".thumbs >> text=Kept on this machine")
    (line,) = file.read_text().splitlines()
    assert json.loads(line)["verdict"] == "down"
    assert json.loads(line)["answer"]["sentences"][0]["text"] == COST


def test_the_conversation_is_saved_with_its_sources(page, ask):
    """Markdown and JSON hold the questions, the sentences and the exact words they cite."""
    ask(page, "What did it cost?")
    saved = {}
    for kind in ("markdown", "json"):
        page.click(".menu summary")
        with page.expect_download() as download:
            page.click(f"[data-save={kind}]")
        saved[kind] = download.value.path().read_text()
    assert "## What did it cost?" in saved["markdown"]
    assert "[^1-1]: " in saved["markdown"]
    (turn,) = json.loads(saved["json"])["turns"]
    assert turn["answer"]["citations"][0]["quote"] == COST


def test_light_dark_and_a_phone_are_all_readable(page, ask):
    """Dark pages are dark, and on a narrow screen nothing runs over the edge while the source stays in view."""
    seen = {}
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        if not page.locator("body.reading").count():
            ask(page, "Do they disagree?").locator(".mark").first.click()
            page.wait_for_function("document.activeElement.id === 'cited'")
        page.wait_for_function(f"document.body.classList.contains('dark') === {str(scheme == 'dark').lower()}")
        seen[width, scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        asking = page.locator("#composer").bounding_box()
        assert asking["height"] < 130
        assert asking["y"] + asking["height"] == 844
        box = page.locator("#source mark").bounding_box()
        assert 0 <= box["x"] < width
        assert 0 <= box["y"] < 844
        page.keyboard.press("Escape")
    assert seen[1280, "light"] == seen[390, "light"] != seen[1280, "dark"] == seen[390, "dark"]


def test_enlarged_fourfold_all_can_be_reached(page, ask):
    """In a window of 320 by 256 the cited words and the buttons below them come into view, and so does a refusal."""
    page.set_viewport_size({"width": 320, "height": 256})
    ask(page, "What did it cost?")
    page.click(".text .mark[data-number='1']")
    page.wait_for_function("document.activeElement.id === 'cited'")
    assert seen(page, "#cited")
    page.locator("#source [data-copy]").scroll_into_view_if_needed()
    assert seen(page, "#source [data-copy]")
    page.keyboard.press("Escape")
    page.fill("#question textarea", "x" * 4500)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#writing [data-refusal] [role=alert]")
    page.wait_for_function(SEEN, arg="#writing [data-refusal]")
    page.fill("#question textarea", "")


SEEN = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
}"""


def seen(page, selector):
    return page.evaluate(SEEN, selector)


def test_a_screen_reader_finds_names_and_a_live_region(page, ask):
    """Every control has a name, the conversation is a polite log, and marks say which source they open."""
    ask(page, "What did it cost?")
    nameless = """[...document.querySelectorAll('button, input, textarea, summary')].filter((e) => e.offsetParent
        && !e.textContent.trim() && !e.ariaLabel && !e.title && !(e.labels && e.labels.length)).length"""
    assert page.evaluate(nameless) == 0
    assert page.get_attribute("#source", "aria-label") == "Source"
    assert page.get_attribute("#library", "aria-labelledby") == "library-title"
    assert page.get_attribute("#log", "role") == "log"
    assert page.get_attribute("#log", "aria-live") == "polite"
    assert page.locator(".text .mark").first.get_attribute("aria-label") == f"Source 1: {V3.title}"


def test_no_other_host_is_ever_asked(page, ask, served, heard):
    """All requests of all these tests went to servers of these tests, and its headers forbid anything else."""
    ask(page, "nasty").locator(".text .mark").click()
    page.wait_for_selector("#source mark")
    hosts = {urlsplit(url).hostname for url in heard.requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    policy = page.request.get(served.url).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_each_new_question_stands_at_the_top_and_is_sent_alone(page, ask, browser):
    """The newest turn begins at the top of the view, earlier turns keep what was opened, and little is sent."""
    sent = []
    network = browser.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.dataReceived", lambda data: sent.append(data["dataLength"]))
    ask(page, "What did it cost?").locator("[data-evidence] summary").click()
    page.wait_for_selector("#turn-0 .evidence .passages")
    for _ in range(3):
        sent.clear()
        turn = ask(page, "What did it cost?")
        top = page.locator("#transcript").bounding_box()["y"]
        assert abs(turn.bounding_box()["y"] - top) <= 2
    network.detach()
    assert sum(sent) <= 25_000
    assert page.locator("#turn-0 .evidence .passages").count() == 1
    page.evaluate("document.querySelector('#transcript').scrollTop = 0")
    page.click("#newest")
    page.wait_for_selector("#newest", state="hidden")


def test_a_reload_finds_the_conversation_and_the_list_holds_it(page, ask, heard):
    """The address names the conversation; the list finds, renames, deletes, restores and opens it."""
    ask(page, "What did it cost? Uniquely.")
    page.fill("#question textarea", "half a question")
    page.reload()
    page.wait_for_selector("#turn-0 .foot")
    assert page.input_value("#question textarea") == "half a question"
    page.fill("#question textarea", "")
    page.click("[data-drawer=chats]")
    page.fill("#finder input[type=search]", "uniquely")
    row = page.locator("#kept li")
    page.wait_for_function("document.querySelectorAll('#kept li').length === 1")
    row.locator("[data-rename]").click()
    page.keyboard.type("Costs <b>")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kept cite:text-is('Costs <b>')")
    page.locator("#kept li", has_text="Costs <b>").locator("[data-drop]").click()
    page.click("[data-back]")
    page.locator("#kept li", has_text="Costs <b>").locator("[data-pick]").click()
    page.wait_for_selector("#turn-0 .foot")
    assert page.locator(".question").all_text_contents() == ["What did it cost? Uniquely."]


def test_an_answer_can_be_previewed_copied_and_asked_again(page, ask, browser):
    """A mark shows its words on hover, copies read well with and without footnotes, ArrowUp brings the question."""
    browser.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, "What did it cost?")
    turn.locator(".text .mark").first.hover()
    assert COST in page.text_content("#preview:not([hidden])")
    turn.locator("[data-copy-answer=plain]").click()
    page.wait_for_selector(".acts >> text=Copied.")
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"{COST} The lab needed two months")
    turn.locator("[data-copy-answer=notes]").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('[1]'))")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"{COST} [1]" in copied
    assert f"[1] {V3.title}: “{COST}”" in copied
    page.focus("#question textarea")
    page.keyboard.press("ArrowUp")
    assert page.input_value("#question textarea") == "What did it cost?"
    page.fill("#question textarea", "")
    turn.locator("[data-retry]").click()
    page.wait_for_selector("#turn-1 .foot")


def test_a_listing_is_shown_and_copied_line_by_line(page, ask, browser):
    """Its lines are lines on the page, on a narrow one too, and in what is copied; the sentences around it flow."""
    browser.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, "Show the listing.")
    words = turn.locator(".listing .words")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert words.inner_text() == LINES
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    turn.locator("[data-copy-answer=plain]").click()
    page.wait_for_selector(".acts >> text=Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{COST}\n\n{LINES}\n\n{MONTHS}"
    turn.locator("[data-copy-answer=notes]").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('[2]'))")
    assert f"{COST} [1]\n\n{LINES}\n[2]\n\n{MONTHS} [3]" in page.evaluate("navigator.clipboard.readText()")


def test_chosen_documents_alone_are_asked(page, ask, served):
    """Ticked documents go with the question until all are asked again; a title opens its document."""
    page.click("[data-drawer=library]")
    page.fill("#shelf .filter", "claims")
    assert page.locator("#shelf li:visible").count() == 1
    page.locator("#shelf li:visible [type=checkbox]").check()
    page.locator("#shelf li:visible .open").click()
    page.wait_for_selector("#source h2:text-is('What DeepSeek spent: the claims side by side')")
    page.keyboard.press("Escape")
    ask(page, "What did it cost?")
    assert served.pipeline.only == ["claims"]
    page.click("[data-all]")
    ask(page, "What did it cost?")
    assert served.pipeline.only is None


def test_a_source_is_drawn_as_its_document_is(page, served):
    """Headings, lists and tables are drawn over the same offsets: each block holds its very slice of the document."""
    text = "# Berths\n\nThe **north** quay.\n\n| Berth | Depth |\n|---|---|\n| North | 9.5 |\n\n- one\n- <b>two</b>\n"
    served.pipeline.store.held["berths"] = Document("berths", "corpus/berths.md", "Berths", text)
    page.reload()
    page.wait_for_selector(".welcome")
    page.click("[data-drawer=library]")
    page.click("[data-read=berths]")
    page.wait_for_selector("#source table")
    blocks = page.locator("#source [data-at]").evaluate_all(
        "all => all.map(e => [Number(e.dataset.at), e.textContent])"
    )
    assert all(text[at:].startswith(words) for at, words in blocks)
    assert "".join(words for _, words in blocks) == text
    assert page.locator("#source .page h3").inner_text() == "Berths"
    assert page.locator("#source .page p").inner_text() == "The north quay."
    assert page.locator("#source th").all_inner_texts() == ["Berth", "Depth"]
    assert page.locator("#source .page li").all_inner_texts() == ["one", "<b>two</b>"]
    del served.pipeline.store.held["berths"]


def test_the_list_tells_of_each_document(page):
    """Its facts, its most telling sentences on first need, each of which opens its place, and how it was cut."""
    page.click("[data-drawer=library]")
    row = page.locator("#shelf li", has_text="the claims side by side")
    assert f"{len(CLAIMS.text)} characters · 1 chunk" in row.text_content()
    page.select_option("#shelf .sort", "size")
    assert page.locator("#shelf li").first.get_attribute("data-id") == "v3"
    row.locator("summary").click()
    row.locator(".passage").click()
    page.wait_for_selector("#source mark:text-is('The sum covers the GPUs.')")
    assert not page.is_visible("#library")
    page.click("[data-drawer=library]")
    row.locator("[data-cut]").click()
    page.wait_for_selector("#source >> text=Cut into 2 chunks")
    page.locator("#source .passage").nth(1).click()
    page.wait_for_function(
        f"document.querySelector('#source mark')?.textContent.length === {len(CLAIMS.text) - len(CLAIMS.text) // 2}"
    )
    page.keyboard.press("Escape")


def test_a_citation_is_judged_and_the_verdict_kept(page, ask, served):
    """Whether the words say what the answer says is one more line beside the index, and stays with the citation."""
    file = served.home / "feedback.jsonl"
    file.unlink(missing_ok=True)
    ask(page, "What did it cost?").locator(".text .mark").first.click()
    page.wait_for_selector("#source mark")
    page.click("[data-says=down]")
    page.wait_for_selector(".asked >> text=Kept on this machine")
    assert page.evaluate("document.activeElement.dataset.says") == "down"
    (line,) = file.read_text().splitlines()
    assert (json.loads(line)["verdict"], json.loads(line)["citation"]["quote"]) == ("down", COST)
    page.reload()
    page.locator("#turn-0 .text .mark").first.click()
    page.wait_for_selector("[data-says=down][aria-pressed=true]")
    page.keyboard.press("Escape")
    file.unlink()


def test_a_model_is_chosen_fetched_and_writes(page, ask):
    """The menu tells what a download costs; nothing is fetched before the button, and then the model writes."""
    page.click("#model input")
    page.locator("#model [role=option]", has_text="1.5 GB to download").click()
    page.wait_for_selector("#writing >> text=Not on this machine: 1.5 GB to download")
    assert "quotes" in ask(page, "What did it cost?").locator(".facts").text_content()
    page.click("#writing [data-fetch]")
    page.wait_for_selector("#writing >> text=Qwen/Qwen3-0.6B writes now.")
    assert "Qwen/Qwen3-0.6B" in ask(page, "What did it cost?").locator(".facts").text_content()
    page.click("#model input")
    page.locator("#model [role=option]", has_text="built in").click()
    page.wait_for_selector("#writing .model-note", state="detached")
