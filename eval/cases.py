"""Evaluation questions with what is expected of the answer, read strictly from JSON Lines."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

Need = Literal["any", "all"]

Half = Literal["report", "tune"]

SMALL_TALK = "small-talk"
"""Tag of what wants no answer from the documents: one line without a citation is as right as a refusal."""

_FIELDS = {"id", "question", "history", "answers", "evidence", "answerable", "tags", "need", "wrong"}
_REQUIRED = ("id", "question", "answerable")


class BadCases(Exception):
    """A case file cannot be used; the text is one sentence that names the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A quote that answers the question and the name (file name, uri or title) of the document that holds it; the page
    (1-based) on which it must be cited, where that is to be measured.
    """

    document: str
    quote: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One question. `answers` are accepted short answers; `need` says whether any one or all of answers and evidence
    are wanted. An unanswerable case has neither answers nor evidence. An answer that shows one of `wrong` (the value of
    an older version, of a namesake) is wrong whatever else it shows. Without evidence only the answer is measured.
    """

    id: str
    question: str
    history: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]
    evidence: tuple[Gold, ...]
    answerable: bool
    tags: tuple[str, ...] = ()
    need: Need = "any"
    wrong: tuple[str, ...] = ()

    @property
    def half(self) -> Half:
        """Nothing is fitted on the half "report"; which half a case belongs to follows from its id alone."""
        return "tune" if hashlib.sha256(self.id.encode()).digest()[0] % 2 else "report"


def default_cases() -> Path:
    """The bundled questions."""
    return Path(str(resources.files("eval"))) / "data" / "cases.jsonl"


def default_corpus() -> Path:
    """The bundled documents that the bundled questions are about."""
    return Path(str(resources.files("eval"))) / "data" / "corpus"


def default_documents() -> tuple[Path, ...]:
    """All folders of documents that the bundled questions are about."""
    return default_corpus(), default_corpus().with_name("house")


def strangers(half: str) -> tuple[Path, ...]:
    """Small folders of many trades with questions, written by people who saw no code: those of "tune" or "report"."""
    return tuple(default_corpus().with_name("strangers") / name for name in (half, f"{half}2"))


def sample(cases: Sequence[Case], size: int) -> tuple[Case, ...]:
    """At most `size` cases in their order, evenly over the kinds (a case's first tag); the same ones every time."""
    kinds: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda case: hashlib.sha256(f"sample {case.id}".encode()).digest()):
        kinds.setdefault(case.tags[0] if case.tags else "", []).append(case)
    turns = [case for row in zip_longest(*kinds.values()) for case in row if case is not None]
    chosen = {case.id for case in turns[:size]}
    return tuple(case for case in cases if case.id in chosen)


def json_lines(path: Path, errors: Literal["strict", "replace"] = "strict") -> list[str]:
    """The lines of a JSON Lines file, without the mark that some editors put before them; signs that only some programs
    take for a line's end, as U+2028, are text. Raises OSError and, if `errors` is "strict", UnicodeDecodeError.
    """
    return path.read_text(encoding="utf-8-sig", errors=errors).removesuffix("\n").split("\n")


def load_cases(path: Path) -> tuple[Case, ...]:
    """All cases of a JSON Lines file, in its order; empty lines are skipped. Raises `BadCases`."""
    try:
        lines = json_lines(path)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"no UTF-8 text: {error}"
        raise BadCases(f"{path} cannot be read ({why}); give a JSON Lines file of cases.") from error
    cases = tuple(_parse(line, f"{path.name} line {n}") for n, line in enumerate(lines, start=1) if line.strip())
    if not cases:
        raise BadCases(f"{path} holds no cases; give one JSON object per line.")
    _refuse_repeated(cases, path.name)
    return cases


def _refuse_repeated(cases: Sequence[Case], name: str) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise BadCases(f"{name} holds the id {case.id!r} twice; give each case an id of its own.")
        seen.add(case.id)


