"""A command that meets the database while a first start is writing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError

from config import patience
from tests.config.test_settings import manage


def refused(sql: str, path: Path) -> DatabaseError:
    """What Django raises for a statement that SQLite refuses."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute(sql)
        except sqlite3.OperationalError as cause:
            error = OperationalError(str(cause))
            error.__cause__ = cause
            return error
    raise AssertionError(f"not refused: {sql}")


@pytest.mark.django_db
@pytest.mark.parametrize(("lang", "said"), [("zh_CN.UTF-8", "已就绪"), ("C", 'says "Ready"')])
def test_a_locked_database_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    monkeypatch.setenv("LC_ALL", lang)
    path = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        error = refused("BEGIN IMMEDIATE", path)
    assert said in str(patience.remedy(error))


@pytest.mark.django_db
def test_any_other_error_is_left_as_it_is(tmp_path: Path) -> None:
    assert patience.remedy(refused("SELECT 1 FROM nowhere", tmp_path / "site.sqlite3")) is None
    assert patience.remedy(DatabaseError("database is locked, it said")) is None


def test_a_command_waits_longer_than_a_page(tmp_path: Path) -> None:
    asked = (
        "from django.db import connection as c;"
        "print(c.cursor().execute('PRAGMA busy_timeout').fetchone()[0])"
    )
    shell = manage(tmp_path, "shell", "--no-imports", "--command", asked)
    assert shell.stdout.strip() == str(patience.SECONDS * 1000), shell.stderr


def test_a_command_before_the_first_start_says_so(tmp_path: Path) -> None:
    early = manage(tmp_path, "replay", "--check", LC_ALL="C")
    assert early.returncode == 1
    assert "The database is not set up yet" in early.stderr
    assert "Traceback" not in early.stderr
