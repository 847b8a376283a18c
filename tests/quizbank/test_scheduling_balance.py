"""Cards go to the emptier of the days that fuzz allows, and to days of work."""

from __future__ import annotations

import random
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, linear_regression, median, pstdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.models import Card, StudyProfile, history
from quizbank.models.history import load_of
from quizbank.queries.study import previews
from quizbank.scheduling import (
    DEFAULT_PARAMETERS,
    Answer,
    Memory,
    Outcome,
    Policy,
    recall,
    seed_of,
    step,
)
from quizbank.scheduling.balance import FARTHEST, Load, balanced
from quizbank.scheduling.fuzz import at_least_within, window
from quizbank.services.audit import audit
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_questions, memory

TODAY = MONDAY.date()
DAY = timedelta(days=1)
LONGEST = 36_500
WITHOUT_STEPS = Policy(learning_steps=(), relearning_steps=())
intervals = st.integers(1, FARTHEST)
seeds = st.integers(0, 2**62)
loads = st.builds(
    Load,
    due=st.dictionaries(st.integers(1, 100).map(lambda n: TODAY + n * DAY), st.integers(0, 50)),
    week=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=7, max_size=7).filter(any),
    siblings=st.frozensets(st.integers(1, 100).map(lambda n: TODAY + n * DAY), max_size=3),
)


def choose(interval: int, load: Load, seed: int = 1, **more: int) -> int:
    return balanced(interval, today=TODAY, load=load, seed=seed, **{"maximum": LONGEST, **more})


@given(intervals, loads, seeds, st.integers(1, 200), st.integers(0, 120))
def test_the_day_lies_in_the_window_of_fuzz(interval, load, seed, maximum, before):
    lower, upper = window(interval, maximum)
    chosen = choose(interval, load, seed, maximum=maximum, at_least=before)
    assert lower <= chosen <= upper <= maximum
    assert chosen >= min(before, upper) or before > upper
    assert chosen == choose(interval, load, seed, maximum=maximum, at_least=before)


@given(intervals, loads, seeds)
def test_a_day_off_or_a_siblings_day_is_taken_only_where_there_is_no_other(interval, load, seed):
    lower, upper = window(interval, LONGEST)
    days = {d: TODAY + d * DAY for d in range(lower, upper + 1)}
    free = {d for d, day in days.items() if load.week[day.weekday()] and day not in load.siblings}
    assert not free or choose(interval, load, seed) in free


def test_the_fuller_day_is_drawn_more_rarely():
    lower, upper = window(10, LONGEST)
    load = Load(due={TODAY + d * DAY: 20 for d in range(lower, upper)})
    drawn = Counter(choose(10, load, seed) for seed in range(500))
    assert drawn[upper] > 480


@dataclass(frozen=True)
class Spread:
    """How even a simulated deck's days are: the coefficient of variation of their load, that
    around the line of its trend, the mean interval in proportion to the one FSRS wanted, and how
    often two cards of one question met on a day although the window had another."""

    variation: float
    around_trend: float
    stretched: float
    met: int


