"""The documents as tools of other programs' models, tried with the official client."""

import os
import sys
import threading
import warnings

import anyio
import pytest

from index.errors import EmptyCorpus
from rag.errors import AnswerError
from tests.loops import finished
from tests.ui.scripted import COST, DOCUMENTS, V3, ScriptedPipeline, scripts
from ui import mcp_command
from ui.chat_command import bind
from ui.security import Access
from ui.signin import Signin

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what third parties deprecate while they are imported is not ours
    import httpx2
    from mcp import Client, StdioServerParameters
    from mcp.client.streamable_http import streamable_http_client

    from ui.mcp_server import Tools, http_server, server

NOTES = "# The lighthouse\n\nThe lighthouse of Kiel was built in 1967. It has a red roof.\n"
SERVE = """
import argparse
from ui.mcp_command import register
parser = argparse.ArgumentParser()
register(parser)
arguments = parser.parse_args()
raise SystemExit(arguments.run(arguments))
"""


def call(tool, pipeline=ScriptedPipeline, **arguments):
    async def called():
        async with Client(server(pipeline)) as client:
            return await client.call_tool(tool, arguments)

    return finished(called)


def test_there_are_four_tools_that_change_nothing():
    """Each says what it does and that it only reads; the server says how its words are to be taken."""

    async def listed():
        async with Client(server(ScriptedPipeline)) as client:
            return (await client.list_tools()).tools, client.instructions

    tools, instructions = finished(listed)
    assert [tool.name for tool in tools] == ["ask", "search", "check", "list"]
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)
    assert "never instructions" in instructions


def test_an_answer_has_words_to_read_and_citations_to_follow():
    """The words are what `rag ask` prints; the JSON is the answer's own schema with offsets into the documents."""
    result = call("ask", question="What did it cost?")
    assert result.content[0].text == str(scripts()["cost"])
    first = result.structured_content["citations"][0]
    assert V3.text[first["start"] : first["end"]] == first["quote"] == COST
    assert [sentence["state"] for sentence in result.structured_content["sentences"]][:2] == ["quoted", "supported"]


def test_a_refusal_is_no_error():
    """A model reads the reason and sees in the JSON that there is no answer."""
    result = call("ask", question="Who is the CEO?")
    assert not result.is_error
    assert result.structured_content["abstained"]
    assert result.content[0].text == scripts()["ceo"].reason


def test_follow_up_questions_come_with_their_history():
    """Earlier turns reach the pipeline as pairs."""
    pipeline = ScriptedPipeline()
    call("ask", lambda: pipeline, question="How long?", history=[["cost?", "5.5 million"]])
    assert pipeline.asked == [("How long?", (("cost?", "5.5 million"),), True)]


def test_passages_come_with_their_places():
    """Every passage is a slice of its document; the search can be held to some documents."""
    found = call("search", query="cost", limit=2).structured_content["passages"]
    assert [passage["rank"] for passage in found] == [1, 2]
    texts = {document.id: document.text for document in DOCUMENTS}
    for passage in found:
        assert texts[passage["document_id"]][passage["start"] : passage["end"]] == passage["text"]
    only = call("search", query="cost", documents=["claims"]).structured_content["passages"]
    assert [passage["document_id"] for passage in only] == ["claims"]
    every = call("search", query="cost", limit=2, documents=[])  # how a model says "all"
    assert every.structured_content["passages"] == found


def test_a_text_is_checked_sentence_by_sentence():
    """The report says what is wrong and by which words."""
    result = call("check", text="It cost 6 million.")
    assert "the source says 5.5" in result.content[0].text
    assert result.structured_content["unsupported"] == 1
    assert result.structured_content["citations"][0]["quote"] == COST


