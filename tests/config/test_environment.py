from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import environment
from config.celery import broker_url
from config.environment import BadEnvironment

GOOD_KEY = "Kq3-" + "".join(map(chr, range(65, 120)))


def test_makes_one_private_key_and_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with ThreadPoolExecutor(8) as pool:
        keys = set(
            pool.map(lambda _: environment.secret_key(tmp_path / "new", strict=True), range(32))
        )
    assert len(keys) == 1
    assert len(keys.pop()) >= environment.SHORTEST_SECRET
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("key", ["short", "change-me" * 8, "x" * 64, "django-insecure-" + GOOD_KEY])
def test_refuses_a_key_that_others_know_or_can_guess(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", key)
    assert environment.secret_key(tmp_path, strict=False) == key
    with pytest.raises(BadEnvironment, match="SECRET_KEY is short"):
        environment.secret_key(tmp_path, strict=True)


def test_takes_a_good_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", GOOD_KEY)
    assert environment.secret_key(tmp_path, strict=True) == GOOD_KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("length", [10, 60, 120, 400])
def test_keeps_the_broker_socket_short_enough_to_bind(length: int) -> None:
    directory = Path("/") / ("d" * length)
    socket = environment.broker_socket(directory)
    assert len(os.fsencode(socket)) <= environment.LONGEST_SOCKET_PATH
    assert (socket.parent == directory) == (length <= 60)
    assert socket != environment.broker_socket(directory.with_name("e" * length))


def test_keeps_the_socket_short_where_temporary_files_lie_deep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/" + "t" * 200)
    socket = environment.broker_socket(Path("/") / ("d" * 200))
    assert len(os.fsencode(socket)) <= environment.LONGEST_SOCKET_PATH


@pytest.mark.parametrize(
    ("given", "means"),
    [("", True), ("0", False), ("off", False), ("1", True), ("Yes", True)],
)
def test_reads_a_flag(given: str, means: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS", given)
    assert environment.flag("HTTPS", default=True) is means


def test_refuses_what_is_no_flag_or_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS", "maybe")
    with pytest.raises(BadEnvironment, match="HTTPS='maybe'"):
        environment.flag("HTTPS")
    for given in ("-1", "65536", "80a", "8_0", "８０"):
        monkeypatch.setenv("PORT", given)
        with pytest.raises(BadEnvironment, match="from 1 to 65535"):
            environment.whole("PORT", 8000, 1, 65535)


def test_spells_the_broker_as_the_queue_does() -> None:
    assert broker_url("unix:///run/b.sock") == "redis+socket:///run/b.sock"
    assert broker_url("redis://cache:6379/1") == "redis://cache:6379/1"
