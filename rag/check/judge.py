"""Judges by name: which model says whether evidence bears out a claim, and the point that was fitted for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.check.point import PLAIN, Point
from rag.errors import ModelUnavailable
from rag.odds import likely
from rag.protocols import Generator, Judge, Prompt

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

    from rag.read.large import LargeEncoder

BUILT_IN = "built-in"
POINTS = Path(__file__).parent / "points.json"
"""What was fitted for the built-in judge, by `python -m eval.training.judge_fit`."""
_ASKED = (
    "You check claims against a passage. Answer with one word: yes if the passage alone says that the claim is true, "
    "no if it does not."
)


class LargeJudge:
    """A large encoder that was trained here; it is loaded at the first question."""

    def __init__(self, load: Callable[[], LargeEncoder], name: str) -> None:
        self._load, self._name = load, name
        self._lock = threading.Lock()
        self._large: LargeEncoder | None = None

    @property
    def name(self) -> str:
        """What it is called, and the beginning of its weights' checksum."""
        return self._name

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (passage, sentence): probability in 0..1 that the passage entails the sentence."""
        if not pairs:
            return []
        with self._lock:
            if self._large is None:
                self._large = self._load()
        return [likely(odds) for odds in self._large.entailed(pairs)]


class HubJudge:
    """A cross-encoder of the Hub: one score a pair, or the share of "entailment" among its labels."""

    def __init__(self, name: str, model: CrossEncoder) -> None:
        self._name, self._model = name, model
        labels = {str(label).lower(): at for at, label in model.model.config.id2label.items()}
        self._entailed = next((at for label, at in labels.items() if label.startswith("entail")), None)

    @property
    def name(self) -> str:
        return self._name

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (passage, sentence): probability in 0..1 that the passage entails the sentence."""
        if not pairs:
            return []
        if self._entailed is None:
            from torch.nn import Sigmoid

            scores = self._model.predict(list(pairs), activation_fn=Sigmoid(), show_progress_bar=False)
            return [float(score) for score in scores]
        shares = self._model.predict(list(pairs), apply_softmax=True, show_progress_bar=False)
        return [float(row[self._entailed]) for row in shares]


class AskingJudge:
    """A language model, local or behind an endpoint, that is asked yes or no for each pair."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    @property
    def name(self) -> str:
        return self._generator.name

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """1.0 where the model says yes, 0.0 where it says anything else."""
        return [self._said(*pair) for pair in pairs]

    def _said(self, passage: str, sentence: str) -> float:
        prompt = Prompt(_ASKED, f"Passage: {passage}\n\nClaim: {sentence}", max_tokens=8)
        said = "".join(self._generator.stream(prompt)).strip().lower()
        return float(said.startswith("yes"))


def load_judge(name: str = BUILT_IN, *, allow_download: bool = False) -> Judge:
    """The judge called so: "built-in" (the reader's entailment), the folder of a large encoder that was trained
    here, a cross-encoder's Hub name or folder, or an endpoint's URL#model. Raises ModelUnavailable.
    """
    from rag.read import load_reader
    from rag.read.cross_encoder import load_cross_encoder
    from rag.read.large import DESCRIPTION

    if name == BUILT_IN:
        return load_reader()
    if (Path(name) / DESCRIPTION).is_file():
        return _large(Path(name))
    if "://" in name:
        from rag.write import load_generator

        return AskingJudge(load_generator(name, allow_download=allow_download))
    return HubJudge(name, load_cross_encoder(name, "judge", allow_download=allow_download))


def point_of(name: str = BUILT_IN) -> Point:
    """The point that was fitted for a judge; for one that nothing was fitted for, its own log-odds at 0.8.

    Raises ModelUnavailable where the file of the points is damaged.
    """
    from rag.read.large import DESCRIPTION

    large = Path(name) / DESCRIPTION
    path, key = (large, "point") if large.is_file() else (POINTS, name)
    try:
        fitted = json.loads(path.read_text(encoding="utf-8")).get(key)
        return Point.from_dict(fitted) if fitted else PLAIN
    except (OSError, ValueError, TypeError, KeyError) as error:
        remedy = "run git checkout -- rag, or install the package again"
        raise ModelUnavailable(f"The judge's {path.name} cannot be used ({error}); {remedy}.") from error


def _large(folder: Path) -> Judge:
    from rag.read.large import digest, load_large

    return LargeJudge(lambda: load_large(folder), f"footnote-large-{digest(folder)}")
