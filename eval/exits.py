"""A report for machines and for a pull request: JUnit XML, one test a case, and a short Markdown summary."""

import re
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from eval.compare import Comparison, changed_sentence
from eval.figures import Figure
from eval.report import Report, cut, fault, number

HEADLINES = (
    "right", "fact_cited", "opens_with_fact", "faithfulness", "true_citations", "refused_unanswerable",
    "wrongly_refused", "evidence_at_5", "seconds_median",
)  # fmt: skip
"""Figures that a summary shows, of all."""

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, gates: Sequence[str] = ()) -> str:
    """JUnit XML: a suite for the cases (a failure says what is wrong with one) and one for the gates that failed."""
    suites = Element("testsuites", name="rag eval")
    wrong = [one for one in report.outcomes if not one.right]
    seconds = sum(one.seconds for one in report.outcomes)
    counts = {"tests": str(len(report.outcomes)), "failures": str(len(wrong)), "time": f"{seconds:.3f}"}
    cases = SubElement(suites, "testsuite", {"name": "cases", **counts})
    for one in report.outcomes:
        kind = one.tags[0] if one.tags else "case"
        row = SubElement(cases, "testcase", name=_legal(one.id), classname=_legal(kind), time=f"{one.seconds:.3f}")
        if not one.right:
            failure = SubElement(row, "failure", message=_legal(fault(one)))
            failure.text = _legal(
                f"{one.question}\nexpected: {' / '.join(one.expected) or 'a refusal'}\nsaid: {one.answer}"
            )
    bounds = SubElement(suites, "testsuite", name="gates", tests=str(len(gates)), failures=str(len(gates)))
    for number_, sentence in enumerate(gates, start=1):
        row = SubElement(bounds, "testcase", name=f"gate {number_}", classname="gates")
        SubElement(row, "failure", message=_legal(sentence))
    indent(suites)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{tostring(suites, encoding='unicode')}\n"


def _legal(text: str) -> str:
    """The text without characters that XML 1.0 cannot hold."""
    return _ILLEGAL.sub("", text)


def summary(report: Report, comparison: Comparison | None = None, gates: Sequence[str] = ()) -> str:
    """Markdown: the headline figures, both halves, what flipped and what failed."""
    head = report.header
    lines = [
        f"### Evaluation: {head.cases} cases, commit {head.commit or 'unknown'}",
        "",
        f"Writer {_cell(head.model)}, judge {_cell(head.judge or 'none')}, {head.documents} documents."
        + (f" Read as {_cell(head.form)}." if head.form else ""),
        "",
        "| figure | value | 95 % interval | n |",
        "|---|---:|---|---:|",
        *_rows(figure for figure in report.figures if figure.name in HEADLINES),
        *(row for half, figures in report.halves.items() for row in _rows(figures[:1], f" ({half})")),
        "",
    ]
    lines += [f"- **{_cell(sentence)}**" for sentence in gates]
    if comparison:
        test = comparison.test
        lines.append(f"Against the baseline: {test.gained} won, {test.lost} lost, p = {test.p:.3f} (exact sign test).")
        lines += [_cell(changed_sentence(comparison))] if comparison.changed else []
        lines.append("")
        lines += [
            f"- {'won' if flip.now_right else 'lost'}: {_cell(flip.id)}: {_cell(cut(flip.question, 100))}"
            for flip in sorted(comparison.flips, key=lambda flip: flip.now_right)
        ]
    return "\n".join(lines).rstrip() + "\n"


def _rows(figures: Iterable[Figure], suffix: str = "") -> list[str]:
    return [
        f"| {_cell(one.label.strip())}{suffix} | {number(one.value)} | {_interval(one)} | {one.n} |" for one in figures
    ]


def _interval(one: Figure) -> str:
    return "" if one.low is None else f"{number(one.low)} to {number(one.high)}"


def _cell(text: str) -> str:
    """The text as it stands, in a table too: document text is data."""
    for char in "\\`*_[]<>|#":
        text = text.replace(char, "\\" + char)
    return " ".join(text.split())
