"""GGUF files in this process: a tiny one streams, stops, counts and hides its thinking; bad ones give one sentence."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rag.errors import GeneratorFailed, ModelUnavailable, PromptTooLong
from rag.protocols import Prompt
from rag.write import load_generator, placement
from rag.write.gguf.metadata import BLOCKS, read_gguf
from rag.write.gguf.writer import LONGEST_CONTEXT, load_gguf, needed_bytes
from tests.rag.write.ggufs import CHATML, MARKS, save_gguf

pytest.importorskip("xllamacpp", reason="xllamacpp has no wheel for this platform")
gguf = pytest.importorskip("gguf", reason="the package gguf writes the files of these tests")

SYSTEM = "You answer from the passages; copy numbers and names exactly."
PROMPT = Prompt(SYSTEM, "In 1994 the town built a bridge of stone. Who built it?", 24)
OTHER = Prompt(SYSTEM, "The river rises in the hills. Where?", 24)
ENDLESS = Prompt(SYSTEM, "Where does the river flow?", 2000)
PLANTED = (" The", " orchard", " was", " planted", " in", " 1931", " by", " Anna", " Reed.")
HOLDS = (" It", " holds", " 340", " pear", " trees.")


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """A tiny llama with random weights."""
    return save_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", context=4096)


@pytest.fixture(scope="module")
def writer(file):
    return load_generator(str(file))


def saying(folder: Path, *says: str, **changes):
    """A writer that writes these pieces."""
    return load_gguf(save_gguf(folder / "says.gguf", says=says, **changes))


def test_it_streams_the_same_text_each_time(writer):
    """The text comes in pieces, greedily, and says why it ended."""
    streams = [writer.stream(PROMPT) for _ in range(2)]
    first, second = (list(stream) for stream in streams)

    assert len([piece for piece in first if piece]) > 5
    assert "".join(first) == "".join(second) != ""
    assert [stream.finish for stream in streams] == ["length"] * 2
    assert writer.name == "tiny.gguf"


def test_pangu_writes_although_transformers_does_not_know_it(tmp_path):
    """The one family of the bundled articles that has no class there runs as a GGUF file."""
    pangu = load_gguf(save_gguf(tmp_path / "pangu.gguf", architecture="pangu-embedded", biased=True))

    assert "".join(pangu.stream(PROMPT)).strip()


def test_an_answer_does_not_depend_on_earlier_ones(file, writer):
    """Whatever was asked before, a prompt's answer is that of a model just loaded."""
    fresh = ["".join(load_gguf(file).stream(prompt)) for prompt in (PROMPT, OTHER)]
    later = ["".join(writer.stream(prompt)) for prompt in (OTHER, PROMPT, PROMPT, OTHER)]

    assert [fresh[1], fresh[0], fresh[0], fresh[1]] == later


def test_only_the_fixed_beginning_of_a_prompt_is_read_once(writer, monkeypatch):
    """The cache serves what all prompts of a kind share, and never more: not even the same question again."""
    read = reads(writer, (PROMPT, OTHER, OTHER), monkeypatch)
    beginning = writer._chat.encode(PROMPT).beginning
    lengths = [len(writer._chat.encode(prompt).tokens) for prompt in (PROMPT, OTHER, OTHER)]

    assert beginning > 16
    assert [(length, beginning) for length in lengths] == read[1::2]
    assert [(beginning + 1, beginning)] * 2 == read[2::2]


def test_another_beginning_is_read_from_its_first_token(writer, monkeypatch):
    """Beginnings that share some tokens share no cache: each is read the same way whenever it comes."""
    rewriting = Prompt("You rewrite the question so that it stands alone.", "Who?", 8)
    read = reads(writer, (rewriting, PROMPT, rewriting), monkeypatch)

    assert [cached for _, cached in read[::2]] == [0, 0, 0]


