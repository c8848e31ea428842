"""What the cells of one column are worth: amounts in one unit, durations, days or clock times, or nothing that can be
compared.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.text.clocks import CLOCK, hour_of
from index.text.dates import dates
from index.text.quantities import Quantity, quantities
from index.text.units import UNITS, dimension
from rag.write.lists import Table

_BLANK = frozenset(["", "-", "–", "—", "?", "n/a", "na", "n.a.", "none", "unknown", "tbd", "tba", "k.a.", "无"])
_FOOTNOTES = "*†‡_` \u00a0"
_RUN = re.compile(r"\d+(?:[.,]\d+|['’]\d{3}(?!\d)|[ \u00a0\u202f]\d{3}(?!\d))*")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?", re.IGNORECASE)
_NUMERIC_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_OF_YEARS = re.compile(r"year|built|since|born|found|date|opened|baujahr|jahr|año|年", re.IGNORECASE)
_NAMING = re.compile(
    r"\b(?:phone|telephone|tel|fax|mobile|id|codes?|zip|postcode|plz|isbn|iban|account|ref|serial|telefon|teléfono"
    r"|\w+[ ._-](?:no|nr|number|nummer))\b(?![. ]*of\b)|电话|编号|号码",
    re.IGNORECASE,
)
"""Labels of numbers that only name something."""
_BRACKETED = re.compile(r"(?P<before>[^\d()\w]*)\((?P<inner>[^()]*\d[^()]*)\)(?P<after>[^\d()]*)")
_TAIL = re.compile(r"°?\s?[^\W\d_]*[²³]?(?:[ /·.-][^\W\d_]+){0,2}\.?|[°%‰]")
_UNIT_OF_LABEL = re.compile(r"[(\[（]([^()\[\]（）]+)[)\]）]\s*$|_([^\W_]+)$|\b(?:in|/)\s+(\S+)$|([€$£¥%])")
_ADDED = ("", "money", "time", "length", "mass", "data", "energy", "area", "volume", "barrels", "power")
_SHOWN_PLACES = 2
LONGEST_NUMBER = 15
"""Digits from which a number is an identifier."""


@dataclass(frozen=True, slots=True)
class Value:
    """One cell or one number of a question, in the base unit of its kind.

    `kind` is a dimension ("" for plain numbers, "money eur", "time" for durations), "day", "clock" or "year", with the
    words after the number that are no known unit. `unit` is canonical, `step` the value of one of what is written,
    `lead` and `tail` are written around the digits, of which `places` stand after the decimal mark.
    """

    kind: str
    value: float
    unit: str = ""
    step: float = 1.0
    lead: str = ""
    tail: str = ""
    places: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """Row number -> value, all of one kind; empty where a cell holds anything that is no value of it.

    `exact` is False where the notation leaves open what a decimal mark is: such numbers have an order but no size.
    """

    values: Mapping[int, Value]
    label: str = ""
    exact: bool = True

    @property
    def kind(self) -> str:
        """The kind of its values; "" for an empty column too."""
        return next((value.kind for value in self.values.values()), "")

    @property
    def unit(self) -> str | None:
        """The canonical unit that all its values have ("" for none); None where they differ."""
        units = {value.unit for value in self.values.values()}
        return next(iter(units)) if len(units) == 1 else None

    def adds(self, *, mean: bool) -> bool:
        """Whether a sum of its values, or their mean, says something: amounts and durations, no days or clock times."""
        if not self.exact or self.kind in ("day", "day of a year", "year") or self.kind.startswith("clock"):
            return False
        return mean or (self.kind.partition(" ")[0] in _ADDED and "°" not in self.kind)

    def figure(self, value: float, *, mean: bool) -> str:
        """A value in base units as the cells write theirs, with the unit or currency that they share."""
        values = list(self.values.values())
        first = values[0]
        places = max(one.places for one in values)
        places = max(places, _SHOWN_PLACES) if mean else places
        if len({(one.lead, one.tail, one.step) for one in values}) == 1:
            sign = "-" if value < 0 else ""
            return f"{sign}{first.lead}{abs(value) / first.step:,.{places}f}{first.tail}"
        least = min(values, key=lambda one: dimension(one.unit)[1])
        factor = dimension(least.unit)[1]
        same = len({one.step for one in values}) == 1
        number = f"{value / factor:,.{places if same else _SHOWN_PLACES}f}"
        number = number if same else number.rstrip("0").rstrip(".")
        written = least.unit.upper() if self.kind.startswith("money") else least.unit
        as_cell = not same and least.step == factor and least.tail.strip()
        return f"{number} {least.tail.strip() if as_cell else written}".strip()


def column_of(rows: Table, column: int) -> Column:
    """The values of a column, where most cells hold one and none holds anything else: a range, a fraction, a remark."""
    label = rows[0].labels[column] if rows and column < len(rows[0].labels) else ""
    cells = {at: row.cell(column).strip(_FOOTNOTES) for at, row in enumerate(rows)}
    cells = {at: cell for at, cell in cells.items() if not blank(cell)}
    if len(cells) <= len(rows) / 2 or _NAMING.search(label.replace("_", " ")):
        return Column({}, label)
    exact = True
    read = _same_reader(list(cells.values()))
    if read is None:
        mark, exact = _decimal_mark([run for cell in cells.values() for run in _RUN.findall(cell)])
        if not mark:
            return Column({}, label)

        def read(cell: str) -> Value | None:
            return amount(cell, mark)

    values: dict[int, Value] = {}
    for at, cell in cells.items():
        value = read(cell)
        if value is None:
            return Column({}, label)
        values[at] = value
    if _OF_YEARS.search(label) and all(_YEAR.fullmatch(cell) for cell in cells.values()):
        values = {at: replace(value, kind="year") for at, value in values.items()}
    elif unit := unit_of(label):
        values = {at: _in_unit(value, unit) for at, value in values.items()}
    return Column(values, label, exact) if len({value.kind for value in values.values()}) == 1 else Column({}, label)


def blank(cell: str) -> bool:
    """Whether a cell holds nothing, or says that nothing is known."""
    return cell.strip(_FOOTNOTES).lower() in _BLANK


def unit_of(label: str) -> str:
    """The canonical unit that a label gives in brackets, after "in" or as a currency sign; "" for none."""
    found = _UNIT_OF_LABEL.search(label)
    name = next((group for group in found.groups() if group), "").strip() if found else ""
    return UNITS.get(name) or UNITS.get(name.lower(), "")


def amount(cell: str, mark: str = ".") -> Value | None:
    """A whole cell as one amount, in brackets a negative one; None for anything else. `mark`: the decimal mark."""
    if bracketed := _BRACKETED.fullmatch(cell):
        inner = amount(f"{bracketed['before']}{bracketed['inner']}{bracketed['after']}".strip(), mark)
        return replace(inner, value=-abs(inner.value)) if inner else None
    if any((run.startswith("0") and run[1:2].isdigit()) or len(run) > LONGEST_NUMBER for run in _RUN.findall(cell)):
        return None
    plain = _RUN.sub(lambda run: _plain(run.group(), mark), cell)
    found = quantities(plain)
    if not found or any(one.bound or one.vague for one in found) or plain[: found[0].start].strip("+ "):
        return None
    tail = plain[found[-1].end :].strip()
    if not _TAIL.fullmatch(tail) or (len(found) > 1 and (tail or not _composed(plain, found))):
        return None
    factor = dimension(found[-1].unit)[1]
    kind, value = f"{found[0].base[0]} {tail}".rstrip(), sum(one.base[1] for one in found)
    if len(found) > 1 or not _RUN.search(cell):
        return Value(kind, value, found[-1].unit, factor if len(found) == 1 else 0.0)
    return _written(cell, plain, Value(kind, value, found[0].unit, factor))


def _composed(text: str, found: Sequence[Quantity]) -> bool:
    """Whether amounts side by side make one: "1 h 30 min", not "5 kg - 10 kg"."""
    factors = [dimension(one.unit)[1] for one in found]
    apart = any(text[one.end : other.start].strip(" ,") for one, other in pairwise(found))
    same = len({one.base[0] for one in found}) == 1 and all(one.unit for one in found)
    return same and not apart and factors == sorted(set(factors), reverse=True)


def _written(cell: str, plain: str, value: Value) -> Value:
    """The value with what is written around its digits, and what one of them is worth."""
    raw, digits = _RUN.search(cell), _RUN.search(plain)
    if raw is None or digits is None:
        return value
    number = float(digits.group())
    return replace(
        value,
        step=abs(value.value / number) if value.value and number else value.step,
        lead=cell[: raw.start()].strip("+-−–"),
        tail=cell[raw.end() :],
        places=len(digits.group().partition(".")[2]),
    )


def day(cell: str) -> Value | None:
    """A whole cell as one day of a year, with a time of day or without; None for anything else."""
    found = [one for one in dates(cell) if one.month and one.day]
    if not found:
        return None
    first = found[0]
    rest = _WEEKDAY.sub("", f"{cell[: first.start]}{cell[found[-1].end :]}").strip(" ,T")
    time = clock(rest) if rest else None
    if len({(one.year, one.month, one.day) for one in found}) > 1 or (rest and time is None):
        return None
    at = (first.year or 0) * 372 + (first.month or 0) * 31 + (first.day or 0)
    return Value("day" if first.year else "day of a year", at + (time.value / 86400 if time else 0.0))


def clock(cell: str) -> Value | None:
    """A whole cell as one time of day (or a time as runners write it), in seconds; None for anything else."""
    found = CLOCK.fullmatch(cell.removesuffix("."))
    hour = hour_of(found) if found else None
    if found is None or hour is None:
        return None
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    written = " with am and pm" if found["half"] else " with seconds" if found["second"] else ""
    return Value(f"clock{written}", hour * 3600.0 + minute * 60 + second)


def _same_reader(cells: Sequence[str]) -> Callable[[str], Value | None] | None:
    """What reads all cells as days or as clock times; None where that is not what they are.

    Of days such as 03/04/2025 some other day of the column must tell which number is the month.
    """
    if all(clock(cell) for cell in cells):
        return clock
    if not all(day(cell) for cell in cells):
        return None
    pairs = [(int(found[1]), int(found[2])) for cell in cells if (found := _NUMERIC_DAY.search(cell))]
    if not any(one <= 12 and other <= 12 and one != other for one, other in pairs):
        return day
    first, second = any(one > 12 for one, _ in pairs), any(other > 12 for _, other in pairs)
    if first == second:
        return lambda _: None
    return day if first else lambda cell: day(_NUMERIC_DAY.sub(_day_first, cell))


def _day_first(found: re.Match[str]) -> str:
    return f"{found[2]}/{found[1]}/{found.group()[-4:]}"


def _in_unit(value: Value, unit: str) -> Value:
    """A bare number in the unit of its label."""
    name, factor = dimension(unit)
    if value.kind:
        return value
    return replace(value, kind=name, value=value.value * factor, unit=unit, step=value.step * factor)


def _decimal_mark(runs: Sequence[str]) -> tuple[str, bool]:
    """The decimal mark of a column's numbers, and whether it is sure; "" where the numbers do not agree on one.

    A mark is decimal where it stands last of two kinds or not before three digits; it groups where it is repeated.
    """
    decimal, groups, unsure = set[str](), set[str](), list[str]()
    for run in runs:
        marks = re.findall("[.,]", run)
        head, _, after = run.rpartition(marks[-1]) if marks else ("", "", "")
        if len(set(marks)) == 2:
            decimal.add(marks[-1])
            groups.update(set(marks) - {marks[-1]})
        elif len(marks) > 1:
            groups.add(marks[0])
        elif marks and (len(after) != 3 or head.startswith("0") or len(re.sub(r"\D", "", head)) > 3):
            decimal.add(marks[0])
        elif marks:
            unsure.append(marks[0])
    open_marks = set(unsure) - decimal - groups
    if len(decimal) > 1 or len(groups) > 1 or decimal & groups or len(open_marks) > 1:
        return "", False
    if decimal:
        return next(iter(decimal)), True
    if groups:
        return ("", False) if open_marks else ("," if "." in groups else ".", True)
    if "." in open_marks:
        return (".", False) if len(unsure) == len(runs) else ("", False)
    return ".", True


def _plain(run: str, mark: str) -> str:
    """Digits without group marks, with a point for the decimal mark."""
    kept = re.sub(rf"[^\d{mark}]", "", run)
    return kept.replace(mark, ".")
