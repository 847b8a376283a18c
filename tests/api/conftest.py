"""A few questions of the real bank, and one demo that was measured."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from api import throttles
from api.throttles import BrokerCounter
from demos import registry
from demos.kit.measure import prove
from demos.manifests import sync
from demos.models import Demo, Run
from demos.runner.store import record
from demos.services import run_key
from quizbank.content.bank import Bank
from quizbank.services.bank import sync_bank
from quizbank.services.people import issue_token
from tests.api.calls import Api
from tests.cast import MONDAY
from tests.remembered import remembered
from tests.shipped import shipped

SLUG = "zero_init_symmetry"
PATHS = (
    "initialisation/zero_weights",
    "initialisation/zero_bias",
    "regularisation/dropout_train_and_test",
    "regularisation/dropout_rate",
    "gradients/dropout_and_exploding_gradients",
)


@pytest.fixture(autouse=True)
def _count_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts with nobody having asked anything, and counts in this process."""
    monkeypatch.setattr(throttles, "broker_counter", BrokerCounter("unix:///nowhere/broker.sock"))
    throttles.local_counter.clear()


@pytest.fixture(scope="session")
def whole_bank() -> Bank:
    bank = shipped()
    return _of(bank, {question.path for question in bank.questions})


@pytest.fixture(scope="session")
def content(whole_bank: Bank) -> Bank:
    """The bank with these questions alone, so that it is quickly written for every test."""
    return _of(whole_bank, PATHS)


def _of(bank: Bank, paths: Collection[str]) -> Bank:
    questions = tuple(
        replace(q, follow_ups=tuple(path for path in q.follow_ups if path in paths))
        for q in bank.questions
        if q.path in paths
    )
    return replace(bank, questions=questions)


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    return registry.manifest(SLUG)


@pytest.fixture(scope="session")
def measured() -> dict[str, Any]:
    return prove(SLUG, registry.get(SLUG), limit=64)


@pytest.fixture
def bank(db: None, content: Bank) -> None:
    remembered("a few questions", lambda: sync_bank(bank=content, now=MONDAY))


@pytest.fixture
def demo(db: None, manifest: dict[str, Any]) -> Demo:
    sync([manifest], now=MONDAY)
    return Demo.objects.get(pk=SLUG)


@pytest.fixture
def recorded(demo: Demo, measured: dict[str, Any]) -> Run:
    """The demo's default run, as `manage.py prove` stores it."""
    key = run_key(demo, demo.manifest["defaults"], 0, "cpu")
    return record(demo, key, measured, MONDAY)


@pytest.fixture
def anyone(db: None) -> Api:
    return Api()


@pytest.fixture
def as_alice(alice_client: Client) -> Api:
    return Api(alice_client)


@pytest.fixture
def as_mallory(mallory_client: Client) -> Api:
    return Api(mallory_client)


@pytest.fixture
def key_of(now: datetime) -> Callable[..., str]:
    """Makes a key: `key_of(alice, "read", "study")`."""

    def make(user: Any, *scopes: str) -> str:
        return issue_token(user=user, name="program", scopes=scopes, now=now)

    return make
