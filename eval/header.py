"""What a report must say about how it came to be: code, model, index, machine, versions, date."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from eval.cases import Case
from eval.kept import PARTS, code_of
from eval.run import identity
from index.protocols import Store

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

_VERSIONED = ("torch", "transformers", "sentence-transformers", "faiss-cpu", "tantivy", "numpy")


@dataclass(frozen=True, slots=True)
class Header:
    """The circumstances of one run. `run` is equal for two runs that must answer a question alike; `commit` is "" where
    the code is not under version control, and ends in "+" where it was changed since. `judge` decided about support.
    `form` is how the file of cases was read, "" for cases that came from no file.
    """

    date: str
    commit: str
    run: str
    seed: int
    cases: int
    model: str
    reader: str
    judge: str
    embedder: str
    index: str
    documents: int
    chunks: int
    machine: str
    versions: dict[str, str]
    form: str = ""


def header(cases: Sequence[Case], pipeline: "Pipeline", seed: int, judge: str = "", parts: str = "") -> Header:
    """The header of a run that starts now; `parts` tells apart models of one name."""
    fingerprint = index_fingerprint(pipeline.store, pipeline.embedder.fingerprint)
    reader = reader_name(pipeline.reader)
    judging = reader_name(pipeline.judge)
    names = {"judge": judging, "model": pipeline.model, "reader": reader, "index": fingerprint, "parts": parts}
    return Header(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        commit=commit(),
        run=identity(**names, code=code_of(("index", "rag")), threshold=str(pipeline.threshold), seed=seed),
        seed=seed,
        cases=len(cases),
        model=pipeline.model,
        reader=reader,
        judge=judge,
        embedder=pipeline.embedder.name,
        index=fingerprint[:12],
        documents=len(pipeline.store.documents()),
        chunks=pipeline.store.count(),
        machine=machine(),
        versions=versions(),
    )


def reader_name(reader: object) -> str:
    """The reader's own name, or its class."""
    return str(getattr(reader, "name", type(reader).__name__))


def index_fingerprint(store: Store, embedder: str) -> str:
    """SHA-256 (hex) of the stored documents, of how many chunks each was cut into, and of the embedder's weights."""
    entries = [(entry.id, entry.uri, entry.characters, entry.chunks) for entry in store.documents()]
    return hashlib.sha256(repr((embedder, entries)).encode()).hexdigest()


def machine() -> str:
    """Processor, cores this process may use, memory and Python, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    return f"{_processor()}, {cores} cores, {memory:.0f} GB, Python {platform.python_version()}, {platform.system()}"


def versions() -> dict[str, str]:
    """Installed versions of the packages that figures depend on."""
    return {name: metadata.version(name) for name in _VERSIONED if _installed(name)}


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _root() -> Path:
    return Path(__file__).resolve().parent.parent


def commit() -> str:
    """The short commit, with "+" where the packages were changed since; "" outside version control."""
    short = _git("rev-parse", "--short=12", "HEAD")
    return f"{short}+" if short and _git("status", "--porcelain", "--", *PARTS) else short


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, fixed arguments
            ["git", *arguments],  # noqa: S607 - whichever git the user has
            cwd=_root(),
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
