"""One server with a scripted pipeline and one browser for all tests of the page."""

import asyncio
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ui.scripted import ScriptedPipeline
from ui.chat_command import bind
from ui.desk import Desk
from ui.security import Access

CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True, slots=True)
class Served:
    """A running page: its address, the pipeline behind it, the directory of its uploads and thumbs, its application."""

    url: str
    pipeline: ScriptedPipeline
    home: Path
    app: Any


@contextmanager
def serving(
    home: Path, access: Access | None = None, roots: Sequence[Path] = (), opening: Any = None, port: int = 0
) -> Iterator[Served]:
    """A page of its own on a free port of this machine; `opening` stands for a pipeline that is not there yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what third parties deprecate while they are imported is not ours
        from ui.app import server

    pipeline = ScriptedPipeline()
    with bind("127.0.0.1", port) as listener:
        port = listener.getsockname()[1]
        running = _built(lambda: server(Desk(opening or pipeline, home, roots), access))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not running.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield Served(f"http://127.0.0.1:{port}/", pipeline, home, running.config.app)
        running.should_exit = True
        thread.join(timeout=10)


def _built(build: Callable[[], Any]) -> Any:
    """Builds the server where a loop is running: gradio makes loops of its own otherwise, and leaves them open."""

    async def inside() -> Any:
        return build()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(inside())
    return build()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home")) as page:
        yield page


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.fail(f"The tests of the page drive {CHROMIUM}, which is not installed: apt-get install -y chromium")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium.new_context(reduced_motion="reduce")
        chromium.close()


@dataclass(frozen=True, slots=True)
class Heard:
    """What all tabs of this run asked for, and what went wrong in them."""

    requests: list[str]
    problems: list[str]


@pytest.fixture(scope="session")
def heard() -> Heard:
    return Heard([], [])


@pytest.fixture(scope="session")
def open_tab(browser: Any, heard: Heard) -> Callable[[str], Any]:
    """Opens one more tab on an address."""

    def opened(url: str) -> Any:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: heard.requests.append(request.url))
        page.on("pageerror", lambda error: heard.problems.append(str(error)))
        page.on("console", lambda line: "Content Security" in line.text and heard.problems.append(line.text))
        page.on("dialog", lambda dialog: heard.problems.append(f"dialog: {dialog.message}"))
        page.goto(url)
        page.wait_for_selector(".welcome")
        return page

    return opened


@pytest.fixture(scope="session")
def first_tab(open_tab: Callable[[str], Any], served: Served) -> Any:
    return open_tab(served.url)


@pytest.fixture
def page(first_tab: Any, heard: Heard) -> Iterator[Any]:
    """The tab that the tests share, with a new conversation; a script error or dialog in it fails the test."""
    first_tab.set_viewport_size({"width": 1280, "height": 860})
    first_tab.emulate_media(color_scheme="light")
    first_tab.keyboard.press("Escape")
    first_tab.click("[data-fresh]")
    first_tab.wait_for_selector(".welcome")
    yield first_tab
    assert heard.problems == []


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
