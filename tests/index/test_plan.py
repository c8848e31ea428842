"""What a plan does with the files and the entries it is given."""

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from index.corpus import Source
from index.plan import Hashed, make_plan
from index.records import DocumentEntry


def hashed(uri: str, content: str | None) -> Hashed:
    return Hashed(Source(Path(uri), uri), content, 1)


def test_documents_below_an_unreadable_folder_stay() -> None:
    """What cannot be looked at is not taken for deleted."""
    stored = [DocumentEntry("1", "sub/a.txt", "a", 1, 1), DocumentEntry("2", "b.txt", "b", 1, 1)]
    plan = make_plan([hashed("c.txt", "3")], stored, prune=True, unread=["sub/"])

    assert [entry.uri for entry in plan.removed] == ["b.txt"]


def test_an_entry_that_is_spared_keeps_its_uri() -> None:
    """A file with its content is a duplicate of it, with and without a copy of the file."""
    stored = [DocumentEntry("1", "added/a.txt", "a", 1, 1)]
    for uris in (["b.txt"], ["b.txt", "c.txt"]):
        plan = make_plan([hashed(uri, "1") for uri in uris], stored, prune=True, unread=["added/"])

        assert plan.empty
        assert plan.duplicates == tuple((uri, "added/a.txt") for uri in uris)


def test_content_moves_on_from_a_spared_uri_that_a_file_takes() -> None:
    """Where another file stands at that uri now, the entry goes to the file that has its content: nothing is lost."""
    stored = [DocumentEntry("1", "added/a.txt", "a", 1, 1)]
    plan = make_plan([hashed("added/a.txt", "2"), hashed("b.txt", "1")], stored, prune=True, unread=["added/"])

    assert [(entry.uri, file.source.uri) for entry, file in plan.renamed] == [("added/a.txt", "b.txt")]
    assert [file.source.uri for file in plan.added] == ["added/a.txt"]
    assert not plan.removed


def test_an_entry_goes_where_its_file_has_become_a_copy() -> None:
    """Without pruning too; an entry that no file given speaks of stays."""
    stored = [DocumentEntry(content, f"{content}.txt", "", 1, 1) for content in "123"]
    plan = make_plan([hashed("1.txt", "2")], stored, prune=False)

    assert [entry.uri for entry in plan.removed] == ["1.txt"]
    assert plan.duplicates == (("1.txt", "2.txt"),)


NAMES = st.sampled_from("abcdef")
CONTENTS = st.sampled_from(["1", "2", "3", "4", None])


@given(
    files=st.dictionaries(NAMES, CONTENTS),
    stored=st.lists(st.tuples(NAMES, st.sampled_from("1234")), unique_by=(lambda p: p[0], lambda p: p[1])),
    prune=st.booleans(),
)
def test_plan_leads_to_the_files(files: dict[str, str | None], stored: list[tuple[str, str]], prune: bool) -> None:
    """Carried out, a plan leaves every readable content once, and with pruning nothing that is known to be gone."""
    entries = [DocumentEntry(content, uri, uri, 1, 1) for uri, content in stored]
    plan = make_plan([hashed(uri, content) for uri, content in sorted(files.items())], entries, prune)
    held = {content: uri for uri, content in stored}
    for entry, file in plan.renamed:
        held[entry.id] = file.source.uri
    for file, before in plan.changed:
        if file.id is not None:
            del held[before]
            held[file.id] = file.source.uri
    for file in plan.added:
        if file.id is not None:
            assert file.id not in held
            held[file.id] = file.source.uri
    for entry in plan.removed:
        del held[entry.id]

    readable = {content for content in files.values() if content is not None}
    assert readable <= set(held)
    assert all(files.get(held[content]) == content for content in readable) or not prune
    if prune:
        kept_for_unread = {content for uri, content in stored if uri in files and files[uri] is None}
        assert set(held) - readable <= kept_for_unread
    else:
        assert all(files.get(entry.uri) not in (None, entry.id) for entry in plan.removed)
    told = [*plan.unchanged, *(uri for uri, _ in plan.duplicates), *(f.source.uri for f in plan.added)]
    told += [f.source.uri for f, _ in plan.changed] + [f.source.uri for _, f in plan.renamed]
    assert sorted(told) == sorted(files)


@given(
    files=st.dictionaries(NAMES, CONTENTS),
    stored=st.lists(st.tuples(NAMES, st.sampled_from("1234")), unique_by=(lambda p: p[0], lambda p: p[1])),
    spared=st.frozensets(NAMES, max_size=3),
    prune=st.booleans(),
)
@example(files={"b": "1"}, stored=[("a", "1")], spared=frozenset("a"), prune=True)
def test_what_is_spared_stays_as_it_is(
    files: dict[str, str | None], stored: list[tuple[str, str]], spared: frozenset[str], prune: bool
) -> None:
    """No spared entry is renamed, changed or removed unless a file stands at its uri; every content is still held."""
    entries = [DocumentEntry(content, uri, uri, 1, 1) for uri, content in stored]
    plan = make_plan([hashed(uri, content) for uri, content in sorted(files.items())], entries, prune, spared)
    replaced = {before for _, before in plan.changed}
    touched = [entry for entry in entries if entry.id in replaced]
    touched += [*plan.removed, *(entry for entry, _ in plan.renamed)]
    gone = {entry.id for entry in plan.removed} | {before for file, before in plan.changed if file.id is not None}
    held = {content for _, content in stored} - gone
    held |= {file.id for file in (*plan.added, *(file for file, _ in plan.changed)) if file.id is not None}

    assert all(entry.uri in files for entry in touched if entry.uri in spared)
    assert {content for content in files.values() if content is not None} <= held
