"""E-mail messages (eml): who wrote what to whom and when, the words, and the attachments that can be read."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from index.load.clean import clean
from index.load.members import Members
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.web import page_text

HEADERS = ("From", "To", "Cc", "Date")


def _read(data: bytes, limits: Limits) -> Reading:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    subject = _header(message, "Subject")
    lines = [f"{name}: {value}" for name in HEADERS if (value := _header(message, name))]
    members = Members(limits)
    parts = [f"# {subject}" if subject else "", "\n".join(lines), *_bodies(message)]
    for attachment in _attachments(message):
        content = attachment.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            members.add(attachment.get_filename() or "attachment", content)
    return Reading(
        clean("\n\n".join(filter(None, [*parts, *members.texts]))),
        clean(subject),
        meta=origin(_header(message, "From"), _day(message)),
        notice=members.notice,
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except (ValueError, IndexError, AttributeError, TypeError):  # the parser of damaged addresses fails in many ways
        return ""


def _day(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date().isoformat()
    except ValueError:
        return ""


def _bodies(message: EmailMessage) -> Iterator[str]:
    """The plain text if there is one, else the page."""
    body = message.get_body(("plain", "html"))
    if body is None:
        return
    data = body.get_payload(decode=True)
    if not isinstance(data, bytes):
        return
    charset = body.get_content_charset() or "utf-8"
    try:
        text = data.decode(charset, "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    yield page_text(text.encode("utf-8", "replace"), "utf-8") if body.get_content_subtype() == "html" else text.strip()


def _attachments(message: EmailMessage) -> Iterator[MIMEPart]:
    """Also inside forwarded messages; the bodies have no file name."""
    for part in message.walk():
        if isinstance(part, MIMEPart) and not part.is_multipart() and part.get_filename():
            yield part


MAIL = Format("an e-mail message", (".eml",), _read, isolate_from=0)