def simulate(questions: int, balance: bool, luck: int = 7) -> Spread:
    """A year of a deck with two cards a question, all introduced over its first quarter, as
    a learner answers whose memory is what FSRS says; the last 90 days are counted, when new
    cards have long ceased to swell the load."""
    draw = random.Random(luck)
    memories: dict[tuple[int, int], Memory] = {}
    due: Counter[date] = Counter()
    coming: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for n in range(2 * questions):
        coming[TODAY + n * 45 // questions * DAY].append((n // 2, n % 2))
    loads, raw, chosen, met = [], 0, 0, 0
    for day in (TODAY + n * DAY for n in range(365)):
        asked = coming.pop(day, [])
        draw.shuffle(asked)
        loads.append(len(asked))
        for card in asked:
            before = memories.get(card, Memory())
            other = memories.get((card[0], 1 - card[1]), Memory()).due_day
            due[day] -= before.reps > 0
            load = Load(due=due, siblings=frozenset({other} if other else ()))
            outcome = _answered(card, before, day, draw, load if balance else None)
            memories[card] = outcome.memory
            assert outcome.memory.due_day is not None
            due[outcome.memory.due_day] += 1
            coming[outcome.memory.due_day].append(card)
            if before.reps and outcome.raw <= FARTHEST:
                raw, chosen = raw + outcome.raw, chosen + outcome.chosen
                met += outcome.memory.due_day == other and _had_another(outcome, before, other)
    last = loads[-90:]
    return Spread(pstdev(last) / fmean(last), _around_trend(last), chosen / raw, met)


def _around_trend(loads: list[int]) -> float:
    """Around the straight line through the days: a deck that ages asks less each week, and
    no choice of days changes that."""
    days = range(len(loads))
    slope, start = linear_regression(days, loads)
    return pstdev(n - start - slope * day for day, n in zip(days, loads, strict=True)) / fmean(
        loads
    )


def _answered(card, before: Memory, day: date, draw: random.Random, load: Load | None) -> Outcome:
    knows = True
    if before.stability:
        elapsed = (day - before.last_day).days
        knows = draw.random() < recall(before.stability, elapsed, DEFAULT_PARAMETERS)
    rating = draw.choice((2, 3, 3, 3, 4)) if knows else 1
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    answer = Answer(rating, noon, day, "UTC", WITHOUT_STEPS)
    seed = seed_of(f"{card}")
    return step(before, answer, seed=seed, parameters=DEFAULT_PARAMETERS, load=load)


def _had_another(outcome: Outcome, before: Memory, other: date) -> bool:
    floor = before.interval if outcome.memory.lapses == before.lapses else 0
    lower, upper = at_least_within(*window(outcome.raw, LONGEST), floor)
    return any(outcome.memory.last_day + d * DAY != other for d in range(lower, upper + 1))


@pytest.mark.parametrize(
    ("questions", "learners"), [(400, 2), pytest.param(2_500, 4, marks=pytest.mark.long)]
)
def test_the_daily_load_varies_a_third_less_and_intervals_hardly_move(questions, learners):
    plain = [simulate(questions, balance=False, luck=n) for n in range(learners)]
    even = [simulate(questions, balance=True, luck=n) for n in range(learners)]
    assert fmean(x.around_trend for x in even) < 0.7 * fmean(x.around_trend for x in plain)
    # With the trend in it one deck in four varies by little else; so that of the middle counts.
    pairs = zip(even, plain, strict=True)
    assert median(one.variation / other.variation for one, other in pairs) < 0.7
    for one, other in zip(even, plain, strict=True):
        assert abs(one.stretched - other.stretched) < 0.05
        assert one.met == 0 < other.met


@pytest.fixture
def learner(alice):
    StudyProfile.objects.create(user=alice, easy_days=[1, 1, 1, 1, 1, 0, 0])
    return alice


def test_what_the_buttons_promise_is_what_grading_gives(learner):
    questions = make_questions(12)
    for day in range(30):
        now = MONDAY + day * DAY
        for question in questions:
            card = Card.objects.filter(user=learner, question=question).first()
            if card is None or card.due_day <= now.date():
                promised = previews(card, learner, now)[3].days
                grade(learner, question, 3, now)
                assert memory(learner, question).interval == promised
    assert audit(user=learner, repair=False).differences == []
    weekends = Card.objects.filter(user=learner, due_day__week_day__in=(1, 7), interval__gte=3)
    assert not weekends.exists()


def test_days_are_counted_without_the_card_itself_and_what_is_suspended(
    alice, mallory, django_assert_num_queries
):
    questions = make_questions(5)
    for user in (alice, mallory):
        for question in questions:
            grade(user, question, 3, MONDAY)
    in_nine, in_ten = TODAY + 9 * DAY, TODAY + 10 * DAY
    cards = Card.objects.filter(user=alice)
    cards.update(due_day=in_nine)
    cards.filter(question=questions[1]).update(due_day=in_ten)
    cards.filter(question=questions[2]).update(suspended=True)
    cards.filter(question=questions[3]).update(due_day=TODAY + 11 * DAY)
    card = cards.get(question=questions[0])
    with django_assert_num_queries(1):
        load = load_of(card, [1.0] * 7, in_nine, in_ten)
    assert {day: n for day, n in load.due.items() if n} == {in_nine: 1, in_ten: 1}
    assert load.siblings == frozenset()


def test_nobody_counts_where_the_answer_does_not_ask(alice, monkeypatch):
    """First answers, steps, intervals too short for fuzz or too long to know the days."""
    (question,) = make_questions(1)
    grade(alice, question, 3, MONDAY)
    counted: list[Any] = []

    def load(*facts: Any) -> Load:
        counted.append(facts)
        return Load()

    monkeypatch.setattr(history, "load_of", load)
    card = Card.objects.get()
    previews(None, alice, MONDAY)
    previews(card, alice, MONDAY + DAY)
    assert len(counted) == 1  # "Easy" leaves the steps
    Card.objects.update(state=2, step=None, stability=2_000.0, reps=9, interval=1_000)
    Card.objects.update(last_day=TODAY - 900 * DAY, touched=None)
    promised = previews(Card.objects.get(), alice, MONDAY)
    assert (promised[1].days, promised[2].days > FARTHEST) == (0, True)
    assert len(counted) == 1
    StudyProfile.objects.update(load_balancing=False)
    Card.objects.update(stability=20.0, last_day=TODAY - 20 * DAY, interval=20)
    previews(Card.objects.get(), alice, MONDAY)
    assert len(counted) == 1
    StudyProfile.objects.update(load_balancing=True)
    previews(Card.objects.get(), alice, MONDAY)
    assert len(counted) == 2


def test_the_day_of_another_card_of_the_question_is_avoided(alice):
    (question,) = make_questions(1)
    grade(alice, question, 3, MONDAY)
    grade(alice, question, 3, MONDAY + DAY)
    now = MONDAY + 40 * DAY
    free = days_drawn(alice, question, now)
    assert len(free) > 1
    for day in free:
        Card.objects.update_or_create(
            user=alice,
            question=question,
            form="other",
            defaults={"seed": 1, "created_at": MONDAY, "due_day": day},
        )
        assert day not in days_drawn(alice, question, now)


def days_drawn(user, question, now) -> set[date]:
    """The days on which "Good" could put the card, over many seeds."""
    card = Card.objects.get(user=user, question=question, form="recall")
    found = set()
    for seed in range(20):
        card.seed = seed << 20
        found.add(now.date() + timedelta(days=previews(card, user, now)[3].days))
    return found


@pytest.mark.parametrize("setting", [{"load_balancing": False}, {"fuzz": False}])
def test_without_balancing_the_days_are_those_of_fuzz_or_none(alice, mallory, setting):
    StudyProfile.objects.create(user=alice, **setting)
    StudyProfile.objects.create(user=mallory, **setting)
    questions = make_questions(6)
    for user, order in ((alice, questions), (mallory, questions[::-1])):
        for days in (0, 5, 30):
            for question in order:
                grade(user, question, 3, MONDAY + days * DAY, client_uuid=uuid.uuid4())
    for question in questions:
        assert memory(alice, question) == memory(mallory, question)
