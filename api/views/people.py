"""One's own account: profile, counts, personal keys."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from api.answers import Shape
from api.authentication import person_of
from api.errors import Problem, refused
from api.fields import Given, Number, Numbers, OneOf, Switch, Ticks, Whole, Words, given
from api.problems import problems
from api.statistics_shapes import StatisticsShape, statistics_shape
from api.study_shapes import CountsShape, counts_shape, utc
from api.views.base import ApiView
from demos.kit.declare import Text
from quizbank.models import ApiToken
from quizbank.queries import people, study
from quizbank.queries.statistics import statistics
from quizbank.services.errors import PeopleError
from quizbank.services.people import SCOPES, issue_token, revoke_token
from quizbank.services.profile import edit_profile

PROFILE = (
    *("zone", "rollover_hour", "desired_retention", "new_per_day", "minutes_per_day"),
    *("maximum_interval", "learning_steps", "relearning_steps", "fuzz", "load_balancing"),
    *("easy_days", "leech_threshold", "leech_suspends", "suggests_grades"),
)
MOST_TOKENS = 20


class GivenProfile(Given):
    zone = Words(required=False, max_length=64)
    rollover_hour = Whole(required=False, min_value=0, max_value=23)
    desired_retention = Number(required=False, min_value=0.70, max_value=0.97)
    new_per_day = Whole(required=False, min_value=0, max_value=9_999)
    minutes_per_day = Whole(required=False, min_value=0, max_value=1_440)
    maximum_interval = Whole(required=False, min_value=1, max_value=36_500)
    learning_steps = Numbers(required=False, help_text="Seconds, each less than a day.")
    relearning_steps = Numbers(required=False, help_text="Seconds, each less than a day.")
    fuzz = Switch(required=False)
    load_balancing = Switch(required=False)
    easy_days = Numbers(
        required=False, help_text="Monday first, 0 to 1: how full each weekday may get."
    )
    leech_threshold = Whole(required=False, min_value=0, max_value=99)
    leech_suspends = Switch(required=False)
    suggests_grades = Switch(required=False)
    language = OneOf(choices=("zh-hans", "en"), required=False)


class GivenToken(Given):
    name = Words(max_length=100)
    scopes = Ticks(help_text="Some of read, study, run.")


class Profile(Shape):
    zone = s.CharField()
    rollover_hour = s.IntegerField()
    desired_retention = s.FloatField()
    new_per_day = s.IntegerField()
    minutes_per_day = s.IntegerField()
    maximum_interval = s.IntegerField()
    learning_steps = s.ListField(child=s.IntegerField())
    relearning_steps = s.ListField(child=s.IntegerField())
    fuzz = s.BooleanField()
    load_balancing = s.BooleanField()
    easy_days = s.ListField(child=s.FloatField())
    leech_threshold = s.IntegerField()
    leech_suspends = s.BooleanField()
    suggests_grades = s.BooleanField()


class Person(Shape):
    id = s.UUIDField()
    username = s.CharField(allow_null=True)
    is_guest = s.BooleanField()
    language = s.CharField(allow_blank=True)
    profile = Profile()
    counts = CountsShape()


class Token(Shape):
    id = s.IntegerField()
    name = s.CharField()
    scopes = s.ListField(child=s.ChoiceField(choices=SCOPES))
    created_at = s.DateTimeField()
    last_used_at = s.DateTimeField(allow_null=True)


class NewToken(Shape):
    token = s.CharField(help_text="Shown this once.")


class Tokens(Shape):
    results = Token(many=True)


class Me(ApiView):
    scopes = {"GET": "read", "PATCH": "study"}

    @extend_schema(
        operation_id="me_read",
        summary="Read one's own profile and counts",
        responses={200: Person, **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        return Response(_person(person_of(request)))

    @extend_schema(
        operation_id="me_edit",
        summary="Change how one studies",
        request=GivenProfile,
        responses={200: Person, **problems(400, 401, 403, 413, 415)},
    )
    def patch(self, request: Request) -> Response:
        user = person_of(request)
        try:
            edit_profile(user=user, changes=given(GivenProfile, request.data))
        except PeopleError as error:
            raise refused(error.errors) from None
        return Response(_person(user))


def _person(user: Any) -> dict[str, Any]:
    profile = people.profile_of(user)
    return {
        "id": str(user.public_id),
        "username": None if user.is_guest else user.username,
        "is_guest": user.is_guest,
        "language": user.language,
        "profile": {name: getattr(profile, name) for name in PROFILE},
        "counts": counts_shape(study.counts(user, timezone.now())),
    }


class OwnStatistics(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="statistics_read",
        summary="Read how well one remembers, what lies ahead and how well it was predicted",
        responses={200: StatisticsShape, **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        found = statistics(person_of(request), timezone.now())
        return Response(statistics_shape(found))


class OwnTokens(ApiView):
    """A key cannot make or list keys: who steals one gains no other."""

    scopes = {"GET": None, "POST": None}

    @extend_schema(
        operation_id="tokens_list",
        summary="List one's own keys (by session)",
        responses={200: Tokens, **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        return Response({"results": [_token(row) for row in people.tokens_of(person_of(request))]})

    @extend_schema(
        operation_id="tokens_create",
        summary="Make a key (by session); it is shown once",
        request=GivenToken,
        responses={201: NewToken, **problems(400, 401, 403, 409, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        user, asked = person_of(request), given(GivenToken, request.data)
        if user.is_guest:
            raise Problem(403, Text("请先注册，再创建密钥。", "Sign up first, then make a key."))
        if people.tokens_of(user).count() >= MOST_TOKENS:
            text = f"最多 {MOST_TOKENS} 个密钥，请先撤销一个。"
            raise Problem(409, Text(text, f"At most {MOST_TOKENS} keys: revoke one first."))
        scopes = [str(scope) for scope in asked["scopes"]]
        try:
            plain = issue_token(user=user, name=asked["name"], scopes=scopes, now=timezone.now())
        except PeopleError as error:
            raise refused(error.errors) from None
        return Response({"token": plain}, 201, headers={"Cache-Control": "no-store"})


class OwnToken(ApiView):
    scopes = {"DELETE": None}

    @extend_schema(
        operation_id="tokens_revoke",
        summary="Revoke one of one's own keys (by session)",
        responses={
            204: OpenApiResponse(description="It opens nothing any more."),
            **problems(401, 403, 404),
        },
    )
    def delete(self, request: Request, token_id: int) -> Response:
        try:
            revoke_token(user=person_of(request), token_id=token_id, now=timezone.now())
        except (ApiToken.DoesNotExist, OverflowError):
            raise Problem(404) from None
        return Response(status=204)


def _token(row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "scopes": row.scopes,
        "created_at": utc(row.created_at),
        "last_used_at": utc(row.last_used_at),
    }
