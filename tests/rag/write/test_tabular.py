"""A question over a table finds its rows by their cells and its column by label or scale, or says nothing."""

import pytest

from index.records import Chunk, Hit
from rag.read.rendering import statements
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


def told(question: str, text: str) -> list[str]:
    """Claims, or the words in focus, or the slices."""
    chunk = Chunk("d:0", "d", 0, len(text), None, "", text)
    (table,) = tables(statements([Hit(chunk, "List", "list.md", 1.0, 1, "fused")]))
    return [item.claim or item.focused for item in from_table(question, table)]


@pytest.mark.parametrize(
    ("text", "question", "shown"),
    [
        (JOBS, "Which is the dearest job?", ["3602"]),
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
