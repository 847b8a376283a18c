"""Mock interviews: begin, answer, estimate, mark, read the report. One is its owner's alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, mock_shapes
from api.authentication import person_of
from api.errors import Problem, refused
from api.fields import MISSING, Given, given
from api.pagination import Pages
from api.problems import problems
from api.views.base import ApiView
from demos.kit.declare import Text
from quizbank.models import MockInterview, MockQuestion
from quizbank.queries import mock as queries
from quizbank.services import mock as service

NO_PLACE = Text("这次面试没有这一题。", "This interview has no such question.")


def _own(request: Request, mock_id: UUID) -> MockInterview:
    try:
        return queries.get_mock_for(person_of(request), mock_id)
    except MockInterview.DoesNotExist:
        raise Http404 from None


def _told(work: Callable[[], Any]) -> Any:
    """What a service returns, or the problem it refuses with."""
    try:
        return work()
    except MockQuestion.DoesNotExist:
        raise Problem(404, NO_PLACE, errors={"position": NO_PLACE}) from None
    except service.BadMock as bad:
        raise refused({bad.field: bad.text}) from None
    except service.MockConflict as conflict:
        raise Problem(409, conflict.text) from None


def _shown(mock: MockInterview, status: int = 200) -> Response:
    mock.refresh_from_db()
    body = mock_shapes.mock_shape(mock, queries.asked_in(mock), timezone.now())
    headers = {"Location": body["url"]} if status == 201 else None
    return Response(body, status, headers=headers)


class Mocks(ApiView):
    scopes = {"GET": "read", "POST": "study"}

    @extend_schema(
        operation_id="mocks_list",
        summary="List one's mock interviews, latest first",
        parameters=answers.PAGING,
        responses={200: mock_shapes.MockPage, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        self.query(Given)
        pages = Pages("-created_at", "-pk")
        rows = pages.rows(request, queries.mocks_of(person_of(request)))
        return Response(pages.json([mock_shapes.listed_shape(row) for row in rows]))

    @extend_schema(
        operation_id="mocks_create",
        summary="Begin a mock interview",
        description=(
            "On a `topic`, on a list of `questions`, or on everything; with `weakness` what was"
            " missed or is being forgotten comes first. Each question may be followed by two"
            " more. One question is open at a time, and there is no way back."
        ),
        request=mock_shapes.GivenMock,
        responses={201: mock_shapes.Mock, **problems(400, 401, 403, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        asked = given(mock_shapes.GivenMock, request.data)
        mock = _told(
            lambda: service.start(
                user=person_of(request),
                minutes=asked["minutes"],
                now=timezone.now(),
                topic=asked.get("topic") or "",
                paths=asked.get("questions", ()),
                weakness=asked["weakness"],
                seed=asked.get("seed"),
            )
        )
        return _shown(mock, 201)


class MockDetail(ApiView):
    scopes = {"GET": "read", "PATCH": "study"}

    @extend_schema(
        operation_id="mocks_read",
        summary="Read a mock interview; the rubric once one has estimated oneself",
        responses={200: mock_shapes.Mock, **problems(401, 403, 404)},
    )
    def get(self, request: Request, mock_id: UUID) -> Response:
        return _shown(_own(request, mock_id))

    @extend_schema(
        operation_id="mocks_edit",
        summary="Pause, go on, extend by `minutes`, or stop",
        request=mock_shapes.GivenDeed,
        responses={200: mock_shapes.Mock, **problems(400, 401, 403, 404, 409, 413, 415)},
    )
    def patch(self, request: Request, mock_id: UUID) -> Response:
        mock, said = _own(request, mock_id), given(mock_shapes.GivenDeed, request.data)
        now = timezone.now()
        if said["deed"] == "extend":
            if "minutes" not in said:
                raise refused({"minutes": MISSING})
            _told(lambda: service.extend(mock=mock, minutes=said["minutes"]))
        else:
            deed = {"pause": service.pause, "go_on": service.go_on, "stop": service.stop}
            _told(lambda: deed[said["deed"]](mock=mock, now=now))
        return _shown(mock)


class MockAnswers(ApiView):
    scopes = {"POST": "study"}

    @extend_schema(
        operation_id="mocks_answer",
        summary="Answer the open question",
        description=(
            "Leave `answer` empty for one that was spoken. Repeating a `client_uuid` gets the"
            " answer of the first time. The last answer, or the first after the time is up,"
            " ends the interview."
        ),
        request=mock_shapes.GivenMockAnswer,
        responses={200: mock_shapes.Mock, **problems(400, 401, 403, 404, 409, 413, 415)},
    )
    def post(self, request: Request, mock_id: UUID) -> Response:
        mock, said = _own(request, mock_id), given(mock_shapes.GivenMockAnswer, request.data)
        _told(
            lambda: service.answer(
                mock=mock,
                position=said["position"],
                text=said["answer"],
                client_uuid=said["client_uuid"],
                now=timezone.now(),
            )
        )
        return _shown(mock)


class MockEstimate(ApiView):
    scopes = {"POST": "study"}

    @extend_schema(
        operation_id="mocks_estimate",
        summary="Estimate oneself from 0 to 4, before the rubric is shown",
        request=mock_shapes.GivenEstimate,
        responses={200: mock_shapes.Mock, **problems(400, 401, 403, 404, 409, 413, 415)},
    )
    def post(self, request: Request, mock_id: UUID) -> Response:
        mock, said = _own(request, mock_id), given(mock_shapes.GivenEstimate, request.data)
        _told(lambda: service.estimate(mock=mock, value=said["value"]))
        return _shown(mock)


class MockMarking(ApiView):
    scopes = {"POST": "study"}

    @extend_schema(
        operation_id="mocks_mark",
        summary="Mark one answer; the last mark finishes, and what was missed becomes due",
        request=mock_shapes.GivenMarks,
        responses={200: mock_shapes.Mock, **problems(400, 401, 403, 404, 409, 413, 415)},
    )
    def post(self, request: Request, mock_id: UUID) -> Response:
        mock, said = _own(request, mock_id), given(mock_shapes.GivenMarks, request.data)
        position = said.pop("position")
        now = timezone.now()
        _told(lambda: service.mark(mock=mock, position=position, marks=said, now=now))
        return _shown(mock)


class MockReports(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="mocks_report",
        summary="Read what the marks add up to, with intervals",
        responses={200: mock_shapes.MockReport, **problems(401, 403, 404)},
    )
    def get(self, request: Request, mock_id: UUID) -> Response:
        return Response(mock_shapes.report_shape(queries.report(_own(request, mock_id))))
