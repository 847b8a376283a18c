"""What each desired retention would cost a person a day, by simulation."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from quizbank.models import Card, Question, User
from quizbank.models.history import memory_of, parameters_of, policy_of, read_profile
from quizbank.queries.study import usual_duration_ms
from quizbank.scheduling import Policy

if TYPE_CHECKING:
    from quizbank.scheduling.simulation import Cost, Deck, Learner, Settings

RETENTIONS = (0.80, 0.85, 0.90, 0.95)
A_YEAR = 365  # days
LEARNT_WITHIN = 90  # days, so that the second half of the year has no new cards
REPEATS = 2
ANY_DAY = date(2026, 1, 5)  # without easy days it makes no difference which
USUAL_SECONDS = 40


@dataclass(frozen=True)
class Load:
    """`costs` goes from the least desired retention to the most, the person's own among them."""

    cards: int
    wanted: float
    costs: tuple[Cost, ...]


def load_by_retention(user: User | None) -> Load:
    """All questions the person can see, learnt and then kept for a year as they study now."""
    profile = read_profile(user)
    cards = Question.everyone.visible_to(user).filter(retired_at=None).count()
    usual = usual_duration_ms(user)
    found = _costs(
        cards,
        max(profile.new_per_day, -(-cards // LEARNT_WITHIN)),
        policy_of(profile),
        parameters_of(profile),
        round(usual / 1000) if usual else USUAL_SECONDS,
        tuple(sorted({*RETENTIONS, profile.desired_retention})),
    )
    return Load(cards, profile.desired_retention, found)


def deck_of(user: User) -> tuple[Deck, Settings]:
    """The person's cards as they are, with all they have not studied yet, and how they study.

    To be simulated from a study day on, as `simulation.simulate` does.
    """
    from quizbank.scheduling.simulation import Settings, held_deck, joined, new_deck

    profile = read_profile(user)
    cards = Card.objects.filter(user=user, question__retired_at=None).order_by("pk")
    held = [(card.seed, memory_of(card)) for card in cards]
    untouched = Question.everyone.visible_to(user).filter(retired_at=None)
    new = untouched.exclude(pk__in=Card.objects.filter(user=user).values("question")).count()
    settings = Settings(
        policy=policy_of(profile),
        parameters=parameters_of(profile),
        new_per_day=profile.new_per_day,
        balancing=profile.fuzz and profile.load_balancing,
        week=tuple(profile.easy_days),
    )
    return joined(held_deck(held, settings.policy, profile.zone), new_deck(new)), settings


def learner_at(seconds: int) -> Learner:
    """Somebody who takes that long for a card that is due."""
    from quizbank.scheduling.simulation import Learner

    usual = Learner()
    pace = seconds / usual.seconds_due
    return Learner(
        seconds_at_first=pace * usual.seconds_at_first,
        seconds_same_day=pace * usual.seconds_same_day,
        seconds_due=seconds,
    )


@functools.lru_cache(maxsize=128)
def _costs(
    cards: int,
    new_per_day: int,
    policy: Policy,
    parameters: tuple[float, ...],
    seconds: int,
    retentions: tuple[float, ...],
) -> tuple[Cost, ...]:
    """Half a second of work, so what was found for the same settings is kept."""
    from quizbank.scheduling.simulation import Settings, costs, new_deck

    # Balancing moves reviews among the days and leaves their number: not worth the time here.
    settings = Settings(
        policy=policy,
        parameters=parameters,
        new_per_day=new_per_day,
        learner=learner_at(seconds),
        balancing=False,
    )
    found = costs(
        new_deck(cards, seed=1),
        settings,
        today=ANY_DAY,
        days=A_YEAR,
        seed=1,
        repeats=REPEATS,
        retentions=retentions,
    )
    return tuple(found)
