"""Live through a deck before anybody does, and print what each desired recall costs.

"At first" are the days on which there still are new cards, "later" the second half.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from quizbank.models import User
from quizbank.queries.load import deck_of
from quizbank.queries.people import day_today
from quizbank.scheduling import RETENTION, Policy

if TYPE_CHECKING:
    from quizbank.scheduling.simulation import Cost, Deck, Settings

COLUMNS: tuple[tuple[str, Callable[[Cost], str]], ...] = (
    ("desired recall", lambda cost: f"{cost.retention:.0%}"),
    ("answers a day at first", lambda cost: f"{cost.begin_answers:.1f}"),
    ("minutes at first", lambda cost: f"{cost.begin_minutes:.1f}"),
    ("answers a day later", lambda cost: f"{cost.steady_answers:.1f}"),
    ("on 95% of days at most", lambda cost: f"{cost.steady_most:.0f}"),
    ("minutes later", lambda cost: f"{cost.steady_minutes:.1f}"),
    ("recalled", lambda cost: "" if cost.recalled is None else f"{cost.recalled:.1%}"),
    ("known at the end", lambda cost: f"{cost.known:.1f}"),
)


def retention(text: str) -> float:
    low, high = RETENTION
    value = float(text)
    if not low <= value <= high:
        raise ArgumentTypeError(f"{text} does not lie between {low} and {high}")
    return value


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ArgumentTypeError(f"{text} is less than 1")
    return value


def above_zero(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"{text} is not above 0")
    return value


class Command(BaseCommand):
    help = "Simulate a deck of new cards and print the load that each desired recall means."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--user",
            metavar="NAME",
            help="this person's cards, questions left and settings instead of a new deck",
        )
        parser.add_argument("--cards", type=positive, default=150)
        parser.add_argument("--new-per-day", type=positive, default=10)
        parser.add_argument(
            "--retention", type=retention, nargs="+", help="desired recall, 0.80 0.85 0.90 0.95"
        )
        parser.add_argument("--days", type=positive, default=365)
        parser.add_argument("--maximum-interval", type=positive, default=Policy().maximum_interval)
        parser.add_argument(
            "--strength",
            type=above_zero,
            default=1.0,
            help="how long memories last, in what the model believes; 0.5 fade twice as fast",
        )
        parser.add_argument("--repeats", type=positive, default=20)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        from quizbank.scheduling.simulation import RETENTIONS, costs

        deck, settings, today = _known(options) if options["user"] else _new(options)
        found = costs(
            deck,
            settings,
            today=today,
            days=options["days"],
            seed=options["seed"],
            repeats=options["repeats"],
            retentions=options["retention"] or RETENTIONS,
        )
        if options["json"]:
            studied = {
                "cards": len(deck),
                "new_per_day": settings.new_per_day,
                "maximum_interval": settings.policy.maximum_interval,
                "strength": settings.learner.strength,
            }
            course = {name: options[name] for name in ("days", "repeats")}
            rows = [asdict(cost) for cost in found]
            self.stdout.write(json.dumps({**studied, **course, "costs": rows}))
            return
        self.stdout.write(" | ".join(name for name, _ in COLUMNS))
        for cost in found:
            self.stdout.write(" | ".join(f"{say(cost):>{len(name)}}" for name, say in COLUMNS))


def _new(options: Mapping[str, Any]) -> tuple[Deck, Settings, date]:
    from quizbank.scheduling.simulation import Learner, Settings, new_deck

    settings = Settings(
        policy=Policy(maximum_interval=options["maximum_interval"]),
        new_per_day=options["new_per_day"],
        learner=Learner(strength=options["strength"]),
    )
    return new_deck(options["cards"], options["seed"]), settings, timezone.now().date()


def _known(options: Mapping[str, Any]) -> tuple[Deck, Settings, date]:
    from quizbank.scheduling.simulation import Learner

    user = User.objects.filter(username=options["user"]).first()
    if user is None:
        raise CommandError(f"There is no person named {options['user']!r}.")
    deck, settings = deck_of(user)
    learner = Learner(strength=options["strength"])
    return deck, replace(settings, learner=learner), day_today(user, timezone.now())
