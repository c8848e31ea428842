"""Eight processes search an index that a ninth changes: `python tests/index/crowd.py [SECONDS [READERS]]`.

Each change, one transaction, makes every document a document of the next generation: whatever one search finds must be
of one generation, all of it, and no older than what the same process has found before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from index.records import Document, Hit
from index.store.local import LocalStore, open_store
from tests.corpora import record
from tests.fakes import HashEmbedder

HERE = Path(__file__).resolve()
EMBEDDER = HashEmbedder(16)
DOCUMENTS = 20


def documents(generation: int) -> Iterator[tuple[Document, object, object]]:
    for number in range(DOCUMENTS):
        pieces = [f"cat {number} generation {generation}"]
        yield record(f"{number}.txt", pieces, EMBEDDER.embed_passages(pieces), "Title")


def change(store: LocalStore, generation: int) -> None:
    """Every document anew, as one transaction."""
    before = {entry.uri: entry.id for entry in store.documents()}
    with store.together():
        for document, chunks, vectors in documents(generation):
            replaced = {before[document.uri]} - {document.id} if document.uri in before else ()
            store.put(document, chunks, vectors, replaced)


def write(folder: Path, seconds: float) -> int:
    """Changes the index as fast as it goes; every seventh time the derived files are saved too."""
    until, generation = time.monotonic() + seconds, 1
    with open_store(folder, EMBEDDER) as store:
        while time.monotonic() < until:
            generation += 1
            change(store, generation)
            if generation % 7 == 0:
                store.flush()
    return generation


def generation_of(hits: list[Hit]) -> int:
    """The one generation that all documents are of. Raises AssertionError where a search is torn."""
    found = {int(hit.chunk.text.split()[-1]) for hit in hits}
    assert len(found) == 1, f"documents of the generations {sorted(found)} in one search"
    assert sorted(hit.uri for hit in hits) == sorted(f"{n}.txt" for n in range(DOCUMENTS)), "documents are missing"
    return found.pop()


def read(folder: Path, seconds: float) -> tuple[int, int]:
    """Searches made, and different generations seen; every fiftieth search opens the index anew."""
    until, searches, last, seen = time.monotonic() + seconds, 0, 0, set()
    query = EMBEDDER.embed_queries(["cat"])
    while time.monotonic() < until:
        with open_store(folder, EMBEDDER) as store:
            for _ in range(25):
                for hits in (store.search_dense(query, 1_000)[0], store.search_lexical("cat", 1_000)):
                    generation = generation_of(hits)
                    assert generation >= last, f"generation {generation} after {last}"
                    last = generation
                    seen.add(generation)
                    searches += 1
    return searches, len(seen)


def main(seconds: float, readers: int) -> int:
    """0 where no search was torn and no process failed."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "index"
        with open_store(folder, EMBEDDER, create=True) as store:
            change(store, 1)
        each = [[sys.executable, str(HERE), role, str(folder), str(seconds)] for role in ["write", *["read"] * readers]]
        processes = [subprocess.Popen(one, stdout=subprocess.PIPE, text=True) for one in each]
        told = [process.communicate()[0].strip() for process in processes]
        codes = [process.returncode for process in processes]
    print(json.dumps({"exit codes": codes, "generations written": told[0], "searches, generations seen": told[1:]}))
    return int(any(codes))


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        print(write(Path(sys.argv[2]), float(sys.argv[3])))
    elif sys.argv[1:2] == ["read"]:
        print(*read(Path(sys.argv[2]), float(sys.argv[3])))
    else:
        sys.exit(main(float((sys.argv[1:] or ["60"])[0]), int((sys.argv[2:] or ["8"])[0])))
