"""Bytes to text when nothing tells the encoding."""

from __future__ import annotations

import codecs
import re

from index.errors import UnreadableDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16
_HIGH = re.compile(rb"[\x80-\xff]+")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What a Western European text written by Windows holds beyond ASCII: letters, quotes, dashes and a few signs.
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽžŸ€‚„…‹‘’“”•–—™›§©«®°²³´·»¼½¾¡¿£¥\xa0"
)
_SIGNS_IN_WORDS = frozenset("²³¼½¾¡¿£¥§©®°")


def decode(data: bytes) -> str:
    """The text of `data`: by byte order mark, as UTF-8, as UTF-16, then by guess. Raises UnreadableDocument."""
    text = _decode(data)
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > 2 + 0.02 * len(sample) or sample.count("\0") > 2 + 0.3 * len(sample):
        raise UnreadableDocument("holds binary data, not text; convert it to one of the supported formats")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").removeprefix("\ufeff")
    wide = _wide_encoding(data[:_SAMPLE])
    if wide:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(data) or _western(data) or _guessed(data)


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 without a byte order mark shows zero bytes at every second place, on one side only."""
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    half = len(sample) // 2
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _mostly_utf8(data: bytes) -> str:
    """UTF-8 with a few damaged places, such as a cut at the end: they become U+FFFD. "" when it is something else."""
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    beyond_ascii = sum(map(len, _BEYOND_ASCII.findall(text)))
    return text if beyond_ascii >= 4 * damaged else ""


def _western(data: bytes) -> str:
    """Windows-1252 when the bytes beyond ASCII mostly stand alone and make sense; "" otherwise.

    charset-normalizer takes such short stretches for Central European or Vietnamese letters.
    """
    runs = _HIGH.findall(data[: 16 * _SAMPLE])
    visible = len(data[: 16 * _SAMPLE].translate(None, b" \t\r\n"))
    if sum(map(len, runs)) > 1 + 0.3 * visible or sum(len(run) > 1 for run in runs) > 0.25 * len(runs):
        return ""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    beyond = re.findall("(?<=[a-z])[^\x00-\x7f](?=[a-z])|[^\x00-\x7f]", text[: 16 * _SAMPLE])
    odd = sum(character not in _WESTERN for character in beyond)
    odd += len(re.findall(f"(?<=[a-z])[{''.join(sorted(_SIGNS_IN_WORDS))}](?=[a-z])", text[: 16 * _SAMPLE]))
    return text if odd <= 0.02 * len(beyond) else ""


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 16 * _SAMPLE]).best()
    if best is None:
        raise UnreadableDocument("is in no encoding that could be recognised; save it as UTF-8 text")
    return data.decode(best.encoding, errors="replace")
