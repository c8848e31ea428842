"""Search benchmarks: SciFact's abstracts, and SQuAD 2.0's paragraphs, alone and inside their articles."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING

from eval.figures import Figure, share
from eval.gold import locate
from eval.metrics.retrieval import ndcg, recall, reciprocal_rank
from eval.speed.workbench import Library, Workbench, counted
from index.records import Hit

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

DEEP = 100
MEASURES: dict[str, Callable[[list[str], Set[str]], float | None]] = {
    "ndcg_at_10": lambda ranking, relevant: ndcg(ranking, relevant, 10),
    "recall_at_1": lambda ranking, relevant: recall(ranking, relevant, 1),
    "recall_at_2": lambda ranking, relevant: recall(ranking, relevant, 2),
    "recall_at_5": lambda ranking, relevant: recall(ranking, relevant, 5),
    "recall_at_10": lambda ranking, relevant: recall(ranking, relevant, 10),
    "recall_at_100": lambda ranking, relevant: recall(ranking, relevant, 100),
    "mrr_at_10": lambda ranking, relevant: reciprocal_rank(ranking, relevant, 10),
}
"""All with the queries that have a relevant text as denominator; the ranking goes down to `DEEP` hits."""


def scifact(bench: Workbench) -> Iterator[Figure]:
    """Claims against abstracts, each a document of title and text; a document ranks as its best chunk does."""
    texts = {row["doc_id"]: f"# {row['title']}\n\n{row['text']}\n" for row in bench.rows("corpus")}
    relevant: dict[str, set[str]] = {}
    for row in bench.rows("qrels"):
        relevant.setdefault(row["query_id"], set()).add(row["doc_id"])
    queries = {row["query_id"]: row["text"] for row in bench.some(bench.rows("queries"))}
    library = bench.library("scifact", texts)
    with library.pipeline:
        gold = {query: {library.same[one] for one in found} for query, found in relevant.items()}
        yield from search_figures(bench, library.pipeline, queries, gold, library.name_of)


def squad2_paragraphs(bench: Workbench) -> Iterator[Figure]:
    """Questions against paragraphs, each a document of its own; answerable and unanswerable questions alike."""
    texts = {row["paragraph_id"]: row["text"] + "\n" for row in bench.rows("paragraphs")}
    queries, relevant = _squad_questions(bench)
    library = bench.library("squad2_paragraphs", texts)
    with library.pipeline:
        yield from search_figures(bench, library.pipeline, queries, relevant, library.name_of)


def squad2_articles(bench: Workbench) -> Iterator[Figure]:
    """The same questions against whole articles; a hit stands for the paragraph that it shares most characters with."""
    articles: dict[str, list[tuple[str, str]]] = {}
    for row in sorted(bench.rows("paragraphs"), key=lambda row: row["paragraph_index"]):
        articles.setdefault(row["doc_id"], []).append((row["paragraph_id"], row["text"]))
    texts = {name: "\n\n".join(text for _, text in paragraphs) + "\n" for name, paragraphs in articles.items()}
    queries, relevant = _squad_questions(bench)
    library = bench.library("squad2_articles", texts)
    with library.pipeline:
        places = {name: _places(library, name, paragraphs) for name, paragraphs in articles.items()}

        def paragraph(hit: Hit) -> str:
            chunk = hit.chunk
            return max(
                places[library.name_of(hit)], key=lambda place: min(place[2], chunk.end) - max(place[1], chunk.start)
            )[0]

        yield from search_figures(bench, library.pipeline, queries, relevant, paragraph)


def _squad_questions(bench: Workbench) -> tuple[dict[str, str], dict[str, set[str]]]:
    rows = bench.some(bench.rows("questions"))
    return {row["id"]: row["question"] for row in rows}, {row["id"]: {row["paragraph_id"]} for row in rows}


def _places(library: Library, name: str, paragraphs: Iterable[tuple[str, str]]) -> list[tuple[str, int, int]]:
    (document_id,) = library.ids_of(name)
    text = library.pipeline.store.document(document_id).text
    found = [(paragraph, locate(words, text)) for paragraph, words in paragraphs]
    return [(paragraph, *span) for paragraph, span in found if span is not None]


def search_figures(
    bench: Workbench,
    pipeline: "Pipeline",
    queries: Mapping[str, str],
    relevant: Mapping[str, Set[str]],
    unit: Callable[[Hit], str],
) -> Iterator[Figure]:
    """Every measure for dense and lexical search alone, for both fused, and after reranking the fused top.

    `unit` names what a hit stands for; each name counts at its best rank.
    """
    rankings: dict[str, list[tuple[list[str], Set[str]]]] = {}
    for key, query in counted(queries.items(), len(queries), "queries"):
        for stage, hits in _stages(pipeline, query).items():
            ranking = list(dict.fromkeys(unit(hit) for hit in hits))
            rankings.setdefault(stage, []).append((ranking, relevant.get(key, set())))
    for stage, pairs in rankings.items():
        for name, measure in MEASURES.items():
            values = (measure(ranking, gold) for ranking, gold in pairs)
            counted_pairs = (None if value is None else (value, 1.0) for value in values)
            yield share(f"{stage}_{name}", stage, name.replace("_at_", "@"), counted_pairs, seed=bench.seed)


def _stages(pipeline: "Pipeline", query: str) -> dict[str, list[Hit]]:
    from rag.pipeline import CANDIDATES

    fused = list(pipeline.retrieve(query, DEEP))
    return {
        "dense": pipeline.store.search_dense(pipeline.embedder.embed_queries([query]), DEEP)[0],
        "lexical": pipeline.store.search_lexical(query, DEEP),
        "fused": fused,
        "reranked": [*pipeline.rerank(query, fused[:CANDIDATES]), *fused[CANDIDATES:]],
    }
