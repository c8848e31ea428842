"""`rag mcp`: the arguments and the start. Light: `mcp` and the pipeline are imported when it runs."""

import argparse
from importlib.util import find_spec

from rag.errors import AnswerError

MISSING = 'rag mcp needs one more package: pip install "footnote-rag[mcp]".'


def register(parser: argparse.ArgumentParser) -> None:
    """Adds what `rag mcp` understands and what it runs."""
    from rag.cli import pipeline_options

    parser.description = "Serve the documents to other programs (Model Context Protocol on stdin and stdout)."
    pipeline_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serves until the client closes the line. Raises AnswerError where the package `mcp` is missing."""
    if find_spec("mcp") is None:
        raise AnswerError(MISSING)
    from rag.cli import open_from
    from rag.terminal import progress_printer
    from ui.mcp_server import server
    from ui.opening import Opening, both

    # stdout belongs to the protocol and stdin is its line: nobody is asked anything.
    opening = Opening(lambda report: open_from(args, both(report, progress_printer()), asks=False))
    try:
        server(opening.pipeline).run("stdio")
    finally:
        opening.close()
    return 0