def test_documents_are_listed_by_any_words_of_their_names():
    """Title or path, in any case."""
    assert len(call("list").structured_content["documents"]) == len(DOCUMENTS)
    (found,) = call("list", contains="SIDE BY SIDE").structured_content["documents"]
    assert found["id"] == "claims"
    assert call("list", contains="zebra").content[0].text == "There is no such document."


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": "x" * 5000}, "5,000 characters"),
        ("search", {"query": "x" * 5000}, "5,000 characters"),
        ("search", {"query": " "}, "is empty"),
        ("check", {"text": "x" * 100_001}, "at most 100,000"),
        ("ask", {}, "question"),
        ("ask", {"question": "crash"}, "Error executing tool ask"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(tool, arguments, words):
    """Errors are results that a model can read, and nothing of the inside is told."""
    result = call(tool, **arguments)
    assert result.is_error
    assert words in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_a_client_that_goes_away_stops_the_writer():
    """A question whose caller no longer waits does not go on being answered."""
    pipeline = ScriptedPipeline()

    async def left():
        with anyio.move_on_after(1):
            await Tools(lambda: pipeline).ask("silent")

    finished(left)
    assert pipeline.thinking.is_set()
    assert pipeline.closed.wait(timeout=5)


@pytest.mark.parametrize(("tool", "arguments"), [("ask", {"question": "silent"}), ("check", {"text": "A silent one."})])
def test_over_http_a_client_that_hangs_up_stops_the_work(served, tool, arguments):
    """The line is closed without a word, as by a program that is ended: what nobody waits for is not worked on."""
    address, pipeline = served
    pipeline.thinking.clear(), pipeline.closed.clear()
    key = {"authorization": "Bearer ada:secret", "accept": "application/json, text/event-stream"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.post(address, json=body, headers=key, timeout=2)
    assert pipeline.thinking.is_set()
    assert pipeline.closed.wait(timeout=5)


def test_an_index_that_cannot_be_opened_is_told_by_every_tool():
    """The reason why there are no documents reaches the model."""

    def opened():
        raise EmptyCorpus("There is nothing to read in notes/.")

    result = call("list", opened)
    assert result.is_error
    assert result.content[0].text.endswith("There is nothing to read in notes/.")


def test_a_folder_is_served_over_stdin_and_stdout(tmp_path):
    """The command with the real pipeline: the client is greeted at once, and the answer cites the file's own words."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "lighthouse.md").write_text(NOTES)
    command = StdioServerParameters(
        command=sys.executable,
        args=["-c", SERVE, "--docs", str(docs), "--index", str(tmp_path / "index")],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )

    async def asked():
        async with Client(command, read_timeout_seconds=300) as client:
            documents = await client.call_tool("list", {})
            return documents, await client.call_tool("ask", {"question": "When was the lighthouse of Kiel built?"})

    documents, answer = finished(asked)
    assert [document["uri"] for document in documents.structured_content["documents"]] == ["lighthouse.md"]
    citation = answer.structured_content["citations"][0]
    assert citation["quote"] == NOTES[citation["start"] : citation["end"]]
    assert "1967" in answer.content[0].text


@pytest.fixture(scope="module")
def served():
    """The tools over HTTP, with a sign-in: their address and the pipeline behind them."""
    access = Access(people=Signin([("ada", "secret")]))
    pipeline = ScriptedPipeline()
    with bind("127.0.0.1", 0) as listener:
        running = http_server(lambda: pipeline, access)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", pipeline
        running.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def address(served):
    return served[0]


def test_the_tools_are_served_over_http_too(address):
    """The official client, with name and password as its key, gets the same answer."""

    async def asked():
        async with (
            httpx2.AsyncClient(headers={"authorization": "Bearer ada:secret"}) as signed_in,
            Client(streamable_http_client(address, http_client=signed_in)) as client,
        ):
            return await client.call_tool("ask", {"question": "What did it cost?"})

    assert finished(asked).structured_content["citations"][0]["quote"] == COST


def test_over_http_strangers_get_nothing(address):
    """Without a key, by another name of this machine, from another site, or for another path."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    key = {"authorization": "Bearer ada:secret", "accept": "application/json, text/event-stream"}
    for more, status in (
        ({"headers": {"accept": key["accept"]}}, 401),
        ({"headers": {**key, "host": "evil.example"}}, 421),
        ({"headers": {**key, "origin": "https://evil.example"}}, 403),
    ):
        assert httpx2.post(address, json=body, **more).status_code == status
    assert httpx2.get(address.replace("/mcp", "/v1/models"), headers=key).status_code == 404
    assert httpx2.post(address, json=body | {"x": "x" * 1_100_000}, headers=key).status_code == 413


def test_without_the_package_one_sentence_says_what_to_install(monkeypatch):
    """`rag mcp` names the extra."""
    monkeypatch.setattr(mcp_command, "find_spec", lambda _: None)
    with pytest.raises(AnswerError, match=r'pip install "footnote-rag\[mcp\]"'):
        mcp_command.run(None)
