"""Answer a doorbell: take one run, watch its process, store the outcome."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from demos import registry
from demos.runner import failures, store
from demos.runner.claim import Claim, claim_next, renew
from demos.runner.limits import Limits
from demos.runner.processes import Child

log = logging.getLogger(__name__)

TICK_SECONDS = 0.1
REPORT_SECONDS = 0.2
CHECK_SECONDS = 1.0
PATIENCE_SECONDS = 2.0
# Elsewhere system libraries that torch uses do not survive a fork.
FORKS = sys.platform == "linux"
Clock = Callable[[], datetime]


def answer(queue: str, clock: Clock = timezone.now) -> bool:
    """Run the next run of the queue; False when there was none."""
    limits = Limits.of(settings)
    claim = claim_next(queue, clock(), limits)
    if claim is None:
        return False
    if not registry.holds(claim.slug, claim.code_hash):
        store.fail(claim, failures.code_changed(), clock())
        return True
    connections.close_all()  # a child must not share the parent's connection
    Watch(claim, limits, fresh=queue == "gpu" or not FORKS, clock=clock).until_the_end()
    return True


class Watch:
    """One run under observation: lease, progress, limits, the wish to cancel."""

    def __init__(self, claim: Claim, limits: Limits, *, fresh: bool, clock: Clock) -> None:
        self.claim, self.limits, self.clock = claim, limits, clock
        self.every = min(CHECK_SECONDS, limits.renew_seconds)
        self.child = Child(claim.payload(), limits, fresh=fresh)
        self.progress: dict[str, Any] | None = None
        self.reported = self.checked = time.monotonic()

    def until_the_end(self) -> None:
        try:
            self._watch()
        except (ValueError, KeyError, TypeError) as error:  # it spoke nonsense, or too much
            self.child.end()
            store.fail(self.claim, failures.bad_result(str(error)), self.clock())
        finally:
            self.child.end()

    def _watch(self) -> None:
        while True:
            for message in self.child.messages(TICK_SECONDS):
                if message is None:
                    self._died()
                    return
                if "progress" in message:
                    self.progress = message["progress"]
                else:
                    self._ended(message)
                    return
            if self.child.seconds > self.limits.wall_seconds:
                self._flush()
                self.child.end()
                store.fail(self.claim, failures.time_limit(self.limits.wall_seconds), self.clock())
                return
            if not self._still_ours():
                log.info("run %s is not ours any more", self.claim.run_id)
                return

    def _still_ours(self) -> bool:
        """Renew the lease, which also tells of a cancelled run, and store new progress.

        A database that is away for a moment costs nothing: the lease outlives it.
        """
        now = time.monotonic()
        try:
            if now - self.checked > self.every:
                self.checked = now
                return renew(self.claim, self.limits)
            if self.progress is not None and now - self.reported > REPORT_SECONDS:
                self.reported = now
                return self._flush()
        except DatabaseError as error:
            log.warning("run %s goes on without the database: %s", self.claim.run_id, error)
            connections.close_all()
        return True

    def _flush(self) -> bool:
        if self.progress is None:
            return True
        report, self.progress = self.progress, None
        return store.report(self.claim, report)

    def _ended(self, message: dict[str, Any]) -> None:
        if "error" in message:
            store.fail(self.claim, failures.raised(message["error"]), self.clock())
        else:
            store.finish(self.claim, message["result"], self.clock())

    def _died(self) -> None:
        """The pipe closed without a result: killed from outside, by a limit or a crash."""
        self._flush()
        failure = failures.by_signal(self.child.end(PATIENCE_SECONDS), self.limits.wall_seconds)
        again = failure["code"] == "killed"
        store.fail(self.claim, failure, self.clock(), again=again)
