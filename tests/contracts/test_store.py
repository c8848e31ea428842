"""What every store promises, against brute force."""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import StoreMismatch, UnknownDocument, UnreadableDocument
from index.protocols import Store, Vectors, WritableStore
from index.records import Hit
from index.store.opened import open_index
from index.store.place import Place, place_of
from tests.corpora import Record, record, unit_rows
from tests.fakes import HashEmbedder
from tests.strategies import texts

DIM = 16
EMBEDDER = HashEmbedder(DIM)
EVERYTHING = 10_000


def place(kind: str, folder: Path) -> Place:
    """A new place in the folder: a folder, or a file of milvus-lite, which is a Milvus as far as a client sees it."""
    return folder / "index" if kind == "local" else place_of(f"milvus:{folder / 'index.db'}")


@pytest.fixture(params=["local", "milvus"], scope="module")
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[WritableStore]:
    with open_index(place(kind, tmp_path), EMBEDDER, create=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WritableStore]:
    """One store for all examples of a property; each example leaves it empty."""
    with open_index(place(kind, tmp_path_factory.mktemp("shared")), EMBEDDER, create=True) as opened:
        yield opened


@contextmanager
def emptied(store: WritableStore) -> Iterator[None]:
    try:
        yield
    finally:
        for entry in store.documents():
            store.remove(entry.id)


def by_words(uri: str, *pieces: str, title: str = "") -> Record:
    return record(uri, pieces, EMBEDDER.embed_passages(pieces), title)


def stored(vectors: Vectors) -> Vectors:
    return vectors.astype(np.float16).astype(np.float32)


def brute_force(records: list[Record], query: Vectors, k: int, only: set[str] | None = None) -> list[tuple[str, float]]:
    pairs = [
        (chunk.id, float(stored(row) @ query))
        for document, chunks, vectors in records
        if only is None or document.id in only
        for chunk, row in zip(chunks, vectors, strict=True)
    ]
    return sorted(pairs, key=lambda pair: (-round(pair[1], 5), pair[0]))[:k]


def found(hits: list[Hit]) -> list[tuple[str, float]]:
    return [(hit.chunk.id, hit.score) for hit in hits]


def assert_same(expected: list[tuple[str, float]], actual: list[tuple[str, float]]) -> None:
    assert [chunk_id for chunk_id, _ in expected] == [chunk_id for chunk_id, _ in actual]
    assert [score for _, score in actual] == pytest.approx([score for _, score in expected], abs=1e-4)


def test_empty_store_answers_everything_with_nothing(store: Store) -> None:
    """A store without documents lists none, counts none and finds none."""
    assert store.documents() == ()
    assert store.count() == 0
    assert store.search_dense(unit_rows(2, DIM, 0), 5) == [[], []]
    assert store.search_dense(np.empty((0, DIM), dtype=np.float32), 5) == []
    assert store.search_lexical("anything at all", 5) == []


def test_document_returns_as_it_was_put(store: WritableStore) -> None:
    """Document, chunks and vectors come back as they went in, the vectors in half precision."""
    document, chunks, vectors = record(
        "päge 1.md", ["naïve 深度求索 🧠", "nul \0 here"], unit_rows(2, DIM, 1), "Tïtle", "H"
    )
    store.put(document, chunks, vectors)

    assert store.document(document.id) == document
    assert store.chunks(document.id) == chunks
    assert store.count() == 2
    np.testing.assert_array_equal(store.vectors([chunks[1].id, chunks[0].id]), stored(vectors)[::-1])


def examples(kind: str) -> settings:
    """How many examples of a property: a write takes milvus-lite ten times as long."""
    return settings(max_examples=100 if kind == "local" else 10)


def test_any_text_survives_and_is_found(kind: str, shared: WritableStore) -> None:
    """Whatever the texts hold, they come back exactly, and the dense ranking is that of brute force."""
    examples(kind)(given(pieces=st.lists(texts(8), max_size=5), k=st.integers(0, 8))(text_survives))(store=shared)


