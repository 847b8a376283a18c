"""Fitting the memory model to a person: when it is worth it, and what becomes of a fit.

The fit itself needs torch and runs in a worker (`manage.py fit_parameters`); this knows only its
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.core.cache import cache
from django.db import transaction

from demos.doorbell import send
from quizbank.models import EventKind, ParameterSet, ReviewEvent, User
from quizbank.queries.people import last_fit
from quizbank.services.log import lock_profile
from quizbank.services.parameters import adopt_parameters, foresee

TASK = "quizbank.fit"
QUEUE = "cpu"
FEWEST = 64  # new reviews that make another fit worth it
GROWTH = 0.25  # or this share of those fitted before, if that is more
MONTH = timedelta(days=30)  # after which any new review does
LOOK_EVERY = 256  # events: a look costs as much as an answer or two, so few may pay for one
ANSWER = timedelta(hours=1)  # given to a worker before it is asked again
FITS = UUID("5c0b3a1e-2b64-4d7e-9a51-8f1f6a3a7e10")


@dataclass(frozen=True)
class Found:
    """A fit in numbers. `through` is the id of the last event it saw."""

    values: tuple[float, ...]
    engine: str
    through: int
    scored: int
    loss_before: float | None
    loss_after: float | None
    accepted: bool
    reason: str


def worth_it(user: User, now: datetime) -> bool:
    """Whether enough has come since the last fit, or any time after a month."""
    last = last_fit(user)
    reviews = ReviewEvent.objects.filter(user=user, kind=EventKind.REVIEW)
    if last is None:
        return reviews[: FEWEST + 1].count() > FEWEST
    fresh = reviews.filter(id__gt=last.fitted_through)
    wanted = 1 if now - last.created_at >= MONTH else max(FEWEST, round(GROWTH * last.scored))
    return fresh[:wanted].count() >= wanted


def wish_fit(user: User) -> bool:
    """Ask a worker to fit; whether it was reached. Asking twice costs one fit at most."""
    return send(TASK, [user.pk], QUEUE)


def look(user: User, now: datetime) -> None:
    """See whether a fit is due, and ask for it once what is being recorded is committed.

    A wish that was sent is remembered in this process, lest they pile up while nobody answers.
    """
    key = f"fit:{user.public_id}"
    asked = cache.get(key)
    if (asked is None or now - asked >= ANSWER) and worth_it(user, now):

        def ask() -> None:
            if wish_fit(user):
                cache.set(key, now, ANSWER.seconds)

        transaction.on_commit(ask)


def record_fit(*, user: User, found: Found, now: datetime) -> ParameterSet:
    """Keep a fit, and adopt its parameters if it was accepted; no due date moves.

    A second fit of the same log leaves the first.
    """
    same = ParameterSet.objects.filter(user=user, fitted_through=found.through)
    if (before := same.first()) is not None:
        return before
    made = ParameterSet(
        user=user,
        engine=found.engine,
        values=list(found.values),
        created_at=now,
        fitted_through=found.through,
        scored=found.scored,
        loss_before=found.loss_before,
        loss_after=found.loss_after,
        accepted=found.accepted,
        reason=found.reason,
    )
    made.full_clean(exclude=["user"])
    foreseen = foresee(user, found.values) if found.accepted else None
    with transaction.atomic():
        lock_profile(user)
        if (before := same.first()) is not None:
            return before
        made.save(force_insert=True)
        if found.accepted:
            name = uuid5(FITS, f"{user.public_id}:{found.through}")
            adopt_parameters(
                user=user, parameter_set=made, client_uuid=name, now=now, foreseen=foreseen
            )
    return made
