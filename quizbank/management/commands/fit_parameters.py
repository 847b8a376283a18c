"""Fit the memory model to people's own reviews; what does no better on the latest is refused."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from quizbank.models import User
from quizbank.queries.logs import adopted_parameters, read_columns
from quizbank.services.fits import Found, record_fit

AT_ONCE = 200  # people whose logs are fitted together


class Command(BaseCommand):
    help = "Fit FSRS parameters to people's reviews and adopt those that predict better."

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", metavar="NAME", help="this person")
        who.add_argument("--id", type=int, metavar="ID", help="this person, by number")
        who.add_argument("--all", action="store_true", help="everybody who has reviewed")
        parser.add_argument("--json", action="store_true", help="print the results as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        users = User.objects.filter(is_active=True).order_by("pk")
        if options["user"] is not None:
            users = users.filter(username=options["user"])
        elif options["id"] is not None:
            users = users.filter(pk=options["id"])
        else:
            users = users.filter(review_events__isnull=False).distinct()
        people = list(users)
        if not people and not options["all"]:
            raise CommandError("There is no such person.")
        told = []
        for start in range(0, len(people), AT_ONCE):
            told += fit_people(people[start : start + AT_ONCE], timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in told:
            losses = (
                f" ({one['loss_before']:.4f} → {one['loss_after']:.4f})"
                if one["scored"] >= 64
                else ""
            )
            self.stdout.write(f"{one['user']}: {one['scored']} scored, {one['reason']}{losses}")


def fit_people(people: list[User], now: datetime) -> list[dict[str, Any]]:
    """Fit them together and keep what comes of it; one entry a person with reviews."""
    import numpy as np
    import torch

    from quizbank.scheduling.bulk import Log
    from quizbank.scheduling.fitting import fit

    ids = [person.pk for person in people]
    columns = read_columns(ids)
    reviews = columns.reviews
    if not len(reviews.log):
        return []
    # What was forgotten by a reset says nothing of the memory now.
    kept = reviews.current[reviews.log.chain]
    number = np.cumsum(reviews.current) - 1
    log = Log(number[reviews.log.chain[kept]], reviews.log.rating[kept], reviews.log.day[kept])
    at, learner = columns.at[reviews.row[kept]], reviews.learner[reviews.current]
    fits = fit(log, at, adopted_parameters(ids), learner)
    told = []
    for place, (person, found) in enumerate(zip(people, fits, strict=True)):
        events = columns.event[columns.learner[columns.card] == place]
        if not len(events):
            continue
        if found.reason != "too_few":
            record_fit(
                user=person,
                found=Found(
                    values=found.parameters,
                    engine=f"torch {torch.__version__.split('+')[0]}",
                    through=int(events.max()),
                    scored=found.scored,
                    loss_before=found.loss_before,
                    loss_after=found.loss_after,
                    accepted=found.reason == "accepted",
                    reason=found.reason,
                ),
                now=now,
            )
        told.append(
            {
                "user": person.username,
                "scored": found.scored,
                "reason": found.reason,
                "loss_before": found.loss_before,
                "loss_after": found.loss_after,
            }
        )
    return told
