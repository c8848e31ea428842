"""The command `rag`: ask, index, check, doctor, migrate, models; chat, mcp, eval and bench join as entry
points "rag.commands".

Exit codes: 0 answered, 3 abstained (`ask`), 1 gate failed (`eval`) or unsupported sentences found (`check`),
2 usage or bad input with one sentence on stderr, 130 interrupted.
"""

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import IndexingError
from rag.errors import AnswerError
from rag.show import show
from rag.terminal import as_json, bear_any_text, printable, progress_printer, tell

if TYPE_CHECKING:
    from index.progress import Progress
    from rag.pipeline import Pipeline

ABSTAINED, BAD_INPUT, INTERRUPTED = 3, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    bear_any_text()
    atexit.register(gc.freeze)  # the end of the process does not look through all that torch made for circles
    parser = build_parser()
    arguments = parser.parse_args(argv)
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()
    except (AnswerError, IndexingError) as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Everything that was committed is kept.\n")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands, those of other packages included."""
    parser = argparse.ArgumentParser(
        prog="rag", description="Answers from your documents; every sentence checked against the words it cites."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_CommandParser)
    for name, register, summary in (
        ("ask", _ask_arguments, "answer one question"),
        ("index", _index_arguments, "index documents, list or remove them"),
        ("check", _check_arguments, "test the sentences of any text against the documents"),
        ("doctor", _doctor_arguments, "check an index and repair what is derived"),
        ("migrate", _migrate_arguments, "copy an index into another store, a Milvus or a folder"),
        ("models", _models_arguments, "list models that can write the answers"),
    ):
        register(commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."))
    summaries = {
        "chat": "ask in the browser",
        "eval": "measure answers on cases",
        "bench": "measure speed and memory",
        "mcp": "serve the documents to other programs' models",
    }
    found = {entry.name: entry for entry in entry_points(group="rag.commands")}  # an older install may name them, too
    for command in (found[name] for name in sorted(found)):
        summary = summaries.get(command.name, command.name)
        added = commands.add_parser(command.name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        added.load = command.load
    return parser


class _CommandParser(argparse.ArgumentParser):
    """The parser of one command; that of another package gets its options when its command was given, not before."""

    load: Callable[[], Callable[[argparse.ArgumentParser], None]] | None = None

    def parse_known_args(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401  (overloaded in argparse)
        if self.load is not None:
            load, self.load = self.load, None
            load()(self)
        return super().parse_known_args(*given, **named)


def pipeline_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say which documents and which models to use."""
    parser.add_argument(
        "--docs",
        nargs="+",
        action="extend",
        metavar="PATH",
        help="files, folders or https:// addresses to answer from (default: the bundled corpus)",
    )
    parser.add_argument(
        "--index",
        metavar="DIR",
        help="index directory, or milvus://HOST:PORT/NAME (default: a directory in the cache)",
    )
    parser.add_argument(
        "--model",
        metavar="M",
        help='what writes: "auto" (default: the model of `rag models --use`, else quotes), "quotes", a model\'s name, '
        "folder or GGUF file, or a server's URL#model",
    )
    parser.add_argument(
        "--reader", metavar="R", help='what ranks: "built-in" (default), "none", or a cross-encoder\'s name'
    )
    parser.add_argument(
        "--judge", metavar="J", help='what checks: "built-in" (default), a cross-encoder, or a URL#model'
    )
    parser.add_argument("--embedder", metavar="E", help="what embeds (default: all-MiniLM-L6-v2)")
    parser.add_argument(
        "--allow-download",
        action="store_true",
        default=None,
        help="let a missing model, or a page that --docs names, be downloaded",
    )


def open_from(
    arguments: argparse.Namespace, progress: "Callable[[Progress], None] | None" = None, *, asks: bool = True
) -> "Pipeline":
    """The pipeline that these options ask for; `progress` hears of the indexing instead of the terminal.

    Without `asks`, nobody at the terminal is asked before an allowed download.
    """
    from rag.assemble import open_pipeline

    return open_pipeline(
        docs=arguments.docs,
        index=arguments.index,
        model=arguments.model,
        reader=arguments.reader,
        judge=arguments.judge,
        embedder=arguments.embedder,
        allow_download=arguments.allow_download,
        progress=progress or progress_printer(),
        confirm=_confirm if asks and sys.stdin.isatty() and sys.stderr.isatty() else None,
        tell=tell,
    )


def _confirm(question: str) -> bool:
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _ask_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="what you want to know")
    pipeline_options(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    form.add_argument("--markdown", action="store_true", help="print the answer as Markdown with footnotes")
    parser.set_defaults(run=_ask)


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.question is None and len(arguments.docs or ()) > 1:
        # `--docs PATH "QUESTION"`: the option takes all that follows it, and the question comes last.
        arguments.question = arguments.docs.pop()
    if arguments.question is None:
        return _complain('There is no question: write rag ask "QUESTION" --docs PATH.')
    with open_from(arguments) as pipeline:
        tell("\n".join(pipeline.notices))
        whole = arguments.json or arguments.markdown
        answer = pipeline.ask(arguments.question) if whole else show(pipeline, arguments.question)
    tell(answer.notice)
    if arguments.json:
        print(as_json(answer.to_dict(), indent=2))
    elif arguments.markdown:
        print(answer.to_markdown())
    return ABSTAINED if answer.abstained else 0


def _index_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("docs", nargs="*", type=Path, metavar="DOCS", help="files, folders or https:// addresses")
    parser.add_argument(
        "--index", required=True, metavar="DIR", help="index directory, or milvus://HOST:PORT/NAME, or milvus:FILE.db"
    )
    parser.add_argument("--embedder", metavar="E", help="what embeds (default: all-MiniLM-L6-v2)")
    parser.add_argument(
        "--allow-download",
        action="store_true",
        default=None,
        help="let a missing model, or a page that --docs names, be downloaded",
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="embed everything again, for example with another embedder"
    )
    parser.add_argument("--keep", action="store_true", help="keep documents whose files are gone")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help='embed on a Ray cluster: HOST:PORT of its head, or "local" for this machine',
    )
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("--list", action="store_true", help="list the documents of the index")
    parser.add_argument("--remove", metavar="ID", help="remove one document by its id")
    parser.set_defaults(run=_index)


def _index(arguments: argparse.Namespace) -> int:
    from index.store.place import place_of
    from rag import assemble

    arguments.index = place_of(arguments.index)
    if arguments.list:
        for entry in assemble.entries(arguments.index):
            print(printable(f"{entry.id}  {entry.chunks:>5} chunks  {entry.uri}  {entry.title}"))
        return 0
    if arguments.remove:
        removed = assemble.remove(arguments.index, arguments.remove)
        print(printable(f"Removed {removed.uri}."))
        return 0
    if not arguments.docs:
        return _complain("Nothing to index: name files or folders, or use --list or --remove ID.")
    report = assemble.build_index(
        arguments.docs,
        arguments.index,
        embedder=arguments.embedder,
        allow_download=arguments.allow_download,
        rebuild=arguments.rebuild,
        prune=not arguments.keep,
        cluster=arguments.cluster,
        progress=progress_printer(),
    )
    print(as_json(report.to_dict()) if arguments.json else printable(str(report)))
    return 0


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help='a text file, or "-" for standard input')
    pipeline_options(parser)
    parser.add_argument("--json", action="store_true", help="print the sentences as JSON")
    parser.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    text = _read_text(arguments.file)
    with open_from(arguments) as pipeline:
        report = pipeline.check(text)
    print(as_json(report.to_dict(), indent=2) if arguments.json else printable(str(report)))
    return int(report.unsupported > 0)


def _read_text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise AnswerError(
            f"{name} cannot be read ({error.strerror}): name a text file, or - for standard input."
        ) from error
    return data.decode("utf-8", errors="replace")


def _doctor_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--index", required=True, metavar="DIR", help="index directory")
    parser.add_argument("--repair", action="store_true", help="rebuild what is derived from the database")
    parser.add_argument("--stats", action="store_true", help="tell how large the index is and what it was made with")
    parser.add_argument("--json", action="store_true", help="print the figures of --stats as JSON")
    parser.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    from index.store.doctor import examine, repair
    from index.store.place import place_of

    place = place_of(arguments.index)
    if not isinstance(place, Path):
        return _complain(
            f"rag doctor looks after folders: {place} is kept sound by its Milvus; --list shows what it holds."
        )
    arguments.index = place
    if arguments.stats:
        from index.store.statistics import statistics

        told = statistics(arguments.index)
        print(as_json(told.to_dict()) if arguments.json else printable(str(told)))
        return 0
    findings = repair(arguments.index) if arguments.repair else examine(arguments.index)
    for finding in findings:
        print(printable(str(finding)))
    if not findings:
        print("The index is sound.")
    return 1 if findings and not arguments.repair else 0


def _migrate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Copies an index into another store; run again after an interruption, it goes on."
    where = "an index directory, milvus://HOST:PORT/NAME, or milvus:FILE.db"
    parser.add_argument("--from", dest="source", required=True, metavar="INDEX", help=where)
    parser.add_argument("--to", dest="target", required=True, metavar="INDEX", help=f"{where}; new, or begun before")
    parser.set_defaults(run=_migrate)


def _migrate(arguments: argparse.Namespace) -> int:
    from index.migrate import migrate
    from index.store.place import place_of

    source, target = place_of(arguments.source), place_of(arguments.target)
    moved = migrate(source, target, progress=progress_printer())
    print(printable(f"{moved} From now on: --index {target}"))
    return 0


def _models_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--use", metavar="M", help='let this model write from now on where --model names none; "quotes" takes it back'
    )
    parser.set_defaults(run=_models)


def _models(arguments: argparse.Namespace) -> int:
    from rag.models import render_table

    if arguments.use:
        from rag.assemble import choose_writer

        print(printable(f"{choose_writer(arguments.use)} writes from now on where --model names nothing else."))
        return 0

    print(render_table())
    return 0


def _complain(sentence: str) -> int:
    sys.stderr.write(f"{printable(sentence)}\n")
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
