"""A verdict as a stamp: glyph and word in a frame, never filled."""

from __future__ import annotations

from html import escape

from demos.figures import numbers
from demos.figures.numbers import Language

WORDS = {
    "confirmed": {"zh": "证实", "en": "Confirmed"},
    "refuted": {"zh": "证伪", "en": "Refuted"},
    "inconclusive": {"zh": "未决", "en": "Inconclusive"},
    "invalid": {"zh": "无效", "en": "Invalid"},
    "shown": {"zh": "展示", "en": "shown"},
    "sealed": {"zh": "先预测，后盖章", "en": "predict first"},
}
_GLYPHS = {
    "confirmed": "M2 8l4 4 7-9",
    "refuted": "M3 3l9 9m0-9l-9 9",
    "inconclusive": "M4 5c0-4 7-4 7 0 0 3-3.5 2.5-3.5 5.2m0 2.4v.4",
    "invalid": "M2.5 7.5a5 5 0 1 0 10 0a5 5 0 1 0-10 0M4 11l7-7",
}


def stamp(verdict: str | None, language: Language, *, count: int | None = None) -> str:
    """The small stamp. `shown` is a plain word; no verdict yet is an empty place."""
    if verdict == "shown":
        return f'<span class="shown">{WORDS["shown"][language]}</span>'
    if verdict not in _GLYPHS:
        return sealed(language)
    many = "" if count is None else f"{numbers.NBSP}{numbers.count(count)}"
    return (
        f'<span class="stamp" data-verdict="{verdict}">{_glyph(verdict)}'
        f"{WORDS[verdict][language]}{many}</span>"
    )


def large(
    verdict: str | None, small_text: str, language: Language, *, landing: bool = False
) -> str:
    """The large stamp, once a page, with a line of numbers beneath the word."""
    if verdict not in _GLYPHS:
        return stamp(verdict, language)
    classes = "stamp large landing" if landing else "stamp large"
    return (
        f'<span class="{classes}" data-verdict="{verdict}">{_glyph(verdict)}'
        f"<b>{WORDS[verdict][language]}</b><small>{numbers.html(small_text)}</small></span>"
    )


def sealed(language: Language, words: str | None = None) -> str:
    """The empty place for a stamp."""
    text = WORDS["sealed"][language] if words is None else words
    return f'<span class="stamp" data-verdict="sealed">{escape(text)}</span>'


def trap_verdict(verdict: str | None) -> str | None:
    """The verdict on a trap, given the verdict on the claim that refutes it."""
    swapped = {"confirmed": "refuted", "refuted": "confirmed"}
    return swapped.get(verdict, verdict) if verdict else verdict


def _glyph(verdict: str) -> str:
    return f'<svg viewBox="0 0 15 15" aria-hidden="true"><path d="{_GLYPHS[verdict]}"/></svg>'
