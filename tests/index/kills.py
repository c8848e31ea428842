"""What an index goes through when a process that changes it is killed, or its disk is full or refuses to sync.

`python tests/index/kills.py [RUNS [SEED]]` harms so many runs at random instants and counts which were sound after it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from index.errors import IndexingError
from index.progress import Progress
from index.rebuild import rebuild
from index.store import derived
from index.store.doctor import examine, repair
from index.store.local import LocalStore, open_store
from index.sync import sync
from tests.fakes import HashEmbedder

HERE = Path(__file__).resolve()
OLD, NEW = HashEmbedder(16, "old"), HashEmbedder(32, "new")
ACTIONS = ("add", "update", "remove", "rebuild", "repair")
GROUP = 8
FILES = 24
LARGE = 600  # sentences of the one file that is stored in several groups
NO_SYNC = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int calls;
static int refused(void) { const char *limit = getenv("SYNCS"); errno = EIO; return limit && ++calls > atoi(limit); }
int fsync(int file) { return refused() ? -1 : syscall(SYS_fsync, file); }
int fdatasync(int file) { return refused() ? -1 : syscall(SYS_fdatasync, file); }
"""
"""A library that lets a process sync its files so many times, and then fails as a broken disk does."""


@dataclass(frozen=True)
class Scene:
    """An index, the files that it is to be brought in step with, and the texts that it may hold by name.

    before, after: file name -> text.
    """

    action: str
    folder: Path
    before: dict[str, str]
    after: dict[str, str]

    @property
    def docs(self) -> Path:
        return self.folder / "docs"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def untouched(self) -> set[str]:
        return {name for name in self.before if self.after.get(name) == self.before[name]}


