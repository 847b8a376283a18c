"""Which experiments a person has already staked a guess on, wherever it was asked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser

from demos.models import RunRequest
from quizbank.models import ReviewEvent, User


def predictions(visitor: User | AnonymousUser | None) -> dict[str, dict[str, Any]]:
    """{demo: {"choice", "confidence"} or {"skipped": True}}, from reviews and runs; the
    latest of each, and a guess before a skip."""
    if not isinstance(visitor, User):
        return {}
    found: dict[str, dict[str, Any]] = {}
    reviewed = ReviewEvent.objects.filter(user=visitor, prediction__isnull=False)
    for said in reviewed.order_by("id").values_list("prediction", flat=True):
        if said and (slug := said.get("demo")):
            _keep(found, slug, said)
    wished = RunRequest.objects.filter(owner=visitor, prediction__isnull=False)
    for slug, said in wished.order_by("created_at").values_list("run__demo_id", "prediction"):
        _keep(found, slug, said or {})
    return found


def _keep(found: dict[str, dict[str, Any]], slug: str, said: dict[str, Any]) -> None:
    if said.get("choice"):
        found[slug] = {"choice": said["choice"], "confidence": said.get("confidence", "mid")}
    else:
        found.setdefault(slug, {"skipped": True})
