"""A passage as markup that is safe to show and from which nothing visible is missing.

What was rendered is compared with its source, character by character. Where a letter is gone
(a parser's nesting limit, a table row with too many cells), the passage is shown as it was
written instead.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import nh3
from markdown_it.token import Token

from quizbank.content import rendering
from quizbank.importing import tex
from quizbank.importing.inline import DEEPEST, FORMAT, IMG, image_of, parser

# Some runs of brackets take time with the square of their length.
LONGEST = 20_000
# How much longer than its source a passage's markup may grow.
GROWTH, ALLOWANCE = 60, 20_000
LISTED = re.compile(r"^ {2,}(?:[-*+]|\d{1,3}[.)]) ", re.MULTILINE)
BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NUMBER = re.compile(r"^((?:[\s>]|[-*+]\s)*)\d{1,9}[.)](?=\s|$)", re.MULTILINE)
PICTURE = re.compile(r"!\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
TAGS = rendering.TAGS | {"u", "sub", "sup", "b", "i"}
CLASSES = {
    **rendering.CLASSES,
    "span": {"image", "tied", "address", "lang"},
    "pre": {"verbatim"},
}


@dataclass
class Shown:
    """`remarks` are (line of the Markdown counted from 0, code, detail)."""

    html: str
    formulas: int = 0
    images: int = 0
    words: int = 0  # characters that are neither image nor formula
    remarks: list[tuple[int, str, str]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)  # the TeX of its formulas


def show(markdown: str) -> Shown:
    """The Markdown as sanitised HTML, with what is to be said of it."""
    if len(markdown) > LONGEST:
        return _verbatim(markdown, "long")
    source = visible_marks(markdown)
    made = parser(indented_code=not LISTED.search(source))
    tokens = made.parse(source)
    if any(token.level >= DEEPEST for token in tokens):
        return _verbatim(markdown, "deep")
    shown = Shown("")
    if source != markdown:
        line, found = _first_bidi(markdown)
        shown.remarks.append((line, "invisible", f"U+{ord(found):04X}"))
    _dress(tokens, shown)
    markup = made.renderer.render(tokens, made.options, {})
    if len(markup) > GROWTH * len(source) + ALLOWANCE:
        return _verbatim(markdown, "long")
    shown.html = sanitised(markup)
    if lost(source, shown):
        return _verbatim(markdown, "plain", shown)
    return shown


def plainly(markdown: str) -> Shown:
    """The passage as it was written."""
    source = html.escape(visible_marks(markdown))
    return Shown(sanitised(f'<pre class="verbatim">{source}</pre>'), words=len(markdown))


def visible_marks(text: str) -> str:
    """The text with tokens for what would turn its direction unseen."""
    return BIDI.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def lost(source: str, shown: Shown) -> Counter[str]:
    """The visible characters of the source that its markup lacks."""
    text = re.sub(r"<math\b.*?</math>", "", shown.html, flags=re.DOTALL)
    addresses = [html.unescape(a) for a in re.findall(r'<a href="([^"]*)"', text)]
    words = html.unescape(re.sub(r"<[^>]*>", "", text))
    there = Counter("".join([words, *shown.raw, *addresses, *map(unquote, addresses)]))
    return Counter(c for c in _expected(source) if _is_visible(c)) - there


def sanitised(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=TAGS,
        attributes=rendering.ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )


def _verbatim(markdown: str, code: str, counted: Shown | None = None) -> Shown:
    plain = plainly(markdown)
    plain.remarks = [(0, code, "")]
    if counted:
        plain.formulas, plain.images = counted.formulas, counted.images
    return plain


def _first_bidi(text: str) -> tuple[int, str]:
    match = BIDI.search(text)
    assert match
    return text.count("\n", 0, match.start()), match[0]


def _is_visible(character: str) -> bool:
    if character.isascii():
        return character.isalnum()
    return unicodedata.category(character)[0] in "LNSP"


def _expected(source: str) -> str:
    """The source without what its markup says in other characters."""

    def picture(match: re.Match[str]) -> str:
        found = tex.from_address(match[2])
        return found if found is not None else match[0]

    def image(match: re.Match[str]) -> str:
        said = image_of(match[0])
        return (tex.from_address(said[1]) or " ".join(said)) if said else match[0]

    source = IMG.sub(image, PICTURE.sub(picture, source))
    source = re.sub(r"<br\s*/?>", "", FORMAT.sub("", source), flags=re.IGNORECASE)
    while (without := NUMBER.sub(r"\1", source)) != source:
        source = without
    return html.unescape(source)


def _dress(tokens: Sequence[Token], shown: Shown) -> None:
    """Turn each token that needs our own markup into markup, and count."""
    for token in tokens:
        line = token.map[0] if token.map else 0
        if token.type == "inline":
            _dress_inline(token.children or [], line, shown)
        elif token.type == "math_block":
            _markup(token, _formula(token.content, line, shown, block=True))
        elif token.type in ("heading_open", "heading_close"):
            token.tag = "h" + str(min(6, max(4, int(token.tag[1]) + 2)))
        elif token.type in ("fence", "code_block"):
            shown.words += len(token.content)
            _markup(token, _code(token))
        elif token.type in ("th_open", "td_open"):
            token.attrs = {}


def _dress_inline(tokens: Sequence[Token], line: int, shown: Shown) -> None:
    links: list[str] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            line += 1
        elif token.type.startswith("math_inline"):
            double = token.type != "math_inline"
            _markup(token, _formula(token.content, line, shown, block=double))
        elif token.type == "image":
            _markup(token, _image(token, line, shown))
        elif token.type == "link_open":
            links.append(_beside(token))
        elif token.type == "link_close" and links:
            _markup(token, "</a>" + links.pop())
        elif token.type == "note_format":
            _markup(token, token.content)
        elif token.type in ("text", "code_inline"):
            shown.words += len(token.content.strip())


def _markup(token: Token, markup: str) -> None:
    # Rendered as it is; the sanitiser runs over everything afterwards.
    token.type, token.content, token.children = "html_inline", markup, None


def _formula(source: str, line: int, shown: Shown, *, block: bool) -> str:
    shown.formulas += 1
    found = tex.shown(source, block=block)
    if found is None:
        shown.remarks.append((line, "formula", _short(source)))
        return f'<code class="tex">{html.escape(source)}</code>'
    shown.raw.append(source)
    markup, repaired = found
    if repaired:
        shown.remarks.append((line, "repaired", _short(source)))
    return f"<p>{markup}</p>" if block and "\n" in source else markup


def _image(token: Token, line: int, shown: Shown) -> str:
    address = str(token.attrs.get("src", ""))
    formula = tex.from_address(address)
    if formula:
        return _formula(formula, line, shown, block=False)
    shown.images += 1
    if not re.match(r"(?:https?:)?//", address, re.IGNORECASE):
        shown.remarks.append((line, "image", _short(unquote(address))))
    label = _label(token.children or [])
    title = str(token.attrs.get("title", ""))
    words = " ".join(part for part in (label, title) if part)
    where = f'<span class="address">{html.escape(unquote(address))}</span>'
    return f'<span class="image">{html.escape(words)} {where}</span>'


def _label(tokens: Sequence[Token]) -> str:
    """The words of an image's label, whatever formatting they carry."""
    return "".join(_label(token.children) if token.children else token.content for token in tokens)


def _beside(token: Token) -> str:
    """What stands after a link: its title, and the address where it leads nowhere safe."""
    address = str(token.attrs.get("href", ""))
    title = str(token.attrs.pop("title", ""))
    extra = f" “{html.escape(title)}”" if title else ""
    if re.match(r"https?://", address, re.IGNORECASE):
        return extra
    token.attrs = {}
    where = html.escape(unquote(address))
    return f'{extra} <span class="address">({where})</span>'


def _code(token: Token) -> str:
    info = token.info.strip()
    label = f'<span class="lang">{html.escape(info)}</span>\n' if info else ""
    return f"<pre>{label}<code>{html.escape(token.content)}</code></pre>\n"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"
