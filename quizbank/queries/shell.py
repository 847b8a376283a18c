"""What the frame of every page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from demos.models import Run, State


@dataclass(frozen=True)
class Proved:
    """How many experiments have a recorded run, and when the last of these ended."""

    n: int
    at: datetime | None


def last_proved() -> Proved:
    done = Run.objects.filter(recorded=True, state=State.DONE, demo__retired_at=None)
    found = done.aggregate(n=Count("demo", distinct=True), at=Max("finished_at"))
    return Proved(found["n"], found["at"])
