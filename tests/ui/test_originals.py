"""The files behind the documents: only what was indexed, byte for byte, and never as something that a browser runs."""

import io
import subprocess
import tracemalloc
from types import SimpleNamespace

import httpx
import pytest
from PIL import Image

from index.load import load
from tests.files import pdf
from tests.ui.conftest import serving
from ui.originals import Originals, page_image

LINES = ("The lighthouse was built in 1967.", "It has a red roof and a green door.")


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "docs"
    root.mkdir()
    (root / "tower.pdf").write_bytes(pdf(LINES, ("Second page.",)))
    (root / "page.html").write_text("<h1>Title</h1><p>Words.</p><script>alert(1)</script>")
    (tmp_path / "secret.txt").write_text("secret")
    return root


def test_a_file_is_known_by_its_bytes(folder, tmp_path):
    """A file that was changed or removed since, or lies outside, is not served under a document's name."""
    originals = Originals([folder], tmp_path / "added")
    document = load(folder / "tower.pdf", "tower.pdf")
    assert originals.read(document) == (folder / "tower.pdf").read_bytes()
    outside = load(tmp_path / "secret.txt", "../secret.txt")
    assert originals.read(outside) is None
    (folder / "tower.pdf").write_bytes(pdf(("Other words.",)))
    assert originals.read(document) is None
    (folder / "tower.pdf").unlink()
    assert originals.read(document) is None


def test_an_upload_is_found_too(folder, tmp_path):
    """Uploads lie in a folder of their own, whose name begins their uris."""
    added = tmp_path / "added"
    added.mkdir()
    (added / "note.txt").write_text("Hello.")
    document = load(added / "note.txt", "added/note.txt")
    assert Originals([folder], added).read(document) == b"Hello."


def yellow(png):
    """How many pixels carry the mark."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    return sum(count for count, (r, g, b) in image.getcolors(1 << 24) if r > 200 and g > 150 and b < 200 and r - b > 50)


def test_a_page_is_drawn_with_the_words_marked(folder):
    """The cited words are marked, words that are elsewhere are not; a page that is not there is an error."""
    data = (folder / "tower.pdf").read_bytes()
    one, both = yellow(page_image(data, 1, LINES[0])), yellow(page_image(data, 1, " ".join(LINES)))
    assert 0 < one < both
    assert yellow(page_image(data, 2, LINES[0])) == 0
    for broken in ((data, 9, "x"), (b"no PDF", 1, "x")):
        with pytest.raises(ValueError, match="cannot be drawn"):
            page_image(*broken)


def test_a_drawn_page_is_kept_without_its_file(monkeypatch):
    """The same page of the same bytes is drawn once, and what is kept of a large file is its pictures."""
    drawn = []

    def run(command, **_):
        drawn.append(command[-2:])
        return SimpleNamespace(stdout=b"png")

    monkeypatch.setattr(subprocess, "run", run)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for page in (*range(1, 9), 8, 1):
        assert page_image(bytes(1_000_000), page, "words") == b"png"
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [page for page, _ in drawn] == [str(page) for page in range(1, 9)]
    assert after - before < 500_000


def test_pages_are_turned_by_button_and_by_key(folder, tmp_path, open_tab):
    """The panel of a PDF tells the page and how many there are; the arrows turn it, and the ends hold."""
    (folder / "tower.pdf").write_bytes(pdf(LINES, ("Second page.",), ("Third page.",)))
    with serving(tmp_path / "home", roots=[folder]) as served:
        tower = load(folder / "tower.pdf", "tower.pdf")
        served.pipeline.store.held[tower.id] = tower
        page = open_tab(served.url)
        page.click("[data-drawer=library]")
        page.click(f"[data-read='{tower.id}']")
        page.click(".drawn summary")
        drawn = "(image => image.complete && image.naturalWidth > 0)(document.querySelector('.drawn img'))"
        told = page.locator(".turning [role=status]")
        page.wait_for_function(drawn)
        assert told.text_content() == "Page 1 of 3"
        page.click("[data-turning='1']")
        page.wait_for_function(drawn)
        assert told.text_content() == "Page 2 of 3"
        page.focus(".drawn img")
        for _ in range(2):
            page.keyboard.press("ArrowLeft")
            assert told.text_content() == "Page 1 of 3"
        assert page.get_attribute("[data-turning='-1']", "aria-disabled") == "true"
        (folder / "tower.pdf").unlink()
        page.keyboard.press("PageDown")
        page.keyboard.press("PageDown")
        page.wait_for_selector(".turning >> text=This page cannot be shown")
        page.close()


def test_a_slice_over_two_pages_is_marked_on_both(folder, tmp_path):
    """Each page marks what of the slice stands on it; a page without any of it is not marked."""
    with serving(tmp_path / "home", roots=[folder]) as served, httpx.Client(base_url=served.url) as client:
        tower = load(folder / "tower.pdf", "tower.pdf")
        served.pipeline.store.held[tower.id] = tower
        where = {"name": tower.id, "start": tower.text.index("It has"), "end": len(tower.text)}
        one, two = (client.get("/page.png", params={**where, "page": page}).content for page in (1, 2))
        assert 0 < yellow(one)
        assert 0 < yellow(two)
        where["end"] = tower.page_starts[1]
        assert yellow(client.get("/page.png", params={**where, "page": 2}).content) == 0


def test_html_goes_out_as_text(folder, tmp_path):
    """What a browser would run is sent as plain text; unknown names and pages are not found."""
    with serving(tmp_path / "home", roots=[folder]) as page, httpx.Client(base_url=page.url) as client:
        documents = {}
        for name in ("page.html", "tower.pdf"):
            documents[name] = load(folder / name, name)
            page.pipeline.store.held[documents[name].id] = documents[name]
        html = client.get("/original", params={"name": documents["page.html"].id})
        assert html.headers["content-type"].startswith("text/plain")
        tower = documents["tower.pdf"]
        assert client.get("/original", params={"name": tower.id}).headers["content-type"] == "application/pdf"
        where = {"name": tower.id, "page": 1, "start": 0, "end": len(LINES[0])}
        drawn = client.get("/page.png", params=where)
        assert drawn.headers["content-type"] == "image/png"
        assert yellow(drawn.content) > 0
        for wrong in ({"name": "../secret.txt"}, {"name": "x"}):
            assert client.get("/original", params=wrong).status_code == 404
        assert client.get("/page.png", params={**where, "page": 7}).status_code == 404
