"""A question over a table finds its rows by their cells and its column by label or scale, or says nothing."""

import pytest

from index.records import Chunk, Hit
from index.text.clocks import clocks
from rag.read.rendering import statements
from rag.write.cells import clock
from rag.write.lists import tables
from rag.write.tabular import from_table

JOBS = """| Job | Dentist | Work | Due | Status | Weight_g | Price (EUR) |
|---|---|---|---|---|---|---|
| 3601 | Dr Acheson | crown | 3 June 2024 | delivered | 4.1 | 148.00 |
| 3602 | Dr Omondi | bridge | 4 June 2024 | late | 12.5 | 421.00 |
| 3603 | Dr Omondi | night guard | 6 June 2024 | delivered | 9.0 | 86.50 |
| 3604 | Praxis Nordring | crown | 7 June 2024 | late | 3.9 | 312.00 |
"""
LOG = """| date | house | min_temp | max_temp | water_l |
|---|---|---|---|---|
| 2024-05-06 | 1 | 14.2 | 27.8 | 410 |
| 2024-05-06 | 2 | 17.9 | 29.1 | 520 |
| 2024-05-07 | 1 | 13.1 | 28.9 | 430 |
| 2024-05-07 | 2 | 18.2 | 30.4 | 540 |
"""
FARES = "| Vehicle | Skarv-Holm | Skarv-Tornay |\n|---|---|---|\n| Motorcycle | 60 | 95 |\n| Car | 140 | 215 |\n"
PH = "| Month | pH | Matter |\n|---|---|---|\n| May | 7.9 | 34 |\n| July | 8.1 | 20 |\n| August | 8.0 | 22 |\n"
QUARTER = (
    "| Measure | Limit | April | May |\n|---|---|---|---|\n| pH | 6.5 to 9.0 | 7.4 | 7.6 |\n| Matter | 30 | 21 | 34 |\n"
)
TEA = """| 茶名 | 类别 | 每壶价格(元) |
|---|---|---|
| 龙井 | 绿茶 | 88 |
| 大红袍 | 乌龙茶 | 98 |
| 碧螺春 | 绿茶 | 78 |
"""

SETS = "| Set | Pairs |\n|---|---|\n| [Ferry logs](https://example.org/logs) | 304 |\n| [Tides](tides.md) | 12 |\n"


def told(question: str, text: str) -> list[str]:
    """Claims, or the words in focus, or the slices."""
    chunk = Chunk("d:0", "d", 0, len(text), None, "", text)
    (table,) = tables(statements([Hit(chunk, "List", "list.md", 1.0, 1, "fused")]))
    return [item.claim or item.focused for item in from_table(question, table)]


@pytest.mark.parametrize(
    ("text", "question", "shown"),
    [
        (JOBS, "Which is the dearest job?", ["3602"]),
        (SETS, "How many pairs have the ferry logs?", ["304"]),
        (JOBS, "Which job is the lightest?", ["3604"]),
        (JOBS, "Which job is due earliest?", ["3601"]),
        (JOBS, "Which jobs are late?", ["3602", "3604"]),
        (JOBS, "Which crowns are late?", ["3604"]),
        (JOBS, "What do Dr Omondi's jobs come to altogether?", ["Sum of Price (EUR) over 2 rows (Dr Omondi): 507.50."]),
        (JOBS, "What does the bridge cost?", ["421.00"]),
        (JOBS, "How many jobs are late?", ["2 of 4 rows in the table (late).", "3602", "3604"]),
        (JOBS, "How many jobs are cancelled?", []),
        (JOBS, "Why was the bridge for Dr Omondi late?", []),
        (JOBS, "What sintering temperature is used for a bridge?", []),
        (LOG, "On which day was it hottest in house 2?", ["2024-05-07"]),
        (LOG, "On which day was it coldest?", ["2024-05-07"]),
        (LOG, "How much water did house 1 get in all?", ["Sum of water_l over 2 rows (1): 840."]),
        (LOG, "How much water did house 4 get in all?", []),
        (LOG, "How much water did house 1 get on 7 May?", ["430"]),
        (PH, "What was the pH at the outfall in July?", ["8.1"]),
        (PH, "What was the pH at the outfall in June?", []),
        (QUARTER, "What was the pH in May?", ["7.6"]),
        (QUARTER, "What was the pH in July?", []),
        (FARES, "What does it cost to take a motorcycle from Skarv to Tornay?", ["95"]),
        (FARES, "What does a horse cost from Skarv to Tornay?", []),
        (TEA, "店里有哪些绿茶?", ["龙井", "碧螺春"]),
        (TEA, "最便宜的茶是哪个?", ["碧螺春"]),
        (TEA, "大红袍卖多少钱?", ["98"]),
    ],
)
def test_from_table(text: str, question: str, shown: list[str]) -> None:
    """The extreme, the sum, the count, the rows or the cell; nothing where the table does not hold what is asked."""
    assert told(question, text) == shown


