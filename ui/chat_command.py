"""`rag chat`: the arguments, a free port, the sign-in file. Light: the page itself is imported when it starts."""

import argparse
import os
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexingError
from rag.errors import AnswerError

if TYPE_CHECKING:
    from uvicorn import Server

    from rag.pipeline import Pipeline
    from ui.opening import Opening, Report
    from ui.security import Access

HOST = "127.0.0.1"
PORT = 7860
PORTS_TO_TRY = 20
BROWSER_AFTER = 1.5
EVERYWHERE = {"0.0.0.0": HOST, "::": "[::1]"}  # noqa: S104 how a browser on this machine names them


class ChatError(Exception):
    """The page cannot start as asked; the text is one sentence for the user."""


def register(parser: argparse.ArgumentParser) -> None:
    """Adds what `rag chat` understands and what it runs."""
    from rag.cli import pipeline_options

    parser.description = "Ask questions in the browser. Without documents the bundled corpus is loaded."
    pipeline_options(parser)
    parser.add_argument("folders", nargs="*", type=Path, metavar="DOCS", help="files or folders, the same as --docs")
    serving_options(parser)
    parser.add_argument("--watch", action="store_true", help="keep the index in step while files change")
    parser.add_argument("--no-open", dest="open", action="store_false", help="do not open the page in a browser")
    parser.set_defaults(run=run)


def serving_options(parser: argparse.ArgumentParser) -> None:
    """Adds where to listen and whom to let in."""
    parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST}: this machine only)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further host name that it is reached by, for example behind a proxy; may be repeated",
    )
    parser.add_argument("--port", type=int, help=f"port to listen on (default: the first free one from {PORT})")
    parser.add_argument(
        "--auth", type=Path, metavar="FILE", help="ask for a sign-in; FILE has a line user:password each"
    )


