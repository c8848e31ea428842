"""Data files (JSON, JSON Lines): lists of records as tables, everything else as lines "name: value"."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from index.errors import UnreadableDocument
from index.load.clean import clean
from index.load.decode import decode
from index.load.reading import Format, Limits, Reading
from index.load.table import pipe_table

WIDEST = 40
"""Columns of a table: records with more names are written name by name."""

_NAMES = {True: "true", False: "false", None: ""}


def _read_json(data: bytes, _limits: Limits) -> Reading:
    text = decode(data)
    try:
        value = _parsed(text)
    except ValueError:
        return _read_lines(data, _limits)
    return Reading(clean("\n\n".join(_blocks(value))), _title(value))


def _read_lines(data: bytes, _limits: Limits) -> Reading:
    """One value a line; where a line is none, the file is kept as it is written."""
    text = decode(data)
    try:
        values = [_parsed(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        return Reading(clean(text))
    return Reading(clean("\n\n".join(_blocks(values))))


def _read_notebook(data: bytes, _limits: Limits) -> Reading:
    """The cells of a Jupyter notebook in order, code between fences; what they printed is left out."""
    try:
        cells = json.loads(decode(data))["cells"]
        sources = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise UnreadableDocument("is not a notebook; save it again") from None
    parts = [f"```\n{words}\n```" if kind == "code" else words for kind, words in sources if words]
    return Reading(clean("\n\n".join(parts)))


def _parsed(text: str) -> Any:  # noqa: ANN401 - what JSON holds
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)  # numbers stay as they are written


def _title(value: Any) -> str:  # noqa: ANN401
    named = [value.get(name) for name in ("title", "name")] if isinstance(value, dict) else []
    return next((clean(name) for name in named if isinstance(name, str)), "")


def _blocks(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Without recursion: what is nested is named by its path, "address.city"."""
    pending: list[tuple[str, Any]] = [("", value)]
    lines: list[str] = []
    while pending:
        path, item = pending.pop()
        if _is_flat(item):
            words = _words(item)
            if words:
                lines.append(f"{path}: {words}" if path else words)
            continue
        if _is_table(item) and len(item) > 1:
            if lines:
                yield "\n".join(lines)
            lines = []
            yield (f"{path}:\n\n" if path else "") + pipe_table(_rows(item))
            continue
        if isinstance(item, list) and lines:
            yield "\n".join(lines)
            lines = []
        inner = item.items() if isinstance(item, dict) else enumerate(item, 1)
        pending += reversed([(f"{path}.{name}" if path else str(name), child) for name, child in inner])
    if lines:
        yield "\n".join(lines)


def _is_flat(item: Any) -> bool:  # noqa: ANN401
    if isinstance(item, list):
        return all(not isinstance(child, dict | list) for child in item)
    return not isinstance(item, dict)


def _words(item: Any) -> str:  # noqa: ANN401
    if isinstance(item, list):
        return ", ".join(filter(None, map(_words, item)))
    return item if isinstance(item, str) else _NAMES[item]


def _is_table(item: Any) -> bool:  # noqa: ANN401
    """Whether this is a list of records whose values are no records again."""
    if not isinstance(item, list) or not all(
        isinstance(row, dict) and all(map(_is_flat, row.values())) for row in item
    ):
        return False
    return len(dict.fromkeys(name for row in item for name in row)) <= WIDEST


def _rows(item: Sequence[dict[str, Any]]) -> list[list[str]]:
    names = list(dict.fromkeys(name for row in item for name in row))
    return [names, *([_words(row.get(name)) for name in names] for row in item)]


JSON = Format("JSON", (".json", ".geojson"), _read_json, isolate_from=100_000, named=True)
JSON_LINES = Format("JSON Lines", (".jsonl", ".ndjson"), _read_lines, isolate_from=100_000, named=True)
NOTEBOOK = Format("a notebook", (".ipynb",), _read_notebook, isolate_from=100_000)
