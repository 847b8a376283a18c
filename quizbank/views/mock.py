"""Mock interviews: begin, answer against the clock, estimate oneself, mark, read the report."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from quizbank.forms.mock import CHOOSE, AnswerForm, MarksForm
from quizbank.forms.reading import number
from quizbank.models import MockInterview, MockQuestion
from quizbank.models.interviews import open_interview
from quizbank.queries import mock as queries
from quizbank.queries.bank import topics
from quizbank.rubric import SCALES
from quizbank.services import mock as service
from quizbank.services.errors import BadMock, MockConflict
from quizbank.views import mock_shown
from quizbank.views.visitors import learner
from quizbank.wording import say, spoken

MINUTES = (15, 25, 45, 60)
USUAL = 25
MORE = 5  # minutes that one press adds
WEAKNESS, LIST = "weakness", "list"
View = Callable[[HttpRequest, MockInterview], HttpResponse]


def owned(view: View) -> Callable[[HttpRequest, uuid.UUID], HttpResponse]:
    """Hand the view the visitor's own interview; anybody else's is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, mock_id: uuid.UUID) -> HttpResponse:
        try:
            mock = queries.get_mock_for(request.user, mock_id)
        except MockInterview.DoesNotExist as missing:
            raise Http404 from missing
        return view(request, mock)

    return never_cache(guarded)


def deed(view: View) -> Callable[[HttpRequest, uuid.UUID], HttpResponse]:
    """The same for what is posted. Where a page stood after a refusal, reading its address leads
    back to the interview."""

    @owned
    @wraps(view)
    def guarded(request: HttpRequest, mock: MockInterview) -> HttpResponse:
        return view(request, mock) if request.method == "POST" else _to(mock)

    return guarded


