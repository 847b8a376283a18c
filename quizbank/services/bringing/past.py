"""What was done with a card elsewhere, as events of our log that are not stored yet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from quizbank.exchange.notes import Deed, Past
from quizbank.models import Card, EventKind, ReviewEvent, StudyPolicy, StudyProfile, User
from quizbank.models.history import day_of
from quizbank.scheduling import LONGEST_INTERVAL, RATINGS
from quizbank.services.bringing.report import Leavings
from quizbank.services.given import AHEAD, LONGEST_DURATION
from quizbank.services.log import digest

NAMES = UUID("2a6f0d4c-52d7-4f0f-9d2b-7c1de2d0a6c4")
OLDEST = datetime(2006, 1, 1, tzinfo=UTC)  # before there was Anki
LONGEST_KEY = 500
GRADED = (Deed.REVIEW, Deed.CRAM)
DATED = (Deed.SET_DUE, Deed.RESCHEDULE)
# Packages keep milliseconds, tables seconds. Nobody grades a card twice within one.
SAME = 1.0  # seconds
# In a package no two cards have a row in one millisecond: 200,000 acts at once lie that far apart.
APART = 120.0


@dataclass
class Known:
    """What is in the person's log already, each list in the order of time. `unsaid` are acts that
    the file has not said yet, by card, kind and days."""

    uuids: set[UUID] = field(default_factory=set)
    deeds: dict[tuple[UUID, str, int | None], list[datetime]] = field(default_factory=dict)
    unsaid: dict[tuple[UUID, str, int], list[datetime]] = field(default_factory=dict)

    def has(self, card: UUID | None, past: Past) -> bool:
        """Whether that was done with the card at that moment, under whatever number; an act,
        at about that moment."""
        if card is None:
            return False
        kind = past.deed.value
        graded = past.deed in GRADED
        same = self.deeds.get((card, kind, past.rating if graded else None), [])
        there = _near(same, past.at, SAME) is not None
        if graded:
            return there
        unsaid = self.unsaid.get((card, kind, past.days if past.deed in DATED else 0), [])
        place = _near(unsaid, past.at, SAME if there else APART)
        if place is not None:
            del unsaid[place]
        return there or place is not None


def _near(times: Sequence[datetime], at: datetime, seconds: float) -> int | None:
    """The place of the first that is less than so far from that moment."""
    far = timedelta(seconds=seconds)
    place = bisect_right(times, at - far)
    return place if place < len(times) and times[place] < at + far else None


def known_of(user: User, cards: Iterable[Card]) -> Known:
    known = Known()
    wanted = {card.pk for card in cards}
    rows = ReviewEvent.objects.filter(user=user)
    columns = ("client_uuid", "card_id", "kind", "rating", "reviewed_at", "interval_chosen")
    for row in rows.values_list(*columns).iterator(chunk_size=10_000):
        name, card, kind, rating, at, days = row
        known.uuids.add(name)
        if card in wanted:
            known.deeds.setdefault((card, kind, rating), []).append(at)
            known.unsaid.setdefault((card, kind, days or 0), []).append(at)
    for times in (*known.deeds.values(), *known.unsaid.values()):
        times.sort()
    return known


def named(origin: str, key: str) -> UUID:
    """The number of an event that another program calls `key`, the same for every learner.

    Ours keep the number they have.
    """
    try:
        return UUID(key)
    except ValueError:
        return uuid5(NAMES, f"{origin}:{key}")


def checked(pasts: Iterable[Past], now: datetime, left: Leavings) -> Iterator[Past]:
    """Those that can be; of the others it is kept why not."""
    for past in pasts:
        if reason := _fault(past, now):
            left.add("review", reason, f"{past.at:%Y-%m-%d %H:%M} {past.key}")
        else:
            yield past


def _fault(past: Past, now: datetime) -> str:
    if past.at.tzinfo is None:
        return "zone"
    if past.deed in GRADED and past.rating not in RATINGS:
        return "rating"
    if past.at > now + AHEAD:
        return "future"
    if past.at < OLDEST:
        return "old"
    if not 0 <= past.days <= LONGEST_INTERVAL:
        return "days"
    return "" if 0 < len(past.key) <= LONGEST_KEY else "key"


@dataclass(frozen=True)
class Recorder:
    """Makes events for one person at one import."""

    user: User
    profile: StudyProfile
    policy: StudyPolicy
    origin: str
    now: datetime

    def past(self, card: Card, past: Past) -> ReviewEvent:
        graded = past.deed in GRADED
        said: list[object] = [
            self.origin,
            past.key,
            past.deed.value,
            past.rating,
            past.at.isoformat(),
            past.days,
        ]
        event = self._event(card, EventKind(past.deed.value), past.at, {"past": said})
        event.client_uuid = named(self.origin, past.key)
        event.rating = past.rating if graded else None
        event.duration_ms = min(max(0, past.duration_ms), LONGEST_DURATION) if graded else 0
        if past.deed in DATED:
            event.interval_chosen = past.days
        elif past.deed == Deed.REVIEW:
            event.interval_chosen = past.days or None
        return event

    # What a file says of a card is named by how many events of that kind it comes after: said
    # again, it is known, also if it was undone here; said after something else, it is new.
    def due(
        self, card: Card, key: str, day: date, at: datetime, after: Sequence[int]
    ) -> ReviewEvent:
        """The card due on the day that the other program promised."""
        said: list[object] = [self.origin, key, str(day), *after]
        event = self._event(card, EventKind.RESCHEDULE, at, {"due": said})
        days = (day - event.study_day).days
        event.interval_chosen = min(max(0, days), LONGEST_INTERVAL)
        return event

    def suspension(
        self, card: Card, key: str, suspended: bool, at: datetime, after: Sequence[int]
    ) -> ReviewEvent:
        kind = EventKind.SUSPEND if suspended else EventKind.UNSUSPEND
        return self._event(card, kind, at, {"suspended": [self.origin, key, suspended, *after]})

    def _event(
        self, card: Card, kind: EventKind, at: datetime, said: dict[str, list[object]]
    ) -> ReviewEvent:
        hashed = digest(said)
        return ReviewEvent(
            user=self.user,
            card=card,
            client_uuid=uuid5(NAMES, hashed),
            payload_hash=hashed,
            kind=kind,
            reviewed_at=at.astimezone(UTC),
            client_time=at.astimezone(UTC),
            received_at=self.now,
            zone=self.profile.zone,
            study_day=day_of(self.profile, at),
            policy=self.policy,
            origin=self.origin,
        )
