"""Signing up keeps the guest's row; signing in takes the guest's log along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from quizbank.forms.people import PersonForm, SignInForm, SignUpForm
from quizbank.models import EventKind, ReviewEvent, User
from quizbank.services.errors import PeopleError
from quizbank.services.people import merge_guest, start_guest
from quizbank.services.people import sign_up as keep
from quizbank.views.visitors import BACKEND
from quizbank.wording import TAGS, language, say


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """A name and a password for the guest; a visitor gets a row of their own first."""
    if _named(request):
        return redirect(_next(request))
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = _kept(request, form)
        if user:
            # A new session key: whoever knew the guest's must not know this one.
            login(request, user, backend=BACKEND)
            messages.success(request, say("people.kept", name=user.get_username()))
            return redirect(_next(request))
    return _form(request, "sign_up", form)


def _kept(request: HttpRequest, form: SignUpForm) -> User | None:
    now = timezone.now()
    guest = request.user if isinstance(request.user, User) else None
    try:
        with transaction.atomic():  # a refusal leaves no row behind
            return keep(
                guest=guest or start_guest(now=now, language=TAGS[language()]),
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                email=form.cleaned_data["email"],
                now=now,
            )
    except PeopleError as refused:
        for field, text in refused.errors.items():
            form.add_error(field, text.zh if language() == "zh" else text.en)
        return None


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The account, with what the guest did here."""
    if _named(request):
        return redirect(_next(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User) and not user.is_guest:
            _enter(request, user)
            return redirect(_next(request))
        form.add_error("password", say("people.wrong"))
    return _form(request, "sign_in", form)


def _enter(request: HttpRequest, account: User) -> None:
    guest = request.user if isinstance(request.user, User) and request.user.is_guest else None
    done = _reviews(guest)
    if guest:
        merge_guest(guest=guest, account=account, now=timezone.now())
    login(request, account, backend=BACKEND)
    key = "people.merged" if done else "people.welcome"
    messages.success(request, say(key, name=account.get_username(), n=done))


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, say("people.signed_out"))
    answer = redirect("quizbank:home")
    # Pages kept for the back button may show what was typed.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords for this name from this address."""
    answer = render(request, "quizbank/people/locked.html", status=429)
    answer.headers["Retry-After"] = str(15 * 60)
    return answer


def _named(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and not request.user.is_guest


def _reviews(guest: User | None) -> int:
    if guest is None:
        return 0
    return ReviewEvent.objects.filter(user=guest, kind=EventKind.REVIEW).count()


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("quizbank:home")


def _form(request: HttpRequest, name: str, form: PersonForm) -> HttpResponse:
    guest = request.user if isinstance(request.user, User) else None
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    context = {"form": form, "reviews": _reviews(guest), "next": wanted}
    status = 422 if form.errors else 200
    return render(request, f"quizbank/people/{name}.html", context, status=status)
