"""A process that copies an index: `python mover.py FROM TO`; it waits after each report of progress, to be killed."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from index.migrate import migrate
from index.progress import Progress
from index.store.place import place_of


def main(source: str, target: str) -> None:
    def shown(progress: Progress) -> None:
        print(progress.done, flush=True)
        time.sleep(0.01)

    print(migrate(place_of(source), place_of(target), shown))


if __name__ == "__main__":
    main(*sys.argv[1:])
