"""Entailment rows from published pairs of evidence and claim, and ranking rows from the claims among them."""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from eval.training.mining import Bm25
from eval.training.passage_rows import UNKNOWN, Record, Row, beside

# Rows of each source an epoch takes, at most. Sources absent here are not trained on: ControL is non-commercial,
# COVID-Fact and Climate-FEVER state no licence.
ROWS_PER_EPOCH: Mapping[str, int] = MappingProxyType(
    {
        "snli": 2000,
        "mnli_binary": 5000,
        "fever_dev": 9000,
        "fever_nli_extra": 1500,
        "fever_symmetric_dev": 637,
        "mctest_nli": 700,
        "scifact_train": 1310,
        "begin_dev_tc": 150,
        "begin_dev_cmu": 150,
        "wice_partial_train": 374,
    }
)
BESIDE_SHARE = 0.25
"""Evidence put beside other evidence, as in the long pages claims are checked against."""
# SciFact's claims are also the ones ranking is measured on, so half of them are kept out of training.
_HALVED = frozenset({"scifact_train"})
_RANKED = frozenset({"fever_dev", "scifact_train"})
_FEVER_MARKS = (("-LRB-", "("), ("-RRB-", ")"), ("-LSB-", "["), ("-RSB-", "]"))


def claim_rows(records: Sequence[Record], random_: random.Random) -> Iterator[Row]:
    """A balanced sample of each source, and claims against evidence of other claims (not relevant, not entailed)."""
    by_source: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if str(record["source"]) not in _HALVED or not held_out(str(record["hypothesis"])):
            by_source[str(record["source"])].append(record)
    for source, most in ROWS_PER_EPOCH.items():
        rows = _balanced(by_source[source], most, random_)
        evidence = [plain(str(record["premise"])) for record in rows]
        yield from (_among(_row(record), evidence, random_) for record in rows)
        if source in _RANKED:
            yield from _mined(rows, by_source[source], random_)


def _among(row: Row, evidence: Sequence[str], random_: random.Random) -> Row:
    """The row, its evidence sometimes beside that of another claim."""
    other = random_.choice(evidence)
    return beside(row, other, random_) if other != row.passage and random_.random() < BESIDE_SHARE else row


def held_out(claim: str) -> bool:
    """Whether a claim of a halved source is kept for measuring: half of them, by the hash of their text."""
    return hashlib.sha256(claim.strip().encode()).digest()[0] % 2 == 1


def _balanced(records: Sequence[Record], most: int, random_: random.Random) -> list[Record]:
    """At most `most` records, at most 60 % of them of one label."""
    entailed = [record for record in records if record["binary"] == 1]
    not_entailed = [record for record in records if record["binary"] == 0]
    random_.shuffle(entailed)
    random_.shuffle(not_entailed)
    if not entailed:
        return not_entailed[:most]
    keep = entailed[: most // 2]
    return keep + not_entailed[: min(most - len(keep), max(1, int(len(keep) * 1.5)))]


def _row(record: Record) -> Row:
    claim, evidence = plain(str(record["hypothesis"])), plain(str(record["premise"]))
    entailed = int(record["binary"])
    related = str(record["source"]) in _RANKED and record["label"] in ("entailment", "contradiction", "not_entailment")
    return Row(
        str(record["source"]), claim, evidence, rank=1 if related else UNKNOWN, entail=entailed,
        wrong=() if entailed else _marked(claim, record),
    )  # fmt: skip


def _marked(claim: str, record: Record) -> tuple[tuple[int, int], ...] | None:
    tokens = [str(token) for token in record.get("unsupported_tokens", ())]
    places = [re.search(rf"(?<!\w){re.escape(token)}(?!\w)", claim) for token in tokens]
    return tuple(place.span() for place in places if place) or None


def _mined(rows: Sequence[Record], pool: Sequence[Record], random_: random.Random) -> Iterator[Row]:
    evidence = list(dict.fromkeys(plain(str(record["premise"])) for record in pool))
    search = Bm25(evidence)
    for record in rows:
        claim = plain(str(record["hypothesis"]))
        near = [evidence[index] for index in search.top(claim, 8) if evidence[index] != plain(str(record["premise"]))]
        if near and random_.random() < 0.2:
            yield Row("other evidence", claim, random_.choice(near[2:] or near), rank=0, entail=0)


def plain(text: str) -> str:
    """Text with Penn Treebank bracket marks and spaced punctuation undone."""
    for mark, bracket in _FEVER_MARKS:
        text = text.replace(mark, bracket)
    text = re.sub(r" ([,.;:!?)\]%]|'s\b|n't\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).strip()
