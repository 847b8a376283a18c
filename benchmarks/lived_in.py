"""Somebody who has studied the bank for weeks, with all that people do beside answering."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 1, 5, 1, tzinfo=UTC)  # a Monday morning in Shanghai
ZONE = "Asia/Shanghai"


def lived_in(days: int, seed: int) -> Any:
    """Somebody who studied four questions of five for that long, with all that people do."""
    from quizbank.models import Card, Question, StudyProfile, User
    from quizbank.services import acts
    from quizbank.services.study import record_review, undo

    draw = random.Random(seed)
    user = User.objects.create_user("lived-in")
    User.objects.filter(pk=user.pk).update(date_joined=START - timedelta(days=1))
    user.refresh_from_db()
    StudyProfile.objects.update_or_create(user=user, defaults={"zone": ZONE})
    questions = [q for q in Question.objects.order_by("pk") if draw.random() < 0.8]
    by_id = {question.pk: question for question in questions}
    unseen = list(questions)
    for now in _evenings(days):
        at = now
        due = Card.objects.filter(user=user, suspended=False, due__lte=now, reps__gt=0)
        asked = [by_id[pk] for pk in due.values_list("question", flat=True)]
        asked += [unseen.pop() for _ in range(min(3, len(unseen)))]
        for question in asked:
            for _ in range(draw.choice((1, 1, 1, 2))):
                at += timedelta(milliseconds=draw.randint(5_000, 90_000))
                rating = draw.choices((1, 2, 3, 4), (2, 1, 6, 2))[0]
                record_review(
                    user=user,
                    question=question,
                    rating=rating,
                    client_uuid=uuid.uuid4(),
                    now=at,
                    duration_ms=draw.randint(2_000, 60_000),
                    cram=draw.random() < 0.03,
                )
            about = {"user": user, "question": question, "client_uuid": uuid.uuid4(), "now": at}
            match draw.randint(1, 60):
                case 1:
                    acts.suspend(**about)
                case 2:
                    acts.reset(**about)
                case 3:
                    acts.set_due(**about, days=draw.randint(0, 9))
                case 4:
                    acts.reschedule(**about, days=draw.randint(1, 9))
                case 5:
                    acts.bury(**about)
                case 6:
                    undo(user=user, client_uuid=uuid.uuid4(), now=at)
    return user, at


def _evenings(days: int) -> Iterator[datetime]:
    for day in range(days):
        yield START + timedelta(days=day)
