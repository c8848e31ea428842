"""The one loop of the evaluation: every case through the pipeline, one record each, kept as soon as it exists."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.cases import BadCases, Case, json_lines
from eval.gold import Slice, slice_of
from index.records import Chunk, Context, Hit, Quote
from rag.answer import Answer, Citation, Conflict, Sentence

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

DEPTH = 50
"""Hits fetched for the retrieval metrics."""

RECORDS = "records.jsonl"

LONGEST = 2**22
"""Bytes up to which a record reaches the file in one piece, so that two runs do not write into each other's lines."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the pipeline did with one case. `fused` are the hits for `answer.searched_for` before reranking, best first;
    `seconds` is the wall clock of `ask` alone.
    """

    case: str
    seed: int
    answer: Answer
    fused: tuple[Slice, ...]
    seconds: float

    def to_row(self) -> dict[str, Any]:
        """A JSON object; `from_row` is its inverse."""
        fused = [list(asdict(one).values()) for one in self.fused]
        answer = self.answer.to_dict()
        return {"case": self.case, "seed": self.seed, "answer": answer, "fused": fused, "seconds": self.seconds}


def from_row(row: dict[str, Any]) -> Record:
    """The record in one parsed line."""
    return Record(
        case=row["case"],
        seed=row["seed"],
        answer=answer_from_row(row["answer"]),
        fused=tuple(Slice(*values) for values in row["fused"]),
        seconds=row["seconds"],
    )


def answer_from_row(row: dict[str, Any]) -> Answer:
    """The inverse of `Answer.to_dict`."""
    fields = {name: value for name, value in row.items() if name not in ("schema", "text")}
    fields["sentences"] = tuple(Sentence(**{**s, "markers": tuple(s["markers"])}) for s in row["sentences"])
    fields["citations"] = tuple(Citation.from_dict(c) for c in row["citations"])
    fields["evidence"] = tuple(Hit(**{**h, "chunk": _chunk(h["chunk"])}) for h in row["evidence"])
    fields["conflicts"] = tuple(Conflict(**{**c, "values": tuple(c["values"])}) for c in row["conflicts"])
    fields["short"] = Quote(**row["short"]) if row["short"] else None
    return Answer(**fields)


def _chunk(row: dict[str, Any]) -> Chunk:
    return Chunk(**{**row, "context": Context.from_dict(row["context"])})


def identity(**parts: str | int) -> str:
    """SHA-256 (hex) of everything but the question that an answer depends on: equal for comparable runs only."""
    return hashlib.sha256(json.dumps(sorted(parts.items()), ensure_ascii=False).encode()).hexdigest()


def asked_as(case: Case) -> str:
    """SHA-256 (hex) of what the pipeline is asked for a case."""
    return hashlib.sha256(json.dumps([case.question, case.history], ensure_ascii=False).encode()).hexdigest()


def run_cases(cases: Sequence[Case], pipeline: "Pipeline", seed: int = 0) -> Iterator[Record]:
    """One record per case, in order; with the same pipeline a second run gives the same answers."""
    for case in cases:
        yield _record(case, pipeline, seed)


def run_in(
    folder: Path, cases: Sequence[Case], pipeline: "Pipeline", run: str, seed: int = 0, *, fresh: bool = False
) -> Iterator[Record]:
    """As `run_cases`, with each record saved in `folder` as soon as it exists and never asked for twice.

    What an earlier or stopped run with the same identity `run` answered is taken from there, whatever cases it had; the
    records of a different run are replaced, with `fresh` all. Two runs of one identity may go on in one folder at once.
    Raises `BadCases` when the folder cannot be written.
    """
    try:
        done = {} if fresh else _saved(folder, run)
        folder.mkdir(parents=True, exist_ok=True)
        _rewrite(folder / RECORDS, b"".join(map(_line, [{"run": run}, *(row for row, _ in done.values())])))
        with (folder / RECORDS).open("ab", buffering=LONGEST) as file:
            for case in cases:
                key = asked_as(case)
                if key not in done:
                    record = _record(case, pipeline, seed)
                    done[key] = ({"asked": key} | record.to_row(), record)
                    file.write(_line(done[key][0]))
                    file.flush()
                yield replace(done[key][1], case=case.id)
    except OSError as error:
        raise BadCases(f"The run cannot be saved in {folder} ({error.strerror}); give another --out.") from error


def _rewrite(path: Path, content: bytes) -> None:
    """Makes it the whole file; a crash leaves the old one or the new one. A file that holds it already stays where
    another run may be adding to it.
    """
    if not path.is_file() or path.read_bytes() != content:
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)


def _line(row: dict[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False) + "\n").encode()


def _saved(folder: Path, run: str) -> dict[str, tuple[dict[str, Any], Record]]:
    """What was asked -> the row and the record of an earlier start of this very run; a line cut off by a crash ends
    the reading.
    """
    try:
        lines = json_lines(folder / RECORDS, "replace")  # a full disk may cut a line within a letter
        if not lines or json.loads(lines[0]) != {"run": run}:
            return {}
    except (OSError, ValueError):
        return {}
    records: dict[str, tuple[dict[str, Any], Record]] = {}
    for line in lines[1:]:
        try:
            row = json.loads(line)
            records[row["asked"]] = (row, from_row(row))
        except (ValueError, TypeError, KeyError):
            break
    return records


def _record(case: Case, pipeline: "Pipeline", seed: int) -> Record:
    began = time.perf_counter()
    answer = pipeline.ask(case.question, case.history)
    seconds = time.perf_counter() - began
    fused = pipeline.retrieve(answer.searched_for, DEPTH)
    return Record(
        case=case.id,
        seed=seed,
        answer=answer,
        fused=tuple(slice_of(hit) for hit in fused),
        seconds=seconds,
    )
