"""How often anybody may ask. Counted in one step by the broker, so that requests that come
at once are counted one by one; without a broker each process counts half as many itself."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

log = logging.getLogger(__name__)

WINDOW = 60
ANONYMOUS, USER = 120, 600
BROKER_TIMEOUT = 0.3
FAILURES, REST_SECONDS = 3, 10.0
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return n
"""


class BrokerAway(Exception):
    """The broker does not count now."""


class BrokerCounter:
    """Counts for all processes together."""

    def __init__(self, url: str = "") -> None:
        self._url = url
        self._client: redis.Redis | None = None
        self._failures, self._rests_until = 0, 0.0

    def count(self, key: str) -> int:
        """One more under this key. Raises BrokerAway."""
        if time.monotonic() < self._rests_until:
            raise BrokerAway
        try:
            found = int(self._connected().eval(COUNT, 1, key, 2 * WINDOW))
        except redis.RedisError as error:
            self._failed(error)
            raise BrokerAway from error
        self._failures = 0
        return found

    def _connected(self) -> Any:
        if self._client is None:
            self._client = redis.Redis.from_url(
                self._url or settings.REDIS_URL,
                socket_timeout=BROKER_TIMEOUT,
                socket_connect_timeout=BROKER_TIMEOUT,
                retry=Retry(NoBackoff(), 0),
            )
        return self._client

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures, self._rests_until = 0, time.monotonic() + REST_SECONDS
            log.warning("the broker does not count requests: %s", error)


class LocalCounter:
    """Counts for this process alone; forgets windows that are over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window, self._counts = 0, dict[str, int]()

    def count(self, key: str, window: int) -> int:
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            self._counts[key] = self._counts.get(key, 0) + 1
            return self._counts[key]

    def clear(self) -> None:
        with self._lock:
            self._counts = {}


broker_counter = BrokerCounter()
local_counter = LocalCounter()
clock: Callable[[], float] = time.time


class Throttle(BaseThrottle):
    """So many requests a minute for an address, more for a person."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        who, limit = self._limit_of(request)
        window = int(clock()) // WINDOW
        digest = hashlib.sha256(who.encode()).hexdigest()[:32]
        try:
            found = broker_counter.count(f"throttle:{digest}:{window}")
        except BrokerAway:
            found, limit = local_counter.count(digest, window), limit // 2
        return found <= limit

    def wait(self) -> float:
        return WINDOW - clock() % WINDOW

    def _limit_of(self, request: Request) -> tuple[str, int]:
        user = request.user
        if user.is_authenticated:
            return f"user:{user.pk}", USER
        return f"address:{network(self.get_ident(request))}", ANONYMOUS


def network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address: whoever has one has all of it."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
