"""What only the page of disputed claims draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from demos.figures import thumb
from quizbank.wording import language, say

register = template.Library()


@register.simple_tag
def small_figure(drawn: Mapping[str, Any]) -> SafeString:
    """A run's figure at the size of a plate."""
    return mark_safe(thumb.thumb(drawn, language()))  # noqa: S308 - escaped where it is made


@register.simple_tag
def kind_of(kind: str) -> SafeString:
    return say(f"disputed.is_{kind}")
