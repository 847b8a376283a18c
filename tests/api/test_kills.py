"""What answers is killed again and again while reviews are sent: none is lost, none doubled.

SQLite has no process of its own, so there it is always the web worker. On PostgreSQL it is, every
second time, a process of the database that serves the site. SIGKILL of one makes PostgreSQL end
all of them and recover from its log, which nobody else may be in the middle of: so only where one
process runs the tests. Beside others, the connections of the site are ended instead.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from config.launcher.processes import Child, Service
from quizbank.models import ReviewEvent, User
from quizbank.services.audit import audit
from quizbank.services.people import issue_token
from tests.quizbank.study_cast import make_questions

QUESTIONS, SENDERS = 40, 2
PATIENCE = 60.0  # seconds for one delivery, kills included


@pytest.fixture
def web(environment: dict[str, str]) -> Iterator[tuple[Child, int]]:
    """gunicorn, and the port of a socket that stays when a process is killed."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    number = listener.fileno()
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"),
        *("--bind", f"fd://{number}", "config.wsgi:application"),
    ]
    # What it would ring for stays out of the queue that later tests share.
    environment = {**environment, "REDIS_URL": "unix:///nowhere/broker.sock"}
    server = Child(Service("web", command, descriptors=(number,)), environment)
    server.start()
    yield server, listener.getsockname()[1]
    server.stop()
    listener.close()


def workers(server: Child) -> list[int]:
    assert server.process is not None
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def kill_a_worker(server: Child) -> bool:
    """SIGKILL to the process that answers; gunicorn's master starts another."""
    for pid in workers(server):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        return True
    return False


def kill_a_backend() -> bool:
    """SIGKILL to a process that serves the site; PostgreSQL ends the others and recovers."""
    for pid in asked(f"SELECT pid {SERVING} ORDER BY random()"):
        title = Path(f"/proc/{pid}/cmdline")
        try:
            assert title.read_bytes().startswith(b"postgres: "), "not the server of these tests"
            os.kill(pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue
        return True
    return False


def end_connections() -> bool:
    return any(asked(f"SELECT pg_terminate_backend(pid) {SERVING}"))


SERVING = (
    "FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def asked(sql: str) -> list[Any]:
    """The first column, once the database is there: it may still be recovering."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return [row[0] for row in cursor.fetchall()]
        except (OperationalError, InterfaceError):
            assert time.monotonic() < deadline, "the database did not come back"
            connection.close()
        time.sleep(0.05)


def victims(server: Child) -> Iterator[Callable[[], bool]]:
    """What to kill next, and so on."""
    turns = [partial(kill_a_worker, server)]
    if connection.vendor == "postgresql":
        turns.append(end_connections if "PYTEST_XDIST_WORKER" in os.environ else kill_a_backend)
    return itertools.cycle(turns)


def delivered(port: int, key: str, items: list[dict[str, Any]]) -> list[int]:
    """Send them until they are answered, the same each time, and give the status of each."""
    deadline = time.monotonic() + PATIENCE
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    while True:
        assert time.monotonic() < deadline, "not answered"
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            line.request("POST", "/api/v1/reviews/", json.dumps(items), headers)
            answer = line.getresponse()
            body = answer.read()
            if answer.status == 200:
                return [one["status"] for one in json.loads(body)["results"]]
            assert answer.status in (429, 503), (answer.status, body[:500])
        except (OSError, http.client.HTTPException):
            pass
        finally:
            line.close()
        time.sleep(0.05)


def history(seed: int, n: int) -> list[dict[str, Any]]:
    """Reviews of the last weeks in the order they were given."""
    random_ = random.Random(seed)
    begin = timezone.now() - timedelta(days=60)
    moments = sorted(random_.random() for _ in range(n))
    return [
        {
            "client_uuid": str(uuid.UUID(int=random_.getrandbits(128), version=4)),
            "question": f"initialisation/q{random_.randrange(QUESTIONS):02}",
            "rating": random_.choice((1, 2, 3, 3, 3, 4)),
            "reviewed_at": (begin + moment * timedelta(days=60)).isoformat(),
        }
        for moment in moments
    ]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds processes in /proc")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("reviews", "batch", "kills"),
    [(240, 8, 4), pytest.param(10_000, 25, 200, marks=pytest.mark.long)],
)
def test_exactly_what_was_acknowledged_is_in_the_log(web, alice, reviews, batch, kills):
    server, port = web
    User.objects.filter(pk=alice.pk).update(date_joined=timezone.now() - timedelta(days=90))
    make_questions(QUESTIONS)
    scopes = ["study", "read"]
    key = issue_token(user=alice, name="phone", scopes=scopes, now=timezone.now())
    items = history(5, reviews)
    batches = [items[at : at + batch] for at in range(0, reviews, batch)]
    random_, sent, killed = random.Random(7), threading.Semaphore(0), 0
    every = max(1, len(batches) // kills - 1)  # deliveries from one kill to the next
    acknowledged: set[str] = set()
    lost: list[BaseException] = []

    def send(mine: list[list[dict[str, Any]]]) -> None:
        try:
            for some in mine:
                sent.release()
                assert set(delivered(port, key, some)) == {201}
                acknowledged.update(item["client_uuid"] for item in some)
        except BaseException as error:
            lost.append(error)
        finally:
            sent.release(every * kills)  # nobody waits for a sender that is gone

    senders = [threading.Thread(target=send, args=(batches[n::SENDERS],)) for n in range(SENDERS)]
    for sender in senders:
        sender.start()

    def sending() -> bool:
        return any(sender.is_alive() for sender in senders)

    turns = victims(server)
    while sending() and killed < kills:
        for _ in range(every):
            sent.acquire()
        time.sleep(random_.random() * 0.06)  # somewhere within a delivery
        kill = next(turns)
        while not (done := kill()) and sending():
            time.sleep(0.02)  # it is just being started
        killed += done
    for sender in senders:
        sender.join()

    assert not lost, lost[0]
    assert killed == kills
    asked("SELECT 1")
    stored = list(ReviewEvent.objects.filter(user=alice).values_list("client_uuid", flat=True))
    assert len(stored) == len(set(stored)) == reviews
    assert {str(name) for name in stored} == acknowledged
    assert audit(user=alice, repair=False).differences == []