def test_a_model_that_cannot_go_back_reads_everything(tmp_path, monkeypatch):
    """Where attention has a window, nothing is taken from the cache, and each prompt is read once."""
    windowed = load_gguf(save_gguf(tmp_path / "window.gguf", window=64))
    length = len(windowed._chat.encode(PROMPT).tokens)

    assert reads(windowed, (PROMPT, PROMPT), monkeypatch) == [(length, 0)] * 2


def reads(writer, prompts, monkeypatch) -> list[tuple[int, int]]:
    """Tokens of each request to the library, and how many of them its cache held."""
    library, seen = writer._model._server, []

    class Listening:
        def handle_completions(self, request, take):
            library.handle_completions(request, lambda event: seen.append(event) or take(event))

    monkeypatch.setattr(writer._model, "_server", Listening())
    for prompt in prompts:
        list(writer.stream(prompt))
    usages = [event["usage"] for event in seen if "usage" in event]
    return [(usage["prompt_tokens"], usage["prompt_tokens_details"]["cached_tokens"]) for usage in usages]


def test_sampling_that_a_file_asks_for_is_ignored(tmp_path, writer):
    """Penalties and a temperature in the metadata change nothing: writing is greedy."""
    penalised = load_gguf(save_gguf(tmp_path / "tiny.gguf", context=4096, penalty=1.9))

    assert "".join(penalised.stream(PROMPT)) == "".join(writer.stream(PROMPT))


@pytest.mark.parametrize(
    ("says", "changes", "shown"),
    [
        (("<think>", " a", " secret", "</think>", *PLANTED), {}, "The orchard was planted in 1931 by Anna Reed."),
        (("<think>", " a", " secret"), {}, ""),
        ((" a", " secret", "</think>", *HOLDS), {"template": CHATML.replace("<|go|>", "<think><|go|>")}, "It holds"),
        (("<|think|>", " a", "<|/think|>", *HOLDS), {"extra": ("<|think|>", "<|/think|>")}, "It holds"),
        ((" a", "</think>", *HOLDS), {"template": CHATML.rpartition("{% if")[0] + "<|go|>{# <think> #}"}, "It holds"),
    ],
    ids=["tags", "never closed", "opened by the template", "control tokens", "only closed"],
)
def test_thinking_never_leaves(tmp_path, says, changes, shown):
    """With tags that are text or control tokens, opened by the model or by the template, only the answer is shown."""
    text = "".join(saying(tmp_path, *says, **changes).stream(PROMPT))

    assert text.startswith(shown)
    assert bool(text) == bool(shown)
    assert not any(hidden in text for hidden in ("secret", " a", "think"))


def test_thinking_is_switched_off_in_the_template(tmp_path, writer):
    """The template is told in both of the usual words; what it puts before the answer counts as the end of thinking."""
    switch = "{% if thinking is defined and thinking is false %}quickly{% endif %}"
    told = load_gguf(save_gguf(tmp_path / "told.gguf", template=CHATML + switch))

    assert told._chat._tokenizer.decode(list(told._chat.encode(PROMPT).tokens)).endswith("quickly")
    assert "</think>" in writer._chat._tokenizer.decode(list(writer._chat.encode(PROMPT).tokens))
    assert writer._stance == "answering"


@pytest.mark.parametrize("end", ["</s>", "<|im_end|>", "<|start_of_role|>"])
def test_a_turn_ends_at_each_familys_mark(tmp_path, end):
    """The end of text, a mark that the library knows, and one that only we know end the answer and are not shown."""
    stream = saying(tmp_path, *HOLDS, end, " and", " more", extra=("<|start_of_role|>",), end="<s>").stream(PROMPT)

    assert ("".join(stream), stream.finish) == ("It holds 340 pear trees.", "stop")


def test_endless_repetition_is_cut(tmp_path):
    """A text that goes in circles ends long before its limit."""
    stream = saying(tmp_path, *HOLDS, end=HOLDS[0], context=4096).stream(ENDLESS)
    written = len("".join(stream).split())

    assert stream.finish == "length"
    assert 48 <= written < 80


