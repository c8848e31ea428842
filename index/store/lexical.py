"""BM25 over stemmed words with tantivy: built from the database, in memory or in a folder."""

from __future__ import annotations

import os
import re
import unicodedata
import weakref
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.store.rows import Indexed, Numbers
from index.store.scratch import remove, scratch_folder
from index.text.compounds import SHORTEST_PART, german_words
from index.text.spelling import one_slip

if TYPE_CHECKING:
    import tantivy

QUERY_TERMS = 1_000
HEAP_BYTES = 32_000_000
LONGEST_TERM = 60
GERMAN_BOOST = 0.5  # judgement: what is like a part of a word counts for less than the word

_CJK = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# Thai, Lao, Burmese and Khmer: no spaces between words, and vowels and tones are marks upon the letters.
_UNSPACED = re.compile(r"[\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1780-\u17d3]+")


@lru_cache(1)
def _analyzer() -> tantivy.TextAnalyzer:
    import tantivy

    chain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.remove_long(LONGEST_TERM))
    for step in (tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold(), tantivy.Filter.stemmer("english")):
        chain = chain.filter(step)
    return chain.build()


def terms(text: str) -> list[str]:
    """What is indexed and searched of a text: stems without accents, and where words stand without spaces between them,
    pairs of characters (Chinese, Japanese, Korean) or threes (Thai and its neighbours).

    Pairs alone find the passage of dev/cmrc2018 first for 98.0 % of 1,002 questions, with single characters too 98.0,
    with threes 96.5. The English stemmer (Porter2) leaves the plural of words without an earlier vowel: "GPUs",
    "LLMs". It goes here.
    """
    pairs: list[str] = []
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).encode("utf-8", "replace").decode("utf-8")
        pairs = [pair for run in _CJK.findall(text) for pair in _grams(run, 2)]
        pairs += [three for run in _UNSPACED.findall(text) for three in _grams(run, 3)]
        text = _UNSPACED.sub(" ", _CJK.sub(" ", text))
    words = _analyzer().analyze(text)
    return [w[:-1] if w[-1] == "s" and len(w) > 3 and w[-2] != "s" else w for w in words] + pairs


def german_terms(text: str) -> list[str]:
    """Stems of words as German ones; they stand in a field of German texts alone, whatever the question's language."""
    return list(dict.fromkeys(_german().analyze(text.encode("utf-8", "replace").decode("utf-8"))))


@lru_cache(1)
def _german() -> tantivy.TextAnalyzer:
    import tantivy

    chain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.remove_long(LONGEST_TERM))
    for step in (tantivy.Filter.lowercase(), tantivy.Filter.stemmer("german"), tantivy.Filter.ascii_fold()):
        chain = chain.filter(step)
    return chain.build()


def _grams(run: str, n: int) -> list[str]:
    return [run[i : i + n] for i in range(len(run) - n + 1)] or [run]


@lru_cache(1)
def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("german", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def _linked(folder: Path) -> Path:
    """A folder of links to the files: tantivy writes a lock file even to read, which a read-only folder refuses."""
    links = scratch_folder()
    for file in folder.iterdir():
        (links / file.name).symlink_to(file.absolute())
    return links


class LexicalIndex:
    """Words of chunks under the chunks' numbers. `folder` is None for an index in memory."""

    def __init__(self, index: tantivy.Index, folder: Path | None) -> None:
        self._index = index
        self._numbers: Numbers | None = None
        self.folder = folder

    @classmethod
    def new(cls, folder: Path | None = None) -> LexicalIndex:
        """An empty index, in memory or in an empty folder."""
        import tantivy

        return cls(tantivy.Index(_schema(), None if folder is None else str(folder), reuse=False), folder)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """The index in a folder whose checksums were compared. Raises ValueError where tantivy cannot read it."""
        import tantivy

        home = folder if os.access(folder, os.W_OK) else _linked(folder)
        index = tantivy.Index.open(str(home))
        if index.schema != _schema():
            raise ValueError(f"{folder} has other fields")
        opened = cls(index, folder)
        if home != folder:
            weakref.finalize(opened, remove, home)
        return opened

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def numbers(self) -> Numbers:
        """All numbers held, ascending."""
        if self._numbers is None:
            self._numbers = self._read_numbers()
        return self._numbers

    def _read_numbers(self) -> Numbers:
        import tantivy

        searcher = self._index.searcher()
        if searcher.num_docs == 0:
            return np.empty(0, dtype=np.int64)
        hits = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs, count=False).hits
        held = searcher.fast_field_values("number", [address for _, address in hits])
        return np.sort(np.asarray(held, dtype=np.int64))

    def update(self, added: Iterable[Indexed], removed: Numbers) -> None:
        """Forgets the removed numbers and takes in the added chunks, whose numbers are not held already."""
        import tantivy

        with self._index.writer(HEAP_BYTES, 1) as writer:
            for number in removed.tolist():
                writer.delete_documents_by_term("number", number)
            for row in added:
                # One field: nDCG@10 on SciFact .697; without titles .683, with titles in a field weighted .25 .694.
                text = f"{row.title}\n{row.heading}\n{row.text}"
                document = tantivy.Document(number=row.number, document=row.document_id, words=" ".join(terms(text)))
                if parts := german_words(text):
                    document.add_text("german", " ".join(german_terms(" ".join(parts))))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        self._index.reload()
        self._numbers = None

    def search(self, text: str, k: int, only: Collection[str] | None) -> list[tuple[int, float]]:
        """At least min(k, matches) numbers with BM25 scores, best first, and all that tie with the k-th."""
        query = self._query(text, only)
        searcher = self._index.searcher()
        if query is None or k < 1 or searcher.num_docs == 0:
            return []
        limit = min(k + 1, searcher.num_docs)
        while True:
            hits = searcher.search(query, limit=limit, count=False).hits
            if len(hits) < limit or limit == searcher.num_docs or hits[k - 1][0] > hits[-1][0]:
                break
            limit = min(2 * limit, searcher.num_docs)
        held = searcher.fast_field_values("number", [address for _, address in hits])
        return [(int(number), float(score)) for number, (score, _) in zip(held, hits, strict=True)]

    def near(self, word: str) -> str | None:
        """The stem, of those that begin like the word's, one slip away and most frequent; None where the word's own is
        held, or none is near.
        """
        found = terms(word)
        if len(found) != 1 or not found[0].isalpha():
            return None
        searcher = self._index.searcher()
        if searcher.num_docs == 0 or searcher.doc_freq("words", found[0]):
            return None
        return next((t for t, _ in searcher.terms_with_prefix("words", found[0][0]) if one_slip(found[0], t)), None)

    def _query(self, text: str, only: Collection[str] | None) -> tantivy.Query | None:
        from tantivy import Occur, Query

        counted = Counter(terms(text)).most_common(QUERY_TERMS)
        if not counted or (only is not None and not only):
            return None
        wanted = [
            (Occur.Should, Query.boost_query(Query.term_query(_schema(), "words", term, "freq"), float(times)))
            for term, times in counted
        ]
        wanted += [
            (Occur.Should, Query.boost_query(Query.term_query(_schema(), "german", term, "basic"), GERMAN_BOOST))
            for term in german_terms(text)[:QUERY_TERMS]
            if len(term) >= SHORTEST_PART
        ]
        if only is None:
            return Query.boolean_query(wanted)
        allowed = Query.const_score_query(Query.term_set_query(_schema(), "document", sorted(only)), 0.0)
        return Query.boolean_query([(Occur.Must, Query.boolean_query(wanted)), (Occur.Must, allowed)])
