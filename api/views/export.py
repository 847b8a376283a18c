"""One's own deck as a package for Anki."""

from __future__ import annotations

import io

from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.authentication import person_of
from api.errors import refused
from api.fields import Given, OneOf, Words
from api.problems import problems
from api.views.base import ApiView
from demos.kit.declare import Text
from quizbank.models import Topic
from quizbank.queries.export import Wish, file_name, package

NO_TOPIC = Text("没有这个主题。", "There is no such topic.")


class ExportQuery(Given):
    language = OneOf(choices=("zh", "en"), required=False, default="en")
    topic = Words(required=False, default="", max_length=80, help_text="A slug; all without it.")
    history = OneOf(
        choices=("yes", "no"),
        required=False,
        default="yes",
        help_text="`no` sends every card as a new one.",
    )


class OwnPackage(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="package_read",
        summary="Take one's deck along as a package for Anki",
        parameters=[ExportQuery],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **problems(400, 401, 403),
        },
    )
    def get(self, request: Request) -> FileResponse:
        asked, now = self.query(ExportQuery), timezone.now()
        wish = Wish(asked["language"], asked["topic"], asked["history"] == "yes")
        try:
            content = package(person_of(request), wish, now)
        except Topic.DoesNotExist:
            raise refused({"topic": NO_TOPIC}) from None
        name = file_name(wish, now)
        answer = FileResponse(io.BytesIO(content), as_attachment=True, filename=name)
        answer["Content-Type"] = "application/octet-stream"
        return answer
