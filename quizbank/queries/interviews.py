"""How somebody stands before their interview: what they would recall, what is to be done."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache

from quizbank.models import Card, Form, Interview, Question, StudyProfile, Topic, User
from quizbank.models.history import day_of, memory_of, parameters_of, policy_of, read_profile
from quizbank.models.interviews import open_interview as open_interview
from quizbank.queries.load import USUAL_SECONDS, learner_at
from quizbank.queries.study import usual_duration_ms
from quizbank.scheduling import recall

if TYPE_CHECKING:
    from quizbank.scheduling.simulation import Deck

SHARE = 0.95  # of the interviews that fall within an interval
REPEATS = 24
KEPT_SECONDS = 24 * 3600
WEAKEST = 5


@dataclass(frozen=True)
class Estimate:
    """How many of the list's questions would be recalled: the mean, and the two ends between
    which chance alone leaves 95 of 100 interviews."""

    mean: float
    low: float
    high: float
    of: int

    @property
    def shares(self) -> tuple[float, float, float]:
        return self.mean / self.of, self.low / self.of, self.high / self.of


@dataclass(frozen=True)
class Pace:
    """So many new questions a day from today on, every day, and what comes of it."""

    new_per_day: int
    learnt: int  # of the list, by the day
    minutes: float  # a day, in the mean
    busiest: float  # minutes of the fullest day
    by_day: list[float]  # answers to expect, today first
    known: list[float]  # questions recalled at the start of each day, the interview's the last
    on_the_day: Estimate


@dataclass(frozen=True)
class TopicStand:
    topic: Topic
    asked: int
    studied: int
    recalled: float  # questions to expect if it were today


@dataclass(frozen=True)
class Day:
    """What the schedule holds already for one of the days ahead."""

    day: date
    due: int  # cards of the list, overdue ones on the first day
    last: bool  # one of the last days
    expected: float  # answers at the present pace


@dataclass(frozen=True)
class Standing:
    """`paces` has the person's own pace first and then, if that leaves questions unseen, the
    one that reaches them all."""

    interview: Interview
    today: date
    days_left: int
    asked: int
    studied: int
    now: Estimate
    paces: list[Pace]
    stopping: list[float]  # as `Pace.known`, if nothing were studied any more
    days: list[Day]
    topics: list[TopicStand]
    weakest: list[tuple[Question, float]]

    @property
    def unseen(self) -> int:
        return self.asked - self.studied

    @property
    def pace(self) -> Pace:
        return self.paces[0]


@dataclass(frozen=True)
class _Held:
    card: Card
    chance: float


def standing(visitor: User | AnonymousUser | None, now: datetime) -> Standing | None:
    """How the person stands before the open interview, if it is still ahead."""
    if not isinstance(visitor, User):
        return None
    interview = open_interview(visitor.pk)
    if interview is None:
        return None
    profile = read_profile(visitor)
    today = day_of(profile, now)
    if interview.day <= today:
        return None
    asked = list(interview.may_ask().select_related("topic"))
    if not asked:
        return None
    held = _held(visitor, profile, asked, today)
    usual = usual_duration_ms(visitor)
    seconds = round(usual / 1000) if usual else USUAL_SECONDS
    start = _Start(interview, profile, held, len(asked), today, seconds)
    paces = _paces(start)
    chances = {one.card.question_id: one.chance for one in held}
    weakest = sorted(held, key=lambda one: (one.chance, one.card.question.position))
    return Standing(
        interview=interview,
        today=today,
        days_left=(interview.day - today).days,
        asked=len(asked),
        studied=len(held),
        now=_estimate([one.chance for one in held], len(asked)),
        paces=paces,
        stopping=start.stopping(),
        days=_days(interview, held, paces[0], today),
        topics=_topics(asked, chances),
        weakest=[(one.card.question, one.chance) for one in weakest[:WEAKEST]],
    )


def _held(user: User, profile: StudyProfile, asked: Sequence[Question], today: date) -> list[_Held]:
    """The cards of the list of which something is remembered, suspended ones included."""
    parameters = parameters_of(profile)
    cards = Card.objects.filter(user=user, form=Form.RECALL, question__in=asked)
    return [
        _Held(card, recall(card.stability, max(0, (today - card.last_day).days), parameters))
        for card in cards.select_related("question").order_by("pk")
        if card.stability is not None and card.last_day is not None
    ]


def _estimate(chances: Sequence[float], of: int) -> Estimate:
    """The distribution of a sum of unequal coins, exactly."""
    spread = [1.0]
    for chance in chances:
        missed = [weight * (1 - chance) for weight in spread] + [0.0]
        for n, weight in enumerate(spread):
            missed[n + 1] += weight * chance
        spread = missed
    low, high = _ends(spread)
    return Estimate(math.fsum(chances), low, high, of)


def _ends(spread: Sequence[float]) -> tuple[int, int]:
    """The least numbers below which lie, and above which lie not, (1 ± SHARE) / 2."""
    reached, low = 0.0, 0
    for n, weight in enumerate(spread):
        reached += weight
        if reached < (1 - SHARE) / 2:
            low = n + 1
        if reached >= (1 + SHARE) / 2:
            return low, n
    return low, len(spread) - 1


@dataclass(frozen=True)
class _Start:
    """All that a rehearsal depends on."""

    interview: Interview
    profile: StudyProfile
    held: Sequence[_Held]
    asked: int
    today: date
    seconds: int  # for a card that is due

    @property
    def unseen(self) -> int:
        return self.asked - len(self.held)

    def deck(self) -> Deck:
        from quizbank.scheduling.simulation import held_deck, joined, new_deck

        cards = [(one.card.seed, memory_of(one.card)) for one in self.held]
        held = held_deck(cards, policy_of(self.profile), self.profile.zone)
        return joined(held, new_deck(self.unseen, seed=1))

    def stopping(self) -> list[float]:
        from quizbank.scheduling.simulation import unattended

        days = (self.interview.day - self.today).days
        known = unattended(
            self.deck(), parameters_of(self.profile), today=self.today, days=days + 1
        )
        return [float(n) for n in known]

    def key(self, new_per_day: int) -> str:
        said = [
            self.interview.aim,
            policy_of(self.profile),
            parameters_of(self.profile),
            self.profile.zone,
            [(one.card.seed, memory_of(one.card)) for one in self.held],
            (self.asked, self.today, self.seconds, new_per_day),
        ]
        return f"interview:{hashlib.sha256(repr(said).encode()).hexdigest()}"


def _paces(start: _Start) -> list[Pace]:
    own = start.profile.new_per_day
    needed = math.ceil(start.unseen / (start.interview.day - start.today).days)
    found = []
    for new_per_day in (own, needed) if needed > own else (own,):
        key = start.key(new_per_day)
        pace = cache.get(key) or _pace(start, new_per_day)
        cache.set(key, pace, KEPT_SECONDS)
        found.append(pace)
    return found


def _pace(start: _Start, new_per_day: int) -> Pace:
    """A fifth of a second of work, so what was found is kept."""
    from quizbank.scheduling.simulation import Settings, rehearse

    settings = Settings(
        policy=policy_of(start.profile),
        parameters=parameters_of(start.profile),
        new_per_day=new_per_day,
        learner=learner_at(start.seconds),
        balancing=False,  # it moves reviews among the days and leaves their number
    )
    found = rehearse(
        start.deck(),
        settings,
        start.interview.aim,
        today=start.today,
        seed=1,
        repeats=REPEATS,
    )
    minutes = found.seconds.mean(axis=0) / 60
    low, high = found.between(SHARE)
    return Pace(
        new_per_day=new_per_day,
        learnt=len(start.held) + round(float(found.fresh.sum(axis=1).mean())),
        minutes=float(minutes.mean()),
        busiest=float(minutes.max()),
        by_day=[float(n) for n in found.answers.mean(axis=0)],
        known=[float(n) for n in found.known.mean(axis=0)],
        on_the_day=Estimate(float(found.recalled.mean()), low, high, start.asked),
    )


def _days(interview: Interview, held: Sequence[_Held], pace: Pace, today: date) -> list[Day]:
    due = [0] * len(pace.by_day)
    for one in held:
        card = one.card
        if card.suspended or card.due_day is None:
            continue
        risen = max(card.due_day, card.buried_until or card.due_day, today)
        if risen < interview.day:
            due[(risen - today).days] += 1
    days = [today + timedelta(days=ahead) for ahead in range(len(due))]
    return [
        Day(day, n, day >= interview.aim.opens, expected)
        for day, n, expected in zip(days, due, pace.by_day, strict=True)
    ]


def _topics(asked: Sequence[Question], chances: dict[int, float]) -> list[TopicStand]:
    found = []
    for topic in dict.fromkeys(question.topic for question in asked):
        mine = [question.pk for question in asked if question.topic_id == topic.pk]
        known = [chances[pk] for pk in mine if pk in chances]
        found.append(TopicStand(topic, len(mine), len(known), math.fsum(known)))
    return sorted(found, key=lambda stand: stand.topic.position)
