"""A process that syncs on a cluster of three nodes of its own, of which one dies half-way.

`python clustered.py DOCS INDEX`; INDEX is a folder or `milvus:FILE.db`. Prints one JSON object.
"""

import json
import os
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

from index.cluster import ClusterEmbedder
from index.progress import Progress
from index.protocols import Vectors
from index.store.opened import open_index
from index.store.place import place_of
from index.sync import sync
from tests.fakes import HashEmbedder

NODES = 3


class SlowEmbedder(HashEmbedder):
    """Takes a while for each call and notes in a file which process made it."""

    def embed_passages(self, texts: list[str]) -> Vectors:
        time.sleep(0.05)
        with Path(os.environ["NOTES"]).open("a", encoding="utf-8") as notes:
            notes.write(f"{os.environ['RAY_RAYLET_PID']} {len(texts)}\n")
        return super().embed_passages(texts)


def load(name: str) -> SlowEmbedder:
    return SlowEmbedder(name=name)


def main(docs: str, index: str) -> None:
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    nodes = [cluster.add_node(num_cpus=1) for _ in range(NODES)]
    killed: list[float] = []

    def kill_one(progress: Progress) -> None:
        # Each node has shown that it works: one dies with what it is embedding.
        if not killed and len(noted()) == NODES and progress.done:
            cluster.remove_node(nodes[0], allow_graceful=False)
            killed.append(progress.chunks)

    hashing = HashEmbedder()
    with ExitStack() as stack:
        embedder = stack.enter_context(ClusterEmbedder(hashing, cluster.address, load))
        store = stack.enter_context(open_index(place_of(index), hashing, create=True))
        report = sync([Path(docs)], store, embedder, progress=kill_one, at_once=8, flights=embedder.flights)
        again = sync([Path(docs)], store, embedder)
    cluster.shutdown()
    told = {"killed": killed, "chunks": report.chunks, "again": again.chunks, "failed": len(report.failed)}
    print(json.dumps({**told, "added": report.added, "embedded": noted()}))


def noted() -> dict[str, int]:
    """Texts that each node has embedded."""
    counts: Counter[str] = Counter()
    path = Path(os.environ["NOTES"])
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        node, texts = line.split()
        counts[node] += int(texts)
    return counts


if __name__ == "__main__":
    main(*sys.argv[1:])
