"""Benchmarks of whole answers: RGB, PubMedQA, FinanceBench, HotpotQA's pool, CMRC 2018, and files that people bring."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from eval.cases import BadCases, json_lines
from eval.figures import Figure, share
from eval.metrics.agreement import balanced_accuracy
from eval.metrics.answers import short_answer, shown_sentences
from eval.metrics.citations import refused
from eval.metrics.facts import holds
from eval.metrics.overlap import character_scores, exact_match, squad_f1
from eval.sets.search import search_figures
from eval.speed.workbench import Library, Row, Workbench, counted
from rag.answer import Answer
from rag.protocols import Span

DOCUMENTS = 5
"""RGB gives five documents with every question."""
NOISE = (0.0, 0.4, 0.8)


def rgb(bench: Workbench) -> Iterator[Figure]:
    """English and Chinese questions with noise, with nothing but noise, and with planted wrong facts (RGB, AAAI-24)."""
    for name in ("en_fact", "zh_refine"):
        rows = bench.some(bench.rows(name))
        texts = {f"{row['id']} {kind} {n}": text for row in rows for kind, n, text in _given(row)}
        library = bench.library(f"rgb-{name}-{len(rows)}", texts)
        with library.pipeline:
            yield from _noise(name, rows, library, bench.seed)
            if name == "en_fact":
                yield from _counterfactual(rows, library, bench.seed)


def _given(row: Row) -> Iterator[tuple[str, int, str]]:
    for kind in ("positive", "negative", "positive_wrong"):
        yield from ((kind, n, text) for n, text in enumerate(row.get(kind, [])[:DOCUMENTS]))


def _ask(library: Library, row: Row, kinds: Mapping[str, int]) -> Answer:
    keys = [f"{row['id']} {kind} {n}" for kind, most in kinds.items() for n in range(most)]
    ids = frozenset[str]().union(*(library.ids_of(key) for key in keys if key in library.same))
    return library.pipeline.ask(row["question"], only=ids)


def _noise(name: str, rows: Sequence[Row], library: Library, seed: int) -> Iterator[Figure]:
    """Accuracy: the answer stands in the shown text; denominator all questions, a refusal counts as wrong."""
    for noise in NOISE:
        wrong = round(DOCUMENTS * noise)
        asked = counted(rows, len(rows), f"{name}, noise {noise:g}")
        answers = [_ask(library, row, {"positive": DOCUMENTS - wrong, "negative": wrong}) for row in asked]
        pairs = ((said_any(answer, accepted(row["answer"])), 1.0) for row, answer in zip(rows, answers, strict=True))
        yield share(f"{name}_noise_{noise:g}", name, f"accuracy, noise {noise:g}", pairs, seed=seed)
    answers = [_ask(library, row, {"negative": DOCUMENTS}) for row in counted(rows, len(rows), f"{name}, only noise")]
    yield share(f"{name}_rejected", name, "only noise, refused", ((refused(a), 1.0) for a in answers), seed=seed)


def _counterfactual(rows: Sequence[Row], library: Library, seed: int) -> Iterator[Figure]:
    """Documents rewritten to say something false: repeating it is faithful; beside true ones both are wanted."""
    group = "planted wrong facts"
    alone = [_ask(library, row, {"positive_wrong": DOCUMENTS}) for row in counted(rows, len(rows), "wrong facts")]
    repeated = (said_any(a, [row["fakeanswer"]]) for row, a in zip(rows, alone, strict=True))
    yield share("fake_repeated", group, "the planted fact repeated", ((r, 1.0) for r in repeated), seed=seed)
    mixed = [_ask(library, row, {"positive": 2, "positive_wrong": 2}) for row in counted(rows, len(rows), "mixed")]
    told = ((bool(answer.conflicts), 1.0) for answer in mixed)
    yield share("conflict_told", group, "disagreement told, mixed", told, seed=seed)


def accepted(answer: object) -> list[str]:
    """RGB's answer, a text or lists of variants, as one list of accepted texts."""
    if isinstance(answer, str):
        return [answer]
    return [text for one in answer for text in accepted(one)] if isinstance(answer, list) else []


def said_any(answer: Answer, facts: Sequence[str]) -> float:
    """1 where a shown sentence holds one of the facts, as words or (in scripts without spaces) as characters."""
    texts = [sentence.text for sentence in shown_sentences(answer)]
    return float(any(holds(text, fact) or (not fact.isascii() and fact in text) for text in texts for fact in facts))


