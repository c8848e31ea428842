"""What gives away a sentence or a region that is aimed at a model: orders in many languages, fake roles, markup.

Each pattern is meant to stay silent on prose about rules, instructions, assistants and models.
"""

import re

_MODEL = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|(?:ai |virtual |digital )?assistants?|bots?"
    r"|(?:ai )?(?:models?|systems?|agents?|readers?|tools?)(?= (?:that reads?|reading) this)|ai (?:models?"
    r"|systems?|agents?|tools?)"
    r"|the model)"
)
_SPEAK = (
    r"(?:answer|reply|respond|say|state|claim|tell|write|print|output|repeat|include|insert|append|add|embed"
    r"|cite|quote|mention"
    r"|recommend|conclude|announce|describe|pretend|present|treat|mark|send|ask|rank|ignore|disregard|forget"
    r"|refuse|reveal|show"
    r"|begin|start|end|act|praise|summari[sz]e|translate|use|decode|call|execute|trust|return|follow|obey|put)"
)
_MUST = r"(?:(?:must|should|shall)(?: not)?|ha(?:s|ve) to|needs? to|(?:is|are) (?:required|instructed|asked|told) to)"
_YOURS = (
    r"your (?:\w+ ){0,2}(?:answers?|repl(?:y|ies)|responses?|outputs?|prompts?|instructions?|rules|guidelines"
    r"|configuration"
    r"|(?:new )?task is|sentences|threshold|training|programming|system (?:message|prompt))"
)
_START = r"(?:^|[.!?:;,—–\n>*#\]})\"“]\s*|\b(?:please|kindly|and|then|now|must|should|simply|just) )"
_ENGLISH = "|".join(
    (
        rf"{_START}(?:ignore|disregard|forget|override|discard|bypass|overlook|neglect)\b(?: \S+){{0,4}}? "
        rf"(?:previous|prior|above|earlier"
        r"|preceding|instructions?|rules?|prompts?|guidelines?|(?:the )?(?:user(?:'s|’s)?|questions?|contexts?"
        r"|documents?|passages?)"
        r"|everything|other (?:passage|document|source)s?|safety|all of)\b",
        rf"\b{_MODEL}\b[^.!?\n]{{0,40}}?\b{_MUST} (?:\w+ ){{0,2}}{_SPEAK}\b",
        rf"\byou (?:\w+ )?{_MUST} (?:\w+ )?{_SPEAK}\b",
        r"\byou are (?:now|no longer) (?:an? |the )?(?!able|going|in\b|at\b)\w+|\bif you are an? (?:ai|llm"
        r"|language|chatbot|assistant|bot)",
        r"\bfrom now on,? you\b|\bas an (?:ai|llm|assistant)\b[^.]{0,40}\byou\b|\bthe model that reads this\b",
        rf"{_START}(?:{_SPEAK}|lower|change|give|write down|leave out|paste|adopt)\b[^.!?\n]{{0,80}}\b{_YOURS}",
        rf"\b(?:reveal|show|print|repeat|output|display|leak|disclose|write)\b[^.!?\n]{{0,40}}\b(?:{_YOURS}"
        rf"|system prompt|developer message"
        r"|hidden messages?|(?:text|everything|line)s? above|passwords stored|api keys?)",
        r"\bwhat (?:are|were) your (?:\w+ )?(?:instructions|rules|prompt)",
        rf"{_START}(?:tell|inform|ask|warn|convince|send|direct|advise) the (?:user|reader)s? ",
        r"\b(?:when|whenever|if) (?:you are |you're )?(?:asked|the user (?:asks|mentions"
        r"|wants))\b[^.!?\n]{0,60},? (?:always )?"
        rf"{_SPEAK}\b",
        r"^\W*(?:say|reply|respond|repeat)\b(?: only| exactly| after me| in| with)?\b[^.!?\n]{0,24}[:\"“]",
        r"^\W*(?:reply|respond|answer) (?:only |always )?(?:with|in json|by)\b|^\W*repeat after me\b",
        r"^\W*(?:hey |dear |attention,? |note to (?:the |all )?|message to (?:the |all )?)?"
        rf"{_MODEL}\s?[,:—–-]\s|^\W*(?:dear|attention|hey) {_MODEL}\b",
        rf"\b(?:instructions?|notices?|notes?|messages?|orders|commands?) (?:for|to) (?:the |any |all )?{_MODEL}\b",
        rf"\b{_MODEL} reading this\b",
        r"\b(?:all|every|each) (?:answers?|repl(?:y|ies)|responses?) (?:must|should|has to|have to)\b",
        r"\banswer to (?:every|any|all) questions?\b[^.!?\n]{0,60}\bmust\b|\bdo not answer (?:the|this|any) question",
        r"\bact as (?:an? )?(?:unrestricted|unfiltered|jailbroken|dan\b|evil|different)|\b(?:jailbreak"
        r"|developer|dan) mode\b",
        r"\byour new (?:task|role|instructions?|job|goal)\b|\binstead of answering\b",
        r"^\W*(?:system|assistant|human|developer)\s?:\s+\S+ \S+ \S+",
        r"\b(?:print|show|repeat|output|reveal|write)\b[^.!?\n]{0,40}\binstructions (?:that )?you (?:were|have"
        r" been) given",
        r"\bremember this for (?:all|every|any) (?:later|future|other)\b|\bhas priority over the user",
        r"\bdecode (?:this|the following)\b[^.!?\n]{0,40}\b(?:follow|execute|obey|do)\b",
        r"\b(?:give|write|leave) (?:only )?an? (?:positive|good|favou?rable|glowing) review(?: only)?\b",
        r"\b(?:cite|quote) (?:only )?(?:it|this|\[?\d+\]?|source)\b[^.!?\n]{0,40}\b(?:every|all|reply|answer)\b",
        r"\bcite \[\d+\] in\b|\battribute the (?:next|following) sentence\b|\bmark (?:this"
        r"|all)\b[^.!?\n]{0,40}\bas (?:the only|verified)",
        r"\b(?:embed|insert|add|include|append|put) (?:the |this |an? )?(?:following )?(?:picture|image|link"
        r"|url|pixel|line|text)\b"
        r"[^.!?\n]{0,60}(?:\banswer|\breply|\bresponse|\bsummary|https?:|so that)",
        r"\bthe user is an? (?:admin|developer|root)|\b(?:end|begin|start)(?:ning)? of (?:context|system prompt"
        r"|prompt|documents)\b",
        r"\b(?:context|text) above was a test\b|\bnew (?:policy|instructions?|rules?|task)\s?:",
    )
)
_OTHER_LANGUAGES = "|".join(
    (
        r"忽略.{0,10}(?:指令|指示|规则|提示|以上|上文|上述|之前)|无视.{0,8}(?:指令|规则)|系统提示|(?:助手|模型|机器人).{0,6}(?:必须|应该|应当|需要|请)"
        r"|从现在(?:起|开始).{0,3}你|只(?:回答|输出|回复)[“\"「]",
        r"(?:指示|命令|ルール|プロンプト).{0,10}(?:無視|忘れ)|システムプロンプト",
        r"(?:지시|명령|규칙).{0,8}(?:무시|잊)|시스템 프롬프트",
        r"تجاهل.{0,20}(?:تعليمات|التعليمات|الأوامر|القواعد)|(?:أيها|يا) المساعد|المساعد الذكي.{0,20}يجب"
        r"|نادیده.{0,20}دستور|دستور.{0,20}نادیده",
        r"(?:игнориру|проигнорируй|забуд|ігнору).{0,40}(?:инструкци|указани|правил|вопрос|інструкці)|системн\w+"
        r" (?:промпт|подсказк|сообщени)"
        r"|(?:ассистент|помощник|чат-бот|модель)\b[^.]{0,20}(?:,\s*(?:покажи|скажи|напиши|ответь)|\bдолж\w+ "
        r"(?:ответ|сказ|напис|сообщ))",
        r"(?:ignorier|vergiss|vergesst|missacht)\w*.{0,40}(?:anweisung|regel|befehl|instruktion|frage)",
        r"(?:ignore[sz]?|ignorer|oublie[sz]?)\b.{0,40}(?:instructions?|consignes?|r[eè]gles)",
        r"(?:ignora|olvida|omite|ignore)\b.{0,40}(?:instruccion|reglas|indicacion)",
        r"(?:ignore|desconsidere|esque[cç]a)\b.{0,40}(?:instru[cç]|regras|orienta)",
        r"(?:ignora|dimentica|tralascia)\b.{0,40}(?:istruzion|regole)",
        r"talimat\S*.{0,24}(?:yok say|unut|g[oö]rmezden)|निर्देश\S*.{0,24}(?:अनदेखा|भूल|नज़रअंदाज)"
        r"|negeer\b.{0,40}(?:instructies|regels)",
        r"(?:z?ignoruj)\b.{0,40}(?:instrukcj|polece|zasad)|abaikan\b.{0,40}(?:instruksi|perintah)|b[oỏ]"
        r" qua\b.{0,40}(?:hướng dẫn|chỉ dẫn)"
        r"|ignorera\b.{0,40}(?:instruktion|regler)|התעלם.{0,30}(?:הוראות|הנחיות)|αγν[οό]ησ\w*.{0,40}οδηγί",
    )
)
ORDER = re.compile(f"{_ENGLISH}|{_OTHER_LANGUAGES}", re.IGNORECASE)
FOLLOWS = re.compile(rf"^\W*(?:\d+\.\s*)?(?:{_SPEAK}|do not|don't|never|always)\b", re.IGNORECASE)
REGIONS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"<!--.*?(?:-->|\Z)",
        r"<\|[^|<>\n]{1,40}\|>.*?(?:<\|[^|<>\n]{1,40}\|>|\n\n|\Z)",
        r"\[/?inst\].*?(?:\[/inst\]|\n\n|\Z)|<<\s?sys\s?>>.*?(?:<<\s?/sys\s?>>|\n\n|\Z)",
        r"<(system|think|tool_call|tool|instructions?|assistant)\b[^>]*>.*?(?:</\1>|\n\n|\Z)",
        r"</(?:passages?|documents?|context|system)>",
        r"<(\w+)\b[^>]*(?:display:\s*none|visibility:\s*hidden|font-size:\s*0|opacity:\s*0|hidden\b)[^>]*>.*?"
        r"(?:</\1>|\n\n|\Z)",
        r"<(?:script|iframe|object|embed|svg|form)\b.*?(?:>|\Z)|<\w+\b[^>]*\son\w+\s*=.*?(?:>|\Z)|javascript:\S*",
        r"<a\b[^>]*\bhref\b[^>]*>.*?(?:</a>|\n\n|\Z)|!\[[^\]\n]*\]\(\s*https?:[^)\n]*\)",
        r"[\[{(](?:[^\[\](){}\n]*\b)?(?:hidden (?:layer|text)|invisible text|white on white|font[- ]size:? ?0)\b"
        r".*?(?:\[(?:/|end)[^\]]*\]|\}|\n\n|\Z)",
        r"\[//\]: # [^\n]*",
        r"```(?:prompt|system)\b.*?(?:```|\Z)",
        r"(?:(?<=\n)|\A)[#>*\s]*(?:instructions?|notice|notes?|message) (?:for|to) (?:the |all )?(?:ai"
        r"|assistants?|chatbots?|llms?|(?:language )?models?)\b"
        r".*?(?=\n#|\Z)",
        r"\{\s*\"role\"\s*:\s*\"(?:system|assistant|user|tool)\".*?(?:\}|\n\n|\Z)",
    )
)
