"""Fold every log again and compare with the cards: the two must agree to the last bit."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizbank.models import User
from quizbank.services.audit import Audit, audit


class Command(BaseCommand):
    help = "Compare the cards with a replay of the review log; exit 1 if they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument("--check", action="store_true", help="compare and change nothing")
        action.add_argument(
            "--repair", action="store_true", help="write what the log says where they differ"
        )
        parser.add_argument("--user", metavar="NAME", help="only this person's cards")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        users = User.objects.order_by("pk")
        if options["user"] is not None:
            users = users.filter(username=options["user"])
            if not users.exists():
                raise CommandError(f"There is no person named {options['user']!r}.")
        total = Audit()
        for user in users.iterator():
            total += audit(user=user, repair=options["repair"])
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