def pubmedqa(bench: Workbench) -> Iterator[Figure]:
    """Research questions against abstracts without their conclusion: the right one found; yes, no or maybe said."""
    rows = bench.some(bench.rows("questions"))
    library = bench.library(f"pubmedqa-{len(rows)}", {row["id"]: "\n\n".join(row["contexts"]) for row in rows})
    with library.pipeline as pipeline:
        queries = {row["id"]: row["question"] for row in rows}
        yield from search_figures(bench, pipeline, queries, _own(queries, library), library.name_of)
        asked = counted(rows, len(rows), "questions")
        said = [verdict(pipeline.ask(row["question"], only=library.ids_of(row["id"]))) for row in asked]
    wanted = [row["answer"] for row in rows]
    right = ((a == b, 1.0) for a, b in zip(said, wanted, strict=True))
    yield share("accuracy", "yes, no or maybe", "accuracy", right, seed=bench.seed)
    yield share("decided", "yes, no or maybe", "said yes or no", ((s != "maybe", 1.0) for s in said), seed=bench.seed)


def _own(queries: Mapping[str, str], library: Library) -> dict[str, set[str]]:
    return {key: {library.same[key]} for key in queries}


def verdict(answer: Answer) -> str:
    """What the answer opens with: yes or no; anything else, a refusal too, is maybe."""
    match = re.match(r"\W*(yes|no)\b", answer.text, re.IGNORECASE)
    return match[1].lower() if match and not answer.abstained else "maybe"


def financebench(bench: Workbench) -> Iterator[Figure]:
    """Questions over pages of annual reports; and whether our measure of a right answer agrees with people's."""
    pages = {row["page_id"]: f"# {row['doc_name']}\n\n{row['text']}\n" for row in bench.rows("evidence_pages")}
    rows = bench.some(bench.rows("questions"))
    library = bench.library("financebench", pages)
    queries = {row["id"]: row["question"] for row in rows}
    gold = {row["id"]: {library.same[one["page_id"]] for one in row["evidence"]} for row in rows}
    with library.pipeline as pipeline:
        yield from search_figures(bench, pipeline, queries, gold, library.name_of)
        answers = [pipeline.ask(row["question"]) for row in counted(rows, len(rows), "questions")]
    group, seed = "answers", bench.seed
    right = (said_any(answer, [row["answer"]]) for row, answer in zip(rows, answers, strict=True))
    yield share("answer_shown", group, "answer in the shown text", ((r, 1.0) for r in right), seed=seed)
    yield share("refused", group, "refused", ((refused(a), 1.0) for a in answers), seed=seed, better="lower")
    yield from judged_figures(bench.some(bench.rows("judged_answers")), seed)


def judged_figures(rows: Sequence[Row], seed: int = 0) -> Iterator[Figure]:
    """Balanced accuracy of "the gold answer stands in the answer" against people's "Correct Answer"."""
    held = (float(holds(row["model_answer"], row["gold_answer"])) for row in rows)
    marked = [(score, row["human_label"] == "Correct Answer") for score, row in zip(held, rows, strict=True)]
    agree = (((score >= 0.5) == right, 1.0) for score, right in marked)
    yield share("measure_accuracy", "our measure against people", "accuracy", agree, seed=seed)
    balanced = balanced_accuracy(marked, 0.5)
    pair = None if balanced is None else (balanced * len(marked), float(len(marked)))
    yield share("measure_balanced", "our measure against people", "balanced accuracy", [pair], seed=seed)


def multihop_hotpot100(bench: Workbench) -> Iterator[Figure]:
    """Questions that need two paragraphs of a pool of 994: both found, and exact match and F1 of the marked words."""
    texts = {row["doc_id"]: f"# {row['title']}\n\n{row['text']}\n" for row in bench.rows("corpus")}
    rows = bench.some(bench.rows("questions"))
    library = bench.library("hotpot", texts)
    queries = {row["id"]: row["question"] for row in rows}
    gold = {row["id"]: {library.same[one] for one in row["supporting_doc_ids"]} for row in rows}
    with library.pipeline as pipeline:
        yield from search_figures(bench, pipeline, queries, gold, library.name_of)
        answers = [pipeline.ask(row["question"]) for row in counted(rows, len(rows), "questions")]
    both = list(zip(rows, answers, strict=True))
    for name, label, measure in (("exact", "exact match", exact_match), ("f1", "F1", squad_f1)):
        pairs = ((measure(short_answer(answer), [row["answer"]]), 1.0) for row, answer in both)
        yield share(name, "answers", label, pairs, seed=bench.seed)
    shown = ((said_any(answer, [row["answer"]]), 1.0) for row, answer in both)
    yield share("answer_shown", "answers", "answer in the shown text", shown, seed=bench.seed)


