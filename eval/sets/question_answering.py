"""Reading benchmarks: SQuAD 2.0's answers and refusals, CLAP NQ's grounded answers, rewriting of follow-ups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.figures import Figure, area, share
from eval.gold import Slice, locate
from eval.metrics.citations import refused
from eval.metrics.overlap import exact_match, rouge1_f1, rouge1_recall, rouge_l_f1, squad_f1
from eval.metrics.retrieval import overlaps
from eval.speed.workbench import Library, Row, Workbench, counted
from rag.answer import Answer
from rag.protocols import Reader, Span

AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Read:
    """One SQuAD question as read: the span, the accepted answers (none: unanswerable)."""

    span: Span
    accepted: Sequence[str]


def squad2(bench: Workbench) -> Iterator[Figure]:
    """Reading the gold paragraph; F1 over all at the pipeline's own threshold, and at the one best for these rows."""
    texts = {row["paragraph_id"]: row["text"] for row in bench.rows("paragraphs")}
    rows = bench.some(bench.rows("questions"))
    with bench.pipeline() as pipeline:
        threshold = pipeline.threshold
        spans = [_span(pipeline.reader, row, texts) for row in counted(rows, len(rows), "questions")]
    read = [Read(span, _accepted(row)) for span, row in zip(spans, rows, strict=True)]
    yield from squad_figures(read, threshold, bench.seed)


def _accepted(row: Row) -> list[str]:
    return [] if row["is_impossible"] else row["all_answers"]


def _span(reader: Reader, row: Row, texts: dict[str, str]) -> Span:
    return reader.spans(row["question"], [texts[row["paragraph_id"]]])[0]


def squad_figures(read: Sequence[Read], threshold: float, seed: int = 0) -> Iterator[Figure]:
    """Denominators: all questions, or those with an answer. Below the threshold the answer is silence."""
    group = "reading"
    answerable = [one for one in read if one.accepted]
    best = best_squad_threshold(read)
    for name, label, at in (("f1", "F1, own threshold", threshold), ("best_f1", f"F1, best ({best:.3f})", best)):
        yield share(name, group, label, ((squad_f1(_said(one, at), one.accepted), 1.0) for one in read), seed=seed)
    pairs = ((exact_match(_said(one, threshold), one.accepted), 1.0) for one in read)
    yield share("exact", group, "exact match, own threshold", pairs, seed=seed)
    pairs = ((squad_f1(one.span.text, one.accepted), 1.0) for one in answerable)
    yield share("has_answer_f1", group, "F1 where there is an answer", pairs, seed=seed)
    marked = [(one.span.answerable, bool(one.accepted)) for one in read]
    yield area("answerable_auroc", group, "AUROC of answerability", marked, seed=seed)


def best_squad_threshold(read: Sequence[Read]) -> float:
    """The threshold with the best F1 over these very questions; of equals the highest. Above 1 refuses all."""
    ordered = sorted(read, key=lambda one: -one.span.answerable)
    total = sum(not one.accepted for one in ordered)
    best, best_total, running = 1.01, float(total), float(total)
    for place, one in enumerate(ordered):
        running += squad_f1(one.span.text, one.accepted) if one.accepted else -1.0
        last = place + 1 == len(ordered) or ordered[place + 1].span.answerable != one.span.answerable
        if last and running > best_total:
            best, best_total = one.span.answerable, running
    return best


def _said(one: Read, threshold: float) -> str:
    return one.span.text if one.span.answerable >= threshold else ""


def clapnq(bench: Workbench) -> Iterator[Figure]:
    """The whole pipeline on one given passage: overlap with people's answers, refusals, sentences cited."""
    rows = bench.some(bench.rows("questions"))
    library = bench.library("clapnq", {row["id"]: _passage_file(row) for row in bench.rows("questions")})
    with library.pipeline as pipeline:
        asked = counted(rows, len(rows), "questions")
        answers = [pipeline.ask(row["question"], only=library.ids_of(row["id"])) for row in asked]
        cited = [_cited(library, row, answer) for row, answer in zip(rows, answers, strict=True)]
    yield from clapnq_figures(rows, answers, cited, bench.seed)


def _passage_file(row: Row) -> str:
    return f"# {row['passage_title']}\n\n{row['passage']}\n"


