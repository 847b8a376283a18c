"""The language of an answer."""

from __future__ import annotations

from django.utils.translation import get_language

from demos.kit.declare import Text

LANGUAGES = ("zh", "en")


def active() -> str:
    """ "zh" or "en", as the request asked for it."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def spoken(text: Text) -> str:
    return text.zh if active() == "zh" else text.en