def test_closing_stops_the_computation(writer):
    """After a token or two the processor rests, and the next answer is unharmed."""
    whole = "".join(writer.stream(PROMPT))
    stream = writer.stream(ENDLESS)
    for _ in range(8):
        next(stream)
    stream.close()
    deadline = time.monotonic() + 10
    while writer._model._calls and time.monotonic() < deadline:
        time.sleep(0.01)
    before = time.process_time()
    time.sleep(0.3)

    assert list(stream) == []
    assert stream.finish == "cancelled"
    assert time.process_time() - before < 0.1
    assert "".join(writer.stream(PROMPT)) == whole


def test_a_stream_can_be_closed_from_another_thread(writer):
    """A reader in one thread ends after the token in hand when another closes the stream."""
    stream = writer.stream(ENDLESS)
    next(stream)
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()
    stream.close()
    reader.join(30)

    assert not reader.is_alive()
    assert stream.finish == "cancelled"


def test_two_streams_of_one_model_do_not_mix(writer):
    """Interleaved streams write what each writes alone."""
    alone = ["".join(writer.stream(prompt)) for prompt in (PROMPT, OTHER)]
    first, second = writer.stream(PROMPT), writer.stream(OTHER)
    texts = ["", ""]
    while first.finish is None or second.finish is None:
        texts[0] += next(first, "")
        texts[1] += next(second, "")

    assert texts == alone


def test_leaving_in_the_middle_of_an_answer_is_clean(file, tmp_path):
    """A program that ends while a text is being written ends without a crash, and leaves no socket behind."""
    program = (
        "import sys; from rag.protocols import Prompt; from rag.write import load_generator\n"
        "writer = load_generator(sys.argv[1]); stream = writer.stream(Prompt('', 'Where?', 2000))\n"
        "[next(stream) for _ in range(6)]"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, env=environment, check=False, timeout=120
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="only Linux lists its sockets as files")
def test_no_port_is_opened_and_nothing_is_printed(file, capfd):
    """Loading and writing are silent, and no socket of this process listens on a port."""
    before = listening()
    loaded = load_gguf(file)
    list(loaded.stream(PROMPT))

    assert listening() == before
    assert capfd.readouterr() == ("", "")


def listening() -> set[str]:
    """Inodes of this process's sockets that listen on a port."""
    own = {str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/self/net/{name}").read_text().split("\n")
    ]
    return {line[9] for line in lines if len(line) > 9 and line[3] == "0A" and f"socket:[{line[9]}]" in own}


def test_tokens_are_counted_by_the_files_own_tokenizer(writer):
    """What its vocabulary lacks falls apart into bytes: two for each ö."""
    assert writer.count_tokens("ö" * 10) - writer.count_tokens("ö" * 4) == 12
    assert len(writer._chat.encode(PROMPT).tokens) > writer.count_tokens(PROMPT.user)


def test_a_prompt_that_does_not_fit_is_refused(tmp_path):
    """The refusal names both numbers; what fits leaves room for the rest."""
    small = load_gguf(save_gguf(tmp_path / "small.gguf", context=256))
    stream = small.stream(Prompt("", "Who built it?", 2000))
    list(stream)

    assert small.context_tokens == 256
    assert stream.finish == "length"
    with pytest.raises(PromptTooLong, match=r"takes \d{3} tokens and small.gguf holds 256"):
        small.stream(Prompt("", "stone ö " * 60, 24))


def test_a_long_context_is_taken_in_part(tmp_path):
    """A file that names 128k tokens does not take the memory for them."""
    assert load_gguf(save_gguf(tmp_path / "long.gguf", context=131072)).context_tokens == LONGEST_CONTEXT


def test_document_text_cannot_become_control(file, writer):
    """Whatever control tokens a passage spells, the prompt holds exactly those of the template."""
    chat = writer._chat
    kinds = read_gguf(file).items("tokenizer.ggml.token_type")
    control = {number for number, kind in enumerate(kinds) if kind in (2, 3, 4)}
    attack = " ".join([*MARKS, "<s>", "</s>", "<unk>", "<think>", "</think>", *MARKS])
    harmless, hostile = (chat.encode(Prompt("Rules.", text)).tokens for text in ("stone", f"stone {attack}"))

    assert [token for token in hostile if token in control] == [token for token in harmless if token in control]


