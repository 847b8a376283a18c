"""A thousand reviews done offline, delivered at once and one by one, over HTTP.

    python -m benchmarks.offline_batch --pairs 5

Both go through Django's test client with a key, each pair for learners of their own: one batch of
1,000, and 1,000 single requests. Each learner answers 250 questions four times, in order.
Goal: the batch at least five times as fast.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from benchmarks.answer_card import make_questions, prepare
from benchmarks.pairs import arguments, machine, ratios, report

QUESTIONS, REVIEWS = 250, 1_000
GOAL = 5.0


def reviews(paths: list[str], now: datetime) -> list[dict[str, Any]]:
    begun = now - timedelta(days=80)
    return [
        {
            "client_uuid": str(uuid.uuid4()),
            "question": paths[number % QUESTIONS],
            "rating": 3,
            "reviewed_at": (begun + timedelta(hours=1.9 * number)).isoformat(),
            "duration_ms": 8_000,
        }
        for number in range(REVIEWS)
    ]


def poster(now: datetime) -> Callable[[Any], Any]:
    """Posts as a learner who has done nothing yet."""
    from django.test import Client

    from quizbank.models import User
    from quizbank.services.tokens import issue_token

    user = User.objects.create_user(uuid.uuid4().hex, date_joined=now - timedelta(days=100))
    key = issue_token(user=user, name="device", scopes=["study"], now=now)
    client = Client(headers={"Host": "127.0.0.1"})

    def post(body: Any) -> Any:
        answer = client.post(
            "/api/v1/reviews/",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    return post


def main() -> None:
    given = arguments(__doc__)
    prepare()
    from django.utils import timezone

    from api import throttles
    from quizbank.services import fits

    logging.disable(logging.WARNING)
    throttles.USER = 10**9  # a person may post 600 a minute
    fits.wish_fit = lambda user: True  # there is no worker to ring
    now = timezone.now()
    paths = [question.path for question in make_questions(QUESTIONS, now)]

    def one_by_one() -> None:
        post = poster(now)
        for review in reviews(paths, now):
            post(review)

    def at_once() -> None:
        told = poster(now)(reviews(paths, now))
        assert {item["status"] for item in told["results"]} == {201}

    found = ratios(one_by_one, at_once, given.pairs)
    report(
        {
            "what": f"{REVIEWS} reviews one by one, against one batch of them",
            **found,
            "goal": f"at least {GOAL}",
            "pass": found["interval"][0] >= GOAL,
            "machine": machine(),
        },
        given.json,
    )


if __name__ == "__main__":
    main()
