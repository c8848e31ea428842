"""Who is signed in: passwords that are slowed and counted, sessions that end, the page that asks for the sign-in."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ui.escape import escape_attribute, escape_text

IDLE_SECONDS = 12 * 3600.0
LONGEST_SECONDS = 7 * 24 * 3600.0
FREE_TRIES = 3
LONGEST_WAIT = 60.0
FORGET_SECONDS = 15 * 60.0
MOST_KEPT = 10_000


class Slowed(Exception):
    """Too many wrong passwords; `seconds` until the next try is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many wrong passwords: try again in {max(1, round(seconds))} seconds.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Wrong:
    tries: int
    last: float


@dataclass(frozen=True, slots=True)
class _Session:
    user: str
    begun: float
    used: float


class Signin:
    """The people of a sign-in file and their sessions. `clock` gives seconds that only grow.

    Wrong passwords count for the name and for the address that tried: after three, each further one doubles the wait,
    up to a minute, which makes a list of 10,000 words a week's work. Sessions live in memory: a restart ends them, as
    do twelve hours without a request and seven days in any case.
    """

    def __init__(self, people: Sequence[tuple[str, str]], clock: Callable[[], float] = time.monotonic) -> None:
        self._people = dict(people)
        self._clock = clock
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()

    def right(self, user: str, password: str, address: str) -> bool:
        """Whether the password is that of the user. Raises `Slowed` while an earlier wrong one is being paid for."""
        keys = (f"user {user[:200]}", f"address {address}")
        wait = max(self._wait(key) for key in keys)
        if wait > 0:
            raise Slowed(wait)
        # An unknown name costs the same comparison, so that the time tells nothing about who exists.
        known = self._people.get(user)
        same = hmac.compare_digest(_digest(password), _digest(known if known is not None else secrets.token_hex()))
        if not same:
            for key in keys:
                self._count(key)
        else:
            self._wrong.pop(keys[0], None)
        return same

    def enter(self, user: str) -> str:
        """A new session of a user whose password was right: the secret of its cookie."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        self._sessions[_digest(secret)] = _Session(user, now, now)
        while len(self._sessions) > MOST_KEPT:
            self._sessions.popitem(last=False)
        return secret

    def user(self, secret: str) -> str | None:
        """Whose session this is; None when there is none or it has ended."""
        key, now = _digest(secret), self._clock()
        session = self._sessions.get(key)
        if session is None:
            return None
        if now - session.used > IDLE_SECONDS or now - session.begun > LONGEST_SECONDS:
            del self._sessions[key]
            return None
        self._sessions[key] = _Session(session.user, session.begun, now)
        return session.user

    def leave(self, secret: str) -> None:
        """Ends a session."""
        self._sessions.pop(_digest(secret), None)

    def _wait(self, key: str) -> float:
        wrong = self._wrong.get(key)
        if wrong is None or wrong.tries < FREE_TRIES:
            return 0.0
        pause = min(LONGEST_WAIT, 2.0 ** min(wrong.tries - FREE_TRIES, 10))
        return max(0.0, wrong.last + pause - self._clock())

    def _count(self, key: str) -> None:
        now, earlier = self._clock(), self._wrong.pop(key, None)
        fresh = earlier is not None and now - earlier.last < FORGET_SECONDS
        self._wrong[key] = _Wrong(earlier.tries + 1 if earlier and fresh else 1, now)
        while len(self._wrong) > MOST_KEPT:
            self._wrong.popitem(last=False)


def form(problem: str = "", user: str = "") -> str:
    """The page that asks for name and password.

    The form names no address, so a browser sends it to the one it is at: what stands there after # or ? comes through.
    """
    told = f'<p role="alert">{escape_text(problem)}</p>' if problem else ""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in - Footnote</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark; --ink: light-dark(#26231d, #e8e2d5); --accent: light-dark(#7b3014, #e0a37e); }}
body {{ margin: 0; min-height: 100dvh; display: grid; place-items: center; color: var(--ink);
  background: light-dark(#faf8f3, #181613); font: 1.0625rem/1.5 Georgia, "Noto Serif", "DejaVu Serif", serif; }}
form {{ display: grid; gap: .9rem; width: min(20rem, 88vw); }} h1 {{ font-size: 1.6rem; margin: 0; }}
label {{ display: grid; gap: .2rem; }} p {{ margin: 0; }}
input {{ font: inherit; color: inherit; background: light-dark(#fffefb, #201d19); padding: .6rem .7rem;
  border: 1px solid light-dark(#8d8473, #8a8171); border-radius: .5rem; }}
button {{ font: 600 1rem/1.4 system-ui, sans-serif; padding: .7rem; border: 0; border-radius: .5rem; cursor: pointer;
  background: var(--accent); color: light-dark(#faf8f3, #181613); }}
:focus-visible {{ outline: 2px solid var(--accent); outline-offset: 2px; }}
[role=alert] {{ color: light-dark(#a12626, #f0938c); }}</style></head>
<body><main><form method="post"><h1>Footnote</h1>{told}
<label>Name <input name="username" autocomplete="username" value="{escape_attribute(user)}" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form></main></body></html>"""


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