def clapnq_figures(
    rows: Sequence[Row], answers: Sequence[Answer], cited: Sequence[float], seed: int = 0
) -> Iterator[Figure]:
    """Overlap and sentence F1 over all answerable rows, a refusal counting 0; refusals over their own kind of row."""
    group = "grounded answers"
    both = list(zip(rows, answers, cited, strict=True))
    asked = [one for one in both if one[0]["answerable"]]
    others = [one for one in both if not one[0]["answerable"]]
    yield share("refused", group, "unanswerable refused", ((refused(a), 1.0) for _, a, _ in others), seed=seed)
    yield share("answered", group, "answerable answered", ((not refused(a), 1.0) for _, a, _ in asked), seed=seed)
    marked = [(answer.confidence, bool(row["answerable"])) for row, answer, _ in both]
    yield area("answerable_auroc", group, "AUROC of confidence", marked, seed=seed)
    pairs = ((max(rouge_l_f1(_shown(a), one) for one in row["answers"]), 1.0) for row, a, _ in asked)
    yield share("rouge_l", group, "ROUGE-L", pairs, seed=seed)
    pairs = ((max(rouge1_recall(_shown(a), one) for one in row["answers"]), 1.0) for row, a, _ in asked)
    yield share("rouge_1_recall", group, "ROUGE-1 recall", pairs, seed=seed)
    yield share("sentence_f1", group, "F1 of cited sentences", ((f1, 1.0) for _, _, f1 in asked), seed=seed)
    lengths = ((len(_shown(answer)), 1.0) for _, answer, _ in asked if not refused(answer))
    yield share("characters", group, "characters of an answer, mean", lengths, seed=seed, better="lower")


def _shown(answer: Answer) -> str:
    return "" if refused(answer) else " ".join(sentence.text for sentence in answer.sentences)


def _cited(library: Library, row: Row, answer: Answer) -> float:
    """Best F1, over the references, of the passage sentences cited against those that people selected."""
    if not row["answerable"] or refused(answer):
        return 0.0
    (document_id,) = library.ids_of(row["id"])
    document = library.pipeline.store.document(document_id)
    spans = [(sentence, locate(sentence, document.text)) for sentence in row["passage_sentences"]]
    slices = [Slice(one.document_id, one.start, one.end) for one in answer.citations]
    said = {
        sentence for sentence, span in spans if span and any(overlaps(one, Slice(document.id, *span)) for one in slices)
    }
    return max((set_f1(said, set(selected)) for selected in row["selected_sentences"]), default=0.0)


def set_f1(said: set[str], wanted: set[str]) -> float:
    """2 x shared / (both sizes); 0 when both are empty."""
    return 2 * len(said & wanted) / (len(said) + len(wanted)) if said or wanted else 0.0


def query_rewrite(bench: Workbench) -> Iterator[Figure]:
    """Follow-ups made standalone, against people's (CAsT) and a model's (MT-RAG) rewrites; beside copying them."""
    with bench.pipeline() as pipeline:
        for name in ("cast2019", "mtrag_rewrites"):
            rows = bench.some(bench.rows(name))
            histories = [[(turn, "") for turn in row["history"]] for row in rows]
            asked = counted(zip(rows, histories, strict=True), len(rows), "questions")
            said = [pipeline.standalone(row["question"], history) for row, history in asked]
            yield from rewrite_figures(name, rows, said, bench.seed)


def rewrite_figures(name: str, rows: Sequence[Row], said: Sequence[str], seed: int = 0) -> Iterator[Figure]:
    """ROUGE-1 recall and F1 of the rewrites and of the questions as they stand, over all rows."""
    for kind, texts in (("rewritten", list(said)), ("copied", [row["question"] for row in rows])):
        pairs = list(zip(texts, rows, strict=True))
        recalls = ((rouge1_recall(text, row["rewrite"]), 1.0) for text, row in pairs)
        yield share(f"{name}_{kind}_recall", name, f"ROUGE-1 recall, {kind}", recalls, seed=seed)
        f1s = ((rouge1_f1(text, row["rewrite"]), 1.0) for text, row in pairs)
        yield share(f"{name}_{kind}_f1", name, f"ROUGE-1 F1, {kind}", f1s, seed=seed)