def _parse(line: str, where: str) -> Case:
    try:
        row = json.loads(line, object_pairs_hook=partial(_once, where))
    except (ValueError, RecursionError) as error:
        raise BadCases(f"{where} is not JSON ({error}); write one JSON object per line.") from error
    if not isinstance(row, dict):
        raise BadCases(f"{where} holds {type(row).__name__}, not an object; write one JSON object per line.")
    return case_from_row(row, where)


def _once(where: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once each: of two values Python would silently take the last."""
    for key, count in Counter(key for key, _ in pairs).items():
        if count > 1:
            raise BadCases(f"{where} has the field {key!r} twice; write each field once.")
    return dict(pairs)


def case_from_row(row: dict[str, Any], where: str) -> Case:
    """The case in one parsed row; `where` names the row in errors. Raises `BadCases`."""
    _check_fields(row, where)
    case = Case(
        id=_text(row, "id", where),
        question=_text(row, "question", where),
        history=tuple(_turn(turn, where) for turn in _list(row, "history", where)),
        answers=tuple(_string(value, "answers", where) for value in _list(row, "answers", where)),
        evidence=tuple(_gold(value, where) for value in _list(row, "evidence", where)),
        answerable=_flag(row, where),
        tags=tuple(_string(value, "tags", where) for value in _list(row, "tags", where)),
        need=_need(row.get("need", "any"), where),
        wrong=tuple(_string(value, "wrong", where) for value in _list(row, "wrong", where)),
    )
    _check_expectation(case, where)
    return case


def _check_fields(row: dict[str, Any], where: str) -> None:
    missing = [name for name in _REQUIRED if name not in row]
    unknown = sorted(set(row) - _FIELDS)
    if missing:
        seen = f" and has the unknown field {unknown[0]!r}" if unknown else ""
        raise BadCases(
            f"{where} lacks {', '.join(missing)}{seen}; a case needs {', '.join(_REQUIRED)}, "
            "and 'answers', a list, where it is answerable."
        )
    if unknown:
        raise BadCases(f"{where} has the unknown field {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}.")


def _check_expectation(case: Case, where: str) -> None:
    if case.answerable and not case.answers:
        raise BadCases(f"{where} ({case.id}) is answerable but has no answers; give at least one short answer.")
    if not case.answerable and (case.answers or case.evidence):
        raise BadCases(f"{where} ({case.id}) is unanswerable but has answers or evidence; leave both empty.")


def _string(value: object, name: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadCases(f"{where} has {value!r} in {name!r}; write a text that is not empty.")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise BadCases(f"{where} has half a letter (a lone surrogate) in {name!r}; write the whole letter, as UTF-8.")
    return value


def _text(row: dict[str, Any], name: str, where: str) -> str:
    return _string(row[name], name, where)


def _list(row: dict[str, Any], name: str, where: str) -> list[Any]:
    value = row.get(name, [])
    if not isinstance(value, list):
        raise BadCases(f"{where} has {value!r} as {name!r}; write a list.")
    return value


def _flag(row: dict[str, Any], where: str) -> bool:
    if not isinstance(row["answerable"], bool):
        raise BadCases(f"{where} has {row['answerable']!r} as 'answerable'; write true or false.")
    return row["answerable"]


def _need(value: object, where: str) -> Need:
    if value not in ("any", "all"):
        raise BadCases(f"{where} has {value!r} as 'need'; write 'any' or 'all'.")
    return "all" if value == "all" else "any"


def _turn(value: object, where: str) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise BadCases(f"{where} has {value!r} in 'history'; write pairs [question, answer].")
    return _string(value[0], "history", where), _string(value[1], "history", where)


def _gold(value: object, where: str) -> Gold:
    if not isinstance(value, dict) or not {"document", "quote"} <= set(value) <= {"document", "quote", "page"}:
        raise BadCases(
            f"{where} has {value!r} in 'evidence'; write an object with 'document' and 'quote' (and 'page')."
        )
    page = value.get("page")
    if page is not None and (isinstance(page, bool) or not isinstance(page, int) or page < 1):
        raise BadCases(f"{where} has the page {page!r} in 'evidence'; pages are counted from 1.")
    return Gold(_string(value["document"], "evidence", where), _string(value["quote"], "evidence", where), page)
