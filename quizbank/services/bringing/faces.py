r"""The two sides of a note as markup that is safe to show.

What other programs set is kept where we can show it: formulas in `\(…\)`, `\[…\]` and `[$]…[/$]`
become MathML, an image its label, a block of another name a paragraph. The rest is left to the
sanitiser.
"""

from __future__ import annotations

import html
import re

from django.utils.safestring import SafeString, mark_safe

from quizbank.exchange.notes import Note
from quizbank.importing import tex
from quizbank.importing.display import sanitised, visible_marks
from quizbank.services.own_questions import Wanted, slug_of_note

LONGEST_HEADING = 300
LONGEST_SIDE = 100_000
MOST_TAGS, LONGEST_TAG = 30, 80
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Bounded, so that an opening without an end costs no square of the text's length.
FORMULA = re.compile(
    r"\\\((?P<inline>.{1,2000}?)\\\)|\\\[(?P<block>.{1,2000}?)\\\]"
    r"|\[\$\](?P<dollar>.{1,2000}?)\[/\$\]|\[\$\$\](?P<dollars>.{1,2000}?)\[/\$\$\]",
    re.DOTALL,
)
IMAGE = re.compile(r"<img\b([^>]{0,4000})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
BLOCK = re.compile(r"<(/?)(?:div|section|article|center|dd|dt|figure)\b[^>]{0,4000}>", re.I)
HEADING = re.compile(r"<(/?)h[12]\b[^>]{0,4000}>", re.IGNORECASE)
HIDDEN = re.compile(r"<(script|style|template|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
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
    """Names the question that a note makes: by the path it came from, else by its key."""
    named = note.path or f"{origin}:{note.key}"
    return slug_of_note(named)


def safe(markup: str) -> str:
    """Sanitised markup of one side, in a paragraph if it is a bare run of text."""
    text = HIDDEN.sub("", storable(markup[:LONGEST_SIDE]))
    text = FORMULA.sub(_formula, visible_marks(text))
    text = HEADING.sub(r"<\1h4>", BLOCK.sub(r"<\1p>", IMAGE.sub(_image, text)))
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


def _formula(match: re.Match[str]) -> str:
    name = match.lastgroup or "inline"
    source = html.unescape(re.sub(r"<br\s*/?>", "\n", match[name]))
    source = re.sub(r"<[^>]*>", "", source).strip()
    found = tex.shown(source, block=name in ("block", "dollars"))
    return found[0] if found else f'<code class="tex">{html.escape(source)}</code>'


def _image(match: re.Match[str]) -> str:
    said = {name.lower(): "".join(value) for name, *value in ATTRIBUTE.findall(match[1])}
    address = html.unescape(said.get("src", ""))
    formula = tex.from_address(address)
    if formula and (found := tex.shown(formula)):
        return found[0]
    where = f'<span class="address">{html.escape(address[:500])}</span>'
    label = html.escape(html.unescape(said.get("alt", "")))
    return f'<span class="image">{label} {where}</span>'
