"""What the settings promise, asked of the running site or of Django's own checker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.conftest import PROJECT

GOOD_KEY = "Kq3-" + "".join(map(chr, range(65, 120)))
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")


def manage(directory: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
    return subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), *arguments],
        env={**inherited, "DATA_DIR": str(directory), "SECRET_KEY": GOOD_KEY, **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_passes_the_deployment_checks_behind_https(tmp_path: Path) -> None:
    checked = manage(
        tmp_path,
        *("check", "--deploy", "--fail-level", "WARNING"),
        HTTPS="1",
        PROXIES="1",
        HOST="0.0.0.0",
        ALLOWED_HOSTS="cards.example.org",
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("key", ["change-me", "x" * 50])
def test_does_not_serve_the_public_with_a_guessable_key(tmp_path: Path, key: str) -> None:
    public = manage(tmp_path, "check", HOST="0.0.0.0", SECRET_KEY=key)
    assert public.returncode == 1
    assert "SECRET_KEY is short or publicly known" in public.stderr
    assert key not in public.stderr
    assert manage(tmp_path, "check", HOST="127.0.0.1", SECRET_KEY=key).returncode == 0


def test_says_so_where_no_key_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    checked = manage(tmp_path / "file" / "data", "check", SECRET_KEY="")
    assert checked.returncode == 1
    assert "SECRET_KEY is not set, and none can be kept in" in checked.stderr
    assert "Traceback" not in checked.stderr


@pytest.mark.django_db
def test_sends_the_security_headers(client: Any) -> None:
    headers = client.get("/healthz").headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_answers_only_to_its_own_names(client: Any) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "127.0.0.1:8000"}).status_code == 200


@pytest.mark.django_db
def test_no_query_waits_for_ever() -> None:
    """SQLite: readers pass the one writer, and a second writer waits five seconds."""
    asked = {
        "sqlite": ("PRAGMA journal_mode", "PRAGMA synchronous", "PRAGMA busy_timeout"),
        "postgresql": ("SHOW lock_timeout", "SHOW statement_timeout"),
    }[connection.vendor]
    answers = []
    with connection.cursor() as cursor:
        for question in asked:
            cursor.execute(question)
            answers.append(cursor.fetchone()[0])
    assert answers == {"sqlite": ["wal", 1, 5000], "postgresql": ["2s", "5s"]}[connection.vendor]