def column(label: str, *cells: str) -> str:
    """A table of one column, its rows named A1, B2, C3, D4."""
    rows = (f"| {name}{number} | {cell} |" for number, (name, cell) in enumerate(zip("ABCD", cells, strict=False), 1))
    return "\n".join([f"| Thing | {label} |", "|---|---|", *rows]) + "\n"


@pytest.mark.parametrize(
    ("label", "cells", "question", "shown"),
    [
        ("Low temp", ["-3.2", "1.0", "-8.4"], "Which thing was the coldest?", ["C3"]),
        (
            "Low temp",
            ["-3.2", "1.0", "-8.4"],
            "What is the average low temp?",
            ["Average of Low temp over 3 rows: -3.53."],
        ),
        ("Profit", ["500", "−900", "120"], "Which thing has the highest profit?", ["A1"]),
        ("Profit", ["500", "-900", "(40)"], "What is the total profit?", ["Sum of Profit over 3 rows: -440."]),
        ("Weight", ["800 g", "2 kg", "15 g"], "Which thing is the heaviest?", ["B2"]),
        ("Weight", ["800 g", "2 kg", "15 g"], "What is the total weight?", ["Sum of Weight over 3 rows: 2,815 g."]),
        ("Size", ["900 MB", "2 GB", "12 kB"], "Which thing has the largest size?", ["B2"]),
        ("Length", ["45 min", "1 hour", "1 h 20 min"], "Which thing is the longest?", ["C3"]),
        ("Price", ["$5", "EUR 20", "$3"], "What is the total price?", []),
        ("Price", ["$5", "EUR 20", "$3"], "Which thing is the most expensive?", []),
        (
            "Price",
            ["$1,200.50", "$900", "$15.25"],
            "What is the total price?",
            ["Sum of Price over 3 rows: $2,115.75."],
        ),
        ("Price", ["1.200,50", "900,00", "1.500,00"], "Which thing is the most expensive?", ["C3"]),
        ("Price", ["1,50", "12,25", "299,00"], "What is the total price?", ["Sum of Price over 3 rows: 312.75."]),
        ("Size", ["126.790", "128.497", "9.800", "1.073.096"], "Which thing has the largest size?", ["D4"]),
        ("Size", ["126.790", "128.497", "9.800"], "What is the total size?", []),
        ("Departure", ["9:15 am", "1:30 pm", "12:10 am"], "Which thing has the earliest departure?", ["C3"]),
        ("Places", ["5-10", "3", "4"], "Which thing has the most places?", []),
        ("Score", ["3/5", "1", "2"], "What is the total score?", []),
        ("Hours", ["6:00-14:00", "14:00-22:00"], "Which thing has the most hours?", []),
        ("Due date", ["3 March 2024", "28 Dec 2023"], "What is the total due date?", []),
        ("Due", ["3 March 2024", "5 Feb"], "Which thing is due earliest?", []),
        ("Due", ["03/04/2024", "04/03/2024"], "Which thing is due earliest?", []),
        ("Phone", ["5551234", "5559876"], "What is the total phone?", []),
        ("Time (s)", ["12.1", "11.4", "13.0"], "Which thing was the fastest?", ["B2"]),
        ("Speed (km/h)", ["12.1", "11.4", "13.0"], "Which thing was the fastest?", ["C3"]),
        ("Departs", ["9:15", "10:30"], "Which thing is the fastest?", []),
        ("Rank", ["1", "2", "3"], "Which is the best thing?", ["A1"]),
        ("Rank", ["1", "2", "3"], "Which thing has the highest rank?", []),
        ("Price", ["1", "2", "3"], "Which thing has the best price?", []),
        ("Price", ["10", "25", "40", "25"], "Which is the second cheapest thing?", []),
        ("Price", ["10", "25", "40"], "Which is the second cheapest thing?", ["B2"]),
        ("Price", ["10", "45", "40"], "Which are the two cheapest things?", ["A1", "C3"]),
        ("Price", ["10", "25", "40"], "Which is the next cheapest thing?", []),
        ("Price (EUR)", ["10", "25", "40"], "Which is not the cheapest thing?", []),
    ],
)
def test_whole_cells_are_compared(label: str, cells: list[str], question: str, shown: list[str]) -> None:
    """Cells have a sign, a unit and a notation; nothing is given where they are not all of one kind."""
    assert told(question, column(label, *cells)) == shown


