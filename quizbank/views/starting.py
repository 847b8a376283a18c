"""Starting a run from a form, and looking at the recorded result after a guess."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from demos.kit.parameters import ParameterErrors
from demos.models import Demo
from demos.queries import get_demo
from demos.services import ASKED, TooManyRuns, request_run
from quizbank.forms.lab import LabForm
from quizbank.views import lab
from quizbank.views.predictions import keep, posted_guess
from quizbank.views.run_data import RunView
from quizbank.views.runs import context_of
from quizbank.views.visitors import learner
from quizbank.wording import say


def wanted(slug: str) -> Demo:
    """The demo of that slug (Raises Http404)."""
    try:
        return get_demo(slug)
    except Demo.DoesNotExist as missing:
        raise Http404 from missing


@require_POST
def run_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Wish for a run with the form's values, and go where it can be watched.

    A form that asks for a `fragment` gets the run's panel instead, to put into its page.
    """
    demo = wanted(slug)
    form = LabForm(demo.manifest, request.POST, demo.default_seconds)
    if form.errors:
        return _refused(request, demo, form, 400, say("lab.refused"))
    guess = posted_guess(request, demo)
    now = timezone.now()
    device = request.POST.get("device", "auto")
    keep(request, demo, guess)
    try:
        wish = request_run(
            demo=demo,
            owner=learner(request, now),
            given=form.given,
            now=now,
            device=device if device in ASKED else "auto",
            fresh=bool(request.POST.get("fresh")),
            prediction=guess,
        )
    except ParameterErrors as refused:
        again = LabForm(demo.manifest, request.POST, demo.default_seconds, refused.errors)
        return _refused(request, demo, again, 400, say("lab.refused"))
    except TooManyRuns as many:
        said = say("lab.too_many", n=many.limit)
        answer = _refused(request, demo, form, 429, said)
        answer["Retry-After"] = str(many.retry_after)
        return answer
    if request.POST.get("fragment"):
        return render(request, "quizbank/runs/panel.html", context_of(request, wish.run))
    query = RunView(wish.run).query
    page = reverse("quizbank:demo", args=[demo.slug])
    return HttpResponseRedirect(f"{page}?{query}{'&' if query else ''}run={wish.run_id}#result")


@require_POST
def look(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the recorded result: the guess that was made is kept, or that none was."""
    demo = wanted(slug)
    keep(request, demo, posted_guess(request, demo))
    query = LabForm(demo.manifest, request.POST).query
    page = reverse("quizbank:demo", args=[demo.slug])
    return HttpResponseRedirect(f"{page}{'?' if query else ''}{query}#result")


def _refused(
    request: HttpRequest, demo: Demo, form: LabForm, status: int, said: str
) -> HttpResponse:
    """The page again with what was typed and why it will not do."""
    if request.POST.get("fragment"):
        return render(request, "quizbank/runs/refused.html", {"said": said}, status=status)
    return lab.page(request, demo, form, said=said, status=status)
