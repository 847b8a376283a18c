"""Marks, levels and the tape of a quiz."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from demos.figures import numbers, tape
from quizbank.models import QuizAnswer
from quizbank.scoring import Level
from quizbank.wording import language, say

register = template.Library()


@register.filter
def signed(marks: int) -> str:
    """+3, 0 or −6, the minus as wide as the plus."""
    return f"+{marks}" if marks > 0 else f"−{-marks}" if marks else "0"


@register.filter
def plain(value: float) -> str:
    """A number as the bank states it, all its digits and no more."""
    return f"{value:.12g}".replace("-", "−")


@register.filter
def spaced(unit: str) -> str:
    """A unit as it follows its number."""
    return f"\u00a0{unit}" if unit else ""


@register.filter
def sure_word(confidence: str) -> SafeString:
    return say(f"quiz.{confidence}")


@register.filter
def markup(html: Mapping[str, str] | None) -> SafeString:
    """Sanitised markup of the bank in the page's language; a lone paragraph without its tags,
    so that it may stand inside a heading or a label."""
    if not html:
        return SafeString("")
    said = html[language()].strip()
    inner = said.removeprefix("<p>").removesuffix("</p>")
    alone = said.startswith("<p>") and said.endswith("</p>") and "<p>" not in inner
    return mark_safe(inner if alone else said)  # noqa: S308 - sanitised when synchronised


@register.simple_tag
def quiz_tape(answers: Sequence[QuizAnswer]) -> SafeString:
    """One tick an item: tall where right, short where wrong; a dot while it is open."""
    ticks = [row.score for row in answers if row.answered_at is not None]
    missed = ticks.count(0)
    label = str(say("quiz.tape", n=len(ticks), total=len(answers), missed=missed))
    drawn = tape.session(ticks, total=len(answers), language=language(), label=label)
    return mark_safe(drawn)  # noqa: S308 - drawn by us


@register.simple_tag
def calibrated(level: Level) -> SafeString:
    """How often the person was right at this level, or that it is too early to tell."""
    word = say(f"quiz.{level.name}")
    if level.share is None:
        return say("quiz.never", sure=word)
    if not level.enough:
        return say("quiz.too_few", sure=word, n=level.n)
    return say("quiz.calibrated", sure=word, share=_percent(level.share), n=level.n)


@register.simple_tag
def interval_of(level: Any) -> SafeString:
    """The interval of a level's share."""
    return say("quiz.between", low=_percent(level.low), high=_percent(level.high))


def _percent(share: float) -> SafeString:
    return mark_safe(numbers.html(numbers.percent(share)))  # noqa: S308 - escaped by html()
