"""Questions and topics."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, shapes
from api.authentication import reader_of
from api.fields import Given, OneOf, Words
from api.pagination import Pages
from api.problems import problems
from api.views.base import BankView
from quizbank.models import Question
from quizbank.queries import bank

LANGUAGE = ("zh", "en", "both")


class InLanguage(Given):
    language = OneOf(choices=LANGUAGE, required=False, default="both")


class QuestionQuery(InLanguage):
    search = Words(required=False, default="", allow_blank=True, max_length=200)
    topic = Words(required=False, max_length=80)
    level = OneOf(choices=Question.Level.values, required=False)
    document = Words(required=False, max_length=80)
    verdict = OneOf(choices=bank.VERDICTS, required=False)


class Questions(BankView):
    @extend_schema(
        operation_id="questions_list",
        summary="List and search questions",
        parameters=[QuestionQuery, *answers.PAGING],
        responses={200: answers.QuestionPage, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        asked = self.query(QuestionQuery)
        language = asked.pop("language")
        text = asked.pop("search")
        findings = bank.recorded()
        found = bank.questions(text=text, findings=findings, **asked)
        order = ("-rank", "position", "path") if text.strip() else ("position", "path")
        pages = Pages(*order)
        rows = pages.rows(request, found)
        verdicts = bank.verdicts(rows, findings)
        listed = [shapes.question_listed(row, verdicts[row.pk]) for row in rows]
        return Response(pages.json(shapes.only(listed, language)))


class QuestionDetail(BankView):
    @extend_schema(
        operation_id="questions_read",
        summary="Read one question of the bank, or one's own",
        parameters=[InLanguage],
        responses={200: answers.Question, **problems(400, 404)},
    )
    def get(self, request: Request, topic: str, slug: str) -> Response:
        language = self.query(InLanguage)["language"]
        try:
            row = bank.get_question(f"{topic}/{slug}", reader_of(request))
        except Question.DoesNotExist:
            raise Http404 from None
        findings = bank.recorded()
        verdicts = bank.verdicts([row], findings)[row.pk]
        told = shapes.only(shapes.question(row, verdicts, findings), language)
        kept = {"Cache-Control": "private, no-cache"} if row.owner_id else None
        return Response(told, headers=kept)


class Topics(BankView):
    @extend_schema(
        operation_id="topics_list",
        summary="List topics",
        parameters=[InLanguage],
        responses={200: answers.Topics, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        language = self.query(InLanguage)["language"]
        listed = [shapes.topic(row, row.question_count) for row in bank.topics()]
        return Response({"results": shapes.only(listed, language)})
