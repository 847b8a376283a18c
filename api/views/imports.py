"""Cards from other programs, and one's own as files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers as s
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.answers import COUNTS, Shape
from api.authentication import person_of
from api.errors import Problem, refused
from api.fields import Given, OneOf, Words
from api.problems import problems
from api.views.base import ApiView
from api.words import spoken
from quizbank.exchange import sheets
from quizbank.exchange.headings import First
from quizbank.queries import tables
from quizbank.services.bringing import files
from quizbank.services.errors import BadFile

YES_NO = ("yes", "no")


class FileParser(BaseParser):
    """The body as bytes, no longer than a file may be."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        data = stream.read(files.LARGEST + 1)
        if len(data) > files.LARGEST:
            raise Problem(413)
        return data


class ImportQuery(Given):
    name = Words(max_length=120, help_text="The file's name; its ending says what it is.")
    first_row = OneOf(
        choices=tuple(First),
        required=False,
        default=None,
        help_text="What the first row of a table is: `headings` of its columns or a `card` like"
        " the others. Unsaid, it is taken for what it looks like, and the answer says for which.",
    )
    preview = OneOf(choices=YES_NO, required=False, default="no", help_text="`yes` stores nothing.")
    settings = OneOf(
        choices=YES_NO,
        required=False,
        default="no",
        help_text="`yes` also takes over the study settings of a file of everything.",
    )


@extend_schema_field(COUNTS)
class Others(s.Field[Any, Any, Any, Any]):
    """What else a file of everything brought, by section."""


class LeftOut(Shape):
    what = s.CharField()
    reason = s.CharField()
    number = s.IntegerField()
    example = s.CharField()
    detail = s.CharField()


class ImportReport(Shape):
    origin = s.ChoiceField(choices=("anki", "csv", "json"))
    notes = s.IntegerField(help_text="Cards in the file.")
    matched = s.IntegerField(help_text="Of these, cards of questions of the bank.")
    created = s.IntegerField(help_text="Questions of your own that were made.")
    own = s.IntegerField(help_text="Questions of your own that were there.")
    reviews = s.IntegerField()
    acts = s.IntegerField()
    known = s.IntegerField(help_text="Events that were there already.")
    first = s.DateTimeField(allow_null=True)
    last = s.DateTimeField(allow_null=True)
    left = LeftOut(many=True)
    others = Others()
    first_row = s.ChoiceField(
        choices=tuple(First), allow_null=True, help_text="What a table's first row was taken for."
    )
    remarks = s.ListField(child=s.CharField())


class TableQuery(Given):
    language = OneOf(choices=("zh", "en"), required=False, default="en")


class OwnImports(ApiView):
    scopes = {"POST": "study"}
    parser_classes = (FileParser,)

    @extend_schema(
        operation_id="imports_create",
        summary="Bring cards in from a file",
        description=(
            "A package of Anki (.apkg, .colpkg), a table (.csv, .tsv, .txt), or the .json of"
            " everything as exported here. A second time adds nothing. What cannot be is left out"
            " alone and reported."
        ),
        parameters=[ImportQuery],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: ImportReport, **problems(400, 401, 403, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        asked, user, now = self.query(ImportQuery), person_of(request), timezone.now()
        sent: Any = request.data  # an empty form where there is no body
        try:
            first = First(asked["first_row"]) if asked["first_row"] else None
            file = files.opened(asked["name"], sent or b"", first)
        except BadFile as bad:
            raise refused({"": bad.text}) from None
        if asked["preview"] == "yes":
            report = file.preview(user, now)
        else:
            report = file.bring_in(user, now, settings=asked["settings"] == "yes")
        told = report.json()
        for one, left in zip(told["left"], report.left, strict=True):
            one["detail"] = spoken(left.text)
        return Response(
            {
                **told,
                "first_row": file.first_row.taken if file.first_row else None,
                "remarks": [spoken(text) for text in file.remarks],
            }
        )


class OwnCards(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="cards_table",
        summary="Take one's cards with their history along as a table",
        parameters=[TableQuery],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY),
            **problems(400, 401, 403),
        },
    )
    def get(self, request: Request) -> FileResponse:
        notes = tables.notes_of(person_of(request), self.query(TableQuery)["language"])
        return _table(sheets.write(notes), "proofdeck-cards.csv")


class OwnLog(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="log_table",
        summary="Take one's log along as a table",
        parameters=[TableQuery],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY),
            **problems(400, 401, 403),
        },
    )
    def get(self, request: Request) -> FileResponse:
        rows = tables.log_of(person_of(request), self.query(TableQuery)["language"])
        return _table(sheets.BOM + sheets.table(tables.LOG, rows), "proofdeck-log.csv")


def _table(text: str, name: str) -> FileResponse:
    content = io.BytesIO(text.encode())
    answer = FileResponse(content, as_attachment=True, filename=name)
    answer["Content-Type"] = "text/csv; charset=utf-8"
    return answer
