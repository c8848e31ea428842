"""Cross-encoders of the Hub by name: they rank; spans and entailment stay with the built-in reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rag.errors import ModelUnavailable
from rag.protocols import Reader, Span

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

LONGEST_INPUT = 512


class HubReader:
    """Ranks with a cross-encoder of the Hub and reads, refuses and checks with the built-in reader."""

    def __init__(self, name: str, model: CrossEncoder, built_in: Reader) -> None:
        self._name, self._model, self._built_in = name, model, built_in

    @property
    def name(self) -> str:
        """The Hub name, then the built-in reader's."""
        return f"{self._name} + {self._built_in.name}"

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """The cross-encoder's relevance and the built-in reader's span for each passage."""
        return list(zip(self.rank(question, passages), self.spans(question, passages), strict=True))

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        if not passages:
            return []
        scores = self._model.predict([(question, passage) for passage in passages], show_progress_bar=False)
        return [float(score) for score in scores]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The built-in reader's spans."""
        return self._built_in.spans(question, passages)

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The built-in reader's entailment."""
        return self._built_in.entail(pairs)


def load_cross_encoder(name: str, role: Literal["reader", "judge"], *, allow_download: bool) -> CrossEncoder:
    """The cross-encoder called `name`, a Hub name or a local folder; raises ModelUnavailable in one sentence."""
    try:
        from sentence_transformers import CrossEncoder

        return CrossEncoder(
            name, max_length=LONGEST_INPUT, trust_remote_code=False, local_files_only=not allow_download
        )
    except Exception as error:  # The hub's client raises dozens of unrelated types when it cannot be reached.
        raise ModelUnavailable(
            f"The {role} {name!r} cannot be loaded ({type(error).__name__}): check the name, allow its download with "
            f"--allow-download, give a local folder, or leave --{role} out to use the built-in one."
        ) from error


def load_hub_reader(name: str, built_in: Reader, *, allow_download: bool = False) -> HubReader:
    """A reader that ranks with the cross-encoder called `name`. Raises ModelUnavailable."""
    model = load_cross_encoder(name, "reader", allow_download=allow_download)
    if getattr(model, "num_labels", 1) != 1:
        raise ModelUnavailable(
            f"The cross-encoder {name!r} gives {model.num_labels} scores a pair where one is wanted: "
            "choose a ranking model."
        )
    return HubReader(name, model, built_in)
