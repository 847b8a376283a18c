"""A card as files carry it from program to program, with what was done with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

OWN = "own/"  # begins the path of a question of somebody's own
SLUG = re.compile("[0-9a-f]{40}")  # names it, the same in every account that has it


class Deed(StrEnum):
    """What was done with a card. Other programs know more; those are left out on reading."""

    REVIEW = "review"
    CRAM = "cram"  # graded, and the schedule left alone
    SET_DUE = "set_due"  # by hand
    RESCHEDULE = "reschedule"  # by the program
    RESET = "reset"


@dataclass(frozen=True)
class Past:
    """One thing done with a card.

    `key` is the same each time this deed is read from a file, and no other deed of any card
    of that program has it: a second import knows by it what is there already.
    """

    key: str
    deed: Deed
    at: datetime  # aware
    rating: int | None = None  # 1 to 4, for REVIEW and CRAM
    duration_ms: int = 0
    days: int = 0  # the interval it led to, 0 while in steps


@dataclass(frozen=True)
class Note:
    """One card and its words. `front` and `back` are HTML from a stranger: not yet sanitised.

    `key` is the same each time this card is read from a file. `path` names the question of
    ours that the card was exported from; empty for a card that came into being elsewhere. A
    question of somebody's own has another path in each account: there the slug of all of them
    is the key, or stands in the path.
    """

    key: str
    front: str
    back: str
    path: str = ""
    deck: str = ""  # levels separated by ::
    tags: tuple[str, ...] = ()
    past: tuple[Past, ...] = ()  # in the order it was done
    due: date | None = None
    suspended: bool = False

    @property
    def own_slug(self) -> str:
        """Of the question of somebody's own that it was exported from, where it says so."""
        if not self.path.startswith(OWN):
            return ""
        return next(filter(SLUG.fullmatch, (self.path.removeprefix(OWN), self.key)), "")
