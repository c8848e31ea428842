"""Fetches a page or file that the user named by its address, and nothing else: never from this machine or its network.

Every address that a name resolves to is looked at before anything is sent, the connection goes to the address that was
looked at (a name that resolves otherwise a moment later changes nothing), and each redirect starts over.
"""

from __future__ import annotations

import codecs
import hashlib
import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import PurePosixPath
from threading import Timer
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from index.errors import UnreadableDocument
from index.load import READERS
from index.load.mail import MAIL
from index.load.sniff import sniff

Address = IPv4Address | IPv6Address

REDIRECTS = 5
BLOCK = 1 << 16
_SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md",
    "text/csv": ".csv", "application/json": ".json", "application/pdf": ".pdf", "application/rtf": ".rtf",
    "application/epub+zip": ".epub", "application/zip": ".zip", "message/rfc822": ".eml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
}  # fmt: skip
_UNKNOWN = frozenset({"application/octet-stream", "binary/octet-stream", ""})
_AS_WRITTEN = "!$%&'()*+,/:;=?@[]~"  # with %: what is encoded already stays
_NAT64 = ip_network("64:ff9b::/96")
_NEVER_OPEN = tuple(map(ip_network, ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10")))
"""Ways to wrap an IPv4 address, and sites' own networks, that `is_global` knows nothing of."""
_ITS_OWN = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|\0\0\xfe\xff)|<meta[^>]{0,200}charset\s*=", re.IGNORECASE)
_NOT_FOR_PAGES = re.compile(r"utf-?7|punycode|idna|undefined|.*escape")
_AS_BROWSERS_DO = {
    **dict.fromkeys(("ascii", "iso8859-1", "cp1252"), ("utf-8", "cp1252")),  # what servers say that know nothing
    "gb2312": ("gb18030",), "gbk": ("gb18030",), "shift_jis": ("cp932",), "euc_kr": ("cp949",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much one address may cost; beyond it nothing is kept."""

    bytes: int = 50_000_000
    seconds: float = 60.0


LIMITS = FetchLimits()


class Fetched(NamedTuple):
    """What came: `name` is a file name made of the address, with the suffix of what the server says it sent."""

    data: bytes
    name: str


def is_address(text: str) -> bool:
    """Whether this is the address of a page, not a path."""
    return re.match(r"https?:/", text, re.IGNORECASE) is not None


def is_public(address: Address) -> bool:
    """Whether the address belongs to the open network, also where it wraps an older one (IPv4 in IPv6)."""
    inner: list[Address | None] = [address]
    if isinstance(address, IPv6Address):
        inner += [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address in network for network in _NEVER_OPEN):
        return False
    return all(one.is_global and not one.is_multicast for one in inner if one is not None)


def fetch(url: str, limits: FetchLimits = LIMITS, allowed: Callable[[Address], bool] = is_public) -> Fetched:
    """The document at an address. `allowed` judges each address that is connected to.

    Raises UnreadableDocument with one sentence that names the address.
    """
    deadline = time.monotonic() + limits.seconds
    here = url
    try:
        for _ in range(REDIRECTS + 1):
            parts = _checked(here)
            answer, redirect = _get(parts, limits, deadline, allowed)
            if answer:
                return answer
            after = urljoin(here, redirect)
            if parts.scheme == "https" and urlsplit(after).scheme != "https":
                raise UnreadableDocument("leads from a secure page to an insecure one; name the page itself")
            here = after
        raise UnreadableDocument(f"leads on more than {REDIRECTS} times; name the page itself")
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{url} {error}.") from error.__cause__
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = "took too long" if isinstance(error, TimeoutError) else f"could not be fetched ({_reason(error)})"
        raise UnreadableDocument(f"{url} {why}; check the address and the connection.") from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).split("\n")[0][:200] or type(error).__name__


def _checked(url: str) -> SplitResult:
    """Its parts; what comes after the host in ASCII."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UnreadableDocument("is no address of a page; begin it with https://")
    if parts.username or parts.password:
        raise UnreadableDocument("holds a user name or a password; leave them out")
    after = (quote(part, _AS_WRITTEN, errors="surrogateescape") for part in parts[2:])
    return SplitResult(parts.scheme, parts.netloc, *after)


def _resolved(host: str, port: int, allowed: Callable[[Address], bool]) -> str:
    """The address to connect to; refused where the name has any other that is not allowed."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not all(allowed(ip_address(address)) for address in addresses):
        raise UnreadableDocument("lies in a private network or on this machine and is not fetched; save it as a file")
    return addresses[0]


def _get(
    parts: SplitResult, limits: FetchLimits, deadline: float, allowed: Callable[[Address], bool]
) -> tuple[Fetched | None, str]:
    """What stands there, or where it has gone."""
    assert parts.hostname
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _resolved(parts.hostname, port, allowed)
    sock = socket.create_connection((address, port), timeout=_left(deadline))
    connection = http.client.HTTPConnection(parts.hostname, port)
    watchdog: Timer | None = None
    try:
        if secure:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname)
        connection.sock = sock
        watchdog = Timer(_left(deadline), _cut, (sock,))
        watchdog.daemon = True
        watchdog.start()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
        for name, value in (("Host", _ascii_host(parts)), ("User-Agent", "footnote"), ("Accept-Encoding", "identity")):
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        if response.status in {301, 302, 303, 307, 308}:
            return None, _location(response)
        if response.status != 200:
            raise UnreadableDocument(f"answers with {response.status} {response.reason}; check the address")
        suffix = _suffix(parts, response.headers.get_content_type())
        data = _body(response, limits)
        if READERS[suffix] is not MAIL:  # a message says the encoding of each of its parts
            data = _as_utf8(data, response.headers.get_content_charset() or "")
        _left(deadline)  # what the watchdog cuts off looks like an end
        return Fetched(data, _name(parts, suffix)), ""
    except (OSError, http.client.HTTPException):
        _left(deadline)
        raise
    finally:
        if watchdog:
            watchdog.cancel()
        connection.close()
        sock.close()


def _ascii_host(parts: SplitResult) -> str:
    host, colon, port = parts.netloc.partition(":")
    return f"{host.encode('idna').decode()}{colon}{port}"


def _location(response: http.client.HTTPResponse) -> str:
    """Servers send letters as UTF-8 as a rule; bytes that are none come through as surrogates."""
    return (response.headers.get("Location") or "").encode("latin-1").decode("utf-8", "surrogateescape")


def _as_utf8(data: bytes, said: str) -> bytes:
    """Text in the encoding that the server names, as UTF-8; as it came where it says another itself or does not fit."""
    if not said or _ITS_OWN.search(data[:4096]) or sniff(data) not in {"", ".html"}:
        return data
    with suppress(LookupError, ValueError):
        name = codecs.lookup(said).name
        for one in _AS_BROWSERS_DO.get(name, () if _NOT_FOR_PAGES.match(name) else (name,)):
            with suppress(UnicodeError):
                return data.decode(one).encode()
    return data


def _cut(sock: socket.socket) -> None:
    """Ends the wait: a server that sends a byte a second is not waited for longer than one that sends none."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _body(response: http.client.HTTPResponse, limits: FetchLimits) -> bytes:
    if (response.headers.get("Content-Encoding") or "identity").lower() != "identity":
        raise UnreadableDocument("is sent compressed although it was not asked for so; save it as a file")
    data = bytearray()
    while block := response.read1(BLOCK):
        data += block
        if len(data) > limits.bytes:
            raise UnreadableDocument(f"has more than {limits.bytes / 1e6:,.0f} MB; save it as a file")
    if response.length:
        raise http.client.IncompleteRead(bytes(data[:100]))
    return bytes(data)


def _suffix(parts: SplitResult, said: str) -> str:
    """By what the server says; by the address where it says nothing."""
    named = PurePosixPath(unquote(parts.path)).suffix.lower()
    if said in _SUFFIXES:
        return named if named in READERS and said in {"text/plain", "application/zip"} else _SUFFIXES[said]
    if said in _UNKNOWN and named in READERS:
        return named
    raise UnreadableDocument(f"is of the type {said or 'unknown'}, which is not read; save it as text or PDF")


def _name(parts: SplitResult, suffix: str) -> str:
    words = re.sub(r"[^\w.-]+", "-", f"{parts.hostname}{unquote(parts.path)}").strip("-.")
    words = words.removesuffix(suffix)[:100]
    mark = f"-{hashlib.sha256(parts.geturl().encode()).hexdigest()[:6]}" if parts.query else ""
    return f"{words}{mark}{suffix}"
