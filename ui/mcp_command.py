"""`rag mcp`: the arguments and the start. Light: `mcp` and the pipeline are imported when it runs."""

import argparse
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from rag.errors import AnswerError
from ui.chat_command import ChatError, access_of, address_of, bind, read_auth, serving_options

if TYPE_CHECKING:
    from ui.opening import Opening

MISSING = 'rag mcp needs one more package: pip install "footnote-rag[mcp]".'


def register(parser: argparse.ArgumentParser) -> None:
    """Adds what `rag mcp` understands and what it runs."""
    from rag.cli import pipeline_options

    parser.description = "Serve the documents to other programs (Model Context Protocol on stdin and stdout)."
    pipeline_options(parser)
    parser.add_argument("--http", action="store_true", help="serve http://HOST:PORT/mcp instead of stdin and stdout")
    serving_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serves until the client closes the line, over HTTP until Ctrl-C. Raises AnswerError where it cannot start."""
    if find_spec("mcp") is None:
        raise AnswerError(MISSING)
    from rag.cli import open_from
    from rag.terminal import progress_printer
    from ui.mcp_server import server
    from ui.opening import Opening, both

    # stdout belongs to the protocol and stdin is its line: nobody is asked anything.
    opening = Opening(lambda report: open_from(args, both(report, progress_printer()), asks=False))
    try:
        if args.http:
            _http(args, opening)
        else:
            server(opening.pipeline).run("stdio")
    finally:
        opening.close()
    return 0


def _http(args: argparse.Namespace, opening: "Opening") -> None:
    from ui.mcp_server import http_server

    try:
        auth = read_auth(args.auth) if args.auth else None
        with bind(args.host, args.port) as listener:
            address = address_of(args.host, listener.getsockname()[1])
            sys.stderr.write(f"Footnote's tools are at {address}mcp (Ctrl-C stops it).\n")
            http_server(opening.pipeline, access_of(args, auth)).run(sockets=[listener])
    except ChatError as error:
        raise AnswerError(str(error)) from error
