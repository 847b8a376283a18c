"""From one card to the next."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from quizbank.forms import wishes
from quizbank.queries.sessions import TODAY, Wish
from quizbank.wording import say

View = Callable[[HttpRequest], HttpResponse]


def posted(view: View) -> View:
    """For forms alone; whoever reloads or bookmarks the address gets the next card."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method == "POST" else next_card()

    return guarded


def next_card(wish: Wish = TODAY, question: str = "") -> HttpResponse:
    """To the next card of the session, or to the card named."""
    query = wishes.query(wish) | ({"question": question} if question else {})
    there = reverse("quizbank:study")
    answer = HttpResponseRedirect(f"{there}?{urlencode(query)}" if query else there)
    answer.status_code = 303
    return answer


def gone(request: HttpRequest) -> HttpResponse:
    """The question asked for is not there: say so, and go on."""
    messages.info(request, say("study.gone"))
    return next_card()
