"""A model in this process: any family streams, stops, counts and hides its thinking; bad models give one sentence."""

import threading

import pytest
import torch

from rag.errors import GeneratorFailed, PromptTooLong
from rag.protocols import Prompt
from rag.write import placement
from rag.write.local.causal import LocalGenerator, load_local
from tests.rag.write.conftest import named
from tests.rag.write.families import FAMILIES, LARGER, Family, save_model

PROMPT = Prompt("You answer from the passages.", "In 1994 the town built a bridge of stone. Who built it?", 24)
ROOMY = Prompt("", "Who built it?", 200)
SHORT = 112  # tokens of context: a thinking model fills it
WHOLE: dict[str, str] = {}  # what each family wrote
VNNI = "avx512_vnni" in placement._cpu_flags()


@pytest.fixture(scope="module")
def generator(model_folder):
    loaded = {}

    def load(family: Family, quantize: str = "none") -> LocalGenerator:
        key = family.name, quantize
        if key not in loaded:
            loaded[key] = load_local(str(model_folder(family, SHORT)), quantize=quantize)
        return loaded[key]

    return load


class Scripted:
    """A decoder that writes given tokens, for what a random model does not do by itself."""

    def __init__(self, tokens, finish="stop"):
        self.tokens, self.finish, self.steps = tokens, finish, 0

    def write(self, tokens, beginning, stop, limit):
        yield []
        for token in self.tokens[:limit]:
            self.steps += 1
            yield [token]
        yield self.finish if len(self.tokens) <= limit else "length"


def scripted(generator: LocalGenerator, text: str, stance=None) -> LocalGenerator:
    """The generator with its model replaced by one that says `text`."""
    tokens = generator._chat._tokenizer.encode(text, add_special_tokens=False)
    said = LocalGenerator(generator.name, generator._chat, Scripted(tokens), 4096, generator.placement)
    said._stance = stance or said._stance
    return said


def test_every_family_streams(family, generator):
    """Each family's answer comes in pieces, without any of its control tokens, and says why it ended."""
    writer = generator(family)
    stream = writer.stream(PROMPT)
    pieces = list(stream)

    assert stream.finish in ("stop", "length")
    assert not any(mark in "".join(pieces) for mark in family.marks)
    WHOLE[family.name] = "".join(pieces)


def test_every_family_begins_where_its_template_says(family, generator):
    """Whether a text starts inside thinking is read off the template."""
    assert generator(family)._stance == family.stance


def test_channels_begin_with_that_of_the_answer(generator):
    """Left to itself, gpt-oss thinks in a channel first, and the mark that closes it would end the answer."""
    writer = generator(named("gpt-oss"))
    written = writer._chat._tokenizer.decode(writer._chat.encode(PROMPT).tokens)
    assert written.endswith("<|start|>assistant<|channel|>final<|message|>")


def test_every_family_stops_within_a_token(family, generator):
    """Closing the stream ends it at once; the next one is unharmed."""
    writer = generator(family)
    whole = WHOLE.get(family.name) or "".join(writer.stream(PROMPT))
    stream = writer.stream(PROMPT)
    for _ in range(3):
        next(stream, None)
    stream.close()

    assert list(stream) == []
    assert stream.finish == "cancelled"
    assert "".join(writer.stream(PROMPT)) == whole


def test_no_family_shows_its_thinking(family, generator):
    """With the tags as a family's tokenizer writes them, split over tokens or not, only the answer is shown."""
    opening, closing = ("[unused16]", "[unused17]") if not family.words else ("<think>", "</think>")
    opened = "" if family.stance == "thinking" else opening
    text = f"{opened}Who built it? The council.{closing}The council built it in 1994."
    writer = scripted(generator(family), text)

    assert "".join(writer.stream(ROOMY)) == "The council built it in 1994."


@pytest.mark.parametrize(
    ("text", "stance", "shown"),
    [
        ("", "answering", ""),
        ("<think>The council", "answering", ""),
        ("The council", "thinking", ""),
        ("The council</think>1994", "undecided", "1994"),
    ],
)
def test_what_emits_nothing_shows_nothing(generator, qwen3, text, stance, shown):
    """A model that writes nothing or only thinks ends normally with an empty text."""
    stream = scripted(generator(qwen3), text, stance).stream(PROMPT)

    assert ("".join(stream), stream.finish) == (shown, "stop")


def test_ten_thousand_tokens_without_a_full_stop_end_at_the_limit(generator, qwen3):
    """`max_tokens` bounds what a model writes that never ends a sentence."""
    writer = scripted(generator(qwen3), "river " * 10_000)
    stream = writer.stream(PROMPT)
    list(stream)

    assert stream.finish == "length"
    assert writer._decoder.steps == PROMPT.max_tokens


def test_characters_of_several_tokens_come_whole(generator, qwen3):
    """No piece holds half a character, and the pieces join to the text."""
    text = "Größe 深度求索 🧠 naïve."
    pieces = list(scripted(generator(qwen3), text).stream(Prompt("", "Hi?", 500)))

    assert "".join(pieces) == text
    assert not any("\ufffd" in piece for piece in pieces)


