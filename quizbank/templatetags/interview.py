"""Shares of a list as the pages of an interview say them."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from quizbank.queries.interviews import Estimate
from quizbank.views.drawing import percent
from quizbank.wording import say

register = template.Library()


@register.simple_tag
def share(part: float, of: int) -> SafeString:
    """That many of so many, in per cent."""
    return say("interview.percent", n=percent(part / of if of else None))


@register.simple_tag
def ends(estimate: Estimate) -> str:
    """The two ends of its interval, in per cent."""
    _, low, high = estimate.shares
    return f"{percent(low)}, {percent(high)}"
