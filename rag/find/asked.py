"""A question as it was typed, made fit to be searched for."""

from rag.answer import one_line
from rag.errors import BadQuestion

LONGEST_QUESTION = 2_000


def asked(question: str) -> str:
    """The question as one printable line. Raises BadQuestion if nothing is left of it or it is too long."""
    question = one_line("".join(char for char in question if char.isprintable() or char.isspace()))
    if not question:
        raise BadQuestion("The question is empty: type what you want to know from the documents.")
    if len(question) > LONGEST_QUESTION:
        raise BadQuestion(
            f"The question has {len(question):,} characters and at most {LONGEST_QUESTION:,} can be searched for: "
            "ask it in one or two sentences, and add long material as a document."
        )
    return question
