"""A model behind a server: streamed, stopped, and each fault one sentence without any key."""

import json
import time

import pytest

from rag.errors import GeneratorFailed, ModelUnavailable
from rag.protocols import Prompt
from rag.write import load_generator
from rag.write.endpoint.server import estimate_tokens, load_endpoint
from tests.rag.write.servers import ChatServer, delta, error, send, stream

PROMPT = Prompt("You answer from the passages.", "Who built the bridge?", 64)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """The key of the tests, and no proxy between test and server."""
    monkeypatch.setenv("RAG_API_KEY", "sk-topsecret42")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def load(server, model="small", **options):
    return load_endpoint(server.url, model, **{"retries": 0, **options})


def test_an_answer_streams_in_pieces():
    """The pieces arrive as the server sends them; system and question go out in their roles, greedy, bounded."""
    with ChatServer(["The coun", "cil ", "did."]) as server:
        writer = load(server)
        stream_ = writer.stream(PROMPT)

        assert "".join(stream_) == "The council did."
        assert stream_.finish == "stop"
        request = server.requests[0]
        assert [message["role"] for message in request["messages"]] == ["system", "user"]
        assert (request["max_tokens"], request["temperature"]) == (64, 0.0)
        assert request["chat_template_kwargs"]["enable_thinking"] is False


def test_the_name_of_a_writer_can_be_an_address():
    """`http://host/v1#model` loads that model of that server."""
    with ChatServer("ok", models=("small", "org/large")) as server:
        assert load_generator(f"{server.url}#org/large").name == "org/large"


def test_the_only_model_needs_no_name():
    """A server with one model is used without naming it; one with several lists them."""
    with ChatServer("ok") as server:
        assert load(server, None).name == "small"
    with ChatServer("ok", models=("a", "b")) as server, pytest.raises(ModelUnavailable, match="a, b"):
        load(server, None)


def test_an_unknown_model_lists_what_is_there():
    """Naming a model that the server lacks lists those that it has."""
    with ChatServer("ok", models=("a", "b")) as server, pytest.raises(ModelUnavailable, match=r"'c'.*a, b"):
        load(server, "c")


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_without_a_list_is_taken_at_its_word(status):
    """Where the list of models is missing or broken, a named model is used."""
    with ChatServer(["Yes."], models_status=status) as server:
        assert "".join(load(server).stream(PROMPT)) == "Yes."
        with pytest.raises(ModelUnavailable, match=r"does not list|failed"):
            load(server, None)


def test_the_context_is_the_servers():
    """vLLM states the context of its models; without a statement it is 8192."""
    with ChatServer("ok", extra={"max_model_len": 32768}) as server:
        assert load(server).context_tokens == 32768
    with ChatServer("ok") as server:
        assert load(server).context_tokens == 8192


@pytest.mark.parametrize("answer", [lambda r: {"count": 7}, lambda r: {"tokens": [1, 2, 3, 4, 5, 6, 7]}])
def test_tokens_are_counted_by_the_server_where_it_can(answer):
    """Both forms of the tokenize call are understood."""
    with ChatServer("ok", tokenize=answer) as server:
        assert load(server).count_tokens("a long enough text to tell") == 7


def test_tokens_are_estimated_high_elsewhere():
    """A third of the ASCII characters and each other character count."""
    with ChatServer("ok") as server:
        assert load(server).count_tokens("abcdef深度") == 4 == estimate_tokens("abcdef深度")


def test_thinking_never_arrives():
    """Reasoning fields are dropped, tags are filtered, and a model known to think is held back until it closed."""
    events = [delta(reasoning_content="hm"), delta(content="<think>hm"), delta(content="</think>Yes."), delta("stop")]
    with ChatServer(lambda h, r: stream(h, [*events, "[DONE]"])) as server:
        assert "".join(load(server).stream(PROMPT)) == "Yes."
    with ChatServer(["hm</thi", "nk>Yes."], models=("deepseek-r1-local",)) as server:
        assert "".join(load(server, "deepseek-r1-local").stream(PROMPT)) == "Yes."
        assert server.requests[0]["max_tokens"] > 2048


REASONED = [delta(reasoning_content="hm "), delta(reasoning="hm "), delta(content="<think>hm ")]


