"""What the statements of a session count and choose is what the rules say, card by card."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quizbank.models import Card, Question, State, StudyProfile, Topic, User
from quizbank.queries.study import cards_due, counts, next_item, unseen
from tests.cast import MONDAY
from tests.examples import examples

NAMES = itertools.count()
DAY = timedelta(days=1)
TODAY = MONDAY.date()
AHEAD = timedelta(minutes=20)
# Often at the edges of what the rules say, which are today, in a week, now and in 20 minutes.
days = st.sampled_from([-9, -1, 0, 0, 1, 6, 7]).map(lambda n: TODAY + n * DAY)
risings = st.sampled_from([None, None, None, -1, 0, 1, 6, 7]).map(
    lambda n: None if n is None else TODAY + n * DAY
)
moments = st.sampled_from([-90, -1, 0, 1, 20, 21]).map(lambda n: MONDAY + timedelta(minutes=n))


@dataclass(frozen=True)
class Held:
    """A card as it may stand, without its question."""

    state: State
    due: datetime | None
    due_day: date | None
    first_day: date | None
    last_day: date | None
    stability: float | None
    suspended: bool
    buried_until: date | None


@st.composite
def held(draw) -> Held:
    state = draw(st.sampled_from([State.NEW, *State]))
    aside = {
        "suspended": draw(st.sampled_from([False, False, False, True])),
        "buried_until": draw(risings),
    }
    if state == State.NEW:  # one that was reset, or one asked for
        day = draw(st.none() | days)
        return Held(state, day and at(day), day, None, None, None, **aside)
    last = draw(st.integers(-40, 0)) * DAY + TODAY
    first = draw(st.sampled_from([TODAY, last]))
    stability = draw(st.sampled_from([0.5, 1.0, 4.0, 30.0]))
    if state == State.REVIEW:
        day = draw(days)
        return Held(state, at(day), day, first, last, stability, **aside)
    due = draw(moments)
    return Held(state, due, due.date(), first, last, stability, **aside)


def at(day: date) -> datetime:
    """When that day begins for somebody in UTC."""
    return datetime.combine(day, MONDAY.time(), MONDAY.tzinfo).replace(hour=4)


bank = st.lists(
    st.tuples(
        st.sampled_from(["bank", "bank", "bank", "own", "other"]),
        st.sampled_from([False, False, False, True]),  # retired
        st.none() | held(),
    ),
    max_size=14,
)


def made(rows, new_per_day: int) -> User:
    """A learner with those cards and questions beside a stranger with cards of their own."""
    name = next(NAMES)
    Card.objects.all().delete()
    Question.everyone.all().delete()
    user, other = (User.objects.create(username=f"{who}{name}") for who in ("me", "other"))
    StudyProfile.objects.create(user=user, new_per_day=new_per_day)
    topic, _ = Topic.objects.get_or_create(slug="t", defaults={"position": 0})
    owners = {"bank": None, "own": user, "other": other}
    for number, (owner, retired, card) in enumerate(rows):
        question = Question.objects.create(
            path=f"t/{name}-{number:02}",
            slug=f"q{number}",
            owner=owners[owner],
            topic=topic,
            level="core",
            position=(number * 7) % 5,
            retired_at=MONDAY if retired else None,
            created_at=MONDAY,
            updated_at=MONDAY,
        )
        if card and owner != "other":
            reps = int(card.state != State.NEW)
            Card.objects.create(
                user=user, question=question, seed=0, created_at=MONDAY, reps=reps, **vars(card)
            )
        Card.objects.create(
            user=other, question=question, seed=0, created_at=MONDAY, due=MONDAY, due_day=TODAY
        )
    return user


def living(card: Card) -> bool:
    return not card.suspended and card.question.retired_at is None


def shown(card: Card) -> bool:
    buried = card.buried_until is not None and card.buried_until > TODAY
    return living(card) and not buried


def is_due(card: Card) -> bool:
    if card.state in (State.LEARNING, State.RELEARNING):
        return shown(card) and card.due <= MONDAY
    return shown(card) and card.due_day is not None and card.due_day <= TODAY


def is_taken(card: Card) -> bool:
    known = card.reps > 0 or card.due_day is not None
    return known or card.suspended or (card.buried_until or TODAY) > TODAY


def not_seen(user: User, cards: list[Card]) -> list[Question]:
    """In the order of the bank."""
    taken = {card.question_id for card in cards if is_taken(card)}
    live = [
        question
        for question in Question.everyone.all()
        if question.retired_at is None and question.owner_id in (None, user.pk)
    ]
    new = [question for question in live if question.pk not in taken]
    return sorted(new, key=lambda question: (question.position, question.path))


@examples(quick=40, long=2000)
@given(rows=bank, new_per_day=st.integers(0, 6))
def test_the_counts_are_those_of_the_rules(db, rows, new_per_day):
    user = made(rows, new_per_day)
    cards = list(Card.objects.filter(user=user).select_related("question"))
    new = not_seen(user, cards)
    left = max(0, new_per_day - sum(card.first_day == TODAY for card in cards))
    by_day = [0] * 7
    for card in filter(living, cards):
        if card.due_day:
            asked = max(card.due_day, card.buried_until or TODAY, TODAY)
            if asked < TODAY + 7 * DAY:
                by_day[(asked - TODAY).days] += 1

    found = counts(user, MONDAY)
    assert found.new == min(left, len(new))
    assert (found.by_day, found.due) == (by_day, by_day[0])
    assert {question.pk for question in unseen(user, MONDAY)} == {question.pk for question in new}
    assert set(cards_due(user, MONDAY)) == set(filter(is_due, cards))


@examples(quick=40, long=2000)
@given(rows=bank, new_per_day=st.integers(0, 6), skipped=st.sets(st.integers(0, 13), max_size=3))
def test_the_next_card_is_the_one_the_rules_choose(db, rows, new_per_day, skipped):
    """Nothing was answered today: no card waits for eight others."""
    user = made(rows, new_per_day)
    every = list(Question.everyone.order_by("path"))
    skip = {question.path for number, question in enumerate(every) if number in skipped}
    cards = list(Card.objects.filter(user=user).select_related("question"))
    wanted = [card for card in cards if card.question.path not in skip]
    new = [question for question in not_seen(user, cards) if question.path not in skip]
    steps = (State.LEARNING, State.RELEARNING)

    def decay(card: Card) -> float:
        return (TODAY - card.last_day).days / card.stability

    due = [card for card in wanted if is_due(card)]
    compared = [card for card in due if card.last_day and card.state == State.REVIEW]
    compared += [card for card in due if card.state in steps and card.last_day != TODAY]
    asked_for = [card for card in due if card.state == State.NEW]
    ahead = [
        card
        for card in wanted
        if shown(card) and card.state in steps and card.due <= MONDAY + AHEAD
    ]
    found = next_item(user, MONDAY, skip=skip)
    if compared:
        chosen = Card.objects.get(user=user, question=found.question)
        assert chosen in compared
        assert decay(chosen) == max(map(decay, compared))
    elif asked_for:
        expected = min(asked_for, key=lambda card: (card.due, card.pk))
        assert (found.question, found.card) == (expected.question, None)
    elif new and counts(user, MONDAY).new:
        assert (found.question, found.card) == (new[0], None)
    elif ahead:
        assert found.card == min(ahead, key=lambda card: (card.due, card.pk))
    else:
        assert found is None
    if found and found.card:
        stored = Card.objects.get(pk=found.card.pk)
        assert vars(stored).items() - {("_state", stored._state)} <= vars(found.card).items()
    if found:
        assert found.question.topic.slug == "t"
