"""Sessions beside the day's own: new questions, weak ones, cram, a few minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, Sum

from quizbank.models import Card, EventKind, Form, Question, ReviewEvent, Topic, User
from quizbank.models.history import day_of, parameters_of, read_profile, undos_of
from quizbank.models.interviews import open_interview
from quizbank.queries import study
from quizbank.queries.due import Among
from quizbank.queries.study import StudyItem
from quizbank.queries.today import Visitor, done_on
from quizbank.scheduling import recall

KINDS = ("due", "new", "weak", "cram")
SHORT = 15  # minutes
DRILL = 10  # minutes, for the weakest topic
INTERVIEW = "~interview"  # in the place of a topic: what the interview may ask


class Chance(NamedTuple):
    """The probability that a card is recalled now."""

    recall: float
    card: UUID
    topic: int


@dataclass(frozen=True)
class Offers:
    """What there is to do now beside the day's own session: kinds, and the topic, of those with
    a weak card, that is recalled the worst."""

    kinds: list[str]
    weakest: Topic | None = None
    drill: int = DRILL


@dataclass(frozen=True)
class Wish:
    """What kind of session somebody wants, of one topic (a slug), of what their interview may
    ask (INTERVIEW), or of all, until when.

    "due" follows the schedule. "new" goes on beyond the day's number of new questions.
    "weak" asks what is below the recall wanted and was not asked today, due or not. "cram"
    asks every card once a day, grades it, and leaves the schedule alone.
    """

    kind: str = "due"
    topic: str = ""
    until: datetime | None = None

    @property
    def until_ms(self) -> int | None:
        return round(self.until.timestamp() * 1000) if self.until else None

    def over(self, now: datetime) -> bool:
        return self.until is not None and now >= self.until


TODAY = Wish()  # the day's own session


@dataclass(frozen=True)
class Budget:
    """The minutes a day somebody set themselves, 0 for no limit, and those today has taken."""

    minutes: int
    spent: int

    @property
    def used_up(self) -> bool:
        return 0 < self.minutes <= self.spent


def next_of(
    visitor: Visitor, now: datetime, wish: Wish, skip: Collection[str] = ()
) -> StudyItem | None:
    """What to show now in a session of that kind; None when it is over. `skip` holds paths of
    questions.

    A card missed in it returns after at least eight others, or at the end; in cram it does
    not return that day.
    """
    if wish.over(now):
        return None
    among = _among(visitor, wish)
    if wish.kind == "due":
        return study.next_item(visitor, now, among, skip)
    if wish.kind == "cram":
        return _first(visitor, now, wish, among, skip)
    return (
        study.returning(visitor, now, among, skip)
        or _first(visitor, now, wish, among, skip)
        or study.returning(visitor, now, among, skip, late=True)
    )


def offers(visitor: Visitor, now: datetime) -> Offers:
    new = ["new"] if study.unseen(visitor, now).exists() else []
    if not isinstance(visitor, User):
        return Offers(new)
    day = _Day(visitor, now)
    known = day.known()
    weak, uncrammed = day.weak(known), day.uncrammed(known)
    kinds = [*new, *["weak"] * bool(weak), *["cram"] * bool(uncrammed)]
    return Offers(kinds, _weakest(known, weak))


def _weakest(known: list[Chance], weak: list[Chance]) -> Topic | None:
    """By the median of all its cards; None where all that is weak is of one topic anyway."""
    by_topic: dict[int, list[float]] = defaultdict(list)
    for one in known:
        by_topic[one.topic].append(one.recall)
    topics = {one.topic for one in weak}
    if len(topics) < 2:
        return None
    return Topic.objects.get(pk=min(topics, key=lambda topic: (median(by_topic[topic]), topic)))


def _among(visitor: Visitor, wish: Wish) -> Among:
    if wish.topic == INTERVIEW:
        interview = open_interview(visitor.pk if isinstance(visitor, User) else None)
        return interview.may_ask() if interview else Question.objects.none()
    return Question.everyone.filter(topic__slug=wish.topic) if wish.topic else None


def _first(
    visitor: Visitor, now: datetime, wish: Wish, among: Among, skip: Collection[str]
) -> StudyItem | None:
    if wish.kind == "new":
        questions = study.unseen(visitor, now).exclude(path__in=skip)
        if among is not None:
            questions = questions.filter(pk__in=among)
        found = questions.order_by("position", "path").first()
        return StudyItem(found, None, study.counts(visitor, now)) if found else None
    if not isinstance(visitor, User):
        return None
    day = _Day(visitor, now)
    known = day.known(among, skip)
    left = day.uncrammed(known) if wish.kind == "cram" else day.weak(known)
    if not left:
        return None
    card = Card.objects.select_related("question__topic").get(pk=min(left).card)
    return StudyItem(card.question, card, study.counts(visitor, now))


class _Day:
    """One person's cards on a study day."""

    def __init__(self, user: User, now: datetime) -> None:
        self.user, self.profile = user, read_profile(user)
        self.today = day_of(self.profile, now)

    def known(self, among: Among = None, skip: Collection[str] = ()) -> list[Chance]:
        """Every card of which something is known and that is not put aside."""
        cards = Card.objects.filter(
            Q(buried_until=None) | Q(buried_until__lte=self.today),
            user=self.user,
            form=Form.RECALL,
            suspended=False,
            question__retired_at=None,
        ).exclude(question__path__in=skip)
        if among is not None:
            cards = cards.filter(question__in=among)
        parameters = parameters_of(self.profile)
        rows = cards.values_list("pk", "question__topic", "stability", "last_day")
        return [
            Chance(recall(stability, max(0, (self.today - last_day).days), parameters), pk, topic)
            for pk, topic, stability, last_day in rows
            if stability is not None and last_day is not None
        ]

    def weak(self, known: list[Chance]) -> list[Chance]:
        """Those below the recall the person wants and not asked today."""
        asked = {done.card_id for done in done_on(self.user, self.today)}
        wanted = self.profile.desired_retention
        return [one for one in known if one.recall < wanted and one.card not in asked]

    def uncrammed(self, known: list[Chance]) -> list[Chance]:
        """Those not crammed today, or only with a grade taken back."""
        crammed = ReviewEvent.objects.filter(
            user=self.user, kind=EventKind.CRAM, study_day=self.today
        )
        rows = crammed.values_list("pk", "card_id")
        undos = undos_of(self.user) if rows else {}
        done = {card for pk, card in rows if pk not in undos}
        return [one for one in known if one.card not in done]


def budget(visitor: Visitor, now: datetime) -> Budget:
    """How much of the day's minutes is gone: the time to the answer of all that was graded."""
    if not isinstance(visitor, User):
        return Budget(0, 0)
    profile = read_profile(visitor)
    if not profile.minutes_per_day:
        return Budget(0, 0)
    graded = ReviewEvent.objects.filter(
        user=visitor,
        kind__in=(EventKind.REVIEW, EventKind.CRAM),
        study_day=day_of(profile, now),
    )
    spent = graded.aggregate(ms=Sum("duration_ms"))["ms"] or 0
    return Budget(profile.minutes_per_day, spent // 60_000)


def ends_after(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)
