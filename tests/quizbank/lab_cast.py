"""One experiment of the real collection, measured once, as rows for the lab's tests."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

from django.utils import timezone

from demos import cli, registry
from demos.manifests import sync
from demos.models import Demo, Run, State
from demos.runner import store
from demos.services import run_key

SLUG = "zero_init_symmetry"
RUN = "/en/lab/zero_init_symmetry/run/"
PAGE = "/en/lab/zero_init_symmetry/"


@lru_cache(maxsize=4)
def measured(**given: str) -> dict[str, Any]:
    """The result of the experiment over 64 seeds."""
    return cli.perform(cli.Job(SLUG, given, 64, 0, "deciding", "cpu", broken=False))


def add_experiment() -> Demo:
    sync([registry.manifest(SLUG)], now=timezone.now())
    return Demo.objects.get(pk=SLUG)


def record(demo: Demo) -> Run:
    """Its default run, as the worker of the background would have left it."""
    result = deepcopy(measured())
    run = store.record(demo, run_key(demo, result["params"], 0, "cpu"), result, timezone.now())
    run.refresh_from_db()
    return run


def finish(run: Run, **given: str) -> Run:
    """End a queued run with what its parameters give."""
    result = deepcopy(measured(**given))
    assert result["params"] == run.params
    Run.objects.filter(pk=run.pk).update(
        state=State.DONE, result=result, started_at=timezone.now(), finished_at=timezone.now()
    )
    run.refresh_from_db()
    return run


def text_of(answer: Any) -> str:
    return str(answer.content.decode())
