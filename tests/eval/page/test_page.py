"""The page of a report: complete, self-contained, escaped, and usable in a browser without a network."""

import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import Markup

from eval.cases import load_cases
from eval.compare import Earlier, compare, earlier
from eval.eval_command import evaluate
from eval.page.charts import Bar, bars, columns, plot
from eval.page.page import charts, html_report
from eval.report import Report

CHROMIUM = shutil.which("chromium")
EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)> {{ 1337*7331 }} "quoted"'


@pytest.fixture
def report(pipeline, tmp_path: Path, case_lines: list[str]) -> Report:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(case_lines), encoding="utf-8")
    return evaluate(load_cases(file), pipeline, seed=3)


class Elements(HTMLParser):
    """Every start tag with its attributes, and whatever is loaded from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_every_question_figure_chart_and_flip_is_on_the_page(report: Report) -> None:
    """Questions wrong ones first, with states, quotes and gold evidence; undefined figures say n/a."""
    before = {"knows": Earlier("who knows the market future?", "They refused.", {"right": 1.0})}
    page = html_report(report, compare(before, earlier(report.outcomes)), ["Gate failed: right."])

    assert page.index('data-state="wrong"') < page.index('data-state="right"')
    for text in ("how much did the GPUs cost?", "Gate failed: right.", "They refused.", "judge", "words (the system",
                 "quoted 1.00", "gold", "answered what the documents do not say", "n/a", "may be noise"):  # fmt: skip
        assert text in page, text
    assert [chart.title for chart in charts(report)] == [
        "Right answers by kind",
        "Faithfulness by kind",
        "Risk and coverage",
        "Calibration of confidence",
        "Rank of the gold passage",
        "Seconds by stage",
    ]


def test_nothing_is_loaded_from_anywhere(report: Report) -> None:
    """No element has a source or a link, and the page itself forbids it."""
    elements = Elements(html_report(report)).tags

    assert [tag for tag, attributes in elements if {"src", "href"} & set(attributes)] == []
    assert ("script", {}) in elements
    policy = next(a["content"] for tag, a in elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_text_of_documents_answers_and_names_stays_text(report: Report) -> None:
    """Markup and template code in any field are shown, not obeyed."""
    first = report.outcomes[0]
    evil = replace(
        first,
        id=EVIL, question=EVIL, answer=EVIL, expected=(EVIL,), tags=(EVIL,), quotes=(EVIL,), searched_for=EVIL,
        sentences=((EVIL, "quoted", 1.0),), evidence=(replace(first.evidence[0], title=EVIL, text=EVIL),),
    )  # fmt: skip
    head = replace(report.header, model=EVIL, judge=EVIL)
    page = html_report(replace(report, header=head, outcomes=(evil,), tags={EVIL: report.tags["number"]}), None, [EVIL])
    tags = [tag for tag, _ in Elements(page).tags]

    assert tags.count("script") == 1
    assert "img" not in tags
    assert str(1337 * 7331) not in page


def test_a_report_of_nothing_is_a_page(report: Report) -> None:
    """No cases, no charts, no traceback."""
    page = html_report(replace(report, outcomes=(), tags={}, halves={}))

    assert "Every figure" in page


def test_charts_say_in_words_what_they_show() -> None:
    """Each drawing has a label for those who do not see it; undefined bars have words instead of a bar."""
    drawing = bars([Bar("a<b", 0.5, "0.5, n 2", 0.1, 0.9), Bar("c", None, "nothing")])

    assert isinstance(drawing, Markup)
    assert 'aria-label="a&lt;b 0.5, n 2, c nothing"' in drawing
    assert drawing.count('class="bar"') == 1
    assert 'class="bar"' in columns([Bar("1", 0.0, "0")], "rank")
    assert plot([(0.0, 0.0), (1.0, 1.0)], "x", "y", diagonal=True, sizes=[1, 4]).count("<circle") == 2


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
def test_the_page_works_in_a_browser_without_a_network(report: Report, tmp_path: Path) -> None:
    """It asks no host for anything, filters by state and words, and opens a question."""
    file = tmp_path / "report.html"
    file.write_text(html_report(report), encoding="utf-8")
    asked: list[str] = []
    troubles: list[str] = []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(file.as_uri())
        assert page.locator("#count").inner_text() == "4 of 4 questions"
        page.select_option("#state", "wrong")
        assert page.locator("details.case:visible").count() == 1
        page.locator("details.case:visible summary").click()
        assert page.locator("details.case:visible blockquote").first.is_visible()
        page.select_option("#state", "")
        page.fill("#find", "it moves to where")
        assert "where" in page.locator("details.case:visible").first.inner_text()
        fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        browser.close()
    assert asked == [file.as_uri()]
    assert troubles == []
    assert fits
