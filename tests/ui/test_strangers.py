"""The page as strangers meet it: a running server, requests written by hand."""

import itertools
import json
import re

import httpx
import pytest

from tests.ui.conftest import serving
from ui import events
from ui.security import ROUTES, Access
from ui.signin import Signin

SECRET = "the safe opens with 4711"
JOIN, RUN, STREAM = "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/queue/data"


@pytest.fixture(scope="module", params=[False, True], ids=["open", "signed in"])
def stranger(request, tmp_path_factory):
    """A client of a page of its own, which is open or where it is signed in; the page; a file beside it."""
    folder = tmp_path_factory.mktemp("stranger")
    access = Access(people=Signin([("ada", "secret")])) if request.param else Access()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
        with serving(folder / "home", access) as page, httpx.Client(base_url=page.url, timeout=30) as client:
            if request.param:
                client.post("/login", data={"username": "ada", "password": "secret"})
            client.get("/")
            yield client, page, folder


def blocks_of(page):
    return page.app.routes[-1].app.get_blocks()


def flat(routes):
    for route in routes:
        yield from flat(route.original_router.routes) if hasattr(route, "original_router") else [route]


def event(blocks, number, value, data=None):
    """An event with `value` in every place that takes one."""
    inputs = len(blocks.fns[number].inputs)
    return {"fn_index": number, "session_hash": "s", "trigger_id": 1, "data": [value] * inputs, "event_data": data}


def naming(blocks, file):
    """All that a stranger may name a file by, in the inputs and in the data of every event."""
    description = {"path": str(file), "orig_name": "x.txt", "size": 9, "meta": {"_type": "gradio.FileData"}}
    elsewhere = {**description, "path": "http://127.0.0.1:9/x.txt", "url": "http://127.0.0.1:9/x.txt"}
    for number, listener in blocks.fns.items():
        for value in (description, [description], {"value": description}, elsewhere) if listener.inputs else ():
            yield event(blocks, number, value)
        for data in (description, {"file": description}, [description]):
            yield event(blocks, number, None, data)


def leaks(client, page, folder, secret, bodies, tried=None):
    """Sends each event both ways, waits for its end, and tells where the words of the file came out."""
    blocks, found = blocks_of(page), []
    for body, place in itertools.product(bodies, (JOIN, RUN)):
        answer = client.post(place, json=body)
        said = answer.text
        if answer.status_code == 200 and place == JOIN:
            said += client.get(STREAM, params={"session_hash": body["session_hash"]}).text
        if tried is not None:
            tried.append(answer.status_code)
        if SECRET in said:
            found.append((place, blocks.fns[body["fn_index"]].name))
    found += [document.uri for document in page.pipeline.store.held.values() if SECRET in document.text]
    files = [file for file in folder.rglob("*") if file.is_file() and file != secret]
    return found + [str(file) for file in files if SECRET.encode() in file.read_bytes()]


@pytest.fixture
def secret(stranger):
    file = stranger[2] / "secret.txt"
    file.write_text(SECRET)
    return file


def test_no_event_reads_a_file_of_the_server(stranger, secret):
    """A stranger who names a file of the server in any place of any event gets it neither indexed nor copied nor shown.

    More than 60 requests; every one is refused at the door.
    """
    client, page, folder = stranger
    tried = []
    assert leaks(client, page, folder, secret, naming(blocks_of(page), secret), tried) == []
    assert len(tried) >= 60
    assert set(tried) == {400}


def test_gradio_itself_refuses_the_file_once_more(stranger, secret, monkeypatch, capfd):
    """With the check of the door taken out, gradio's own check still lets no path in from outside its folder."""
    client, page, folder = stranger
    blocks = blocks_of(page)
    monkeypatch.setattr(events, "problem", lambda body, inputs: "")
    listening = [number for number, listener in blocks.fns.items() if listener.fn]
    bodies = [body for body in naming(blocks, secret) if body["fn_index"] in listening]
    assert leaks(client, page, folder, secret, bodies) == []
    assert "was not uploaded by a user" in capfd.readouterr().err


