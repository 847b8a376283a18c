"""The clock, the scales and the words of a mock interview."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quizbank.queries.mock import Report
from quizbank.rubric import BEST, Mean, Score
from quizbank.views import mock_shown
from quizbank.wording import say

register = template.Library()
CLOSE = 0.5  # of a point: no difference worth a word


@register.filter
def clock(seconds: int | None) -> str:
    return mock_shown.clock(seconds or 0)


@register.simple_tag
def rule(number: str) -> SafeString:
    return say(f"mock.rule_{number}")


@register.simple_tag
def score(scale: str, mean: Mean | None) -> SafeString:
    """A scale of the report: its mean large, its interval below."""
    value = f"{mean.value:.1f}" if mean else "–"
    between = SafeString("")
    if mean and mean.low is not None and mean.high is not None:
        between = say("mock.between", low=f"{mean.low:.1f}", high=f"{mean.high:.1f}")
    return format_html(
        '<div><p class="label">{}</p><p class="stat num">{} <small>{}</small></p>'
        '<p class="small quiet">{}</p></div>',
        say(f"mock.{scale}"),
        value,
        say("mock.of", best=f"{BEST:g}"),
        between,
    )


@register.simple_tag
def scales(score: Score) -> SafeString:
    return say(
        "mock.scales",
        correctness=f"{score.correctness:.1f}",
        depth=f"{score.depth:.1f}",
        structure=f"{score.structure:.1f}",
    )


@register.simple_tag
def calibration(report: Report) -> SafeString:
    """Whether the estimate was above what the rubric found, below it, or close."""
    over = report.calibration
    if over is None:
        return SafeString("")
    if abs(over) <= CLOSE:
        return say("mock.close")
    return say("mock.over" if over > 0 else "mock.under", by=f"{abs(over):.1f}")


@register.simple_tag
def trend_words(means: Sequence[float]) -> SafeString:
    """The mean correctness of the interviews up to this one, oldest first."""
    return say("mock.trend", n=len(means), means=" → ".join(f"{mean:.1f}" for mean in means))
