"""Numbers on the command line: one that no run could use is refused before anything is asked."""

import argparse
import math


def finite(text: str) -> float:
    """The number in a text. Raises `ValueError` for none and for "nan" and "inf", which no run could miss or meet."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not finite")
    return value


def decimal(text: str) -> float:
    """`finite`, as argparse wants it."""
    try:
        return finite(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; write one, as in 0.05") from error


def from_one(text: str) -> int:
    """A whole number from 1 on: of cases, rows, proposals."""
    return _whole(text, 1)


def from_zero(text: str) -> int:
    """A whole number from 0 on."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} on")
    return value
