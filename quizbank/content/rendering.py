"""Markdown with formulas to markup that is safe to show.

Formulas become MathML before the sanitiser runs, never after: nothing reaches a page that it
has not seen. What cannot be rendered is shown as its own source and named in `problems`, so the
bank can refuse it while somebody's imported notes still lose nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from quizbank.content.formulas import FormulaError, as_text, mathml
from quizbank.content.script import is_cjk

LONGEST = 60_000
DEEPEST = 40

MATHML = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts"),
    *("mtable", "mtr", "mtd", "mpadded", "mphantom", "menclose"),
}
TAGS = MATHML | {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
MATH_ATTRIBUTES = {
    *("accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "fence"),
    *("displaystyle", "form", "height", "largeop", "linebreak", "linethickness", "lspace"),
    *("mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing"),
    *("rspace", "scriptlevel", "separator", "stretchy", "symmetric", "width"),
}
ATTRIBUTES = {
    **{tag: set(MATH_ATTRIBUTES) for tag in MATHML},
    "*": set(),  # else the sanitiser adds its own
    "math": {"xmlns", "display", "alttext"},
    "a": {"href"},
    "ol": {"start"},
}
STOPPED = re.compile(
    r'(<math [^>]*display="inline"[^>]*>(?:(?!</math>).)*</math>[，。；：、！？）」』”’,.;:!?)]+)',
    re.DOTALL,
)
WITHIN_WORDS = ("em_close", "strong_close", "link_close")
CLASSES = {
    "span": {"image", "tied"},
    "code": {"tex"},
    "th": {"right", "center"},
    "td": {"right", "center"},
}


@dataclass(frozen=True)
class Rendered:
    html: str
    problems: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST + 20})
    parser.enable("table")
    parser.use(dollarmath_plugin, allow_digits=False, allow_labels=False, double_inline=True)
    for kind in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(kind, _formula)
    parser.add_render_rule("image", _image)
    return parser


def block(text: str) -> Rendered:
    """Paragraphs, lists, tables and formulas as sanitised HTML."""
    return _render(text, inline=False)


def inline(text: str) -> Rendered:
    """One run of text, with emphasis, code and formulas, as sanitised HTML."""
    return _render(text, inline=True)


def plain(text: str) -> str:
    """The words alone, formulas in one line: for search, titles and descriptions."""
    if len(text) > LONGEST:
        return " ".join(text.split())
    pieces = []
    for token in _leaves(_parse(text, inline=False)):
        if token.type.startswith("math"):
            pieces.append(as_text(token.content))
        elif token.type.endswith(("break", "_close")) and token.type not in WITHIN_WORDS:
            pieces.append("\n")
        else:
            pieces.append(token.content)
    return " ".join("".join(pieces).split())


def _render(text: str, *, inline: bool) -> Rendered:
    if len(text) > LONGEST:
        return Rendered(_source(text), (f"longer than {LONGEST} characters",))
    tokens = _parse(text, inline=inline)
    if any(token.level >= DEEPEST for token in tokens):
        # Past its nesting limit the parser drops text without a word.
        return Rendered(_source(text), (f"nested deeper than {DEEPEST} levels",))
    problems: list[str] = []
    env: dict[str, Any] = {"problems": problems}
    for token in _leaves(tokens):
        problems += _leaks(token)
    parser = _parser()
    markup = parser.renderer.render(tokens, parser.options, env)
    return Rendered(_sanitised(_tied(markup)), tuple(dict.fromkeys(problems)))


def _parse(text: str, *, inline: bool) -> list[Token]:
    parser = _parser()
    tokens = parser.parseInline(text) if inline else parser.parse(text)
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            _name_alignment(token)
        _join_broken_lines(token.children or [])
    return tokens


def _leaves(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.children and token.type != "image":
            yield from _leaves(token.children)
        else:
            yield token


def _leaks(token: Token) -> Iterator[str]:
    if token.type == "image":
        yield "an image; draw it as a demo's figure or say it in words"
    if token.type == "link_open" and not str(token.attrs.get("href", "")).startswith("http"):
        yield "a link to no http address; write it in full"
    if token.type != "text":
        return
    if "$" in token.content:
        yield "a $ that opens or closes no formula; leave no space or digit outside it"
    if "\\" in token.content:
        yield "a backslash outside a formula; put TeX between $ signs"


def _join_broken_lines(tokens: Sequence[Token]) -> None:
    """No space where a Chinese sentence was only broken across lines of the file."""
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "softbreak" and is_cjk(before.content[-1:]) and is_cjk(after.content[:1]):
            token.type, token.tag = "text", ""


def _name_alignment(token: Token) -> None:
    style = str(token.attrs.pop("style", ""))
    for side in ("right", "center"):
        if style == f"text-align:{side}":
            token.attrs["class"] = side


def _formula(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    token = tokens[index]
    display = token.type != "math_inline"
    try:
        return mathml(token.content, block=display)
    except FormulaError as error:
        env["problems"].append(f"the formula {token.content[:60]!r}: {error}")
        return f'<code class="tex">{html.escape(token.content)}</code>'


def _tied(markup: str) -> str:
    """A formula and the stop after it on one line: browsers break between them, whatever it is."""
    return STOPPED.sub(r'<span class="tied">\1</span>', markup)


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """The label and the address as text: a page contacts no other host."""
    token = tokens[index]
    words = f"{token.content} ({token.attrs.get('src', '')})"
    return f'<span class="image">{html.escape(words)}</span>'


def _source(text: str) -> str:
    return _sanitised(f"<pre>{html.escape(text)}</pre>")


def _sanitised(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )
