from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.scheduling import DEFAULT_PARAMETERS, REVIEW, Answer, Memory, Policy, step
from quizbank.scheduling.fuzz import fuzzed, seed_of, uniform, window

intervals = st.integers(1, 36_500)
seeds = st.integers(0, 2**62)


@given(intervals, seeds)
def test_the_same_card_and_count_give_the_same_day(interval, seed):
    assert fuzzed(interval, seed=seed, maximum=36_500) == fuzzed(
        interval, seed=seed, maximum=36_500
    )


@given(intervals, seeds, intervals, intervals)
def test_a_fuzzed_interval_stays_in_its_window_and_below_the_maximum(
    interval, seed, maximum, before
):
    lower, upper = window(interval, maximum)
    chosen = fuzzed(interval, seed=seed, maximum=maximum, at_least=before)

    assert lower <= chosen <= upper <= maximum
    assert chosen >= min(before, upper) or before > upper


@given(seeds, st.integers(0, 60), st.integers(0, 400))
def test_the_seed_of_a_draw_is_the_card_its_reviews_and_its_interval(seed, reps, interval):
    """Of nothing else: not the learner, the grade, the hour or anything global."""
    day = date(2026, 1, 5)
    known = Memory(
        *(REVIEW, None, 200.0, 5.0),
        last_day=day - timedelta(days=200),
        interval=interval,
        reps=reps + 1,
    )
    drawn = set()
    for hour, rating in ((9, 3), (15, 3), (15, 4)):
        at = datetime(2026, 1, 5, hour, tzinfo=UTC)
        answer = Answer(rating, at, day, "UTC", Policy())
        drawn.add(step(known, answer, seed=seed, parameters=DEFAULT_PARAMETERS).seed)
    assert drawn == {seed + ((reps + 1) << 16) + interval}


def test_the_middle_of_every_window_is_the_interval():
    off = {n: sum(window(n, 36_500)) / 2 - n for n in range(3, 1_000)}
    assert max(off.values(), key=abs) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [(1, (1, 1)), (2, (2, 2)), (3, (2, 4)), (10, (8, 12)), (30, (27, 33)), (100, (93, 107))],
)
def test_the_window_is_ankis(interval, expected):
    assert window(interval, 36_500) == expected


@pytest.mark.parametrize("interval", [3, 10, 30, 100])
def test_every_day_of_the_window_is_drawn_and_the_mean_stays(interval):
    drawn = [fuzzed(interval, seed=seed, maximum=36_500) for seed in range(10_000)]
    lower, upper = window(interval, 36_500)

    assert set(drawn) == set(range(lower, upper + 1))
    assert fmean(drawn) == pytest.approx(interval, abs=0.1)


def test_the_draw_is_the_same_on_every_machine():
    assert seed_of("initialisation/zero_weights:recall") == 4174480338493665209
    assert uniform(seed_of("initialisation/zero_weights:recall")) == 0.3862361575811435
