"""Agreement of two texts by their words: SQuAD's exact match and F1, ROUGE-1 and ROUGE-L. Pure; shares in 0..1."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_WORD = re.compile(r"[a-z0-9]+")


def squad_words(text: str) -> list[str]:
    """Words after SQuAD's normalisation: lower case, without punctuation and articles."""
    bare = "".join(char for char in text.lower() if char not in string.punctuation)
    return _ARTICLES.sub(" ", bare).split()


def exact_match(answer: str, accepted: Sequence[str]) -> float:
    """1 if the answer equals an accepted one; no accepted answers means that silence ("") is right."""
    words = squad_words(answer)
    return float(any(words == squad_words(one) for one in accepted or [""]))


def squad_f1(answer: str, accepted: Sequence[str]) -> float:
    """Best F1 of the answer's words against an accepted answer's; with silence on one side 0, on both 1."""
    return max(_squad_f1(squad_words(answer), squad_words(one)) for one in accepted or [""])


def _squad_f1(said: list[str], wanted: list[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    shared = (Counter(said) & Counter(wanted)).total()
    return 2 * shared / (len(said) + len(wanted))


def rouge_words(text: str) -> list[str]:
    """Runs of ASCII letters and digits, in lower case, as ROUGE counts them (without stemming)."""
    folded = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(char for char in folded if not unicodedata.combining(char)))


def rouge1_recall(text: str, reference: str) -> float:
    """Words of the reference that the text has (each as often as it has it) / words of the reference; 0 without any."""
    wanted = rouge_words(reference)
    return (Counter(rouge_words(text)) & Counter(wanted)).total() / len(wanted) if wanted else 0.0


def rouge1_f1(text: str, reference: str) -> float:
    """2 x shared words / words of both; 0 without any."""
    said, wanted = rouge_words(text), rouge_words(reference)
    return 2 * (Counter(said) & Counter(wanted)).total() / (len(said) + len(wanted)) if said and wanted else 0.0


def rouge_l_f1(text: str, reference: str) -> float:
    """2 x longest common subsequence of words / words of both; 0 without any."""
    said, wanted = rouge_words(text), rouge_words(reference)
    return 2 * _common(said, wanted) / (len(said) + len(wanted)) if said and wanted else 0.0


def _common(first: list[str], second: list[str]) -> int:
    row = [0] * (len(second) + 1)
    for word in first:
        diagonal = 0
        for j, other in enumerate(second, start=1):
            above = row[j]
            row[j] = diagonal + 1 if word == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]


def character_scores(answer: str, accepted: Sequence[str]) -> tuple[float, float]:
    """CMRC 2018's exact match and F1, best over the accepted answers: each character of a script without spaces is a
    unit, runs of ASCII letters and digits are one, punctuation and case do not count, and F1 is that of the longest
    common run of units. (0, 0) without accepted answers; two texts without any unit match exactly, with F1 0.
    """
    said = _units(answer)
    wanted = [_units(one) for one in accepted]
    exact = max((float(said == one) for one in wanted), default=0.0)
    return exact, max((_run_f1(said, one) for one in wanted), default=0.0)


def _units(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+|[^\W\d_a-z]", unicodedata.normalize("NFKC", text).lower())


def _run_f1(said: list[str], wanted: list[str]) -> float:
    match = SequenceMatcher(None, said, wanted, autojunk=False).find_longest_match()
    return 2 * match.size / (len(said) + len(wanted)) if match.size else 0.0