def text_survives(pieces: list[str], k: int, store: WritableStore) -> None:
    given_record = record("a.txt", pieces, unit_rows(len(pieces), DIM, 2))
    query = unit_rows(1, DIM, 3)
    with emptied(store):
        store.put(*given_record)

        assert store.document(given_record[0].id) == given_record[0]
        assert store.chunks(given_record[0].id) == given_record[1]
        assert_same(brute_force([given_record], query[0], k), found(store.search_dense(query, k)[0]))
        assert len(store.search_lexical("model OR (", k)) <= k


def test_dense_search_is_brute_force(kind: str, shared: WritableStore) -> None:
    """Ids, order and scores are those of all inner products sorted, after a removal too, filtered or not."""
    sizes = st.lists(st.integers(0, 6), min_size=1, max_size=5)
    examples(kind)(given(sizes=sizes, k=st.integers(0, 40), data=st.data())(dense_is_brute_force))(store=shared)


def dense_is_brute_force(sizes: list[int], k: int, data: st.DataObject, store: WritableStore) -> None:
    records = [
        record(f"{i}.txt", [f"{i} {j}" for j in range(size)], unit_rows(size, DIM, i)) for i, size in enumerate(sizes)
    ]
    query = unit_rows(1, DIM, 99)
    with emptied(store):
        for one in records:
            store.put(*one)
        assert_same(brute_force(records, query[0], k), found(store.search_dense(query, k)[0]))
        gone = data.draw(st.sampled_from(records))
        store.remove(gone[0].id)
        records.remove(gone)
        only = {one[0].id for one in data.draw(st.lists(st.sampled_from(records or [gone])))}

        assert_same(brute_force(records, query[0], k), found(store.search_dense(query, k)[0]))
        assert_same(brute_force(records, query[0], k, only), found(store.search_dense(query, k, only)[0]))


@pytest.mark.parametrize("k", [1, 3, 7, 30])
def test_ties_break_by_chunk_id(store: Store, k: int) -> None:
    """Equal vectors and equal words are ordered by chunk id, also where the k-th place is among them."""
    ids = []
    for number in range(20):
        one = by_words(f"{number}.txt", "the very same words")
        store.put(*one)
        ids.append(one[1][0].id)

    assert [hit.chunk.id for hit in store.search_dense(EMBEDDER.embed_queries(["words"]), k)[0]] == sorted(ids)[:k]
    assert [hit.chunk.id for hit in store.search_lexical("words", k)] == sorted(ids)[:k]


def test_ranks_count_from_one_and_name_their_source(store: Store) -> None:
    """Hits carry rank, source, title and uri."""
    store.put(*by_words("a/b.txt", "red apple", "green apple pie", title="Fruit"))
    dense, lexical = store.search_dense(EMBEDDER.embed_queries(["apple"]), 9)[0], store.search_lexical("apple", 9)

    assert [(hit.rank, hit.source, hit.title, hit.uri) for hit in dense] == [
        (rank, "dense", "Fruit", "a/b.txt") for rank in (1, 2)
    ]
    assert [(hit.rank, hit.source) for hit in lexical] == [(1, "lexical"), (2, "lexical")]


def test_bm25_is_the_formula(store: Store) -> None:
    """Scores are those of Robertson's BM25 with k1 = 1.2, b = 0.75, and ln(1 + (N - n + .5) / (n + .5)) for the idf."""
    pieces = ["cat dog", "cat cat bird fish", "dog bird", "horse"]
    store.put(*by_words("a.txt", *pieces))
    average = sum(len(piece.split()) for piece in pieces) / len(pieces)
    expected = {}
    for piece in pieces:
        counts = Counter(piece.split())
        norm = 1.2 * (1 - 0.75 + 0.75 * len(piece.split()) / average)
        matches = [term for term in ("cat", "bird") if counts[term]]
        inverse = [math.log(1 + (4 - 2 + 0.5) / (2 + 0.5)) for _ in matches]
        score = sum(
            idf * counts[term] * 2.2 / (counts[term] + norm) for term, idf in zip(matches, inverse, strict=True)
        )
        expected |= {piece: score} if matches else {}

    hits = {hit.chunk.text: hit.score for hit in store.search_lexical("cat bird", 10)}
    assert hits == pytest.approx(expected, rel=1e-5)