@pytest.mark.parametrize("thought", REASONED)
def test_a_model_that_spends_the_answers_room_on_thinking_gets_more(thought):
    """Nothing in its name told that it thinks: it is asked again once, and given the room from then on."""

    def reply(handler, request):
        done = [delta(content="</think>Yes." if "content" in json.loads(thought)["choices"][0]["delta"] else "Yes.")]
        stream(handler, [thought] * 5 + ([*done, delta("stop")] if request["max_tokens"] > 2048 else [delta("length")]))

    with ChatServer(reply) as server:
        writer = load(server)
        assert ["".join(writer.stream(PROMPT)) for _ in range(2)] == ["Yes.", "Yes."]
        assert [request["max_tokens"] > 2048 for request in server.requests] == [False, True, True]


def test_content_in_parts_is_read():
    """Mistral sends a list of parts while its model thinks."""
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "Yes."}]
    with ChatServer(lambda h, r: stream(h, [delta(content=parts), delta("stop"), "[DONE]"])) as server:
        assert "".join(load(server).stream(PROMPT)) == "Yes."


@pytest.mark.parametrize("key", ["sk-top\nsecret", "schlüssel-secret"])
def test_a_key_that_no_header_can_carry(monkeypatch, key):
    """The sentence names the variable and not the key; white space around a key is none of it."""
    monkeypatch.setenv("RAG_API_KEY", key)
    with ChatServer("ok") as server:
        with pytest.raises(ModelUnavailable, match="RAG_API_KEY holds") as caught:
            load(server)
        monkeypatch.setenv("RAG_API_KEY", " sk-fine\n")
        load(server)
        assert server.headers[-1]["authorization"] == "Bearer sk-fine"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("extra", [{"max_model_len": -1}, {"max_model_len": "4096"}, {"meta": None}])
def test_a_context_that_is_no_number_of_tokens_is_not_believed(extra):
    """It is then as unknown as one that is not told."""
    with ChatServer("ok", extra=extra) as server:
        assert load(server).context_tokens == 8192


def refuse(word):
    """A reply that rejects requests with `word` in them and answers the others."""

    def reply(handler, request):
        if word in str(request):
            return error(handler, 400, f"{word} is not supported")
        return stream(handler, [delta(content="Yes."), delta("stop"), "[DONE]"])

    return reply


@pytest.mark.parametrize("word", ["chat_template_kwargs", "temperature", "max_tokens", "'system'"])
def test_what_a_server_rejects_is_left_out(word):
    """A server that rejects a part of the request gets it without, and is asked that way from then on."""
    with ChatServer(refuse(word)) as server:
        writer = load(server)

        assert ["".join(writer.stream(PROMPT)) for _ in range(2)] == ["Yes.", "Yes."]
        before = len(server.requests)
        assert "".join(writer.stream(PROMPT)) == "Yes."
        assert len(server.requests) == before + 1


@pytest.mark.parametrize("alive", ["retry: 3000", "id: 7", "event: ping", ": still here", "data:", "retry: x\r\nid: 8"])
def test_signs_of_life_are_no_answer(alive):
    """A gateway keeps its line open with events that hold no data; some say when to come again."""

    def reply(handler, request):
        stream(handler, [f"{piece}\n\n{alive}" for piece in (delta(content="Ye"), delta(content="s."), delta("stop"))])

    with ChatServer(reply) as server:
        assert "".join(load(server).stream(PROMPT)) == "Yes."


@pytest.mark.parametrize(("word", "finish"), [("stop", "stop"), ("eos", "stop"), ("max_tokens", "length")])
def test_the_end_has_several_names(word, finish):
    """Some servers pass on the word that their model's own protocol has for it."""
    with ChatServer(lambda h, r: stream(h, [delta(content="Yes."), delta(word), "[DONE]"])) as server:
        stream_ = load(server).stream(PROMPT)
        assert ("".join(stream_), stream_.finish) == ("Yes.", finish)


def test_length_is_reported():
    """A server that ran into the limit says so."""
    with ChatServer(lambda h, r: stream(h, [delta(content="Ye"), delta("length"), "[DONE]"])) as server:
        stream_ = load(server).stream(PROMPT)

        assert ("".join(stream_), stream_.finish) == ("Ye", "length")


