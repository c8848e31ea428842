"""Guards against zip-based files that are small on disk and enormous when unpacked."""

from __future__ import annotations

import io
import zipfile

from index.errors import UnreadableDocument
from index.load.reading import Limits

_HARMLESS = 20_000_000
"""Bytes: unpacking so much is cheap, whatever the ratio."""


def check_archive(data: bytes, limits: Limits) -> None:
    """Raises UnreadableDocument when the members are declared larger than `limits` allow.

    The declared sizes are enough: zipfile never unpacks more than is declared.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnreadableDocument("is damaged or cut off; download or save it again") from None
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableDocument("is protected by a password; save a copy without one")
    expanded = sum(member.file_size for member in members)
    too_dense = expanded > max(_HARMLESS, limits.expansion * len(data))
    if expanded > limits.expanded_bytes or too_dense:
        seen = f"{expanded / 1e6:,.0f} MB from {len(data) / 1e6:,.1f} MB"
        raise UnreadableDocument(f"would unpack to {seen}, which is more than is safe; split it or save it as text")
