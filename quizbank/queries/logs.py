"""Whole logs as columns of numbers: a million events in seconds, for statistics and fitting.

numpy is imported by whoever asks: studying needs no page that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, CharField, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce

from quizbank.models import EventKind, ReviewEvent, StudyProfile
from quizbank.models.history import parameters_of
from quizbank.scheduling import DEFAULT_PARAMETERS, Event, undone

if TYPE_CHECKING:
    from quizbank.scheduling.bulk import Floats
    from quizbank.scheduling.columns import Columns

CHUNK = 20_000
EPOCH = datetime.fromtimestamp(0, UTC)
NOT_OF_A_CARD = (EventKind.UNDO, EventKind.ADOPT_PARAMETERS)
KINDS = tuple(kind.value for kind in EventKind if kind not in NOT_OF_A_CARD)


class Ordinal(Func):
    """A date as `date.toordinal` counts, made by the database: no object a row."""

    output_field = IntegerField()
    template = "(%(expressions)s - DATE '0001-01-01' + 1)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(julianday(%(expressions)s) - 1721424.5 AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


class Microseconds(Func):
    """An instant as whole microseconds since 1970, UTC, made by the database."""

    output_field = IntegerField()
    template = "CAST(EXTRACT(EPOCH FROM %(expressions)s) * 1000000 AS bigint)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # It is stored as "2026-01-05 09:00:00", and ".000001" after it where there is a fraction.
        template = (
            "(CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) * 1000000"
            " + CAST(substr(%(expressions)s, 21) AS INTEGER))"
        )
        return self.as_sql(compiler, connection, template=template, **context)


def read_columns(learners: Sequence[int]) -> Columns:
    """What counts of the logs of those people (ids of users), without what was undone."""
    import numpy as np

    from quizbank.scheduling.columns import Columns

    number: dict[str, int] = {}
    parts = [np.zeros((9, 0), np.int64)]
    for chunk in _chunks(_rows(learners)):
        names, *numbers = zip(*chunk, strict=True)
        cards = [number.setdefault(name, len(number)) for name in names]
        parts.append(np.array([cards, *numbers], dtype=np.int64))
    rows = np.concatenate(parts, axis=1)
    whose = np.zeros(len(number), np.int64)
    whose[rows[0]] = rows[1]
    place = {pk: index for index, pk in enumerate(learners)}
    rows = rows[:, ~np.isin(rows[2], list(_taken_back(learners)))]
    card, _, event, kind, rating, day, at, duration, policy = rows
    return Columns(
        learners=list(learners),
        cards=[UUID(name) for name in number],
        kinds=KINDS,
        learner=np.array([place[pk] for pk in whose.tolist()], dtype=np.intp),
        card=card,
        event=event,
        kind=kind,
        rating=rating,
        day=day,
        at=at,
        duration=duration,
        policy=policy,
    )


def _rows(learners: Sequence[int]) -> QuerySet[ReviewEvent, tuple[Any, ...]]:
    """Their events on cards, card by card in the total order."""
    events = ReviewEvent.objects.filter(user__in=learners, card__isnull=False)
    numbered = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(KINDS)))
    return (
        events.exclude(kind=EventKind.UNDO)
        .order_by("card", "reviewed_at", "received_at", "id")
        .values_list(
            Cast("card_id", CharField()),
            "user_id",
            "id",
            numbered,
            Coalesce("rating", 0),
            Ordinal("study_day"),
            Microseconds("reviewed_at"),
            "duration_ms",
            Coalesce("policy_id", 0),
        )
    )


def _chunks(rows: QuerySet[ReviewEvent, tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    stream = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _taken_back(learners: Sequence[int]) -> Iterable[int]:
    """The ids of their events against which an undo holds."""
    undos = ReviewEvent.objects.filter(user__in=learners, kind=EventKind.UNDO)
    pairs = undos.values_list("id", "undoes")
    return undone(Event(id, EPOCH, EPOCH, undoes=target) for id, target in pairs)


def adopted_parameters(learners: Sequence[int]) -> Floats:
    """The parameters each of them adopted last, or the defaults: [learners, 21]."""
    import numpy as np

    profiles = StudyProfile.objects.filter(user__in=learners).select_related("parameter_set")
    held = {profile.user_id: parameters_of(profile) for profile in profiles}
    found = [held.get(learner, DEFAULT_PARAMETERS) for learner in learners]
    return np.array(found, dtype=float).reshape(-1, len(DEFAULT_PARAMETERS))
