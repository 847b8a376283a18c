"""The Markdown that notes are read as: no raw HTML, but images and formatting written in it."""

from __future__ import annotations

import re
from functools import lru_cache

import mdurl
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

DEEPEST = 50
IMG = re.compile(r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-z-]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)", re.IGNORECASE)
SAID = {*("src", "alt", "title", "style", "width", "height", "align", "class", "id", "loading")}
FORMAT = re.compile(r"<(/?)(u|b|i|em|strong|sub|sup)>", re.IGNORECASE)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def parser(*, indented_code: bool) -> MarkdownIt:
    """The parser; without indented code, a list may be indented as far as its author liked."""
    return _parser(indented_code)


@lru_cache(maxsize=2)
def _parser(indented_code: bool) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": DEEPEST + 10})
    # Not the domain names' own spelling, in which nobody reads what was written.
    made.normalizeLink = mdurl.encode  # type: ignore[method-assign, assignment]
    made.enable("table")
    # A definition would vanish from the page.
    made.disable(["reference", "html_block", "html_inline"])
    if not indented_code:
        made.disable("code")
    made.use(dollarmath_plugin, allow_digits=False, allow_labels=False, double_inline=True)
    made.inline.ruler.before("autolink", "note_tags", _tag)
    made.core.ruler.before("inline", "note_dollars", _part)
    return made


def _part(state: StateCore) -> None:
    """Looking for a digit before a dollar sign, the plugin takes the last character of the text
    for the one before the first; so the last one must be none."""
    for token in state.tokens:
        if token.type == "inline" and token.content[:1] == "$" and token.content[-1].isdigit():
            token.content += " "


def image_of(tag: str) -> tuple[str, str] | None:
    """(label, address) of an `<img>`; None where it says more, which then stays text."""
    given = {name.lower(): value.strip("\"'") for name, value in ATTRIBUTE.findall(tag)}
    bare = ATTRIBUTE.sub("", tag[4:-1]).strip(" \t\r\n/")
    if bare or not given.keys() <= SAID:
        return None
    label = " ".join(given[name] for name in ("alt", "title") if given.get(name))
    return label, given.get("src", "")


def _tag(state: StateInline, silent: bool) -> bool:
    rest = state.src[state.pos : state.pos + 4_000]
    if not rest.startswith("<"):
        return False
    if (match := IMG.match(rest)) and (said := image_of(match[0])):
        if not silent:
            label, address = said
            token = state.push("image", "img", 0)
            token.attrs, token.content = {"src": address}, label
            token.children = [Token("text", "", 0, content=label)]
    elif match := FORMAT.match(rest):
        if not silent:
            state.push("note_format", "", 0).content = f"<{match[1]}{match[2].lower()}>"
    elif match := BREAK.match(rest):
        if not silent:
            state.push("hardbreak", "br", 0)
    else:
        return False
    state.pos += match.end()
    return True
