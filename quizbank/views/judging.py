"""How a verdict is decided, in words, with a specimen of every stamp."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def judging(request: HttpRequest) -> HttpResponse:
    """The rules that every stamp was given by."""
    return render(request, "quizbank/help/judging.html")
