"""What tests of every part share: the cast, a real broker, a browser."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from hypothesis import settings as hypothesis_settings

from config.launcher import broker as embedded
from config.launcher.processes import Child, Service
from config.launcher.services import ONE_THREAD
from quizbank.models import (
    Card,
    Erasure,
    ParameterSet,
    ReviewEvent,
    StudyPolicy,
    StudyProfile,
    User,
)
from tests import chromium
from tests.cast import MONDAY, PASSWORD

PROJECT = Path(__file__).resolve().parent.parent

hypothesis_settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
hypothesis_settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


# The longest files begin, so that two processes that share the rest file by file end together.
LONGEST = (
    *("demos/test_falsifiable", "config/test_launcher", "demos/test_experiments"),
    *("demos/test_worker_lost", "demos/test_worker"),
    *("browser/test_look", "browser/test_lab_runs", "browser/test_study", "browser/test_quiz"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright leaves its event loop running in the process, and
    with it Django's guard against database access from a loop has to be off."""

    def place(item: pytest.Item) -> tuple[bool, int]:
        in_browser = "browser_type_launch_args" in getattr(item, "fixturenames", ())
        name = f"{item.path.parent.name}/{item.path.stem}"
        return in_browser, LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=place)


@pytest.fixture
def _django_db_helper(_django_db_helper: None) -> Iterator[None]:
    """After a test that commits, empty the append-only tables by their one door: the
    flush that follows may not."""
    yield
    if not connection.in_atomic_block:
        _empty_log()


def _empty_log() -> None:
    with transaction.atomic():
        Card.objects.update(last_event=None)
        for user in User.objects.all():
            Erasure.objects.create(user_id=user.pk, public_id=user.public_id, started_at=MONDAY)
        StudyProfile.objects.all().delete()
        ReviewEvent.objects.all().delete()
        ParameterSet.objects.all().delete()
        StudyPolicy.objects.all().delete()


@pytest.fixture
def now() -> datetime:
    return MONDAY


@pytest.fixture
def alice(db: None) -> Any:
    return get_user_model().objects.create_user("alice", password=PASSWORD)


@pytest.fixture
def mallory(db: None) -> Any:
    return get_user_model().objects.create_user("mallory", password=PASSWORD)


@pytest.fixture
def alice_client(alice: Any) -> Client:
    return _signed_in(alice)


@pytest.fixture
def mallory_client(mallory: Any) -> Client:
    return _signed_in(mallory)


def _signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(scope="session")
def broker() -> Iterator[Child]:
    """The embedded broker at `settings.REDIS_URL`: a real server, gone with the test run.

    A test that stops it starts it again.
    """
    socket = Path(settings.REDIS_URL.removeprefix("unix://"))
    directory = socket.parent / "broker"
    embedded.prepare(directory, socket)
    server = Child(Service("broker", embedded.command(directory, socket)), os.environ)
    server.start()
    until_answers(server)
    yield server
    server.stop()


def until_answers(server: Child) -> None:
    deadline = time.monotonic() + 10
    while not embedded.answers(settings.REDIS_URL):
        assert server.lives(), "the broker ended: see broker.log beside its socket"
        assert time.monotonic() < deadline, "the broker does not answer"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def process_environment(django_db_setup: None) -> dict[str, str]:
    """The environment of a process that works on the test's database and broker."""
    name = connection.settings_dict["NAME"]
    is_file = connection.vendor == "sqlite"
    url = f"sqlite:///{name}" if is_file else _with_database(os.environ["DATABASE_URL"], str(name))
    return {
        **os.environ,
        **ONE_THREAD,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "PYTHONPATH": str(PROJECT),
    }


@pytest.fixture
def environment(transactional_db: None, process_environment: dict[str, str]) -> dict[str, str]:
    """The same, for a test whose rows such a process is to see."""
    return process_environment


def _with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    found = chromium.installed()
    assert found, chromium.REMEDY
    return {
        **browser_type_launch_args,
        "executable_path": str(found),
        "args": chromium.arguments(),
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """Every page starts at the live server and prefers English: `page.goto("/zh/")`."""
    return {**browser_context_args, "base_url": live_server.url, "locale": "en-GB"}
