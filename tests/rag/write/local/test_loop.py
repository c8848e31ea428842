"""The loop writes what transformers' own greedy search writes, with drafts, kept beginnings and cancelling."""

import copy

import pytest
import torch
from transformers import AutoModelForCausalLM

from rag.protocols import Prompt
from rag.write.chat import Chat
from rag.write.local.loop import Decoder

SYSTEM = "You answer from the passages; copy numbers and names exactly as they stand. " * 2
PROMPT = Prompt(SYSTEM, "In 1994 the town built a bridge of stone. Who built it? The council did.", 40)
OTHER = Prompt(SYSTEM, "The river rises in the northern hills. Where does it flow?", 40)


@pytest.fixture(scope="module")
def loaded(model_folder):
    """Gives a family's model in float32 and its chat form."""
    from transformers import AutoTokenizer

    known = {}

    def load(family):
        if family.name not in known:
            folder = model_folder(family)
            model = AutoModelForCausalLM.from_pretrained(folder, dtype="float32").eval()
            known[family.name] = model, Chat(AutoTokenizer.from_pretrained(folder))
        return known[family.name]

    return load


def written(decoder, encoded, limit, stop=frozenset()):
    *steps, finish = decoder.write(encoded.tokens, encoded.beginning, stop, limit)
    return [token for step in steps for token in step], finish


def greedy(model, encoded, limit):
    """What transformers writes, told not to stop early."""
    ids = torch.tensor([encoded.tokens])
    output = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        min_new_tokens=limit,
        max_new_tokens=limit,
        pad_token_id=0,
        eos_token_id=[],
    )
    return output[0, ids.shape[1] :].tolist()


def test_the_loop_writes_what_transformers_writes(family, loaded):
    """For every family, drafts and kept beginnings included, the tokens equal those of `generate`."""
    model, chat = loaded(family)
    decoder = Decoder(model)
    for prompt in (PROMPT, OTHER):
        encoded = chat.encode(prompt)
        expected = greedy(model, encoded, 24)

        assert written(decoder, encoded, 24)[0] == expected


def test_drafts_and_kept_beginnings_change_nothing(family, loaded):
    """Without either the tokens are the same."""
    model, chat = loaded(family)
    encoded = chat.encode(PROMPT)
    plain = Decoder(model, lookup=False, keep_beginnings=False)

    assert written(Decoder(model), encoded, 40) == written(plain, encoded, 40)


def test_a_kept_beginning_is_read_once(qwen3, loaded):
    """A second prompt with the same system text reads only what follows it."""
    model, chat = loaded(qwen3)
    read = []
    decoder = Decoder(model)
    one_pass = decoder._pass
    decoder._pass = lambda cache, start, tokens, keep: read.append(len(tokens)) or one_pass(cache, start, tokens, keep)
    first, second = chat.encode(PROMPT), chat.encode(OTHER)
    list(decoder.write(first.tokens, first.beginning, frozenset(), 1))
    list(decoder.write(second.tokens, second.beginning, frozenset(), 1))

    assert first.beginning > 64
    assert read == [first.beginning, len(first.tokens) - first.beginning, len(second.tokens) - second.beginning]


def test_drafts_save_passes_on_repeated_text(qwen3, loaded):
    """Where the model repeats what stands in its text, several tokens come from one pass."""
    model, chat = loaded(qwen3)
    encoded = chat.encode(PROMPT)
    tokens, _ = written(Decoder(model), encoded, 200)
    steps = [step for step in Decoder(model).write(encoded.tokens, encoded.beginning, frozenset(), 200) if step]

    assert len(steps) < len(tokens)


def test_a_stop_token_ends_the_text_and_is_not_part_of_it(qwen3, loaded):
    """The text ends before the first stop token, even in the middle of a draft."""
    model, chat = loaded(qwen3)
    encoded = chat.encode(PROMPT)
    tokens, _ = written(Decoder(model), encoded, 40)
    for stop in set(tokens):
        expected = tokens[: tokens.index(stop)]

        assert written(Decoder(model), encoded, 40, frozenset({stop})) == (expected, "stop")


def test_endless_repetition_is_cut_as_length(qwen3, loaded):
    """A model that repeats itself for ever stops long before its limit."""
    model, chat = loaded(qwen3)
    stuck = copy.deepcopy(model)
    torch.nn.init.zeros_(stuck.lm_head.weight)
    tokens, finish = written(Decoder(stuck), chat.encode(PROMPT), 500)

    assert finish == "length"
    assert len(tokens) < 80


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_the_limit_is_exact(qwen3, loaded, limit):
    """Exactly as many tokens as allowed are written, drafts or not."""
    model, chat = loaded(qwen3)
    tokens, finish = written(Decoder(model), chat.encode(PROMPT), limit)

    assert (len(tokens), finish) == (limit, "length")


def test_a_long_prompt_is_read_in_parts_with_chances_to_stop(qwen3, loaded):
    """A prompt of more than one chunk gives the same tokens and yields between the chunks."""
    model, chat = loaded(qwen3)
    encoded = chat.encode(Prompt(SYSTEM, OTHER.user * 20, 8))
    *steps, _ = Decoder(model).write(encoded.tokens, encoded.beginning, frozenset(), 8)

    assert len(encoded.tokens) - encoded.beginning > 512
    assert steps[:2] == [[], []]
    assert [token for step in steps for token in step] == greedy(model, encoded, 8)