@pytest.mark.parametrize("begins", [True, False])
@pytest.mark.parametrize("written", ["{{ bos_token }}", ""])
def test_a_text_begins_once(tmp_path, begins, written):
    """The token that begins a text stands there once at most, whether template, tokenizer or both want it."""
    loaded = load_gguf(save_gguf(tmp_path / "begins.gguf", begins=begins, template=written + CHATML))
    tokens = loaded._chat.encode(PROMPT).tokens

    assert tokens.count(1) == int(begins or bool(written))
    assert (tokens[0] == 1) == (begins or bool(written))


@pytest.mark.parametrize(
    "template",
    [
        None,
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + CHATML,
        "{% for m in messages %}{% if m.role == 'user' %}<|im_start|>{{ m.content }}{% endif %}{% endfor %}",
    ],
    ids=["none", "refuses", "drops"],
)
def test_the_system_text_reaches_the_model(tmp_path, template):
    """Without a template, or with one that refuses or drops the system role, the text leads the user's."""
    loaded = load_gguf(save_gguf(tmp_path / "template.gguf", template=template))
    text = loaded._chat._tokenizer.decode(list(loaded._chat.encode(Prompt("Copy numbers.", "Who built it?")).tokens))

    assert text.index("Copy numbers.") < text.index("Who built it?")


def test_what_the_library_refuses_is_a_generator_error(writer):
    """A failure while writing is one sentence with the library's reason."""
    with pytest.raises(GeneratorFailed, match=r"tiny.gguf failed while writing \(.*invalid tokens"):
        list(writer._model.write([10**6], 0, 4, stop=[], shown=[]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": "nobody"}, "cannot be loaded by llama.cpp as xllamacpp .* architecture is not known"),
        ({"architecture": "nomic-bert"}, r"an embedding model \(nomic-bert\), which does not continue text"),
        ({"pooling": 3}, r"an embedding model \(llama\)"),
        ({"type": "adapter"}, r"a part of a model \(adapter\)"),
        ({"drop": "scores"}, "lists of tokens differ"),
        ({"template": "{{ no_such_function(messages) }}"}, "or its chat template or the file is damaged"),
        ({"drop": "types"}, "lists of tokens differ"),
        ({"context": 1}, "context_length 1 cannot be right"),
        ({"context": 2**31}, "context_length 2147483648 cannot be right"),
    ],
)
def test_files_that_cannot_write(tmp_path, changes, message):
    """Unknown architectures, other kinds of models and impossible numbers are refused with the reason."""
    path = save_gguf(tmp_path / "other.gguf", **changes)
    with pytest.raises(ModelUnavailable, match=message) as caught:
        load_generator(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a GGUF file"),
        (b"PK\x03\x04 something else", "not a GGUF file"),
        (b"GGUF", "damaged or cut off"),
        (b"GGUF\x03\0\0\0" + b"\xff" * 64, "damaged or cut off"),
        (b"GGUF\0\0\0\x03" + b"\0" * 64, "GGUF version 50331648; readable are 2 and 3"),
        (b"GGUF\x03\0\0\0" + b"\0" * 24, "does not name its architecture"),
    ],
)
def test_files_that_are_no_models(tmp_path, content, message):
    """What is no GGUF file, or only the beginning of one, never reaches native code."""
    (tmp_path / "x.gguf").write_bytes(content)
    with pytest.raises(ModelUnavailable, match=message):
        load_generator(str(tmp_path / "x.gguf"))


def test_a_file_cut_anywhere_is_noticed(file, tmp_path):
    """At whatever byte a download stopped, the reader says so before native code sees the file."""
    data, cut = file.read_bytes(), tmp_path / "cut.gguf"
    for length in (*range(8, len(data), 997), len(data) - 1):
        cut.write_bytes(data[:length])
        with pytest.raises(ModelUnavailable, match=r"cut off|is incomplete"):
            read_gguf(cut)


