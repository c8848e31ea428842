"""The door by itself, before an application that answers "inside"."""

import httpx
import pytest

from tests.loops import finished
from ui.asgi import reply
from ui.door import BODY_LIMIT, Door
from ui.security import ROUTES, Access
from ui.signin import Signin

EVENT = "/gradio_api/queue/join"
INSIDE = {"session_hash": "s"}


@pytest.fixture
def send():
    """Sends requests one after the other as one browser; the door keeps what it knows between them."""

    class Browser:
        def __init__(self, access=None):
            self.access = access or Access()
            self.cookies = httpx.Cookies()
            self.door = Door(inside, self.access, lambda body: "")

        def __call__(self, method, path, **more):
            return finished(lambda: self._send(method, path, more))

        async def _send(self, method, path, more):
            base = "http://127.0.0.1:7860"
            transport = httpx.ASGITransport(self.door)
            async with httpx.AsyncClient(transport=transport, base_url=base, cookies=self.cookies) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

    return Browser


async def inside(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await reply(send, 200, f"inside as {scope['footnote.owner']}")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.7", "", "a b"])
def test_a_host_that_the_page_was_not_started_for_is_refused(send, host):
    """DNS rebinding: a name that was made to point at this machine gets nothing, on any route."""
    browser = send()
    for method, path in (("GET", "/"), ("GET", "/config"), ("POST", EVENT), ("POST", "/upload?name=x")):
        answer = browser(method, path, headers={"host": host})
        assert answer.status_code == 421
        assert "--allow-host" in answer.text


def test_the_names_that_the_page_was_started_for_are_answered(send):
    """Loopback always, --host and --allow-host where they are given; all addresses in digits on a page for all."""
    browser = send(Access.of("127.0.0.1", ["Docs.Example"]))
    for host in ("localhost", "LOCALHOST:80", "[::1]:7860", "docs.example", "docs.example.:443"):
        assert browser("GET", "/", headers={"host": host}).status_code == 200
    everywhere = Access.of("0.0.0.0", ["docs.example"])
    known = [everywhere.knows(name) for name in ("10.0.0.7", "[fe80::1]", "docs.example", "evil.example")]
    assert known == [True, True, True, False]
    assert Access.of("fd00::1").knows("[fd00::1]")


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "null"},
        {"origin": "http://[::1"},
        {"origin": "http://[x]/"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_other_sites_can_send_nothing(send, sent):
    """A hostile page in the user's browser gets no post through and reads nothing; a link still opens the page."""
    browser = send()
    for method, pattern, kind in ROUTES:
        path = pattern.removesuffix("/?")
        if "[" not in path and kind != "page":
            assert browser(method, path.replace("\\", ""), headers=sent).status_code in (403, 404)
    assert browser("POST", EVENT, headers=sent, json=INSIDE).status_code == 403
    assert browser("GET", "/", headers=sent).status_code == 403
    if "origin" not in sent:
        assert browser("GET", "/", headers={**sent, "sec-fetch-mode": "navigate"}).status_code == 200
    assert browser("POST", EVENT, headers={"origin": "http://127.0.0.1:7860"}, json=INSIDE).status_code == 200


@pytest.mark.parametrize(
    ("more", "status"), [({"origin": "http://evil.example"}, 403), ({"host": "evil.example"}, 421), ({}, 403)], ids=str
)
def test_a_refused_upload_is_not_read(send, more, status):
    """An upload from another site, to another host or without a session is answered before its first byte is taken."""
    taken = []

    async def parts():
        taken.append(1)
        yield b"x"

    assert send()("POST", "/upload?name=x.txt", content=parts(), headers=more).status_code == status
    assert taken == []


def test_nothing_works_before_the_sign_in(send):
    """Without a session no part, event or upload gets through and the page leads to the form; a sign-out ends it."""
    browser = send(Access(people=Signin([("ada", "secret")])))
    assert browser("GET", "/").headers["location"] == "/login"
    assert "Password" in browser("GET", "/login").text
    for method, path in (("POST", EVENT), ("POST", "/upload?name=x"), ("GET", "/config"), ("GET", "/assets/x.js")):
        assert browser(method, path).status_code == 401
    assert browser("POST", "/login", data={"username": "ada", "password": "guess"}).status_code == 401
    signed = browser("POST", "/login", data={"username": "ada", "password": "secret"})
    assert signed.status_code == 303
    assert "HttpOnly" in signed.headers["set-cookie"]
    assert browser("GET", "/").text == "inside as user:ada"
    assert browser("POST", "/upload?name=x.txt", content=b"hello").status_code == 200
    browser("POST", "/logout")
    assert browser("GET", "/").headers["location"] == "/login"


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/original?name=3f%2Fa", "/original?name=3f%2Fa"),
        ("/original", "/"),
        ("/", "/"),
        ("/?x=//evil.example", "/"),
    ],
)
def test_the_sign_in_leads_on_to_what_was_asked_for(send, asked, leads_to):
    """An original that was opened in a tab of its own is shown after the password, also after a wrong one."""
    browser = send(Access(people=Signin([("ada", "secret")])))
    login = browser("GET", asked).headers["location"]
    assert "action=" not in browser("GET", login).text  # or the browser would leave what stands behind the path
    assert browser("POST", login, data={"username": "ada", "password": "guess"}).status_code == 401
    signed = browser("POST", login, data={"username": "ada", "password": "secret"})
    assert signed.headers["location"] == leads_to


