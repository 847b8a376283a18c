from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from demos.models import Demo, Run
from demos.runner.claim import claim_next
from demos.runner.store import finish, report
from demos.services import request_run
from demos.streams import Limiter, StreamsFull, limiter, open_stream
from tests.api.calls import Api


@pytest.fixture
def run(demo: Demo, alice: Any) -> Run:
    return request_run(demo=demo, owner=alice, given={}, now=timezone.now()).run


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    assert limiter.open() == 0
    yield
    assert limiter.open() == 0


class Event:
    def __init__(self, text: str) -> None:
        lines = dict(line.split(": ", 1) for line in text.strip().splitlines())
        self.id, self.name = lines["id"], lines["event"]
        self.data: dict[str, Any] = json.loads(lines["data"])


def events(chunks: Any) -> list[Event]:
    texts = "".join(chunk.decode() for chunk in chunks).split("\n\n")
    return [Event(text) for text in texts if text.startswith("id: ")]


@pytest.mark.django_db(transaction=True)
def test_a_watcher_hears_of_progress_and_of_the_end(
    anyone: Api, run: Run, measured: dict[str, Any]
) -> None:
    stream = anyone.get(f"runs/{run.pk}/events/", Accept="text/event-stream")
    assert stream["Content-Type"].startswith("text/event-stream")
    assert stream["Cache-Control"] == "no-store"
    chunks = iter(stream.streaming_content)
    assert next(chunks) == b"retry: 1000\n\n"
    assert Event(next(chunks).decode()).data["state"] == "queued"
    claim = claim_next("cpu", timezone.now())
    assert claim is not None
    report(claim, {"seeds_done": 16, "seeds_total": 64, "seconds": 1.0, "claims": []})
    assert Event(next(chunks).decode()).data["seeds_done"] == 16
    finish(claim, measured, timezone.now())
    last = Event(next(chunks).decode())
    assert (last.name, last.data["state"], last.data["seeds_done"]) == ("done", "done", 64)
    assert list(chunks) == []
    stream.close()


def test_a_watcher_resumes_where_it_stopped(run: Run) -> None:
    first = events(open_stream(run.pk, person="a", seconds=0))
    assert [event.name for event in first] == ["progress"]
    again = events(open_stream(run.pk, person="a", seconds=0, last_event_id=first[0].id))
    assert again == []
    claim_next("cpu", timezone.now())
    changed = events(open_stream(run.pk, person="a", seconds=0, last_event_id=first[0].id))
    assert [event.data["state"] for event in changed] == ["running"]


def test_who_has_seen_the_end_is_told_not_to_come_back(anyone: Api, recorded: Run) -> None:
    address = f"runs/{recorded.pk}/events/"
    (end,) = events(anyone.get(address).streaming_content)
    assert end.name == "done"
    again = anyone.get(address, **{"Last-Event-ID": end.id})
    assert (again.status_code, again.content) == (204, b"")


@pytest.mark.django_db(transaction=True)
def test_a_third_stream_of_one_person_is_refused(anyone: Api, as_alice: Api, run: Run) -> None:
    address = f"runs/{run.pk}/events/"
    mine = [as_alice.get(address) for _ in range(2)]
    refused = as_alice.get(address)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1
    theirs = anyone.get(address)
    assert theirs.status_code == 200
    for stream in (*mine, theirs):
        stream.close()
    free = as_alice.get(address)
    assert free.status_code == 200
    free.close()


def test_a_ninth_stream_of_the_process_is_refused(anyone: Api, run: Run) -> None:
    opened = [open_stream(run.pk, person=str(n)) for n in range(8)]
    refused = anyone.get(f"runs/{run.pk}/events/")
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) >= 1
    for stream in opened:
        stream.close()


def test_places_are_given_out_exactly_once_however_many_ask_at_once() -> None:
    many = Limiter(total=8, each=2)
    ready, entered = threading.Barrier(40), []

    def enter(person: str) -> None:
        ready.wait()
        with contextlib.suppress(StreamsFull):
            entered.append(many.enter(person))

    threads = [threading.Thread(target=enter, args=(str(n % 5),)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(entered) == many.open() == 8
    for leave in entered:
        leave()
        leave()
    assert many.open() == 0


@pytest.mark.django_db(transaction=True)
def test_a_stream_holds_no_database_connection_while_it_waits(run: Run) -> None:
    stream = open_stream(run.pk, person="a", seconds=5)
    assert stream is not None
    next(stream)
    next(stream)
    assert connections["default"].connection is None
    stream.close()


def test_a_stream_of_nothing_is_not_opened(db: None) -> None:
    with pytest.raises(Run.DoesNotExist):
        open_stream(uuid.uuid4(), person="a")
