"""Rows for the judge: published pairs of evidence and claim, minimal pairs kept together, and some made from them."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from eval.training.claim_rows import held_out, plain
from index.text.sentences import sentence_spans

Record = Mapping[str, Any]
LONGEST_EVIDENCE = 430
"""Characters of evidence from which it is cut to the sentences around the likeliest one: two fifths of the cost."""
HELD_OUT_SHARE = 0.04
TWINS = frozenset({"contrast_pairs", "relation_templates", "boolq_statements"})
UNITS_PER_EPOCH: Mapping[str, int] = MappingProxyType(
    {
        "fever_dev": 6000, "mnli_binary": 5000, "fever_nli_extra": 900, "fever_symmetric_dev": 637, "mctest_nli": 900,
        "scifact_train": 700, "begin_dev_tc": 150, "begin_dev_cmu": 150, "wice_partial_train": 374, "snli": 800,
        "contrast_role": 2600, "contrast_inner": 1600, "contrast_entity": 2200, "contrast_number": 1300,
        "contrast_qa": 2600, "contrast_direction": 1500, "contrast_qamr": 2200, "contrast_negation": 500,
        "contrast_compar": 119, "contrast_qa_only": 500, "contrast_qa_subject": 900,
        "template_role_template": 1300, "template_value_template": 700, "template_owner_template": 800,
        "template_direction_template": 350, "paws_wiki": 6500, "boolq_statements": 1300, "infotabs": 3500,
        "tabfact": 1500, "citation_integrity": 2000, "summedits": 900, "factcg_doc": 1500, "counterfactual_nli": 1800,
        "monotonicity": 500, "hans_templates": 400, "conjnli": 300, "negation_nli": 300, "joined": 2600,
        "sentence dropped": 3000,
    }
)  # fmt: skip
"""Units of each source that an epoch takes, at most; a unit is one row or a pair of twins. Sources absent here are not
trained on: ConTRoL and OCNLI are non-commercial, COVID-Fact and Climate-FEVER state no licence."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, the evidence it is held against, and whether that bears it out (1) or not (0)."""

    claim: str
    evidence: str
    label: int
    source: str


Unit = tuple[Claim, ...]
"""One row, or two twins that differ in one point and train together, the true one first."""


def judge_units(data: Path) -> dict[str, list[Unit]]:
    """All units of the folders under `data`, by source; those held out for measuring are left out."""
    units: dict[str, list[Unit]] = defaultdict(list)
    for folder in sorted(data.iterdir()):
        if folder.name in _FOLDERS:
            for unit in units_of(folder.name, records(folder)):
                if unit[0].source in UNITS_PER_EPOCH and not kept_out(unit[0]):
                    units[unit[0].source].append(unit)
    return units


def kept_out(claim: Claim) -> bool:
    """Whether a unit is kept for measuring: the test half of PAWS, half of SciFact, 4 % of the twins' evidence."""
    if claim.source == "paws_wiki test":
        return True
    if claim.source == "scifact_train":
        return held_out(claim.claim)
    if claim.source.startswith(("contrast_", "template_")):
        return hashlib.sha256(claim.evidence[:200].encode()).digest()[0] < 256 * HELD_OUT_SHARE
    return False


def epoch_units(units: Mapping[str, Sequence[Unit]], seed: int) -> Iterator[Unit]:
    """The units of one epoch in random order, evidence cut; some joined, some without the sentence that bears them."""
    random_ = random.Random(seed)
    chosen: list[Unit] = []
    for source, most in UNITS_PER_EPOCH.items():
        if source in units:
            chosen += _balanced(units[source], most, random_)
    twins = [unit for source in sorted(units) if source.startswith("contrast_") for unit in units[source]]
    chosen += _joined(twins, UNITS_PER_EPOCH["joined"], random_)
    chosen += _dropped([unit[0] for unit in twins], UNITS_PER_EPOCH["sentence dropped"], random_)
    random_.shuffle(chosen)
    return (cut(unit, random_) for unit in chosen)


def cut(unit: Unit, random_: random.Random) -> Unit:
    """The unit with long evidence cut to the sentences around the one most like its claims, the same for twins."""
    evidence = unit[0].evidence
    table = unit[0].source in ("infotabs", "tabfact")
    if len(evidence) <= LONGEST_EVIDENCE or table or any(claim.evidence != evidence for claim in unit):
        return unit
    bounds = sentence_spans(evidence)
    wanted = _words(" ".join(claim.claim for claim in unit))
    best = max(range(len(bounds)), key=lambda at: (len(wanted & _words(evidence[slice(*bounds[at])])), -at))
    first, last = best, best
    room = random_.choice((160, 260, LONGEST_EVIDENCE))
    for before in (random_.random() < 0.5, True, False, True, False):
        at = first - 1 if before else last + 1
        if 0 <= at < len(bounds) and max(bounds[last][1], bounds[at][1]) - min(bounds[first][0], bounds[at][0]) <= room:
            first, last = min(first, at), max(last, at)
    kept = evidence[bounds[first][0] : bounds[last][1]]
    return tuple(replace(claim, evidence=kept) for claim in unit)


