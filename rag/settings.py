"""What can be set, from flags and environment. Pure: nothing is read from the machine here."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from index.store.place import Place, place_of
from rag.errors import AnswerError

AUTO, QUOTES, BUILT_IN, NO_READER = "auto", "quotes", "built-in", "none"
OTHER_VARIABLES = ("RAG_API_KEY",)
"""Variables that other parts read themselves, because they must never travel through settings."""

Paths = str | Path | Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Each field is also an environment variable: `index` is RAG_INDEX, and so on.

    `docs` are files and folders; in RAG_DOCS they are separated as in PATH. `index` is the index directory, or the
    address of a Milvus (`index.store.place`); without it, a directory in `cache` that belongs to these `docs`.
    `model`: "auto" (the model that the user once chose, while it is on this machine, else "quotes"), "quotes", a
    model's name, folder or GGUF file, or a server's URL#model.
    `reader`: "built-in", "none" or the name of a cross-encoder. `judge`: "built-in", a cross-encoder's name or
    folder, or a server's URL#model. `quantize`: how a local model's weights are held.
    """

    docs: tuple[Path, ...] = ()
    index: Place | None = None
    model: str = AUTO
    reader: str = BUILT_IN
    judge: str = BUILT_IN
    embedder: str = "all-MiniLM-L6-v2"
    allow_download: bool = False
    quantize: str | None = None
    cache: Path = Path("~/.cache/footnote")


def read_settings(flags: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Flags before environment before defaults; a flag of None is not given. Raises AnswerError for an unknown name."""
    known = {field.name for field in fields(Settings)}
    if strange := sorted(set(flags) - known):
        raise AnswerError(f"Unknown setting {strange[0]!r}: known are {', '.join(sorted(known))}.")
    values: dict[str, Any] = {}
    for name, text in environment.items():
        if name.startswith("RAG_") and name not in OTHER_VARIABLES:
            key = name.removeprefix("RAG_").lower()
            if key not in known:
                variables = ", ".join(f"RAG_{field.upper()}" for field in sorted(known))
                raise AnswerError(f"The environment variable {name} is unknown: known are {variables}.")
            if text.strip():  # a blank one is how a container or a script leaves it unset
                values[key] = _parsed(key, text)
    values.update({name: value for name, value in flags.items() if value is not None})
    if "docs" in values:
        values["docs"] = _paths(values["docs"])
    if values.get("index") is not None:
        values["index"] = place_of(values["index"])
    if values.get("cache") is not None:
        values["cache"] = Path(values["cache"])
    return Settings(**values)


def _paths(docs: Paths) -> tuple[Path, ...]:
    return (Path(docs),) if isinstance(docs, str | Path) else tuple(Path(path) for path in docs)


def _parsed(key: str, text: str) -> object:
    if key == "docs":
        return tuple(Path(part) for part in text.split(os.pathsep) if part)
    if key == "allow_download":
        if text.lower() not in ("0", "1", "false", "true", "no", "yes"):
            raise AnswerError(f"RAG_ALLOW_DOWNLOAD is {text!r}: set it to 1 or 0.")
        return text.lower() in ("1", "true", "yes")
    return text
