"""The trap of the day: one that an experiment refutes and that can be predicted first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import F

from demos.queries import demos, stored_runs
from quizbank.models import Trap


def trap_of_the_day(day: date) -> Trap | None:
    """A trap whose demo has a recorded run and asks for a prediction, another one each day.

    Traps refuted by the very number that is predicted come first, if there are any.
    """
    traps = Trap.objects.filter(question__retired_at=None).order_by("row__position", "pk")
    named = list(traps.values_list("pk", "demo", "claim"))
    known = {demo for _, demo, _ in named}
    rows = (
        demos()
        .filter(pk__in=stored_runs(known), manifest__prediction__isnull=False)
        .values_list("slug", F("manifest__prediction__metric"), F("manifest__claims"))
    )
    asked = {slug: _claims_about(metric, claims) for slug, metric, claims in rows if metric}
    open_ones = [(pk, demo, claim) for pk, demo, claim in named if demo in asked]
    direct = [pk for pk, demo, claim in open_ones if claim in asked[demo]]
    pool = direct or [pk for pk, _, _ in open_ones]
    if not pool:
        return None
    return Trap.objects.select_related("row", "question").get(pk=pool[day.toordinal() % len(pool)])


def _claims_about(metric: str, claims: Iterable[Mapping[str, Any]]) -> set[str]:
    """The claims that are decided by this number."""
    return {
        claim["slug"]
        for claim in claims
        if any(clause["metric"] == metric for clause in claim["clauses"])
    }
