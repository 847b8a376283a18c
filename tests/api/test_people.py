from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.utils import timezone

from quizbank.models import ApiToken, StudyProfile
from quizbank.services.people import start_guest
from tests.api.calls import Api, errors
from tests.quizbank.study_cast import make_questions

KeyOf = Callable[..., str]


def test_one_reads_ones_own_profile(as_alice: Api) -> None:
    told = as_alice.read("me/")
    assert told["username"] == "alice"
    assert told["profile"]["zone"] == "UTC"
    assert told["counts"]["by_day"] == [0] * 7


def test_one_changes_how_one_studies(as_alice: Api, as_mallory: Api) -> None:
    changed = as_alice.call(
        "PATCH",
        "me/",
        {
            "zone": "Asia/Shanghai",
            "rollover_hour": 3,
            "desired_retention": 0.85,
            "new_per_day": 0,
            "maximum_interval": 365,
            "language": "zh-hans",
        },
    ).json()
    assert changed == as_alice.read("me/")
    assert (changed["profile"]["zone"], changed["language"]) == ("Asia/Shanghai", "zh-hans")
    assert as_mallory.read("me/")["profile"]["zone"] == "UTC"


SCHEDULING: dict[str, Any] = {
    "minutes_per_day": 25,
    "learning_steps": [30, 900, 3_600],
    "relearning_steps": [],
    "fuzz": False,
    "load_balancing": False,
    "easy_days": [1, 1, 0.5, 1, 1, 0, 0],
    "leech_threshold": 0,
    "leech_suspends": True,
}


def test_every_setting_of_the_schedule_can_be_changed_and_is_told(as_alice: Api) -> None:
    before = as_alice.read("me/")["profile"]
    assert all(before[name] != value for name, value in SCHEDULING.items())
    as_alice.call("PATCH", "me/", SCHEDULING)
    after = as_alice.read("me/")["profile"]
    assert after == {**before, **SCHEDULING}


def test_new_settings_count_from_the_next_review(as_alice: Api) -> None:
    first, second = (question.path for question in make_questions(2))

    def graded(path: str) -> dict[str, Any]:
        body = {"client_uuid": str(uuid.uuid4()), "question": path, "rating": 3}
        told: dict[str, Any] = as_alice.post("reviews/", body).json()["after"]
        return told

    steps = graded(first)
    assert (steps["state"], steps["step"]) == ("learning", 1)
    as_alice.call("PATCH", "me/", {"learning_steps": [], "maximum_interval": 1})
    card = as_alice.read("cards/?state=all")["results"][0]["card"]
    assert (card["state"], card["due"]) == ("learning", steps["due"])
    straight = graded(second)
    assert (straight["state"], straight["interval_days"]) == ("review", 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes_per_day", 1_441),
        ("minutes_per_day", True),
        ("learning_steps", [0]),
        ("learning_steps", [86_400]),
        ("learning_steps", [1.5]),
        ("learning_steps", ["60"]),
        ("learning_steps", [60] * 11),
        ("relearning_steps", 600),
        ("relearning_steps", None),
        ("fuzz", "yes"),
        ("load_balancing", 1),
        ("easy_days", [1] * 6),
        ("easy_days", [0] * 7),
        ("easy_days", [0.5] * 7),
        ("easy_days", [1, 1, 1, 1, 1, 1, 1.5]),
        ("easy_days", [1, 1, 1, 1, 1, 1, -0.5]),
        ("leech_threshold", 100),
        ("leech_suspends", 0),
        ("desired_retention", 0.69),
        ("desired_retention", 0.98),
        ("maximum_interval", 36_501),
        ("zone", "Mars/Olympus"),
        ("zone", ""),
        ("rollover_hour", 24),
        ("rollover_hour", "4"),
        ("desired_retention", 1),
        ("desired_retention", "0.9"),
        ("new_per_day", -1),
        ("maximum_interval", 0),
        ("language", "fr"),
        ("username", "root"),
        ("is_staff", True),
    ],
)
def test_a_setting_that_cannot_be_changes_nothing(as_alice: Api, field: str, value: Any) -> None:
    before = as_alice.read("me/")
    response = as_alice.call("PATCH", "me/", {"new_per_day": 3, field: value})
    assert response.status_code == 400
    assert errors(response).keys() == {field}
    assert as_alice.read("me/") == before


