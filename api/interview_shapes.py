"""The interview ahead as JSON: how many of its questions would be recalled, and the days."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from api.answers import Shape, Text
from api.shapes import both
from quizbank.models import Interview, Question
from quizbank.queries.interviews import Estimate, Pace, Standing


class EstimateShape(Shape):
    mean = s.FloatField(help_text="Questions of the list that would be recalled.")
    low = s.FloatField(help_text="Below it fall 2.5 of 100 interviews, by chance alone.")
    high = s.FloatField()
    of = s.IntegerField()


class PaceShape(Shape):
    new_per_day = s.IntegerField()
    learnt = s.IntegerField(help_text="Questions of the list learnt by the day.")
    minutes_per_day = s.FloatField()
    busiest_minutes = s.FloatField()
    known = s.ListField(
        child=s.FloatField(), help_text="Recalled at the start of each day, the interview's last."
    )
    on_the_day = EstimateShape()


class DayShape(Shape):
    day = s.DateField()
    due = s.IntegerField(help_text="Cards of the list that have this date already.")
    expected = s.FloatField(help_text="Answers at the present pace.")
    last_look = s.BooleanField()


class TopicShape(Shape):
    topic = s.SlugField()
    title = Text()
    asked = s.IntegerField()
    studied = s.IntegerField()
    recalled = s.FloatField()


class StandingShape(Shape):
    today = s.DateField()
    asked = s.IntegerField()
    studied = s.IntegerField()
    now = EstimateShape()
    stopping = s.ListField(child=s.FloatField(), help_text="As `known`, if you stop studying.")
    paces = PaceShape(many=True)
    days = DayShape(many=True)
    topics = TopicShape(many=True)


class InterviewShape(Shape):
    day = s.DateField()
    title = s.CharField(allow_blank=True)
    topics = s.ListField(child=s.SlugField())
    levels = s.ListField(child=s.ChoiceField(choices=Question.Level.values))
    questions = s.ListField(child=s.CharField())
    retention = s.FloatField()
    last_days = s.IntegerField(help_text="Days before it for a last look at each card.")
    standing = StandingShape(allow_null=True)


def interview_shape(interview: Interview, standing: Standing | None) -> dict[str, Any]:
    return {
        "day": interview.day.isoformat(),
        "title": interview.title,
        "topics": list(interview.topics.values_list("slug", flat=True)),
        "levels": interview.levels,
        "questions": list(interview.named.values_list("path", flat=True)),
        "retention": interview.retention,
        "last_days": interview.last_days,
        "standing": _standing(standing) if standing else None,
    }


def _standing(found: Standing) -> dict[str, Any]:
    return {
        "today": found.today.isoformat(),
        "asked": found.asked,
        "studied": found.studied,
        "now": _estimate(found.now),
        "stopping": found.stopping,
        "paces": [_pace(pace) for pace in found.paces],
        "days": [
            {
                "day": day.day.isoformat(),
                "due": day.due,
                "expected": day.expected,
                "last_look": day.last,
            }
            for day in found.days
        ],
        "topics": [
            {
                "topic": one.topic.slug,
                "title": both(one.topic, "title"),
                "asked": one.asked,
                "studied": one.studied,
                "recalled": one.recalled,
            }
            for one in found.topics
        ],
    }


def _estimate(found: Estimate) -> dict[str, Any]:
    return {"mean": found.mean, "low": found.low, "high": found.high, "of": found.of}


def _pace(pace: Pace) -> dict[str, Any]:
    return {
        "new_per_day": pace.new_per_day,
        "learnt": pace.learnt,
        "minutes_per_day": pace.minutes,
        "busiest_minutes": pace.busiest,
        "known": pace.known,
        "on_the_day": _estimate(pace.on_the_day),
    }
