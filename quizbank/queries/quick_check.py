"""Hold what is cached of the cards against a bulk replay: fast, and nearly as sharp.

Memory is compared to 1e-12 relative, not to the last bit, and due dates, intervals and what
was suspended or buried not at all; `services.audit` does both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from quizbank.models import Card, ReviewEvent, StudyPolicy
from quizbank.queries.logs import Microseconds, Ordinal, adopted_parameters, read_columns
from quizbank.scheduling import Policy

CLOSE = 1e-12
NO_STEP = -1
NONE = {"step": NO_STEP}
DAYS, INSTANTS = ("first_day", "last_day"), ("last_review", "touched")
MEMORY = ("stability", "difficulty")
PLAIN = ("state", "reps", "lapses")
FIELDS = ("step", *PLAIN, *MEMORY, *DAYS, *INSTANTS, "last_event_id")


@dataclass(frozen=True)
class Checked:
    cards: int
    events: int
    differences: list[dict[str, str | None]]
    learners: set[int]  # whose cards differ


def quick_check(learners: Sequence[int]) -> Checked:
    """What differs in the cards of those people (ids of users) from their logs."""
    import numpy as np

    from quizbank.scheduling.columns import last_known

    columns = read_columns(learners)
    policies = {row.pk: Policy.from_json(row.values) for row in StudyPolicy.objects.all()}
    said = last_known(columns, adopted_parameters(learners), policies)
    place = {card: index for index, card in enumerate(columns.cards)}
    cards, owners, *stored = _stored(learners)
    # A card without events stands behind the others.
    at = np.array([place.get(card, len(place)) for card in cards], dtype=np.intp)
    found: list[dict[str, str | None]] = []
    differ: set[int] = set()
    for name, kept in zip(FIELDS, stored, strict=True):
        nothing = NONE.get(name, 0)
        kind = np.float64 if name in MEMORY else np.int64
        values = np.append(said[name], nothing)[at].astype(kind)
        ours = np.array([nothing if value is None else value for value in kept], kind)
        tolerance = CLOSE * np.abs(values) if name in MEMORY else 0
        # What is not a number is no closer than that either.
        for index in np.flatnonzero(~(np.abs(ours - values) <= tolerance)).tolist():
            said_there = _written(name, values[index].item(), nothing)
            found.append(_difference(cards[index], name, _written(name, kept[index]), said_there))
            differ.add(owners[index])
    events = ReviewEvent.objects.filter(user__in=learners).count()
    return Checked(len(cards), events, sorted(found, key=lambda one: one["card"] or ""), differ)


def _difference(
    card: UUID, field: str, stored: str | None, replayed: str | None
) -> dict[str, str | None]:
    return {"card": str(card), "field": field, "stored": stored, "replayed": replayed}


def _stored(learners: Sequence[int]) -> list[Sequence[Any]]:
    """The cards, whose they are, and for each field its values in their order."""
    numbers = {
        **{f"as_{name}": Ordinal(name) for name in DAYS},
        **{f"as_{name}": Microseconds(name) for name in INSTANTS},
    }
    rows = Card.objects.filter(user__in=learners).annotate(**numbers)
    names = [f"as_{name}" if f"as_{name}" in numbers else name for name in FIELDS]
    table = list(rows.values_list("pk", "user_id", *names))
    return list(zip(*table, strict=True)) or [()] * (2 + len(names))


def _written(name: str, value: Any, nothing: Any = None) -> str | None:
    if value is None or (value == nothing and name not in PLAIN):
        return None
    if name in DAYS:
        return str(date.fromordinal(value))
    if name in INSTANTS:
        return str(datetime.fromtimestamp(0, UTC) + timedelta(microseconds=value))
    return str(value)
