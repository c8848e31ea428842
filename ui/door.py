"""The door of the page: every request goes through it first. ASGI middleware; knows nothing of gradio."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Sequence
from urllib.parse import parse_qs, parse_qsl

from ui.asgi import Application, Header, Message, Receive, Scope, Send, TooLarge, body_of, cookie, replay, reply
from ui.security import Access, Refusal, credentials, host_of, kind_of, refuse_other_sites
from ui.signin import Slowed, form

OWNER = "footnote.owner"
"""Where the scope of a request says whose it is: "user:NAME", "browser:HEX", or `GUEST` without a cookie."""
GUEST = "guest"
ORIGINAL = "/original"
"""What besides the page is opened in a tab of its own."""
BODY_LIMIT = 1_000_000
COOKIE_SECONDS = 400 * 24 * 3600
MOST_SESSIONS = 100_000

# Scripts are named by their hashes, so 'unsafe-inline' is not needed for them. What gradio does not allow to go:
# 'unsafe-eval', because gr.HTML makes a function of its template and of js_on_load, and 'unsafe-inline' for styles,
# because its components set style attributes and add style elements.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
PLAIN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS: tuple[Header, ...] = (
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_SECRET = re.compile(r"[\w-]{43}")
_PLAIN_QUERY = re.compile(rb"[\w%&=.~+-]+")
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


class Door:
    """ASGI middleware around the whole application.

    `check` looks at the parsed body of an event and returns what is wrong with it in one sentence, or "". `scripts` are
    the texts of inline scripts that gradio adds to the page once it runs.
    """

    def __init__(
        self, app: Application, access: Access, check: Callable[[object], str], scripts: Sequence[str] = ()
    ) -> None:
        self.app = app
        self.access = access
        self.check = check
        self._scripts = [_hash(script.encode("utf-8")) for script in scripts]
        self._sessions: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            try:
                await self._enter(scope, receive, send)
            except TooLarge:
                await reply(_with(send, PLAIN_POLICY), 413, f"A request may have {BODY_LIMIT:,} bytes.")
            except Refusal as refusal:
                await reply(_with(send, PLAIN_POLICY), refusal.status, str(refusal), refusal.more)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        refuse_other_sites(scope, host_of(scope, self.access))
        kind = kind_of(scope)
        if kind in ("login", "logout"):
            await self._sign(scope, receive, _with(send, PLAIN_POLICY))
            return
        if kind == "program":
            scope[OWNER] = self._program(scope)
            await self.app(scope, receive, _with(send, PLAIN_POLICY))
            return
        owner = self._owner(scope)
        if owner is None:
            if kind != "page" and scope["path"] != ORIGINAL:
                raise Refusal(401, "Sign in first.")
            await reply(_with(send, PLAIN_POLICY), 303, "Sign in first.", [(b"location", _login_for(scope))])
            return
        scope[OWNER] = owner
        if kind == "page":
            await self._page(scope, receive, send)
        elif kind == "event":
            body = await body_of(scope, receive, BODY_LIMIT)
            self._event(body, owner)
            await self.app(scope, replay(body, receive), _with(send, POLICY.format(scripts="")))
        else:
            if kind == "upload" and owner == GUEST:
                raise Refusal(403, "Open the page first: an upload belongs to a browser's session.")
            self._session(_session_of(scope), owner)
            await self.app(scope, receive, _with(send, POLICY.format(scripts="")))

    def _owner(self, scope: Scope) -> str | None:
        secret = cookie(scope, _cookie_name(scope))
        if self.access.people is not None:
            user = self.access.people.user(secret)
            return f"user:{user}" if user is not None else None
        if not _SECRET.fullmatch(secret):
            return GUEST
        return f"browser:{hashlib.sha256(secret.encode()).hexdigest()[:32]}"

    def _program(self, scope: Scope) -> str:
        """Whose program it is: one sends name and password each time and keeps no cookie. Raises Refusal."""
        people = self.access.people
        if people is None:
            return GUEST
        user, password = credentials(scope)
        try:
            right = people.right(user, password, (scope.get("client") or ("",))[0])
        except Slowed as slowed:
            raise Refusal(429, str(slowed), (b"retry-after", str(int(slowed.seconds) + 1).encode())) from slowed
        if not right:
            raise Refusal(401, "Send NAME:PASSWORD of the sign-in file as API key.", (b"www-authenticate", b"Bearer"))
        return f"user:{user}"

    def _session(self, session: str, owner: str) -> None:
        """The first to use one of gradio's session names keeps it: its state is nobody else's."""
        if not session:
            return
        if self._sessions.setdefault(session, owner) != owner:
            raise Refusal(403, "This session belongs to somebody else: reload the page.")
        if len(self._sessions) > MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]

    def _event(self, body: bytes, owner: str) -> None:
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "The request is not JSON that the page could have sent.") from error
        problem = self.check(parsed)
        if problem:
            raise Refusal(400, problem)
        self._session(parsed["session_hash"], owner)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if b"deep_link" in scope.get("query_string", b""):
            raise Refusal(404, "There is nothing here.")
        # The page is read for its scripts before it goes out, hence uncompressed.
        scope["headers"] = [(key, value) for key, value in scope["headers"] if key != b"accept-encoding"]
        waiting: list[Message] = []
        more: list[Header] = []
        if self.access.people is None and scope[OWNER] == GUEST:
            more = [(b"set-cookie", _set_cookie(scope, secrets.token_urlsafe(32), COOKIE_SECONDS))]
        # A page kept by the browser would hold another session's content after a sign-out.
        more.append((b"cache-control", b"no-store"))

        async def hashed(message: Message) -> None:
            if not message["type"].startswith(("http.response.start", "http.response.body")):
                await send(message)
                return
            waiting.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                body = b"".join(part.get("body", b"") for part in waiting[1:])
                names = [*self._scripts, *(_hash(script) for script in _INLINE.findall(body))]
                out = _with(send, POLICY.format(scripts="".join(f" '{name}'" for name in names)), more)
                await out(waiting[0])
                await out({"type": "http.response.body", "body": body})

        await self.app(scope, receive, hashed)

    async def _sign(self, scope: Scope, receive: Receive, send: Send) -> None:
        people, name = self.access.people, _cookie_name(scope)
        if people is None:
            await reply(send, 303, "Nobody has to sign in here.", [(b"location", b"/")])
        elif scope["path"] == "/logout":
            people.leave(cookie(scope, name))
            gone = [(b"location", b"/login"), (b"set-cookie", _set_cookie(scope, "", 0))]
            await reply(send, 303, "You are signed out.", gone)
        elif scope["method"] != "POST":
            await reply(send, 200, form(), html=True)
        else:
            fields = parse_qs((await body_of(scope, receive, 10_000)).decode("utf-8", "replace"))
            user, password = (fields.get(field, [""])[0] for field in ("username", "password"))
            try:
                right = people.right(user, password, (scope.get("client") or ("",))[0])
            except Slowed as slowed:
                wait = [(b"retry-after", str(int(slowed.seconds) + 1).encode())]
                await reply(send, 429, form(str(slowed), user), wait, html=True)
                return
            if not right:
                await reply(send, 401, form("Name or password is wrong.", user), html=True)
                return
            into = [(b"location", _after_login(scope)), (b"set-cookie", _set_cookie(scope, people.enter(user), None))]
            await reply(send, 303, "Signed in.", into)


def _with(send: Send, policy: str, more: Sequence[Header] = ()) -> Send:
    """A `send` that adds the headers of safety and touches nothing else, so that streams stay streams."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = (b"content-security-policy", policy.encode())
            message["headers"] = [*message.get("headers", []), own, *SAFE_HEADERS, *more]
        await send(message)

    return sent


