"""Fields, rows, entries and steps are looked up only where the question points at exactly one."""

import pytest

from index.records import Chunk, Hit
from rag.read.rendering import Statement, statements
from rag.write.looked_up import looked_up
from rag.write.worked import worked

MINUTES = (
    "# Minutes, rowing club, 6 May\n\nPresent: Eva Roth, Max Tiller\n\nDecision: none.\n\nNext meeting: 3 June, 18:00"
)
CONTACTS = "Contacts for the house\n\nPlumber: Ole Vang, 555-0101\nCaretaker: Jens Arup, flat 2B\n"
SHIPS = (
    "# Ferries\n\n| Departure | Arrival | Ship |\n|---|---|---|\n| 06:40 | 07:25 | Tern |\n| 18:05 | 18:50 | Petrel |\n"
)
STAFF = (
    "# Staff\n\n"
    "**Ida Nor, Accounts.** Payroll clerk. Room 0.08, extension 4230.\n\n"
    "**Ida Nor, IT.** Room 1.20, extension 4300."
)
PUMP = "# The pump\n\nDo this:\n\n1. Close valve B.\n2. Wait.\n3. Open valve B."
RULES = "# Workshop rules\n\n## After work\n\n1. Sweep the floor.\n2. Sign out.\n"
PLANS = (
    "# Plans\n\n"
    "The Basic plan includes mail and no phone support.\n\n"
    "The Plus plan includes phone support.\n\n"
    "The Student plan does not include phone support."
)
CREW = (
    "# Crew\n\n**Ann Fox.** She steers the ferry.\n\n"
    "**Bob Hay.** He is not allowed to steer the ferry. He cannot swim.\n"
)
TRAINS = (
    "# Timetable\n\n| Train | Departs | Platform | Driver |\n|---|---|---|---|\n"
    "| 101 | 9:15 | 2 | Ann Fox |\n| 102 | 10:30 | 1 | Bob Hay |\n"
)


@pytest.mark.parametrize(
    ("text", "question", "shown"),
    [
        (MINUTES, "Who was present?", ["Eva Roth, Max Tiller"]),
        (MINUTES, "Who was present at the meeting of 7 July?", []),
        (MINUTES, "When is the next meeting?", ["3 June, 18:00"]),
        (CONTACTS, "Where does the caretaker live?", ["Jens Arup, flat 2B"]),
        (CONTACTS, "Where does the plumber live?", []),
        (SHIPS, "Which ship sails at 18:05?", ["Petrel"]),
        (SHIPS, "Which ship sails at 19:00?", []),
        (STAFF, "Whose extension is 4300?", ["Ida Nor, IT", "Room 1.20, extension 4300."]),
        (STAFF, "Which room is Ida Nor of Accounts in?", ["Room 0.08, extension 4230.", "**Ida Nor, Accounts.**"]),
        (PUMP, "What do I do after closing valve B?", ["2. Wait."]),
        (PUMP, "What do I do after opening valve C?", []),
        (RULES, "What has to be done after work in the workshop?", ["1. Sweep the floor.", "2. Sign out."]),
        (CREW, "Who steers the ferry?", ["Ann Fox", "She steers the ferry."]),
        (CREW, "Who is not allowed to steer the ferry?", ["Bob Hay", "He is not allowed to steer the ferry."]),
        (CONTACTS, "Who is the plumber?", ["Ole Vang, 555-0101"]),
        (TRAINS, "Who drives train 102?", ["Bob Hay"]),
        (TRAINS, "Who drives the train at 9:15?", ["Ann Fox"]),
        (TRAINS, "Which driver drives the train at 9:15?", ["Ann Fox"]),
        (
            PLANS,
            "Which plans do not include phone support?",
            ["The Basic plan includes mail and no phone support.", "The Student plan does not include phone support."],
        ),
    ],
)
def test_what_the_question_points_at(text: str, question: str, shown: list[str]) -> None:
    """The value in focus, and nothing where a name, number or step of the question is not there."""
    assert [item.focused for item in worked(question, told(text))] == shown


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (CREW, "Who is allowed to steer the ferry?"),
        (CREW, "Who swims?"),
        (CREW, "Who steers the ferry after Ann Fox?"),
        (CONTACTS, "Who is not the plumber?"),
        (CONTACTS, "Who was the caretaker before Jens Arup?"),
        (CONTACTS, "Who was the caretaker other than Jens Arup?"),
        (TRAINS, "Who does not drive train 102?"),
        (TRAINS, "Who drives every train but 102?"),
        (TRAINS, "Which train leaves after 9:15?"),
        (PUMP, "What must not be done after closing valve B?"),
        (RULES, "What must not be done after work in the workshop?"),
    ],
)
def test_what_is_denied_or_excepted_is_not_looked_up(text: str, question: str) -> None:
    """Nothing where only one of the two denies, or where all but the value is asked for, or what is before or after."""
    assert looked_up(question, told(text)) == ()


def told(text: str) -> tuple[Statement, ...]:
    """The statements of a document."""
    chunk = Chunk("d:0", "d", 0, len(text), None, "", text)
    return statements([Hit(chunk, text.splitlines()[0].strip("# "), "a.md", 1.0, 1, "fused")])
