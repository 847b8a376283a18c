"""A command beside a running or a starting site: it waits longer for the database than a page
may, and says what is the matter if that was not enough."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor

from config.launcher.voice import speaks_chinese

SECONDS = 60


def wait_longer() -> None:
    """From now on this process waits that long where another one is writing."""
    connection_created.connect(_wait, dispatch_uid="patience")


def _wait(connection: BaseDatabaseWrapper, **sent: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout={SECONDS * 1000}")


def remedy(error: DatabaseError) -> str | None:
    """What to do about an error that a start on its way explains; None for any other."""
    if _is_busy(error):
        return _either(
            f"数据库被另一个进程占用超过 {SECONDS} 秒。站点若正在启动，请等它显示“已就绪”，"
            "然后再运行这条命令。",
            f"Another process has held the database for more than {SECONDS} seconds. If the site "
            'is just starting, wait until it says "Ready", then run this command again.',
        )
    if _is_behind():
        return _either(
            "数据库还没有建好，或者比代码旧。站点若正在启动，请等它显示“已就绪”；"
            "否则先运行 make run 或 manage.py migrate。",
            "The database is not set up yet, or older than the code. If the site is just "
            'starting, wait until it says "Ready"; else run make run or manage.py migrate first.',
        )
    return None


def _either(zh: str, en: str) -> str:
    return zh if speaks_chinese() else en


def _is_busy(error: DatabaseError) -> bool:
    cause = error.__cause__
    return (
        isinstance(cause, sqlite3.OperationalError)
        and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # the rest says why
    )


def _is_behind() -> bool:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return False
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
