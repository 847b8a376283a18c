"""The listening socket. The launcher holds it, so a web server that is started again
answers the requests that came meanwhile instead of refusing them."""

from __future__ import annotations

import errno
import socket

from config.environment import ANYWHERE

USUAL_PORT, PORTS_TRIED = 8000, 50


class PortTaken(Exception):
    pass


def listen(host: str, port: int | None) -> socket.socket:
    """Listens on `port`, or, if that is None, on the first free one from 8000 up.

    Raises `PortTaken`, or `OSError` if `host` is no address of this machine.
    """
    for candidate in [port] if port is not None else range(USUAL_PORT, USUAL_PORT + PORTS_TRIED):
        try:
            return _bound(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise PortTaken


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, where = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def url(host: str, port: int) -> str:
    """The address to type on this machine."""
    shown = "127.0.0.1" if host in ANYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"
