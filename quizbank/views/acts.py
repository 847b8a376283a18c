"""What the menu of a card does: put it aside, bring it back, move it, forget it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from quizbank.forms.acts import Deed
from quizbank.models import EventKind, Question
from quizbank.queries.bank import get_question
from quizbank.queries.people import day_today
from quizbank.services.acts import perform
from quizbank.services.errors import BadReview, ReviewConflict
from quizbank.services.given import GivenAct
from quizbank.views.onwards import gone, next_card, posted
from quizbank.views.visitors import learner
from quizbank.wording import calendar, say, spoken


@posted
def act(request: HttpRequest) -> HttpResponse:
    """Do it, once however often it is sent, and go on where it was asked for."""
    now = timezone.now()
    deed = Deed.read(request.POST)
    try:
        question = get_question(deed.question, request.user)
    except Question.DoesNotExist:
        return gone(request)
    if deed.kind is None:
        return _back(deed)
    user = learner(request, now, deed.zone)
    days = 1 if deed.kind == EventKind.BURY else None
    if deed.kind == EventKind.SET_DUE:
        days = (deed.day - day_today(user, now)).days if deed.day else -1
    given = GivenAct(kind=deed.kind, question=question, client_uuid=deed.client_uuid, days=days)
    try:
        recorded = perform(user=user, given=given, now=now)
    except BadReview:
        messages.info(request, say("acts.bad_day"))
        return _back(deed)
    except ReviewConflict as conflict:
        messages.info(request, spoken(conflict.text))
        return _back(deed)
    if recorded.created:
        day = calendar.short_date(deed.day) if deed.day else ""
        tags = "undo stay" if deed.stay else "undo"
        messages.success(request, say(f"acts.done_{deed.kind}", day=day), extra_tags=tags)
    return redirect("quizbank:question", question.path) if deed.stay else next_card(deed.wish)


def _back(deed: Deed) -> HttpResponse:
    """To the same card or page, nothing done."""
    if deed.stay:
        return redirect("quizbank:question", deed.question)
    return next_card(deed.wish, question=deed.question)
