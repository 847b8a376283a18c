"""The interview a person prepares for."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import person_of
from api.errors import Problem, refused
from api.fields import Day, Given, Number, Ticks, Words, given
from api.interview_shapes import InterviewShape, interview_shape
from api.problems import problems
from api.views.base import ApiView
from quizbank.models import User
from quizbank.queries import interviews as queries
from quizbank.services.errors import PeopleError
from quizbank.services.interviews import LONGEST_TITLE, close_interview, set_interview


class GivenInterview(Given):
    day = Day(help_text="In your own zone, from tomorrow on.")
    title = Words(required=False, max_length=LONGEST_TITLE, allow_blank=True)
    topics = Ticks(required=False, help_text="Slugs.")
    levels = Ticks(required=False, help_text="Some of screen, core, deep.")
    questions = Ticks(required=False, help_text="Paths of questions.")
    retention = Number(required=False, min_value=0.70, max_value=0.97)


class OwnInterview(ApiView):
    scopes = {"GET": "read", "PUT": "study", "DELETE": "study"}

    @extend_schema(
        operation_id="interview_read",
        summary="Read the interview one prepares for and how one stands before it",
        responses={200: InterviewShape, **problems(401, 403, 404)},
    )
    def get(self, request: Request) -> Response:
        return Response(_told(person_of(request)))

    @extend_schema(
        operation_id="interview_set",
        summary="Set the interview; cards get their last look before it",
        request=GivenInterview,
        responses={200: InterviewShape, **problems(400, 401, 403, 413, 415)},
    )
    def put(self, request: Request) -> Response:
        user, asked = person_of(request), given(GivenInterview, request.data)
        for name in ("topics", "levels", "questions"):
            asked[name] = [str(each) for each in asked.get(name, ())]
        try:
            set_interview(user=user, now=timezone.now(), **asked)
        except PeopleError as error:
            raise refused(error.errors) from None
        return Response(_told(user))

    @extend_schema(
        operation_id="interview_close",
        summary="Put the interview behind; cards return to their own dates",
        responses={204: OpenApiResponse(description="None is open."), **problems(401, 403)},
    )
    def delete(self, request: Request) -> Response:
        close_interview(user=person_of(request), now=timezone.now())
        return Response(status=204)


def _told(user: User) -> dict[str, Any]:
    interview = queries.open_interview(user.pk)
    if interview is None:
        raise Problem(404)
    return interview_shape(interview, queries.standing(user, timezone.now()))