def test_lexical_search_matches_stems_titles_and_headings(store: Store) -> None:
    """Plurals, other endings, accents and capitals do not matter, and the title and the heading count as text."""
    document, chunks, vectors = record(
        "a.txt", ["The GPUs were costing naïve buyers"], unit_rows(1, DIM, 0), "Zebra", "Yak"
    )
    store.put(document, chunks, vectors)

    for query in ("gpu", "GPU", "cost", "costs", "naive buyer", "zebras", "yak"):
        assert [hit.chunk.id for hit in store.search_lexical(query, 3)] == [chunks[0].id], query
    assert store.search_lexical("lion", 3) == []


def test_chinese_and_japanese_words_are_found(store: Store) -> None:
    """A question finds the text that shares pairs of characters with it, without spaces between words."""
    wanted = by_words("zh.txt", "深度求索是一家中国人工智能公司，总部位于杭州。")
    store.put(*wanted)
    store.put(*by_words("other.txt", "北京今天天气很好。"))
    store.put(*by_words("ja.txt", "東京タワーの高さは三百三十三メートルです"))

    assert [hit.uri for hit in store.search_lexical("总部在杭州吗", 5)] == ["zh.txt"]
    assert store.search_lexical("東京タワー", 5)[0].uri == "ja.txt"


def test_german_compounds_are_found_by_their_parts(store: Store) -> None:
    """A word finds the compounds that begin or end with it, in other forms too; the word itself counts for more."""
    store.put(
        *by_words("1.txt", "Die gesetzliche Krankenversicherung ist eine Pflicht und wird von der Kasse bezahlt.")
    )
    store.put(*by_words("2.txt", "Die Versicherung ist nicht teuer und auch für Kinder eine Hilfe."))
    store.put(*by_words("3.txt", "Der Hund ist auf der Wiese und nicht im Haus."))
    store.put(*by_words("4.txt", "The insurance of the mill came in Versicherungsmark."))

    assert [hit.uri for hit in store.search_lexical("Versicherung", 9)] == ["2.txt", "1.txt"]
    assert [hit.uri for hit in store.search_lexical("Was zahlen Versicherungen?", 9)] == ["2.txt", "1.txt"]
    assert [hit.uri for hit in store.search_lexical("Kranken", 9)] == ["1.txt"]


def test_thai_and_its_neighbours_are_found(store: Store) -> None:
    """Words without spaces between them, with vowels and tones as marks, are found inside a sentence."""
    store.put(*by_words("th.txt", "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย"))
    store.put(*by_words("other.txt", "แมวชอบนอนทั้งวัน"))
    store.put(*by_words("km.txt", "ភ្នំពេញជារដ្ឋធានីនៃប្រទេសកម្ពុជា"))

    assert store.search_lexical("เมืองหลวง", 5)[0].uri == "th.txt"
    assert [hit.uri for hit in store.search_lexical("แมว", 5)] == ["other.txt"]
    assert store.search_lexical("រដ្ឋធានី", 5)[0].uri == "km.txt"


@pytest.mark.parametrize(
    "query", ["", "   ", "AND", "a:b", '"', "(", "*", "text:[a TO z]", "~ ^ \\ /", "-cat", "\0", "\ud800", "🧠"]
)
def test_no_query_is_syntax(store: Store, query: str) -> None:
    """Operators, quotes and odd characters of a query are text or nothing."""
    store.put(*by_words("a.txt", "cat", "field text title number"))

    assert len(store.search_lexical(query, 5)) <= 1
    assert store.search_lexical(query + " cat", 5)[0].chunk.text == "cat"


def test_very_long_query_is_answered(store: Store) -> None:
    """A question of ten thousand words finds what its words are in."""
    store.put(*by_words("a.txt", "needle"))

    assert [hit.uri for hit in store.search_lexical("needle " + " ".join(f"w{i}" for i in range(10_000)), 3)] == [
        "a.txt"
    ]


def test_the_word_that_was_meant(store: Store) -> None:
    """The word of the documents one slip away, the most frequent of several; none for a word that they hold."""
    store.put(*by_words("1.txt", "The Ascend chips of Huawei", "An ascent, and chips"))
    store.put(*by_words("2.txt", "More ascent and the ascent again"))

    assert [store.near_word(word) for word in ("Huawai", "hauwei", "chhips", "chips", "nothing", "a b", "")] == [
        "Huawei", "Huawei", "chips", None, None, None, None,
    ]  # fmt: skip
    assert store.near_word("ascenk") == "ascent"


