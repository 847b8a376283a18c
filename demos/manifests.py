"""Keep the Demo rows equal to what the experiments' files say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from demos.models import Demo


@transaction.atomic
def sync(manifests: Iterable[Mapping[str, Any]], *, now: datetime) -> dict[str, int]:
    """Create, update and retire demos; {"created", "updated", "unchanged", "retired"}.

    A demo whose file is gone is retired and its runs stay.
    """
    counts = dict.fromkeys(("created", "updated", "unchanged", "retired"), 0)
    held = Demo.objects.in_bulk()
    seen = set()
    for manifest in manifests:
        slug = manifest["slug"]
        seen.add(slug)
        plain = json.loads(json.dumps(manifest))  # as the database gives it back
        counts[_write(held.get(slug), plain, now)] += 1
    gone = Demo.objects.filter(retired_at=None).exclude(pk__in=seen)
    counts["retired"] = gone.update(retired_at=now, updated_at=now)
    return counts


def _write(demo: Demo | None, manifest: dict[str, Any], now: datetime) -> str:
    if demo and demo.retired_at is None and demo.manifest == manifest:
        return "unchanged"
    fields = {
        "topic": manifest["topic"],
        "title_zh": manifest["title"]["zh"],
        "title_en": manifest["title"]["en"],
        "manifest": manifest,
        "code_hash": manifest["code_hash"],
        "updated_at": now,
        "retired_at": None,
    }
    Demo.objects.update_or_create(pk=manifest["slug"], defaults=fields)
    return "updated" if demo else "created"