@pytest.mark.parametrize(
    "query", ["https://evil.example", "//evil.example/", "a\\b", "name=x#//evil", "x%0d%0ay: z", "/"]
)
def test_the_sign_in_leads_to_no_other_site(send, query):
    """Whatever a link puts behind the sign-in's address, it goes on inside this page."""
    browser = send(Access(people=Signin([("ada", "secret")])))
    signed = browser("POST", f"/login?{query}", data={"username": "ada", "password": "secret"})
    assert signed.headers["location"].split("?")[0] in ("/", "/original")
    assert "\n" not in signed.headers["location"]


def test_wrong_passwords_are_slowed_on_the_page(send):
    """After a few wrong passwords even the right one has to wait, and the answer says how long."""
    browser = send(Access(people=Signin([("ada", "secret")])))
    tries = [browser("POST", "/login", data={"username": "ada", "password": "guess"}) for _ in range(5)]
    assert [answer.status_code for answer in tries] == [401, 401, 401, 429, 429]
    late = browser("POST", "/login", data={"username": "ada", "password": "secret"})
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) >= 1
    assert "try again in" in late.text


def test_a_browser_keeps_its_session(send):
    """Without a sign-in the page gives each browser a secret of its own, which later requests are known by."""
    browser, other = send(), send()
    assert browser("GET", "/").text == "inside as guest"
    owners = [browser("GET", "/").text, browser("POST", EVENT, json=INSIDE).text]
    assert owners[0] == owners[1] != "inside as guest"
    other("GET", "/")
    assert other("GET", "/").text not in ("inside as guest", owners[0])
    browser.cookies = httpx.Cookies({"footnote-7860": "short"})
    assert browser("GET", "/").text == "inside as guest"


def test_a_session_name_belongs_to_the_first_who_used_it(send):
    """Whoever learns the name of another's gradio session can neither read its stream nor act in it."""
    browser = send(Access(people=Signin([("ada", "secret"), ("bob", "hunter2")])))
    browser("POST", "/login", data={"username": "ada", "password": "secret"})
    assert browser("POST", EVENT, json={"session_hash": "adas"}).status_code == 200
    browser.cookies.clear()
    browser("POST", "/login", data={"username": "bob", "password": "hunter2"})
    assert browser("POST", EVENT, json={"session_hash": "adas"}).status_code == 403
    assert browser("GET", "/gradio_api/queue/data?session_hash=adas").status_code == 403
    for name in ("session_hash=", "session_hash=adas", "session%5Fhash=adas", "x=&session_hash=bobs"):
        assert browser("GET", f"/gradio_api/queue/data?session_hash=bobs&{name}").status_code == 400
    assert browser("GET", "/gradio_api/queue/data?session_hash=bobs").status_code == 200


def test_a_body_has_a_limit(send):
    """An event of more than a megabyte is refused, by its length before it is read and by its size otherwise."""
    browser = send()

    async def chunks():
        for _ in range(11):
            yield b"x" * 100_000

    assert browser("POST", EVENT, content=b"x" * (BODY_LIMIT + 1)).status_code == 413
    assert browser("POST", EVENT, content=chunks()).status_code == 413


def test_every_answer_carries_the_headers_of_safety(send):
    """Refusals too are framed by nobody, guessed at by no browser and load nothing."""
    browser = send()
    for path in ("/", "/nothing", "/config"):
        sent = browser("GET", path).headers
        assert "frame-ancestors 'none'" in sent["content-security-policy"]
        assert sent["x-content-type-options"] == "nosniff"
        assert "http:" not in sent["content-security-policy"]