def test_what_is_too_long_for_a_field_comes_back(store: WritableStore) -> None:
    """A text, a chunk without a space in it and a heading of any length return as they were put."""
    long = "深度" * 40_000
    one = record("long.txt", [long, "short"], unit_rows(2, DIM, 5), "Title", "heading " * 20_000)
    store.put(*one)
    again = record("long.txt", [f"{long}!"], unit_rows(1, DIM, 6))
    store.put(*again, replaces=[one[0].id])

    assert store.document(again[0].id) == again[0]
    assert store.chunks(again[0].id) == again[1]
    assert [hit.chunk for hit in store.search_dense(again[2], 5)[0]] == list(again[1])
    assert store.count() == 1


def test_pieces_make_one_document(store: WritableStore) -> None:
    """A document is incomplete until its last piece is there; one error takes back what is made together."""
    document, chunks, vectors = by_words("a.txt", "alpha", "beta", "gamma")
    store.put(document, chunks[:1], vectors[:1], planned=3)
    assert [(entry.chunks, entry.complete) for entry in store.documents()] == [(1, False)]

    with suppress(ZeroDivisionError), store.together():
        store.extend(document, chunks[1:2], vectors[1:2])
        store.put(*by_words("b.txt", "other"))
        raise ZeroDivisionError
    assert len(store.documents()) == 1
    assert store.chunks(document.id) == chunks[:1]

    with store.together():
        store.extend(document, chunks[1:2], vectors[1:2])
        store.extend(document, chunks[2:], vectors[2:])
    assert [(entry.uri, entry.chunks, entry.complete) for entry in store.documents()] == [("a.txt", 3, True)]
    assert store.chunks(document.id) == chunks
    with pytest.raises(UnknownDocument):
        store.extend(*by_words("unknown.txt", "words"))


def test_it_is_the_same_when_it_is_opened_again(kind: str, tmp_path: Path) -> None:
    """What was put is there in the next run, for the embedder it was made with and for no other."""
    one = by_words("a.txt", "cat dog", "bird")
    with open_index(place(kind, tmp_path), EMBEDDER, create=True, chunk_settings="s") as store:
        store.put(*one)
        generation, found = store.generation, store.search_lexical("cat bird", 3)
        store.flush()
    with open_index(place(kind, tmp_path), EMBEDDER, create=True, chunk_settings="s") as store:
        assert (store.generation, store.search_lexical("cat bird", 3)) == (generation, found)
        assert store.document(one[0].id) == one[0]
    with pytest.raises(StoreMismatch, match=r"made with the embedder hash.*not with other"):
        open_index(place(kind, tmp_path), HashEmbedder(DIM, "other"), create=True)
    with pytest.raises(StoreMismatch, match="chunked with 's'"):
        open_index(place(kind, tmp_path), EMBEDDER, chunk_settings="t")
    with open_index(place(kind, tmp_path)) as store:
        assert [entry.uri for entry in store.documents()] == ["a.txt"]
    with open_index(place(kind, tmp_path), HashEmbedder(8, "other"), rebuild=True) as store:
        assert store.documents() == ()


def test_only_restricts_both_searches(store: Store) -> None:
    """With `only`, hits come from these documents alone; from none for an empty set or unknown ids."""
    one, two = by_words("1.txt", "cat cat", "cat dog"), by_words("2.txt", "cat")
    store.put(*one)
    store.put(*two)
    query = EMBEDDER.embed_queries(["cat"])

    assert {hit.uri for hit in store.search_dense(query, 9, only=[two[0].id])[0]} == {"2.txt"}
    assert [hit.uri for hit in store.search_lexical("cat", 9, only={one[0].id})] == ["1.txt", "1.txt"]
    for nothing in ((), ("unknown",)):
        assert store.search_dense(query, 9, only=nothing) == [[]]
        assert store.search_lexical("cat", 9, only=nothing) == []


