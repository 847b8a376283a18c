"""Put one's own questions away and take them out again: one of them, or what a file made."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from quizbank.models import Question, User
from quizbank.queries import own
from quizbank.services import own_questions
from quizbank.views.exchange import REPORT, moment_of
from quizbank.wording import say


@never_cache
@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """The `question` of that path or, without one, all that the last file made."""
    user, path = _person(request), request.POST.get("question", "")
    found = own.own_questions(user).filter(path=path) if path else _made(request, user)
    chosen = list(found.only("pk", "title_zh", "title_en"))
    keys = [question.pk for question in chosen]
    n = own_questions.retire_unused(owner=user, questions=keys, now=timezone.now())
    if n == 1:
        messages.success(request, say("exchange.put_away_one", title=chosen[0].title))
    elif n:
        messages.success(request, say("exchange.put_away_many", n=n))
    if request.POST.get("study"):
        return redirect("quizbank:study")
    return redirect("quizbank:exchange")


@never_cache
@require_POST
def take_out(request: HttpRequest) -> HttpResponse:
    """The `question` of that path or, without one, all that was put away."""
    user, path = _person(request), request.POST.get("question", "")
    away = own.put_away(user)
    found = away.filter(path=path) if path else away
    keys = list(found.values_list("pk", flat=True))
    own_questions.revive(owner=user, questions=keys)
    if keys:
        messages.success(request, say("exchange.taken_out", n=len(keys)))
    return redirect("quizbank:exchange")


def _made(request: HttpRequest, user: User) -> QuerySet[Question]:
    """The questions that the last file made."""
    report = request.session.get(REPORT)
    return own.brought_at(user, moment_of(report)) if report else Question.objects.none()


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
