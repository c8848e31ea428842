"""Pages are fetched from the open network only, within limits, and as what the server says they are."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from index.errors import UnreadableDocument
from index.fetch import FetchLimits, fetch, is_address, is_public

PAGE = b"<html><body><p>The mill was built in 1790.</p></body></html>"
BODIES = {
    "/page": ("text/html; charset=utf-8", PAGE),
    "/a/list.csv": ("text/plain", b"a,b"),
    "/picture": ("image/png", b"x"),
    "/large": ("text/plain", b"x" * 5_000),
    "/raw.pdf": ("application/octet-stream", b"%PDF-"),
    "/wiki/Z%C3%BCrich": ("text/html", PAGE),
    "/latin/Z%FCrich": ("text/html", PAGE),
    "/a%20b?q=%C3%A4%26&r=%7B1%7D": ("text/html", PAGE),
}
WORDS = "Zażółć gęślą jaźń, Łódź."
OWN = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">'
SENT = {
    "page": ("text/html; charset=ISO-8859-2", f"<p>{WORDS}</p>".encode("iso-8859-2"), f"<p>{WORDS}</p>".encode()),
    "text": ('text/plain; charset="cp1250"', WORDS.encode("cp1250"), WORDS.encode()),
    "table": ("text/csv; charset=utf-16", "name\nŁódź\n".encode("utf-16-le"), "name\nŁódź\n".encode()),
    "its_own_encoding": ("text/html; charset=koi8-r", *[(OWN + WORDS).encode("iso-8859-2")] * 2),
    "byte_order_mark": ("text/plain; charset=koi8-r", *[b"\xef\xbb\xbf" + WORDS.encode()] * 2),
    "not_valid_in_it": ("text/plain; charset=utf-8", *[WORDS.encode("iso-8859-2")] * 2),
    "the_default_of_servers": ("text/plain; charset=iso-8859-1", *[WORDS.encode()] * 2),
    "as_browsers_read_latin_1": ("text/plain; charset=iso-8859-1", "5 € – þú".encode("cp1252"), "5 € – þú".encode()),
    "as_browsers_read_gb2312": ("text/html; charset=gb2312", "<p>朱镕基</p>".encode("gbk"), "<p>朱镕基</p>".encode()),
    "no_such_encoding": ("text/plain; charset=klingon", *[WORDS.encode("iso-8859-2")] * 2),
    "an_encoding_not_for_pages": ("text/plain; charset=punycode", b"a-b", b"a-b"),
    "no_text": ("text/plain; charset=iso-8859-2", *[b"%PDF-1.7\n\xb3\xb6\xbc"] * 2),
}
BODIES |= {f"/sent/{name}": (kind, sent) for name, (kind, sent, _) in SENT.items()}


class Site(BaseHTTPRequestHandler):
    """A few pages, good and bad."""

    def do_GET(self) -> None:
        if self.path == "/host":
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())
        elif self.path.startswith("/raw/"):  # the address as bytes, as some servers send it
            self.wfile.write(b"HTTP/1.0 302 Found\r\nLocation: " + unquote_to_bytes(self.path[4:]) + b"\r\n\r\n")
        elif self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/") if ":" in self.path else "/to/x")
            self.end_headers()
        elif self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            for _ in range(60):
                self.wfile.write(b"x")
                time.sleep(0.05)
        elif self.path in BODIES:
            kind, body = BODIES[self.path]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the other side has gone
            return

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def anywhere(_: object) -> bool:
    return True


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1",
        "64:ff9b:1::7f00:1", "64:ff9b:1:ffff::808:808", "fec0::1", "feff::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_fetched(address: str) -> None:
    """Loopback, private, link-local and other special ones, also wrapped in IPv6."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_open_network(address: str) -> None:
    """They are fetched."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize("url", ["{site}/page", "http://localhost:1/", "http://[::1]:1/", "http://2130706433/"])
def test_this_machine_is_not_fetched(site: str, url: str) -> None:
    """However it is written."""
    with pytest.raises(UnreadableDocument, match="private network or on this machine"):
        fetch(url.format(site=site))


def test_a_page(site: str) -> None:
    """Its bytes, and a name made of the address with the suffix of what was sent."""
    assert fetch(f"{site}/page", allowed=anywhere) == (PAGE, "127.0.0.1-page.html")
    assert fetch(f"{site}/a/list.csv", allowed=anywhere).name == "127.0.0.1-a-list.csv"
    assert fetch(f"{site}/raw.pdf", allowed=anywhere).name == "127.0.0.1-raw.pdf"
    assert fetch(f"{site}/to/{site}/page", allowed=anywhere).data == PAGE


@pytest.mark.parametrize(
    "path",
    [
        "/wiki/Zürich",
        "/wiki/Z%C3%BCrich",
        "/latin/Z%FCrich",
        "/a b?q=ä%26&r={1}",
        "/to/{site}/wiki/Z%C3%BCrich",
        "/raw/wiki/Z%C3%BCrich",
        "/raw/latin/Z%FCrich",
    ],
)
def test_an_address_with_any_letters(site: str, path: str) -> None:
    """It is sent as percent signs, also after a redirect, and what is written so already stays."""
    assert fetch(site + path.replace("{site}", site), allowed=anywhere).data == PAGE


def test_the_name_keeps_letters(site: str) -> None:
    """A file's name is made of the address as people read it."""
    assert fetch(f"{site}/wiki/Zürich", allowed=anywhere).name == "127.0.0.1-wiki-Zürich.html"


