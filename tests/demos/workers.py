"""Real workers on a real broker and a real database, for tests that wait for them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from config.launcher.services import worker_service
from demos import registry
from demos.manifests import sync
from demos.models import Demo, Run, State
from demos.runner.claim import Claim, claim_next
from demos.runner.limits import Limits

FAULTY = Path(__file__).parent / "faulty"
SLUG = "misbehave"
# Seconds; short, so that a lost worker is missed soon.
SHORT = {
    "DEMOS_EXTRA": str(FAULTY),
    "LEASE_SECONDS": "3",
    "RENEW_SECONDS": "0.5",
    "WALL_SECONDS": "5",
    "SWEEP_SECONDS": "0.5",
    "RING_AGAIN_SECONDS": "1",
    "RUN_MEMORY_BYTES": str(2**30),
    "WORKER_SHUTDOWN_SECONDS": "1",
    "WORKER_PRELOAD": "0",
    # The pages' own checks are not a worker's business.
    "CELERY_SKIP_CHECKS": "true",
}
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
LIMITS = Limits(lease_seconds=3, renew_seconds=0.2, wall_seconds=20)


class Worker:
    """A Celery worker as the launcher starts it, in a session of its own."""

    def __init__(self, queue: str, environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                worker_service(queue, 1, 1, 0).command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        """To the worker and its pool; a run's process is in a session of its own."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        if self.process.returncode is None:
            self.signal(signal.SIGKILL)
            self.process.wait()

    def runs(self) -> list[int]:
        """The processes that run a demo for this worker."""
        found = []
        for pid in descendants(self.process.pid):
            with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
                if os.getsid(pid) == pid:
                    found.append(pid)
        return found

    def said(self) -> str:
        return self.log.read_text("utf-8")


def processes() -> dict[int, tuple[int, int]]:
    """{number: (parent, group)} of every process that has not ended."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # gone meanwhile
                continue
            state, parent, group = stat.rpartition(") ")[2].split()[:3]
            if state not in "ZX":
                found[int(entry.name)] = int(parent), int(group)
    return found


def descendants(ancestor: int) -> list[int]:
    parents = processes()
    found, border = [], [ancestor]
    while border:
        border = [pid for pid, (parent, _) in parents.items() if parent in border]
        found += border
    return found


def group(leader: int) -> list[int]:
    """The processes of a group that have not ended."""
    return [pid for pid, (_, own) in processes().items() if own == leader]


def eventually(what: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true value of `what()`; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
    return value


def ended(run: Run, seconds: float = 60) -> Run:
    """The run, as soon as its state is final."""

    def final() -> bool:
        run.refresh_from_db()
        return not run.live

    eventually(final, seconds)
    return run


def why(run: Run) -> dict[str, str]:
    """The failure of a run that ended without a result."""
    assert run.state == State.FAILED, run.state
    assert run.failure
    return dict(run.failure)


def claimed(now: datetime) -> Claim:
    """The next run of the cpu queue, which must have one."""
    claim = claim_next("cpu", now)
    assert claim is not None
    return claim


@transaction.atomic
def add_demo(now: datetime, *, tried: bool) -> Demo:
    """The demo that behaves as told; when `tried`, no sweeper asks for its default run."""
    sync([registry.manifest(SLUG)], now=now)
    demo = Demo.objects.get(pk=SLUG)
    if tried:
        Run.objects.create(
            demo=demo,
            key="tried",
            code_hash=demo.code_hash,
            params={},
            state=State.FAILED,
            recorded=True,
            created_at=now,
        )
    return demo
