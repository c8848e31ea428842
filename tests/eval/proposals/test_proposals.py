"""Proposals are made by rule, read by a person, and become cases only then."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import BadCases, load_cases
from eval.gold import place
from eval.proposals.decisions import Desk
from eval.proposals.make import propose_from, read_proposals
from eval.proposals.near_misses import changed, held_words
from eval.proposals.proposal import Proposal
from eval.proposals.propose import asked as asked_as
from eval.proposals.propose import names_of, propose
from eval.proposals.review import decided, edited, show
from index.records import Document
from tests.eval.conftest import ListStore

PUMP = Document(
    "0123456789abcdef",
    "docs/pump.md",
    "Pumps",
    "# Pumps\n\nThe model CV-40 delivers 40 litres a minute. The yard crane is a gift of the town.\n\n"
    "| Code | Meaning | Part |\n|---|---|---|\n| E04 | Dry run | K-17 |\n| E07 | Too hot | K-19 |\n\n"
    "Opening hours: 8 to 17\n\nIt costs 5 euros to see it on a day in May.\n",
)
OTHER = Document("fedcba9876543210", "ferry.md", "Ferry", "The Tern ferry carries 22 cars over the sound.\n")


def asked_of(document: Document) -> list[Proposal]:
    return list(asked_as(document, names_of([document])[document.uri]))


def asked(proposals) -> dict[str, tuple[str, ...]]:
    return {one.case.question: one.case.answers for one in proposals}


def test_sentences_and_labels_are_asked_back() -> None:
    """A number, an "is" and a label give a question each; a sentence that leans on the one before gives none."""
    found = asked(asked_of(PUMP))

    assert found["The model CV-40 delivers how many litres a minute?"] == ("40 litres",)
    assert found["What is the yard crane?"] == ("a gift of the town",)
    assert found["What are the opening hours in “Pumps”?"] == ("8 to 17",)
    assert not any("5 euros" in answer for answers in found.values() for answer in answers)


def test_days_and_what_a_document_asks_itself_are_asked() -> None:
    """A sentence that says when is asked for the day; a question of the document is answered by the sentence below."""
    text = (
        "The mill by the lake was built in 1868 and burned down in 1934. The roof will be repaired on 3 June 2025.\n\n"
        "The rent is not due in May. It was sold in 1990.\n\n"
        "## Can I bring my own boat?\n\nYes, if it was washed. Dry it, too.\n\n## Who pays?\n\n- the guest\n"
    )
    assert asked(asked_of(Document("8" * 16, "mill.md", "Mill", text))) == {
        "When was the mill by the lake built?": ("1868",),
        "When will the roof be repaired?": ("3 June 2025",),
        "Can I bring my own boat?": ("Yes, if it was washed.",),
    }


def test_cells_of_a_table_are_asked_by_row_and_column() -> None:
    """Each cell but the first, with the row as the quote."""
    found = [one for one in asked_of(PUMP) if one.rule == "table"]

    assert asked(found)["What is the Meaning of E07?"] == ("Too hot",)
    assert len(found) == 4
    assert found[0].case.evidence[0].quote == "| E04 | Dry run | K-17 |"
    assert found[0].case.evidence[0].document == "pump.md"


def test_labels_that_are_no_attribute_are_not_asked_back() -> None:
    """Neither a clause at the head of a column nor a person before a colon has a value to ask for; a code has."""
    text = (
        "| Pastime | When you may start again | Risk |\n|---|---|---|\n| Reading | after 1 day | none |\n\n"
        "Dr Ada Hill: cataract, cornea\n\nContract Number: BW-2231\n"
    )
    found = asked(asked_of(Document("2" * 16, "eye.md", "Eye clinic", text)))

    assert found["What is the Risk of Reading?"] == ("none",)
    assert found["What is the contract Number in “Eye clinic”?"] == ("BW-2231",)
    assert not any("When" in question or "Ada Hill" in question for question in found)


WILD = Document(
    "1" * 16,
    "wild.md",
    "Wild\t1998",
    "Next: Arrays, Previous: Structures\n\nTable of contents: usr_toc.txt\n\nWARNING: it bites in 1998\n\n"
    "HELP: what do the others do?\n\nIf a pattern is provided by two types, nobody relies on one of them.\n\n"
    "Pull requests are always welcome here. The usual model is called Viola-Jones.\n\n"
    "set -e is the first line of many shell scripts.\n\n"
    "| Dataset | Paper | Rows |\n|---|---|---|\n| [Eli5](http://x/eli5) | [paper](http://x/p) | **325** |\n"
    "| [Total][^2] | - | 900 |\n",
)


def test_what_nobody_would_ask_is_not_asked_back() -> None:
    """The way about, half sentences, code, adjectives and empty cells give nothing; links and emphasis are words."""
    assert asked(asked_of(WILD)) == {
        "What is the Rows of Eli5?": ("325",),
        "What is the Rows of Total?": ("900",),
        "What is the usual model?": ("called Viola-Jones",),
        "What is the WARNING in “Wild 1998”?": ("it bites in 1998",),
    }


NUMBERS = Document(
    "3" * 16,
    "numbers.md",
    "Numbers",
    "| Width | 4 | Sort |\n|---|---|---|\n| 7.4 | 6.1 | thin |\n| K-12 | 0.2 | wide |\n\n"
    "| Library | Time | Size |\n|---|---|---|\n| json | 684 ms | 501 |\n| orj | 68 ms | 119 |\n\n"
    "| Library | Time | Keys |\n|---|---|---|\n| json | 3.5 ms | |\n| orj | 68 ms | 2 |\n\n"
    "The result of the sum is a number. The result of the sum is an integer.\n\nThe data is the Iris of Fisher.\n",
)


def test_a_question_of_two_answers_or_of_a_bare_number_is_not_proposed() -> None:
    """A row that two tables have, a sentence said twice, a width for a name; what one place tells stays."""
    made = [one for one in propose([NUMBERS], 60) if one.case.answerable and not one.case.history]

    assert asked(one for one in made if one.rule != "paraphrase") == {
        "What is the Sort of K-12?": ("wide",),
        "What is the Size of json?": ("501",),
        "What is the Size of orj?": ("119",),
        "What is the Time of orj?": ("68 ms",),
        "What is the Keys of orj?": ("2",),
    }


def test_a_near_miss_asks_an_empty_cell_and_never_what_a_cell_tells() -> None:
    """An empty cell is the nearest miss; a link in a cell is an answer, though it is not asked back."""
    text = NUMBERS.text.replace("| orj | 68 ms | 2 |", "| orj | 68 ms | [two](http://x) |\n| py | 1 ms | 3 |")
    missing = missing_of([replace(NUMBERS, text=text), OTHER])

    assert "What is the Keys of json?" in missing
    assert "What is the Keys of orj?" not in missing


def missing_of(documents: list[Document]) -> set[str]:
    return {one.case.question for one in propose(documents, 60) if one.rule == "near-miss"}


def table(number: int, text: str) -> Document:
    return Document(f"{number:016}", f"t{number}.md", f"Table {number}", text)


def test_a_near_miss_asks_of_a_thing_of_the_same_kind_only() -> None:
    """A table with the same heading and a further column has such things, and so has a column of that name in which
    this thing stands, too; rooms are not asked what boats have.
    """
    rooms = table(1, "| Name | Floor | Price |\n|---|---|---|\n| Birch | attic | 40 |\n")
    more = table(2, "| Name | Floor |\n|---|---|\n| Rowan | cellar |\n")
    boats = table(3, "| Boat | Seats |\n|---|---|\n| Heron | 6 |\n")
    trips = table(4, "| Date | Boat |\n|---|---|\n| 3 May | Heron |\n| 9 May | Swan |\n")
    people = table(5, "| Name | Age |\n|---|---|\n| Anna | 30 |\n")

    assert missing_of([rooms, more, boats, people]) == {"What is the Price of Rowan?"}
    unnamed = [replace(one, text=one.text.replace("| Name |", "| |")) for one in (rooms, more)]
    assert missing_of(unnamed) == set()  # nothing says that the rows are of one kind
    assert "What is the Seats of Swan?" in missing_of([boats, trips])


def test_a_near_miss_asks_for_a_label_that_documents_of_the_same_form_have() -> None:
    """Minutes that name no absent are asked who was absent; a page without such lines is not, nor one that says it."""
    first = Document("5" * 16, "a.txt", "May", "Present: Ada, Bo\n\nAbsent: Cy\n")
    second = Document("6" * 16, "b.txt", "July", "Present: Ada, Cy\n\nThe roof was looked at.\n")

    assert missing_of([first, second, OTHER]) == {"What is the absent in “July”?"}
    assert missing_of([first, replace(second, text=f"{second.text}Nobody was absent.")]) == set()


CUT_OFF = Document(
    "4" * 16,
    "bar.rst",
    "Bar",
    "- Avoid unnecessary frequent bar refreshing: the interval\n\n"
    "- Refresh rate: ``mininterval`` defines how long\n  to wait\n"
    "\nJournal: Science and Technology, volume 1905,\n861-870\n\nAlcohol:  11.0  14.8    13.0   0.8\n"
    "Debian: http://bugs.debian.org\nSee: the manual\nColour: green\nSize: 3 metres\n\n"
    "The fact that it is a mispronunciation may or may not matter. The following is a list of limits.\n\n"
    "The code base was started in the 1990s. The width is given as ncols='100%' in code.\n"
    "Waiting takes 10 seconds here.\n",
)


def test_what_is_cut_off_or_leans_on_its_place_is_not_asked_back() -> None:
    """Advice, values that go on in the next line, columns, addresses, half clauses, numbers that a sign touches."""
    assert asked(asked_of(CUT_OFF)) == {
        "What is the colour in “Bar”?": ("green",),
        "What is the size in “Bar”?": ("3 metres",),
    }


def test_near_misses_leave_titles_alone() -> None:
    """Another year in a title is another document. A column that has "of" in its name is still one column."""
    label = next(one for one in asked_of(WILD) if "WARNING" in one.case.question)
    of = replace(PUMP, text=PUMP.text.replace("| Part |", "| Number of parts |"))

    assert list(changed(label, held_words([WILD.text]))) == []
    assert "And its Number of parts?" in {one.case.question for one in propose([of], 60) if one.rule == "follow-up"}


def test_a_proposal_shows_whole_words_around_its_place() -> None:
    """What stands around a quote starts and ends with a word, also where the quote stands there with other blanks."""
    long = replace(OTHER, text=f"{'before ' * 60}.\n\nThe Tern is a  ferry over the sound. {'Behind ' * 60}")
    (one,) = asked_of(long)

    assert set(one.context.split()) >= {"before", "Behind", "Tern"}
    assert set(one.context.split()) <= set(long.text.split())
    assert one.source == "ferry.md"


def test_a_near_miss_asks_for_what_no_document_has() -> None:
    """The code is changed to the next one that stands nowhere, a month to another, a word to its opposite."""
    (cell, *_) = asked_of(PUMP)
    held = held_words([PUMP.text, "E05"])
    (miss,) = changed(cell, held)
    (fact,) = asked_of(replace(OTHER, text="The last ferry in May is the Tern.\n"))

    assert miss.case.question == "What is the Meaning of E06?"
    assert not miss.case.answerable
    assert {one.case.question for one in changed(fact, held_words(["June"]))} == {
        "What is the first ferry in May?",
        "What is the last ferry in July?",
    }
    assert [one.case.question for one in changed(fact, held_words(["The first of June"]))] == [
        "What is the last ferry in July?"
    ]


def test_every_kind_is_proposed_and_the_seed_decides() -> None:
    """Kinds in turn, each question once, ids of their own, the same for the same seed."""
    made = propose([PUMP, OTHER], 40, seed=1)

    assert {one.rule for one in made} == {"fact", "table", "near-miss", "paraphrase", "follow-up"}
    assert len({one.case.id for one in made}) == len(made) == len({one.case.question for one in made})
    assert made == propose([PUMP, OTHER], 40, seed=1) != propose([PUMP, OTHER], 40, seed=2)
    assert len(propose([PUMP, OTHER], 3)) == 3
    assert propose([], 3) == []


def test_proposals_are_no_cases_and_survive_a_file(tmp_path: Path) -> None:
    """The loader of cases refuses what nobody has read."""
    made = propose([PUMP], 10)
    file = tmp_path / "p.jsonl"
    file.write_text("".join(json.dumps(one.to_row()) + "\n" for one in made), encoding="utf-8")

    assert read_proposals(file) == made
    with pytest.raises(BadCases, match="lacks id, question, answerable"):
        load_cases(file)
    file.write_text("{")
    with pytest.raises(BadCases, match="remove it to have cases proposed anew"):
        read_proposals(file)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = sorted(propose([PUMP, OTHER], 8), key=lambda one: one.rule != "table")
    return Desk(made, tmp_path / "cases.jsonl")


def test_documents_of_one_name_are_told_apart_by_their_paths() -> None:
    """A proposal names as much of the path as makes it unique, and what it says is found there."""
    mill = "The old mill is a museum of bread.\n"
    texts = {"a/README.md": PUMP.text, "b/README.md": mill, "c/x.md": mill.replace("mill", "crane")}
    documents = [Document(f"id-{name}", name, name, text) for name, text in texts.items()]
    made = [one.case for one in propose(documents, 40) if one.case.evidence]

    assert {gold.document for case in made for gold in case.evidence} == {"a/README.md", "b/README.md", "x.md"}
    assert len(place(made, ListStore(texts))) == len(made)
    assert names_of([replace(PUMP, uri=uri) for uri in ("R.md", "a\\r.md")]) == {"R.md": "R.md", "a\\r.md": "a/r.md"}


def test_an_edit_that_cannot_be_right_is_not_kept(desk: Desk) -> None:
    """A quote that is not there, and an answer that the quote does not hold, stay on the page with a sentence."""
    number, told, question, answers, quote, _ = show(desk, 0)
    assert told == "1 of 8, open; 0 accepted so far · pump.md · a cell of a table"
    shown = decided(desk, 0, "accepted", question, answers, "| E99 | Nothing |")

    assert "Not kept: The document does not hold '| E99 | Nothing |'" in shown[1]
    assert "No accepted answer stands in the quote" in decided(desk, 0, "accepted", question, "blue", quote)[1]
    miss = next(n for n, one in enumerate(desk.proposals) if not one.case.answerable)
    assert "an answer and no quote" in decided(desk, miss, "accepted", "Who?", "Anna", "")[1]
    assert not desk.decisions
    assert (number, told.startswith("1 of ")) == (0, True)


def test_clearing_the_answers_makes_a_question_unanswerable(desk: Desk) -> None:
    """What the reviewer leaves empty must be refused."""
    case = edited(desk, 0, "Who knows?", " \n", "x")

    assert (case.question, case.answers, case.evidence, case.answerable) == ("Who knows?", (), (), False)


BUILD = """
from pathlib import Path
from eval.proposals.decisions import Desk
from eval.proposals.review import build
page = build(Desk([], Path("cases.jsonl")))
told = [getattr(one, "label", None) or getattr(one, "value", None) for one in page.blocks.values()]
print(told.index("Accept (A)") < told.index("Around it in the document"))
"""


def test_the_page_is_built_without_a_network(desk: Desk) -> None:
    """The buttons are in sight however long the context is; in a process of its own, for the library leaves loops
    open.
    """
    done = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, text=True, cwd=Path.cwd(), check=False)

    assert (done.stdout.strip(), done.returncode) == ("True", 0), done.stderr
    assert show(desk, None)[1].startswith("Every proposal is decided: 0 accepted, in ")


def test_proposals_come_from_every_stored_document(pipeline) -> None:
    """The documents of a pipeline, as they are stored."""
    found = {one.case.evidence[0].document for one in propose_from(pipeline, 20, 0) if one.case.evidence}

    assert "v3.md" in found
