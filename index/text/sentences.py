"""Cuts text into sentences by rule; offsets only, the text is never changed.

A sentence ends at a stop (. ! ? … 。！？； and those of other scripts) that is not part of an abbreviation, an initial
or a number, at a blank line, and at a line break that is not mere layout: before and after headings, list items and
table rows, and after a line that would have had room for the first word of the next one. Thai and Lao have no stop:
there a space ends it. Linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from unicodedata import combining

from index.text.line_breaks import Lines, is_layout_break

Span = tuple[int, int]

LONGEST = 1200
"""Characters: a sentence longer than this is split at a clause or at white space."""

THAI_AT_LEAST = 40
"""Characters before a space ends a Thai or Lao sentence: phrases and names end in one too. Judgement, no data."""

LEADER = 5
"""Dots in a row that lead from a name to its value: "Monday ..... closed"; three or four leave something out."""

# No look-ahead and no nested repeat: each candidate is consumed whole, so a megabyte of dots costs one match.
_CANDIDATE = re.compile(
    r"(?P<hard>[。！？；｡।॥؟۔។៕။།༎።፧፨։]+)[\"'”’»›」』】）)\]*_]*"
    r"|(?P<soft>[.!?…]+)(?:[\"'”’»›」』】）)\]*_]|\[\d{1,3}\])*"
    r"|(?P<line>[\n\r\f\v\x85\u2028\u2029])\s*"
    r"|(?<=[\u0e00-\u0eff])(?P<space> +)(?=[\u0e01-\u0e45\u0e80-\u0ec5])"
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_HIRAGANA = re.compile(r"[\u3041-\u3096]")
_SPACE = re.compile(r"\s*")
_GOES_ON = re.compile(r"[^\S\n]*\S")
_LEAD = re.compile(r"\s*(?:[\"'“‘«‹„(\[{*_—–-]+[^\S\n\r\f\v\x85\u2028\u2029]*)?")
"""What may stand before the first word of a sentence; a mark that ends its line opens nothing on the next."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,4})\Z")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\Z")
_WHOLE_LINE = re.compile(r"\||#{1,6}[^\S\n]")
_CLAUSE = re.compile(r"[\n]|[;:—–,]\s|[，、：]")

# Always followed by the rest of the sentence.
_NEVER_LAST = frozenset(
    "mr mrs ms mx messrs dr prof st mt ft gen col lt sgt capt cmdr adm rep sen gov pres hon rev fr sr. "
    "vs v e.g i.e cf viz approx ca c. incl excl resp fig figs tab eq eqs sec ch chap vol pp p para art ed eds al. "
    "dept univ govt assn nos".split()
)
_SHORT_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
# Followed by a number when they are abbreviations, and plain words otherwise.
_BEFORE_NUMBER = _SHORT_MONTHS | frozenset("no nr art p pp vol ch sec".split())
# May end a sentence: they do so when the next word commonly opens one.
_MAY_END = _SHORT_MONTHS | frozenset(
    "inc ltd co corp llc plc bros jr sr etc al est dept ph.d m.d b.a m.a u.s u.k u.n e.u a.m p.m "
    "mon tue tues wed thu thur thurs fri sat sun ave blvd rd".split()
)
# Stand before a German ordinal: "am 3. Werktag", "jeden 2. Samstag".
_BEFORE_ORDINAL = frozenset("am jeden jede jedem jeder der den dem des die zum zur im vom beim bis ab seit".split())
_MONTHS = frozenset("januar jänner februar märz april mai juni juli august september oktober november dezember".split())
_OPENERS = frozenset(
    "der die das ein eine es er sie wir ihr ich und aber wer was wie wenn alle bitte danach dann dort "
    "the a an this that these those it its he she they we you i his her their our my in on at as by for from with "
    "when while although after before since if however but and so then there here both one some many most all no not "
    "what who how why where which according meanwhile despite during under over until today now last each every "
    "such other another more several also".split()
)


def sentence_spans(text: str) -> list[Span]:
    """Half-open (start, end) of each sentence, in order and disjoint.

    Each is at most `LONGEST` characters long and has no white space at its ends; together they hold every character
    that is not white space.
    """
    spans: list[Span] = []
    start = _skip(text, 0)
    for end in _ends(text):
        if end > start:
            _append(spans, text, start, end)
            start = _skip(text, end)
    _append(spans, text, start, len(text))
    return spans