def scene(action: str, folder: Path) -> Scene:
    """Makes the files and an index of what they were before `action`."""
    texts = {f"{n:02}.txt": f"Document {n} is about cats. " * (10 + 4 * n) for n in range(FILES)}
    texts["large.txt"] = " ".join(f"Sentence {n} is about cats." for n in range(LARGE))
    half = {name: texts[name] for name in list(texts)[: FILES // 2]}
    newer = {name: text.replace("about cats", "about cats and dogs") for name, text in texts.items()}
    before, after = {
        "add": (half, texts),
        "update": (texts, half | {name: newer[name] for name in texts if name not in half}),
        "remove": (texts, half),
        "rebuild": (texts, texts),
        "repair": (texts, texts),
    }[action]
    made = Scene(action, folder, before, after)
    write(made.docs, before)
    with open_store(made.index, OLD, create=True) as store:
        sync([made.docs], store, OLD)
    if action == "repair":
        derived.discard(made.index)
    shutil.rmtree(made.docs)
    write(made.docs, after)
    return made


def write(docs: Path, texts: dict[str, str]) -> None:
    docs.mkdir(parents=True)
    for name, text in texts.items():
        (docs / name).write_text(text)


def act(action: str, docs: Path, index: Path, told: bool = True) -> None:
    """Carries out the action; tells on a line each time how many files are stored."""

    def shown(progress: Progress) -> None:
        if told:
            print(progress.done, flush=True)

    if action == "repair":
        repair(index)
    elif action == "rebuild":
        rebuild([docs], index, NEW, progress=shown)
    else:
        with open_store(index, OLD) as store:
            sync([docs], store, OLD, progress=shown, at_once=GROUP)


def assert_sound(made: Scene, done: int) -> None:
    """The index opens, holds each text whole, everything that was said to be stored, and finds every chunk."""
    with open_store(made.index) as store:
        new = store.manifest.fingerprint == NEW.fingerprint
        entries = store.documents()
        whole = {entry.uri: store.document(entry.id).text for entry in entries if entry.complete}
        assert len(whole) == sum(entry.complete for entry in entries), "a file is there twice"
        for name, text in whole.items():
            assert text in (made.before.get(name), made.after.get(name)), f"{name} holds another text"
        for name in made.untouched:
            assert whole.get(name) == made.before[name], f"{name} is lost"
        for name in sorted(name for name in made.after if name not in made.untouched)[:done]:
            assert whole.get(name) == made.after[name], f"{name} was said to be stored"
        if made.action == "update":
            assert set(whole) == set(made.before), "an earlier version went before the new one was there"
        if made.action == "remove":
            assert set(whole) in (set(made.before), set(made.after)), "half of the removals"
        embedder = NEW if new else OLD
        assert len(store.search_dense(embedder.embed_queries(["cats"]), 10_000)[0]) == store.count()
        assert len(store.search_lexical("cats", 10_000)) == store.count()
        assert_chunks(store)
    assert examine(made.index) == ()


def assert_chunks(store: LocalStore) -> None:
    for entry in store.documents():
        text = store.document(entry.id).text
        assert all(text[chunk.start : chunk.end] == chunk.text for chunk in store.chunks(entry.id))


def assert_finished(made: Scene) -> None:
    """The next run does the rest."""
    act(made.action, made.docs, made.index, told=False)
    with open_store(made.index) as store:
        assert {entry.uri: store.document(entry.id).text for entry in store.documents() if entry.complete} == made.after
        assert all(entry.complete for entry in store.documents())
    assert examine(made.index) == ()


def harmed(made: Scene, seconds: float | None = None, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Files that a process had stored at its last word, and what it said at its end; killed after `seconds`."""
    command = [sys.executable, str(HERE), "act", made.action, str(made.docs), str(made.index)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes, env={**os.environ, **(environment or {})}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        if seconds is not None:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().split("\n")[:-1]
    counts = [int(line) for line in lines if line.isdigit()]
    return (counts[-1] if counts and made.action in ("add", "update") else 0), lines[-1] if lines else ""


def compiled(folder: Path) -> Path | None:
    """The library of `NO_SYNC`, or None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, library = folder / "no_sync.c", folder / "no_sync.so"
    source.write_text(NO_SYNC)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    return library


def copied(made: Scene, folder: Path) -> Scene:
    shutil.copytree(made.folder, folder)
    return Scene(made.action, folder, made.before, made.after)


def on_a_small_disk(made: Scene, room: int) -> str:
    """What a process said that acted on a disk with `room` bytes left beyond the index, which is brought back then."""
    disk, pages = made.folder / "disk", sum(-(-path.stat().st_size // 4096) for path in made.index.rglob("*"))
    script = (
        'mkdir "$1" && mount -t tmpfs -o size="$2" none "$1" && cp -r "$3" "$1/index" && '
        'echo go | "$4" "$5" act "$6" "$7" "$1/index"; rm -rf "$3" && cp -r "$1/index" "$3"'
    )
    given = [
        str(disk),
        str(4096 * pages + room),
        str(made.index),
        sys.executable,
        str(HERE),
        made.action,
        str(made.docs),
    ]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", *given], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def main(runs: int, seed: int) -> int:
    """Kills at random instants of each action in turn; then refuses syncs, and fills the disk, in a tenth as many."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        scenes = {action: scene(action, folder / action) for action in ACTIONS}
        took = {action: span(made, folder) for action, made in scenes.items()}
        print(json.dumps({"seconds of an action": took}), flush=True)
        library = compiled(folder)
        for number in range(runs):
            for way in ("kill", *(("no sync", "full disk") if number % 10 == 0 else ())):
                action = ACTIONS[number // (1 if way == "kill" else 10) % len(ACTIONS)]
                made = copied(scenes[action], folder / f"{way} {number}")
                outcomes[f"{way} {action}: {outcome(made, way, took[action], library, chance)}"] += 1
                shutil.rmtree(made.folder, ignore_errors=True)  # a thread of tantivy may still look into it
    for name, count in sorted(outcomes.items()):
        print(f"{count:4} {name}")
    return int(any("sound" not in name for name in outcomes))


def span(made: Scene, folder: Path) -> float:
    """Seconds from "go" to the end of the action."""
    one = copied(made, folder / "timed")
    command = [sys.executable, str(HERE), "act", one.action, str(one.docs), str(one.index)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        began = time.monotonic()
        process.communicate("go\n")
        took = time.monotonic() - began
    shutil.rmtree(one.folder)
    return took


def outcome(made: Scene, way: str, took: float, library: Path | None, chance: random.Random) -> str:
    """ "sound, ..." with how far the action came, or what is broken."""
    done, said = 0, ""
    if way == "kill":
        done, said = harmed(made, seconds=chance.random() * took)
    elif way == "no sync" and library is not None:
        done, said = harmed(made, environment={"LD_PRELOAD": str(library), "SYNCS": str(chance.randrange(40))})
    else:
        said = on_a_small_disk(made, chance.randrange(4_096, 500_000))
    try:
        assert_sound(made, done)
        assert_finished(made)
    except (AssertionError, IndexingError) as error:
        return f"BROKEN: {error}"
    return (
        "sound, finished"
        if said == "done"
        else f"sound, {said.partition(':')[0]}"
        if way != "kill"
        else "sound, killed"
    )


def child(action: str, docs: str, index: str) -> None:
    """Waits for a line, so that nothing of its start counts, then acts; its last line is "done" or what went wrong."""
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        act(action, Path(docs), Path(index))
    except IndexingError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
    else:
        print("done", flush=True)
    os._exit(0)


if __name__ == "__main__":
    arguments: Sequence[str] = sys.argv[1:]
    if arguments[:1] == ["act"]:
        child(*arguments[1:])
    else:
        sys.exit(main(int(arguments[0]) if arguments else 200, int(arguments[1]) if arguments[1:] else 0))
