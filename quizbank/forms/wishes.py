"""The session somebody is in, as an address or the fields of a form carry it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import QueryDict

from quizbank.queries.sessions import KINDS, Wish, ends_after

LONGEST_MINUTES = 24 * 60
LAST_MS = 32_503_680_000_000  # the year 3000
LONGEST_TOPIC = 80


def read(given: QueryDict) -> Wish:
    """What makes no sense is as if it were not there."""
    kind = given.get("kind", "")
    until = whole(given.get("until", ""))
    return Wish(
        kind=kind if kind in KINDS else "due",
        topic=given.get("topic", "")[:LONGEST_TOPIC],
        until=datetime.fromtimestamp(min(until, LAST_MS) / 1000, UTC) if until else None,
    )


def starting(given: QueryDict, now: datetime) -> Wish:
    """Also of an address that names `minutes`, which count from now."""
    wish = read(given)
    minutes = min(whole(given.get("minutes", "")), LONGEST_MINUTES)
    return Wish(wish.kind, wish.topic, ends_after(now, minutes)) if minutes else wish


def query(wish: Wish) -> dict[str, str]:
    """What an address says of it: nothing of the day's own session."""
    said = {
        "kind": "" if wish.kind == "due" else wish.kind,
        "topic": wish.topic,
        "until": str(wish.until_ms or ""),
    }
    return {name: value for name, value in said.items() if value}


def whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
