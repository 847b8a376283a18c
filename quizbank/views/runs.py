"""A run by its id: its page for good, its progress while it goes on, and the way to stop it.

Whoever knows the random id may look; only who asked for a run may cancel it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from demos.models import Run, RunRequest, State
from demos.queries import get_run, progress, request_of, stored_run
from demos.services import cancel_request
from demos.streams import CONTENT_TYPE, HEADERS, StreamsFull, open_stream
from quizbank.models import User
from quizbank.queries.runs import earlier_runs
from quizbank.views.compare import compare
from quizbank.views.predictions import of_request
from quizbank.views.run_data import RunView


def found(run_id: UUID) -> Run:
    """The run of that id (Raises Http404)."""
    try:
        return get_run(run_id)
    except Run.DoesNotExist as missing:
        raise Http404 from missing


def own_wish(request: HttpRequest, run: Run) -> RunRequest | None:
    """The visitor's own wish for this run, if they made one."""
    return request_of(request.user if isinstance(request.user, User) else None, run)


def context_of(request: HttpRequest, run: Run) -> dict[str, Any]:
    """What the panel of a run shows to this visitor: the run, and what to compare it with."""
    wish = own_wish(request, run)
    guess = of_request(run.demo, wish.prediction) if wish else None
    view = RunView(run, guess, mine=wish is not None and wish.withdrawn_at is None)
    context: dict[str, Any] = {"view": view, "landed": "landed" in request.GET}
    if view.done:
        context |= _comparison(request, run)
    return context


def _comparison(request: HttpRequest, run: Run) -> dict[str, Any]:
    others = earlier_runs(request.user, run.demo, run)
    stored = stored_run(run.demo)
    if stored and stored.pk != run.pk and stored.pk not in {other.pk for other in others}:
        others.append(stored)
    wanted = request.GET.get("with", "")
    other = next((each for each in others if str(each.pk) == wanted), None)
    if other is None and others:
        other = others[0]
    return {
        "others": [RunView(each) for each in others],
        "stored_pk": stored.pk if stored else None,
        "comparison": compare(run, other) if other else None,
    }


@require_safe
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The page of a run: the same for everyone, except what a visitor's own runs add."""
    answer = render(request, "quizbank/runs/run.html", context_of(request, found(run_id)))
    answer["X-Robots-Tag"] = "noindex"
    return _private(answer)


@require_safe
def panel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The part of a page that shows a run, for a page that has watched it end.

    With `beside`, a short one without a large stamp, for a page that bears one already.
    """
    shown = found(run_id)
    short = "beside" in request.GET and shown.state == State.DONE
    if short:
        context: dict[str, Any] = {"view": RunView(shown)}
    else:
        context = context_of(request, shown)
    name = "beside" if short else "panel"
    return _private(render(request, f"quizbank/runs/{name}.html", context))


@require_safe
def run_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far a run is, as JSON; with the ETag of an answer seen before, 304."""
    text = json.dumps(progress(found(run_id)), ensure_ascii=False, allow_nan=False)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(text, content_type="application/json")
    answer["ETag"] = etag
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def events(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """The same as a stream of events. Who finds no place polls `progress` instead."""
    address = request.META.get("REMOTE_ADDR", "")
    person = f"user:{request.user.pk}" if request.user.pk else f"address:{address}"
    seen = request.headers.get("Last-Event-ID", "")
    try:
        stream = open_stream(run_id, person=person, last_event_id=seen)
    except Run.DoesNotExist as missing:
        raise Http404 from missing
    except StreamsFull as full:
        answer = HttpResponse(status=429 if full.yours else 503)
        answer["Retry-After"] = str(full.retry_after)
        return answer
    if stream is None:
        return HttpResponse(status=204)
    return StreamingHttpResponse(stream, content_type=CONTENT_TYPE, headers=HEADERS)


@require_POST
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Withdraw the visitor's own wish; for anybody else there is nothing here."""
    run = found(run_id)
    wish = own_wish(request, run)
    if wish is None:
        raise Http404
    cancel_request(request=wish, now=timezone.now())
    page = reverse("quizbank:demo", args=[run.demo_id])
    query = RunView(run).query
    return HttpResponseRedirect(f"{page}?{query}{'&' if query else ''}run={run.pk}")


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer
