"""Cases are read strictly, each bad line with one sentence."""

import json
from pathlib import Path

import pytest

from eval.cases import BadCases, Case, Gold, load_cases

GOOD = {
    "id": "a",
    "question": "How much?",
    "history": [["Who?", "They."]],
    "answers": ["5"],
    "evidence": [{"document": "d.md", "quote": "It is 5."}],
    "answerable": True,
    "tags": ["number"],
    "need": "all",
}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def test_a_full_case_is_read_as_it_stands(tmp_path: Path) -> None:
    """Every field of a line arrives in the case; empty lines are skipped."""
    file = write(tmp_path / "cases.jsonl", GOOD)
    file.write_text("\n" + file.read_text() + "\n\n")

    expected = Case(
        "a", "How much?", (("Who?", "They."),), ("5",), (Gold("d.md", "It is 5."),), True, ("number",), "all"
    )
    assert load_cases(file) == (expected,)


def test_a_file_that_an_editor_marked_as_utf_8_is_read(tmp_path: Path) -> None:
    """Some editors begin a file with a byte order mark, and end its lines with two signs."""
    row = json.dumps({"id": "a", "question": "Q?", "answerable": False})
    (tmp_path / "c").write_bytes(b"\xef\xbb\xbf" + f"{row}\r\n".encode())

    assert [case.id for case in load_cases(tmp_path / "c")] == ["a"]


def test_an_unanswerable_case_needs_only_three_fields(tmp_path: Path) -> None:
    """History, answers, evidence, tags and need have their empty defaults."""
    (case,) = load_cases(write(tmp_path / "c.jsonl", {"id": "a", "question": "Q?", "answerable": False}))

    assert Case("a", "Q?", (), (), (), False) == case


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"question": None}, "'question'"),
        ({"question": "  "}, "'question'"),
        ({"answerable": "yes"}, "true or false"),
        ({"answerable": False}, "unanswerable but has answers"),
        ({"answers": []}, "answerable but has no answers"),
        ({"evidence": [{"document": "d", "quote": "5", "page": 0}]}, "counted from 1"),
        ({"wrong": "4"}, "write a list"),
        ({"evidence": [{"document": "d"}]}, "'document' and 'quote'"),
        ({"answers": "5"}, "write a list"),
        ({"answers": [5]}, "'answers'"),
        ({"history": [["one"]]}, "pairs [question, answer]"),
        ({"need": "some"}, "'any' or 'all'"),
        ({"anwers": ["5"]}, "unknown field 'anwers'"),
        ({"question": "What is \ud800?"}, "half a letter"),
        ({"answers": ["\udc00"]}, "half a letter"),
    ],
)
def test_a_bad_field_is_named_with_its_line(tmp_path: Path, change: dict[str, object], told: str) -> None:
    """The error names file, line and remedy."""
    file = write(tmp_path / "c.jsonl", GOOD | {"id": "first"}, GOOD | change)

    with pytest.raises(BadCases) as error:
        load_cases(file)
    assert str(error.value).startswith("c.jsonl line 2")
    assert told in str(error.value)


def test_missing_field_repeated_id_and_no_json_are_refused(tmp_path: Path) -> None:
    """A line without an id, two equal ids, text that is no JSON, another value, an empty and a missing file."""
    with pytest.raises(BadCases, match="line 1 lacks id"):
        load_cases(write(tmp_path / "c", {"question": "Q", "answerable": False}))
    with pytest.raises(BadCases, match="'a' twice"):
        load_cases(write(tmp_path / "c", GOOD, GOOD))
    with pytest.raises(BadCases, match="line 1 holds int"):
        load_cases(write(tmp_path / "c", 5))
    (tmp_path / "c").write_text('{"id": "a", "question": "One?", "question": "Two?", "answerable": false}')
    with pytest.raises(BadCases, match="line 1 has the field 'question' twice"):
        load_cases(tmp_path / "c")
    for text in ("{", f'{{"id": {"9" * 5000}}}', "[" * 100_000):
        (tmp_path / "c").write_text(text)
        with pytest.raises(BadCases, match="line 1 is not JSON"):
            load_cases(tmp_path / "c")
    (tmp_path / "c").write_text("\n")
    with pytest.raises(BadCases, match="holds no cases"):
        load_cases(tmp_path / "c")
    (tmp_path / "c").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadCases, match="cannot be read"):
        load_cases(tmp_path / "c")
    with pytest.raises(BadCases, match="cannot be read"):
        load_cases(tmp_path / "nowhere")


def test_the_half_of_a_case_follows_from_its_id_alone() -> None:
    """Both halves get their share, and nothing but the id decides."""
    halves = [Case(f"case-{n}", "Q?", (), (), (), False).half for n in range(400)]

    assert 160 <= halves.count("tune") <= 240
    assert Case("case-7", "Other?", (), ("x",), (), True, ("typo",)).half == halves[7]
