"""Between the rows of the log and the pure schedule: read a history, place an answer in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from uuid import UUID

from django.db.models import Q

from quizbank.models.interviews import aim_at
from quizbank.models.people import StudyProfile, User
from quizbank.models.rows import select, update, written
from quizbank.models.study import Card, EventKind, ReviewEvent
from quizbank.scheduling import (
    DEFAULT_PARAMETERS,
    Act,
    Answer,
    Bury,
    Event,
    Folded,
    Load,
    Memory,
    Plan,
    Policy,
    Reset,
    SetDue,
    Suspend,
    fold,
    reach,
    settle,
    study_day,
    undone,
    weigh,
)

# What an event that is not stored yet is called in a fold: later than every stored one.
PENDING = 2**63 - 1
# What a person does with a card themselves. A plan or a rescheduling comes with something
# else they did, and is taken back by name.
DEEDS = (
    EventKind.REVIEW,
    EventKind.CRAM,
    EventKind.SUSPEND,
    EventKind.UNSUSPEND,
    EventKind.BURY,
    EventKind.SET_DUE,
    EventKind.RESET,
)
MEMORY_FIELDS = Memory._fields
SAID = (*MEMORY_FIELDS, "last_event_id")
_memory = itemgetter(*MEMORY_FIELDS)


def read_profile(user: User | None) -> StudyProfile:
    """The person's profile, or one of defaults that is not stored."""
    stored = StudyProfile.objects.select_related("parameter_set").filter(user=user).first()
    return stored or StudyProfile(user=user)


def policy_of(profile: StudyProfile) -> Policy:
    return _policy(
        desired_retention=profile.desired_retention,
        learning_steps=tuple(profile.learning_steps),
        relearning_steps=tuple(profile.relearning_steps),
        maximum_interval=profile.maximum_interval,
        rollover=profile.rollover_hour,
        fuzz=profile.fuzz,
        leech_threshold=profile.leech_threshold,
        leech_suspends=profile.leech_suspends,
    )


_policy = lru_cache(maxsize=512)(Policy)


def policy_on(profile: StudyProfile, card: Card, day: date) -> Policy:
    """What holds for a review of the card on that study day: with an interview ahead that may
    ask its question, the dates bend to it."""
    aim = aim_at(profile.user_id, card.question_id)
    policy = policy_of(profile)
    return aim.policy(policy, day, card.seed) if aim else policy


def parameters_of(profile: StudyProfile) -> tuple[float, ...]:
    # The key is asked first: a relation costs several times an attribute.
    if profile.parameter_set_id is None or profile.parameter_set is None:
        return DEFAULT_PARAMETERS
    return tuple(profile.parameter_set.values)


def day_of(profile: StudyProfile, instant: datetime) -> date:
    """The study day of that person at that instant."""
    return study_day(instant, profile.zone, profile.rollover_hour)


def memory_of(card: Card) -> Memory:
    return Memory(*_memory(vars(card)))


def remember(card: Card, memory: Memory, last_event: int | None) -> None:
    """Write what the log says into the card's cache. The card holds what is stored of it."""
    known, said = vars(card), (*memory, last_event)
    changed = [name for name, value in zip(SAID, said, strict=True) if value != known[name]]
    if changed:
        known.update(zip(SAID, said, strict=True))
        update(card, tuple(changed))


def to_event(row: ReviewEvent) -> Event:
    """The pure event of a row, which must have been read with its policy and parameters."""
    answer = None
    if row.kind == EventKind.REVIEW:
        if row.rating is None or row.policy is None:
            raise ValueError(f"event {row.id} is a review without rating or policy")
        answer = Answer(
            rating=row.rating,
            at=row.reviewed_at,
            day=row.study_day,
            zone=row.zone,
            policy=Policy.from_json(row.policy.values),
            seed=row.fuzz_seed,
            raw=row.interval_raw,
            chosen=row.interval_chosen,
        )
    adopts = row.kind == EventKind.ADOPT_PARAMETERS
    parameters = None
    if adopts:
        parameters = tuple(row.parameter_set.values) if row.parameter_set else DEFAULT_PARAMETERS
    return Event(
        id=row.id,
        reviewed_at=row.reviewed_at,
        received_at=row.received_at,
        answer=answer,
        parameters=parameters,
        undoes=row.undoes_id,
        act=_act(row),
    )


def _act(row: ReviewEvent) -> Act | None:
    match row.kind:
        case EventKind.SUSPEND:
            return Suspend()
        case EventKind.UNSUSPEND:
            return Suspend(False)
        case EventKind.RESET:
            return Reset()
        case EventKind.PLAN | EventKind.SET_DUE | EventKind.RESCHEDULE | EventKind.BURY:
            return _dated(row)
    return None


