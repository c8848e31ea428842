"""The keys and values a model keeps of the text so far: buffers that grow by halves instead of being copied per token.

transformers' own layers concatenate, which copies the whole cache for each written token. These write in place.
"""

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedConfig
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

_SPARE = 256  # tokens of room beyond the need


class RoomyLayer(DynamicLayer):  # type: ignore[misc]
    """A full-attention layer whose `keys` and `values`, (1, heads, tokens, dim), are views of larger buffers."""

    def __init__(self) -> None:
        super().__init__()
        self._rooms: list[Tensor] = []

    def update(self, key_states: Tensor, value_states: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self._rooms = [key_states[..., :0, :], value_states[..., :0, :]]
        length = self.get_seq_length()
        end = length + key_states.shape[-2]
        for number, states in enumerate((key_states, value_states)):
            if end > self._rooms[number].shape[-2]:
                self._rooms[number] = _larger(self._rooms[number], states, length, end)
            self._rooms[number][..., length:end, :] = states
        self.keys, self.values = (room[..., :end, :] for room in self._rooms)
        return self.keys, self.values


def fresh_cache(config: PreTrainedConfig) -> DynamicCache:
    """An empty cache with the layers this architecture needs."""
    cache = DynamicCache(config=config)
    cache.layers = [RoomyLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


def can_go_back(cache: DynamicCache) -> bool:
    """Whether passes over several tokens are exact and can be undone: attention only, no running state."""
    kinds = (RoomyLayer, DynamicSlidingWindowLayer)
    return bool(cache.layers) and all(type(layer) in kinds for layer in cache.layers)


def _larger(room: Tensor, states: Tensor, length: int, end: int) -> Tensor:
    """A buffer for `end` tokens and some more, holding the first `length` tokens of `room`."""
    shape = list(states.shape)
    shape[-2] = end + max(_SPARE, end // 2)
    larger = torch.empty(shape, dtype=states.dtype, device=states.device)
    larger[..., :length, :] = room[..., :length, :]
    return larger