def run(args: argparse.Namespace) -> int:
    """Serves the page until Ctrl-C. 0 when it was stopped, 2 with one sentence on stderr when it cannot start."""
    try:
        auth = read_auth(args.auth) if args.auth else None
        with bind(args.host, args.port) as listener:
            _serve(args, listener, auth)
    except (ChatError, AnswerError, IndexingError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
    return 0


def bind(host: str, port: int | None) -> socket.socket:
    """A bound socket. Without a port the first free one from PORT on is taken. Raises ChatError."""
    wanted = [port] if port is not None else list(range(PORT, PORT + PORTS_TO_TRY))
    for number in wanted:
        try:
            return _bound(host, number)
        except (OSError, OverflowError) as error:
            problem = error
    if port is not None:
        raise ChatError(f"Port {port} on {host} cannot be used ({_reason(problem)}): choose another with --port.")
    last = wanted[-1]
    raise ChatError(
        f"No port from {PORT} to {last} on {host} can be used ({_reason(problem)}): choose one with --port."
    )


def read_auth(file: Path) -> list[tuple[str, str]]:
    """The (user, password) pairs of a sign-in file; blank lines and lines beginning with # are skipped."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ChatError(f"The sign-in file {file} cannot be read ({error}).") from error
    pairs = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        user, colon, password = line.strip().partition(":")
        if not (user and colon and password):
            raise ChatError(f"Line {number} of the sign-in file {file} is not of the form user:password.")
        pairs.append((user, password))
    if not pairs:
        raise ChatError(f"The sign-in file {file} names nobody: write one line user:password for each person.")
    return pairs


def _serve(args: argparse.Namespace, listener: socket.socket, auth: list[tuple[str, str]] | None) -> None:
    # First, and not beside the models' libraries: two threads that import what imports each other can meet half-made
    # modules.
    import ui.app
    from rag.assemble import home
    from rag.places import bundled_corpus
    from rag.terminal import tell
    from ui.desk import Desk
    from ui.opening import Opening
    from ui.watching import Watching

    args.docs = [*(args.docs or ()), *args.folders] or None
    folder = home(args.docs, args.index, embedder=args.embedder)
    watched = _watched(args) if args.watch else []
    writer = loaded_meanwhile(args.model)
    args.model = "quotes" if writer else args.model
    opening = Opening(lambda report: _opened(args, folder, report))
    watching = Watching(watched, opening.pipeline, tell) if watched else None
    try:
        if args.index and not args.docs:
            opening.pipeline()  # nothing is indexed, and a wrong folder is told before anything else happens
        for line in _greeting(args, listener.getsockname()[1], signs_in=auth is not None):
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
        desk = Desk(opening, folder, args.docs or [bundled_corpus()], writer)
        _run(args, listener, opening, ui.app.server(desk, access_of(args, auth)))
        if isinstance(opening.error, AnswerError | IndexingError):
            raise opening.error
    finally:
        if watching:
            watching.close()
        opening.close()


def loaded_meanwhile(model: str | None) -> str:
    """The model that writes, where it is on this machine: quotes can answer until it is loaded; "" for any other."""
    from rag.assemble import named_writer
    from rag.models import is_here
    from rag.settings import QUOTES

    name = named_writer(model)
    return name if name != QUOTES and is_here(name) else ""


def _watched(args: argparse.Namespace) -> list[Path]:
    """The files and folders to watch. Raises ChatError where there are none."""
    from index.fetch import is_address
    from rag.assemble import documents

    found = [path for path in documents(args.docs, args.index) if not is_address(str(path))]
    if not found:
        raise ChatError("There are no files to watch: name folders, or leave --watch out.")
    return found


def access_of(args: argparse.Namespace, auth: list[tuple[str, str]] | None) -> "Access":
    """Whom the door lets in, from what `serving_options` were given."""
    from ui.security import Access
    from ui.signin import Signin

    return Access.of(args.host, args.allow_host, Signin(auth) if auth else None)


def _opened(args: argparse.Namespace, folder: Path, report: "Report") -> "Pipeline":
    """The pipeline, with the uploads of earlier runs; page and terminal are told how far it is."""
    from rag.cli import open_from
    from rag.terminal import progress_printer
    from ui.documents import restore
    from ui.opening import both

    pipeline = open_from(args, both(report, progress_printer()))
    restore(pipeline, folder)
    pipeline.reader.spans("Ready?", ["Ready."])  # loads what the first question would wait 1.5 s for
    return pipeline


def _run(args: argparse.Namespace, listener: socket.socket, opening: "Opening", running: "Server") -> None:
    """Serves until Ctrl-C, or until the documents turn out not to open."""

    def watch() -> None:
        # What cannot be opened at all says so within moments, and then there is no page to show.
        opening.wait(BROWSER_AFTER)
        if args.open and opening.error is None and _has_a_browser():
            webbrowser.open(address_of(args.host, listener.getsockname()[1]))
        opening.wait()
        if opening.error is not None:
            running.should_exit = True

    threading.Thread(target=watch, name="watch", daemon=True).start()
    running.run(sockets=[listener])


def _has_a_browser() -> bool:
    """Whether somebody at a screen started this: a browser in a terminal would take the terminal away."""
    screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(screen) and sys.stderr.isatty()


def address_of(host: str, port: int) -> str:
    """How a browser on this machine reaches what listens there."""
    shown = EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


def _greeting(args: argparse.Namespace, port: int, *, signs_in: bool) -> list[str]:
    lines = [f"Footnote is at {address_of(args.host, port)} (Ctrl-C stops it)."]
    if args.port is None and port != PORT:
        lines.insert(0, f"Port {PORT} is in use; {port} is the next free one.")
    if args.host not in (HOST, "localhost", "::1") and not signs_in:
        lines.append(
            f"Whoever reaches {args.host} can read and change these documents; --auth FILE asks for a sign-in."
        )
    return lines


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Without SO_REUSEADDR a restart would have to wait for the old connections to time out.
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
