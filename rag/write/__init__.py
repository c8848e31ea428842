"""Writers: what turns evidence into sentences.

- `quotes`: the built-in writer, verbatim sentences, no model to download
- `local`: any causal model of the hub in this process; `hub`, `weights`, `chat`, `decode`, `cache`, `repeats`, `int8`
  find it, measure it, speak its format and run it
- `gguf`: a GGUF file in this process; `gguf_file` reads what it says, `llamacpp` runs it
- `endpoint`: any OpenAI-compatible server
- `think`, `stream`: what they share
"""

from collections.abc import Callable
from pathlib import Path

from rag.protocols import Generator


def load_generator(
    name: str,
    *,
    allow_download: bool = False,
    quantize: str | None = None,
    confirm: Callable[[str], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Generator:
    """The writer that a name means: "http(s)://host/v1#model" a server, "FILE.gguf" that file, else a model or folder.

    The options are those of `load_local`; servers and files need none of them. Raises `ModelUnavailable`.
    """
    if "://" in name:
        from rag.write.endpoint import load_endpoint

        url, _, model = name.partition("#")
        return load_endpoint(url, model or None)
    path = Path(name).expanduser()
    if path.suffix.lower() == ".gguf" and not path.is_dir():
        from rag.write.gguf import load_gguf

        return load_gguf(path, quantize=quantize)
    from rag.write.local import load_local

    return load_local(name, allow_download=allow_download, quantize=quantize, confirm=confirm, progress=progress)
