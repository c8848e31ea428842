"""Where documents and their index lie on this machine, from the settings alone."""

import hashlib
import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from index.errors import UnreadableDocument
from index.home import expanded
from rag.errors import AnswerError
from rag.settings import Settings


def documents_of(settings: Settings) -> tuple[Path, ...]:
    """What is indexed: the given files and folders, else the bundled corpus; nothing where an index is given."""
    return settings.docs or (() if settings.index is not None else (bundled_corpus(),))


def home_of(settings: Settings) -> Path:
    """The index directory, or a folder of the cache that belongs to it and can be written."""
    if isinstance(settings.index, Path):
        return settings.index
    return _writable(index_directory(settings))


def index_directory(settings: Settings) -> Path:
    """The given index directory, or the one in the cache that belongs to these documents and this embedder."""
    if isinstance(settings.index, Path):
        return settings.index
    if settings.index is not None:
        return expanded(settings.cache) / "milvus" / hashlib.sha256(str(settings.index).encode()).hexdigest()[:16]
    docs = settings.docs or (bundled_corpus(),)
    key = "\n".join([settings.embedder, *sorted(str(expanded(path).resolve()) for path in docs)])
    return expanded(settings.cache) / "index" / hashlib.sha256(key.encode()).hexdigest()[:16]


def bundled_corpus() -> Path:
    """The corpus that comes with the package; data beside it, so no import of the evaluation is needed."""
    return Path(__file__).resolve().parent.parent / "eval" / "data" / "corpus"


def local_copies(settings: Settings) -> Settings:
    """The settings with each address among `docs` replaced by the file of its copy in the cache.

    With `allow_download` the copy is fetched, else the one that is there is used. Raises AnswerError.
    """
    from index.fetch import is_address

    docs = tuple(_copy(path, settings) if is_address(str(path)) else path for path in settings.docs)
    return replace(settings, docs=docs)


def _copy(address: Path, settings: Settings) -> Path:
    from index.fetch import fetch

    url = re.sub(r"^(https?):/+", r"\1://", str(address))  # a path has only one slash left
    folder = expanded(settings.cache) / "pages" / hashlib.sha256(url.encode()).hexdigest()[:16]
    copies = sorted(folder.iterdir()) if folder.is_dir() else []
    if settings.allow_download:
        try:
            came = fetch(url)
        except UnreadableDocument:
            if not copies:
                raise
        else:
            folder.mkdir(parents=True, exist_ok=True)
            copies = [folder / came.name]
            copies[0].write_bytes(came.data)
    if not copies:
        raise AnswerError(f"{url} is not on this machine: let it be fetched with --allow-download.")
    return copies[0]


def _writable(folder: Path) -> Path:
    """The folder, or one in the temporary directory where the cache cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / f"footnote-{os.getuid()}" / folder.name
    return folder