def _cookie_name(scope: Scope) -> str:
    """Cookies know no ports, so that two pages on one machine would overwrite each other's."""
    return f"footnote-{(scope.get('server') or ('', 0))[1]}"


def _set_cookie(scope: Scope, secret: str, seconds: int | None) -> bytes:
    age = f"; Max-Age={seconds}" if seconds is not None else ""
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{_cookie_name(scope)}={secret}; Path=/; HttpOnly; SameSite=Lax{age}{secure}".encode()


def _login_for(scope: Scope) -> bytes:
    """The sign-in, from which it goes on to an original that was asked for.

    Which conversation stands on the page only its browser knows: that is behind the #, and comes through by itself.
    """
    query: bytes = scope.get("query_string", b"")
    return b"/login?" + query if scope["path"] == ORIGINAL else b"/login"


def _after_login(scope: Scope) -> bytes:
    """The page, or the original that was asked for; nothing that a link could name leads elsewhere."""
    query: bytes = scope.get("query_string", b"")
    return f"{ORIGINAL}?".encode() + query if _PLAIN_QUERY.fullmatch(query) else b"/"


def _session_of(scope: Scope) -> str:
    """The session that the address names, "" for none. Raises `Refusal` for two: gradio could mean the other one."""
    query: bytes = scope.get("query_string", b"")
    fields = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    named = [value for name, value in fields if name == "session_hash"]
    if len(named) > 1:
        raise Refusal(400, "A request is for one session.")
    return named[0] if named else ""


def _hash(script: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}"
