"""Pages for what went wrong: each says what happened and what to do next."""

from __future__ import annotations

import sys

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from quizbank.wording import TAGS, language


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "400")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, "403")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "csrf")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, "404")


def server_error(request: HttpRequest) -> HttpResponse:
    """Also 503, where the database is what failed. Asks it nothing, so nothing fails twice."""
    failed = isinstance(sys.exc_info()[1], DatabaseError | InterfaceError)
    name, status = ("503", 503) if failed else ("500", 500)
    context = {
        "name": name,
        "status": status,
        "language": language(),
        "html_lang": TAGS[language()],
    }
    answer = HttpResponse(render_to_string("quizbank/errors/bare.html", context), status=status)
    if failed:
        answer.headers["Retry-After"] = "10"
    return answer


def _page(request: HttpRequest, status: int, name: str) -> HttpResponse:
    context = {"name": name, "status": status}
    return render(request, "quizbank/errors/error.html", context, status=status)
