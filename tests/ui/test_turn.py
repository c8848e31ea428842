"""A turn that grows with its stream: the built-in answer gives way to a model's, sentence by sentence."""

from dataclasses import replace

from index.records import Quote
from rag.answer import Answer, Citation, Evidence, Final, Interim, Sentence
from ui.history import interrupted
from ui.record import from_record, to_record
from ui.turn import Turn, advance, place


def cited(marker: int, words: str) -> Citation:
    return Citation(marker, Quote("d", "Mills", "mill.md", None, 0, len(words), words))


def answered(*texts: str) -> Answer:
    sentences = tuple(Sentence(text, "quoted", 1.0, (n,)) for n, text in enumerate(texts, start=1))
    citations = tuple(cited(n, text) for n, text in enumerate(texts, start=1))
    return Answer("When?", "When?", sentences, citations, (), False, "", 0.9)


def test_the_model_takes_the_place_of_the_quotes_sentence_by_sentence() -> None:
    """What is not yet replaced stays in sight, without numbers that would now mean other citations."""
    turn = advance(Turn("When?"), Evidence((), "When?"))
    turn = advance(turn, Interim(answered("It closed in 1931.", "It burned in 1930.")))

    assert ["It closed in 1931.", "It burned in 1930."] == [sentence.text for sentence in turn.shown]
    assert "It burned in 1930." == getattr(place((turn,), 0, "marker", 2), "quote", "")
    turn = advance(turn, cited(1, "It burned in 1930."))
    assert "It closed in 1931." == getattr(place((turn,), 0, "marker", 1), "quote", "")
    turn = advance(turn, Sentence("A fire ended it.", "supported", 0.9, (1,)))
    assert [("A fire ended it.", (1,)), ("It burned in 1930.", ())] == [(s.text, s.markers) for s in turn.shown]
    assert "It burned in 1930." == getattr(place((turn,), 0, "marker", 1), "quote", "")
    final = replace(answered("A fire ended it."), model="small")
    turn = advance(turn, Final(final))
    assert final.sentences == turn.shown


def test_an_interim_answer_is_not_kept() -> None:
    """Neither in the history nor from a file that claims one."""
    turn = advance(Turn("When?"), Interim(answered("It closed in 1931.")))
    record = to_record(turn)

    assert "interim" not in record
    assert from_record({**record, "interim": {"text": "forged"}}).interim is None


def test_a_turn_that_ends_early_makes_the_interim_answer_its_own() -> None:
    """Stopped, failed or interrupted before a model's first sentence; where it has begun, its own sentences stand."""
    interim = replace(answered("It closed in 1931."), evidence=(), searched_for="When did it close?")
    writing = advance(Turn("When?"), Interim(interim))
    for ended in (
        replace(writing, phase="stopped"),
        replace(writing, phase="failed", problem="x"),
        interrupted(writing),
    ):
        assert (interim, None) == (ended.answer, ended.interim)
        assert (interim.sentences, interim.citations) == (ended.sentences, ended.citations)
        assert interim.sentences == ended.shown
        assert ended == from_record(to_record(ended))
    own = Sentence("A fire ended it.", "supported", 0.9)
    begun = replace(advance(writing, own), phase="stopped")
    assert ((own,), None, None) == (begun.shown, begun.answer, begun.interim)
    assert begun == from_record(to_record(begun))