_FOLDERS = frozenset(
    "nli_verifier contrast_pairs relation_templates paws_wiki boolq_statements infotabs tabfact citation_integrity"
    " summedits factcg_doc counterfactual_nli monotonicity hans_templates conjnli negation_nli".split()
)


def records(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.glob("*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def units_of(folder: str, records: Iterator[Record]) -> Iterator[Unit]:
    twins: dict[str, list[Claim]] = defaultdict(list)
    for record in records:
        claim = _claim(folder, record)
        if claim is None:
            continue
        if folder in TWINS and record.get("pair") is not None:
            twins[f"{claim.source} {record['pair']}"].append(claim)
        else:
            yield (claim,)
    for claims in twins.values():
        claims.sort(key=lambda claim: -claim.label)
        yield tuple(claims[:2]) if len(claims) == 2 and claims[0].label > claims[1].label else (claims[0],)


def _claim(folder: str, record: Record) -> Claim | None:
    evidence, claim = plain(str(record["premise"])), plain(str(record["hypothesis"]))
    source = folder
    if folder in ("nli_verifier", "contrast_pairs", "relation_templates"):
        source = str(record["source"])
    if folder == "paws_wiki" and str(record["source"]).endswith("test"):
        source = "paws_wiki test"
    if folder == "tabfact" and not record["simple"]:
        return None
    if len(evidence) > _LONGEST.get(folder, 2500):
        return None
    if folder == "boolq_statements":
        evidence = re.sub(r"^[^.]{1,60}? -- ", "", evidence)
    return Claim(claim, evidence, int(record["binary"]), source)


_LONGEST = {"tabfact": 900, "infotabs": 700, "summedits": 1600, "factcg_doc": 1300, "mctest_nli": 1500}


def _balanced(units: Sequence[Unit], most: int, random_: random.Random) -> list[Unit]:
    """At most `most` units, twins first, of single rows at most 60 % with one label."""
    pairs = [unit for unit in units if len(unit) == 2]
    true = [unit for unit in units if len(unit) == 1 and unit[0].label]
    false = [unit for unit in units if len(unit) == 1 and not unit[0].label]
    for each in (pairs, true, false):
        random_.shuffle(each)
    room = most - min(most, len(pairs))
    kept = true[: room // 2]
    if not true:
        return [*pairs[:most], *false[:room]]
    return [*pairs[:most], *kept, *false[: min(room - len(kept), int(len(kept) * 1.5))]]


def _joined(twins: Sequence[Unit], most: int, random_: random.Random) -> list[Unit]:
    """Two statements about one text joined by "and": true with a true one, false as soon as one half is false."""
    by_text: dict[str, list[Unit]] = defaultdict(list)
    for unit in twins:
        if len(unit) == 2:
            by_text[unit[0].evidence].append(unit)
    made: list[Unit] = []
    texts = [text for text, units in by_text.items() if len(units) > 1 and len(text) <= LONGEST_EVIDENCE * 2]
    random_.shuffle(texts)
    for text in texts[:most]:
        (true, false), (other, _) = random_.sample(by_text[text], 2)
        order = random_.random() < 0.5
        made.append(
            tuple(
                Claim(_and(*((half.claim, other.claim) if order else (other.claim, half.claim))), text, label, "joined")
                for half, label in ((true, 1), (false, 0))
            )
        )
    return made


def _and(first: str, second: str) -> str:
    return f"{first.rstrip(' .')}, and {second}"


def _dropped(claims: Sequence[Claim], most: int, random_: random.Random) -> list[Unit]:
    """A true claim with its text, and with the text without the sentence that is most like it: no longer borne out."""
    made: list[Unit] = []
    for claim in random_.sample(list(claims), min(len(claims), most * 2)):
        bounds = sentence_spans(claim.evidence)
        wanted = _words(claim.claim)
        if not claim.label or len(bounds) < 3 or len(made) >= most or not wanted:
            continue
        shared = sorted((len(wanted & _words(claim.evidence[slice(*part)])), at) for at, part in enumerate(bounds))
        if shared[-1][0] < 0.5 * len(wanted) or shared[-2][0] > 0.6 * shared[-1][0]:
            continue
        kept = [claim.evidence[slice(*part)] for at, part in enumerate(bounds) if at != shared[-1][1]]
        around = kept[max(0, shared[-1][1] - 2) : shared[-1][1] + 2]
        whole = cut((replace(claim, source="sentence dropped"),), random_)[0]
        made.append((whole, Claim(claim.claim, " ".join(around), 0, "sentence dropped")))
    return made


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3 or word.isdigit()}
