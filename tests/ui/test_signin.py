"""Passwords and sessions, over a clock that is set by hand."""

import pytest

from ui.signin import IDLE_SECONDS, LONGEST_SECONDS, Signin, Slowed, form


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def signin(clock):
    return Signin([("ada", "secret"), ("bob", "hunter2")], clock)


def test_only_the_own_password_is_right(signin):
    """A name is let in with its password alone; unknown and empty names never."""
    tries = [("ada", "secret"), ("ada", "hunter2"), ("eve", "secret"), ("", "")]
    assert [signin.right(*pair, str(number)) for number, pair in enumerate(tries)] == [True, False, False, False]


def test_each_wrong_password_doubles_the_wait(signin, clock):
    """From the third on, a wrong password costs 1, 2, 4 ... seconds, a minute at most."""
    waits = []
    for _ in range(12):
        assert not signin.right("ada", "guess", "here")
        try:
            signin.right("ada", "secret", "here")
        except Slowed as slowed:
            waits.append(slowed.seconds)
            clock.now += slowed.seconds
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_neither_other_names_nor_other_addresses_help_the_guesser(signin):
    """Wrong passwords count for the address over all names, and for the name over all addresses."""
    for number in range(3):
        signin.right(f"name{number}", "guess", "one address")
        signin.right("bob", "guess", f"address {number}")
    with pytest.raises(Slowed):
        signin.right("ada", "secret", "one address")
    with pytest.raises(Slowed):
        signin.right("bob", "hunter2", "a new address")
    assert signin.right("ada", "secret", "a new address")


def test_old_mistakes_are_forgotten(signin, clock):
    """After a quarter of an hour the count begins anew."""
    for _ in range(3):
        signin.right("ada", "guess", "here")
    clock.now += 15 * 60 + 1
    assert not signin.right("ada", "guess", "here")
    assert signin.right("ada", "secret", "here")


def test_sessions_end(signin, clock):
    """A session ends by itself without requests, after a week in any case, and by signing out."""
    idle, long, left = (signin.enter("ada") for _ in range(3))
    signin.leave(left)
    assert [signin.user(secret) for secret in (idle, long, left, "made up")] == ["ada", "ada", None, None]
    while clock.now <= LONGEST_SECONDS:
        assert signin.user(long) == "ada"
        clock.now += IDLE_SECONDS / 2
    assert signin.user(long) is None
    assert signin.user(idle) is None


def test_the_form_shows_what_was_typed_as_text():
    """A name that is markup is shown as the characters it is."""
    assert "<script>" not in form("wrong", '"><script>alert(1)</script>')
