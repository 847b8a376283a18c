"""A card's sides as its templates say, and no more than they say."""

from __future__ import annotations

import pytest

from quizbank.exchange.anki import cloze
from quizbank.exchange.anki.templates import Template, blank, sides

FIELDS = {"Front": "Q", "Back": "A", "Empty": " <br> ", "Text": "{{c1::x::hint}} {{c2::y}}"}
FRONTS = {
    "{{Front}}": "Q",
    "{{ Front }} and {{Back}}": "Q and A",
    "{{Unknown}}": "",
    "{{text:Front}}{{hint:Back}}{{furigana:kana:Front}}": "QAQ",
    "{{type:Back}}": "",  # on the front it is asked for, not shown
    "{{tts en_US:Front}}": "",
    "{{#Front}}yes {{Front}}{{/Front}}{{^Front}}no{{/Front}}": "yes Q",
    "{{#Empty}}yes{{/Empty}}{{^Empty}}no{{/Empty}}": "no",
    "{{#Front}}a{{#Empty}}b{{/Empty}}c{{/Front}}": "ac",
    "{{#Empty}}never closed {{Front}}": "",
    "{{/Front}}x": "x",
    "<!-- {{Back}} -->Q": "Q",
    "{{cloze:Text}}": "<b>[hint]</b> y",
    "{{#c1}}first{{/c1}}{{#c2}}second{{/c2}}": "first",
    "a {{ b": "a {{ b",
}


@pytest.mark.parametrize("front", FRONTS)
def test_a_front(front: str) -> None:
    assert sides(Template(front, ""), FIELDS, 0, gaps=True).front == FRONTS[front]


BACKS = {
    "{{FrontSide}}<hr id=answer>{{Back}}": "A",
    "{{FrontSide}}\n\n<hr id='answer' />\n{{Back}}": "A",
    "<!-- x -->{{FrontSide}} {{Back}}": "A",
    "<b>{{Back}}</b> to {{FrontSide}}": "<b>A</b> to Q",
    "{{type:Back}}": "A",
    "{{cloze:Text}}": "",
}


@pytest.mark.parametrize("back", BACKS)
def test_a_back_does_not_begin_with_the_front(back: str) -> None:
    assert sides(Template("{{Front}}", back), FIELDS, 5, gaps=True).back == BACKS[back]


def test_what_a_field_holds_is_no_template() -> None:
    fields = {"Front": "{{Back}} {{#Front}}", "Back": "A"}
    assert sides(Template("{{Front}}", "{{Front}}"), fields, 0).front == fields["Front"]


def test_a_template_that_repeats_a_long_field_is_cut() -> None:
    long = sides(Template("{{Front}}" * 1_000, ""), {"Front": "x" * 100_000}, 0)
    assert len(long.front) <= 600_000


GAPS = {
    ("{{c1::a}} b", 1): ("<b>[...]</b> b", "<b>a</b> b"),
    ("{{c1::a}} {{c1::b::in}}", 1): ("<b>[...]</b> <b>[in]</b>", "<b>a</b> <b>b</b>"),
    ("{{c1::a}} {{c2::b}}", 2): ("a <b>[...]</b>", "a <b>b</b>"),
    ("{{c1,3::a}} {{c2::b}}", 3): ("<b>[...]</b> b", "<b>a</b> b"),
    ("{{c1::a {{c2::b}} c}}", 1): ("<b>[...]</b>", "<b>a b c</b>"),
    ("{{c1::a {{c2::b}} c}}", 2): ("a <b>[...]</b> c", "a <b>b</b> c"),
    ("{{c1::a}} {{c2::open", 1): ("<b>[...]</b> {{c2::open", "<b>a</b> {{c2::open"),
    ("{{c1::x_{i}}} }}", 1): ("<b>[...]</b>} }}", "<b>x_{i</b>} }}"),
    ("no gap }}", 1): ("", ""),
    ("{{c2::b}}", 1): ("", ""),
}


@pytest.mark.parametrize(("text", "number"), GAPS)
def test_gaps(text: str, number: int) -> None:
    assert (cloze.question(text, number), cloze.answer(text, number)) == GAPS[text, number]


def test_many_gaps_take_no_time() -> None:
    text = "{{c1::" * 20_000 + "}}" * 40_000
    assert cloze.question(text, 1)


@pytest.mark.parametrize(
    ("html", "empty"),
    [("", True), (" <div><br></div>&nbsp;", True), ("x", False), ("<img src=a>", False)],
)
def test_blank(html: str, empty: bool) -> None:
    assert blank(html) is empty
