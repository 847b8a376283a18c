"""Statistics as JSON. Shares come with n; intervals are Wilson's, at 95 %."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from api.answers import Shape, Text
from quizbank.models.quiz import CONFIDENCES
from quizbank.queries.statistics import Mastery, Retention, Statistics


class RetentionShape(Shape):
    period = s.IntegerField(allow_null=True, help_text="Study days; null for all of them.")
    memories = s.ChoiceField(choices=("young", "mature", "all"))
    n = s.IntegerField()
    recalled = s.IntegerField()
    share = s.FloatField(allow_null=True)
    low = s.FloatField(allow_null=True)
    high = s.FloatField(allow_null=True)


class DayAheadShape(Shape):
    day = s.DateField()
    due = s.IntegerField()
    new = s.IntegerField()


class DayStudied(Shape):
    day = s.DateField()
    reviews = s.IntegerField()


class MasteryShape(Shape):
    topic = s.SlugField()
    title = Text()
    questions = s.IntegerField()
    studied = s.IntegerField()
    recall = s.FloatField(allow_null=True, help_text="Median predicted recall, now.")


class BinShape(Shape):
    low = s.FloatField()
    high = s.FloatField()
    n = s.IntegerField()
    recalled = s.IntegerField()
    predicted = s.FloatField(allow_null=True)


class SureShape(Shape):
    confidence = s.ChoiceField(choices=CONFIDENCES)
    n = s.IntegerField()
    right = s.IntegerField()
    share = s.FloatField(allow_null=True)
    low = s.FloatField(allow_null=True)
    high = s.FloatField(allow_null=True)


class StatisticsShape(Shape):
    day = s.DateField()
    desired_retention = s.FloatField()
    reviews = s.IntegerField()
    days = s.IntegerField()
    minutes = s.IntegerField()
    retention = RetentionShape(many=True)
    ahead = DayAheadShape(many=True)
    studied = DayStudied(many=True)
    topics = MasteryShape(many=True)
    calibration = BinShape(many=True)
    log_loss = s.FloatField(allow_null=True)
    confidence = SureShape(many=True)


def statistics_shape(found: Statistics) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "desired_retention": found.wanted,
        "reviews": found.reviews,
        "days": found.days,
        "minutes": found.minutes,
        "retention": [_retention(row) for row in found.retention],
        "ahead": [
            {"day": day.day.isoformat(), "due": day.due, "new": day.new} for day in found.ahead
        ],
        "studied": [
            {"day": day.isoformat(), "reviews": n} for day, n in sorted(found.heat.items())
        ],
        "topics": [_mastery(one) for one in found.mastery],
        "calibration": [
            {name: getattr(one, name) for name in ("low", "high", "n", "recalled", "predicted")}
            for one in found.bins
        ],
        "log_loss": found.log_loss,
        "confidence": [
            {
                "confidence": level.name,
                **{name: getattr(level, name) for name in ("n", "right", "share", "low", "high")},
            }
            for level in found.sure
        ],
    }


def _retention(row: Retention) -> dict[str, Any]:
    low, high = row.interval or (None, None)
    return {
        "period": row.period,
        "memories": {None: "all", True: "mature", False: "young"}[row.mature],
        "n": row.n,
        "recalled": row.recalled,
        "share": row.share,
        "low": low,
        "high": high,
    }


def _mastery(one: Mastery) -> dict[str, Any]:
    return {
        "topic": one.topic.slug,
        "title": {"zh": one.topic.title_zh, "en": one.topic.title_en},
        "questions": one.questions,
        "studied": one.studied,
        "recall": one.recall,
    }
