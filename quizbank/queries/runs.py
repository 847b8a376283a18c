"""What the lab asks about runs beyond one run: the queue, and a person's earlier ones."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from demos.models import Demo, Run, State
from demos.queries import requests_of
from quizbank.models import User

EARLIER = 12


def waiting(queue: str = "cpu") -> int:
    """How many runs that people wish for have not begun."""
    return Run.objects.filter(queue=queue, state=State.QUEUED, priority=0).count()


def earlier_runs(visitor: User | AnonymousUser | None, demo: Demo, but: Run | None) -> list[Run]:
    """The person's finished runs of this demo, latest first, each once; without `but`."""
    if not isinstance(visitor, User):
        return []
    wishes = requests_of(visitor, demo).filter(run__state=State.DONE)
    if but is not None:
        wishes = wishes.exclude(run=but.pk)
    found = {wish.run_id: wish.run for wish in wishes[: 4 * EARLIER]}
    return list(found.values())[:EARLIER]
