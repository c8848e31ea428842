"""A kept conversation, its heading in a list, and whose it is."""

from dataclasses import dataclass

from ui.history_file import HistoryUnavailable
from ui.turn import Turn


class UnknownConversation(HistoryUnavailable):
    """Nobody of this name has such a conversation."""

    def __init__(self) -> None:
        super().__init__("There is no such conversation: it was deleted, or it belongs to somebody else.")


@dataclass(frozen=True, slots=True)
class Heading:
    """A conversation as a list shows it. Times are seconds since 1970, UTC; `deleted` is None while it is not.

    `imported` conversations come from a file: their sentences were checked where that file was written.
    """

    id: str
    title: str
    created: float
    changed: float
    turns: int
    imported: bool = False
    deleted: float | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A heading and its turns, oldest first. A turn that nobody finished has the phase "interrupted"."""

    heading: Heading
    turns: tuple[Turn, ...]


def signed_in(user: str) -> str:
    """The owner that a signed-in user is."""
    return f"user:{user}"


def of_browser(token: str) -> str:
    """The owner that a browser without sign-in is; the token is a secret of that browser. Raises ValueError."""
    if len(token) < 16:
        raise ValueError("a browser's token has at least 16 characters")
    return f"browser:{token}"
