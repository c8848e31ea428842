"""Finds a model on this machine, or fetches it from the model hub when that was asked for.

Only weights as safetensors, JSON and tokenizer files are ever fetched: nothing that can run code when read.
Offline mode (HF_HUB_OFFLINE=1) is final.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import ModelUnavailable
from rag.write.local.download import fetch_weights, progress_bar, size_text

Progress = Callable[[str], None]
Confirm = Callable[[str], bool]

FETCHED = ("*.safetensors", "*.safetensors.index.json", "*.json", "*.txt", "*.model", "*.jinja", "*.tiktoken")
NOT_FETCHED = ("*/*", "*.bin", "*.py", "consolidated*", "adapter_*")

TOKENIZERS = ("tokenizer.json", "*.model", "vocab.*", "*.tiktoken", "tekken.json")
"""The files one of which a tokenizer is read from."""


def find_model(
    name: str, *, allow_download: bool = False, confirm: Confirm | None = None, progress: Progress | None = None
) -> Path:
    """The folder that holds the model: `name` itself where it is one, else the hub's cache, else a download.

    `confirm` is asked with one sentence that names the size (default: `allow_download` is the consent); `progress` gets
    a line now and then (default: on stderr, so that no download is silent). Raises `ModelUnavailable`.
    """
    folder = local_path(name)
    if folder and folder.is_dir():
        return folder
    if not _is_name(name):
        raise ModelUnavailable(
            f"{name[:100]!r} is neither a folder on this machine nor a model's name: write it as organisation/model, "
            "for example Qwen/Qwen3-0.6B, or as a server's address, http://HOST:PORT/v1#MODEL."
        )
    cached = _cached(name)
    if cached is not None and complete(cached):
        return cached
    if not allow_download:
        raise ModelUnavailable(_not_here(name, partly=cached is not None))
    return _download(name, confirm or (lambda _: True), progress or _tell)


def local_path(name: str) -> Path | None:
    """The path that a name may be; None where it can be none: blank, of an unknown home, too long."""
    try:
        path = Path(name).expanduser()
        path.exists()
    except (OSError, RuntimeError, ValueError):
        return None
    return path if name.strip() else None


def complete(folder: Path) -> bool:
    """Whether a folder of the hub's cache holds all that a model needs: a killed download leaves a part."""
    from rag.write.placement import read_weights

    try:
        read_weights(folder)
    except ModelUnavailable:
        return False
    return (folder / "config.json").is_file() and any(next(folder.glob(name), None) for name in TOKENIZERS)


def _is_name(name: str) -> bool:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return "/" in name


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _cached(name: str) -> Path | None:
    """The folder of the hub's cache, complete or not."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import IncompleteSnapshotError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True, **_selection()))
    except IncompleteSnapshotError as error:
        return Path(error.snapshot_path)
    except (LocalEntryNotFoundError, OSError):
        return None


def _download(name: str, confirm: Confirm, progress: Progress) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.constants import is_offline_mode

    if is_offline_mode():
        raise ModelUnavailable(
            f"{name} is not on this machine and offline mode is on: unset HF_HUB_OFFLINE to download it."
        )
    try:
        with _unheard():
            bar = progress_bar(name, progress)
            files = snapshot_download(name, dry_run=True, tqdm_class=bar, **_selection())
            _require_weights(name, [file.filename for file in files])
            missing = sum(file.file_size or 0 for file in files if file.will_download)
            if not confirm(f"Download {name}, {size_text(missing)}?"):
                raise ModelUnavailable(f"{name} was not downloaded: the answer was no.")
            progress(f"Downloading {name}, {size_text(missing)}.")
            fetch_weights(name, files, progress)
            return Path(snapshot_download(name, tqdm_class=bar, **_selection()))
    except ModelUnavailable:
        raise
    except Exception as error:
        raise ModelUnavailable(_why(name, error.__cause__ or error)) from error


@contextmanager
def _unheard() -> Iterator[None]:
    """Keeps the client's own complaints off the terminal: what goes wrong is said here, once."""
    logger = logging.getLogger("huggingface_hub")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _require_weights(name: str, files: list[str]) -> None:
    if not any(file.endswith(".safetensors") for file in files):
        raise ModelUnavailable(
            f"{name} has no .safetensors weights on the hub, only forms that can run code when read, GGUF or none at "
            "all: choose another model, or download a GGUF file yourself and name it."
        )


def _why(name: str, error: BaseException) -> str:
    """One sentence for whatever went wrong with the hub."""
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return f"{name} asks for its terms to be accepted first: do so on its page, then run `hf auth login`."
    if isinstance(error, errors.RepositoryNotFoundError):
        return f"The hub has no model named {name}, or it is private: check the spelling; `rag models` lists some."
    if isinstance(error, errors.HfHubHTTPError):
        status = error.response.status_code if error.response is not None else "?"
        return f"The hub answered {status} for {name}: try again later; what was downloaded is kept."
    return (
        f"The hub is out of reach ({type(error).__name__}), so {name} could not be downloaded: check the connection "
        "and try again; what was downloaded is kept."
    )


def _not_here(name: str, *, partly: bool) -> str:
    from rag.models import find

    known = find(name)
    size = f" ({known.download})" if known is not None and known.download != "?" else ""
    seen = "is only partly on this machine" if partly else "is not on this machine"
    return f"{name}{size} {seen}: add --allow-download to get it, or choose another model (`rag models`)."


def _selection() -> dict[str, Any]:
    return {"allow_patterns": list(FETCHED), "ignore_patterns": list(NOT_FETCHED)}
