"""The bundled corpus and cases hold together: quotes are verbatim, answers stand in them, every kind is present."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from eval.cases import SMALL_TALK, Case, default_cases, default_corpus, default_documents, load_cases, sample, strangers

CASES = load_cases(default_cases())
BRIEFS = sorted(default_corpus().glob("*.md"))
HOUSE = sorted(path for path in default_documents()[1].iterdir() if path.is_file())
ANSWERABLE = [case for case in CASES if case.answerable]
UNANSWERABLE = [case for case in CASES if not case.answerable]

ARTICLES = (
    "Four Chinese Innovation Trends to Watch in 2025",
    "The acceleration of China's AI development",
    "How China's AI ecosystem is accelerating, innovating, and challenging global leaders",
    "China's AI innovation is reshaping the global technology landscape",
)
MINIMUM = {
    "single-fact": 35,
    "number": 25,
    "list": 10,
    "comparison": 10,
    "two-documents": 8,
    "paraphrase": 12,
    "follow-up": 12,
    "typo": 8,
    "conflict": 4,
    "false-premise": 8,
    "unanswerable": 45,
    "near-miss": 25,
    "table": 15,
    "identifier": 15,
    "version": 10,
    "namesake": 10,
    "summary": 6,
    "small-talk": 10,
    "chinese": 14,
}
FUNCTION_WORDS = frozenset(
    "a about after all an and any are as at be been before but by can could did do does down for from get gets getting "
    "had has have he her his how in into is it its just many may more most much my no not of off on or our out over "
    "own she so some still than that the their them then there they this to under up was we were what when where "
    "which who whom whose why will with would you your".split()
)


def by_id(cases: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.id) for case in cases]


def brief_text(name: str) -> str:
    (file,) = [folder / name for folder in default_documents() if (folder / name).is_file()]
    return file.read_text(encoding="utf-8")


def quotes(case: Case) -> str:
    return "\n".join(gold.quote for gold in case.evidence).lower()


def content_stems(text: str) -> set[str]:
    """The words that carry meaning, cut to five letters so that "publish" and "published" count as one."""
    return {word[:5] for word in re.findall(r"[^\W_]+", text.lower()) if word not in FUNCTION_WORDS and len(word) > 1}


def test_there_are_enough_briefs() -> None:
    """The corpus holds at least 24 briefs."""
    assert len(BRIEFS) >= 24


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.name)
def test_each_brief_has_a_title_a_source_and_a_moderate_length(path: Path) -> None:
    """A brief starts with its title, names one or more of the four articles, and runs to 200 to 500 words."""
    title, _, source, _, *body = path.read_text(encoding="utf-8").splitlines()

    assert title.startswith("# ")
    assert source.startswith("Source: ")
    assert set(source.removeprefix("Source: ").split("; ")) <= set(ARTICLES)
    assert 200 <= len(" ".join(body).split()) <= 500


def test_the_two_folders_share_no_name_and_no_subject() -> None:
    """A case names its document by file name alone, and the harbour says nothing about the subject of the briefs."""
    assert {path.name for path in HOUSE} & {path.name for path in BRIEFS} == set()
    for path in HOUSE:
        assert not re.search(
            r"China|DeepSeek|artificial intelligence|\bAI\b|人工智能", path.read_text(encoding="utf-8")
        )


def test_half_of_every_kind_is_kept_for_the_report() -> None:
    """Of each kind (a case's first tag) with eight cases or more at least a quarter lies in each half."""
    kinds: dict[str, Counter[str]] = {}
    for case in CASES:
        kinds.setdefault(case.tags[0], Counter())[case.half] += 1

    for kind, halves in kinds.items():
        if halves.total() >= 8:
            assert min(halves["report"], halves["tune"]) * 4 >= halves.total(), kind


def test_a_value_that_makes_an_answer_wrong_is_not_an_accepted_one() -> None:
    """What is wrong stands nowhere in what is right."""
    for case in CASES:
        for wrong in case.wrong:
            assert not any(wrong.lower() in answer.lower() for answer in case.answers), case.id


def test_a_sample_holds_every_kind_and_is_the_same_every_time() -> None:
    """Evenly over the kinds, in the order of the file; asking for more than there is gives all."""
    chosen = sample(CASES, 60)

    assert chosen == sample(CASES[::-1], 60)[::-1]
    assert len(chosen) == 60
    assert {case.tags[0] for case in chosen} == {case.tags[0] for case in CASES}
    assert sample(CASES, 10_000) == CASES


def test_titles_differ() -> None:
    """Every brief has a title of its own, so that a citation names one document."""
    titles = Counter(path.read_text(encoding="utf-8").splitlines()[0] for path in BRIEFS)

    assert max(titles.values()) == 1


def test_there_are_enough_cases_of_each_kind() -> None:
    """No tag falls below its minimum, and no tag is unknown."""
    counts = Counter(tag for case in CASES for tag in case.tags)

    assert len(CASES) >= 320
    assert set(counts) == set(MINIMUM)
    assert {tag: n for tag, n in counts.items() if n < MINIMUM[tag]} == {}


def test_no_question_is_asked_twice() -> None:
    """Ids are unique, and so is each question with its history."""
    assert len({case.id for case in CASES}) == len(CASES)
    assert len({(case.question.lower(), case.history) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", by_id(ANSWERABLE))
def test_gold_stands_in_the_corpus(case: Case) -> None:
    """Each quote is a verbatim part of its brief, and the accepted answers stand in the quotes."""
    assert all(gold.quote in brief_text(gold.document) for gold in case.evidence)
    found = [answer.lower() in quotes(case) for answer in case.answers]
    assert all(found) if case.need == "all" else any(found)


@pytest.mark.parametrize("case", by_id(ANSWERABLE))
def test_each_quote_earns_its_place(case: Case) -> None:
    """Every evidence quote holds at least one accepted answer by itself."""
    for gold in case.evidence:
        assert any(answer.lower() in gold.quote.lower() for answer in case.answers), gold.quote


@pytest.mark.parametrize("case", by_id(UNANSWERABLE))
def test_unanswerable_cases_are_tagged(case: Case) -> None:
    """A case without an answer says so in its tags and names no gold."""
    assert {"unanswerable", SMALL_TALK} & set(case.tags)
    assert not case.answers
    assert not case.evidence


def test_answerable_cases_are_not_tagged_unanswerable() -> None:
    """The tags "unanswerable" and "near-miss" stand on cases without an answer only."""
    assert [case.id for case in ANSWERABLE if {"unanswerable", "near-miss"} & set(case.tags)] == []


def test_follow_ups_have_a_history() -> None:
    """A follow-up comes after at least one turn; other answerable cases stand alone."""
    assert [case.id for case in ANSWERABLE if bool(case.history) != ("follow-up" in case.tags)] == []


@pytest.mark.parametrize("case", by_id([case for case in CASES if "two-documents" in case.tags]))
def test_two_document_cases_need_both_documents(case: Case) -> None:
    """Several answers are needed, and no single named document quotes all of them."""
    assert case.need == "all"
    for document in {gold.document for gold in case.evidence}:
        own = "\n".join(gold.quote for gold in case.evidence if gold.document == document).lower()
        assert not all(answer.lower() in own for answer in case.answers), document


@pytest.mark.parametrize("case", by_id([case for case in CASES if "paraphrase" in case.tags]))
def test_paraphrases_share_no_content_word_with_their_evidence(case: Case) -> None:
    """Neither a word nor its first five letters stands both in a paraphrased question and in its evidence."""
    assert content_stems(case.question) & content_stems(quotes(case)) == set()


def test_the_notes_give_the_true_counts() -> None:
    """The table in the data's README agrees with the cases."""
    notes = (default_cases().parent / "README.md").read_text(encoding="utf-8")
    told = {tag: int(n) for tag, n in re.findall(r"^\| ([a-z -]+) \| (\d+) \|$", notes, flags=re.MULTILINE)}
    counts = Counter(tag for case in CASES for tag in case.tags)

    assert told == {
        **counts,
        "briefs": len(BRIEFS),
        "documents of the harbour": len(HOUSE),
        "cases": len(CASES),
        "answerable": len(ANSWERABLE),
    }


@pytest.mark.parametrize("root", [*strangers("tune"), *strangers("report")], ids=lambda path: path.name)
def test_the_strangers_questions_fit_their_papers(root: Path) -> None:
    """Ids are their own, the papers are there, what is wanted is one thing, and what would answer is untold."""
    rows = [json.loads(line) for line in (root / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        papers = "\n".join((root / "docs" / name).read_text(encoding="utf-8") for name in row["files"])
        assert bool(row.get("refuse")) != bool(row["must"]), row["id"]
        assert all(re.compile(pattern) for pattern in (*row["must"], *row.get("must_not", ())))
        assert "would" not in row or row["would"] not in papers, row["id"]
        assert ("would" in row) == (bool(row.get("refuse")) and root.name.endswith("2")), row["id"]

    assert len({row["id"] for row in rows}) == len(rows)