MALFORMED = (
    {},
    [],
    "x",
    7,
    {"fn_index": 0},
    {"fn_index": 0, "data": [None] * 9, "session_hash": "s"},
    {"fn_index": True, "data": [None], "session_hash": "s"},
    {"fn_index": 10**30, "data": [None], "session_hash": "s"},
    {"fn_index": 0, "data": "x", "session_hash": "s"},
    {"fn_index": 0, "data": [None], "session_hash": "../s"},
    {"fn_index": 0, "data": [None], "session_hash": 5},
    {"fn_index": 0, "data": [None], "session_hash": "s", "event_data": [1]},
    {"fn_index": 0, "data": [None], "session_hash": "s", "event_data": {"a": {"b": 1}}},
    {"fn_index": 0, "data": [None], "session_hash": "s", "trigger_id": "x"},
    {"fn_index": 0, "data": [None, "half a \ud83d"], "session_hash": "s"},
    {"fn_index": 0, "data": [None, None], "session_hash": "s", "event_data": {"chat": "\udc00"}},
    {"fn_index": 0, "event_id": "\ud800", "session_hash": "s"},
)


def test_malformed_events_get_one_sentence_and_no_traceback(stranger, capfd):
    """Whatever the body or the data of an event is, the answer is one sentence, and the terminal stays quiet."""
    client, page, _ = stranger
    blocks = blocks_of(page)
    for body in [*map(json.dumps, MALFORMED), "{", "\x00", "[" * 100_000, '{"data": 1e999999}']:
        for place in (JOIN, RUN):
            answer = client.post(place, content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 400
            assert len(answer.text) < 120
    wrong = (None, {}, {"turn": "x", "kind": 5, "number": None}, {"turn": 10**400, "kind": "marker", "number": 1})
    for data, (number, listener) in itertools.product(wrong, blocks.fns.items()):
        if listener.fn is None:
            continue
        body = event(blocks, number, None, data)
        if listener.queue:
            assert client.post(JOIN, json=body).status_code == 200
            said = client.get(STREAM, params={"session_hash": "s"}).text
        else:
            said = client.post(RUN, json=body).text
        assert "does not understand" in said or '"error":' not in said
    assert "Traceback" not in "".join(capfd.readouterr())


def test_the_list_of_open_routes_is_this_one(stranger):
    """All other routes of gradio are closed, above all those that serve files, fetch addresses or run code."""
    client, page, _ = stranger
    assert [f"{method} {path}" for method, path, kind in ROUTES if kind == "event"] == [
        f"POST {JOIN}",
        f"POST {RUN}/?",
        "POST /gradio_api/cancel",
    ]
    routes = [route for route in flat(page.app.routes[-1].app.routes) if getattr(route, "methods", None)]
    asked = {(method, re.sub(r"\{[^}]*\}", "x", route.path)) for route in routes for method in route.methods}
    opened = {(m, path) for m, path in asked if any(m == w and re.fullmatch(p, path) for w, p, _ in ROUTES)}
    closed = {pair for pair in asked - opened if pair[0] != "HEAD"}
    assert len(opened) <= 20
    assert len(closed) > 50
    for method, path in sorted(closed):
        with client.stream(method, path) as answer:  # its head alone: a body that never ends must not hang the test
            assert answer.status_code == 404, (method, path)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=https://example.com/",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/upload",
        "/assets/../../../../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2fetc/passwd",
        "/assets/%252e%252e/etc/passwd",
        "/static/....//....//etc/passwd",
        "/assets//etc/passwd",
        "/assets/%00",
        "/assets/x%5c..%5cindex.html",
        "/?deep_link=../../../../etc/passwd",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_page(stranger, path):
    """File routes, proxies and traversals serve nothing."""
    client, _, _ = stranger
    answer = client.get(httpx.URL(str(client.base_url) + path.removeprefix("/")) if path[1] != "/" else path)
    assert answer.status_code in (400, 403, 404)
    assert "root:" not in answer.text


def test_the_page_names_its_scripts(stranger):
    """The policy allows the inline scripts of the page by their hashes and no others."""
    client, _, _ = stranger
    policy = client.get("/").headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts.count("'sha256-") >= 5
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" in scripts  # gr.HTML needs it; when gradio does not, this goes