ROOMS = """| Room | Seats | Projector | Price (EUR) |
|---|---|---|---|
| Birch | 12 | yes | 40.50 |
| Oak | 30 | no | 90.00 |
| Elm | 8 | yes | 25.00 |
| Ash | 20 | no | 60.00 |
"""


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("Which rooms have at least 12 seats?", ["12", "30", "20"]),
        ("Which rooms have at most 12 seats?", ["12", "8"]),
        ("Which rooms have not more than 12 seats?", ["12", "8"]),
        ("Which rooms don't have more than 12 seats?", ["12", "8"]),
        ("Which rooms have up to 20 seats?", ["12", "8", "20"]),
        ("Which rooms have between 10 and 25 seats?", ["12", "20"]),
        ("Which rooms have 10 to 25 seats?", []),
        ("Which room with at least 12 seats is the cheapest?", ["Birch"]),
        ("What is the lowest price above 30?", ["40.50"]),
        ("Which rooms cost more than 60 dollars?", []),
        ("Which rooms are cheaper than Oak?", ["Birch", "Elm", "Ash"]),
        ("Which rooms have more seats than Birch?", ["30", "20"]),
        ("Which rooms are cheaper than the sauna?", []),
        ("Is Elm cheaper than Oak?", []),
        ("Which rooms except Oak have no projector?", ["Ash"]),
        ("Which rooms other than Oak have no projector?", ["Ash"]),
        ("Which room without a projector has the fewest seats?", ["Ash"]),
        ("How many rooms are there in total?", []),
    ],
)
def test_bounds_and_exclusions(question: str, shown: list[str]) -> None:
    """Rows within bounds, compared with another row, and without those that are excepted."""
    assert told(question, ROOMS) == shown


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("Which jobs are not late?", ["3601", "3603"]),
        ("Which jobs aren't late?", ["3601", "3603"]),
        ("Which jobs are not for Dr Omondi?", ["3601", "3604"]),
        ("How many jobs are not late?", ["2 of 4 rows in the table (not late).", "3601", "3603"]),
        ("Which jobs are not late or delivered?", []),
        ("Who has no late jobs?", []),
        ("What does late mean?", []),
        ("What is the social media price?", []),
        ("What does go together with late?", []),
        ("How much do the late jobs cost together?", ["Sum of Price (EUR) over 2 rows (late): 733.00."]),
        ("What is the mean price of the late jobs?", ["Average of Price (EUR) over 2 rows (late): 366.50."]),
        ("Which jobs are due before 4 June 2024?", ["3601"]),
        ("Which jobs are due by 4 June 2024?", []),
    ],
)
def test_denials_and_other_senses(question: str, shown: list[str]) -> None:
    """What is denied takes its rows away; words for a sum or a mean count only where they stand for one."""
    assert told(question, JOBS) == shown


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("What is the total price?", ["Sum of Price over 2 rows: 25."]),
        ("Which is the most expensive plan?", ["IT"]),
        ("Which plan is for the depot?", []),
        ("What is a plan?", []),
        ("Which plan has it?", []),
        ("What does plan A cost?", ["5"]),
    ],
)
def test_totals_and_small_words(question: str, shown: list[str]) -> None:
    """A row of totals is no row; a cell that is a small word is named in its own case or beside its label."""
    assert told(question, "| Plan | Price |\n|---|---|\n| A | 5 |\n| IT | 20 |\n| **Total** | 25 |\n") == shown


@pytest.mark.parametrize("written", ["9.30 p.m.", "9 a. m.", "9:30 PM", "11 am"])
def test_a_cell_is_read_as_a_sentence_is(written: str) -> None:
    """A column of such times had no order, for it was read by a pattern of its own."""
    (found,) = clocks(written)
    cell = clock(written)
    assert cell is not None
    assert {cell.value / 60} == found.minutes


@pytest.mark.parametrize("written", ["21:75", "13 pm", "0 am", "9.30"])
def test_what_is_no_time_in_a_sentence_is_none_in_a_cell(written: str) -> None:
    """Minutes that no hour has, and hours that no half of a day has."""
    assert clock(written) is None