def test_a_key_opens_what_its_scopes_say(alice: Any, anyone: Api) -> None:
    session = Api(Client())
    session.client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    made = session.post("me/tokens/", {"name": "laptop", "scopes": ["read", "study"]})
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    program = Api(key=made.json()["token"])
    assert program.read("me/")["username"] == "alice"
    assert program.call("PATCH", "me/", {"new_per_day": 3}).status_code == 200
    refused = program.post("runs/", {"demo": "zero_init_symmetry"})
    assert refused.status_code == 403
    assert "run" in refused.json()["detail"]
    (listed,) = session.read("me/tokens/")["results"]
    assert (listed["name"], listed["scopes"]) == ("laptop", ["read", "study"])
    assert session.call("DELETE", f"me/tokens/{listed['id']}/").status_code == 204
    assert program.get("me/").status_code == 401


def test_the_key_itself_is_not_kept(as_alice: Api) -> None:
    plain = as_alice.post("me/tokens/", {"name": "laptop", "scopes": ["read"]}).json()["token"]
    assert plain.startswith("pd_")
    assert plain not in str(ApiToken.objects.values())
    assert plain.encode() not in as_alice.get("me/tokens/").content


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_key_makes_no_keys(alice: Any, key_of: KeyOf, method: str) -> None:
    program = Api(key=key_of(alice, "read", "study", "run"))
    asked = {"name": "more", "scopes": ["read"]} if method == "POST" else None
    assert program.call(method, "me/tokens/", asked).status_code == 403
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "   ", "scopes": ["read"]}, "name"),
        ({"name": "x" * 101, "scopes": ["read"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["root"]}, "scopes"),
        ({"name": "x", "scopes": "read"}, "scopes"),
        ({"name": "x", "scopes": ["read"], "user": 1}, "user"),
    ],
)
def test_a_key_that_cannot_be_is_refused(as_alice: Api, asked: Any, field: str) -> None:
    assert field in errors(as_alice.post("me/tokens/", asked))
    assert not ApiToken.objects.exists()


def test_keys_are_few(as_alice: Api) -> None:
    statuses = [
        as_alice.post("me/tokens/", {"name": "x", "scopes": ["read"]}).status_code
        for _ in range(21)
    ]
    assert statuses == [201] * 20 + [409]


def test_a_key_of_someone_else_is_not_found(alice: Any, as_mallory: Api, key_of: KeyOf) -> None:
    program = Api(key=key_of(alice, "read"))
    token = ApiToken.objects.get()
    assert as_mallory.call("DELETE", f"me/tokens/{token.pk}/").status_code == 404
    assert as_mallory.call("DELETE", f"me/tokens/{10**30}/").status_code == 404
    assert program.get("me/").status_code == 200


def test_a_guest_studies_but_has_no_keys(db: None) -> None:
    guest = start_guest(now=timezone.now())
    api = Api()
    api.client.force_login(guest, backend="django.contrib.auth.backends.ModelBackend")
    told = api.read("me/")
    assert (told["is_guest"], told["username"]) == (True, None)
    assert api.post("me/tokens/", {"name": "x", "scopes": ["read"]}).status_code == 403


@pytest.mark.parametrize(
    "header", ["Bearer pd_wrong", "Bearer", "Bearer ", "bearer pd_\xff", "Bearer a b"]
)
def test_a_wrong_key_is_refused_even_where_none_is_needed(anyone: Api, header: str) -> None:
    for path in ("topics/", "me/"):
        response = anyone.get(path, Authorization=header)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == "Bearer"


def test_a_key_of_someone_inactive_opens_nothing(alice: Any, key_of: KeyOf) -> None:
    program = Api(key=key_of(alice, "read"))
    alice.is_active = False
    alice.save()
    assert program.get("me/").status_code == 401


def test_a_session_writes_only_with_its_csrf_token(alice: Any, key_of: KeyOf) -> None:
    strict = Api(Client(enforce_csrf_checks=True))
    strict.client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    refused = strict.call("PATCH", "me/", {"new_per_day": 1})
    assert refused.status_code == 403
    assert "X-CSRFToken" in refused.json()["detail"]
    token = _get_new_csrf_string()
    strict.client.cookies["csrf"] = token
    done = strict.call("PATCH", "me/", {"new_per_day": 1}, **{"X-CSRFToken": token})
    assert done.status_code == 200
    program = Api(Client(enforce_csrf_checks=True), key=key_of(alice, "study"))
    assert program.call("PATCH", "me/", {"new_per_day": 2}).status_code == 200
    assert StudyProfile.objects.get(user=alice).new_per_day == 2


def test_the_use_of_a_key_is_noted(alice: Any, key_of: KeyOf) -> None:
    Api(key=key_of(alice, "read")).read("me/")
    used = ApiToken.objects.get().last_used_at
    assert used is not None
    assert abs((datetime.now(UTC) - used).total_seconds()) < 60
