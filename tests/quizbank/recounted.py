"""Somebody's two months of study, and the log they leave counted by plain SQL alone."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

from django.db import connection

from quizbank.models import ReviewEvent, User
from quizbank.services.acts import reset
from quizbank.services.study import undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade

DAY = timedelta(days=1)
# The undos from the newest on: one that a newer one holds against takes nothing back.
STANDING = """
    WITH RECURSIVE undos AS (
        SELECT id, undoes_id, ROW_NUMBER() OVER (ORDER BY id DESC) AS place
        FROM quizbank_reviewevent WHERE user_id = %s AND kind = 'undo'
    ), walked AS (
        SELECT CAST(0 AS BIGINT) AS place, CAST(',' AS TEXT) AS undone
        UNION ALL
        SELECT undos.place, CASE
            WHEN walked.undone LIKE '%%,' || undos.id || ',%%' THEN walked.undone
            ELSE walked.undone || undos.undoes_id || ',' END
        FROM walked JOIN undos ON undos.place = walked.place + 1
    ), standing AS (
        SELECT * FROM quizbank_reviewevent
        WHERE user_id = %s AND kind <> 'undo' AND
            (SELECT undone FROM walked ORDER BY place DESC LIMIT 1) NOT LIKE '%%,' || id || ',%%'
    )
"""
RETENTION = """
    , chained AS (
        SELECT *, SUM(CASE WHEN kind = 'reset' THEN 1 ELSE 0 END) OVER (
            PARTITION BY card_id ORDER BY reviewed_at, received_at, id) AS chain
        FROM standing
    ), reviews AS (
        SELECT *, MAX(study_day) OVER (
            PARTITION BY card_id, chain ORDER BY reviewed_at, received_at, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM chained WHERE kind = 'review'
    )
    SELECT COUNT(*), SUM(CASE WHEN rating > 1 THEN 1 ELSE 0 END)
    FROM reviews WHERE before IS NOT NULL AND study_day > before
"""


def live(user: User, questions, seed: int, days: int = 60) -> None:
    """Somebody studies, crams, forgets, delivers late, takes back, redoes and resets."""
    User.objects.filter(pk=user.pk).update(date_joined=MONDAY - 400 * DAY)
    user.refresh_from_db()
    draw = random.Random(seed)
    for day in range(days):
        now = MONDAY - (days - day) * DAY
        for question in draw.sample(questions, draw.randint(0, 3)):
            rating = draw.choice([1, 3, 3, 3, 4])
            more = {"confidence": draw.choice(["", "low", "high"]), "cram": draw.random() < 0.15}
            if draw.random() < 0.15:
                more["reviewed_at"] = now - draw.uniform(0.2, 9) * DAY
            grade(user, question, rating, now, duration_ms=30_000, **more)
            now += timedelta(minutes=7)
        if draw.random() < 0.2:
            undo(user=user, client_uuid=uuid.uuid4(), now=now)
        if draw.random() < 0.1:
            undone = ReviewEvent.objects.filter(user=user, kind="undo").order_by("id")
            event = draw.choice([*undone, None])
            undo(user=user, client_uuid=uuid.uuid4(), now=now, event=event)
        if draw.random() < 0.05:
            asked = {"question": draw.choice(questions), "client_uuid": uuid.uuid4(), "now": now}
            reset(user=user, **asked)


def standing(user: User) -> list[int]:
    """The ids of what was not taken back."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING + "SELECT id FROM standing", [user.pk, user.pk])
        return [pk for (pk,) in cursor.fetchall()]


def recount(user: User) -> tuple[int, int]:
    """Tests of memory and how many were recalled."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING + RETENTION, [user.pk, user.pk])
        n, recalled = cursor.fetchone()
    return n, recalled or 0
