from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
