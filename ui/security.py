"""What gets through the door of the page: host names, origins, routes. Pure; `ui.door` enforces it."""

import base64
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from ui.asgi import Header, Scope, header, headers
from ui.signin import Signin
from ui.upload import Limits

Kind = Literal["page", "part", "event", "upload", "login", "logout", "program"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
EVERYWHERE = frozenset({"0.0.0.0", "::", "[::]", ""})  # noqa: S104 compared with, never bound
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\[\]]+)(?::\d{1,5})?")

ROUTES: tuple[tuple[str, str, Kind], ...] = (
    ("GET", r"/", "page"),
    ("GET", r"/login", "login"),
    ("POST", r"/login", "login"),
    ("POST", r"/logout", "logout"),
    ("POST", r"/upload", "upload"),
    ("POST", r"/import", "upload"),
    ("GET", r"/original", "part"),
    ("GET", r"/page\.png", "part"),
    ("GET", r"/(?:assets|static)/[\w./@+-]+", "part"),
    ("GET", r"/(?:gradio_api/)?theme\.css", "part"),
    ("GET", r"/favicon\.ico", "part"),
    ("GET", r"/manifest\.json", "part"),
    ("GET", r"/config/?", "part"),
    ("GET", r"/gradio_api/info/?", "part"),
    ("GET", r"/gradio_api/startup-events", "part"),
    ("GET", r"/gradio_api/queue/data", "part"),
    ("POST", r"/gradio_api/queue/join", "event"),
    ("POST", r"/gradio_api/run/predict/?", "event"),
    ("POST", r"/gradio_api/cancel", "event"),
    ("GET", r"/v1/models(?:/.{1,300})?", "program"),
    ("POST", r"/v1/chat/completions", "program"),
    ("POST", r"/mcp", "program"),
)
"""All that can be asked for; gradio has some 90 routes more (files, proxies, code editing), none of which is open."""
_PATTERNS = [(method, re.compile(pattern), kind) for method, pattern, kind in ROUTES]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in: names besides loopback that the page is reached by, the sign-in, the limits of uploads.

    `anywhere` is for a page that listens on all addresses: then any address in digits is a good name, since only names
    can be made to point elsewhere.
    """

    names: frozenset[str] = frozenset()
    anywhere: bool = False
    people: Signin | None = None
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, host: str, names: Sequence[str] = (), people: Signin | None = None) -> "Access":
        """From what `--host` and `--allow-host` say."""
        own = [] if host in EVERYWHERE else [host]
        return cls(frozenset(map(_bare, [*own, *names])), host in EVERYWHERE, people)

    def knows(self, name: str) -> bool:
        """Whether the page was started for this host name."""
        return name in LOOPBACK or name in self.names or (self.anywhere and _in_digits(name))


class Refusal(Exception):
    """A request that does not get through; the text is one sentence."""

    def __init__(self, status: int, sentence: str, *more: Header) -> None:
        super().__init__(sentence)
        self.status = status
        self.more = more


def host_of(scope: Scope, access: Access) -> str:
    """The Host header in lower case. Raises `Refusal` where the page was not started for that name: DNS can lie."""
    told = headers(scope, "host")
    match = _HOST.fullmatch(told[0].lower()) if len(told) == 1 else None
    if match is None or not access.knows(match.group(1).rstrip(".")):
        seen = ", ".join(told)[:100] or "no host"
        raise Refusal(421, f"This page does not answer to {seen!r}: start it with --allow-host NAME for that name.")
    return told[0].lower()


def refuse_other_sites(scope: Scope, host: str) -> None:
    """Raises `Refusal` for what another site makes a browser send; a link to the page may be followed from anywhere."""
    origins = headers(scope, "origin")
    foreign = len(origins) > 1 or any(_site(origin) != host for origin in origins)
    link = scope["method"] == "GET" and header(scope, "sec-fetch-mode") == "navigate"
    if foreign or (not link and header(scope, "sec-fetch-site") in ("cross-site", "same-site")):
        raise Refusal(403, "Only the page itself may send this: the request came from another site.")


def kind_of(scope: Scope) -> Kind:
    """Which of `ROUTES` a request is for. Raises `Refusal` for all others."""
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    path = scope["path"]
    for wanted, pattern, kind in _PATTERNS:
        if wanted == method and pattern.fullmatch(path) and ".." not in path.split("/"):
            return kind
    raise Refusal(404, "There is nothing here.")


def credentials(scope: Scope) -> tuple[str, str]:
    """Name and password of a program: "Authorization: Bearer NAME:PASSWORD", as an API key is sent, or Basic."""
    kind, _, told = header(scope, "authorization").partition(" ")
    raw = told.strip().encode("latin-1")
    if kind.lower() == "basic":
        try:
            raw = base64.b64decode(raw, validate=True)
        except ValueError:
            raw = b""
    elif kind.lower() != "bearer":
        raw = b""
    name, _, password = raw.decode("utf-8", "replace").partition(":")
    return name, password


def _site(origin: str) -> str:
    """Host and port of an origin in lower case; "" where it cannot be read, which is nobody's."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _bare(name: str) -> str:
    """A host name as a Host header gives it."""
    name = name.strip().lower().rstrip(".")
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _in_digits(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
