"""Writers: what turns evidence into sentences.

- `quotes`: the built-in writer, verbatim sentences, no model to download; `extract` is one of them
- `worked`: what lists and tables give instead: `looked_up` with `denials`, else `tabular` over rows of a table, with
  `wanted`, `mentions`, `bounds`, `limited` and `cells`; `lists` puts both together from statements
- `summary`, `talk`: of whole documents, and of what is no question; `questions`: asked back from a text
- `local`: any causal model of the hub in this process
- `gguf`: a GGUF file in this process
- `endpoint`: any OpenAI-compatible server
- `choice`: which of these; `prompt`, `chat`, `think`, `stream`, `repeats`, `whole`, `placement`: what they share
"""

from collections.abc import Callable

from rag.protocols import Generator
from rag.write.local.hub import local_path


def load_generator(
    name: str,
    *,
    allow_download: bool = False,
    quantize: str | None = None,
    confirm: Callable[[str], bool] | None = None,
    progress: Callable[[str], None] | None = None,
    tell: Callable[[str], None] | None = None,
) -> Generator:
    """The writer that a name means: "http(s)://host/v1#model" a server, "FILE.gguf" that file, else a model or folder.

    The options are those of `load_local`; `tell` hears when the loading begins, which may take long. Raises
    `ModelUnavailable`.
    """
    if "://" in name:
        from rag.write.endpoint.server import load_endpoint

        url, _, model = name.partition("#")
        return load_endpoint(url, model or None)
    path = local_path(name)
    if path and path.suffix.lower() == ".gguf" and not path.is_dir():
        from rag.write.gguf.writer import load_gguf

        return load_gguf(path, quantize=quantize, tell=tell)
    from rag.write.local.causal import load_local

    return load_local(
        name, allow_download=allow_download, quantize=quantize, confirm=confirm, progress=progress, tell=tell
    )
