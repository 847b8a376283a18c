"""A question made from one's own file is studied over the API like one of the bank."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from quizbank.models import Card, Question, User
from tests.api.calls import Api

FILE = b"front,back\nWhat is a cat?,an animal\n"


def event(**more: Any) -> dict[str, Any]:
    return {"client_uuid": str(uuid.uuid4()), **more}


@pytest.fixture
def own(as_alice: Api, alice: User) -> Question:
    media = "application/octet-stream"
    assert as_alice.call("POST", "me/imports/?name=a.csv", FILE, media).status_code == 200
    return Question.everyone.get(owner=alice)


def test_what_is_handed_out_can_be_read_and_graded(as_alice: Api, own: Question) -> None:
    asked = as_alice.read("cards/next/")["item"]["question"]
    assert asked["path"] == own.path
    told = as_alice.read(asked["url"])
    assert told["title"]["en"] == "What is a cat?"
    assert "an animal" in told["full"]["markdown"]["en"]
    (listed,) = as_alice.read("cards/?state=new")["results"]
    assert listed == {"question": asked, "card": None}
    graded = as_alice.post("reviews/", event(question=asked["path"], rating=3))
    assert (graded.status_code, graded.json()["question"]) == (201, own.path)
    assert as_alice.read("cards/?state=new")["results"] == []


def test_a_list_takes_reviews_and_acts_of_it(as_alice: Api, own: Question) -> None:
    some = [
        event(kind="bury", days=1, question=own.path),
        event(kind="suspend", question=own.path),
        event(rating=3, question=own.path),
    ]
    told = as_alice.post("reviews/", some).json()["results"]
    assert [one["status"] for one in told] == [201, 201, 201]
    assert Card.objects.get(question=own).reps == 1
    assert as_alice.post("reviews/", event(kind="reset", question=own.path)).status_code == 201


def test_it_is_kept_by_no_shared_cache(as_alice: Api, own: Question) -> None:
    """And does not bear the date of the bank, with which it does not change."""
    answer = as_alice.get(f"questions/{own.path}/")
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Last-Modified" not in answer
    again = {"If-None-Match": answer["ETag"]}
    address = f"/api/v1/questions/{own.path}/"
    assert as_alice.client.get(address, headers=again).status_code == 304
    assert Client().get(address, headers=again).status_code == 404


def test_somebody_elses_is_nowhere(
    as_mallory: Api, anyone: Api, own: Question, mallory: User
) -> None:
    for api in (as_mallory, anyone):
        answer = api.get(f"questions/{own.path}/")
        assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
    sent = [event(rating=3, question=own.path), event(kind="suspend", question=own.path)]
    assert [as_mallory.post("reviews/", one).status_code for one in sent] == [404, 404]
    told = as_mallory.post("reviews/", sent).json()["results"]
    assert [one["status"] for one in told] == [404, 404]
    assert as_mallory.read("cards/?state=new")["results"] == []
    assert not Card.objects.filter(user=mallory).exists()


def test_a_key_reads_it_only_with_the_scope_for_that(
    own: Question, alice: User, key_of: Callable[..., str]
) -> None:
    reads, studies = (Api(key=key_of(alice, scope)) for scope in ("read", "study"))
    assert reads.get(f"questions/{own.path}/").status_code == 200
    assert studies.get(f"questions/{own.path}/").status_code == 404
