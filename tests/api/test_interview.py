"""An interview is set, read and put behind from a program."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.calls import Api, errors
from tests.quizbank.study_cast import make_question, make_questions


def in_days(days: int) -> str:
    return (timezone.now().date() + timedelta(days=days)).isoformat()


def test_an_interview_from_beginning_to_end(as_alice: Api, as_mallory: Api) -> None:
    make_questions(3)
    make_question("optimisers/adam", 9)
    assert as_alice.call("GET", "me/interview/").status_code == 404
    asked = {"day": in_days(30), "title": "vision", "topics": ["optimisers"], "levels": ["core"]}
    told = as_alice.call("PUT", "me/interview/", asked).json()
    assert told == as_alice.read("me/interview/")
    assert {name: told[name] for name in asked} == asked
    standing = told["standing"]
    assert (standing["asked"], standing["studied"]) == (1, 0)
    assert standing["now"]["mean"] == 0
    assert standing["paces"][0]["on_the_day"]["mean"] > 0.7
    assert len(standing["days"]) >= 29

    found = as_alice.read("cards/next/?topic=~interview")["item"]
    assert found["question"]["path"] == "optimisers/adam"
    assert as_mallory.call("GET", "me/interview/").status_code == 404
    assert as_mallory.read("cards/next/?topic=~interview")["item"] is None

    assert as_alice.call("DELETE", "me/interview/").status_code == 204
    assert as_alice.call("DELETE", "me/interview/").status_code == 204
    assert as_alice.call("GET", "me/interview/").status_code == 404


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("day", {"day": "2026-13-01"}),
        ("day", {"day": 20261212}),
        ("day", {"day": "2020-01-01"}),
        ("topics", {"topics": ["nowhere"]}),
        ("levels", {"levels": [3]}),
        ("questions", {"questions": ["a/b"]}),
        ("retention", {"retention": 0.99}),
        ("colour", {"colour": "red"}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    as_alice: Api, field: str, wrong: dict[str, object]
) -> None:
    make_questions(1)
    refused = as_alice.call("PUT", "me/interview/", {"day": in_days(9)} | wrong)
    assert (refused.status_code, list(errors(refused))) == (400, [field])
    assert as_alice.call("GET", "me/interview/").status_code == 404
