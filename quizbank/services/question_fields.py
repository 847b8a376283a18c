"""A question file as rows: what `services.bank` writes, and the hash that tells of a change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from quizbank.content import questions as content
from quizbank.content import words
from quizbank.content.quiz import Choice, Numeric, QuizItem
from quizbank.content.reading import Prose
from quizbank.content.rendering import plain
from quizbank.models import KeyPoint, Proof, Trap
from quizbank.models import QuizItem as QuizItemRow

Fields = dict[str, Any]


@dataclass(frozen=True)
class QuestionFields:
    """`children` in the order in which they stand; a trap still names its row by code."""

    own: Fields
    children: dict[type[models.Model], list[Fields]]
    follow_ups: tuple[str, ...]
    content_hash: str


def question_fields(question: content.Question) -> QuestionFields:
    own: Fields = {
        "slug": question.slug,
        "level": question.level,
        "title_zh": question.title.zh,
        "title_en": question.title.en,
        **_prose("prompt", question.prompt),
        **_prose("short", question.short),
        **_prose("full", question.full),
        "tags": list(question.tags),
        "aliases": list(question.aliases),
        "references": list(question.references),
        "search_text": _search_text(question),
    }
    children: dict[type[models.Model], list[Fields]] = {
        KeyPoint: [{"must": p.must, **_text(p.text)} for p in question.key_points],
        Proof: list(_proofs(question)),
        Trap: [_trap(trap) for trap in question.traps],
        QuizItemRow: [{"kind": item.kind, "data": quiz_data(item)} for item in question.quiz],
    }
    everything = [own, question.topic, list(question.follow_ups), *children.values()]
    canonical = json.dumps(everything, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return QuestionFields(own, children, question.follow_ups, digest)


def quiz_data(item: QuizItem) -> Fields:
    """The JSON of one quiz item, as `QuizItem.data` describes it."""
    if isinstance(item, Choice):
        options = [
            {
                **_pair("text", "html", option.text),
                "right": option.right,
                "why_html": option.why.html.json() if option.why else None,
            }
            for option in item.options
        ]
        return {**_pair("stem", "stem_html", item.stem), "options": options}
    if isinstance(item, Numeric):
        return {
            **_pair("stem", "stem_html", item.stem),
            "answer": item.answer,
            "tolerance": item.tolerance,
            "unit": item.unit,
            "why_html": item.why.html.json(),
        }
    stem = _pair("stem", "stem_html", item.stem) if item.stem else {"stem": None, "stem_html": None}
    return {"demo": item.demo, **stem}


def _pair(source: str, html: str, prose: Prose) -> Fields:
    return {source: prose.source.json(), html: prose.html.json()}


def _prose(name: str, prose: Prose) -> Fields:
    return {
        f"{name}_zh": prose.source.zh,
        f"{name}_en": prose.source.en,
        **_html(f"{name}_html", prose),
    }


def _html(name: str, prose: Prose) -> Fields:
    return {f"{name}_zh": prose.html.zh, f"{name}_en": prose.html.en}


def _text(prose: Prose) -> Fields:
    return {"text_zh": prose.source.zh, "text_en": prose.source.en, **_html("html", prose)}


def _trap(trap: content.Trap) -> Fields:
    return {
        "row": trap.row,
        "demo": trap.refuted_by.demo,
        "claim": trap.refuted_by.claim,
        **_text(trap.text),
        **_html("why_html", trap.why),
        **_html("say_html", trap.say),
    }


def _proofs(question: content.Question) -> Iterator[Fields]:
    for cited in question.proofs:
        yield {"demo": cited.demo, "claim": cited.claim, "why_html_zh": "", "why_html_en": ""}
    for related in question.related:
        yield {"demo": related.demo, "claim": "", **_html("why_html", related.why)}


def _search_text(question: content.Question) -> str:
    passages = [question.prompt, question.short, question.full]
    passages += [point.text for point in question.key_points]
    for trap in question.traps:
        passages += [trap.text, trap.why, trap.say]
    return words.column(
        title=(question.title.zh, question.title.en),
        aliases=question.aliases,
        tags=(*question.tags, question.topic),
        body=[plain(text) for p in passages for text in (p.source.zh, p.source.en)],
    )