def test_documents_of_a_folder(store: WritableStore) -> None:
    """A folder holds what lies under it at any depth, and not what only begins like it."""
    ids = {}
    for uri in ("a/1.txt", "a/b/2.txt", "a.txt", "ab/3.txt", "c/a/4.txt", "a0"):
        one = by_words(uri, f"cat {uri}")
        store.put(*one)
        ids[one[0].id] = uri

    def uris(folder: str) -> list[str]:
        return sorted(ids[one] for one in store.within(folder))

    assert uris("a") == uris("a/") == ["a/1.txt", "a/b/2.txt"]
    assert uris("a/b") == ["a/b/2.txt"]
    assert uris("a/1.txt") == ["a/1.txt"]
    assert (uris("nowhere"), len(uris(""))) == ([], 6)
    assert {hit.uri for hit in store.search_lexical("cat", 9, only=store.within("a"))} == {"a/1.txt", "a/b/2.txt"}


def test_scores_do_not_depend_on_the_filter_or_on_earlier_searches(store: Store) -> None:
    """The same query gives the same hits whatever was asked before, and a filter does not change scores."""
    one, two = by_words("1.txt", "cat cat", "cat dog"), by_words("2.txt", "cat bird")
    store.put(*one)
    store.put(*two)
    store.flush()  # milvus-lite counts what is not flushed among the documents of the filter alone
    first = store.search_lexical("cat bird", 10)
    store.search_lexical("cat", 1)

    assert store.search_lexical("cat bird", 10) == first
    assert store.search_lexical("cat bird", 10, only=[one[0].id]) == [
        Hit(hit.chunk, hit.title, hit.uri, hit.score, rank, hit.source)
        for rank, hit in enumerate((hit for hit in first if hit.uri == "1.txt"), 1)
    ]


def test_put_again_replaces(store: Store) -> None:
    """A document put again has the new chunks only."""
    document, _, _ = by_words("a.txt", "old words", "older words")
    store.put(*by_words("a.txt", "old words", "older words"))
    store.search_lexical("old", 1)
    new = record("a.txt", ["new text"], EMBEDDER.embed_passages(["new text"]))
    chunk = new[1][0]
    renewed = type(chunk)(f"{document.id}:0", document.id, 0, len(chunk.text), None, "", chunk.text)
    store.put(type(document)(document.id, "a.txt", "", "new text"), [renewed], new[2])

    assert [entry.chunks for entry in store.documents()] == [1]
    assert store.search_lexical("old", 5) == []
    assert [hit.chunk for hit in store.search_dense(new[2], 5)[0]] == [renewed]


def test_a_change_that_fails_changes_nothing(store: WritableStore) -> None:
    """When a document cannot be stored, the version it was to replace is still there."""
    before = by_words("a.txt", "first version", title="Old")
    store.put(*before)
    generation = store.generation
    worse = record("a.txt", ["half \ud800"], unit_rows(1, DIM, 0))
    with pytest.raises(UnreadableDocument):
        store.put(*worse, replaces=[before[0].id])

    assert store.document(before[0].id) == before[0]
    assert [hit.uri for hit in store.search_lexical("version", 3)] == ["a.txt"]
    assert store.generation == generation


def test_put_in_place_of_another(store: WritableStore) -> None:
    """`replaces` removes the earlier version in the same transaction."""
    before, after = by_words("a.txt", "first version"), by_words("a.txt", "second version")
    store.put(*before)
    generation = store.generation
    store.put(*after, replaces=[before[0].id])

    assert [entry.id for entry in store.documents()] == [after[0].id]
    assert store.generation == generation + 1


def test_remove_leaves_no_trace(store: Store) -> None:
    """After a removal every search and score is as if the document had never been there."""
    kept, gone = by_words("kept.txt", "cat dog", "bird"), by_words("gone.txt", "cat cat cat", "bird fish")
    store.put(*kept)
    before = store.search_lexical("cat bird", 9)
    store.put(*gone)
    store.search_lexical("cat", 9)
    store.remove(gone[0].id)

    assert store.search_lexical("cat bird", 9) == before
    assert store.count() == 2
    assert [hit.uri for hit in store.search_dense(EMBEDDER.embed_queries(["fish"]), 9)[0]] == ["kept.txt"] * 2
    with pytest.raises(UnknownDocument, match=r"no document.*rag index --list"):
        store.remove(gone[0].id)
    with pytest.raises(UnknownDocument):
        store.document(gone[0].id)


