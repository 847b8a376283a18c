"""Everything a person owns, as one JSON document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, QuerySet

from demos.models import RunRequest
from quizbank.models import (
    ApiToken,
    Card,
    ImportedDocument,
    Interview,
    KeyPoint,
    MockInterview,
    MockQuestion,
    ParameterSet,
    Passage,
    Question,
    QuizAnswer,
    QuizSession,
    ReviewEvent,
    StudyProfile,
    User,
)

FORMAT = 1
QUESTION = {"question": "question__path"}
SECRET = frozenset({"password", "digest"})


class Exact(DjangoJSONEncoder):
    """Moments to the microsecond: the file comes back bit for bit."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def everything(user: User, now: datetime) -> dict[str, Any]:
    """The person's rows, those of guests merged into them included, by what they are.

    Rows name each other by their ids and UUIDs, questions by their paths, events by their
    `client_uuid`. Hashes of passwords and keys are left out.
    """
    people = [user.pk, *User.objects.filter(merged_into=user).values_list("pk", flat=True)]
    mine, owned = {"user__in": people}, {"owner__in": people}
    # Empty for the person's own rows; those of a guest count less than theirs.
    guest_of = {"guest_of": "user__merged_into__public_id"}
    events = {"undoes": "undoes__client_uuid", "policy": "policy__values", **guest_of}
    return {
        "format": FORMAT,
        "written_at": now,
        "person": _rows(User.objects.filter(pk=user.pk), without=("id", "merged_into"))[0],
        "profile": _rows(
            StudyProfile.objects.filter(**mine), without=("id", "user"), named=guest_of
        ),
        "parameter_sets": _rows(ParameterSet.objects.filter(**mine), without=("user",)),
        "cards": _rows(
            Card.objects.filter(**mine),
            without=("user",),
            named={**QUESTION, "last_event": "last_event__client_uuid"},
        ),
        "events": _rows(
            ReviewEvent.objects.filter(**mine).order_by("id"),
            without=("id", "user"),
            named=events,
        ),
        "quizzes": _rows(QuizSession.objects.filter(**owned), without=("owner",)),
        "quiz_answers": _rows(
            QuizAnswer.objects.filter(quiz__owner__in=people), without=("id",), named=QUESTION
        ),
        "mock_interviews": _rows(MockInterview.objects.filter(**owned), without=("owner",)),
        "mock_questions": _rows(
            MockQuestion.objects.filter(mock__owner__in=people), named=QUESTION
        ),
        "interviews": [_interview(one) for one in Interview.objects.filter(**mine)],
        "documents": [
            row | {"original": bytes(row["original"]).hex()}
            for row in _rows(ImportedDocument.objects.filter(**owned), without=("owner",))
        ],
        "passages": _rows(Passage.objects.filter(document__owner__in=people), named=QUESTION),
        "questions": _rows(
            Question.everyone.filter(**owned),
            without=("owner", "search_text"),
            named={"topic": "topic__slug"},
        ),
        "key_points": _rows(
            KeyPoint.objects.filter(question__owner__in=people), without=("id",), named=QUESTION
        ),
        "keys": _rows(ApiToken.objects.filter(**mine), without=("id", "user")),
        "run_requests": _rows(
            RunRequest.objects.filter(**owned), without=("owner", "payload_hash")
        ),
    }


def _rows(
    rows: QuerySet[Any, Any],
    *,
    without: Collection[str] = (),
    named: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """All columns but those; `named` says what stands for a column instead."""
    model: type[Model] = rows.model
    instead = dict(named or {})
    hidden = SECRET.union(without)
    plain = [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in hidden and field.name not in instead
    ]
    shown = {f"of_{name}": F(path) for name, path in instead.items()}
    return [
        {name.removeprefix("of_"): value for name, value in row.items()}
        for row in rows.values(*plain, **shown)
    ]


def _interview(one: Interview) -> dict[str, Any]:
    (row,) = _rows(Interview.objects.filter(pk=one.pk), without=("id", "user"))
    return row | {
        "topics": list(one.topics.values_list("slug", flat=True)),
        "questions": list(one.named.values_list("path", flat=True)),
    }
