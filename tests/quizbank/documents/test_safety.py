"""Whatever comes in: the same bytes come out, nothing executes, nothing visible is lost."""

from __future__ import annotations

import html
import re
import time
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.importing.display import show
from quizbank.importing.passages import joined
from quizbank.importing.reading import read
from quizbank.importing.remarks import Refused
from tests.quizbank.documents.samples import DIALECTS, HOSTILE

MARKS = "#*-_>`~|[]()!<&$\\:.+= \t\n\r\"'/{}^"
SCRAPS = st.sampled_from(
    [
        *("# ", "## ", "> ", "- ", "  - ", "1. ", "**", "$$\n", "$", "```\n", "~~~x\n", "?\n"),
        *("| 汉 | 字 |\n", "|---|---|\n", "![汉](字.png)", "[汉](https://字.example '试')"),
        *('<img src="测" alt="汉">', "[汉]: 字 '试'\n", "<!-- 汉 -->", "&amp;", "\\<汉>", "\n\n"),
        *("    ", "\t", "汉字测试", "<u>汉</u>", "- **汉？**\n", "---\n", "===\n", "$汉*$", "<br>"),
        *("![[公式]](https://x.example/equation?tex=%E6%B1%89)", "[^汉]", "![汉][字]"),
        *("<https://x.example/汉>", "\\begin{cases}"),
    ]
)
MARKDOWN = st.lists(st.one_of(SCRAPS, st.text("汉字测试" + MARKS, max_size=8)), max_size=40).map(
    "".join
)
ALLOWED = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *("u", "b", "i", "sub", "sup"),
}


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_come_back(data: bytes) -> None:
    for name in ("a.md", "a.csv", "a.json"):
        try:
            done = read(name, data)
        except Refused:
            continue
        else:
            assert joined(done.source, done.passages) == data
            assert done.kept == len(data)


@given(MARKDOWN)
def test_any_notes_come_back_in_any_encoding(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        data = text.encode(encoding)
        try:
            done = read("a.md", data)
        except Refused:
            continue
        assert joined(done.source, done.passages) == data
        ends = [passage.end for passage in done.passages]
        assert [0, *ends] == [*(passage.start for passage in done.passages), len(data)]


@given(MARKDOWN)
def test_passages_are_a_tree_in_the_order_of_the_file(text: str) -> None:
    try:
        done = read("a.md", text.encode())
    except Refused:
        return
    for i, passage in enumerate(done.passages):
        assert passage.parent is None or passage.parent < i
        if passage.parent is not None:
            parent = done.passages[passage.parent]
            assert parent.line < passage.line <= passage.line_end <= parent.span_end


@given(MARKDOWN)
def test_no_character_is_lost_in_the_markup(text: str) -> None:
    markup = show(text).html
    shown = Counter(unquote(html.unescape(markup)))
    # The label of an equation's image gives way to the equation.
    source = text.replace("![[公式]]", "").replace("%E6%B1%89", "汉")
    for character in "汉字测试":
        assert shown[character] >= source.count(character), (character, markup)


@given(MARKDOWN)
def test_no_character_is_lost_in_a_whole_file(text: str) -> None:
    try:
        done = read("a.md", text.encode())
    except Refused:
        return
    headings = "".join(passage.heading for passage in done.passages)
    shown = Counter(unquote(headings + html.unescape("".join(done.html))))
    source = text.replace("![[公式]]", "").replace("%E6%B1%89", "汉")
    for character in "汉字测试":
        assert shown[character] >= source.count(character), (character, done.html)


class Inert(HTMLParser):
    """Fails on whatever a browser could act upon."""

    def __init__(self) -> None:
        super().__init__()
        self.inside_math = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside_math += tag == "math"
        if not self.inside_math:
            assert tag in ALLOWED, tag
        assert not tag.startswith(("script", "svg", "iframe", "img", "style"))
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("style", "src", "srcdoc", "xlink:href", "formaction", "id")
            if name == "href":
                assert tag == "a"
                assert re.match(r"https?://", value or "")

    def handle_endtag(self, tag: str) -> None:
        self.inside_math -= tag == "math"


@pytest.mark.parametrize("sample", HOSTILE)
def test_hostile_markup_is_inert(sample: str) -> None:
    for name, text in (
        ("a.md", sample),
        ("a.md", f"# A\n\nx {sample} y\n\n- {sample}\n\n> {sample}\n"),
        ("a.csv", 'question,answer\n"x","{}"\n'.format(sample.replace('"', '""'))),
    ):
        done = read(name, text.encode())
        Inert().feed("".join(done.html))
        # What it says is still there to be read.
        if "alert" in sample:
            whole = "".join(done.html) + "".join(p.heading for p in done.passages)
            assert "alert" in unquote(html.unescape(whole))


@given(MARKDOWN)
def test_any_notes_are_inert(text: str) -> None:
    Inert().feed(show(text).html)


@pytest.mark.parametrize("name", DIALECTS)
def test_the_five_dialects_are_inert(name: str) -> None:
    Inert().feed("".join(read("a.md", DIALECTS[name].encode()).html))


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 19_000,
        "*" * 19_000,
        "> " * 9_500,
        "![" * 9_500,
        "`" * 19_000,
        "$" * 19_000,
        "<img " * 3_500,
        "a **b" * 3_500,
        "|" * 1_500 + "\n" + "|-" * 1_500 + "\n" + "|\n" * 1_500,
        "- " * 9_500,
        "".join(" " * i + "- x\n" for i in range(300)),
        "# " + "#" * 19_000,
        "~~~\n" * 4_001,
        "$$\n" * 4_501,
        "**\n\n" * 4_500,
        "> # a\n" * 4_500,
        "[a](" * 4_500,
        "&" * 19_000,
    ],
    ids=range(18),
)
def test_bombs_end_in_seconds_and_come_back(bomb: str) -> None:
    begun = time.process_time()  # a busy machine does not count
    done = read("a.md", bomb.encode())
    assert time.process_time() - begun < 5
    assert done.kept == len(bomb)
    assert sum(map(len, done.html)) < 20_000_000
