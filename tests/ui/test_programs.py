"""The OpenAI-compatible face, tried with the official client."""

import asyncio
import base64
import json
import threading
import time
import warnings

import pytest
import uvicorn

from rag.answer import plain_sentence
from tests.loops import finished
from tests.ui.scripted import COST, LINES, MONTHS, V3, ScriptedPipeline, scripts
from ui.chat_command import bind
from ui.completions import MOST_TURNS
from ui.desk import Desk
from ui.opening import Opening


@pytest.fixture(scope="module")
def pipeline():
    return ScriptedPipeline(model="big")


def made(desk):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what third parties deprecate while they are imported is not ours
        from fastapi import FastAPI

        from ui.programs import serve_programs
    app = FastAPI()
    serve_programs(app, desk)
    return app


@pytest.fixture(scope="module")
def url(pipeline, tmp_path_factory):
    app = made(Desk(pipeline, tmp_path_factory.mktemp("home")))
    with bind("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def client(url):
    from openai import OpenAI

    with OpenAI(base_url=url, api_key="none", max_retries=0, timeout=60) as opened:
        yield opened


def ask(client, *messages, **more):
    roles = ("user", "assistant")
    sent = [{"role": roles[number % 2], "content": text} for number, text in enumerate(messages)]
    return client.chat.completions.create(model="footnote", messages=sent, **more)


def test_the_models_are_those_of_the_menu(client):
    """The list holds the name that stands for whatever writes, and each writer; each can be looked up."""
    assert [model.id for model in client.models.list()] == ["footnote", "big", "quotes"]
    assert client.models.retrieve("quotes").owned_by == "footnote"


def test_an_answer_holds_everything_in_one_field(client):
    """The content is what `rag ask` prints; the whole answer, offsets included, stands in `footnote`."""
    response = ask(client, "What did it cost?")
    choice = response.choices[0]
    answer = scripts()["cost"]
    assert choice.message.content == str(answer)
    assert (choice.finish_reason, choice.message.refusal, response.model) == ("stop", None, "footnote")
    told = response.footnote["answer"]
    assert [sentence["state"] for sentence in told["sentences"]] == ["quoted", "supported", "partial", "unsupported"]
    for citation in told["citations"]:
        assert V3.text[citation["start"] : citation["end"]] == citation["quote"]
    assert told["model"] == "big"


def test_a_stream_adds_up_to_the_same(client):
    """The deltas are the content of the same answer; each sentence comes with its state and citations."""
    whole = ask(client, "What did it cost?").choices[0].message.content
    chunks = list(ask(client, "What did it cost?", stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    spoken = [chunk.footnote for chunk in chunks if "sentence" in chunk.footnote]
    assert [(found["sentence"], found["state"]) for found in spoken][:2] == [(0, "quoted"), (1, "supported")]
    assert [citation["quote"] for found in spoken for citation in found["citations"]] == [COST, MONTHS]
    assert chunks[-1].footnote["answer"]["citations"][0]["quote"] == COST


def test_a_listing_in_a_stream_stands_on_lines_of_its_own(client):
    """Its lines and the line of its marker; the deltas add up to the same."""
    whole = ask(client, "Show the listing.").choices[0].message.content
    assert whole.startswith(f"{COST} [1]\n\n{LINES}\n[2]\n\n{MONTHS} [3]\n\n[1] ")
    chunks = ask(client, "Show the listing.", stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_is_marked_as_one(client, stream):
    """The reason is the content and the `refusal`, so that people read it and programs see it."""
    response = ask(client, "Who is the CEO?", stream=stream)
    reason = scripts()["ceo"].reason
    if stream:
        *_, last = response
        message, found = last.choices[0].delta, last.footnote["answer"]
    else:
        message, found = response.choices[0].message, response.footnote["answer"]
    assert (message.content, message.refusal) == (reason, reason)
    assert found["abstained"]


def test_earlier_messages_are_the_history(client, pipeline):
    """Questions and answers come as pairs, without the sources; a refusal adds its question only."""
    first = ask(client, "What did it cost?").choices[0].message
    refusal = ask(client, "ceo").choices[0].message
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What did it cost?"}]},
        first.model_dump(exclude_none=True),
        {"role": "user", "content": "ceo"},
        refusal.model_dump(exclude_none=True),
        {"role": "user", "content": "How long?"},
    ]
    response = client.chat.completions.create(model="big", messages=messages, temperature=0.7)
    said = " ".join(map(plain_sentence, scripts()["cost"].sentences))
    assert pipeline.asked[-1] == ("How long?", (("What did it cost?", said), ("ceo", "")), True)
    assert response.footnote["ignored"] == ["temperature", "system messages"]


def test_of_a_long_history_the_end_is_read(client, pipeline):
    """Clients send all of a conversation; what it begins with is left out once it is more than a follow-up can mean."""
    turns = [(f"Question {number}?", f"Answer {number}.") for number in range(300)]
    said = ask(client, *(text for turn in turns for text in turn), "How long?")
    question, history, _ = pipeline.asked[-1]
    assert (question, history) == ("How long?", tuple(turns[-MOST_TURNS:]))
    assert said.footnote["ignored"] == [f"turns before the last {MOST_TURNS}"]


def test_wishes_are_heard(client, pipeline):
    """Search as typed and an answer without its sources: by the field `footnote` of the request."""
    response = ask(client, "How long?", extra_body={"footnote": {"rewrite": False, "sources": False}})
    assert response.choices[0].message.content == f"{MONTHS} [1]"
    assert pipeline.asked[-1] == ("How long?", (), False)
    assert response.footnote["searched_for"] == "How long?"


def test_a_field_that_is_null_was_not_sent(client):
    """Clients send all the fields that they know, most of them null."""
    question = [{"role": "user", "content": "What did it cost?"}]
    fields = dict.fromkeys(("model", "stream", "n", "stop", "max_tokens", "stream_options", "footnote"))
    answer = client.post("/chat/completions", body=fields | {"messages": question}, cast_to=object)
    assert answer["choices"][0]["message"]["content"] == str(scripts()["cost"])
    assert answer["footnote"]["ignored"] == []


def test_what_is_not_read_is_said(client):
    """Pictures in a message and counts of tokens, which nobody counts here."""
    parts = [{"type": "text", "text": "What did it cost?"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    sent = [{"role": "user", "content": parts}]
    *_, last = client.chat.completions.create(
        model="footnote", messages=sent, stream=True, stream_options={"include_usage": True}, stop=["x"], max_tokens=5
    )
    assert last.footnote["ignored"] == ["max_tokens", "stop", "stream_options", "image_url parts"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"messages": []}, 400, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, 400, "The last message must be the question"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400, "The last message must be the question"),
        ({"messages": [{"role": "king", "content": "x"}]}, 400, "messages.0.role"),
        ({"messages": [{"role": "user", "content": "x"}], "n": 2}, 400, "n:"),
        ({"messages": [{"role": "user", "content": "x"}], "footnote": {"mood": 1}}, 400, "footnote.mood"),
        ({"messages": [{"role": "user", "content": "x"}], "model": "gpt"}, 404, "known are footnote, big, quotes"),
        ({"messages": [{"role": "user", "content": "x" * 5000}]}, 400, "5,000 characters"),
        ({"messages": [{"role": "user", "content": "x" * 1_100_000}]}, 413, "1,000,000 bytes"),
        ({"messages": [{"role": "user", "content": "crash"}]}, 500, "went wrong inside Footnote"),
    ],
)
def test_what_cannot_be_answered_is_an_error_in_their_form(client, body, status, words):
    """The client raises its own error, with one sentence that says what is wrong."""
    from openai import APIStatusError

    with pytest.raises(APIStatusError) as caught:
        client.post("/chat/completions", body=body, cast_to=object)
    assert caught.value.status_code == status
    assert words in caught.value.body["message"]


def test_no_json_is_an_error_too(client):
    """A body of something else is refused, without a traceback."""
    import httpx

    response = httpx.post(f"{client.base_url}chat/completions", content=b"\xff[[[")
    assert response.status_code == 400
    assert "JSON" in response.json()["error"]["message"]


def test_an_error_in_the_middle_of_a_stream_is_told(client):
    """The stream ends with an error that the client raises."""
    from openai import APIError

    with pytest.raises(APIError, match="went wrong inside Footnote"):
        list(ask(client, "crash", stream=True))


def test_a_client_that_goes_away_stops_the_writer(client, pipeline):
    """Closing the stream ends the work in the pipeline."""
    pipeline.closed.clear()
    stream = ask(client, "cost slow", stream=True)
    next(iter(stream))
    stream.close()
    assert pipeline.closed.wait(timeout=30)


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_goes_away_stops_a_writer_that_is_silent(url, pipeline, stream):
    """A model that reads or thinks sends nothing for long; that its reader left must not wait for its next sentence."""
    import httpx

    pipeline.closed.clear()
    body = {"messages": [{"role": "user", "content": "silent"}], "stream": stream}
    with pytest.raises(httpx.ReadTimeout), httpx.stream("POST", f"{url}/chat/completions", json=body, timeout=1) as got:
        list(got.iter_lines())
    assert pipeline.closed.wait(timeout=5)


def test_nobody_waits_for_a_question_that_waits_for_the_documents(tmp_path):
    """While they are indexed, a question waits in a thread of its own: everything else is answered meanwhile."""
    import httpx

    indexed = threading.Event()
    app = made(Desk(Opening(lambda report: (indexed.wait(60), ScriptedPipeline())[1]), tmp_path))
    question = {"messages": [{"role": "user", "content": "What did it cost?"}]}

    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:1") as client:
            waiting = asyncio.create_task(client.post("/v1/chat/completions", json=question, timeout=60))
            await asyncio.sleep(0.2)
            listed = await asyncio.wait_for(client.get("/v1/models"), 5)
            indexed.set()
            return listed, await waiting

    listed, answered = finished(asked)
    assert [model["id"] for model in listed.json()["data"]] == ["footnote"]
    assert answered.json()["choices"][0]["message"]["content"] == str(scripts()["cost"])


def test_too_many_at_once_are_told_to_come_back():
    """Beyond those who are answered and those who wait, the next one gets no place until one is free."""
    from ui.waiting import Waiting

    waiting, stop = Waiting(at_once=1, most_waiting=1), threading.Event()
    first, second = waiting.turn(iter("ab"), stop), waiting.turn(iter("cd"), stop)
    assert next(first) == "a"
    assert not waiting.full
    waiter = threading.Thread(target=lambda: list(second))
    waiter.start()
    deadline = time.monotonic() + 10
    while not waiting.full and time.monotonic() < deadline:
        time.sleep(0.01)
    assert waiting.full
    first.close()
    waiter.join(timeout=10)
    assert not waiting.full


def test_a_stream_that_waits_is_kept_open(tmp_path):
    """A comment says how many come first, and the chunks behind it are those of any stream."""
    import httpx

    desk = Desk(ScriptedPipeline(), tmp_path)
    app, stop = made(desk), threading.Event()
    others = [desk.events("slow cost", (), None, stop) for _ in range(2)]
    question = {"messages": [{"role": "user", "content": "What did it cost?"}], "stream": True}

    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:1") as client:
            waiting = asyncio.create_task(client.post("/v1/chat/completions", json=question, timeout=60))
            await asyncio.sleep(0.5)
            stop.set()
            for other in others:
                other.close()
            return await waiting

    for other in others:
        next(other)
    sent = finished(asked).text.split("\n\n")
    assert sent[0] == ": 2 before this one"
    began = next(each for each in sent if not each.startswith(":"))
    assert json.loads(began.removeprefix("data: "))["choices"][0]["delta"]["role"] == "assistant"


def through_the_door(*headers):
    """The statuses of requests with these headers, by one door with a sign-in."""
    import httpx

    from tests.ui.test_door import inside
    from ui.door import Door
    from ui.security import Access
    from ui.signin import Signin

    async def sent():
        door = Door(inside, Access(people=Signin([("ada", "sec:rét")])), lambda body: "")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://127.0.0.1:1") as browser:
            return [await browser.post("/v1/chat/completions", headers=more, json={}) for more in headers]

    return finished(sent)


def test_a_program_signs_in_with_its_key():
    """NAME:PASSWORD as API key or as Basic; without it nothing is answered, and guessing is slowed."""
    right = "ada:sec:rét".encode()
    ways = [b"Bearer " + right, b"Basic " + base64.b64encode(right)]
    for answer in through_the_door(*({"authorization": way} for way in ways)):
        assert (answer.status_code, answer.text) == (200, "inside as user:ada")
    wrong = [{}, {"authorization": "Bearer ada:x"}, {"authorization": "Basic ?"}, {"authorization": "Digest x"}]
    assert [answer.status_code for answer in through_the_door(*wrong)] == [401, 401, 401, 429]
    (foreign,) = through_the_door({"authorization": ways[0], "origin": "https://evil.example"})
    assert foreign.status_code == 403


def test_the_page_serves_programs_too(served):
    """The same address, the same documents."""
    from openai import OpenAI

    with OpenAI(base_url=f"{served.url}v1", api_key="none", max_retries=0) as client:
        assert ask(client, "What did it cost?").footnote["answer"]["citations"][0]["quote"] == COST
        assert "quotes" in [model.id for model in client.models.list()]
