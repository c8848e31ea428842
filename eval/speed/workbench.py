"""What every benchmark needs: its rows from a data folder, and a pipeline over its texts with a cached index."""

import gzip
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from eval.cases import BadCases
from index.records import Hit
from rag.terminal import progress_printer

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

Row = dict[str, Any]
T = TypeVar("T")

_STAMP = "texts.sha256"


@dataclass(frozen=True, slots=True)
class Library:
    """A pipeline over named texts. `names`: stored document id -> name; `same`: name -> the name its text is stored
    under, which is another one where two names have equal text.
    """

    pipeline: "Pipeline"
    names: Mapping[str, str]
    same: Mapping[str, str]

    def name_of(self, hit: Hit) -> str:
        """The name of the text that a hit belongs to."""
        return self.names[hit.chunk.document_id]

    def ids_of(self, name: str) -> frozenset[str]:
        """The stored document that holds the text of this name, as a set; blank texts are not stored."""
        return frozenset(id_ for id_, stored in self.names.items() if stored == self.same[name])


@dataclass(frozen=True, slots=True)
class Workbench:
    """One benchmark at work. `data` is its folder, `cache` keeps indexes between runs; `limit` thins out the rows.

    `open_over(docs, index)` opens a pipeline over a folder, with the index kept in another; without both, the default.
    """

    data: Path
    cache: Path
    open_over: "Callable[[Path | None, Path | None], Pipeline]"
    limit: int | None = None
    seed: int = 0

    def rows(self, name: str) -> list[Row]:
        """All rows of one gzipped JSON Lines file of the data folder. Raises `BadCases`."""
        file = self.data / f"{name}.jsonl.gz"
        try:
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                return [json.loads(line) for line in lines]
        except (OSError, EOFError, ValueError) as error:
            raise BadCases(
                f"{file} cannot be read ({error}); point --data at the folder that holds {self.data.name}/."
            ) from error

    def some(self, rows: Sequence[T]) -> Sequence[T]:
        """Every k-th row, so that at most `limit` are left; all without a limit."""
        return rows if not self.limit or len(rows) <= self.limit else rows[:: -(-len(rows) // self.limit)]

    def pipeline(self) -> "Pipeline":
        """The default pipeline, for benchmarks that search nothing."""
        return self.open_over(None, None)

    def library(self, name: str, texts: Mapping[str, str]) -> Library:
        """A pipeline over these texts, each loaded, chunked and embedded as a file would be; indexed on first use."""
        docs, files = self.cache / name / "docs", dict[str, str]()
        same = {key: files.setdefault(text, key) for key, text in texts.items()}
        kept = {f"{number:05}.md": (key, text) for number, (text, key) in enumerate(files.items())}
        _write(docs, {file: text for file, (_, text) in kept.items()})
        pipeline = self.open_over(docs, self.cache / name / "index")
        entries = pipeline.store.documents()
        return Library(pipeline, {entry.id: kept[PurePosixPath(entry.uri).name][0] for entry in entries}, same)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """The texts as files; left alone where they stand already."""
    stamp = hashlib.sha256(json.dumps(sorted(texts.items())).encode()).hexdigest()
    if (folder.parent / _STAMP).is_file() and (folder.parent / _STAMP).read_text(encoding="utf-8") == stamp:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder.parent / _STAMP).write_text(stamp, encoding="utf-8")


def counted(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with progress and the remaining time on stderr, as an index tells them."""
    began, tell = time.monotonic(), progress_printer("Evaluating")
    for done, item in enumerate(items, start=1):
        yield item
        tell(progress_line(done, total, what, time.monotonic() - began))
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def progress_line(done: int, total: int, what: str, seconds: float) -> str:
    """What is done, and how long the rest takes at the pace so far."""
    left = seconds / done * (total - done)
    remaining = f"{left / 60:.0f} min" if left >= 120 else f"{left:.0f} s"
    return f"{done}/{total} {what}" + (f", about {remaining} left" if done < total else f", {seconds:.0f} s")
