"""Fetches large weight files into the hub's cache so that a download goes on where it broke off.

The hub's own client begins a file anew in each process; a model is often one file of gigabytes.
"""

import hashlib
import io
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.errors import ModelUnavailable

if TYPE_CHECKING:
    from huggingface_hub.file_download import DryRunFileInfo

_SECONDS_BETWEEN_LINES = 2.0
_SHA256 = re.compile(r"[0-9a-f]{64}")


def fetch_weights(name: str, files: "Sequence[DryRunFileInfo]", progress: Callable[[str], None]) -> None:
    """Completes every weight file among `files` in the hub's cache. Raises what the hub's client raises."""
    for file in files:
        if file.will_download and file.filename.endswith(".safetensors"):
            _fetch(name, file, progress)


def _fetch(name: str, file: "DryRunFileInfo", progress: Callable[[str], None]) -> None:
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    url = hf_hub_url(name, file.filename, revision=file.commit_hash)
    about = get_hf_file_metadata(url)
    if not about.etag or not about.size:
        return  # left to the hub's client
    blobs = Path(file.local_path).parents[2] / "blobs"
    blobs.mkdir(parents=True, exist_ok=True)
    blob, part = blobs / about.etag, blobs / f"{about.etag}.part"
    headers = build_hf_headers()
    if urlsplit(about.location).netloc != urlsplit(url).netloc:
        headers.pop("authorization", None)  # a token is for the hub, not for where it stores its files
    with part.open("ab") as target:
        bar = progress_bar(file.filename, progress)
        http_get(
            about.location,
            target,
            resume_size=target.tell(),
            headers=headers,
            expected_size=about.size,
            tqdm_class=bar,
        )
    if _SHA256.fullmatch(about.etag) and _digest(part) != about.etag:
        part.unlink()
        raise ModelUnavailable(f"{file.filename} of {name} arrived damaged and was removed: download it again.")
    part.rename(blob)


def progress_bar(label: str, progress: Callable[[str], None]) -> type:
    """A progress bar for the hub's client that tells `progress` in lines instead of drawing."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    class Lines(tqdm):  # type: ignore[misc]
        def __init__(self, *args: object, **kwargs: object) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "file": io.StringIO(), "disable": False})
            self._told = time.monotonic()

        def update(self, n: float | None = 1) -> bool | None:
            drawn: bool | None = super().update(n)
            if self.unit == "B" and self.total and time.monotonic() - self._told > _SECONDS_BETWEEN_LINES:
                self._told = time.monotonic()
                progress(f"{label}: {size_text(int(self.n))} of {size_text(int(self.total))}")
            return drawn

    return Lines


def size_text(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