def test_removal_is_not_seen_in_the_statistics(store: Store, kind: str, tmp_path: Path) -> None:
    """Scores after a removal are those of a store that never held the document, even if both came in at once."""
    kept, gone = by_words("kept.txt", "cat dog", "bird"), by_words("gone.txt", "cat cat cat", "bird fish")
    store.put(*kept)
    store.put(*gone)
    store.search_lexical("cat", 9)
    store.remove(gone[0].id)
    with open_index(place(kind, tmp_path / "fresh"), EMBEDDER, create=True) as fresh:
        fresh.put(*kept)

        assert store.search_lexical("cat bird", 9) == fresh.search_lexical("cat bird", 9)


def test_rename_changes_uri_and_searched_title(store: WritableStore) -> None:
    """A renamed document keeps text and vectors, and is found by its new title and not by the old one."""
    document, chunks, vectors = by_words("old.txt", "cat", title="Walrus")
    store.put(document, chunks, vectors)
    assert store.search_lexical("walrus", 1)
    store.rename(document.id, "new.txt", "Penguin")

    assert [(entry.uri, entry.title) for entry in store.documents()] == [("new.txt", "Penguin")]
    assert [hit.uri for hit in store.search_lexical("penguin", 1)] == ["new.txt"]
    assert store.search_lexical("walrus", 1) == []
    assert [hit.chunk.id for hit in store.search_dense(vectors, 5)[0]] == [chunks[0].id]
    with pytest.raises(UnknownDocument):
        store.rename("unknown", "x", "y")


def test_documents_are_sorted_by_uri(store: Store) -> None:
    """Listings are sorted by uri, whatever the order of the puts, and count characters and chunks."""
    for uri in ("b.txt", "a.txt", "c.txt"):
        store.put(*by_words(uri, "xyz", "uvw"))

    assert [(entry.uri, entry.characters, entry.chunks) for entry in store.documents()] == [
        (uri, 7, 2) for uri in ("a.txt", "b.txt", "c.txt")
    ]


def test_document_without_chunks_is_kept(store: Store) -> None:
    """A document may have no chunks."""
    store.put(*record("a.txt", [], np.empty((0, DIM), dtype=np.float32)))

    assert [entry.chunks for entry in store.documents()] == [0]
    assert store.search_dense(unit_rows(1, DIM, 0), 3) == [[]]


def test_what_does_not_fit_is_refused(store: Store) -> None:
    """Wrong shapes, lengths, numbers and slices raise an error with what was seen, and nothing is stored."""
    document, chunks, vectors = by_words("a.txt", "cat", "dog")
    with pytest.raises(ValueError, match=r"\(2, 5\).*\(2, 16\)"):
        store.put(document, chunks, vectors[:, :5])
    with pytest.raises(ValueError, match="length 1"):
        store.put(document, chunks, vectors * 2)
    with pytest.raises(ValueError, match="length 1"):
        store.put(document, chunks, vectors * np.float32("nan"))
    with pytest.raises(ValueError, match="0:3"):
        store.put(type(document)(document.id, "a.txt", "", "other text"), chunks, vectors)
    with pytest.raises(ValueError, match=r"\(1, 3\)"):
        store.search_dense(np.ones((1, 3), dtype=np.float32), 1)
    with pytest.raises(UnreadableDocument, match="surrogate"):
        store.put(*record("s.txt", ["half \ud800"], unit_rows(1, DIM, 0)))

    assert store.documents() == ()


def test_a_summary_is_kept_until_its_document_changes(store: WritableStore) -> None:
    """Offsets come back as they were kept; a document put again, and one nobody summarised, have none."""
    document, chunks, vectors = by_words("a.md", "alpha beta", "gamma delta")
    store.put(document, chunks, vectors)
    assert store.summary(document.id) is None

    store.keep_summary(document.id, [(11, 22), (0, 10)])
    assert store.summary(document.id) == ((11, 22), (0, 10))
    assert [hit.chunk.text for hit in store.search_lexical("gamma", 1)] == ["gamma delta"]

    store.put(document, chunks, vectors)
    assert store.summary(document.id) is None
    store.keep_summary("nobody", [(0, 1)])
    assert store.summary("nobody") is None
