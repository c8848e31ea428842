"""Zip archives: one document of all the files in it that can be read, each below a heading with its name."""

from __future__ import annotations

import io
import zipfile

from index import ignore
from index.errors import UnreadableDocument
from index.load.archive import check_archive
from index.load.members import Members
from index.load.reading import Format, Limits, Reading

MOST = 10_000
"""Files of an archive that are read."""


def _read(data: bytes, limits: Limits) -> Reading:
    check_archive(data, limits)
    members = Members(limits)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [item for item in archive.infolist() if not item.is_dir() and not _usual(item.filename)]
        if len(files) > MOST:
            raise UnreadableDocument(f"holds {len(files):,} files, and at most {MOST:,} are read; unpack it")
        for item in sorted(files, key=lambda item: item.filename):
            try:
                members.add(item.filename, archive.read(item))
            except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError):
                raise UnreadableDocument("is damaged or cut off; download or save it again") from None
    if not members.texts and members.notice:
        raise UnreadableDocument(f"holds nothing that can be read ({members.notice.partition('in it, ')[2]})")
    return Reading("\n\n".join(members.texts), notice=members.notice)


def _usual(path: str) -> bool:
    return any(ignore.Rules().reason(name, name, is_folder=False) for name in path.split("/"))


ARCHIVE = Format("a zip archive", (".zip",), _read, signed=True, isolate_from=0, named=True)
