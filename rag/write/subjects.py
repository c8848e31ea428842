"""What a question can be made of: whether words name something by themselves, a person or a thing, and their capital.

By form and by lists of words, for English; where these do not tell, nothing is asked or the words stay as they are.
"""

import re
from collections.abc import Collection

from index.text.names import ORGANISATION
from index.text.words import words

_PEOPLE = frozenset(
    "accountant actor actress aide ambassador analyst apprentice architect artist assistant attorney auditor aunt "
    "author baker barber barrister bishop bookkeeper boy bricklayer brother builder butcher captain caretaker "
    "carpenter cashier ceo chairman chairwoman chairperson chef chemist choirmaster cleaner clerk coach colleague "
    "colonel commissioner composer consultant cook coroner councillor cousin daughter dean dentist deputy director "
    "doctor drummer economist editor electrician engineer farmer father fisherman foreman friend gardener geologist "
    "girl goalkeeper governess governor grandfather grandmother headmaster headmistress headteacher heir hunter "
    "husband inspector instructor intern interpreter janitor joiner journalist judge king landlady landlord lawyer "
    "lecturer librarian lieutenant magistrate man manager mason master mate mayor mechanic midwife miner minister "
    "mother musician neighbour nephew niece novelist nurse officer optician organist painter paramedic pastor "
    "patient person pharmacist philosopher photographer physician physicist pianist playwright plumber poet "
    "policeman policewoman politician pope porter postmaster predecessor president priest prince princess principal "
    "prisoner professor programmer psychologist pupil queen receptionist registrar researcher sailor saddler "
    "scientist sculptor secretary senator sergeant sheriff singer sister skipper soldier solicitor son spokesman "
    "spokesperson spokeswoman statistician stonemason student successor surgeon surveyor tailor teacher therapist "
    "trainee trainer translator treasurer tutor uncle undersecretary verger veterinarian vicar violinist volunteer "
    "waiter waitress warden weaver welder widow widower wife witness woman".split()
)
"""Nouns for people alone: a firm or a machine is none of these."""
_ROLES = _PEOPLE | frozenset(
    "boss chair champion chief client conductor contact contractor customer dealer designer developer driver founder "
    "guard guide head hirer host keeper leader lender maker member operator owner partner pilot player producer "
    "representative supplier tenant winner writer".split()
)
"""With those that a firm, an animal or a machine may have, too."""
_IRREGULAR = {"men": "man", "women": "woman", "people": "person", "wives": "wife"}
_TITLED = re.compile(r"(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor|Sir|Dame|Captain|Councillor|Sergeant|Sister)\b\.? [A-ZÀ-Þ]")
_PART = r"[A-ZÀ-Þ][\w'’-]*[a-zß-ÿ]"
_FULL_NAME = re.compile(rf"{_PART}(?: (?:[A-Z]\.|van|von|de|der|den|del|la|le|da|di|al|bin|{_PART}))* {_PART}")
_NAMED = re.compile(rf"(?:{_TITLED.pattern}|{_PART}(?:\W*\Z|[,;(]| [A-ZÀ-Þ&(]))")
_NO_HEAD = re.compile(r"[,;:(]|\s(?:of|for|at|in|from|who|that|which|with|and|or|to|on|behind|since|until)\s")
_ARTICLE = re.compile(r"\A(?:(?:the|an?|our|one of)\s+)+", re.IGNORECASE)

_LEANS = re.compile(
    r".*\b(?:that|which|who|whose|what|whatever|when|where|why|if|whether|unless|until|because|as|it|they|you|we|he|she"
    r"|this|these|those|following|ones?|others?|former|latter|same)\b"
    r"|(?:The|An?) (?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last) [\w-]+\Z"
    r"|(?:The )?(?:second|third|fourth|fifth|next|last|rest|result)\Z"
    r"|(?:No|None|Not|Only|About|Without|Whatever|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|PS|NB)\b"
    r"|.*\b(?:and|or|of|in|at|on|to|for|by|from|with)\Z",
)
"""What leans on its sentence, on what is around it or on a count: "the fact that it", "the second reason", "no refund".
"""
_PLURAL = re.compile(r"[A-Z][a-z-]+[^siu\W]s(?: (?:and|of|with|under|over|in|from|for|on|to|at) .*)?")
_NO_NOUN = re.compile(
    r"\w{2,}[^e\W]ed|made|paid|sent|sold|new|written|contains?|best before|(?:not|never|do|don['’]t) .*"
    r"|.* (?:by|before|after|from|to|at|in|on|for|of|with)",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z-]{2,4}|[A-Z-]*\d[\w-]*")


def leans(subject: str) -> bool:
    """Whether a subject says nothing without its sentence or its place."""
    return _LEANS.match(subject) is not None


def what_or_who(subject: str, said: str) -> str:
    """Who for a person, What for a thing; "" for a name of several words of which `said` does not tell which.

    `said` is what the sentence says the subject is: "Per Holm", "the harbour master of Brae".
    """
    if _TITLED.match(subject):
        return "Who"
    if _FULL_NAME.fullmatch(subject) and not ORGANISATION.search(subject):
        if _head(said) in _ROLES:
            return "Who"
        return "What" if _ARTICLE.match(said) else ""
    named = said[:1].isupper() and not _ARTICLE.match(said)
    if _head(_ARTICLE.sub("", subject)) in _ROLES:
        return "Who" if named or _head(said) in _PEOPLE else "What"
    return "Who" if re.fullmatch(_PART, subject) and _ARTICLE.match(said) and _head(said) in _PEOPLE else "What"


def _head(phrase: str) -> str:
    """The noun that a phrase is about, in the singular: "master" of "the harbour master of Brae"."""
    cut = _NO_HEAD.split(_ARTICLE.sub("", phrase), maxsplit=1)[0]
    noun = next(reversed(words(cut)), "")
    single = _IRREGULAR.get(noun, noun)
    return single if single in _ROLES else single.removesuffix("s")


def inside(subject: str, lower: Collection[str]) -> str:
    """A subject as it stands inside a sentence: a capital that only its sentence gave it is none.

    `lower` are the words that the text has in lower case; a word that is not among them may be a name.
    """
    article = re.match(r"(?:The|An?)\b", subject)
    first = subject.split(" ", 1)[0]
    named = any(char.isupper() for char in subject[1:])
    plain = not named and (first.lower() in lower or _PLURAL.fullmatch(subject))
    return subject[0].lower() + subject[1:] if article or plain else subject


def label_question(label: str, said: str, title: str) -> str:
    """The value of a label asked for; "" for a label that names nothing one could ask the value of."""
    if _NO_NOUN.fullmatch(label) or "  " in label:
        return ""
    asks = "Who" if _head(label) in _ROLES and _NAMED.match(said) else "What"
    if asks == "What" and _head(label) in _PEOPLE:  # a speaker, whose words are no value
        return ""
    verb = "are" if re.search(r"[^siu]s$", label) else "is"
    article = "" if _CODE.fullmatch(label) else "the "
    # capitals of an abbreviation stay
    named = label[0].lower() + label[1:] if label[1:2].islower() else label
    return f"{asks} {verb} {article}{named} in “{title}”?"
