"""Sentences are exact slices, and the rules find them in the texts people have."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given

from index.text.sentences import LONGEST, sentence_at, sentence_spans
from tests.strategies import texts


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It cost $5.5 million.", "That was cheap."],
        ["DeepSeek shipped R1.", "Then came V3.", "Both are open."],
        ["Mr. Li and Dr. Wu met Prof. Xu.", "They agreed."],
        ["The U.S. market fell 3.1%.", "It recovered later."],
        ["He moved to the U.S. in May.", "She stayed in the U.S.", "The firm did too."],
        ["Many, e.g. Qwen, i.e. Alibaba's model, are open."],
        ["See Fig. 3 and No. 5 on p. 12.", "No.", "That is wrong."],
        ["J. K. Rowling wrote it.", "J. Smith did not."],
        ["Acme Inc. Chief Ann Lee left.", "She joined Beta Corp.", "It grew."],
        ["It was due on Jan. 20, 2025.", "It came in Feb.", "The rest is history."],
        ["AICPB.com tracks apps.", "See https://example.org/a.b?c=d.", "It works."],
        ["Really?!", "Yes.", "“It works.”", "(So he said.)", "Wait…", "Then it ended."],
        ["“Why?” he asked.", "Nobody knew... not even Ann."],
        ["it was cheap.", "then it was not."],
        ["He brought paper, pens, etc. and left.", "Pens, ink, etc.", "All were new."],
        ["The score was 59.4 vs. 39.6 before.", "It rose by approx. 20 points."],
        ["It cost $5.5 million.[1]", "It took two months [2].", "Done."],
        ["He has a Ph.D. in physics.", "At 5 p.m. Friday he left."],
        ["The energy is clean .", "The chips are new ."],
        ["It holds vitamin C.", "The rest is noise."],
        ["“China is ahead,” Lee said.", "‘Not so,’ said Wu."],
        ["**Bold claim.**", "Plain claim.", "_Slanted claim._", "End"],
        ["Is it 5 a.m.?", "No!", "Yes."],
        ["In 2025.", "Next year."],
        ["Das Fest ist am 17. August.", "Aufbau ab 9 Uhr."],
        ["Nur noch jeden 2. Samstag von 9 bis 12. März.", "Bis zum 3. Werktag.", "Wir haben 12.", "Das reicht."],
        ["He won in 12.", "The crowd left.", "I am 12.", "The rest is older."],
        ["Monday ........ Closed at noon.", "He waited....", "Then he left."],
    ],
    ids=lambda sentences: sentences[0][:24],
)
def test_running_text(sentences: list[str]) -> None:
    """Sentences of one line are found at their stops, and only there."""

    assert sentences == cut(" ".join(sentences))


@pytest.mark.parametrize(
    "lines",
    [
        ["🧠 DeepSeek — The Open-Source Shock", "DeepSeek shook global markets with cheap training ."],
        ["Four Trends to Watch in 2025 and Beyond That Year", "2", "94", "0", "As we enter 2025, much is open."],
        ["1. Chinese companies are ready to go global.", "What set 2024 apart was recognition of their cars."],
        ["12. Final Thoughts: A Global AI Ecosystem", "China’s rapidly evolving landscape is global."],
        ["Supply Chain Complexity and Environmental Considerations", "The landscape creates " + "new " * 20 + "risks."],
        [
            "- first item",
            "- second item, longer than the first one was",
            "* third",
            "• fourth",
            "(a) fifth",
            "2) sixth",
        ],
        ["| Model | Cost |", "| V3 | 5.5 |", "After the table."],
        ["# Heading", "Body text without a stop", "## Next", "> quoted", "```python", "x = 1", "```"],
        ["Title", "=====", "Body.", "---", "More."],
        ["Compute hubs: public and private.", "AI Funds: over $8 billion.", "The list ends:", "One", "Two"],
        ["apples", "pears", "plums"],
        ["The lab bought all of the following for its new model", "- chips, and the power that it takes to run them"],
        ["- an item that is as long as a line of prose can be", "- another such item, again without a stop at its end"],
        ["Avatar of Ann Lee", "Co-Founder & CMO", "The acceleration of development", "#China #Deepseek"],
    ],
    ids=lambda lines: lines[0][:24],
)
def test_lines_that_stand_for_themselves(lines: list[str]) -> None:
    """A heading, list item, table row or other short line is not run together with its neighbours."""

    assert lines == cut("\n".join(lines))


def test_wrapped_lines() -> None:
    """Text wrapped at a width gives whole sentences, also where a line ends before a capital letter or a number."""
    wrapped = (
        "The Chinese research lab trained the model in just two months, on machines of\n"
        "Nvidia that it had bought before the embargo; the chips themselves had cost\n"
        "5.5 million dollars. Rivals had spent far more than that on their own models,\n"
        "among them OpenAI.\n\n"
        "A new paragraph starts here and it runs over two lines as well, so that it\n"
        "is long enough.\n"
    )

    assert [sentence.replace("\n", " ") for sentence in cut(wrapped)] == [
        "The Chinese research lab trained the model in just two months, on machines of Nvidia that it had bought "
        "before the embargo; the chips themselves had cost 5.5 million dollars.",
        "Rivals had spent far more than that on their own models, among them OpenAI.",
        "A new paragraph starts here and it runs over two lines as well, so that it is long enough.",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("深度求索发布了新模型。成本很低！真的吗？", ["深度求索发布了新模型。", "成本很低！", "真的吗？"]),
        ("他说：“很好。”然后走了。", ["他说：“很好。”", "然后走了。"]),
        ("هل هذا صحيح؟ نعم. انتهى.", ["هل هذا صحيح؟", "نعم.", "انتهى."]),
        ("यह सच है। हाँ।", ["यह सच है।", "हाँ।"]),
        ("使用 GPT-4. 然后 3.5 版。", ["使用 GPT-4.", "然后 3.5 版。"]),
    ],
)
def test_other_scripts(text: str, sentences: list[str]) -> None:
    """Stops of Chinese, Arabic and Hindi end sentences, with or without white space after them."""

    assert sentences == cut(text)


@pytest.mark.parametrize(
    "sentences",
    [
        ["这是什么?", "我不知道!", "他说：“好。”", "然后走了。"],
        ["這是真的嗎？", "是的；", "結束。"],
        ["「はい。」と彼は言った。", "それから帰った！", "終わり。"],
        ["「そうか。」", "彼女は笑った。"],
        ["約翰·F.肯尼迪來了。", "他走了。"],
        ["ភ្នំពេញជារដ្ឋធានី។", "វាធំណាស់។"],
        ["ရန်ကုန်သည်မြို့ကြီးဖြစ်သည်။", "နေပြည်တော်သည်မြို့တော်ဖြစ်သည်။"],
        ["አዲስ አበባ ዋና ከተማ ናት።", "ትልቅ ናት።"],
        ["यह घर है।", "वह बड़ा है।"],
    ],
    ids=lambda sentences: sentences[0],
)
@pytest.mark.parametrize("between", ["", " "])
def test_stops_of_other_scripts(sentences: list[str], between: str) -> None:
    """Stops of other scripts end a sentence, with or without a space after them."""
    assert cut(between.join(sentences)) == sentences


def test_thai_sentences_end_at_a_space() -> None:
    """Thai has no stop: a space ends a sentence, unless it comes too soon; all characters are kept."""
    first = "กรุงเทพมหานครเป็นเมืองหลวงและนครที่มีประชากรมากที่สุด"
    second = "ของประเทศไทย เป็นศูนย์กลางการปกครองการศึกษาและการคมนาคมขนส่ง"

    assert cut(f"{first} {second}") == [first, second]
    assert cut("สวัสดี ครับ") == ["สวัสดี ครับ"]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\r\n"])
def test_nothing(text: str) -> None:
    """Text without visible characters has no sentences."""

    assert sentence_spans(text) == []


def test_blank_lines_always_separate() -> None:
    """A blank line ends a sentence even where the text seems to go on."""

    assert cut("the lab spent far less on its newest model\n\nthan its rivals") == [
        "the lab spent far less on its newest model",
        "than its rivals",
    ]


def test_line_endings_of_windows() -> None:
    """A carriage return is white space like any other."""

    assert cut("One.\r\n\r\nHeading\r\n\r\nTwo.\r\n") == ["One.", "Heading", "Two."]


@given(texts())
@example("." * 5000 + "x")
@example("word " * 1000)
@example("a" * 3000)
@example("a" * (LONGEST + 1))
@example("深" * 3000)
@example(" \n" * 50 + "x")
def test_spans_cover_the_text(text: str) -> None:
    """Spans are in order, disjoint, trimmed and short enough, and hold every character that is not white space."""
    spans = sentence_spans(text)

    assert all(0 <= start < end <= len(text) and end - start <= LONGEST for start, end in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert [text[start:end] for start, end in spans] == [text[start:end].strip() for start, end in spans]
    assert "".join(text.split()) == "".join("".join(text[start:end].split()) for start, end in spans)


@given(texts())
@example("the. —\nthe ")
@example("Mind it. (\r\nit bites")
def test_a_sentence_is_one_sentence(text: str) -> None:
    """A sentence found on one line stays whole when it is cut again by itself."""
    found = [sentence for sentence in cut(text) if "\n" not in sentence and len(sentence) < LONGEST // 2]

    assert [[sentence] for sentence in found] == [cut(sentence) for sentence in found]


def test_long_sentences_split_at_clauses() -> None:
    """A sentence that is too long ends its first part with a clause, not inside a word."""
    parts = cut("one clause of the very long sentence, " * 60)

    assert len(parts) == 2
    assert all(part.endswith(",") for part in parts)


def test_a_position_belongs_to_its_sentence() -> None:
    """The sentence of a character is the one that holds it, or the last one before it."""
    text = "One here. Two here. Three."

    assert [sentence_at(sentence_spans(text), text.index(word)) for word in ("One", "Two", "Three")] == [0, 1, 2]
    assert sentence_at(sentence_spans(text), 9) == 0
