"""How a person studies, and leaving for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from quizbank.forms import settings as forms
from quizbank.forms.settings import SHARES, Settings
from quizbank.models import StudyProfile, User
from quizbank.queries import people
from quizbank.queries.load import load_by_retention
from quizbank.queries.takeout import Exact, everything
from quizbank.services.fits import FEWEST, wish_fit
from quizbank.services.parameters import adopt_parameters
from quizbank.services.people import erase_person
from quizbank.services.profile import edit_profile, wrong
from quizbank.views.visitors import learner
from quizbank.wording import calendar, language, say

WHOLE_ZONES = ("Asia/Shanghai", "Asia/Tokyo", "Europe/Berlin", "Europe/London", "America/New_York")


@never_cache
def settings(request: HttpRequest) -> HttpResponse:
    """The settings; posting them saves all or, with a word at each wrong field, nothing."""
    now = timezone.now()
    profile = people.profile_of(_person(request))
    if request.method != "POST":
        return _page(request, profile, forms.shown(profile), now)
    changes, typed = forms.read(request.POST)
    typed = typed.refused(wrong(changes))
    if not typed.errors:
        edit_profile(user=learner(request, now), changes=changes)
        messages.success(request, say("settings.saved"))
        return redirect("quizbank:settings")
    return _page(request, profile, typed, now, status=422)


@never_cache
@require_POST
@sensitive_post_parameters("password")
def leave(request: HttpRequest) -> HttpResponse:
    """Erase the person, once they typed the word and, if they have one, their password."""
    user = _person(request)
    if user is None:
        return redirect("quizbank:settings")
    word = say("settings.leave_word")
    error = ""
    if request.POST.get("word", "").strip().lower() != str(word):
        error = say("settings.leave_wrong", word=word)
    elif not user.is_guest and not user.check_password(request.POST.get("password", "")):
        error = say("settings.leave_password_wrong")
    if error:
        now, profile = timezone.now(), people.profile_of(user)
        return _page(request, profile, forms.shown(profile), now, status=422, leave_error=error)
    logout(request)
    erase_person(user=user, now=timezone.now())
    messages.info(request, say("settings.left"))
    answer = redirect("quizbank:home")
    # Pages kept for the back button may show what was erased.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@never_cache
@require_GET
def takeout(request: HttpRequest) -> HttpResponse:
    """Everything the person owns, to keep."""
    user = _person(request)
    if user is None:
        return redirect("quizbank:settings")
    now = timezone.now()
    shape = {"ensure_ascii": False, "indent": 1}
    answer = JsonResponse(everything(user, now), Exact, json_dumps_params=shape)
    answer.headers["Content-Disposition"] = f'attachment; filename="proofdeck-{now:%Y-%m-%d}.json"'
    return answer


@never_cache
@require_POST
def fit(request: HttpRequest) -> HttpResponse:
    """Ask a worker to fit the memory parameters, or go back to the published ones."""
    user = _person(request)
    if user is not None and "defaults" in request.POST:
        adopt_parameters(user=user, parameter_set=None, client_uuid=uuid4(), now=timezone.now())
        messages.success(request, say("settings.defaults_done"))
    elif user is not None:
        wished = wish_fit(user)
        messages.info(request, say("settings.fit_wished" if wished else "settings.fit_later"))
    return redirect("quizbank:settings")


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _page(
    request: HttpRequest,
    profile: StudyProfile,
    typed: Settings,
    now: datetime,
    *,
    status: int = 200,
    leave_error: str = "",
) -> HttpResponse:
    local = now.astimezone(ZoneInfo(profile.zone))
    names = zip(calendar.WEEKDAYS[language()], typed.typed["easy_days"], strict=True)
    context: dict[str, Any] = {
        "typed": typed.typed,
        "errors": {name: getattr(text, language()) for name, text in typed.errors.items()},
        "local_time": f"{local:%H:%M}",
        "week": list(enumerate(names)),
        "shares": list(SHARES),
        "zones": WHOLE_ZONES,
        "leave_error": leave_error,
        **_memory(request, profile),
        **_load(request),
        "leave_word": say("settings.leave_word"),
    }
    return render(request, "quizbank/settings/settings.html", context, status=status)


def _load(request: HttpRequest) -> dict[str, Any]:
    """What each desired retention costs; its numbers in per cent."""
    found = load_by_retention(_person(request))
    rows = [
        (f"{100 * cost.retention:g}", cost, cost.retention == found.wanted) for cost in found.costs
    ]
    return {"load_cards": found.cards, "load": rows}


def _memory(request: HttpRequest, profile: StudyProfile) -> dict[str, Any]:
    """Which memory parameters are in use and what the last fit said."""
    user = _person(request)
    last = people.last_fit(user) if user else None
    reviews = people.later_day_reviews(user) if user and last is None else FEWEST
    return {
        "too_few": reviews < FEWEST,
        "later_day_reviews": reviews,
        "parameters": profile.parameter_set,
        "last_fit": last,
        "refused": last if last and last.accepted is False else None,
    }
