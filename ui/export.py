"""A conversation to keep: Markdown with footnotes, or the JSON of every answer."""

import json
import re
from collections.abc import Sequence

from rag.answer import escape_markdown
from ui.turn import Turn

_FOOTNOTE = re.compile(r"\[\^(\d+)\]")


def to_markdown(turns: Sequence[Turn]) -> str:
    """Questions as headings, answers with their sources; footnotes are numbered turn-marker, so that none collide."""
    return "# Conversation\n\n" + "\n".join(_section(turn, number) for number, turn in enumerate(turns, start=1))


def to_json(turns: Sequence[Turn]) -> str:
    """A list with one object for each turn: `question`, and `answer` as in Answer.to_dict() or null."""
    rows = [
        {"question": turn.question, "answer": turn.answer.to_dict() if turn.answer else None, "problem": turn.problem}
        for turn in turns
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _section(turn: Turn, number: int) -> str:
    heading = f"## {escape_markdown(' '.join(turn.question.split()))}\n\n"
    if turn.answer is None:
        return heading + f"*{escape_markdown(turn.problem or 'Not answered.')}*\n"
    searched = turn.answer.searched_for
    said = f"Searched for: {escape_markdown(' '.join(searched.split()))}\n\n" if searched != turn.question else ""
    return heading + said + _FOOTNOTE.sub(rf"[^{number}-\1]", turn.answer.to_markdown())