def test_a_server_without_a_limit_is_cut():
    """A server that writes on and on is stopped."""
    with ChatServer(lambda h, r: stream(h, [delta(content="stone " * 50)] * 200)) as server:
        stream_ = load(server).stream(PROMPT)

        assert len("".join(stream_)) < 2000
        assert stream_.finish == "length"


def test_closing_hangs_up():
    """A closed stream takes no more from the server."""
    with ChatServer(lambda h, r: stream(h, [delta(content="a ")] * 500, pause=0.01)) as server:
        stream_ = load(server).stream(PROMPT)
        next(stream_)
        stream_.close()

        assert list(stream_) == []
        assert stream_.finish == "cancelled"


@pytest.mark.parametrize(
    ("reply", "message", "retryable"),
    [
        (401, "refuses the key", False),
        (403, "refuses the key", False),
        (404, "knows no model 'small'", False),
        (429, "too many requests", True),
        (500, "failed .500.", True),
        (503, "failed .503.", True),
        (413, "rejected the request", False),
        (400, "rejected the request .400., saying: status 400", False),
        (lambda h, r: stream(h, [delta(content="The")], end=False), "broke off|middle", True),
        (lambda h, r: stream(h, [delta(content="The"), "[DONE]"]), "middle of the answer", True),
        (lambda h, r: stream(h, ["{oh no", "[DONE]"]), "no chat answer", False),
        (lambda h, r: stream(h, ['{"error": {"message": "out of memory"}}']), "failed while writing.*memory", True),
        (lambda h, r: stream(h, []), "middle of the answer", True),
        (lambda h, r: stream(h, [delta(content="The"), delta("content_filter"), "[DONE]"]), "content filter", False),
        (
            lambda h, r: stream(h, [delta(content="The"), delta("a\nbort"), "[DONE]"]),
            "unfinished, saying: a bort",
            True,
        ),
        (lambda h, r: stream(h, [delta(content="The"), delta("tool_calls"), "[DONE]"]), "unfinished", True),
        (lambda h, r: send(h, 200, "<html>hello</html>"), "sent application/json instead of a streamed", False),
        (lambda h, r: time.sleep(1.5), "in time|broke off", True),
    ],
)
def test_faults(reply, message, retryable):
    """Each fault of a server is one sentence that never holds a key, and says whether to try again."""
    with ChatServer(reply) as server:
        writer = load(server, read_seconds=0.7)
        with pytest.raises(GeneratorFailed, match=message) as caught:
            list(writer.stream(PROMPT))

    assert caught.value.retryable is retryable
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_busy_server_is_asked_again():
    """Before the first token a refusal that may pass is tried again."""

    def busy(handler, request):
        handler.send_response(429)
        handler.send_header("Retry-After", "0.01")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with ChatServer(busy, busy, ["Yes."]) as server:
        assert "".join(load(server, retries=3).stream(PROMPT)) == "Yes."
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://host/v1", "no address"),
        ("file:///etc/passwd", "no address"),
        ("http:///v1", "no address"),
        ("http://[::1/v1", "no address"),
        ("http://user:pass@host/v1", "RAG_API_KEY"),
        ("http://127.0.0.1:9/v1", "out of reach"),
    ],
)
def test_addresses(url, message):
    """Only reachable http addresses without a password in them are taken."""
    with pytest.raises(ModelUnavailable, match=message) as caught:
        load_endpoint(url, "m", retries=0)
    assert "pass@" not in str(caught.value)


def test_a_server_that_refuses_the_key_while_loading():
    """A wrong key is noticed before the first question."""
    with ChatServer("ok", models_status=401) as server, pytest.raises(ModelUnavailable, match="refuses the key"):
        load(server)


def test_the_key_goes_to_the_server_only(capfd, caplog):
    """The key is in the request's header, in nothing that is printed, logged or shown."""
    with ChatServer(["Yes."]) as server:
        writer = load(server)
        list(writer.stream(PROMPT))

        assert all(headers["authorization"] == "Bearer sk-topsecret42" for headers in server.headers)
    assert "topsecret" not in "".join(capfd.readouterr()) + caplog.text + repr(writer)
