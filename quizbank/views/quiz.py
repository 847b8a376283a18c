"""Quizzes: put one together, answer it item by item, see what it says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST

from quizbank.forms.quiz import AnswerForm
from quizbank.forms.reading import number
from quizbank.models import QuizAnswer, QuizSession
from quizbank.queries import quiz as queries
from quizbank.services import quiz as service
from quizbank.services.errors import BadAnswer, BadQuiz, QuizConflict
from quizbank.views import quiz_shown
from quizbank.views.predictions import keep
from quizbank.views.visitors import learner
from quizbank.wording import say, spoken

LENGTHS = (5, 10, 20)
USUAL = 10
LISTED = 8
WEAKNESS = "weakness"
View = Callable[[HttpRequest, QuizSession], HttpResponse]


def owned(view: View) -> Callable[[HttpRequest, uuid.UUID], HttpResponse]:
    """Hand the view the visitor's own quiz; anybody else's is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, quiz_id: uuid.UUID) -> HttpResponse:
        try:
            quiz = queries.get_quiz_for(request.user, quiz_id)
        except QuizSession.DoesNotExist as missing:
            raise Http404 from missing
        return _private(view(request, quiz))

    return guarded


def start(request: HttpRequest) -> HttpResponse:
    """What to be asked about, and the quizzes there have been."""
    error, status = "", 200
    if request.method == "POST":
        try:
            return _begin(request, timezone.now())
        except BadQuiz as bad:
            error, status = spoken(bad.text), 422
    context = {
        "topics": queries.quiz_topics(),
        "total": queries.item_count(),
        "about": request.POST.get("about", request.GET.get("topic", "")),
        "lengths": LENGTHS,
        "length": request.POST.get("n", str(USUAL)),
        "error": error,
        **quiz_shown.listed(request.user, LISTED),
    }
    return _private(render(request, "quizbank/quiz/start.html", context, status=status))


def _begin(request: HttpRequest, now: datetime) -> HttpResponse:
    about, n = request.POST.get("about", ""), request.POST.get("n", "")
    quiz = service.start_session(
        user=learner(request, now, request.POST.get("zone", "")),
        n=number(n),
        now=now,
        topic="" if about == WEAKNESS else about,
        weakness=about == WEAKNESS,
    )
    return _to("quiz_session", quiz)


@owned
def session(request: HttpRequest, quiz: QuizSession) -> HttpResponse:
    """The item asked next, the one named by `item`, or, posted, the answer to one."""
    now = timezone.now()
    if request.method == "POST":
        return _answer(request, quiz, now)
    service.settle(quiz=quiz, now=now)
    answers = queries.answers_of(quiz)
    row = quiz_shown.wanted(answers, request.GET.get("item", ""), quiz.finished_at is not None)
    if row is None:
        return _to("quiz_result", quiz)
    if row.answered_at is None:
        return _ask(request, quiz, answers, row, AnswerForm.blank(row))
    context = quiz_shown.answered(quiz, answers, row)
    return render(request, "quizbank/quiz/answered.html", context)


def _ask(
    request: HttpRequest,
    quiz: QuizSession,
    answers: list[QuizAnswer],
    row: QuizAnswer,
    form: AnswerForm,
) -> HttpResponse:
    context = quiz_shown.asked(quiz, answers, row) | {"form": form}
    status = 422 if form.error else 200
    return render(request, "quizbank/quiz/item.html", context, status=status)


def _answer(request: HttpRequest, quiz: QuizSession, now: datetime) -> HttpResponse:
    form = AnswerForm.read(request.POST)
    try:
        row = service.answer(
            quiz=quiz,
            position=form.position,
            value=form.value,
            confidence=form.confidence,
            client_uuid=form.client_uuid,
            now=now,
        )
    except QuizAnswer.DoesNotExist as missing:
        raise Http404 from missing
    except QuizConflict as conflict:
        messages.info(request, spoken(conflict.text))
        return _to("quiz_session", quiz, form.position)
    except BadAnswer as bad:
        answers = queries.answers_of(quiz)
        row = next(one for one in answers if one.position == form.position)
        return _ask(request, quiz, answers, row, form.refused(bad.field, spoken(bad.text)))
    if row.run is not None and row.given:
        # Whoever has staked a guess here need not stake it again in the lab.
        keep(request, row.run.demo, {"choice": row.given["option"], "confidence": row.confidence})
    return _to("quiz_session", quiz, row.position)


@require_POST
@owned
def stop(request: HttpRequest, quiz: QuizSession) -> HttpResponse:
    """End the quiz where it stands."""
    service.finish(quiz=quiz, now=timezone.now())
    return _to("quiz_result", quiz)


@owned
def result(request: HttpRequest, quiz: QuizSession) -> HttpResponse:
    """Scores, certainty against what came of it, and the misses."""
    service.settle(quiz=quiz, now=timezone.now())
    context = quiz_shown.told(quiz, queries.answers_of(quiz))
    return render(request, "quizbank/quiz/result.html", context)


@require_POST
@owned
def tomorrow(request: HttpRequest, quiz: QuizSession) -> HttpResponse:
    """Take the misses to tomorrow's cards."""
    added = service.add_misses_to_tomorrow(quiz=quiz, now=timezone.now())
    messages.success(request, say("quiz.added", n=added))
    return _to("quiz_result", quiz)


def _to(name: str, quiz: QuizSession, item: int = 0) -> HttpResponse:
    there = reverse(f"quizbank:{name}", args=[quiz.pk])
    answer = HttpResponseRedirect(f"{there}?item={item}" if item else there)
    answer.status_code = 303
    return answer


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_cache=True)
    return response
