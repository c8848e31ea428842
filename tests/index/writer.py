"""A process that syncs a folder with the hashing embedder: `python writer.py DOCS INDEX [pause [at_once]]`; killed.

Prints how many files and chunks are done at every report of progress.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from index.store.local import open_store
from index.sync import Progress, sync
from tests.fakes import HashEmbedder


def main(docs: str, index: str, pause: str = "0", at_once: str = "128") -> None:
    def shown(progress: Progress) -> None:
        print(progress.done, progress.chunks, flush=True)
        time.sleep(float(pause))

    embedder = HashEmbedder()
    with open_store(Path(index), embedder, create=True) as store:
        print(sync([Path(docs)], store, embedder, progress=shown, at_once=int(at_once)))


if __name__ == "__main__":
    main(*sys.argv[1:])
