"""Courtesies and remarks on the documents claim nothing, up to their first clause that does."""

import pytest

from index.records import Chunk, Hit
from rag.check.claims import claimed, is_claim, remarked
from rag.check.gate import Gate
from rag.check.point import PLAIN
from rag.check.split import Draft, drafts
from rag.cite import Footnotes
from rag.composing import Turn
from tests.fakes import ScriptedReader


@pytest.mark.parametrize(
    "text",
    [
        "Please note that smoking is banned on the terrace.",
        "Note that dogs are banned.",
        "Let us note that the pump fails in winter.",
        "I would like to add that the landlord pays for heating.",
        "Certainly, cats are banned.",
        "Sure! The cats are banned.",
        "I'm sorry, but smoking is banned.",
        "I'm sorry but smoking is banned.",
        "Let me tell you that the landlord pays.",
        "The following are banned: cats.",
        "Please pay the fee to the caretaker.",
        "The documents do not mention cats, the landlord pays for heating.",
        "The documents do not mention cats, and the landlord pays for heating.",
        "The documents do not mention cats – smoking is banned.",
        "The documents do not mention cats (they are banned).",
        "The documents do not mention cats and smoking is banned.",
        "The documents do not mention cats because the landlord has banned them.",
        "The documents do not mention cats; the landlord pays for heating.",
        "The sources do not say whether it rained, it cost 500 euros.",
        "There is no information on cats, dogs are welcome.",
        "I do not know, the landlord pays for heating.",
        "Passage 2: Smoking is banned on the terrace.",
        "总之，露台上禁止吸烟。",
        "文档没有提到猫，房东支付暖气费。",
        "以下是事实：猫被禁止。",
    ],
)
def test_a_clause_of_its_own_is_a_claim(text: str) -> None:
    """Whatever it is wrapped in, a statement is judged."""
    assert is_claim(Draft(text))
    assert remarked(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Please note:",
        "Please let me know if you need anything else.",
        "Sure, here is the answer:",
        "I'm sorry, I cannot answer that.",
        "Let me know if you have more questions, I am happy to help.",
        "The documents do not mention cats, dogs, or the price.",
        "The documents do not say who pays, when it is due, or how much it costs.",
        "The documents do not say whether it cost $5 million.",
        "The documents do not mention the price and opening hours.",
        "The documents do not say that the rent is due and the deposit is paid.",
        "The documents do not provide details on cats, parking fees for guests, or pets.",
        "The documents do not say who pays, nor do they mention the price.",
        "The documents do not say who pays, and they do not mention the price.",
        "There is no information on cats, including the ones that are banned.",
        "Source: The rules of the house",
        "Source: How the house is run; what is new",
        "文档没有提到猫，也没有提到狗。",
        "以下是主要内容：",
    ],
)
def test_what_states_nothing_stays_no_claim(text: str) -> None:
    """Lists of what is missing, questions left open and politeness are not judged."""
    assert not is_claim(Draft(text))


def test_an_opening_is_not_read_to_the_judge() -> None:
    """What is checked is what follows it, as a sentence of its own."""
    assert claimed(Draft("Please note that smoking is banned.")) == "Smoking is banned."
    assert claimed(Draft("Also, I would like to add that iPads are free.")) == "IPads are free."
    assert claimed(Draft("Please note", lead_in="Rules:")) == "Rules: Please note"
    assert claimed(Draft("The note that he wrote is lost.")) == "The note that he wrote is lost."


def test_nothing_unread_is_shown() -> None:
    """With a judge that believes nothing only what the documents say themselves is shown."""
    source = "The terrace is open to everybody. Dogs are welcome. Rent is due on Friday."
    written = (
        "Please note that smoking is banned on the terrace. The documents do not mention cats, the landlord pays for "
        "heating. Rent is due on Friday."
    )
    hit = Hit(Chunk("d:0", "d", 0, len(source), None, "", source), "House", "house.md", 1.0, 1, "fused")
    claims = [claimed(draft) for draft in drafts(written)]
    turn = Turn("q", "q", (hit,), "model", Footnotes())
    list(turn._checked(drafts(written), Gate(ScriptedReader(dict.fromkeys(claims, 0.0)), [hit], point=PLAIN)))

    assert [sentence.text for sentence in turn.answer(1.0, "").sentences] == ["Rent is due on Friday."]


@pytest.mark.parametrize(("more", "claim"), [(6, False), (12, True)])
def test_a_long_lead_in_or_courtesy_states_something(more: int, claim: bool) -> None:
    """Up to about a dozen words only lead to what follows; longer ones say something on the way."""
    assert is_claim(Draft(f"The rules {'very ' * more}often broken are:")) is claim
    assert is_claim(Draft(f"I hope that this {'very ' * more}old text helps.")) is claim
