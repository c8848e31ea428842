"""Takes the pictures of the guide from the real page: `python docs/pictures.py`, with Debian's Chromium.

A few of the bundled documents are served by `rag chat` as anybody would start it, and a browser walks through the page.
With names (`python docs/pictures.py refusal`) only those pictures are taken. They show the seconds of an answer, so the
machine should be idle.
"""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
CORPUS = HERE.parent / "eval" / "data" / "corpus"
DOCUMENTS = ("deepseek-v3.md", "kimi-k2.md", "moonshot-singapore.md", "training-cost-claims.md", "hospitals.md")
CHAT = "import sys; from rag.cli import main; sys.exit(main(['chat', *sys.argv[1:]]))"
CHROMIUM = "/usr/bin/chromium"
AT_REST = """() => {
    const view = document.querySelector('#transcript'), turn = [...document.querySelectorAll('.turn')].pop();
    return Math.abs(turn.getBoundingClientRect().top - view.getBoundingClientRect().top) <= 20;
}"""
PATIENCE = 600_000
ANSWERED, REFUSED = "How much did the GPUs used to train DeepSeek V3 cost?", "Who won the football world cup in 1990?"


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """`rag chat` over a folder; its address."""
    command = [sys.executable, "-c", CHAT, str(folder), "--index", str(folder.parent / "index"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as chat:  # noqa: S603 (our own command)
        assert chat.stderr is not None
        told = next(line for line in chat.stderr if line.startswith("Footnote is at"))
        found = re.search(r"http://\S+", told)
        assert found is not None
        try:
            yield found.group()
        finally:
            chat.send_signal(signal.SIGINT)


def ask(page: Page, question: str) -> None:
    """Asks and waits until the answer is whole."""
    turns = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function("n => document.querySelectorAll('.turn').length > n", arg=turns)
    page.wait_for_selector('#log[aria-busy="false"]')
    page.wait_for_function(AT_REST)


def walk(page: Page, address: str) -> None:
    """The way of a first visit, with a picture at each stop."""
    page.set_default_timeout(PATIENCE)
    page.goto(address, timeout=PATIENCE)
    page.wait_for_selector("text=/of 5 files|documents are loaded/")
    if page.locator("text=of 5 files").count():  # a quick machine is done before the page is; the old picture stays
        shoot(page, "start")
    page.wait_for_selector(".welcome .example")
    shoot(page, "ready")
    ask(page, ANSWERED)
    shoot(page, "answer")
    page.locator(".text .mark").first.click()
    page.wait_for_selector("#source mark")
    shoot(page, "source")
    page.keyboard.press("Escape")
    ask(page, REFUSED)
    shoot(page, "refusal")
    page.click("[data-shelf]")
    page.wait_for_selector("#shelf li")
    shoot(page, "documents")


def shoot(page: Page, name: str) -> None:
    """One picture, where it is wanted; animations are over."""
    if name in (sys.argv[1:] or [name]):
        page.screenshot(path=HERE / "pictures" / f"{name}.png", animations="disabled")


def main() -> None:
    (HERE / "pictures").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "articles"
        folder.mkdir()
        for name in DOCUMENTS:
            shutil.copy(CORPUS / name, folder)
        with started(folder) as address, sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            walk(chromium.new_page(viewport={"width": 1100, "height": 760}), address)
            chromium.close()


if __name__ == "__main__":
    main()
