"""Sentences of documents that speak to the model instead of to the reader.

Flagged: orders and fake roles, hidden text, active markup. What is flagged is never quoted, never evidence, and told
apart in prompts. The rules are conservative: prose about rules, instructions or models is left alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from index.sentences import sentence_spans
from rag.cite import Slice

Span = tuple[int, int]

_MODEL = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|(?:ai |virtual |digital )?assistants?|bots?"
    r"|(?:ai )?(?:models?|systems?|agents?|readers?|tools?)(?= (?:that reads?|reading) this)|ai (?:models?|systems?|agents?|tools?)"
    r"|the model)"
)
_SPEAK = (
    r"(?:answer|reply|respond|say|state|claim|tell|write|print|output|repeat|include|insert|append|add|embed|cite|quote|mention"
    r"|recommend|conclude|announce|describe|pretend|present|treat|mark|send|ask|rank|ignore|disregard|forget|refuse|reveal|show"
    r"|begin|start|end|act|praise|summari[sz]e|translate|use|decode|call|execute|trust|return|begin|follow|obey|put)"
)
_MUST = r"(?:must(?: not)?|should(?: not)?|shall(?: not)?|ha(?:s|ve) to|needs? to|(?:is|are) (?:required|instructed|asked|told) to)"
_YOURS = (
    r"your (?:\w+ ){0,2}(?:answers?|repl(?:y|ies)|responses?|outputs?|prompts?|instructions?|rules|guidelines|configuration"
    r"|(?:new )?task is|sentences|threshold|training|programming|system (?:message|prompt))"
)
_START = r"(?:^|[.!?:;,—–\n>*#\]})\"“]\s*|\b(?:please|and|then|now|must|should|simply|just) )"
_ENGLISH = "|".join(
    (
        rf"{_START}(?:ignore|disregard|forget|override|discard|bypass|overlook|neglect)\b(?: \S+){{0,4}}? (?:previous|prior|above|earlier"
        r"|preceding|instructions?|rules?|prompts?|guidelines?|(?:the )?(?:user(?:'s|’s)?|questions?|contexts?|documents?|passages?)"
        r"|everything|other (?:passage|document|source)s?|safety|all of)\b",
        rf"\b{_MODEL}\b[^.!?\n]{{0,40}}?\b{_MUST} (?:\w+ ){{0,2}}{_SPEAK}\b",
        rf"\byou (?:\w+ )?{_MUST} (?:\w+ )?{_SPEAK}\b",
        r"\byou are (?:now|no longer) (?:an? |the )?(?!able|going|in\b|at\b)\w+|\bif you are an? (?:ai|llm|language|chatbot|assistant|bot)",
        r"\bfrom now on,? you\b|\bas an (?:ai|llm|assistant)\b[^.]{0,40}\byou\b|\bthe model that reads this\b",
        rf"{_START}(?:{_SPEAK}|lower|change|give|write down|leave out|lower|paste|adopt)\b[^.!?\n]{{0,80}}\b{_YOURS}",
        rf"\b(?:reveal|show|print|repeat|output|display|leak|disclose|write)\b[^.!?\n]{{0,40}}\b(?:{_YOURS}|system prompt|developer message"
        r"|hidden messages?|(?:text|everything|line)s? above|passwords stored|api keys?)",
        r"\bwhat (?:are|were) your (?:\w+ )?(?:instructions|rules|prompt)",
        rf"{_START}(?:tell|inform|ask|warn|convince|send|direct|advise) the (?:user|reader)s? ",
        r"\b(?:when|whenever|if) (?:you are |you're )?(?:asked|the user (?:asks|mentions|wants))\b[^.!?\n]{0,60},? (?:always )?"
        rf"{_SPEAK}\b",
        r"^\W*(?:say|reply|respond|repeat)\b(?: only| exactly| after me| in| with)?\b[^.!?\n]{0,24}[:\"“]",
        r"^\W*(?:reply|respond|answer) (?:only |always )?(?:with|in json|by)\b|^\W*repeat after me\b",
        r"^\W*(?:hey |dear |attention,? |note to (?:the |all )?|message to (?:the |all )?)?"
        rf"{_MODEL}\s?[,:—–-]\s|^\W*(?:dear|attention|hey) {_MODEL}\b",
        rf"\b(?:instructions?|notices?|notes?|messages?|orders|commands?) (?:for|to) (?:the |any |all )?{_MODEL}\b",
        rf"\b{_MODEL} reading this\b",
        r"\b(?:all|every|each) (?:answers?|repl(?:y|ies)|responses?) (?:must|should|has to|have to)\b",
        r"\banswer to (?:every|any|all) questions?\b[^.!?\n]{0,60}\bmust\b|\bdo not answer (?:the|this|any) question",
        r"\bact as (?:an? )?(?:unrestricted|unfiltered|jailbroken|dan\b|evil|different)|\b(?:jailbreak|developer|dan) mode\b",
        r"\byour new (?:task|role|instructions?|job|goal)\b|\binstead of answering\b",
        r"^\W*(?:system|assistant|human|developer)\s?:\s+\S+ \S+ \S+",
        r"\b(?:print|show|repeat|output|reveal|write)\b[^.!?\n]{0,40}\binstructions (?:that )?you (?:were|have been) given",
        r"\bremember this for (?:all|every|any) (?:later|future|other)\b|\bhas priority over the user",
        r"\bdecode (?:this|the following)\b[^.!?\n]{0,40}\b(?:follow|execute|obey|do)\b",
        r"\b(?:give|write|leave) (?:only )?an? (?:positive|good|favou?rable|glowing) review(?: only)?\b",
        r"\b(?:cite|quote) (?:only )?(?:it|this|\[?\d+\]?|source)\b[^.!?\n]{0,40}\b(?:every|all|reply|answer)\b",
        r"\bcite \[\d+\] in\b|\battribute the (?:next|following) sentence\b|\bmark (?:this|all)\b[^.!?\n]{0,40}\bas (?:the only|verified)",
        r"\b(?:embed|insert|add|include|append|put) (?:the |this |an? )?(?:following )?(?:picture|image|link|url|pixel|line|text)\b"
        r"[^.!?\n]{0,60}(?:\banswer|\breply|\bresponse|\bsummary|https?:|so that)",
        r"\bthe user is an? (?:admin|developer|root)|\b(?:end|begin|start)(?:ning)? of (?:context|system prompt|prompt|documents)\b",
        r"\b(?:context|text) above was a test\b|\bnew (?:policy|instructions?|rules?|task)\s?:",
    )
)
_OTHER_LANGUAGES = "|".join(
    (
        r"忽略.{0,10}(?:指令|指示|规则|提示|以上|上文|上述|之前)|无视.{0,8}(?:指令|规则)|系统提示|(?:助手|模型|机器人).{0,6}(?:必须|应该|应当|需要|请)"
        r"|从现在(?:起|开始).{0,3}你|只(?:回答|输出|回复)[“\"「]",
        r"(?:指示|命令|ルール|プロンプト).{0,10}(?:無視|忘れ)|システムプロンプト",
        r"(?:지시|명령|규칙).{0,8}(?:무시|잊)|시스템 프롬프트",
        r"تجاهل.{0,20}(?:تعليمات|التعليمات|الأوامر|القواعد)|(?:أيها|يا) المساعد|المساعد الذكي.{0,20}يجب|نادیده.{0,20}دستور|دستور.{0,20}نادیده",
        r"(?:игнориру|проигнорируй|забуд|ігнору).{0,40}(?:инструкци|указани|правил|вопрос|інструкці)|системн\w+ (?:промпт|подсказк|сообщени)"
        r"|(?:ассистент|помощник|чат-бот|модель)\b[^.]{0,20}(?:,\s*(?:покажи|скажи|напиши|ответь)|\bдолж\w+ (?:ответ|сказ|напис|сообщ))",
        r"(?:ignorier|vergiss|vergesst|missacht)\w*.{0,40}(?:anweisung|regel|befehl|instruktion|frage)",
        r"(?:ignore[sz]?|ignorer|oublie[sz]?)\b.{0,40}(?:instructions?|consignes?|r[eè]gles)",
        r"(?:ignora|olvida|omite|ignore)\b.{0,40}(?:instruccion|reglas|indicacion)",
        r"(?:ignore|desconsidere|esque[cç]a)\b.{0,40}(?:instru[cç]|regras|orienta)",
        r"(?:ignora|dimentica|tralascia)\b.{0,40}(?:istruzion|regole)",
        r"talimat\S*.{0,24}(?:yok say|unut|g[oö]rmezden)|निर्देश\S*.{0,24}(?:अनदेखा|भूल|नज़रअंदाज)|negeer\b.{0,40}(?:instructies|regels)",
        r"(?:z?ignoruj)\b.{0,40}(?:instrukcj|polece|zasad)|abaikan\b.{0,40}(?:instruksi|perintah)|b[oỏ] qua\b.{0,40}(?:hướng dẫn|chỉ dẫn)"
        r"|ignorera\b.{0,40}(?:instruktion|regler)|התעלם.{0,30}(?:הוראות|הנחיות)|αγν[οό]ησ\w*.{0,40}οδηγί",
    )
)
_ORDER = re.compile(f"{_ENGLISH}|{_OTHER_LANGUAGES}", re.IGNORECASE)
_FOLLOWS = re.compile(rf"^\W*(?:\d+\.\s*)?(?:{_SPEAK}|do not|don't|never|always)\b", re.IGNORECASE)
_REGIONS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"<!--.*?(?:-->|\Z)",
        r"<\|[^|<>\n]{1,40}\|>.*?(?:<\|[^|<>\n]{1,40}\|>|\n\n|\Z)",
        r"\[/?inst\].*?(?:\[/inst\]|\n\n|\Z)|<<\s?sys\s?>>.*?(?:<<\s?/sys\s?>>|\n\n|\Z)",
        r"<(system|think|tool_call|tool|instructions?|assistant)\b[^>]*>.*?(?:</\1>|\n\n|\Z)",
        r"</(?:passages?|documents?|context|system)>",
        r"<(\w+)\b[^>]*(?:display:\s*none|visibility:\s*hidden|font-size:\s*0|opacity:\s*0|hidden\b)[^>]*>.*?(?:</\1>|\n\n|\Z)",
        r"<(?:script|iframe|object|embed|svg|form)\b.*?(?:>|\Z)|<\w+\b[^>]*\son\w+\s*=.*?(?:>|\Z)|javascript:\S*",
        r"<a\b[^>]*\bhref\b[^>]*>.*?(?:</a>|\n\n|\Z)|!\[[^\]\n]*\]\(\s*https?:[^)\n]*\)",
        r"[\[{(](?:[^\[\](){}\n]*\b)?(?:hidden (?:layer|text)|invisible text|white on white|font[- ]size:? ?0)\b.*?(?:\[(?:/|end)[^\]]*\]|\}|\n\n|\Z)",
        r"\[//\]: # [^\n]*",
        r"```(?:prompt|system)\b.*?(?:```|\Z)",
        r"(?:(?<=\n)|\A)[#>*\s]*(?:instructions?|notice|notes?|message) (?:for|to) (?:the |all )?(?:ai|assistants?|chatbots?|llms?|(?:language )?models?)\b"
        r".*?(?=\n#|\Z)",
        r"\{\s*\"role\"\s*:\s*\"(?:system|assistant|user|tool)\".*?(?:\}|\n\n|\Z)",
    )
)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff]")
_SMUGGLED = re.compile("[\U000e0020-\U000e007f\u202d\u202e]")
_LEET = str.maketrans("013457@$", "oieastas")


def suspicious(text: str) -> tuple[Span, ...]:
    """Half-open spans, in order and disjoint, of the sentences and marked-up regions that address the model."""
    view, places = _visible(text)
    sentences = sentence_spans(view)
    regions = [match.span() for pattern in _REGIONS for match in pattern.finditer(view)]
    flags = [_speaks_to_model(view[start:end]) for start, end in sentences]
    for at in range(1, len(flags)):
        start, end = sentences[at]
        flags[at] = flags[at] or (flags[at - 1] and _FOLLOWS.match(view[start:end]) is not None)
    for at in range(1, len(flags) - 1):
        flags[at] = flags[at] or (flags[at - 1] and flags[at + 1])
    found = [span for span, flag in zip(sentences, flags, strict=True) if flag]
    found += [span for span in sentences if any(_inside(region, span) for region in regions)]
    hidden = _smuggled(text, places, sentences)
    return _merged((places[start], places[end - 1] + 1) for start, end in [*found, *regions, *hidden] if end > start)


def trustworthy(items: Sequence[Slice]) -> tuple[Slice, ...]:
    """The slices that no flagged region touches, in their order; sentences are judged among their neighbours."""
    flagged: set[int] = set()
    order = sorted(range(len(items)), key=lambda at: (items[at].document_id, items[at].start))
    run: list[int] = []
    for at, following in pairwise([*order, None]):
        assert at is not None
        run.append(at)
        if following is None or not _neighbours(items[at], items[following]):
            flagged |= _flagged([items[i] for i in run], run)
            run = []
    return tuple(item for at, item in enumerate(items) if at not in flagged)


def _flagged(run: Sequence[Slice], places: Sequence[int]) -> set[int]:
    text, starts = "", []
    for item in run:
        starts.append(len(text))
        text += item.text + "\n"
    spans = suspicious(text)
    return {
        place
        for place, start, item in zip(places, starts, run, strict=True)
        if any(low < start + len(item.text) and start < high for low, high in spans)
    }


def _neighbours(one: Slice, other: Slice) -> bool:
    return one.document_id == other.document_id and 0 <= other.start - one.end <= 8


@lru_cache(maxsize=4096)
def _speaks_to_model(sentence: str) -> bool:
    if _ORDER.search(sentence):
        return True
    plainer = re.sub(r"\b(?=\w*[a-z])(?=\w*[013457])\w{3,}\b", lambda match: match.group().translate(_LEET), sentence)
    return plainer != sentence and _ORDER.search(plainer) is not None


def _visible(text: str) -> tuple[str, list[int]]:
    """The text as a model reads it, without invisible characters and with compatibility forms plain; and each
    character's place in the original."""
    view: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        if _INVISIBLE.match(char):
            continue
        plain = (
            chr(ord(char) - 0xE0000) if "\U000e0020" <= char <= "\U000e007e" else unicodedata.normalize("NFKC", char)
        )
        if len(plain) != 1:
            plain = char
        view.append(plain)
        places.append(at)
    return "".join(view), places


def _smuggled(text: str, places: Sequence[int], sentences: Sequence[Span]) -> list[Span]:
    """Sentences (of the visible text) with characters written backwards or in tags, or laced with invisible ones."""
    if not (_INVISIBLE.search(text) or _SMUGGLED.search(text)):
        return []
    found = []
    for start, end in sentences:
        piece = text[places[start] : places[end - 1] + 1]
        if _SMUGGLED.search(piece) or len(_INVISIBLE.findall(piece)) > 0.25 * len(piece):
            found.append((start, end))
    return found


def _inside(region: Span, span: Span) -> bool:
    """Whether at least half of a sentence lies in a region, or the region in it is a whole tag."""
    shared = min(region[1], span[1]) - max(region[0], span[0])
    return shared > 0.5 * (span[1] - span[0])


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
