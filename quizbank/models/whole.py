"""A card with its question and topic, or a question with its topic, in one statement."""

from __future__ import annotations

from functools import cache

from django.db.models import Model

from quizbank.models.bank import Question, Topic
from quizbank.models.rows import columns_of, read, select
from quizbank.models.statements import Part, composed
from quizbank.models.study import Card

_CARD = """
SELECT {columns} FROM quizbank_card card
JOIN quizbank_question question ON question.id = card.question_id
JOIN quizbank_topic topic ON topic.id = question.topic_id
WHERE card.id = ({key})
"""
_QUESTION = """
SELECT {columns} FROM quizbank_question question
JOIN quizbank_topic topic ON topic.id = question.topic_id
WHERE question.id = ({key})
"""


def whole_card(key: Part) -> Card | None:
    """The card with that key, which is a value or a query for one; None without it."""
    rows = select(*composed(_CARD, columns=_columns(Card, Question, Topic), key=key))
    if not rows:
        return None
    width = len(Card._meta.concrete_fields)
    card = read(Card, rows[0][:width])
    card.question = _question_of(rows[0][width:])
    return card


def whole_question(key: Part) -> Question | None:
    """The question with that key, in the same way."""
    rows = select(*composed(_QUESTION, columns=_columns(Question, Topic), key=key))
    return _question_of(rows[0]) if rows else None


def _question_of(values: tuple[object, ...]) -> Question:
    width = len(Question._meta.concrete_fields)
    question = read(Question, values[:width])
    question.topic = read(Topic, values[width:])
    return question


@cache
def _columns(*models: type[Model]) -> Part:
    return Part(", ".join(columns_of(model, model.__name__.lower()) for model in models))
