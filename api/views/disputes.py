"""Where the notes disagree, and what was measured of it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import dispute_shapes, shapes
from api.fields import OneOf, Words
from api.problems import problems
from api.views.bank import InLanguage
from api.views.base import BankView
from quizbank.queries import bank, disputes


class DisputeQuery(InLanguage):
    topic = Words(required=False, max_length=80)
    verdict = OneOf(choices=bank.VERDICTS, required=False)


class Disputes(BankView):
    @extend_schema(
        operation_id="disputes_list",
        summary="List contradictions between and within the notes, with what was measured",
        parameters=[DisputeQuery],
        responses={200: dispute_shapes.Disputes, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        asked = self.query(DisputeQuery)
        findings = bank.recorded()
        listed = [
            dispute_shapes.dispute(one, findings)
            for one in disputes.disputed(findings)
            if asked.get("topic") in (None, one.dispute.topic.slug)
            and asked.get("verdict") in (None, one.verdict)
        ]
        return Response({"results": shapes.only(listed, asked["language"])})
