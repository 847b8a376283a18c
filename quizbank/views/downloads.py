"""A run's numbers as files, and the notebook that makes them again without this site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from demos.figures.table import csv, findings_csv
from demos.models import Demo, Run, State
from demos.queries import get_demo, get_run
from quizbank.forms.lab import LabForm
from quizbank.notebooks import notebook as written
from quizbank.wording import language

CSV = "text/csv; charset=utf-8"
NOTEBOOK = "application/x-ipynb+json"


def finished(run_id: UUID) -> Run:
    """The run of that id, if it has ended well (Raises Http404)."""
    try:
        run = get_run(run_id)
    except Run.DoesNotExist as missing:
        raise Http404 from missing
    if run.state != State.DONE or run.result is None:
        raise Http404
    return run


@require_safe
def run_json(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """All that decided and all that was measured; nothing about who asked."""
    run = finished(run_id)
    answer = JsonResponse(record(run), json_dumps_params={"ensure_ascii": False, "indent": 1})
    return _file(answer, f"{run.demo_id}-{str(run.pk)[:8]}.json")


@require_safe
def run_csv(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The figure's numbers."""
    run = finished(run_id)
    text = csv((run.result or {})["figure"], language())
    return _file(HttpResponse(text, CSV), f"{run.demo_id}-{str(run.pk)[:8]}.csv")


@require_safe
def findings(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Claim by claim."""
    run = finished(run_id)
    text = findings_csv((run.result or {})["findings"], run.demo.manifest["claims"], language())
    return _file(HttpResponse(text, CSV), f"{run.demo_id}-{str(run.pk)[:8]}-claims.csv")


@require_safe
def notebook(request: HttpRequest, slug: str) -> HttpResponse:
    """The experiment with the address's parameters, for a machine of one's own."""
    try:
        demo = get_demo(slug)
    except Demo.DoesNotExist as missing:
        raise Http404 from missing
    form = LabForm(demo.manifest, request.GET)
    changed = {field.name: field.value for field in form.changed if field.error is None}
    text = written(demo.manifest, changed, language())
    return _file(HttpResponse(text, NOTEBOOK), f"{demo.slug}.ipynb")


def record(run: Run) -> dict[str, Any]:
    """A finished run as data: question, rule, seeds, code, machine, findings, figure."""
    result = run.result or {}
    manifest = run.demo.manifest
    return {
        "run": str(run.pk),
        "demo": run.demo_id,
        "question": manifest["question"],
        "parameters": run.params,
        "defaults": manifest["defaults"],
        "seeds": {"first": run.first_seed, "count": result["seeds"]},
        "code_hash": run.code_hash,
        "device": result["device"],
        "dtype": result["dtype"],
        "environment": result["environment"],
        "seconds": result["seconds"],
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "claims": [
            {name: claim[name] for name in ("slug", "text", "kind", "needs", "looks", "clauses")}
            | {"control": claim["control_text"]}
            for claim in manifest["claims"]
        ]
        # The rule may have been changed since; only that of the same code belongs to the run.
        if run.code_hash == run.demo.code_hash
        else None,
        "findings": result["findings"],
        "figure": result["figure"],
        "prediction": result.get("prediction"),
    }


def _file(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Robots-Tag"] = "noindex"
    return answer
