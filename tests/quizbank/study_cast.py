"""Questions to study, and the short way to answer them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from quizbank.models import Card, Question, QuizItem, Topic, User
from quizbank.models.history import MEMORY_FIELDS, memory_of
from quizbank.scheduling import Memory
from quizbank.services.study import record_review
from tests.cast import MONDAY


def make_question(path: str = "initialisation/zero_weights", position: int = 0) -> Question:
    topic_slug, slug = path.split("/")
    topic, _ = Topic.objects.get_or_create(
        slug=topic_slug, defaults={"title_zh": "题", "title_en": "Topic", "position": 0}
    )
    return Question.objects.create(
        path=path,
        slug=slug,
        topic=topic,
        level="core",
        position=position,
        title_en=slug,
        title_zh=slug,
        created_at=MONDAY,
        updated_at=MONDAY,
    )


def make_questions(count: int) -> list[Question]:
    return [make_question(f"initialisation/q{index:02}", index) for index in range(count)]


def make_item(question: Question) -> QuizItem:
    """A quiz item of that question whose answer is 12."""
    text = {"zh": "几个？", "en": "How many?"}
    data = {"stem": text, "stem_html": text, "answer": 12.0, "tolerance": 0.5, "unit": ""}
    data["why_html"] = text
    return QuizItem.objects.create(question=question, position=1, kind="numeric", data=data)


def grade(user: User, question: Question, rating: int, now: datetime, **more: Any) -> Any:
    """A `Recorded`, whose fields a test reads without asking whether they are filled."""
    more.setdefault("client_uuid", uuid.uuid4())
    return record_review(user=user, question=question, rating=rating, now=now, **more)


def memory(user: User, question: Question) -> Memory:
    """What is cached of the card, or of one never reviewed."""
    card = Card.objects.filter(user=user, question=question).first()
    return memory_of(card) if card else Memory()


def cache(card: Card) -> dict[str, object]:
    card.refresh_from_db()
    return {name: getattr(card, name) for name in (*MEMORY_FIELDS, "last_event_id")}


def memories(user: User, *without: str) -> dict[str, tuple[object, ...]]:
    """What is remembered of each question, but for the fields named."""
    blank: dict[str, Any] = dict.fromkeys(without)
    cards = Card.objects.filter(user=user).select_related("question")
    return {card.question.path: tuple(memory_of(card)._replace(**blank)) for card in cards}
