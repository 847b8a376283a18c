"""A run's progress as server-sent events, for pages and API alike.

A stream holds a thread of the web process, so there are few of them and they are short;
who finds them taken polls instead. It holds no database connection while it waits.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone

from demos.models import TERMINAL, Run
from demos.queries import get_run, progress

CONTENT_TYPE = "text/event-stream; charset=utf-8"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
STREAMS, STREAMS_EACH = 8, 2
SECONDS = 30.0
POLL_SECONDS = 0.25
# Writing is how the server learns that a client has gone: one that reloads a page twice must
# not wait for its own places.
SILENT_SECONDS = 1.0
RETRY_SECONDS = 5


class StreamsFull(Exception):
    """No stream is free. `yours` says whether the person's own streams fill it (429), or
    everybody's together (503); poll, or try again after `retry_after` seconds."""

    def __init__(self, *, yours: bool) -> None:
        super().__init__("too many open streams")
        self.yours, self.retry_after = yours, RETRY_SECONDS


class Limiter:
    """Counts the open streams of this process, and of each person in it."""

    def __init__(self, total: int = STREAMS, each: int = STREAMS_EACH) -> None:
        self.total, self.each = total, each
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, person: str) -> Callable[[], None]:
        """Take a place; returns what gives it back, once. Raises StreamsFull."""
        with self._lock:
            if self._held[person] >= self.each:
                raise StreamsFull(yours=True)
            if self._held.total() >= self.total:
                raise StreamsFull(yours=False)
            self._held[person] += 1
        left = threading.Event()

        def leave() -> None:
            with self._lock:
                if not left.is_set():
                    left.set()
                    self._held -= Counter({person: 1})

        return leave

    def open(self) -> int:
        """How many streams are open."""
        with self._lock:
            return self._held.total()


limiter = Limiter()


class EventStream:
    """The events of one run, as bytes. Close it to give its place back."""

    def __init__(self, events: Iterator[bytes], leave: Callable[[], None]) -> None:
        self._events, self._leave = events, leave

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._events)
        except BaseException:
            self._leave()
            raise

    def close(self) -> None:
        """Give the place back; a server calls it when the response ends or breaks off."""
        self._leave()


def open_stream(
    run_id: UUID,
    *,
    person: str,
    last_event_id: str = "",
    seconds: float = SECONDS,
    limiter: Limiter = limiter,
) -> EventStream | None:
    """The stream of a run's events, for `StreamingHttpResponse(…, content_type=CONTENT_TYPE)`.

    `progress` carries `queries.progress`, and `done`, the last one, the same for a run that
    has ended in whatever state; each has an id. With `last_event_id` the event of that id is
    not sent again. None if the client has seen the end: answer 204, which stops a browser's
    EventSource from coming back. After `seconds` the stream ends, and clients resume.

    Raises:
        Run.DoesNotExist: there is no such run.
        StreamsFull: this process, or this person, has as many streams as allowed.
    """
    run = get_run(run_id)
    if run.state in TERMINAL and _event_of(run)[0] == last_event_id:
        return None
    leave = limiter.enter(person)
    return EventStream(_events(run_id, last_event_id, seconds), leave)


def _events(run_id: UUID, seen: str, seconds: float) -> Iterator[bytes]:
    yield b"retry: 1000\n\n"
    ends = time.monotonic() + seconds
    quiet_since = time.monotonic()
    while True:
        try:
            run = get_run(run_id)
        except Run.DoesNotExist:
            return
        identity, written = _event_of(run)
        _release_connections()
        if identity != seen:
            seen, quiet_since = identity, time.monotonic()
            yield written
        if run.state in TERMINAL or time.monotonic() >= ends:
            return
        if time.monotonic() - quiet_since >= SILENT_SECONDS:
            quiet_since = time.monotonic()
            yield b": waiting\n\n"
        time.sleep(POLL_SECONDS)


def _event_of(run: Run) -> tuple[str, bytes]:
    """An event's id, which is the same for the same content in every process, and its bytes."""
    data: dict[str, Any] = progress(run, timezone.now())
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    name = "done" if run.state in TERMINAL else "progress"
    if name == "done":  # whether a worker is there now says nothing about a run that ended
        text = json.dumps({**data, "worker": None}, ensure_ascii=False, separators=(",", ":"))
    identity = hashlib.sha256(text.encode()).hexdigest()[:16]
    return identity, f"id: {identity}\nevent: {name}\ndata: {text}\n\n".encode()


def _release_connections() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