def cmrc2018(bench: Workbench) -> Iterator[Figure]:
    """Chinese questions read in their paragraph (exact match and F1 by characters), and the paragraph found."""
    texts = {row["paragraph_id"]: row["text"] for row in bench.rows("paragraphs")}
    rows = bench.some(bench.rows("questions"))
    library = bench.library("cmrc2018", texts)
    queries = {row["id"]: row["question"] for row in rows}
    gold = {row["id"]: {library.same[row["paragraph_id"]]} for row in rows}
    with library.pipeline as pipeline:
        yield from search_figures(bench, pipeline, queries, gold, library.name_of)
        asked = counted(rows, len(rows), "questions")
        spans = [pipeline.reader.spans(row["question"], [texts[row["paragraph_id"]]])[0] for row in asked]
    yield from character_figures(spans, [row["answers"] for row in rows], bench.seed)


def character_figures(spans: Sequence[Span], answers: Sequence[Sequence[str]], seed: int = 0) -> Iterator[Figure]:
    """CMRC 2018's exact match and F1 of the spans, over all questions."""
    scores = [character_scores(span.text, wanted) for span, wanted in zip(spans, answers, strict=True)]
    yield share("exact", "reading", "exact match", ((exact, 1.0) for exact, _ in scores), seed=seed)
    yield share("f1", "reading", "F1 by characters", ((f1, 1.0) for _, f1 in scores), seed=seed)


def cases(bench: Workbench) -> Iterator[Figure]:
    """Small folders as people have them, one index each: right, refused, opening with the fact, right page, by kind."""
    folders = by_folder(bench.some(folder_cases(bench.data)))
    asked: list[tuple[Row, Answer]] = []
    for name, members in counted(folders.items(), len(folders), "folders"):
        with bench.open_over(bench.data / "docs" / name, bench.cache / "cases" / name) as pipeline:
            asked += [(row, pipeline.ask(row["question"], [(q, a) for q, a in row["history"]])) for row in members]
    yield from case_figures(asked, bench.seed)


def folder_cases(data: Path) -> list[Row]:
    """The rows of `cases.jsonl`; one without "history" has none. Raises `BadCases`."""
    file = data / "cases.jsonl"
    try:
        return [{"history": [], **json.loads(line)} for line in json_lines(file) if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise BadCases(f"{file} cannot be read ({error}); point --data at the folder that holds cases/.") from error


def by_folder(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows by the folder of `docs/` that they are asked of."""
    folders: dict[str, list[Row]] = {}
    for row in rows:
        folders.setdefault(row["files"][0].split("/")[0], []).append(row)
    return folders


def case_figures(asked: Sequence[tuple[Row, Answer]], seed: int = 0) -> Iterator[Figure]:
    """Denominators: cases to answer, to refuse, right with one fact, right with a page; then those of each kind."""
    wanted = [(row, answer) for row, answer in asked if not row.get("refuse")]
    right = [(row, answer) for row, answer in wanted if case_right(row, answer)]
    yield share("right", "cases", "right", ((case_right(r, a), 1.0) for r, a in wanted), seed=seed)
    silent = ((case_right(r, a), 1.0) for r, a in asked if r.get("refuse"))
    yield share("refused", "cases", "refused, or nothing cited", silent, seed=seed)
    opening = ((_opens(row, answer), 1.0) for row, answer in right if len(row["must"]) == 1)
    yield share("opens", "cases", "right and opens with the fact", opening, seed=seed)
    pages = ((_page(row, answer), 1.0) for row, answer in right if row.get("page"))
    yield share("page", "cases", "right and on the right page", pages, seed=seed)
    for kind in sorted({row["kind"].split(":")[0] for row, _ in asked}):
        ours = ((case_right(r, a), 1.0) for r, a in asked if r["kind"].split(":")[0] == kind)
        yield share(f"kind_{re.sub('[^a-z0-9]+', '_', kind.lower()).strip('_')}", "by kind", kind, ours, seed=seed)


def case_right(row: Row, answer: Answer) -> bool:
    """Every wanted pattern stands in the text or the quotes, no unwanted one in the text; or a refusal as asked for."""
    if row.get("refuse"):
        return answer.abstained or not answer.citations
    told = f"{answer.text} {' '.join(citation.quote for citation in answer.citations)}"
    found = all(re.search(pattern, told, re.IGNORECASE | re.DOTALL) for pattern in row["must"])
    wrong = any(re.search(pattern, answer.text, re.IGNORECASE) for pattern in row.get("must_not", ()))
    return found and not wrong and not answer.abstained


def _opens(row: Row, answer: Answer) -> bool:
    return bool(answer.sentences and re.search(row["must"][0], answer.sentences[0].text, re.IGNORECASE))


def _page(row: Row, answer: Answer) -> bool:
    return any(
        citation.page == row["page"] and any(re.search(p, citation.quote, re.IGNORECASE) for p in row["must"])
        for citation in answer.citations
    )