def test_a_stream_can_be_closed_from_another_thread(generator, qwen3):
    """A reader in one thread ends after the token in hand when another closes the stream."""
    stream = generator(qwen3).stream(Prompt("", "Where does the river flow?", 100))
    next(stream)
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()
    stream.close()
    reader.join(30)

    assert not reader.is_alive()
    assert stream.finish == "cancelled"


def test_two_streams_of_one_model_do_not_mix(generator, qwen3):
    """Interleaved streams write what each writes alone."""
    writer = generator(qwen3)
    other = Prompt(PROMPT.system, "The river rises in the hills. Where?", 24)
    alone = ["".join(writer.stream(prompt)) for prompt in (PROMPT, other)]
    first, second = writer.stream(PROMPT), writer.stream(other)
    texts = ["", ""]
    while first.finish is None or second.finish is None:
        texts[0] += next(first, "")
        texts[1] += next(second, "")

    assert texts == alone


def test_a_failing_model_is_a_generator_error(generator, qwen3):
    """What breaks inside the library arrives as one sentence."""
    writer = scripted(generator(qwen3), "a")

    def broken(*_):
        raise RuntimeError("size mismatch")
        yield

    writer._decoder.write = broken
    with pytest.raises(GeneratorFailed, match="failed while writing"):
        list(writer.stream(PROMPT))


def test_a_context_of_512_tokens(model_folder, qwen3):
    """A small context is known, shortens the answer, and refuses what cannot fit."""
    writer = load_local(str(model_folder(qwen3, 512)), quantize="none")
    long = "bridge of stone " * 120
    fitting = next(n for n in range(400, 0, -1) if writer.count_tokens("stone " * n) < 440)
    stream = writer.stream(Prompt("", "stone " * fitting, 320))
    list(stream)

    assert writer.context_tokens == 512
    assert stream.finish in ("length", "stop")
    with pytest.raises(PromptTooLong, match="512"):
        writer.stream(Prompt("", long, 320))


@pytest.mark.skipif(not VNNI, reason="the processor has no 8-bit multiplication")
@pytest.mark.parametrize("family", {family.kind: family for family in FAMILIES}.values(), ids=lambda f: f.kind)
def test_every_architecture_writes_with_8_bit_weights(family, model_folder):
    """On a CPU that multiplies 8-bit integers they are the default; drafts and cache stay exact."""
    writer = load_local(str(model_folder(family, SHORT)))
    plain = type(writer._decoder)(writer._decoder._model, lookup=False, keep_beginnings=False)
    slow = LocalGenerator(writer.name, writer._chat, plain, writer.context_tokens, writer.placement)

    assert writer.placement.int8
    assert writer.placement.reason
    assert "".join(writer.stream(PROMPT)) == "".join(slow.stream(PROMPT))


@pytest.mark.skipif(not VNNI, reason="the processor has no 8-bit multiplication")
def test_8_bit_layers_stay_close_and_do_not_depend_on_company():
    """An int8 layer is within 2 % of the float layer, and each row's result is the same alone and among others."""
    from rag.write.local.int8 import Int8Linear, _Rows

    torch.manual_seed(1)
    linear = torch.nn.Linear(256, 96)
    x = torch.randn(11, 256) * torch.logspace(-2, 3, 11)[:, None]
    with torch.no_grad():
        quantized = Int8Linear(linear, _Rows())
        together, alone = quantized(x), torch.cat([quantized(row[None]) for row in x])
        error = (together - linear(x)).norm(dim=1) / linear(x).norm(dim=1)

    assert torch.equal(together, alone)
    assert error.max() < 0.02


@pytest.mark.parametrize("larger", LARGER, ids=lambda family: family.name)
def test_mixtures_of_experts_and_later_generations_write(larger, tmp_path):
    """The same families as larger networks load, write and keep what they read of the fixed beginning."""
    writer = load_local(str(save_model(larger, tmp_path, 512)))
    first, second = ("".join(writer.stream(PROMPT)) for _ in range(2))

    assert first
    assert first == second


def test_document_text_cannot_become_control(family, generator):
    """Whatever control tokens a passage spells, the prompt holds exactly those of the template."""
    chat = generator(family)._chat
    attack = " ".join([*family.marks, *family.words, *family.marks])
    harmless, hostile = (chat.encode(Prompt("Rules.", text)).tokens for text in ("stone", f"stone {attack}"))
    control = {*chat._tokenizer.get_added_vocab().values()}

    assert [t for t in hostile if t in control] == [t for t in harmless if t in control]


def test_the_system_text_reaches_every_family(family, generator):
    """Templates that refuse or drop the system role get its text at the head of the user's."""
    chat = generator(family)._chat
    text = chat._tokenizer.decode(chat.encode(Prompt("Copy numbers exactly.", "Who built it?")).tokens)

    assert text.index("Copy numbers exactly.") < text.index("Who built it?")
