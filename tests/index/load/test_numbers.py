"""Cells of a workbook read as their format codes show them, or as plain values: never with other digits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from index.load.numbers import shown


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (2134, "00000", "02134"),
        (123456789, "000-00-0000", "123-45-6789"),
        (1234567, "000-00-0000", "001-23-4567"),
        (15551234567, '0" ("000") "000-0000', "1 (555) 123-4567"),
        (7, '000"-A"', "007-A"),
        (5.25, "000.00", "005.25"),
        (12, "0,000", "0,012"),
    ],
)
def test_leading_zeros_and_groups(value: float, code: str, text: str) -> None:
    """Postcodes, telephone and account numbers keep their length and their groups."""
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (12_300_000, '0.0,,"M"', "12.3M"),
        (1_234_567, "#,##0,", "1,235"),
        (1_234_567, '#,##0.0,"k"', "1,234.6k"),
        (500, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "500"),
        (12_300_000, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', "12300000"),
        (5_551_234, "[<=9999999]###-####;(###) ###-####", "5551234"),
        (20304, "00.00.00", "20304"),
    ],
)
def test_scales_and_conditions(value: float, code: str, text: str) -> None:
    """Thousands and millions are counted as such; what depends on a condition is the plain value."""
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.125, "0%", "13%"),
        (2.5, "0", "3"),
        (-2.5, "0", "-3"),
        (1.005, "0.00", "1.01"),
        (-0.4, "0", "0"),
        (-5, "0;[Red]0", "-5"),
        (-5, "0;(0)", "(5)"),
        (1e20, "0", "100000000000000000000"),
        (float("inf"), "0.00", "inf"),
    ],
)
def test_rounding_and_signs(value: float, code: str, text: str) -> None:
    """Halves go away from zero, as in every spreadsheet; a minus that only a colour shows is written."""
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('d" de "mmmm" de "yyyy', "14 de March de 2031"),
        (r'[$-C0A]d\ "de"\ mmmm\ "de"\ yyyy;@', "14 de March de 2031"),
        ('"Week of "mmm d', "Week of Mar 14"),
        (r"hh\:mm\:ss", "15:09:26"),
        (r"mm\:ss", "09:26"),
    ],
)
def test_words_in_dates(code: str, text: str) -> None:
    """Letters of quoted words are no parts of a date."""
    assert shown(datetime.fromisoformat("2031-03-14T15:09:26"), code) == text


@pytest.mark.parametrize(
    ("hours", "code", "text"),
    [
        (-1.5, "[h]:mm", "-1:30"),
        (30.25, "[h]:mm", "30:15"),
        (-0.75, "[h]:mm:ss", "-0:45:00"),
        (2, "General", "2:00:00"),
    ],
)
def test_durations(hours: float, code: str, text: str) -> None:
    """Also below zero; seconds where the code shows them."""
    assert shown(timedelta(hours=hours), code) == text
