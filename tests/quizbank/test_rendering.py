from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.content.formulas import FormulaError, as_text, mathml
from quizbank.content.rendering import ATTRIBUTES, TAGS, block, inline, plain

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example/x)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](http://127.0.0.1/a.png)",
    '![x](https://a.example/b.png "onerror=alert(1)")',
    '[x](https://a.example "onmouseover=alert(1)")',
    "[x]: javascript:alert(1)\n[x]",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```html onload=alert(1)\nx\n```",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(javascript:alert(1))}{x}$",
    r"$\class{evil}{x}$",
    r'$"onclick="alert(1)$',
    r"$$\text{</math><script>alert(1)</script>}$$",
    r"$\color{red}{x}$",
    r"$\text{<style></style><script>alert(1)</script>}$",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<form action=https://evil.example><button>x</button></form>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class Inspector(HTMLParser):
    """Asserts that every live element and attribute is one of those allowed."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            allowed = ATTRIBUTES.get(tag, set()) | {"class"} | ({"rel"} if tag == "a" else set())
            assert name in allowed, f"{tag} {name}"
            if name == "href":
                assert re.match(r"https?://", value or ""), value

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def inspect(markup: str) -> None:
    inspector = Inspector(convert_charrefs=True)
    inspector.feed(markup)
    inspector.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_comes_out_inert(text: str) -> None:
    for rendered in (block(text), inline(text), block(f"- > {text}")):
        inspect(rendered.html)


@given(st.text(alphabet="<>&\"'$\\{}[]()!`#*_|-/:=ax1\n文\u202e", max_size=120))
def test_whatever_is_written_comes_out_inert(text: str) -> None:
    inspect(block(text).html)
    inspect(inline(text).html)


def test_a_script_inside_a_formula_is_shown_as_text() -> None:
    rendered = inline(r"$\text{<script>alert(1)</script>}$")
    assert "<mtext>&lt;script&gt;alert(1)&lt;/script&gt;</mtext>" in rendered.html


def test_an_image_is_named_and_not_fetched() -> None:
    rendered = block("![a falling stone](https://a.example/stone.png)")
    assert "a falling stone (https://a.example/stone.png)" in rendered.html
    assert "<img" not in rendered.html
    assert rendered.problems


FORMULAS = {
    r"\frac{1}{n}": "<mfrac>",
    r"\sqrt{\frac{2}{n_{\mathrm{in}}}}": "<mtext>in</mtext>",
    r"\sum_{i=1}^{n} x_i^2": "∑",
    r"\mathbb{E}[x] \le \log n": "𝔼",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}": "<mtr>",
    r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}": "<mtable>",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}": "<mtable",
    r"\operatorname{softmax}(z)_i": "<mtext>softmax</mtext>",
    r"\operatorname*{arg\,min}_\theta L": "<mtext>arg&nbsp;min</mtext>",
    r"\left( \frac{a}{b} \right)": "<mfrac>",
    r"\hat{y}_i - \bar{x}": "<mover",
    r"\boldsymbol{\theta}": "𝜽",
    r"\text{若 } x > 0": "若",
    r"50\,\%": "%",
}


@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_becomes_mathml_and_keeps_its_tex(tex: str) -> None:
    rendered = inline(f"${tex}$")
    assert rendered.problems == ()
    assert rendered.html.startswith("<math ")
    assert FORMULAS[tex] in rendered.html
    assert 'alttext="' in rendered.html


def test_the_stop_after_a_formula_stays_with_it() -> None:
    shown = inline("除以 $1-p$；期望 $x$ 不变。$y$").html
    tied = re.findall(r'<span class="tied"><math.*?</math>(.*?)</span>', shown)
    assert tied == ["；"]
    assert "tied" not in block("$$x$$").html


@pytest.mark.parametrize(
    ("tex", "bound"),
    [("U(-b, b)", 1), ("a = -b", 1), (r"\{-1, +1\}", 2), ("-x", 0), ("(a) - b", 0), ("n! - 1", 0)],
)
def test_a_sign_after_an_operator_stands_close_to_its_number(tex: str, bound: int) -> None:
    assert mathml(tex).count('<mo form="prefix">') == bound


def test_a_displayed_formula_is_a_block() -> None:
    assert 'display="block"' in block("$$\nx = 1\n$$").html


BAD_FORMULAS = [
    r"\froc{1}{2}",
    r"\frac{1}",
    "{x",
    "x}",
    "x^",
    "a & b",
    "50 % of x",
    r"\left( x",
    r"\begin{cases} 1",
    r"\begin{picture} x \end{picture}",
    r"\newcommand{\a}{\a\a}\a",
    r"\def\a{b}\a",
    r"\href{https://a.example}{x}",
    r"\text{a\_b}",
    "x" * 2001,
    "{" * 30 + "x" + "}" * 30,
    "{" * 1000 + "x" + "}" * 1000,
    r"\left(" * 30 + "x" + r"\right)" * 30,
    "   ",
]


@pytest.mark.parametrize("tex", BAD_FORMULAS)
def test_a_formula_that_cannot_be_shown_is_refused(tex: str) -> None:
    with pytest.raises(FormulaError):
        mathml(tex)


def test_a_refused_formula_stays_readable_as_its_source() -> None:
    rendered = inline(r"before $\froc{1}{2}$ after")
    assert rendered.html == r'before <code class="tex">\froc{1}{2}</code> after'
    assert len(rendered.problems) == 1


def test_prices_are_no_formula_and_are_pointed_out() -> None:
    rendered = block("价格$5和$10")
    assert "<math" not in rendered.html
    assert "opens or closes no formula" in rendered.problems[0]


def test_code_may_hold_dollars_and_backslashes() -> None:
    rendered = block("`$HOME\\n`\n\n```\n$x \\frac\n```")
    assert rendered.problems == ()


def test_a_chinese_line_break_leaves_no_space() -> None:
    assert block("梯度\n消失").html == "<p>梯度消失</p>\n"
    assert block("vanishing\ngradient").html == "<p>vanishing\ngradient</p>\n"


@pytest.mark.parametrize(
    "text", ["> " * 60 + "deep", "- a\n" + "".join("  " * n + "- a\n" for n in range(1, 60))]
)
def test_text_that_nests_too_deep_is_kept_as_it_stands(text: str) -> None:
    rendered = block(text)
    assert rendered.html.startswith("<pre>")
    assert "nested deeper" in rendered.problems[0]
    assert plain(rendered.html.removeprefix("<pre>"))


BOMBS = {
    "brackets": "[" * 60_000,
    "stars": "*a" * 30_000,
    "ticks": "`" * 59_999 + "a",
    "quotes": ">" * 59_999,
    "links": "[a](" * 15_000,
    "dollars": "$" * 59_999,
    "escapes": "\\" * 59_999,
    "table": "|" * 1000 + "\n" + "|-" * 1000 + "\n" + ("|a" * 1000 + "\n") * 20,
    "too long": "a" * 60_001,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_defused_in_seconds(name: str) -> None:
    started = time.process_time()  # a busy machine does not count
    rendered = block(BOMBS[name])
    assert time.process_time() - started < 10
    assert len(rendered.html) < 1_000_000


PLAIN = {
    "**bold** and `code`": "bold and code",
    "a [link](https://a.example) here": "a link here",
    "- one\n- two": "one two",
    r"variance $\frac{2}{n}$": "variance 2/n",
    r"$\sqrt{6/n}$ bounds": "√(6/n) bounds",
    r"$\partial L / \partial w_i = 0$": "∂ L/∂ w_i = 0",
    "梯度\n消失": "梯度消失",
    "| a | b |\n|---|---|\n| 1 | 2 |": "a b 1 2",
}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_keeps_the_words_alone(text: str) -> None:
    assert plain(text) == PLAIN[text]


@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_in_plain_text_has_no_tex_left(tex: str) -> None:
    assert not re.search(r"[\\{}&]", as_text(tex))
