r"""The two sides of a note as markup that is safe to show.

What other programs set is kept where we can show it: formulas in `\(…\)`, `\[…\]` and `[$]…[/$]`
become MathML, an image its label, a block of another name a paragraph. The rest is left to the
sanitiser.
"""

from __future__ import annotations

import html
import re
from functools import partial

from django.utils.safestring import SafeString, mark_safe

from quizbank.exchange.notes import Note
from quizbank.exchange.spans import replaced
from quizbank.importing import tex
from quizbank.importing.display import sanitised, visible_marks
from quizbank.services.own_questions import Wanted, slug_of_note

LONGEST_HEADING = 300
LONGEST_SIDE = 100_000
MOST_TAGS, LONGEST_TAG = 30, 80
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FORMULA = re.compile(r"(\\\((?!\\\))|\\\[(?!\\\])|\[\$\](?!\[/\$\])|\[\$\$\](?!\[/\$\$\]))")
FORMULA_ENDS = {
    r"\(": re.compile(r"\\\)"),
    r"\[": re.compile(r"\\\]"),
    "[$]": re.compile(r"\[/\$\]"),
    "[$$]": re.compile(r"\[/\$\$\]"),
}
LONGEST_FORMULA, LONGEST_MARK = 2_000, 4_000
IMAGE = re.compile(r"<img\b", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
BLOCK = re.compile(r"<(/?)(?:div|section|article|center|dd|dt|figure)\b", re.IGNORECASE)
HEADING = re.compile(r"<(/?)h[12]\b", re.IGNORECASE)
MARK_END = re.compile(">")
HIDDEN = re.compile(r"<(script|style|template|title)\b", re.IGNORECASE)
HIDDEN_ENDS = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE)
    for name in ("script", "style", "template", "title")
}
PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"  # where a formula stood
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|pre|h[1-6])\s*>", re.IGNORECASE)


def wanted(note: Note) -> Wanted | None:
    """The question a note makes; None where nothing is left of it to show."""
    front, back = safe(note.front), safe(note.back)
    heading = words(front) or words(back)
    if not heading:
        return None
    tags = dict.fromkeys(tag for tag in (note.deck, *note.tags) if tag)
    # Pages show the heading for the first paragraph, and below it what else is asked.
    first = f"<p>{html.escape(heading, quote=False)}</p>"
    return Wanted(
        heading=heading,
        answer=back,
        prompt=front if front.startswith(first) else f"{first}\n{front}" if words(front) else first,
        tags=tuple(storable(tag)[:LONGEST_TAG] for tag in list(tags)[:MOST_TAGS]),
    )


def slug_of(note: Note, origin: str) -> str:
    """Names the question that a note makes: as it is named where it comes from, by the path it
    had there, else by its key."""
    if note.own_slug:
        return note.own_slug
    named = note.path or f"{origin}:{note.key}"
    return slug_of_note(named)


def safe(markup: str) -> str:
    """Sanitised markup of one side, in a paragraph if it is a bare run of text."""
    text = replaced(storable(markup[:LONGEST_SIDE]), HIDDEN, HIDDEN_ENDS, lambda *_: "")
    text = replaced(visible_marks(text), FORMULA, FORMULA_ENDS, _formula, LONGEST_FORMULA)
    text = replaced(text, IMAGE, MARK_END, _image, LONGEST_MARK)
    for named, name in ((BLOCK, "p"), (HEADING, "h4")):
        text = replaced(text, named, MARK_END, partial(_renamed, name), LONGEST_MARK)
    clean = sanitised(text).strip()
    clean = re.sub(r"<p>\s*</p>", "", clean)
    bare = clean and not re.match(r"<(?:p|ul|ol|pre|table|blockquote|h[3-6]|hr)\b", clean)
    return f"<p>{clean}</p>" if bare and "<p>" not in clean else clean


def words(markup: str) -> str:
    """The first line of what can be read of it, formulas as they were written."""
    told = MATH.sub(lambda match: _as_written(match[0]), markup)
    lines = (_letters(line) for line in BREAK.split(told))
    first = next((line for line in lines if line), "")
    return first if len(first) <= LONGEST_HEADING else first[: LONGEST_HEADING - 1] + "…"


def first_line(markup: str) -> SafeString:
    """What `words` gives, to be shown: its formulas set, all else as plain text."""
    formulas = iter(MATH.findall(markup))
    told = words(MATH.sub(PLACE, markup.replace(PLACE, "")))
    return mark_safe(  # noqa: S308 - the formulas are our own or sanitised, the rest is escaped
        re.sub(PLACE, lambda _: next(formulas), html.escape(told, quote=False))
    )


def storable(text: str) -> str:
    """Without controls and half characters, which PostgreSQL refuses and no page can show."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _as_written(formula: str) -> str:
    source = re.search(r'\balttext="([^"]*)"', formula)
    return source[1] if source else _letters(formula)


def _letters(markup: str) -> str:
    apart = markup.replace('<span class="image">', " ")  # its name is no part of the word before
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", apart)).split())


def _formula(begin: re.Match[str], inner: str) -> str:
    source = html.unescape(re.sub(r"<br\s*/?>", "\n", inner))
    source = re.sub(r"<[^<>]*>", "", source).strip()
    found = tex.shown(source, block=begin[1] in (r"\[", "[$$]"))
    return found[0] if found else f'<code class="tex">{html.escape(source)}</code>'


def _renamed(name: str, begin: re.Match[str], _inner: str) -> str:
    return f"<{begin[1]}{name}>"


def _image(_begin: re.Match[str], inner: str) -> str:
    said = {name.lower(): "".join(value) for name, *value in ATTRIBUTE.findall(inner)}
    address = html.unescape(said.get("src", ""))
    formula = tex.from_address(address)
    if formula and (found := tex.shown(formula)):
        return found[0]
    where = f'<span class="address">{html.escape(address[:500])}</span>'
    label = html.escape(html.unescape(said.get("alt", "")))
    return f'<span class="image">{label} {where}</span>'
