"""The web process answers every address without loading what only workers need."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import PROJECT

SEEN_BY_EVERYONE = {
    "healthz",
    "quizbank:home",
    "quizbank:question",
    "quizbank:lab",
    "quizbank:demo",
}


def run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def walked(environment: dict[str, str]) -> dict[str, Any]:
    run(environment, "manage.py", "sync_demos")
    run(environment, "manage.py", "sync_bank")
    # An address of the site's own, and pages as in production but for collected files.
    environment = {**environment, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment["TEST_DATABASE_URL"] = environment["DATABASE_URL"]
    answers: dict[str, Any] = json.loads(run(environment, "-m", "tests.config.walk"))
    return answers


def test_every_address_answers_and_none_loads_an_experiment(walked: dict[str, Any]) -> None:
    answers = walked["answers"]
    assert {name for name, statuses in answers.items() if 200 in statuses} >= SEEN_BY_EVERYONE
    failed = {name: s for name, s in answers.items() if any(status >= 500 for status in s)}
    assert failed == {}
    assert walked["loaded"] == []
    # Statistics and simulations bring numpy along; nobody who only studies waits for it.
    assert walked["at_first"] == []
