"""What a menu sends of one card: what to do with it, and where to go on from there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.http import QueryDict

from quizbank.forms import wishes
from quizbank.forms.reading import name, uuid_of
from quizbank.models import EventKind
from quizbank.queries.sessions import TODAY, Wish

OFFERED = (
    EventKind.BURY,
    EventKind.SUSPEND,
    EventKind.UNSUSPEND,
    EventKind.SET_DUE,
    EventKind.RESET,
)
LONGEST_ZONE = 64


@dataclass(frozen=True, kw_only=True)
class Deed:
    """`event` names what an undo takes back, empty for the latest; `stay` says that it was
    asked for on the question's own page."""

    kind: EventKind | None
    question: str
    client_uuid: uuid.UUID
    day: date | None = None
    event: uuid.UUID | None = None
    wish: Wish = TODAY
    zone: str = ""
    stay: bool = False

    @classmethod
    def read(cls, posted: QueryDict) -> Self:
        """What makes no sense is as if it were not there."""
        kind = posted.get("act", "")
        return cls(
            kind=EventKind(kind) if kind in OFFERED else None,
            question=posted.get("question", ""),
            client_uuid=name(posted.get("client_uuid", "")),
            day=_day(posted.get("day", "")),
            event=uuid_of(posted.get("event", "")),
            wish=wishes.read(posted),
            zone=posted.get("zone", "")[:LONGEST_ZONE],
            stay=bool(posted.get("stay")),
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
