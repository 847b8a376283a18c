"""Disputes as JSON, and what the schema says of them."""

from __future__ import annotations

from django.urls import reverse
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers as s

from api import answers, shapes
from api.shapes import Shape, both
from quizbank.queries.bank import VERDICTS, Findings
from quizbank.queries.disputes import Disputed, Side

KINDS = ("between", "within")


class DisputeSide(answers.Prose):
    """A statement of the notes. `verdict` is null where no run has measured this very one."""

    lines = s.ListField(child=s.CharField())
    units = s.ListField(child=s.CharField())
    measured_by = s.CharField(allow_null=True)
    verdict = s.CharField(allow_null=True)


class DecidedBy(answers.Cited):
    run_url = s.CharField(allow_null=True)


class Dispute(answers.Shape):
    """`verdict` is "refuted" where a side is, else that of the first claim, or "none"."""

    slug = s.CharField()
    kind = s.ChoiceField(choices=KINDS)
    topic = s.CharField()
    title = answers.Prose()
    holds = answers.Prose()
    sides = DisputeSide(many=True)
    rows = s.ListField(child=s.CharField())
    verdict = s.ChoiceField(choices=VERDICTS)
    decided_by = DecidedBy(many=True)
    questions = answers.Linked(many=True)


@extend_schema_serializer(many=False)
class Disputes(answers.Shape):
    results = Dispute(many=True)


def dispute(found: Disputed, findings: Findings) -> Shape:
    row = found.dispute
    return {
        "slug": row.slug,
        "kind": "within" if found.within else "between",
        "topic": row.topic.slug,
        "title": {"markdown": both(row, "title"), "html": both(row, "title_html")},
        "holds": {"markdown": both(row, "verdict"), "html": both(row, "verdict_html")},
        "sides": [_side(side) for side in found.sides],
        "rows": row.rows,
        "verdict": found.verdict,
        "decided_by": [_decided(one.demo, one.claim, findings) for one in found.cited],
        "questions": [
            {
                "path": question.path,
                "url": reverse("api:question", args=question.path.split("/")),
                "title": both(question, "title"),
            }
            for question in found.questions
        ],
    }


def _side(side: Side) -> Shape:
    return {
        "markdown": both(side.row, "text"),
        "html": both(side.row, "html"),
        "lines": side.row.lines,
        "units": side.row.units,
        "measured_by": side.row.confirmed_by or side.row.refuted_by or None,
        "verdict": side.verdict,
    }


def _decided(demo: str, claim: str, findings: Findings) -> Shape:
    cited = shapes.cited(demo, claim, findings)
    run = reverse("api:run", args=[cited["run"]]) if cited["run"] else None
    return {**cited, "run_url": run}