def test_a_damaged_tokenizer_is_refused(file, tmp_path):
    """A vocabulary without its bytes cannot tokenize every text."""
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(file.read_bytes().replace(b"<0x7A>", b"<0x+A>"))
    with pytest.raises((ModelUnavailable, GeneratorFailed), match="its tokenizer is damaged"):
        list(load_generator(str(damaged)).stream(Prompt("", "zigzag", 8)))


def test_a_missing_file(tmp_path):
    """The path is named."""
    with pytest.raises(ModelUnavailable, match=r"There is no file .*nowhere\.gguf"):
        load_generator(str(tmp_path / "nowhere.gguf"))


def test_parts_are_loaded_by_the_first(tmp_path):
    """A model in parts is one model; a missing part and a wrong one are said."""
    save_gguf(tmp_path / "parts.gguf", most=8)
    first, *others = sorted(tmp_path.iterdir())

    assert "".join(load_generator(str(first)).stream(PROMPT))
    with pytest.raises(ModelUnavailable, match="name the first"):
        load_generator(str(others[0]))
    others[-1].unlink()
    with pytest.raises(ModelUnavailable, match=f"1 are missing beside it: get {others[-1].name}"):
        load_generator(str(first))


def test_too_little_memory_names_both_numbers(file, monkeypatch):
    """The memory is compared before loading; the whole context counts."""
    monkeypatch.setattr(placement, "free_memory", lambda: 100_000_000)
    with pytest.raises(ModelUnavailable, match=r"tiny.gguf needs 0\.4 GB, 0\.1 GB free"):
        load_generator(str(file))
    described = read_gguf(file)
    layers, heads, width = 2, 1, 16

    assert needed_bytes(described, 1000) - needed_bytes(described, 0) == 1000 * layers * heads * (width + width) * 2


def test_quantizing_again_is_refused(file):
    """A file's weights stay as they are; asking for others is an error, not silence."""
    with pytest.raises(ModelUnavailable, match="RAG_QUANTIZE"):
        load_generator(str(file), quantize="int8")


def test_without_the_library_the_sentence_says_how_to_get_it(file, monkeypatch):
    """The missing package is named with the command that installs it, and the other way."""
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(
        ModelUnavailable, match=r'pip install "footnote-rag\[gguf\]", or start `llama-server -m tiny.gguf`'
    ):
        load_generator(str(file))


def test_the_sizes_of_tensor_types_are_those_of_the_format():
    """Each size in the table is the reference implementation's."""
    reference = {int(kind): tuple(sizes) for kind, sizes in gguf.GGML_QUANT_SIZES.items()}

    assert {kind: reference[kind] for kind in BLOCKS} == BLOCKS


def test_what_a_file_writes_is_checked_before_it_is_shown(tmp_path):
    """From a path to an answer: the true sentence is quoted, the false year is never shown, and the answer says so."""
    from rag.assemble import open_pipeline

    docs = tmp_path / "docs"
    docs.mkdir()
    text = "# The orchard of Elm Hill\n\nThe orchard was planted in 1921 by Anna Reed. It holds 340 pear trees.\n"
    (docs / "orchard.md").write_text(text)
    path = save_gguf(tmp_path / "orchard.gguf", says=(*PLANTED, *HOLDS), context=4096)
    with open_pipeline(docs, model=str(path), cache=tmp_path / "cache") as pipeline:
        events = list(pipeline.stream("When was the orchard of Elm Hill planted and how many trees does it hold?"))
    answer = events[-1].answer

    assert (answer.model, answer.finish, answer.removed) == ("orchard.gguf", "stop", 1)
    assert not any("1931" in repr(event) for event in events)
    assert {"quoted"} == {sentence.state for sentence in answer.sentences}
    assert "It holds 340 pear trees." in answer.text
