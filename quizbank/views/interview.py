"""The interview somebody prepares for: its date, how they stand, what is to be done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from quizbank.forms.interview import InterviewForm
from quizbank.models import Question, User
from quizbank.models.bank import OWN_TOPIC
from quizbank.queries import interviews as queries
from quizbank.queries.people import day_today
from quizbank.queries.sessions import INTERVIEW, SHORT
from quizbank.services.errors import PeopleError
from quizbank.services.interviews import FARTHEST, close_interview, set_interview
from quizbank.views import interview_figures as figures
from quizbank.views.drawing import both, percent
from quizbank.views.visitors import learner
from quizbank.wording import say, spoken

MOST_OWN = 100  # of one's own questions that are offered one by one
LISTED = ("topics", "levels", "questions")  # the fields that make the list


@never_cache
def interview(request: HttpRequest) -> HttpResponse:
    """How one stands, and the fields; posting them sets the interview or changes nothing."""
    now = timezone.now()
    user = _person(request)
    today = day_today(user, now)
    if request.method != "POST":
        found = queries.open_interview(user.pk if user else None)
        ahead = found if found and found.day > today else None
        return _page(request, InterviewForm.shown(ahead, today), now)
    typed = InterviewForm.read(request.POST)
    if not typed.errors:
        someone = learner(request, now, request.POST.get("zone", ""))
        try:
            set_interview(user=someone, now=now, **typed.wanted())
        except PeopleError as refused:
            typed = typed.refused(refused.errors)
        else:
            messages.success(request, say("interview.saved"))
            return redirect("quizbank:interview")
    return _page(request, typed, now, status=422)


@never_cache
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Put the interview behind."""
    user = _person(request)
    if user is not None and close_interview(user=user, now=timezone.now()):
        messages.info(request, say("interview.closed"))
    return redirect("quizbank:interview")


def outlook(user: User | None, now: datetime) -> dict[str, Any]:
    """What the home page says of the interview ahead; empty without one."""
    standing = queries.standing(user, now)
    if standing is None:
        return {}
    figure = both(figures.outlook, standing, figures.outlook_label(standing), figures.HOME)
    return {**_numbers(standing), "outlook": figure}


def _numbers(standing: queries.Standing) -> dict[str, Any]:
    return {
        "standing": standing,
        "still_unseen": standing.asked - standing.pace.learnt,
        "wanted": percent(standing.interview.retention),
    }


def _page(
    request: HttpRequest, form: InterviewForm, now: datetime, status: int = 200
) -> HttpResponse:
    user = _person(request)
    today = day_today(user, now)
    found = queries.open_interview(user.pk if user else None)
    standing = queries.standing(user, now)
    by_topic = _by_topic(user, form.questions)
    errors = {name: spoken(text) for name, text in form.errors.items()}
    context: dict[str, Any] = {
        "form": form,
        "errors": errors,
        "over": found if found and found.day <= today else None,
        "first": today + timedelta(days=1),
        "last": today + FARTHEST,
        "topics": [topic for topic, _ in by_topic if topic.slug != OWN_TOPIC],
        "levels": [(level, say(f"questions.level_{level}")) for level in Question.Level.values],
        "list_error": next((errors[name] for name in LISTED if name in errors), ""),
        "by_topic": by_topic,
        "list": INTERVIEW,
        "short": SHORT,
    }
    if standing is not None:
        context |= {
            **_numbers(standing),
            "outlook": both(figures.outlook, standing, figures.outlook_label(standing)),
            "plan": both(figures.plan, standing, say("interview.plan"), 1_116),
        }
    return render(request, "quizbank/interview/interview.html", context, status=status)


def _by_topic(user: User | None, named: Collection[str]) -> list[tuple[Any, list[Question]]]:
    """What may be named one by one; of many questions of one's own, those that are."""
    own = Question.everyone.filter(owner=user, retired_at=None) if user else Question.objects.none()
    if own.count() > MOST_OWN:
        own = own.filter(path__in=named)
    living = Question.objects.filter(retired_at=None) | own
    rows = living.select_related("topic").order_by("topic__position", "position", "path")
    return [(topic, list(some)) for topic, some in groupby(rows, key=lambda row: row.topic)]


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
