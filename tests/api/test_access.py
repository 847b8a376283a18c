"""Who may do what, over every address of the URL map: nothing is left out by forgetting it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api import throttles
from api.urls import urlpatterns
from demos.models import Demo, Run
from demos.services import request_run
from quizbank.models import ApiToken, Card, MockInterview, QuizSession, ReviewEvent
from quizbank.services.interviews import set_interview
from quizbank.services.mock import start as start_mock
from quizbank.services.people import SCOPES
from quizbank.services.quiz import start_session
from tests.api.calls import Api
from tests.quizbank.study_cast import grade, make_item, make_question

NO_PARTS = {"structure": 0, "trade_off": 0, "example": 0}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NAMED = [p for p in urlpatterns if p.name != "nowhere"]
PATHS = {str(p.name): str(p.pattern) for p in NAMED}
# Statuses for nobody, for a stranger and for the owner; what is not here is 405 for all.
WHO = ("anyone", "stranger", "owner")
PUBLIC = (200, 200, 200)
EXPECTED: dict[tuple[str, str], tuple[int, int, int]] = {
    **dict.fromkeys(
        [
            (name, "GET")
            for name in (
                *("questions", "question", "topics", "disputes"),
                *("demos", "demo", "schema", "run"),
            )
        ],
        PUBLIC,
    ),
    ("run_events", "GET"): PUBLIC,
    ("runs", "POST"): (401, 202, 202),
    ("run_cancel", "POST"): (401, 404, 200),
    ("cards", "GET"): (401, 200, 200),
    ("cards_next", "GET"): (401, 200, 200),
    ("card", "GET"): (401, 404, 200),
    ("reviews", "GET"): (401, 200, 200),
    ("reviews", "POST"): (401, 404, 201),
    ("quizzes", "POST"): (401, 201, 201),
    ("quiz", "GET"): (401, 404, 200),
    ("quiz_answers", "POST"): (401, 404, 200),
    ("quiz_result", "GET"): (401, 404, 200),
    ("mocks", "GET"): (401, 200, 200),
    ("mocks", "POST"): (401, 201, 201),
    ("mock", "GET"): (401, 404, 200),
    ("mock", "PATCH"): (401, 404, 200),
    ("mock_answers", "POST"): (401, 404, 200),
    # The owner's is still being answered: neither estimate nor marks have their time yet.
    ("mock_estimate", "POST"): (401, 404, 409),
    ("mock_marks", "POST"): (401, 404, 409),
    ("mock_report", "GET"): (401, 404, 200),
    ("me", "GET"): (401, 200, 200),
    ("me", "PATCH"): (401, 200, 200),
    ("interview", "GET"): (401, 404, 200),
    ("interview", "PUT"): (401, 200, 200),
    ("interview", "DELETE"): (401, 204, 204),
    ("statistics", "GET"): (401, 200, 200),
    ("own_package", "GET"): (401, 200, 200),
    ("own_cards", "GET"): (401, 200, 200),
    ("own_log", "GET"): (401, 200, 200),
    # No file was named.
    ("own_imports", "POST"): (401, 400, 400),
    ("tokens", "GET"): (401, 200, 200),
    ("tokens", "POST"): (401, 201, 201),
    ("token", "DELETE"): (401, 404, 204),
}
# Which scope opens what to a key; None: no key does.
SCOPE: dict[tuple[str, str], str | None] = {
    ("runs", "POST"): "run",
    ("run_cancel", "POST"): "run",
    **{(name, "GET"): "read" for name in ("cards", "cards_next", "card", "reviews", "me")},
    ("reviews", "POST"): "study",
    ("quizzes", "POST"): "study",
    ("quiz_answers", "POST"): "study",
    **{(name, "GET"): "read" for name in ("quiz", "quiz_result")},
    **{(name, "GET"): "read" for name in ("mocks", "mock", "mock_report", "statistics")},
    **{(name, "GET"): "read" for name in ("own_package", "own_cards", "own_log")},
    ("own_imports", "POST"): "study",
    **{
        (name, "POST"): "study" for name in ("mocks", "mock_answers", "mock_estimate", "mock_marks")
    },
    ("mock", "PATCH"): "study",
    ("interview", "GET"): "read",
    **{("interview", method): "study" for method in ("PUT", "DELETE")},
    ("me", "PATCH"): "study",
    **{key: None for key in EXPECTED if key[0] in ("tokens", "token")},
}


NEXT_WEEK = timezone.now().date() + timedelta(days=7)


@dataclass
class Owned:
    """What Alice owns, and the body that would touch it."""

    run: Run
    card: Card
    token: ApiToken
    quiz: QuizSession
    mock: MockInterview

    def path(self, name: str) -> str:
        values = {
            "topic": "initialisation",
            "slug": "zero_init_symmetry" if name == "demo" else "zero_weights",
            "run_id": self.run.pk,
            "card_id": self.card.pk,
            "token_id": self.token.pk,
            "quiz_id": self.quiz.pk,
            "mock_id": self.mock.pk,
        }
        return "/api/" + re.sub(r"<\w+:(\w+)>", lambda m: str(values[m[1]]), PATHS[name])

    def body(self, name: str, method: str) -> Any:
        if method == "GET":
            return None
        return {
            "runs": {"demo": "zero_init_symmetry", "fresh": True},
            "reviews": {
                "client_uuid": str(uuid.uuid4()),
                "card": str(self.card.pk),
                "rating": 3,
            },
            "quiz_answers": {
                "client_uuid": str(uuid.uuid4()),
                "position": 1,
                "answer": "12",
                "confidence": "mid",
            },
            "mock": {"deed": "pause"},
            "mock_answers": {"client_uuid": str(uuid.uuid4()), "position": 1},
            "mock_estimate": {"value": 2},
            "mock_marks": {"position": 1, "points": [], "trap": False, **NO_PARTS},
            "me": {"new_per_day": 5},
            "interview": {"day": NEXT_WEEK.isoformat()},
            "tokens": {"name": "x", "scopes": ["read"]},
        }.get(name, {})


@pytest.fixture
def owned(demo: Demo, alice: Any, now: Any, key_of: Callable[..., str]) -> Owned:
    question = make_question("initialisation/zero_weights")
    card = grade(alice, question, 3, timezone.now()).card
    key_of(alice, "read")
    run = request_run(demo=demo, owner=alice, given={}, now=timezone.now()).run
    set_interview(user=alice, day=NEXT_WEEK, now=timezone.now())
    make_item(question)
    quiz = start_session(user=alice, n=1, now=timezone.now())
    mock = start_mock(user=alice, minutes=20, now=timezone.now())
    return Owned(run, card, ApiToken.objects.get(), quiz, mock)


def call(api: Api, owned: Owned, name: str, method: str) -> int:
    if name == "schema":
        return int(api.client.generic(method, owned.path(name)).status_code)
    response = api.call(method, owned.path(name), owned.body(name, method))
    if response.streaming:
        # Not `response.close()`, which would end the test's transaction.
        for close in response._resource_closers:
            close()
    return int(response.status_code)


def test_no_address_is_forgotten() -> None:
    assert {name for name, _ in EXPECTED} == PATHS.keys()
    assert SCOPE.keys() == {key for key, statuses in EXPECTED.items() if statuses[0] == 401}


def calling(who: str, alice: Any, mallory: Any) -> Api:
    api = Api(Client())
    if who != "anyone":
        person = alice if who == "owner" else mallory
        api.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return api


def untouched(owned: Owned, alice: Any, reviews: int) -> None:
    owned.run.refresh_from_db()
    assert owned.run.state == "queued"
    assert ReviewEvent.objects.filter(user=alice).count() == reviews
    assert ApiToken.objects.filter(user=alice, revoked_at=None).count() == 1


@pytest.mark.parametrize(("name", "method"), EXPECTED)
@pytest.mark.parametrize("who", WHO)
def test_who_may_do_what(
    owned: Owned, alice: Any, mallory: Any, name: str, method: str, who: str
) -> None:
    before = ReviewEvent.objects.filter(user=alice).count()
    status = call(calling(who, alice, mallory), owned, name, method)
    assert status == EXPECTED[name, method][WHO.index(who)]
    if who != "owner":
        untouched(owned, alice, before)


@pytest.mark.parametrize("who", WHO)
def test_no_address_knows_another_method(owned: Owned, alice: Any, mallory: Any, who: str) -> None:
    """All in one test: a refused method changes nothing that the next one could notice."""
    api, before = calling(who, alice, mallory), ReviewEvent.objects.filter(user=alice).count()
    others = [(n, m) for n in PATHS for m in METHODS if (n, m) not in EXPECTED]
    for name, method in others:
        throttles.local_counter.clear()
        assert call(api, owned, name, method) == 405, (name, method)
    untouched(owned, alice, before)


@pytest.mark.parametrize(("name", "method"), SCOPE)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_does_what_its_scope_says(
    owned: Owned, alice: Any, key_of: Callable[..., str], name: str, method: str, scope: str
) -> None:
    status = call(Api(key=key_of(alice, scope)), owned, name, method)
    allowed = SCOPE[name, method] == scope
    assert status == (EXPECTED[name, method][2] if allowed else 403)


def test_a_stranger_learns_nothing_from_a_refusal(owned: Owned, as_mallory: Api) -> None:
    """The answer to what is another's is that to what does not exist."""
    for there, nowhere in [
        (f"cards/{owned.card.pk}/", f"cards/{uuid.uuid4()}/"),
        (f"runs/{owned.run.pk}/cancel/", f"runs/{uuid.uuid4()}/cancel/"),
        (f"me/tokens/{owned.token.pk}/", "me/tokens/999999/"),
    ]:
        method = "POST" if "cancel" in there else "DELETE" if "tokens" in there else "GET"
        answers = [as_mallory.call(method, path).json() for path in (there, nowhere)]
        assert {**answers[0], "instance": ""} == {**answers[1], "instance": ""}
