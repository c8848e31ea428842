"""Where an index lies: a folder, a Milvus server, or a file of milvus-lite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from index.errors import StoreMissing
from index.home import expanded

PORT = 19530
SCHEMES = ("milvus:", "milvuss:")
_ADDRESS = re.compile(r"(?P<scheme>milvuss?)://(?P<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(?P<port>\d+))?/(?P<name>\w+)")
_FILE = re.compile(r"milvus:(?!//)(?P<file>.+\.db)(?:#(?P<name>\w+))?")
FORMS = "milvus://HOST:PORT/NAME, milvuss://HOST:PORT/NAME (encrypted), or milvus:FILE.db"


@dataclass(frozen=True, slots=True)
class MilvusPlace:
    """`text` as it was given; `uri` as pymilvus takes it; `name` that of the index there."""

    text: str
    uri: str
    name: str

    @property
    def file(self) -> bool:
        """Whether it is a file of milvus-lite."""
        return self.uri.endswith(".db")

    def __str__(self) -> str:
        return self.text


Place = Path | MilvusPlace


def place_of(text: str | Path | MilvusPlace) -> Place:
    """The place that a user has written. Raises StoreMissing for an address that cannot be one, IndexingError for an
    unknown home.
    """
    if isinstance(text, MilvusPlace):
        return text
    if isinstance(text, Path) or not text.startswith(SCHEMES):
        return expanded(text)
    if file := _FILE.fullmatch(text):
        path = expanded(file["file"]).absolute()
        return MilvusPlace(text, str(path), file["name"] or "footnote")
    if address := _ADDRESS.fullmatch(text):
        secure = "https" if address["scheme"] == "milvuss" else "http"
        return MilvusPlace(text, f"{secure}://{address['host']}:{address['port'] or PORT}", address["name"])
    raise StoreMissing(f"{text} is no address of an index: write {FORMS}; a sign-in goes into MILVUS_TOKEN.")
