"""Sentences that two real small models wrote, labelled by reading, replayed through the gate without any model.

Each row of `written.jsonl` is one sentence, with the question, the passages that the model was given
(`written_passages.jsonl`, as they stood in the bundled corpus that day) and a label: "true" where the passages bear all
of it out, "partial" where they bear out its main statement but not all of the rest, "false" where they do not bear that
out. Half of the questions are marked "tune", half "report": nothing that is fitted or chosen looks at the second half.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from eval.cases import BadCases, default_cases, json_lines
from index.records import Chunk, Hit
from rag.answer import State
from rag.check.gate import Gate
from rag.check.split import Draft, DraftKind

Label = Literal["true", "partial", "false"]
Half = Literal["tune", "report"]

SHOWN: tuple[State, ...] = ("quoted", "supported")
"""States in which a sentence stands on the screen as borne out."""

_NEEDED = ("id", "question", "model", "given", "sentence", "label", "reason", "half")


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence of a model: as it was cut from the answer, `draft`, with the passages it was written from."""

    id: str
    question: str
    model: str
    passages: tuple[Hit, ...]
    draft: Draft
    label: Label
    reason: str
    half: Half


@dataclass(frozen=True, slots=True)
class Replay:
    """What the gate made of some sentences. `shown`: those that it calls quoted or supported, by label."""

    total: Mapping[Label, int]
    shown: Mapping[Label, int]

    @property
    def precision(self) -> float | None:
        """True sentences among those shown as supported; None where none is."""
        return _share(self.shown["true"], sum(self.shown.values()))

    @property
    def kept(self) -> float | None:
        """True sentences that are shown as supported, among the true; None where there is none."""
        return _share(self.shown["true"], self.total["true"])

    def __str__(self) -> str:
        shown, true = sum(self.shown.values()), self.total["true"]
        return (
            f"precision of supported {_text(self.precision)} ({self.shown['true']} of {shown}; {self.shown['partial']} "
            f"partial, {self.shown['false']} false), true kept {_text(self.kept)} ({self.shown['true']} of {true})"
        )


def default_written() -> Path:
    """The bundled sentences; the passages lie beside them."""
    return default_cases().with_name("written.jsonl")


def load_written(path: Path | None = None) -> tuple[Written, ...]:
    """All sentences of a file, in its order. Raises `BadCases`, with the line."""
    path = path or default_written()
    beside = path.with_name(f"{path.stem}_passages.jsonl")
    given = {row["id"]: _hits(row, where) for where, row in _rows(beside, ("id", "hits"))}
    return tuple(_written(row, where, given) for where, row in _rows(path, _NEEDED))


def replay(sentences: Iterable[Written], gate: Callable[[Written], Gate]) -> dict[tuple[Half, str], Replay]:
    """Every sentence through a gate over its own passages: what came out, for each half and model, and for "all"."""
    found: dict[tuple[Half, str], list[tuple[Label, bool]]] = {}
    for one in sentences:
        shown = gate(one).check(one.draft).state in SHOWN
        for model in (one.model, "all"):
            found.setdefault((one.half, model), []).append((one.label, shown))
    return {key: Replay(_counted(pairs, every=True), _counted(pairs, every=False)) for key, pairs in found.items()}


def _counted(pairs: Sequence[tuple[Label, bool]], *, every: bool) -> dict[Label, int]:
    labels: tuple[Label, ...] = get_args(Label)
    return {label: sum(1 for given, shown in pairs if given == label and (every or shown)) for label in labels}


def _rows(path: Path, needed: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """The rows of a JSON Lines file, each with its place for error messages."""
    rows = []
    try:
        lines = json_lines(path)
    except (OSError, UnicodeDecodeError) as error:
        raise BadCases(
            f"{path} cannot be read as UTF-8 text ({error}); give a JSON Lines file of sentences."
        ) from error
    for number, line in enumerate(lines, start=1):
        where = f"{path.name} line {number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadCases(f"{where} is not JSON ({error}); write one JSON object per line.") from error
        if not isinstance(row, dict) or (missing := [name for name in needed if name not in row]):
            raise BadCases(f"{where} lacks {', '.join(missing) if isinstance(row, dict) else 'its fields'}; add them.")
        rows.append((where, row))
    return rows


def _written(row: Mapping[str, Any], where: str, given: Mapping[str, tuple[Hit, ...]]) -> Written:
    _among(row, "label", get_args(Label), where)
    _among(row, "half", get_args(Half), where)
    _among(row, "given", given, where)
    kind: DraftKind = row.get("kind", "text")
    draft = Draft(row["sentence"], tuple(row.get("hints", ())), kind, row.get("lead_in", ""), row.get("before", ""))
    return Written(
        row["id"], row["question"], row["model"], given[row["given"]], draft, row["label"], row["reason"], row["half"]
    )


def _among(row: Mapping[str, Any], name: str, known: Iterable[str], where: str) -> None:
    if row[name] not in known:
        raise BadCases(f"{where} has {row[name]!r} as {name!r}; known are {', '.join(sorted(known))}.")


def _hits(row: Mapping[str, Any], where: str) -> tuple[Hit, ...]:
    hits = []
    for rank, item in enumerate(row["hits"], start=1):
        document, text, start = item["document"], item["text"], item["start"]
        if item["end"] != start + len(text):
            raise BadCases(f"{where} has a passage of {document} whose text is not as long as its place; mend the row.")
        chunk = Chunk(f"{document}:{start}", document, start, item["end"], None, item["heading"], text)
        hits.append(Hit(chunk, item["title"], document, 1.0 / rank, rank, "reranked"))
    return tuple(hits)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _text(share: float | None) -> str:
    return "n/a" if share is None else f"{share:.3f}"


def main() -> None:
    """Prints what the built-in judge makes of them: `python -m eval.sets.written`."""
    from rag.check.judge import load_judge, point_of
    from rag.settings import Settings

    name = Settings().judge
    judge, point = load_judge(name), point_of(name)
    found = replay(load_written(), lambda one: Gate(judge, one.passages, point=point, question=one.question))
    for (half, model), result in sorted(found.items()):
        sys.stdout.write(f"{half:6} {model:22} {result}\n")


if __name__ == "__main__":
    main()
