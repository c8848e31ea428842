"""Which language a text is in, as far as its letters and its commonest words tell: enough to say that two differ."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = {
    name: frozenset(common.split())
    for name, common in {
        "English": "the of and to in is are was were what which who how when where why does do did can for with from "
        "that this it its be by on at a an as no not have has there much many or if so we you they i",
        "German": "der die das den dem des ein eine einen und ist sind war wie was wer wo wann warum welche welcher "
        "welches man lange nicht mit von für auf im zu zum zur bei kann gibt wird werden hat haben ich sie wir viel "
        "viele hoch",
        "French": "le la les un une des du et est sont était que qui quoi quel quelle quels quelles où quand comment "
        "pourquoi combien dans pour avec pas ne sur au aux ce cette il elle nous vous je y en faut",
        "Spanish": "el la los las un una de del y es son está están qué quién cuál cuáles cómo cuándo dónde cuánto "
        "cuánta cuántos cuántas por para con no se su que en hay al lo",
        "Italian": "il lo la gli le un una di del della dei delle e è sono che chi cosa quale quali come quando dove "
        "perché quanto quanti per con non si nel nella al alla da",
        "Portuguese": "o a os as um uma de do da dos das e é são que quem qual quais como quando onde quanto quantos "
        "por para com não se em no na há ao",
        "Dutch": "de het een en is zijn was wat wie waar wanneer hoe waarom welke niet met van voor op in te bij kan "
        "er wordt heeft hebben ik wij hoeveel",
        "Swedish": "och är en ett det den som vad vem var när hur varför vilken vilka inte med av för på i till kan "
        "har finns många mycket",
        "Danish or Norwegian": "og er en et det den som hva hvad hvem hvor når hvordan hvorfor hvilken hvilke ikke med "
        "av af for på i til kan har mange meget",
        "Polish": "i w na z do nie jest są co kto kiedy gdzie jak dlaczego ile jaki jaka jakie który która czy od po "
        "dla się to",
        "Czech": "a v na z do není je jsou co kdo kdy kde jak proč kolik jaký jaká jaké který která zda od po pro se "
        "to",
        "Turkish": "ve bir bu ne kim nerede nasıl neden kaç mi mı mu mü için ile değil var yok hangi olarak",
    }.items()
}
_SCRIPTS = {
    "CYRILLIC": "Russian or another language in Cyrillic",
    "GREEK": "Greek",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Hindi",
    "THAI": "Thai",
    "HANGUL": "Korean",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "CJK": "Chinese",
}
_FUNCTION = re.compile(
    "[的了是有在哪些么什吗呢吧个几请问谁里上中下和与或被把要能会可以多少怎样为何我你他她它们这那一卖也都就又还]"
)
READ = 4_000
"""Characters that are looked at."""
FEWEST = 2
"""Common words of a language that a text must hold to be in it, and by which it must lead the next language."""


def language(text: str) -> str:
    """The English name of the text's language; "" where it is too short or too mixed to say.

    By the script where it is not Latin, else by the words that only one language has among its commonest.
    """
    text = text[:READ]
    scripts = Counter(unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha())
    if not scripts:
        return ""
    if "HIRAGANA" in scripts or "KATAKANA" in scripts:
        return "Japanese"
    script, letters = scripts.most_common(1)[0]
    if script != "LATIN":
        return _SCRIPTS.get(script, "") if 2 * letters > scripts.total() else ""
    found = Counter(word.lower() for word in _WORD.findall(text))
    scores = Counter({name: sum(found[word] for word in common) for name, common in _COMMON.items()})
    (first, most), (_, next_most) = scores.most_common(2)
    sure = most >= FEWEST and (most - next_most >= FEWEST or most >= FEWEST * next_most)
    return first if sure and _distinctive(found, first) else ""


def _distinctive(found: Collection[str], name: str) -> bool:
    """Whether different words of a language stand there that are neither letters nor English."""
    own = {word for word in _COMMON[name] if len(word) > 1 and (name == "English" or word not in _COMMON["English"])}
    return len(own & set(found)) >= FEWEST


def without_function_words(text: str) -> str:
    """The text without the words that hold a sentence together in its language; English is left as it is."""
    named = language(text)
    if named in ("Chinese", "Japanese"):
        return _FUNCTION.sub(" ", text)
    common = _COMMON[named] if named in _COMMON and named != "English" else frozenset[str]()
    return _WORD.sub(lambda match: "" if match.group().lower() in common else match.group(), text)
