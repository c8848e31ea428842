"""One server with a scripted pipeline and one browser for all tests of the page."""

import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ui.scripted import ScriptedPipeline
from ui.command import bind
from ui.desk import Desk

CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True, slots=True)
class Served:
    """A running page: its address, the pipeline behind it and the directory of its uploads and thumbs."""

    url: str
    pipeline: ScriptedPipeline
    home: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what third parties deprecate while they are imported is not ours
        from ui.app import server

    pipeline, home = ScriptedPipeline(), tmp_path_factory.mktemp("home")
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        running = server(Desk(pipeline, home))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not running.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield Served(f"http://127.0.0.1:{port}/", pipeline, home)
        running.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser context: its tabs share the cache and, as in life, nothing else of the page."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.fail(f"The tests of the page drive {CHROMIUM}, which is not installed: apt-get install -y chromium")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium.new_context(reduced_motion="reduce")
        chromium.close()


@pytest.fixture(scope="session")
def requested() -> list[str]:
    """Every address that any page of this run asked for."""
    return []


@pytest.fixture
def tab(browser: Any, served: Served, requested: list[str]) -> Iterator[Callable[..., Any]]:
    """Opens a tab on the page; a script error or dialog in it fails the test."""
    pages, problems = [], []

    def open_tab(width: int = 1280, height: int = 860, scheme: str = "light", url: str = served.url) -> Any:
        page = browser.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(60_000)
        page.on("request", lambda request: requested.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.goto(url)
        page.wait_for_selector(".welcome")
        return page

    yield open_tab
    for page in pages:
        page.close()
    assert problems == []


@pytest.fixture
def ask() -> Callable[[Any, str], Any]:
    """Types a question, waits for the end of its turn and returns the turn."""

    def ask_and_wait(page: Any, question: str) -> Any:
        turns = page.locator(".turn").count()
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        page.wait_for_selector(f"#turn-{turns}")
        page.wait_for_selector('#log[aria-busy="false"]')
        return page.locator(f"#turn-{turns}")

    return ask_and_wait
