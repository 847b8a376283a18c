"""Demos: what each measures, its parameters, and the verdicts of its recorded run."""

from __future__ import annotations

from collections import Counter

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, shapes
from api.problems import problems
from api.views.bank import InLanguage
from api.views.base import BankView
from demos import queries
from demos.models import Demo


class Demos(BankView):
    @extend_schema(
        operation_id="demos_list",
        summary="List demos",
        parameters=[InLanguage],
        responses={200: answers.Demos, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        language = self.query(InLanguage)["language"]
        verdicts: dict[str, Counter[str]] = {}
        for (slug, _), finding in queries.stored_findings().items():
            verdicts.setdefault(slug, Counter())[finding.verdict] += 1
        listed = [shapes.demo_listed(row, verdicts.get(row.slug, {})) for row in queries.demos()]
        return Response({"results": shapes.only(listed, language)})


class DemoDetail(BankView):
    @extend_schema(
        operation_id="demos_read",
        summary="Read one demo: parameters, claims and findings, source",
        parameters=[InLanguage],
        responses={200: answers.Demo, **problems(400, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        language = self.query(InLanguage)["language"]
        try:
            row = queries.get_demo(slug)
        except Demo.DoesNotExist:
            raise Http404 from None
        findings = queries.stored_findings([slug]).values()
        return Response(shapes.only(shapes.demo(row, queries.stored_run(row), findings), language))
