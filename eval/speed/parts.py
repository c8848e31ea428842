"""What `rag bench` measures, part by part. Peak memory is that of a process of its own, as the kernel counts it."""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.cases import BadCases, Case, default_cases, default_corpus, load_cases
from eval.metrics.stats import quantile
from rag.answer import Answer

CLI = "import sys; from rag.cli import main; sys.exit(main())"
BATCHES = 4
"""Batches of chunks that are embedded in one round."""
PATIENCE = 120.0
"""Seconds that the chat page may take to appear."""
GRACE = 10.0
"""Seconds that it may take to stop."""
COLD_QUESTION = "How much did the GPUs used to train DeepSeek V3 cost?"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured quantity over `n` repetitions. Units: "s" wall clock, "B" bytes, else a rate such as "tokens/s"."""

    name: str
    unit: str
    median: float
    p95: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Bench:
    """The options of the command and how often slow things are repeated."""

    arguments: argparse.Namespace
    rounds: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ended: its wall clock, peak memory in bytes, exit code and output."""

    seconds: float
    peak: float
    code: int
    output: str


def row(name: str, unit: str, values: Sequence[float]) -> Row:
    """The median and, for more than one value, the 95th percentile. At least one value."""
    median, p95 = quantile(values, 0.5), quantile(values, 0.95)
    assert median is not None, "at least one value"
    return Row(name, unit, median, p95 if len(values) > 1 else None, len(values))


def timed(action: Callable[[], object]) -> float:
    """Seconds of wall clock."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def imports(bench: Bench) -> Iterator[Row]:
    """A fresh interpreter that imports `rag`, beside one that imports nothing."""
    yield row("python, nothing imported", "s", [process("pass").seconds for _ in range(bench.rounds)])
    yield row("python, import rag", "s", [process("import rag").seconds for _ in range(bench.rounds)])
    code = "import time; t = time.perf_counter(); import rag; print(time.perf_counter() - t)"
    yield row("import rag alone", "s", [float(process(code).output) for _ in range(bench.rounds)])


def embed(bench: Bench) -> Iterator[Row]:
    """Chunks of the documents through the embedder, and questions one at a time."""
    from rag.cli import open_from

    with open_from(bench.arguments) as pipeline:
        hits = pipeline.retrieve("What do the documents say?", 32 * BATCHES)
        texts = [hit.chunk.text for hit in hits]
        embedder = pipeline.embedder
        tokens = sum(embedder.count_tokens(texts))
        embedder.embed_passages(texts[:2])
        seconds = [timed(lambda: embedder.embed_passages(texts)) for _ in range(bench.rounds)]
        questions = [case.question for case in _cases()]
        single = [timed(partial(embedder.embed_queries, [text])) for text in questions]
    yield row(f"{len(texts)} chunks, {tokens:,} tokens", "s", seconds)
    yield row("one question", "s", single)
    yield row("embedded", "tokens/s", [tokens / one for one in seconds])
    yield row("embedded", "chunks/s", [len(texts) / one for one in seconds])


def index(bench: Bench) -> Iterator[Row]:
    """The documents indexed from nothing, and again with nothing changed, each in a process of its own."""
    docs = [str(path) for path in bench.arguments.docs or [default_corpus()]]
    fresh, again = [], []
    for _ in range(bench.rounds):
        with tempfile.TemporaryDirectory() as folder:
            command = ["index", *docs, "--index", str(Path(folder) / "index")]
            fresh.append(process(CLI, *command))
            again.append(process(CLI, *command))
    yield row("rag index, from nothing", "s", [one.seconds for one in fresh])
    yield row("rag index, nothing changed", "s", [one.seconds for one in again])
    yield row("peak memory, from nothing", "B", [one.peak for one in fresh])


def search(bench: Bench) -> Iterator[Row]:
    """Searches for the bundled questions: dense (with embedding), lexical, fused, and the reader's reranking."""
    from rag.cli import open_from
    from rag.pipeline import CANDIDATES

    with open_from(bench.arguments) as pipeline:
        store, embedder = pipeline.store, pipeline.embedder
        questions = [case.question for case in _cases()]
        found = [pipeline.retrieve(question, CANDIDATES) for question in questions]
        steps: dict[str, Callable[[int], object]] = {
            "dense, 50 hits": lambda i: store.search_dense(embedder.embed_queries([questions[i]]), 50),
            "lexical, 50 hits": lambda i: store.search_lexical(questions[i], 50),
            "both, fused": lambda i: pipeline.retrieve(questions[i], CANDIDATES),
            f"reranking of {CANDIDATES}": lambda i: pipeline.rerank(questions[i], found[i]),
        }
        for name, step in steps.items():
            step(0)  # warms up, and is not measured: a question that was read is not read again
            yield row(name, "s", [timed(partial(step, i)) for i in range(1, len(questions))])


