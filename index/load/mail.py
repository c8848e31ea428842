"""E-mail messages (eml): who wrote what to whom and when, the words, and the attachments that can be read."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime
from mimetypes import guess_extension

from index.errors import UnreadableDocument
from index.load.clean import clean
from index.load.decode import decode
from index.load.members import Members
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.web import page_text

FORWARDED = "message/rfc822"
HEADERS = ("From", "To", "Cc", "Date")


def _read(data: bytes, limits: Limits) -> Reading:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = [part for one in _messages(message) for part in _said(one)]
    members = Members(limits)
    for attachment in (part for one in _messages(message) for part in _attachments(one, one)):
        content = attachment.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            members.add(
                attachment.get_filename() or f"attachment{guess_extension(attachment.get_content_type()) or ''}",
                content,
            )
    return Reading(
        clean("\n\n".join(filter(None, [*parts, *members.texts]))),
        clean(_header(message, "Subject")),
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


def _messages(message: EmailMessage) -> Iterator[EmailMessage]:
    """It and those that are attached to it, at any depth."""
    yield message
    for part in message.walk():
        if part.get_content_type() == FORWARDED and part.is_multipart():
            yield from (inner for inner in part.get_payload() if isinstance(inner, EmailMessage))


def _said(message: EmailMessage) -> Iterator[str]:
    subject = _header(message, "Subject")
    yield f"# {subject}" if subject else ""
    yield "\n".join(f"{name}: {value}" for name in HEADERS if (value := _header(message, name)))
    yield from _bodies(message, message)


def _bodies(part: MIMEPart, message: EmailMessage) -> Iterator[str]:
    """The words of every text in it that is no attachment; of the versions of one, the first that holds a letter."""
    inner = ("\n\n".join(filter(None, _bodies(one, message))) for one in _inside(part))
    if part.get_content_type() == "multipart/alternative":
        versions = list(inner)
        yield next((words for words in versions if any(map(str.isalpha, words))), "".join(versions[:1]))
    elif _is_body(part, message):
        yield _words(part)
    else:
        yield from inner


def _attachments(part: MIMEPart, message: EmailMessage) -> Iterator[MIMEPart]:
    """Also those of versions that are not read."""
    for one in _inside(part):
        yield from _attachments(one, message)
    named = part.get_filename() or part.is_attachment()
    if named and not part.is_multipart() and not _is_body(part, message):
        yield part


def _inside(part: MIMEPart) -> list[MIMEPart]:
    """The parts that it holds; those of a forwarded message are that message's own."""
    inner = part.get_payload() if part.get_content_maintype() == "multipart" else ()
    return [one for one in inner if isinstance(one, MIMEPart)]


def _is_body(part: MIMEPart, message: EmailMessage) -> bool:
    """Whether it is a text to be read in the message: all there is, or one without a file name."""
    attached = part is not message and (part.get_filename() or part.is_attachment())
    return part.get_content_type() in {"text/plain", "text/html"} and not attached


def _words(part: MIMEPart) -> str:
    """In the charset the part is said to have, if all of it is valid in that; else as a file's would be read."""
    data, is_page = part.get_payload(decode=True), part.get_content_subtype() == "html"
    assert isinstance(data, bytes)
    with suppress(LookupError, UnicodeError):
        text = data.decode(part.get_content_charset() or "")
        return page_text(text.encode("utf-8", "replace"), "utf-8") if is_page else text.strip()
    try:
        return page_text(data) if is_page else decode(data).strip()
    except UnreadableDocument:
        return page_text(data, "utf-8") if is_page else data.decode("utf-8", "replace").strip()


MAIL = Format("an e-mail message", (".eml",), _read, isolate_from=0)
