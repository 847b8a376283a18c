"""A person's memory in numbers: retention, load ahead, days studied, topics, calibration."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count

from quizbank.models import Card, EventKind, Question, ReviewEvent, Topic, User
from quizbank.models.history import day_of, parameters_of, read_profile, undos_of
from quizbank.models.interviews import open_interview
from quizbank.queries import fresh
from quizbank.queries.logs import adopted_parameters, read_columns
from quizbank.queries.quiz import calibration_of
from quizbank.queries.today import Today, today_of
from quizbank.scheduling import AGAIN, recall
from quizbank.scoring import Level, calibration, wilson

if TYPE_CHECKING:
    from quizbank.scheduling.statistics import Bin, Share

PERIODS = (7, 30, None)  # study days; None for all of them
AHEAD, FARTHER = 30, 90  # days
YEAR = 371  # days of the heat map: 53 whole weeks
ENOUGH_TESTS = 30
ENOUGH_BINNED = 10


@dataclass(frozen=True)
class Retention:
    """Of n tests of memory so many were recalled; the interval is Wilson's, at 95 %."""

    period: int | None
    mature: bool | None  # None for all
    n: int
    recalled: int

    @property
    def share(self) -> float | None:
        return self.recalled / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.recalled, self.n) if self.n else None


@dataclass(frozen=True)
class DayAhead:
    day: date
    due: int  # cards whose promise falls on it; today's include what is overdue
    new: int  # new cards at the person's pace, while there are any


@dataclass(frozen=True)
class Mastery:
    """Where a topic stands: the median predicted recall of the cards studied."""

    topic: Topic
    questions: int
    studied: int
    recall: float | None


@dataclass(frozen=True)
class Statistics:
    day: date
    wanted: float
    fitted: bool  # the parameters in use, to this person
    reviews: int
    days: int
    retention: list[Retention]
    ahead: list[DayAhead]
    interview: date | None  # its day, if that is one of the days ahead
    heat: dict[date, int]
    minutes: int
    mastery: list[Mastery]
    bins: list[Bin]
    log_loss: float | None
    sure: list[Level]

    @property
    def overall(self) -> Retention:
        """All tests, young and mature, of all time."""
        return next(r for r in self.retention if r.period is None and r.mature is None)

    @property
    def enough(self) -> bool:
        return self.overall.n >= ENOUGH_TESTS


def statistics(user: User, now: datetime, ahead: int = AHEAD) -> Statistics:
    """Everything the progress page and the API tell, with so many days ahead. One pass over the
    person's log."""
    from quizbank.scheduling.statistics import per_day, trials

    profile = read_profile(user)
    today = day_of(profile, now)
    columns = read_columns([user.pk])
    tested = trials(columns, adopted_parameters([user.pk]))
    studied = per_day(columns)
    return Statistics(
        day=today,
        wanted=profile.desired_retention,
        fitted=profile.parameter_set_id is not None,
        reviews=sum(n for n, _ in studied.values()),
        days=len(studied),
        retention=[
            _retention(period, mature, tested.retention(_since(today, period), mature))
            for mature in (False, True, None)
            for period in PERIODS
        ],
        ahead=_ahead(today_of(user, now), ahead),
        interview=_interview(user, today, ahead),
        heat=_heat(studied, today),
        minutes=round(sum(ms for _, ms in studied.values()) / 60_000),
        mastery=_mastery(user, today, parameters_of(profile)),
        bins=tested.calibration(),
        log_loss=tested.log_loss(),
        sure=_sure(user),
    )


def _retention(period: int | None, mature: bool | None, share: Share) -> Retention:
    return Retention(period, mature, share.n, share.recalled)


def _since(today: date, period: int | None) -> int | None:
    return None if period is None else today.toordinal() - period + 1


def _heat(studied: Mapping[int, tuple[int, int]], today: date) -> dict[date, int]:
    first = today.toordinal() - YEAR + 1
    return {date.fromordinal(day): n for day, (n, _) in studied.items() if day >= first}


def _ahead(today: Today, days: int) -> list[DayAhead]:
    cards = Card.objects.filter(user=today.user_id, suspended=False, question__retired_at=None)
    due: Counter[int] = Counter()
    soon = cards.filter(due_day__lt=today.day + timedelta(days=days)).order_by()
    for due_day, buried_until, n in soon.values_list("due_day", "buried_until").annotate(
        n=Count("pk")
    ):
        risen = max(due_day, buried_until or due_day, today.day)
        due[(risen - today.day).days] += n
    unseen = fresh.unseen(today).count()
    started = Card.objects.filter(user=today.user_id, first_day=today.day).count()
    found = []
    for ahead in range(days):
        pace = max(0, today.new_per_day - started) if ahead == 0 else today.new_per_day
        new = min(unseen, pace)
        unseen -= new
        found.append(DayAhead(today.day + timedelta(days=ahead), due[ahead], new))
    return found


def _interview(user: User, today: date, days: int) -> date | None:
    interview = open_interview(user.pk)
    if interview is None or not 0 <= (interview.day - today).days < days:
        return None
    return interview.day


def _mastery(user: User, today: date, parameters: tuple[float, ...]) -> list[Mastery]:
    from quizbank.scheduling.statistics import median

    rows = Card.objects.filter(
        user=user, stability__isnull=False, question__retired_at=None, question__owner=None
    ).values_list("question__topic", "stability", "last_day")
    known: dict[int, list[float]] = defaultdict(list)
    for topic, stability, last_day in rows:
        if stability and last_day:
            known[topic].append(recall(stability, max(0, (today - last_day).days), parameters))
    living = Question.objects.filter(retired_at=None).order_by()
    counts = dict(living.values_list("topic").annotate(n=Count("pk")))
    topics = Topic.objects.filter(pk__in=counts).order_by("position")
    return [
        Mastery(topic, counts[topic.pk], len(known[topic.pk]), median(known[topic.pk]))
        for topic in topics
    ]


def _sure(user: User) -> list[Level]:
    """How certain the person was before the answer, in reviews and quizzes together."""
    reviews = ReviewEvent.objects.filter(user=user, kind=EventKind.REVIEW).exclude(confidence="")
    counted = reviews.exclude(pk__in=undos_of(user)).values_list("confidence", "rating")
    own = calibration((sure, bool(rating and rating > AGAIN)) for sure, rating in counted)
    quizzes = {level.name: level for level in calibration_of(user)}
    return [
        Level(level.name, level.n + quizzes[level.name].n, level.right + quizzes[level.name].right)
        for level in own
    ]
