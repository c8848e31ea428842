"""Constructs the parts and joins them: the only place where settings are read and where heavy libraries are chosen."""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import StoreBusy, StoreDamaged, StoreMismatch
from rag.errors import ModelUnavailable
from rag.places import documents_of, home_of, local_copies
from rag.settings import BUILT_IN, NO_READER, Paths, Settings, read_settings

if TYPE_CHECKING:
    from index.protocols import Embedder, WritableStore
    from index.records import DocumentEntry
    from index.store.place import Place
    from index.sync import Progress, SyncReport
    from rag.check.point import Point
    from rag.find.intent import Intents
    from rag.pipeline import Pipeline
    from rag.protocols import Generator, Judge, Reader

ADDED = "added/"
"""What the uri of a document begins with that was added to a running pipeline; no later run removes it."""
UNREAD_NAMED = 3
PATIENCE = 1.0
"""Seconds until the user is told that another process is at work on the index."""

Report = Callable[["Progress"], None]


def open_pipeline(
    docs: Paths | None = None,
    index: "str | Place | None" = None,
    model: str | None = None,
    *,
    progress: Report | None = None,
    confirm: Callable[[str], bool] | None = None,
    tell: Callable[[str], None] | None = None,
    **settings: Any,  # noqa: ANN401  (fields of Settings, checked there)
) -> "Pipeline":
    """A pipeline over these documents, indexed on first use and brought up to date on every later one.

    `docs` without `index` are indexed in the cache directory; `index` without `docs` is used as it is; with neither,
    the bundled corpus answers. `confirm` is asked before an allowed download of the model, with its size; `tell` gets
    a sentence when something takes its time: the loading of a model, or another process at work on the index, which is
    waited for. Other settings: see `Settings`. Raises `AnswerError` and `IndexingError`.
    """
    chosen = local_copies(read_settings({"docs": docs, "index": index, "model": model, **settings}, os.environ))
    from index.embed.embedders import load_embedder
    from rag.write.choice import writer

    embedder = load_embedder(chosen.embedder, allow_download=chosen.allow_download)
    generator, told = writer(chosen, confirm, tell)
    store, unread = _open_store(chosen, embedder, progress, tell)
    return _join(chosen, store, embedder, generator, (*told, *unread))


def build_index(
    docs: Sequence[Path],
    index: "Place",
    *,
    rebuild: bool = False,
    prune: bool = True,
    cluster: str | None = None,
    progress: Report | None = None,
    **settings: Any,  # noqa: ANN401  (fields of Settings, checked there)
) -> "SyncReport":
    """Brings the index up to date with the documents; with `cluster` embedded on the Ray cluster at that address.

    Raises `IndexingError`.
    """
    from index.embed.embedders import load_embedder
    from index.store.opened import open_index
    from index.sync import CHUNK_SETTINGS, sync

    chosen = local_copies(read_settings({"docs": docs, "index": index, **settings}, os.environ))
    with ExitStack() as stack:
        embedder, flights = load_embedder(chosen.embedder, allow_download=chosen.allow_download), 1
        if cluster is not None:
            from index.cluster import ClusterEmbedder

            embedder = joined = stack.enter_context(ClusterEmbedder(embedder, cluster))
            flights = joined.flights
        if rebuild and isinstance(index, Path):
            from index.rebuild import rebuild as made_again

            return made_again(chosen.docs, index, embedder, progress=progress, keep=(ADDED,), flights=flights)
        with open_index(index, embedder, create=True, rebuild=rebuild, chunk_settings=CHUNK_SETTINGS) as store:
            return sync(chosen.docs, store, embedder, progress=progress, prune=prune, keep=(ADDED,), flights=flights)


def choose_writer(name: str) -> str:
    """Keeps a model as the one that writes where none is named; it must be on this machine, or a server that answers.

    Returns it as it is kept. "quotes" takes the choice back. Raises `ModelUnavailable` and `AnswerError`.
    """
    from rag.write.choice import choose, load

    chosen = read_settings({"model": name, "allow_download": False}, os.environ)
    load(name, chosen)
    return choose(name, chosen.cache)


def entries(index: "Place") -> "tuple[DocumentEntry, ...]":
    """The documents of an index, whatever it was made with."""
    from index.store.opened import open_index

    with open_index(index) as store:
        return store.documents()


def remove(index: "Place", document_id: str) -> "DocumentEntry":
    """Removes one document and returns its entry. Raises `IndexingError` for an unknown id."""
    from index.store.opened import open_index

    with open_index(index) as store:
        entry = next((entry for entry in store.documents() if entry.id == document_id), None)
        store.remove(document_id)
        assert entry is not None
        return entry


def named_writer(model: str | None = None) -> str:
    """The model that writes in an `open_pipeline` with this setting: the one named, else chosen once, else "quotes"."""
    from rag.write.choice import wanted

    return wanted(read_settings({"model": model}, os.environ))


def home(docs: Paths | None = None, index: "str | Place | None" = None, **settings: Any) -> Path:  # noqa: ANN401
    """Where the index of `open_pipeline` with these settings lies, or will; what belongs to it is kept beside it.

    For an index in a Milvus: a folder of this machine's cache.
    """
    return home_of(read_settings({"docs": docs, "index": index, **settings}, os.environ))


def documents(docs: Paths | None = None, index: "str | Place | None" = None) -> tuple[Path, ...]:
    """The files and folders that `open_pipeline` keeps such an index in step with; none where it is used as it is."""
    return documents_of(read_settings({"docs": docs, "index": index}, os.environ))


