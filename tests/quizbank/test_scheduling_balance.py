"""Cards go to the emptier of the days that fuzz allows, and to days of work."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from datetime import date, timedelta
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.models import Card, StudyProfile
from quizbank.queries.study import previews
from quizbank.scheduling.balance import FARTHEST, Load, balanced
from quizbank.scheduling.fuzz import fuzzed, window
from quizbank.services.audit import audit
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_questions, memory

TODAY = MONDAY.date()
DAY = timedelta(days=1)
LONGEST = 36_500
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


def spread(cards: int, balance: bool) -> tuple[float, float]:
    """The coefficient of variation of the daily load over 90 days, and the mean interval in
    proportion to the one that was wanted.

    Cards come in by the week, as people add them, grow apart by what each remembers, and are
    counted once the deck has settled.
    """
    draw = random.Random(7)
    due: Counter[int] = Counter()
    coming: dict[int, list[tuple[int, int]]] = {}
    for card in range(cards):
        coming.setdefault(7 * (card % 4), []).append((card, 3))
    loads, taken = [], []
    for today in range(180):
        asked = coming.pop(today, [])
        loads.append(len(asked))
        for card, interval in asked:
            raw = 3 if draw.random() < 0.1 else min(45, round(interval * draw.uniform(1.3, 2.0)))
            chosen = _next(card, today, raw, due if balance else None)
            taken.append(chosen / raw)
            due[today + chosen] += 1
            coming.setdefault(today + chosen, []).append((card, raw))
    steady = loads[90:]
    return pstdev(steady) / fmean(steady), fmean(taken)


def _next(card: int, today: int, raw: int, due: Counter[int] | None) -> int:
    seed = (card << 20) + today
    if due is None:
        return fuzzed(raw, seed=seed, maximum=LONGEST)
    day = TODAY + today * DAY
    load = Load(
        due={TODAY + at * DAY: n for at, n in due.items()} if len(due) < 40 else _Ahead(due)
    )
    return balanced(raw, today=day, load=load, seed=seed, maximum=LONGEST)


class _Ahead(dict[date, int]):
    """The counter seen by date, without a copy for every card."""

    def __init__(self, due: Counter[int]) -> None:
        super().__init__()
        self.due = due

    def get(self, day: date, default: int = 0) -> int:  # type: ignore[override]
        return self.due.get((day - TODAY).days, default)


@pytest.mark.parametrize("cards", [800, pytest.param(5_000, marks=pytest.mark.long)])
def test_the_daily_load_varies_a_third_less_and_intervals_hardly_move(cards):
    by_fuzz, plain = spread(cards, balance=False)
    by_load, moved = spread(cards, balance=True)
    assert by_load < 0.7 * by_fuzz
    assert abs(moved - plain) < 0.05


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
