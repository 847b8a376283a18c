"""Every sentence the pages say, once in Chinese and once in English.

A key names its page first: `say("study.show_answer")`. Placeholders are filled as in
`str.format` and escaped, `{n:card|cards}` picks by number. What a key is missing shows as
⟦key⟧, which no page may contain.
"""

from __future__ import annotations

from string import Formatter
from typing import Any, Literal

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from demos.kit.declare import Text
from quizbank.wording import (
    acts,
    anki,
    disputes,
    documents,
    errors,
    exchange,
    home,
    interview,
    lab,
    mock,
    people,
    progress,
    proof,
    questions,
    quiz,
    settings,
    shell,
    study,
)

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
TAGS: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}

WORDS: dict[str, tuple[str, str]] = {}
for _part in (
    shell,
    home,
    interview,
    study,
    acts,
    anki,
    proof,
    questions,
    people,
    errors,
    lab,
    documents,
    quiz,
    mock,
    disputes,
    settings,
    progress,
    exchange,
):
    WORDS.update(_part.WORDS)


class _Phrase(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, _, many = format_spec.partition("|")
            return one if value == 1 else many
        return str(conditional_escape(value))


_PHRASE = _Phrase()


def language() -> Language:
    """The language of the page that is being made."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def say(key: str, *, into: Language | None = None, **given: Any) -> SafeString:
    """The sentence of that key as safe markup, in the page's language or the one named."""
    pair = WORDS.get(key)
    if pair is None:
        return mark_safe(f"⟦{conditional_escape(key)}⟧")  # noqa: S308 - the key is escaped
    sentence = pair[0] if (into or language()) == "zh" else pair[1]
    # Our own sentences, and what is filled in has been escaped.
    return mark_safe(_PHRASE.format(sentence, **given))  # noqa: S308


def spoken(text: Text) -> str:
    """A text that services say, in the page's language."""
    return text.zh if language() == "zh" else text.en


def raw(key: str) -> str:
    """The sentence of that key in the page's language, its placeholders unfilled."""
    pair = WORDS.get(key, (f"⟦{key}⟧", f"⟦{key}⟧"))
    return pair[0] if language() == "zh" else pair[1]
