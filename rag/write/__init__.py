"""Writers: what turns evidence into sentences.

- `quotes`: the built-in writer, verbatim sentences, no model to download
- `local`: any causal model of the hub in this process; `hub`, `weights`, `chat`, `decode`, `cache`, `repeats`, `int8`
  find it, measure it, speak its format and run it
- `endpoint`: any OpenAI-compatible server
- `think`, `stream`: what both share
"""

from collections.abc import Callable

from rag.protocols import Generator


def load_generator(
    name: str,
    *,
    allow_download: bool = False,
    quantize: str | None = None,
    confirm: Callable[[str], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Generator:
    """The writer that a name means: "http(s)://host/v1#model" a server, anything else a model or folder.

    The options are those of `load_local`; a server needs none of them. Raises `ModelUnavailable`.
    """
    if "://" in name:
        from rag.write.endpoint import load_endpoint

        url, _, model = name.partition("#")
        return load_endpoint(url, model or None)
    from rag.write.local import load_local

    return load_local(name, allow_download=allow_download, quantize=quantize, confirm=confirm, progress=progress)