def _open_store(
    settings: Settings, embedder: "Embedder", progress: Report | None, tell: Callable[[str], None] | None
) -> "tuple[WritableStore, tuple[str, ...]]":
    """The store brought up to date, and a sentence for the user if files could not be read."""
    from index.rebuild import rebuild
    from index.store.opened import open_index
    from index.sync import CHUNK_SETTINGS

    docs = documents_of(settings)
    place = settings.index or home_of(settings)
    if not docs:
        return open_index(place, embedder), ()
    try:
        store: WritableStore = open_index(place, embedder, create=True, chunk_settings=CHUNK_SETTINGS)
    except (StoreMismatch, StoreDamaged):
        if settings.index is not None or not isinstance(place, Path):
            raise
        # Nobody has chosen the index in the cache: it is made again from its documents and from what was added.
        rebuild(docs, place, embedder, progress=progress, keep=(ADDED,))
        store = open_index(place, embedder, chunk_settings=CHUNK_SETTINGS)
    try:
        report = _synchronised(docs, store, embedder, progress, tell)
    except BaseException:
        store.close()
        raise
    return store, _unread(report)


def _synchronised(
    docs: Sequence[Path],
    store: "WritableStore",
    embedder: "Embedder",
    progress: Report | None,
    tell: Callable[[str], None] | None,
) -> "SyncReport":
    """The index brought up to date, after another process that is at it: twice at once would be double the work."""
    from index.sync import sync

    try:
        return sync(docs, store, embedder, progress=progress, keep=(ADDED,), wait_seconds=PATIENCE)
    except StoreBusy as busy:
        if tell:
            tell(f"{str(busy).split(':')[0]}: waiting until it has finished.")
    with store.writing(threading.TIMEOUT_MAX):  # the lock of a process that dies is released by the system
        return sync(docs, store, embedder, progress=progress, keep=(ADDED,))


def _unread(report: "SyncReport") -> tuple[str, ...]:
    """A sentence about files that somebody may miss in the answers; those passed over for one reason count together."""
    alike: dict[str, list[str]] = {}
    for item in (*report.failed, *(item for item in report.skipped if not item.usual)):
        alike.setdefault(item.reason.removesuffix("."), []).append(item.uri)
    named = [
        f"{uris[0]} {reason}" + (f" (as {len(uris) - 1} more)" if uris[1:] else "") + "."
        for reason, uris in alike.items()
    ]
    more = sum(len(uris) for uris in list(alike.values())[UNREAD_NAMED:])
    rest = f" And {more} more: rag index lists them." if more else ""
    unread = (f"Not read: {' '.join(named[:UNREAD_NAMED])}{rest}",) if named else ()
    return (*unread, *report.partial[:UNREAD_NAMED])


def _join(
    settings: Settings,
    store: "WritableStore",
    embedder: "Embedder",
    generator: "Generator | None",
    unread: tuple[str, ...],
) -> "Pipeline":
    from index.sync import SyncReport, sync
    from rag.pipeline import Pipeline
    from rag.write.choice import load

    docs = documents_of(settings)
    reader, threshold, notices = _reader(settings, embedder)
    judge, point, warnings = _judge(settings, reader)
    return Pipeline(
        store,
        embedder,
        reader,
        threshold=threshold,
        directory=home_of(settings),
        judge=judge,
        point=point,
        generator=generator,
        notices=(*notices, *warnings, *unread),
        writers=lambda name, tell: load(name, settings, tell=tell, progress=tell),
        synchronise=lambda paths, report: sync(paths, store, embedder, progress=report, prune=False, under=ADDED),
        follow=lambda report: sync(docs, store, embedder, progress=report, keep=(ADDED,)) if docs else SyncReport(),
        intents=_intents(embedder),
    )


def _intents(embedder: "Embedder") -> "Intents":
    """The classifier of turns with the embedder that it was fitted on, which is loaded beside any other."""
    from index.embed.embedders import load_embedder
    from rag.find.intent import Intents, Weights

    weights = Weights.load()
    return Intents(weights, embedder if embedder.fingerprint == weights.embedder else load_embedder())


def _reader(settings: Settings, embedder: "Embedder") -> "tuple[Reader, float, tuple[str, ...]]":
    """The reader, the point at which it answers, and what the user should know about it."""
    from rag.find.decide import fitted
    from rag.read.evidence import EvidenceReader
    from rag.read.scripts import ScriptReader

    threshold = fitted().threshold
    if settings.reader == NO_READER:
        return EvidenceReader(embedder), threshold, ()
    try:
        from rag.read import load_reader

        built_in = load_reader()
    except ModelUnavailable as error:
        notice = f"Answers come without the trained reader and are less sure: {error}"
        return EvidenceReader(embedder), threshold, (notice,)
    trained: Reader = built_in
    if settings.reader != BUILT_IN:
        from rag.read.cross_encoder import load_hub_reader

        trained = load_hub_reader(settings.reader, built_in, allow_download=settings.allow_download)
    return ScriptReader(trained, EvidenceReader(embedder)), threshold, ()


def _judge(settings: Settings, reader: "Reader") -> "tuple[Judge, Point, tuple[str, ...]]":
    """The judge, the point that was fitted for it, and what the user should know about it."""
    from rag.check.judge import load_judge, point_of
    from rag.check.point import PLAIN

    if settings.reader == NO_READER and settings.judge == BUILT_IN:
        return reader, point_of(NO_READER), ()
    try:
        return load_judge(settings.judge, allow_download=settings.allow_download), point_of(settings.judge), ()
    except ModelUnavailable as error:
        if settings.judge != BUILT_IN:
            raise
        return reader, PLAIN, (f"Sentences are checked less surely: {error}",)
