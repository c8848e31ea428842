"""Embeds on the machines of a Ray cluster.

To `index.sync` the cluster is an embedder that serves many threads at once: files are found, read and stored by the
process that runs it, and only texts and vectors travel. So nodes need neither the files nor the index, and what a node
was embedding when it died is embedded again elsewhere, before any of it is stored: nothing is lost or stored twice.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from index.embed.embedders import load_embedder
from index.errors import ClusterUnavailable
from index.protocols import Embedder, Vectors

LOCAL = "local"
FLIGHTS_A_CORE = 2  # groups sent for each core of the cluster, so that none waits for the next one to be read
PATIENCE = 5.0
"""Seconds until a head that does not answer is given up; Ray itself asks for minutes."""
_HOST_AND_PORT = re.compile(r"([^:/]+):(\d{1,5})")
Load = Callable[[str], Embedder]


class ClusterEmbedder:
    """Passages are embedded by the cluster's nodes, the rest by `embedder`, whose vectors are the same.

    Each call of `embed_passages` is one task on one core, wherever one is free, also on nodes that join later. It is
    repeated on another node when its own is lost, as often as it takes; where no node is left it waits for one.
    """

    def __init__(self, embedder: Embedder, address: str, load: Load = load_embedder) -> None:
        """Connects to the cluster at `address` (HOST:PORT of its head, from one of its machines), or starts one on this
        machine for "local". `load` makes the embedder from its name, on each node.

        Raises ClusterUnavailable.
        """
        self.name, self.fingerprint, self.dim = embedder.name, embedder.fingerprint, embedder.dim
        self.max_tokens = embedder.max_tokens
        self._embedder = embedder
        self._load = load
        self._ray = _connected(address)
        self._task = self._ray.remote(num_cpus=1, max_retries=-1, scheduling_strategy="SPREAD")(embed_here)

    @property
    def flights(self) -> int:
        """How many calls keep the cluster busy, as it is now."""
        return max(2, FLIGHTS_A_CORE * int(self._ray.cluster_resources().get("CPU", 0)))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the embedder's own."""
        return self._embedder.count_tokens(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """As the embedder's own."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows. Threads may call it together. Raises what the embedder does on the node."""
        from ray.exceptions import RayError, RayTaskError

        task = self._task.remote(self._load, self.name, self.fingerprint, list(texts))
        try:
            vectors: Vectors = self._ray.get(task)
        except RayTaskError as error:
            raise error.cause from None
        except RayError as error:
            raise ClusterUnavailable(f"The cluster gave no vectors ({_first_line(error)}): run this again.") from error
        return vectors

    def close(self) -> None:
        """Leaves the cluster; one that was started here ends."""
        self._ray.shutdown()

    def __enter__(self) -> ClusterEmbedder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def embed_here(load: Load, name: str, fingerprint: str, texts: Sequence[str]) -> Vectors:
    """What a node does: the vectors of `texts`, by an embedder that a process keeps. Raises ClusterUnavailable."""
    embedder = _loaded(load, name)
    if embedder.fingerprint != fingerprint:
        raise ClusterUnavailable(
            f"A node of the cluster has other weights of {name} ({embedder.fingerprint[:8]}) than this machine "
            f"({fingerprint[:8]}): install the same version on all of them."
        )
    return embedder.embed_passages(texts)


@lru_cache(1)
def _loaded(load: Load, name: str) -> Embedder:
    return load(name)


def _connected(address: str) -> Any:  # noqa: ANN401  (the module)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else it reports to its makers
    try:
        import ray
    except ImportError as error:
        raise ClusterUnavailable(
            f"Embedding on a cluster needs a package that is not here ({error.name}): "
            'pip install "footnote-rag[cluster]".'
        ) from error
    local: dict[str, Any] = {"include_dashboard": False} if address == LOCAL else {}
    try:
        if host_and_port := _HOST_AND_PORT.fullmatch(address):
            socket.create_connection((host_and_port[1], int(host_and_port[2])), PATIENCE).close()
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **local)
    except (OSError, RuntimeError, ValueError) as error:
        raise ClusterUnavailable(
            f"No Ray cluster answers at {address} ({_first_line(error)}): start one with `ray start --head`, run this "
            "on one of its machines, and name the address that it tells; or name local."
        ) from error
    return ray


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200].rstrip(".")