def sentence_at(spans: Sequence[Span], offset: int) -> int:
    """Number of the sentence that holds the offset, or of the last one that begins before it; 0 before the first."""
    return max(0, bisect_right(spans, offset, key=lambda span: span[0]) - 1)


def _ends(text: str) -> Iterator[int]:
    """Offsets after which a new sentence begins."""
    start = _skip(text, 0)
    lines = Lines(text)
    for match in _CANDIDATE.finditer(text):
        end = match.end()
        if match.lastgroup == "line":
            ends = not is_layout_break(text, match.start(), end, lines)
            end = match.start()
        elif _WHOLE_LINE.match(text, lines.start):
            ends = False  # A table row or a heading is one sentence, whatever stops it holds ("## 3. Scope").
        elif match.lastgroup == "hard":
            # Japanese goes on after a quotation: 「はい。」と言った。
            ends = not (end > match.end("hard") and _HIRAGANA.match(text, end))
        elif match.lastgroup == "space":
            ends = match.start() - start >= THAI_AT_LEAST
        else:
            ends = _soft_stop_ends(text, start, match.start("soft"), match.end("soft"), end)
        if ends:
            yield end
            start = _skip(text, match.end())


def _soft_stop_ends(text: str, start: int, stop: int, after_stop: int, end: int) -> bool:
    """Whether the stop at [stop, after_stop), with closing marks up to `end`, ends the sentence begun at `start`."""
    if end < len(text) and not text[end].isspace():
        # Chinese and Japanese leave no space after a stop, whichever form it has; a full stop may be in a name there.
        return text[stop] in "!?" and bool(_CJK.match(text, end)) and bool(_CJK.match(text, stop - 1) if stop else None)
    if after_stop - stop >= LEADER and _GOES_ON.match(text, end):
        return False
    lead = _LEAD.match(text, end)
    following = lead.end() if lead else end
    before = _word_before(text, start, stop)
    initial = text[following : following + 1]
    if text[stop:after_stop] == "." and _is_abbreviation(text, start, stop, before, following):
        return False
    if initial.islower():
        return _ends_before_lower_case(text, stop, after_stop, end, before)
    return not initial or initial not in ",;:.!?)]}%"


def _ends_before_lower_case(text: str, stop: int, after_stop: int, end: int, before: str) -> bool:
    """Carelessly typed text: "it was cheap. then it was not" is two sentences; `"Why?" he said` is one."""
    plain = text[stop:after_stop] == "." and end == after_stop
    return plain and len(before) >= 4 and before.isalpha() and before.islower()


def _is_abbreviation(text: str, start: int, stop: int, before: str, following: int) -> bool:
    if not before:
        return False
    name = before.lower()
    word = _WORD.match(text, following)
    if name in _NEVER_LAST or (name in _BEFORE_NUMBER and text[following : following + 1].isdigit()):
        return True
    if _ENUMERATOR.match(before) and stop - len(before) <= start:
        return True
    if before.isdigit() and len(before) <= len("31") and word:
        named = _word_before(text, start, stop - len(before) - 1).lower() in _BEFORE_ORDINAL
        return word.group().lower() in _MONTHS or (named and word.group().lower() not in _OPENERS)
    is_initial = len(before) == 1 and before.isupper()
    if is_initial or name in _MAY_END or _ACRONYM.match(before):
        return word is None or word.group().lower() not in _OPENERS
    return False


def _word_before(text: str, start: int, stop: int) -> str:
    """The token that touches the stop, without opening marks; "" when white space does."""
    window = text[max(start, stop - 24) : stop]
    if not window or window[-1].isspace():
        return ""
    return window.split()[-1].lstrip("\"'“‘«‹„([{*_-–—")


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    end = start + len(text[start:end].rstrip())
    while end - start > LONGEST:
        cut = _cut(text, start)
        spans.append((start, start + len(text[start:cut].rstrip())))
        start = _skip(text, cut)
    if start < end:
        spans.append((start, end))


def _cut(text: str, start: int) -> int:
    """Where to split an overlong sentence: after its last clause that fits, else at white space, else anywhere."""
    middle, end = start + LONGEST // 2, start + LONGEST
    cut = 0
    for match in _CLAUSE.finditer(text, middle, end):
        cut = match.end()
    if cut:
        return cut
    spaces = [offset for offset in range(middle, end) if text[offset].isspace()]
    if spaces:
        return spaces[-1]
    while end > middle and combining(text[end]):
        end -= 1
    return end


def _skip(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset
