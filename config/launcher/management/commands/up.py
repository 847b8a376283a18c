"""Starts everything in one foreground process: broker, web server, worker.

Prints the address when the site answers; Ctrl-C stops all of it. Another start on the
same data directory is refused while this one runs.
"""

from __future__ import annotations

from pathlib import Path
from socket import socket as Socket  # noqa: N812 - a class, whatever its case
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config.environment import BadEnvironment, whole
from config.launcher import address, lock
from config.launcher.broker import NoBroker
from config.launcher.launch import Launch, NotStarted
from config.launcher.voice import say


class Command(BaseCommand):
    help = "Run the whole site in the foreground: broker, web server and worker."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        directory = Path(settings.DATA_DIR)
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            port = whole("PORT", 0, 1, 65535) or None
            held = lock.take(directory)
        except (BadEnvironment, OSError) as bad:
            raise CommandError(str(bad)) from bad
        except lock.AlreadyRunning as other:
            raise CommandError(
                f"already running at {other.address}"
                if other.address
                else "another start on this data directory is still on its way"
            ) from other
        try:
            with listen(port) as listener:
                Launch(directory, held, listener).run()
        except (BadEnvironment, NoBroker, NotStarted) as failed:
            raise CommandError(str(failed)) from failed
        finally:
            held.release()


def listen(port: int | None) -> Socket:
    try:
        listener = address.listen(settings.HOST, port)
    except address.PortTaken as taken:
        wanted = f"port {port}" if port else "every port from 8000 to 8049"
        raise CommandError(f"{wanted} is taken: choose another with PORT=…") from taken
    except OSError as error:
        raise CommandError(f"HOST={settings.HOST}: {error.strerror or error}") from error
    got = listener.getsockname()[1]
    if port is None and got != address.USUAL_PORT:
        say(
            f"{address.USUAL_PORT} 端口已被占用，改用 {got}",
            f"Port {address.USUAL_PORT} is taken; using {got}",
        )
    return listener
