"""`rag chat` as people start it: the command, the real pipeline, a browser, Ctrl-C."""

import os
import re
import signal
import subprocess
import sys

from index.store.local import open_store

CHAT = "import sys; from rag.cli import main; sys.exit(main(['chat', *sys.argv[1:]]))"
NOTES = (
    "# The lighthouse\n\nThe lighthouse of Kiel was built in 1967. It has a red roof.\n\nThe keeper had a dog.\n\n"
    "## How do I get to the lighthouse?\n\nVisitors get to the lighthouse by the ferry from Laboe on Sundays.\n"
)


def test_a_folder_is_asked_in_the_browser_and_ctrl_c_ends_it(tmp_path, open_tab, ask):
    """One's own folder offers questions of its own, is answered with its very words, and Ctrl-C ends with code 0."""
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "lighthouse.md").write_text(NOTES)
    command = [sys.executable, "-c", CHAT, str(docs), "--index", str(index), "--port", "0"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as chat:
        try:
            told = next(line for line in chat.stderr if line.startswith("Footnote is at"))
            page = open_tab(re.search(r"http://\S+", told).group())
            page.wait_for_selector("text=1 document is loaded")
            begin = page.locator(".welcome .example", has_text="How do I get to the lighthouse?")
            assert begin.locator("small").inner_text() == "The lighthouse"
            turn = ask(page, "When was the lighthouse of Kiel built?")
            assert "1967" in turn.locator(".text").text_content()
            turn.locator(".text .mark").first.click()
            page.wait_for_selector("#source mark")
            cited, shown = page.text_content("#source mark"), page.text_content("#source .page")
            turn.locator(".next >> text=How do I get to the lighthouse?").click()
            page.wait_for_selector("#turn-1 .foot")
            assert "Laboe" in page.text_content("#turn-1 .text")
        finally:
            chat.send_signal(signal.SIGINT)
            code = chat.wait(timeout=60)
    assert code == 0
    with open_store(index) as store:
        (entry,) = store.documents()
        text = store.document(entry.id).text
    assert cited in text
    assert "1967" in cited
    assert shown == text


def test_documents_that_are_not_there_end_it_with_one_sentence(tmp_path):
    """A mistyped folder is exit code 2 and one sentence, though the page was being started already."""
    command = [sys.executable, "-c", CHAT, str(tmp_path / "none"), "--index", str(tmp_path / "index"), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    told = done.stderr.splitlines()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "none" in told[-1]
