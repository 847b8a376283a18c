"""Words, dates and addresses in templates."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from demos.figures import numbers
from quizbank import wording
from quizbank.wording import calendar

register = template.Library()
SHORT = re.compile(r"(?<![^\W_])(\w{1,3}) ([=−]) (?=[\w.]{1,5}(?!\w))")  # 1 − p, p = 0.5
BOUND = "\\1\u00a0\\2\u00a0"
SEPARATOR = {"zh": '<i class="sep"></i>', "en": " · "}


@register.simple_tag
def say(key: str, **given: Any) -> SafeString:
    return wording.say(key, **given)


@register.simple_tag
def sep() -> SafeString:
    """The dot between facts: full width in Chinese faces, so there it is drawn."""
    return mark_safe(SEPARATOR[wording.language()])  # noqa: S308 - a constant


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: nothing after a Chinese full stop."""
    return "" if wording.language() == "zh" else " "


@register.filter
def localised(text: Mapping[str, str] | None) -> SafeString:
    """A text of a manifest or a finding in the page's language, its powers raised."""
    if not text:
        return SafeString("")
    said = SHORT.sub(BOUND, text[wording.language()])
    return mark_safe(numbers.html(said))  # noqa: S308 - escaped by html()


@register.filter
def long_date(day: date) -> str:
    return calendar.long_date(day)


@register.filter
def dated(day: date) -> str:
    return calendar.dated(day)


@register.filter
def short_date(day: date) -> str:
    return calendar.short_date(day)


@register.filter
def wait(duration: timedelta) -> str:
    return calendar.wait(duration)


@register.filter
def lookup(table: Mapping[Any, Any], key: Any) -> Any:
    return table.get(key)


@register.simple_tag
def key(*names: str) -> SafeString:
    """Keys of the keyboard, each in its cap."""
    caps = [format_html("<kbd>{}</kbd>", name) for name in names]
    return mark_safe(" ".join(conditional_escape(cap) for cap in caps))  # noqa: S308


@register.simple_tag
def fresh_uuid() -> str:
    """A number for one action, so that sending it twice does it once."""
    return str(uuid.uuid4())


@register.simple_tag
def translated_url(name: str, tag: str) -> str:
    """An address in the language of that tag."""
    with override("zh-hans" if tag.startswith("zh") else "en"):
        return reverse(name)


@register.simple_tag
def say_raw(key: str) -> str:
    """The sentence with its placeholders, for a script that fills them in."""
    return wording.raw(key)


@register.simple_tag
def places(lines: list[str]) -> SafeString:
    """Where a statement stands in the notes: "d0:26-27" is d0 · L26–27."""
    by_document: dict[str, list[str]] = {}
    for place in lines:
        document, _, span = place.partition(":")
        by_document.setdefault(document, []).append("L" + span.replace("-", "–"))
    named = [
        format_html("{}{}{}", document, sep(), ", ".join(spans))
        for document, spans in by_document.items()
    ]
    comma = "，" if wording.language() == "zh" else ", "
    return mark_safe(comma.join(named))  # noqa: S308 - every piece is escaped


@register.simple_tag
def place(line: str) -> SafeString:
    return places([line])