def test_a_host_with_any_letters(site: str, monkeypatch) -> None:
    """The host is told by its ASCII name."""
    port = int(site.rsplit(":", 1)[1])
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [entry])

    assert fetch(f"http://mühle.example:{port}/host", allowed=anywhere).data == f"xn--mhle-0ra.example:{port}".encode()


@pytest.mark.parametrize("name", SENT)
def test_text_is_decoded_as_the_server_says(site: str, name: str) -> None:
    """It is kept as UTF-8, unless it says otherwise itself, contradicts the server or is no text."""
    assert fetch(f"{site}/sent/{name}", allowed=anywhere).data == SENT[name][2]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/picture", "is of the type image/png"),
        ("/missing", "answers with 404"),
        ("/large", "has more than 0 MB"),
        ("/slow", "took too long"),
        ("/to/x", "leads on more than 5 times"),
        ("/to/file:///etc/passwd", "is no address of a page"),
    ],
)
def test_what_is_refused(site: str, path: str, reason: str) -> None:
    """Type, size, time and redirects have their limits; one sentence says which."""
    seconds = 0.5 if path == "/slow" else 30.0
    with pytest.raises(UnreadableDocument, match=reason) as caught:
        fetch(f"{site}{path}", FetchLimits(bytes=1_000, seconds=seconds), allowed=anywhere)

    assert str(caught.value).startswith(site)


def test_a_redirect_is_looked_at_again(site: str) -> None:
    """A page that may be fetched does not lead to one that may not."""
    seen: list[str] = []

    def first_only(address: object) -> bool:
        seen.append(str(address))
        return len(seen) == 1

    with pytest.raises(UnreadableDocument, match="private network"):
        fetch(f"{site}/to/{site}/page", allowed=first_only)


def test_a_name_that_changes_its_address(site: str, monkeypatch) -> None:
    """The connection goes to the address that was looked at: a name is resolved once."""
    port = int(site.rsplit(":", 1)[1])
    asked: list[str] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = host if host == "127.0.0.1" else "127.0.0.1" if asked.count(host) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert fetch(f"http://mill.example:{port}/page", allowed=anywhere).data == PAGE
    assert asked.count("mill.example") == 1


def test_one_private_address_among_public_ones_is_enough(monkeypatch) -> None:
    """A name must not lead here by any of its addresses."""
    entries = [(2, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    with pytest.raises(UnreadableDocument, match="private network"):
        fetch("http://mill.example/")


@pytest.mark.parametrize("url", ["http://user:word@mill.example/", "https://", "ftp://mill.example/"])
def test_addresses_that_are_none(url: str) -> None:
    """One sentence, and nothing is sent."""
    with pytest.raises(UnreadableDocument):
        fetch(url)


@pytest.mark.parametrize(("text", "address"), [("https://a.example/b", True), ("HTTP:/a", True), ("https.txt", False)])
def test_what_is_an_address(text: str, address: bool) -> None:
    """Also one that was taken for a path and lost a slash."""
    assert is_address(str(Path(text))) is address
