"""From one card to the next."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from quizbank.wording import say

View = Callable[[HttpRequest], HttpResponse]


def posted(view: View) -> View:
    """For forms alone; whoever reloads or bookmarks the address gets the next card."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method == "POST" else next_card("")

    return guarded


def next_card(topic: str, question: str = "") -> HttpResponse:
    """To the next card of the topic, or of all, or to the card named."""
    query = {name: value for name, value in (("topic", topic), ("question", question)) if value}
    there = reverse("quizbank:study")
    answer = HttpResponseRedirect(f"{there}?{urlencode(query)}" if query else there)
    answer.status_code = 303
    return answer


def gone(request: HttpRequest) -> HttpResponse:
    """The question asked for is not there: say so, and go on."""
    messages.info(request, say("study.gone"))
    return next_card("")
