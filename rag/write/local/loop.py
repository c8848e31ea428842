"""The loop that writes tokens: greedy, one pass per step, drafts looked up in the prompt, fixed beginnings kept.

Results do not depend on earlier calls: the fixed beginning of a prompt is always read in a pass of its own, whether
it comes from memory or not, and a copy of what was read continues from there.
"""

import copy
import inspect
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from rag.answer import Finish
from rag.write.local.cache import can_go_back, fresh_cache
from rag.write.repeats import LOOKED_UP, Lookup, endless

_CHUNK = 512  # tokens of the prompt read between two chances to stop
_KEPT = 4  # beginnings kept: answering and rewriting, each with and without a system role
_LEAST_KEPT = 16  # tokens; shorter beginnings are not worth a copy
_CHECK_EVERY = 8  # tokens between two looks for endless repetition


class Decoder:
    """Continues token sequences with one causal model. Several threads may take turns, token by token."""

    def __init__(self, model: PreTrainedModel, *, lookup: bool = True, keep_beginnings: bool = True) -> None:
        self._model = model
        fresh = self._fresh()
        self._back = fresh is not None and can_go_back(fresh)
        self._lookup = lookup and self._back
        self._keep = keep_beginnings and self._back
        accepted = inspect.signature(model.forward).parameters
        self._few_logits, self._positions = "logits_to_keep" in accepted, "position_ids" in accepted
        self._beginnings: OrderedDict[tuple[int, ...], DynamicCache] = OrderedDict()
        self._turn = threading.Lock()

    def write(
        self, tokens: Sequence[int], beginning: int, stop: frozenset[int], limit: int
    ) -> Iterator[list[int] | Finish]:
        """Yields lists of new tokens, [] while the prompt is read, and last why it ended.

        `beginning` is the number of leading tokens that prompts of this kind share; `limit` bounds the new tokens.
        """
        cache, last = None, -1
        for cache, last in self._read(list(tokens), beginning):  # noqa: B007
            yield []
        lookup = Lookup(tokens) if self._lookup else None
        yield from self._continue(lookup, cache, len(tokens), last, stop, limit)

    def _continue(
        self, lookup: Lookup | None, cache: DynamicCache, read: int, last: int, stop: frozenset[int], limit: int
    ) -> Iterator[list[int] | Finish]:
        written: list[int] = []
        fresh = [last]
        while True:
            fresh = fresh[: limit - len(written)]
            ended = next((number for number, token in enumerate(fresh) if token in stop), None)
            looked = len(written) // _CHECK_EVERY
            written += fresh[:ended]
            yield fresh[:ended]
            if ended is not None:
                yield "stop"
                return
            if len(written) >= limit or (len(written) // _CHECK_EVERY > looked and endless(written)):
                yield "length"
                return
            draft: list[int] = []
            if lookup is not None:
                lookup.extend(fresh)
                draft = lookup.draft(min(LOOKED_UP, limit - len(written) - 1))
            cache, fresh = self._step(cache, read + len(written) - 1, fresh[-1], draft)

    def _read(self, tokens: list[int], beginning: int) -> Iterator[tuple[DynamicCache, int]]:
        """Reads the prompt pass by pass; gives the cache and the token that follows what was read so far."""
        if not self._back:
            cache, chosen = self._pass(None, 0, tokens, 1)
            yield cache, chosen[-1]
            return
        done = beginning if beginning >= _LEAST_KEPT else 0
        cache = self._begin(tokens[:done])
        last = -1
        for start in range(done, len(tokens), _CHUNK):
            yield cache, last
            cache, chosen = self._pass(cache, start, tokens[start : start + _CHUNK], 1)
            last = chosen[-1]
        if self._lookup:
            cache.activate_past_recording()
        yield cache, last

    def _begin(self, tokens: list[int]) -> DynamicCache | None:
        """A cache that has read these tokens, of its own to continue."""
        if not tokens:
            return self._fresh()
        key = tuple(tokens)
        kept = self._beginnings.get(key)
        if kept is None:
            kept, _ = self._pass(None, 0, tokens, 1)
            if not self._keep:
                return kept
            self._beginnings[key] = kept
            while len(self._beginnings) > _KEPT:
                self._beginnings.popitem(last=False)
        return copy.deepcopy(kept)

    def _step(self, cache: DynamicCache, start: int, last: int, draft: list[int]) -> tuple[DynamicCache, list[int]]:
        """One pass: the tokens chosen, as far as the draft was right and one more."""
        cache, chosen = self._pass(cache, start, [last, *draft], len(draft) + 1)
        right = 0
        while right < len(draft) and draft[right] == chosen[right]:
            right += 1
        if self._lookup:
            cache.crop(right - len(draft))
        return cache, chosen[: right + 1]

    def _pass(
        self, cache: DynamicCache | None, start: int, tokens: list[int], keep: int
    ) -> tuple[DynamicCache, list[int]]:
        """One forward pass over the tokens at position `start`; the greedy choice after each of the last `keep`."""
        with self._turn, torch.no_grad():
            ids = torch.tensor([tokens], device=self._model.device)
            if cache is None:
                cache = self._fresh()
            more: dict[str, Tensor | int] = {"logits_to_keep": keep} if self._few_logits else {}
            if self._positions:  # some caches cannot tell how much they hold
                more["position_ids"] = torch.arange(start, start + len(tokens), device=ids.device)[None]
            output = self._model(input_ids=ids, past_key_values=cache, use_cache=True, **more)
            logits: Tensor = output.logits[0, -keep:]
            return output.past_key_values, logits.float().argmax(-1).tolist()

    def _fresh(self) -> DynamicCache | None:
        """An empty cache; None where the architecture makes its own."""
        if not self._model._supports_default_dynamic_cache():
            return None
        return fresh_cache(self._model.config.get_text_config(decoder=True))
