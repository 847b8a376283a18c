"""What the bank's and the demos' addresses answer, for the schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_field, extend_schema_serializer
from rest_framework import serializers as s

PAGING = [
    OpenApiParameter("cursor", str, description="As in `next` and `previous`."),
    OpenApiParameter("page_size", int, description="1 to 100, by default 50."),
]
LEVELS = ("screen", "core", "deep")
COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}


# A docstring would stand as the description of every answer.
class Shape(s.Serializer[Any]):
    pass


class Text(Shape):
    """A text in both languages, or in the one asked for by `language`."""

    zh = s.CharField(required=False)
    en = s.CharField(required=False)


@extend_schema_field(COUNTS)
class Verdicts(s.Field[Any, Any, Any, Any]):
    """How many claims bear each verdict."""


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnyJson(s.Field[Any, Any, Any, Any]):
    """An object that is passed on as it was stored."""


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class AnyJsonOrNull(s.Field[Any, Any, Any, Any]):
    """The same, or null."""


class Prose(Shape):
    markdown = Text()
    html = Text()


class Cited(Shape):
    demo = s.CharField()
    claim = s.CharField(allow_null=True)
    demo_url = s.CharField()
    verdict = s.CharField(allow_null=True)
    run = s.UUIDField(allow_null=True)
    n = s.IntegerField(allow_null=True)
    inside = s.IntegerField(allow_null=True)


class Proof(Cited):
    why_html = Text(allow_null=True)


class KeyPoint(Prose):
    must = s.BooleanField()


class Trap(Prose):
    row = s.CharField()
    judgement = s.CharField()
    lines = s.ListField(child=s.CharField())
    why_html = Text()
    say_html = Text()
    refuted_by = Cited()


class Place(Shape):
    unit = s.CharField()
    document = s.CharField()
    heading = s.CharField(allow_blank=True)
    line = s.IntegerField()
    line_end = s.IntegerField()


class Option(Shape):
    text = Text()
    html = Text()
    right = s.BooleanField()
    why_html = Text(allow_null=True)


class QuizItem(Shape):
    """By kind: choice has `options`; numeric `answer`, `tolerance`, `unit` and `why_html`;
    predict has `demo` alone, since its answer is measured."""

    kind = s.ChoiceField(choices=["choice", "numeric", "predict"])
    stem = Text(allow_null=True)
    stem_html = Text(allow_null=True)
    options = Option(many=True, required=False)
    answer = s.FloatField(required=False)
    tolerance = s.FloatField(required=False)
    unit = s.CharField(required=False, allow_blank=True)
    why_html = Text(required=False)
    demo = s.CharField(required=False)


class Linked(Shape):
    path = s.CharField()
    url = s.CharField()
    title = Text()


class QuestionListed(Linked):
    topic = s.CharField()
    level = s.ChoiceField(choices=LEVELS)
    tags = s.ListField(child=s.CharField())
    units = s.ListField(child=s.CharField())
    verdicts = Verdicts()
    updated_at = s.DateTimeField()


class Question(QuestionListed):
    aliases = s.ListField(child=s.CharField())
    prompt = Prose()
    short = Prose()
    full = Prose()
    key_points = KeyPoint(many=True)
    traps = Trap(many=True)
    places = Place(many=True)
    proofs = Proof(many=True)
    follow_ups = Linked(many=True)
    references = s.ListField(child=s.CharField())
    quiz = QuizItem(many=True)


class Page(Shape):
    next = s.CharField(allow_null=True)
    previous = s.CharField(allow_null=True)


class QuestionPage(Page):
    results = QuestionListed(many=True)


class Topic(Shape):
    slug = s.CharField()
    title = Text()
    questions = s.IntegerField()


@extend_schema_serializer(many=False)
class Topics(Shape):
    results = Topic(many=True)


class DemoListed(Shape):
    slug = s.CharField()
    url = s.CharField()
    topic = s.CharField()
    title = Text()
    question = Text()
    summary = Text()
    gpu = s.BooleanField()
    claims = s.IntegerField()
    verdicts = Verdicts()
    seconds = s.FloatField(allow_null=True)


@extend_schema_serializer(many=False)
class Demos(Shape):
    results = DemoListed(many=True)


class Claim(Shape):
    slug = s.CharField()
    text = Text()
    kind = s.ChoiceField(choices=["always", "share", "sometimes", "shown"])
    decides = s.ListField(child=s.CharField())
    expected = s.CharField()
    looks = s.ListField(child=s.IntegerField())
    needs = Text(allow_null=True)
    control_text = Text(allow_null=True)
    clauses = s.ListField(child=AnyJson())
    finding = AnyJsonOrNull()


class PredictionOption(Shape):
    slug = s.CharField()
    text = Text()


class Prediction(Shape):
    question = Text()
    metric = s.CharField()
    options = PredictionOption(many=True)


class Preset(Shape):
    slug = s.CharField()
    text = Text()
    params = AnyJson()


class Demo(Shape):
    slug = s.CharField()
    url = s.CharField()
    topic = s.CharField()
    title = Text()
    question = Text()
    summary = Text()
    gpu = s.BooleanField()
    parameters = s.ListField(child=AnyJson())
    defaults = AnyJson()
    looks = s.ListField(child=s.IntegerField())
    figure = AnyJson()
    prediction = Prediction()
    presets = Preset(many=True)
    source = s.CharField()  # type: ignore[assignment]
    code_hash = s.CharField()
    claims = Claim(many=True)
    seconds = s.FloatField(allow_null=True)
    run = s.UUIDField(allow_null=True)
