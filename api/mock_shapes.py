"""Mock interviews as JSON, and what a client sends. The rubric comes after the estimate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from api.answers import Linked, Shape, Text
from api.fields import Given, Identity, Number, OneOf, Switch, Whole, Words, refuse
from api.quiz_shapes import Paths
from api.study_shapes import linked, utc
from quizbank.models import MockInterview, MockQuestion
from quizbank.models.study import ANSWER_LENGTH
from quizbank.queries.mock import Marked, Report, seconds_left
from quizbank.rubric import BEST, PARTS, SCALES, Mean
from quizbank.services.mock import LONGEST, SHORTEST

STATES = ("answering", "estimating", "marking", "finished")
DEEDS = ("pause", "go_on", "extend", "stop")


@extend_schema_field({"type": "array", "items": {"type": "integer"}, "maxItems": 20})
class Points(s.Field[list[int], Any, Any, Any]):
    def to_internal_value(self, data: Any) -> list[int]:
        if (
            not isinstance(data, list)
            or len(data) > 20
            or not all(isinstance(point, int) and not isinstance(point, bool) for point in data)
        ):
            refuse("请填要点的序号列表。", "Give a list of the points’ numbers.")
        return data


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.5})
class Part(s.Field[float, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or data not in PARTS:
            refuse("请填 0、0.5 或 1。", "Give 0, 0.5 or 1.")
        return float(data)


class GivenMock(Given):
    minutes = Whole(min_value=SHORTEST, max_value=LONGEST, required=False, default=45)
    topic = Words(max_length=50, required=False)
    questions = Paths(required=False)
    weakness = Switch(required=False, default=False)
    seed = Whole(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)


class GivenDeed(Given):
    deed = OneOf(choices=DEEDS)
    minutes = Whole(min_value=1, max_value=LONGEST, required=False)


class GivenMockAnswer(Given):
    position = Whole(min_value=1, max_value=LONGEST)
    answer = Words(max_length=ANSWER_LENGTH, allow_blank=True, required=False, default="")
    client_uuid = Identity()


class GivenEstimate(Given):
    value = Number(min_value=0, max_value=BEST)


class GivenMarks(Given):
    position = Whole(min_value=1, max_value=LONGEST)
    points = Points()
    trap = Switch()
    structure = Part()
    trade_off = Part()
    example = Part()


class RubricPoint(Shape):
    must = s.BooleanField()
    text = Text()


class MockMarks(Shape):
    points = s.ListField(child=s.IntegerField())
    trap = s.BooleanField()
    structure = s.FloatField()
    trade_off = s.FloatField()
    example = s.FloatField()


class MockAsked(Shape):
    """`question` is there once it is asked; `key_points` and `traps` once one may mark."""

    position = s.IntegerField()
    depth = s.IntegerField()
    follows = s.IntegerField(allow_null=True)
    question = Linked(allow_null=True)
    asked_at = s.DateTimeField(allow_null=True)
    answered_at = s.DateTimeField(allow_null=True)
    seconds = s.IntegerField(allow_null=True)
    answer = s.CharField(allow_blank=True)
    key_points = RubricPoint(many=True, required=False)
    traps = Text(many=True, required=False)
    marks = MockMarks(allow_null=True)


class Mock(Shape):
    id = s.UUIDField()
    url = s.CharField()
    state = s.ChoiceField(choices=STATES)
    source = s.ChoiceField(choices=MockInterview.Source.choices)  # type: ignore[assignment]
    topic = s.CharField(allow_null=True)
    seed = s.IntegerField()
    minutes = s.IntegerField()
    seconds_left = s.IntegerField()
    paused = s.BooleanField()
    created_at = s.DateTimeField()
    ended_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    self_estimate = s.FloatField(allow_null=True)
    asked = MockAsked(many=True)


class MockListed(Shape):
    id = s.UUIDField()
    url = s.CharField()
    state = s.ChoiceField(choices=STATES)
    minutes = s.IntegerField()
    created_at = s.DateTimeField()
    finished_at = s.DateTimeField(allow_null=True)


class MockPage(Shape):
    next = s.URLField(allow_null=True)
    previous = s.URLField(allow_null=True)
    results = MockListed(many=True)


class Scale(Shape):
    """From 0 to 4; `low` to `high` is the 90 % interval, `enough` false below 8 questions."""

    value = s.FloatField()
    low = s.FloatField(allow_null=True)
    high = s.FloatField(allow_null=True)
    n = s.IntegerField()
    enough = s.BooleanField()


class MockScored(Shape):
    position = s.IntegerField()
    question = Linked()
    correctness = s.FloatField()
    depth = s.FloatField()
    structure = s.FloatField()
    missed = s.BooleanField()
    missing = s.ListField(child=s.IntegerField(), help_text="Must-points the answer lacked.")


class MockReport(Shape):
    answered = s.IntegerField()
    open = s.IntegerField()
    correctness = Scale(allow_null=True)
    depth = Scale(allow_null=True)
    structure = Scale(allow_null=True)
    self_estimate = s.FloatField(allow_null=True)
    calibration = s.FloatField(
        allow_null=True, help_text="Self-estimate less correctness; above 0 is too sure."
    )
    recent = s.ListField(child=s.FloatField())
    questions = MockScored(many=True)


def listed_shape(mock: MockInterview) -> dict[str, Any]:
    return {
        "id": str(mock.pk),
        "url": reverse("api:mock", args=[mock.pk]),
        "state": mock.state,
        "minutes": mock.minutes,
        "created_at": utc(mock.created_at),
        "finished_at": utc(mock.finished_at),
    }


def mock_shape(mock: MockInterview, asked: list[MockQuestion], now: datetime) -> dict[str, Any]:
    may_mark = mock.self_estimate is not None
    return {
        **listed_shape(mock),
        "source": mock.source,
        "topic": mock.topic or None,
        "seed": mock.seed,
        "seconds_left": seconds_left(mock, now),
        "paused": mock.paused_at is not None,
        "ended_at": utc(mock.ended_at),
        "self_estimate": mock.self_estimate,
        "asked": [_asked(row, may_mark) for row in asked],
    }


def _asked(row: MockQuestion, may_mark: bool) -> dict[str, Any]:
    shown = {
        "position": row.position,
        "depth": row.depth,
        "follows": row.follows.position if row.follows else None,
        "question": linked(row.question) if row.asked_at else None,
        "asked_at": utc(row.asked_at),
        "answered_at": utc(row.answered_at),
        "seconds": row.seconds,
        "answer": row.answer,
        "marks": row.marks,
    }
    if may_mark:
        shown["key_points"] = [
            {"must": point["must"], "text": {"zh": point["zh"], "en": point["en"]}}
            for point in row.rubric["key_points"]
        ]
        shown["traps"] = row.rubric["traps"]
    return shown


def report_shape(found: Report) -> dict[str, Any]:
    return {
        "answered": found.answered,
        "open": found.open,
        **{name: _mean(getattr(found, name)) for name in SCALES},
        "self_estimate": found.self_estimate,
        "calibration": found.calibration,
        "recent": found.recent,
        "questions": [_scored(one) for one in found.marked],
    }


def _mean(mean: Mean | None) -> dict[str, Any] | None:
    if mean is None:
        return None
    return {name: getattr(mean, name) for name in ("value", "low", "high", "n", "enough")}


def _scored(one: Marked) -> dict[str, Any]:
    return {
        "position": one.row.position,
        "question": linked(one.row.question),
        **{name: getattr(one.score, name) for name in SCALES},
        "missed": one.score.missed,
        "missing": one.missing,
    }
