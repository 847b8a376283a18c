"""Quizzes as JSON, and what a client sends. An item tells its answer once it is answered."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from api.answers import Linked, PredictionOption, Shape, Text
from api.fields import Given, Identity, OneOf, Switch, Whole, Words, refuse
from api.study_shapes import linked, utc
from quizbank.models import QuizAnswer, QuizItem, QuizSession
from quizbank.models.quiz import CONFIDENCES
from quizbank.queries.quiz import Result
from quizbank.scoring import Level
from quizbank.services.quiz import LONGEST

STATES = ("open", "waiting", "right", "wrong", "void")
ITEM_KINDS = ("choice", "numeric", "predict")
MOST_PATHS = 100


@extend_schema_field({"type": "array", "items": {"type": "string"}, "maxItems": MOST_PATHS})
class Paths(s.Field[list[str], Any, Any, Any]):
    def to_internal_value(self, data: Any) -> list[str]:
        if (
            not isinstance(data, list)
            or not 1 <= len(data) <= MOST_PATHS
            or not all(isinstance(path, str) and 0 < len(path) <= 160 for path in data)
        ):
            refuse(
                f"请填 1 到 {MOST_PATHS} 个题目路径。", f"Give 1 to {MOST_PATHS} question paths."
            )
        return data


@extend_schema_field({"oneOf": [{"type": "string", "maxLength": 80}, {"type": "number"}]})
class Value(s.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> str | int | float:
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            refuse("请填文字或数。", "Give a string or a number.")
        if isinstance(data, str) and len(data) > 80:
            refuse("最多 80 个字符。", "At most 80 characters.")
        return data


class GivenQuiz(Given):
    n = Whole(min_value=1, max_value=LONGEST, required=False, default=10)
    topic = Words(max_length=50, required=False)
    questions = Paths(required=False)
    weakness = Switch(required=False, default=False)
    seed = Whole(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)


class GivenAnswer(Given):
    position = Whole(min_value=1, max_value=LONGEST)
    answer = Value()
    confidence = OneOf(choices=CONFIDENCES)
    client_uuid = Identity()


class QuizOption(Shape):
    """`right` and `why_html` come with the answer."""

    text = Text()
    html = Text()
    right = s.BooleanField(required=False)
    why_html = Text(allow_null=True, required=False)


class QuizPrediction(Shape):
    question = Text()
    options = PredictionOption(many=True)


class QuizFound(Shape):
    right = s.CharField(allow_null=True)
    median = s.FloatField(allow_null=True)
    low = s.FloatField(allow_null=True)
    high = s.FloatField(allow_null=True)
    failed = s.BooleanField()


class QuizAnswered(Shape):
    """What was said and what came of it; `answer` and so on by kind, as in the bank."""

    given = s.JSONField()
    confidence = s.ChoiceField(choices=CONFIDENCES)
    correct = s.BooleanField(allow_null=True)
    score = s.IntegerField(allow_null=True)
    marks = s.IntegerField(allow_null=True)
    answered_at = s.DateTimeField()
    answer = s.FloatField(required=False)
    tolerance = s.FloatField(required=False)
    why_html = Text(required=False)
    found = QuizFound(allow_null=True, required=False)
    run = s.UUIDField(allow_null=True, required=False)


class QuizItemAsked(Shape):
    position = s.IntegerField()
    kind = s.ChoiceField(choices=ITEM_KINDS)
    state = s.ChoiceField(choices=STATES)
    question = Linked()
    stem = Text(allow_null=True)
    stem_html = Text(allow_null=True)
    options = QuizOption(many=True, required=False)
    unit = s.CharField(required=False, allow_blank=True)
    demo = s.CharField(required=False)
    prediction = QuizPrediction(required=False)
    answered = QuizAnswered(allow_null=True)


class Quiz(Shape):
    id = s.UUIDField()
    url = s.CharField()
    source = s.ChoiceField(choices=QuizSession.Source.choices)  # type: ignore[assignment]
    topic = s.CharField(allow_null=True)
    seed = s.IntegerField()
    created_at = s.DateTimeField()
    finished_at = s.DateTimeField(allow_null=True)
    items = QuizItemAsked(many=True)


class QuizLevel(Shape):
    """`low` to `high` is the 95 % interval of `share`; `enough` is false below five answers."""

    confidence = s.ChoiceField(choices=CONFIDENCES)
    n = s.IntegerField()
    right = s.IntegerField()
    marks = s.IntegerField()
    share = s.FloatField(allow_null=True)
    low = s.FloatField(allow_null=True)
    high = s.FloatField(allow_null=True)
    enough = s.BooleanField()


class QuizMiss(Shape):
    position = s.IntegerField()
    question = Linked()


class QuizResult(Shape):
    n = s.IntegerField()
    score = s.IntegerField()
    marks = s.IntegerField()
    best = s.IntegerField()
    open = s.IntegerField()
    waiting = s.IntegerField()
    void = s.IntegerField()
    finished_at = s.DateTimeField(allow_null=True)
    levels = QuizLevel(many=True)
    misses = QuizMiss(many=True)


def quiz_shape(quiz: QuizSession, answers: list[QuizAnswer]) -> dict[str, Any]:
    return {
        "id": str(quiz.pk),
        "url": reverse("api:quiz", args=[quiz.pk]),
        "source": quiz.source,
        "topic": quiz.topic or None,
        "seed": quiz.seed,
        "created_at": utc(quiz.created_at),
        "finished_at": utc(quiz.finished_at),
        "items": [item_shape(row) for row in answers],
    }


def item_shape(row: QuizAnswer) -> dict[str, Any]:
    """One item; nothing that gives its answer away before it is answered."""
    item, done = row.item, row.answered_at is not None
    shown = {
        "position": row.position,
        "kind": row.kind,
        "state": row.state,
        "question": linked(row.question),
        "stem": item["stem"],
        "stem_html": item["stem_html"],
        "answered": _answered(row) if done else None,
    }
    if row.kind == QuizItem.Kind.CHOICE:
        names = ("text", "html", "right", "why_html") if done else ("text", "html")
        shown["options"] = [{name: o[name] for name in names} for o in item["options"]]
    elif row.kind == QuizItem.Kind.NUMERIC:
        shown["unit"] = item["unit"]
    else:
        asked = item["prediction"]
        shown["demo"] = item["demo"]
        shown["prediction"] = {name: asked[name] for name in ("question", "options")}
    return shown


def _answered(row: QuizAnswer) -> dict[str, Any]:
    names = ("given", "confidence", "correct", "score", "marks")
    told: dict[str, Any] = {name: getattr(row, name) for name in names}
    told["answered_at"] = utc(row.answered_at)
    if row.kind == QuizItem.Kind.NUMERIC:
        told |= {name: row.item[name] for name in ("answer", "tolerance", "why_html")}
    elif row.kind == QuizItem.Kind.PREDICT:
        told |= {"found": row.found, "run": str(row.run_id) if row.run_id else None}
    return told


def result_shape(quiz: QuizSession, found: Result) -> dict[str, Any]:
    names = ("n", "marks", "best", "open", "waiting", "void")
    return {
        **{name: getattr(found, name) for name in names},
        "score": found.right,
        "finished_at": utc(quiz.finished_at),
        "levels": [_level(level) for level in found.levels],
        "misses": [
            {"position": row.position, "question": linked(row.question)} for row in found.misses
        ],
    }


def _level(level: Level) -> dict[str, Any]:
    names = ("n", "right", "marks", "share", "low", "high", "enough")
    return {"confidence": level.name, **{name: getattr(level, name) for name in names}}