@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """What to be asked about and for how long, and the interviews there have been."""
    error, status = "", 200
    if request.method == "POST":
        try:
            return _begin(request, timezone.now())
        except BadMock as bad:
            error, status = spoken(bad.text), 422
    context = {
        "topics": [topic for topic in topics() if topic.question_count],
        "scales": [(say(f"mock.{each}"), say(f"mock.{each}_how")) for each in SCALES],
        "interview": open_interview(request.user.pk),
        "about": request.POST.get("about", request.GET.get("topic", "")),
        "minutes": [(n, max(2, n // service.MINUTES_EACH)) for n in MINUTES],
        "chosen": request.POST.get("minutes", str(USUAL)),
        "error": error,
        **mock_shown.listed(request.user),
    }
    return render(request, "quizbank/mock/start.html", context, status=status)


def _begin(request: HttpRequest, now: datetime) -> HttpResponse:
    about = request.POST.get("about", "")
    user = learner(request, now, request.POST.get("zone", ""))
    interview = open_interview(user.pk) if about == LIST else None
    mock = service.start(
        user=user,
        minutes=number(request.POST.get("minutes", "")),
        now=now,
        topic="" if about in (WEAKNESS, LIST) else about,
        paths=interview.may_ask().values_list("path", flat=True) if interview else (),
        weakness=about == WEAKNESS,
    )
    return _to(mock)


@require_safe
@owned
def sitting(request: HttpRequest, mock: MockInterview) -> HttpResponse:
    """The interview where it stands: the open question, the estimate, the marks, the report."""
    rows = queries.asked_in(mock)
    if mock.state == "answering":
        return _ask(request, mock, rows, _draft(request, mock, rows))
    if not any(row.answered_at for row in rows):
        return render(request, "quizbank/mock/nothing.html", {"mock": mock})
    if mock.state == "estimating":
        return _estimate(request, mock, rows)
    if mock.state == "marking":
        row = mock_shown.wanted(rows, number(request.GET.get("item", "")))
        return _mark(request, mock, rows, row, MarksForm.shown(row))
    return render(request, "quizbank/mock/report.html", mock_shown.told(mock))


@deed
def answer(request: HttpRequest, mock: MockInterview) -> HttpResponse:
    """Answer the open question."""
    form = AnswerForm.read(request.POST)
    try:
        service.answer(
            mock=mock,
            position=form.position,
            text=form.text,
            client_uuid=form.client_uuid,
            now=timezone.now(),
        )
    except MockQuestion.DoesNotExist as missing:
        raise Http404 from missing
    except MockConflict as conflict:
        _keep(request, mock, form)
        messages.info(request, spoken(conflict.text))
        return _to(mock)
    except BadMock as bad:
        rows = queries.asked_in(mock)
        return _ask(request, mock, rows, replace(form, error=spoken(bad.text)), status=422)
    request.session.pop(_drawer(mock), None)
    return _to(mock)


@deed
def clock(request: HttpRequest, mock: MockInterview) -> HttpResponse:
    """Pause, go on, add minutes, or end here; what stands in the field is kept, at the end as
    the answer."""
    form, now = AnswerForm.read(request.POST), timezone.now()
    _keep(request, mock, form)
    deeds: dict[str, Callable[[], Any]] = {
        "pause": lambda: service.pause(mock=mock, now=now),
        "go_on": lambda: service.go_on(mock=mock, now=now),
        "extend": lambda: service.extend(mock=mock, minutes=MORE),
        "stop": lambda: service.stop(
            mock=mock,
            now=now,
            position=form.position,
            text=form.text,
            client_uuid=form.client_uuid,
        ),
    }
    asked_for = deeds.get(request.POST.get("deed", ""))
    if asked_for is None:
        raise Http404
    try:
        asked_for()
    except MockQuestion.DoesNotExist as missing:
        raise Http404 from missing
    except (MockConflict, BadMock) as refused:
        messages.info(request, spoken(refused.text))
    return _to(mock)


@deed
def estimate(request: HttpRequest, mock: MockInterview) -> HttpResponse:
    """How good one thinks the answers were, before the rubric."""
    value = request.POST.get("value", "")
    try:
        if value not in mock_shown.ESTIMATES:
            raise BadMock("value", CHOOSE)
        service.estimate(mock=mock, value=float(value))
    except MockConflict as conflict:
        messages.info(request, spoken(conflict.text))
    except BadMock as bad:
        return _estimate(request, mock, queries.asked_in(mock), spoken(bad.text))
    return _to(mock)


@deed
def mark(request: HttpRequest, mock: MockInterview) -> HttpResponse:
    """Mark one answer against its rubric."""
    form, rows = MarksForm.read(request.POST), queries.asked_in(mock)
    row = next((one for one in rows if one.position == form.position), None)
    if row is None:
        raise Http404
    try:
        if missing := form.missing():
            form = replace(form, errors=dict.fromkeys(missing, spoken(CHOOSE)))
            return _mark(request, mock, rows, row, form)
        service.mark(mock=mock, position=row.position, marks=form.marks(), now=timezone.now())
    except MockConflict as conflict:
        messages.info(request, spoken(conflict.text))
    except BadMock as bad:
        form = replace(form, errors={bad.field: spoken(bad.text)})
        return _mark(request, mock, rows, row, form)
    return _to(mock)


@require_safe
@owned
def report_text(request: HttpRequest, mock: MockInterview) -> HttpResponse:
    """The report as a file to keep."""
    if mock.state != "finished":
        raise Http404
    text = mock_shown.written(mock)
    answer = HttpResponse(text, "text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="mock-{mock.created_at:%Y-%m-%d}.md"'
    return answer


def _ask(
    request: HttpRequest,
    mock: MockInterview,
    rows: list[MockQuestion],
    form: AnswerForm,
    status: int = 200,
) -> HttpResponse:
    context = mock_shown.asked(mock, rows, timezone.now()) | {"form": form, "more": MORE}
    return render(request, "quizbank/mock/question.html", context, status=status)


def _estimate(
    request: HttpRequest, mock: MockInterview, rows: list[MockQuestion], error: str = ""
) -> HttpResponse:
    context = {"mock": mock, "rows": rows, "estimates": mock_shown.estimates(), "error": error}
    status = 422 if error else 200
    return render(request, "quizbank/mock/estimate.html", context, status=status)


def _mark(
    request: HttpRequest,
    mock: MockInterview,
    rows: list[MockQuestion],
    row: MockQuestion,
    form: MarksForm,
) -> HttpResponse:
    context = mock_shown.marking(mock, rows, row, form)
    status = 422 if form.errors else 200
    return render(request, "quizbank/mock/marking.html", context, status=status)


def _drawer(mock: MockInterview) -> str:
    return f"mock:{mock.pk}"


def _keep(request: HttpRequest, mock: MockInterview, form: AnswerForm) -> None:
    """What was typed stands in the field again on the next page."""
    if form.position:
        request.session[_drawer(mock)] = [form.position, form.text[:10_000]]


def _draft(request: HttpRequest, mock: MockInterview, rows: list[MockQuestion]) -> AnswerForm:
    row = mock_shown.open_one(rows)
    position, text = request.session.get(_drawer(mock), (0, ""))
    return AnswerForm(row.position, uuid.uuid4(), text if position == row.position else "")


def _to(mock: MockInterview) -> HttpResponse:
    answer = HttpResponseRedirect(reverse("quizbank:mock_sitting", args=[mock.pk]))
    answer.status_code = 303
    return answer