def _dated(row: ReviewEvent) -> Act:
    if row.interval_chosen is None or row.policy is None:
        raise ValueError(f"event {row.id} names a day without a day or policy")
    day = row.study_day + timedelta(days=row.interval_chosen)
    if row.kind == EventKind.BURY:
        return Bury(day)
    rollover = Policy.from_json(row.policy.values).rollover
    planned = Plan if row.kind == EventKind.PLAN else SetDue
    return planned(day, row.zone, rollover)


def personal_history(user_id: int) -> list[Event]:
    """The events that concern the person as a whole, and so every card of theirs."""
    rows = ReviewEvent.objects.filter(user_id=user_id, card=None)
    return [to_event(row) for row in rows.select_related("parameter_set", "policy")]


def history(card: Card) -> list[Event]:
    """Everything the card is a fold of."""
    rows = ReviewEvent.objects.filter(Q(card=card) | Q(user_id=card.user_id, card=None))
    return [to_event(row) for row in rows.select_related("parameter_set", "policy")]


def histories(user_id: int) -> tuple[list[Event], dict[UUID, list[Event]]]:
    """The person's whole log, read at once: the events that concern them as a whole, and those of
    each card by its key."""
    personal: list[Event] = []
    by_card: dict[UUID, list[Event]] = defaultdict(list)
    rows = ReviewEvent.objects.filter(user_id=user_id).select_related("policy", "parameter_set")
    for row in rows.order_by("id").iterator(chunk_size=2_000):
        (personal if row.card_id is None else by_card[row.card_id]).append(to_event(row))
    return personal, by_card


def undos_of(user: User) -> dict[int, int]:
    """Event id -> id of the undo that holds against it, for all the person did."""
    undos = ReviewEvent.objects.filter(user=user, kind=EventKind.UNDO)
    return undone(
        Event(id, at, received, undoes=undoes)
        for id, at, received, undoes in undos.values_list(
            "id", "reviewed_at", "received_at", "undoes"
        )
    )


def latest_deed(user: User, taken_back: Container[int]) -> ReviewEvent | None:
    """The latest thing the person did with a card that still counts."""
    deeds = ReviewEvent.objects.filter(user=user, kind__in=DEEDS)
    ordered = deeds.order_by("-reviewed_at", "-received_at", "-id")
    rows = ordered.select_related("card__question").iterator(chunk_size=100)
    return next((row for row in rows if row.pk not in taken_back), None)


# Each half by an index of its own: the days by user and day, where no id has to be looked up,
# and the siblings, a handful, by user and question (put otherwise, SQLite would look for them
# among all cards of the person in the index of the days).
_LOAD = """
SELECT due_day, COUNT(*) FROM quizbank_card
WHERE user_id = %s AND NOT suspended AND due_day BETWEEN %s AND %s GROUP BY due_day
UNION ALL
SELECT due_day, 0 FROM quizbank_card
WHERE user_id = %s AND question_id = %s AND suspended = FALSE AND id <> %s
"""


def load_of(card: Card, week: Sequence[float], first: date, last: date) -> Load:
    """How full those days are with the person's other cards, in one query."""
    others = {"user_id": card.user_id, "question_id": card.question_id, "id": card.pk}
    # One column of days takes a day as another does.
    asked = written(Card, first_day=first, last_day=last, **others)
    rows = select(_LOAD, (card.user_id, *asked))
    due = {day: n for day, n in rows if n}
    if not card.suspended and card.due_day in due:
        due[card.due_day] -= 1
    return Load(due, week, frozenset(day for day, n in rows if not n and day))


def considered(
    card: Card, profile: StudyProfile, answers: Sequence[Answer], received: datetime
) -> list[Folded]:
    """For each of the answers, given at one moment, the card if that one were recorded: it
    stands as event `PENDING`.

    Usually the answer is the latest event there is and one step from the cache, on a day
    chosen by how full the days are; a late one, from another device or a wrong clock, is put
    in its place and the card refolded.
    """
    memory, parameters = memory_of(card), parameters_of(profile)
    latest = max(filter(None, (memory.touched, profile.adopted_at)), default=None)
    if latest is not None and min(answer.at for answer in answers) <= latest:
        known = history(card)
        pending = [Event(PENDING, answer.at, received, answer=answer) for answer in answers]
        return [fold([*known, event], seed=card.seed) for event in pending]
    weighed = [weigh(memory, one, seed=card.seed, parameters=parameters) for one in answers]
    load = None
    if profile.load_balancing:
        spans = [span for one in weighed if (span := reach(one))]
        if days := [day for span in spans for day in span]:
            load = load_of(card, profile.easy_days, min(days), max(days))
    settled = [settle(one, load) for one in weighed]
    return [Folded(outcome.memory, PENDING, {PENDING: outcome}) for outcome in settled]
