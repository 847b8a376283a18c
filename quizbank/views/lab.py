"""The laboratory: all experiments as plates, and the page of one with its parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from demos.models import Demo, Run
from demos.queries import (
    demos,
    get_demo,
    get_run,
    stored_findings,
    stored_run,
    stored_runs,
    worker_seen,
)
from quizbank.forms.lab import LabForm, query_of
from quizbank.queries.bank import topics
from quizbank.queries.runs import waiting
from quizbank.views.predictions import Guess, guess_of, guesses
from quizbank.views.run_data import RunView
from quizbank.views.runs import context_of

ORDER = ("confirmed", "refuted", "inconclusive", "invalid")
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class Plate:
    """One experiment in the gallery. `run` is the recorded one, if there is one."""

    number: int
    demo: Demo
    run: Run | None
    sealed: bool
    stamps: Mapping[str, int]

    @property
    def figure(self) -> Mapping[str, Any]:
        """The drawn figure, or for a sealed plate the bare axes."""
        if self.run is not None and self.run.result and not self.sealed:
            drawn: Mapping[str, Any] = self.run.result["figure"]
            return drawn
        bare: Mapping[str, Any] = self.demo.manifest["figure"]
        return bare

    @property
    def options(self) -> list[Mapping[str, Any]]:
        asked = self.demo.manifest.get("prediction")
        return list(asked["options"]) if asked else []


@dataclass(frozen=True)
class Shelf:
    """A topic that has experiments, and how many."""

    slug: str
    title: Mapping[str, str]
    count: int


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every experiment as a plate; those not guessed about yet show their axes alone."""
    everything = list(demos())
    numbered = {demo.slug: number for number, demo in enumerate(everything, start=1)}
    topic = request.GET.get("topic", "")
    shelves = _shelves(everything)
    chosen = [demo for demo in everything if not topic or demo.topic == topic]
    if topic not in {"", *(shelf.slug for shelf in shelves)}:
        raise Http404
    guessed = {*guesses(request), *(d.slug for d in everything if not d.manifest["prediction"])}
    stamps, runs = _stamps(chosen), _recorded(chosen)
    plates = [
        _plate(numbered[slug], demo, runs.get(slug), slug not in guessed, stamps[slug])
        for demo in chosen
        for slug in [demo.slug]
    ]
    context = {
        "plates": plates,
        "shelves": shelves,
        "topic": topic,
        "total": len(everything),
        "opened": sum(demo.slug in guessed for demo in everything),
        "claims": sum(len(demo.manifest["claims"]) for demo in everything),
    }
    answer = render(request, "quizbank/lab/gallery.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _recorded(chosen: list[Demo]) -> dict[str, Run]:
    """The recorded runs with their results, in two queries for all."""
    recorded = stored_runs([demo.slug for demo in chosen])
    whole = Run.objects.in_bulk([run.pk for run in recorded.values()])
    return {slug: whole[run.pk] for slug, run in recorded.items()}


def _plate(number: int, demo: Demo, run: Run | None, sealed: bool, stamps: Counter[str]) -> Plate:
    ordered = {verdict: stamps[verdict] for verdict in ORDER if stamps[verdict]}
    return Plate(number, demo, run, sealed or run is None, ordered)


def _stamps(chosen: list[Demo]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {demo.slug: Counter() for demo in chosen}
    for (slug, _), finding in stored_findings(list(found)).items():
        found[slug][finding.verdict] += 1
    return found


def _shelves(everything: list[Demo]) -> list[Shelf]:
    counts = Counter(demo.topic for demo in everything)
    titles = {topic.slug: {"zh": topic.title_zh, "en": topic.title_en} for topic in topics()}
    order = [*(slug for slug in titles if slug in counts), *sorted(counts.keys() - titles.keys())]
    return [Shelf(s, titles.get(s, {"zh": s, "en": s}), counts[s]) for s in order]


@require_safe
def demo(request: HttpRequest, slug: str) -> HttpResponse:
    """One experiment; parameters and a run to watch may stand in the address."""
    try:
        found = get_demo(slug)
    except Demo.DoesNotExist as missing:
        raise Http404 from missing
    given: Any = request.GET
    wished = _wished(request.GET.get("run", ""), found)
    form = LabForm(found.manifest, given, found.default_seconds)
    return page(request, found, form, wished)


def page(
    request: HttpRequest,
    demo: Demo,
    form: LabForm,
    wished: Run | None = None,
    *,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of an experiment, with a run to watch or the recorded one."""
    guess = guess_of(request, demo)
    stored = stored_run(demo)
    shown = wished if wished is not None else stored if guess is not None else None
    context: dict[str, Any] = {
        "demo": demo,
        "manifest": demo.manifest,
        "form": form,
        "said": said,
        "guess": guess,
        "stored": stored,
        "shelf": next(shelf for shelf in _shelves([demo])),
        "waiting": waiting(),
        "worker": worker_seen("cpu", timezone.now()),
        "devices": DEVICES if worker_seen("gpu", timezone.now()) else (),
        "device": request.POST.get("device", "auto"),
        "presets": _presets(demo),
        "lines": demo.manifest["source"].count("\n"),
    }
    context |= _panel(request, shown, stored, guess) if shown else {"view": None}
    answer = render(request, "quizbank/lab/demo.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _panel(
    request: HttpRequest, shown: Run, stored: Run | None, guess: Guess | None
) -> dict[str, Any]:
    """The watched run, and below a run that goes on the recorded result."""
    context = context_of(request, shown)
    view: RunView = context["view"]
    if stored is not None and shown.pk == stored.pk and view.guess is None:
        view.guess = guess
    context["below"] = None
    if not view.done and stored is not None and guess is not None:
        context["below"] = RunView(stored, guess)
    return context


def _wished(run_id: str, demo: Demo) -> Run | None:
    """The run that the address names, if there is such a run of this demo."""
    try:
        run = get_run(UUID(run_id))
    except (ValueError, Run.DoesNotExist):
        return None
    return run if run.demo_id == demo.slug else None


def _presets(demo: Demo) -> list[dict[str, Any]]:
    schema = demo.manifest["parameters"]
    return [
        {"slug": p["slug"], "text": p["text"], "query": query_of(schema, p["params"])}
        for p in demo.manifest["presets"]
    ]
