"""Quizzes: begin one, answer its items, read its result. A quiz is its owner's alone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import quiz_shapes
from api.authentication import person_of
from api.errors import Problem, refused
from api.fields import given
from api.problems import problems
from api.views.base import ApiView
from demos.kit.declare import Text
from quizbank.models import QuizAnswer, QuizSession
from quizbank.queries import quiz as queries
from quizbank.services import quiz as service
from quizbank.services.errors import BadQuiz, QuizConflict

NO_ITEM = Text("这次测验没有这一题。", "This quiz has no such item.")


def _own(request: Request, quiz_id: UUID) -> QuizSession:
    """The person's quiz with its runs looked after (Raises Http404)."""
    try:
        quiz = queries.get_quiz_for(person_of(request), quiz_id)
    except QuizSession.DoesNotExist:
        raise Http404 from None
    service.settle(quiz=quiz, now=timezone.now())
    return quiz


class Quizzes(ApiView):
    scopes = {"POST": "study"}

    @extend_schema(
        operation_id="quizzes_create",
        summary="Begin a quiz",
        description=(
            "On a `topic`, on a list of `questions`, or on everything; with `weakness` what was"
            " missed or is being forgotten comes first. There may be fewer than `n` items."
        ),
        request=quiz_shapes.GivenQuiz,
        responses={201: quiz_shapes.Quiz, **problems(400, 401, 403, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        asked = given(quiz_shapes.GivenQuiz, request.data)
        try:
            quiz = service.start_session(
                user=person_of(request),
                n=asked["n"],
                now=timezone.now(),
                topic=asked.get("topic") or "",
                paths=asked.get("questions", ()),
                weakness=asked["weakness"],
                seed=asked.get("seed"),
            )
        except BadQuiz as bad:
            raise refused({bad.field: bad.text}) from None
        body = quiz_shapes.quiz_shape(quiz, queries.answers_of(quiz))
        return Response(body, 201, headers={"Location": body["url"]})


class QuizDetail(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="quizzes_read",
        summary="Read a quiz, each answer once it is given",
        responses={200: quiz_shapes.Quiz, **problems(401, 403, 404)},
    )
    def get(self, request: Request, quiz_id: UUID) -> Response:
        quiz = _own(request, quiz_id)
        return Response(quiz_shapes.quiz_shape(quiz, queries.answers_of(quiz)))


class QuizAnswers(ApiView):
    scopes = {"POST": "study"}

    @extend_schema(
        operation_id="quizzes_answer",
        summary="Answer an item",
        description=(
            "`answer` is the index of an option from 0, a number (or its text), or the slug of a"
            " predicted outcome. Repeating a `client_uuid` gets the answer of the first time."
        ),
        request=quiz_shapes.GivenAnswer,
        responses={
            200: OpenApiResponse(quiz_shapes.QuizItemAsked, description="Right, wrong or void."),
            202: OpenApiResponse(quiz_shapes.QuizItemAsked, description="A run will decide it."),
            **problems(400, 401, 403, 404, 409, 413, 415),
        },
    )
    def post(self, request: Request, quiz_id: UUID) -> Response:
        quiz = _own(request, quiz_id)
        said = given(quiz_shapes.GivenAnswer, request.data)
        try:
            row = service.answer(
                quiz=quiz,
                position=said["position"],
                value=said["answer"],
                confidence=said["confidence"],
                client_uuid=said["client_uuid"],
                now=timezone.now(),
            )
        except QuizAnswer.DoesNotExist:
            raise Problem(404, NO_ITEM, errors={"position": NO_ITEM}) from None
        except BadQuiz as bad:
            raise refused({bad.field: bad.text}) from None
        except QuizConflict as conflict:
            raise Problem(409, conflict.text) from None
        return Response(quiz_shapes.item_shape(row), 202 if row.state == "waiting" else 200)


class QuizResults(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="quizzes_result",
        summary="Read scores and calibration",
        responses={200: quiz_shapes.QuizResult, **problems(401, 403, 404)},
    )
    def get(self, request: Request, quiz_id: UUID) -> Response:
        quiz = _own(request, quiz_id)
        found = queries.result(queries.answers_of(quiz))
        return Response(quiz_shapes.result_shape(quiz, found))