def answer(bench: Bench) -> Iterator[Row]:
    """Warm answers to the bundled questions with their stages, and `rag ask` from a cold start on the same index."""
    from rag.cli import open_from

    cases = _cases()
    with open_from(bench.arguments) as pipeline:
        pipeline.ask(COLD_QUESTION)  # none of the cases: a question that was read is not read again
        answers: list[Answer] = []
        took = [timed(lambda: answers.append(pipeline.ask(case.question, case.history))) for case in cases]  # noqa: B023
    yield row("warm answer", "s", took)
    for stage in answers[0].seconds:
        yield row(f"  {stage}", "s", [one.seconds[stage] for one in answers if stage in one.seconds])
    cold = [process(CLI, "ask", COLD_QUESTION, *_options(bench.arguments)) for _ in range(bench.rounds)]
    if bad := [one for one in cold if one.code not in (0, 3)]:
        raise BadCases(f"rag ask ended with code {bad[0].code}: {bad[0].output.strip()[-300:]}")
    yield row("rag ask, cold start", "s", [one.seconds for one in cold])
    yield row("rag ask, peak memory", "B", [one.peak for one in cold])


def chat(bench: Bench) -> Iterator[Row]:
    """`rag chat` until its page answers, and the peak memory of that process."""
    started = [_chat_once(bench.arguments) for _ in range(bench.rounds)]
    yield row("rag chat, until the page answers", "s", [seconds for seconds, _ in started])
    yield row("rag chat, peak memory", "B", [peak for _, peak in started])


def _cases() -> tuple[Case, ...]:
    return load_cases(default_cases())


def _options(arguments: argparse.Namespace) -> list[str]:
    """The pipeline options that were given, as arguments for a process."""
    given: list[str] = ["--docs", *(str(path) for path in arguments.docs)] if arguments.docs else []
    for name in ("index", "model", "reader", "embedder"):
        if getattr(arguments, name, None) is not None:
            given += [f"--{name}", str(getattr(arguments, name))]
    return given


def process(code: str, *arguments: str) -> Finished:
    """Runs Python code in a process of its own and waits for its end."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as output, tempfile.NamedTemporaryFile() as peak:
        child = _python(code, arguments, output.fileno(), peak.name)
        child.wait()
        seconds = time.perf_counter() - began
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
        return Finished(seconds, _peak(peak.name), child.returncode, text)


# The kernel's figure for a finished child counts the parent's memory at the fork, so the child tells its own.
_TELL_PEAK = """
import atexit, os, shutil
atexit.register(lambda: shutil.copyfile("/proc/self/status", os.environ["FOOTNOTE_PEAK"]))
"""


def _peak(told: str) -> float:
    """Peak resident memory in bytes, from the status that a process left behind; 0 where it left none."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(told).read_text())
    return float(found[1]) * 1024 if found else 0.0


def _python(code: str, arguments: Sequence[str], output: int, peak: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", _TELL_PEAK + code, *arguments]
    environment = {**os.environ, "FOOTNOTE_PEAK": peak}
    return subprocess.Popen(  # noqa: S603 - our own code
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
    )


def _chat_once(arguments: argparse.Namespace) -> tuple[float, float]:
    """(seconds until the page answers, peak memory in bytes). Raises `BadCases` when it never does."""
    port = _free_port()
    began = time.perf_counter()
    with tempfile.TemporaryFile() as output, tempfile.NamedTemporaryFile() as peak:
        child = _python(CLI, ["chat", "--port", str(port), *_options(arguments)], output.fileno(), peak.name)
        try:
            ready = _wait_for_page(f"http://127.0.0.1:{port}/", child)
        finally:
            seconds = time.perf_counter() - began
            _stop(child)
            child.wait()
        output.seek(0)
        told = output.read().decode("utf-8", "replace")
        if not ready:
            raise BadCases(f"rag chat did not show its page within {PATIENCE:.0f} s: {told.strip()[-300:]}")
        return seconds, _peak(peak.name)


def _wait_for_page(url: str, child: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not _ended(child):
        try:
            with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310 - our own page
                return bool(page.status == 200)
        except OSError:
            time.sleep(0.05)
    return False


def _ended(child: "subprocess.Popen[bytes]") -> bool:
    """Whether the process is over; it is left for `wait4`, which counts its memory."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _stop(child: "subprocess.Popen[bytes]") -> None:
    """Ctrl-C, and after a while the end."""
    until = time.monotonic() + GRACE
    child.send_signal(signal.SIGINT)
    while not _ended(child):
        time.sleep(0.05)
        if time.monotonic() > until:
            child.kill()


def _free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
