"""Fold every log again and compare with the cards: the two must agree to the last bit."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from quizbank.models import User
from quizbank.queries.quick_check import quick_check
from quizbank.services.audit import Audit, audit

PEOPLE_AT_ONCE = 500


class Command(BaseCommand):
    help = "Compare the cards with a replay of the review log; exit 1 if they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument("--check", action="store_true", help="compare and change nothing")
        action.add_argument(
            "--repair", action="store_true", help="write what the log says where they differ"
        )
        parser.add_argument("--user", metavar="NAME", help="only this person's cards")
        parser.add_argument(
            "--fast",
            action="store_true",
            help="look only at people in whose cards a bulk replay of all logs finds a"
            " difference; it compares memory to 1e-12 and no due dates",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        users = User.objects.order_by("pk")
        if options["user"] is not None:
            users = users.filter(username=options["user"])
            if not users.exists():
                raise CommandError(f"There is no person named {options['user']!r}.")
        replayed = _fast if options["fast"] else _exact
        total = replayed(users, options["repair"])
        if options["json"]:
            self.stdout.write(json.dumps(total.json(), ensure_ascii=False))
        else:
            self._say(total, repaired=options["repair"])
        if total.differences and options["check"]:
            raise SystemExit(1)

    def _say(self, total: Audit, *, repaired: bool) -> None:
        for difference in total.differences:
            self.stdout.write(
                f"{difference['card']} {difference['field']}: "
                f"{difference['stored']} stored, {difference['replayed']} by the log"
            )
        verdict = "no difference"
        if total.differences:
            verdict = f"{len(total.differences)} differences" + (", repaired" if repaired else "")
        self.stdout.write(f"{total.cards} cards, {total.events} events: {verdict}")


def _exact(users: QuerySet[User], repair: bool) -> Audit:
    total = Audit()
    for user in users.iterator():
        total += audit(user=user, repair=repair)
    return total


def _fast(users: QuerySet[User], repair: bool) -> Audit:
    """What bulk replay finds is looked at again, exactly and under the person's lock: the
    person may have been studying in the meantime."""
    total, people = Audit(), list(users.values_list("pk", flat=True))
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        checked = quick_check(people[start : start + PEOPLE_AT_ONCE])
        found = _exact(users.filter(pk__in=checked.learners), repair)
        total += Audit(checked.cards, checked.events, found.differences)
    return total
