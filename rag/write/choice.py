"""Which model writes: the one that is named, else the one that the user chose once, else none (quotes)."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from index.home import expanded
from rag.errors import AnswerError, ModelUnavailable
from rag.protocols import Generator
from rag.settings import AUTO, QUOTES, Settings
from rag.write.local.hub import local_path

_FILE = "writer.txt"
_LONGEST = 4096  # characters; a name or a path, nothing else


def writer(
    settings: Settings, confirm: Callable[[str], bool] | None, tell: Callable[[str], None] | None
) -> tuple[Generator | None, tuple[str, ...]]:
    """What writes, and what the user should know about it.

    A model that was chosen earlier and cannot be had now is no failure, and is never downloaded for that; one that is
    named raises `ModelUnavailable`. `tell` hears of the loading, which takes its time.
    """
    name = wanted(settings)
    if settings.model != AUTO:
        return load(name, settings, confirm, tell), ()
    try:
        return load(name, replace(settings, allow_download=False), tell=tell), ()
    except ModelUnavailable as error:
        return None, (f"Answers are quotes, because the model chosen with `rag models --use` cannot be had: {error}",)


def wanted(settings: Settings) -> str:
    """The model that is named, else the one that was chosen once, else "quotes"."""
    return settings.model if settings.model != AUTO else chosen(settings.cache) or QUOTES


def load(
    name: str,
    settings: Settings,
    confirm: Callable[[str], bool] | None = None,
    tell: Callable[[str], None] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Generator | None:
    """The model of that name; None for "quotes" and for "auto", which says nothing. Raises `ModelUnavailable`.

    `tell` hears when the loading begins, `progress` (default: stderr) how a download goes.
    """
    if name in (QUOTES, AUTO):
        return None
    from rag.write import load_generator

    return load_generator(
        name,
        allow_download=settings.allow_download,
        quantize=settings.quantize,
        confirm=confirm,
        progress=progress,
        tell=tell,
    )


def chosen(cache: Path) -> str | None:
    """The model that was chosen, or None. A file that cannot be read or holds no single line is no choice."""
    try:
        with (expanded(cache) / _FILE).open(encoding="utf-8") as file:
            text = file.read(_LONGEST + 1).strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if text and len(text) <= _LONGEST and text.isprintable() else None


def choose(name: str, cache: Path) -> str:
    """Keeps a model as the user's choice and returns it as it is kept: paths absolute, so that it holds everywhere.

    "quotes" takes the choice back. Raises `AnswerError` where nothing can be written.
    """
    cache, path = expanded(cache), local_path(name)
    kept = str(path.resolve()) if "://" not in name and path and path.exists() else name.strip()
    try:
        if kept == QUOTES:
            (cache / _FILE).unlink(missing_ok=True)
            return kept
        cache.mkdir(parents=True, exist_ok=True)
        beside = cache / f"{_FILE}.{os.getpid()}"
        beside.write_text(f"{kept}\n", encoding="utf-8")
        beside.replace(cache / _FILE)
    except OSError as error:
        raise AnswerError(
            f"The choice cannot be kept in {cache} ({error.strerror}): name a folder that can be written in RAG_CACHE, "
            "or name the model with --model each time."
        ) from error
    return kept
