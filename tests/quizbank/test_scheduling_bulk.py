"""Many cards at once, held against the engine that takes them one review at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import fsrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.scheduling import (
    DEFAULT_PARAMETERS,
    NEW,
    RATINGS,
    Answer,
    Memory,
    Policy,
    bulk,
    engine,
    recall,
    step,
)
from quizbank.scheduling.bulk import Log
from tests.examples import examples

DAY = 738_000
CLOSE = 1e-12
LOWEST = np.array(fsrs.scheduler.LOWER_BOUNDS_PARAMETERS)
HIGHEST = np.array(fsrs.scheduler.UPPER_BOUNDS_PARAMETERS)
POLICIES = [
    Policy(),
    Policy(learning_steps=(), relearning_steps=()),
    Policy(learning_steps=(60,), relearning_steps=(300, 900, 3600)),
    Policy(learning_steps=(30, 60, 600, 7200), desired_retention=0.8),
]

gaps = st.one_of(st.integers(-2, 3), st.integers(0, 60), st.integers(0, 3000))
answers = st.tuples(st.sampled_from(RATINGS), gaps, st.sampled_from(range(len(POLICIES))))
chains = st.lists(st.lists(answers, min_size=1, max_size=25), max_size=6)
parameters = st.lists(st.floats(-1, 1), min_size=21, max_size=21).map(
    lambda powers: np.clip(DEFAULT_PARAMETERS * 2 ** np.array(powers), LOWEST, HIGHEST)
)


def columns(history) -> tuple[Log, np.ndarray]:
    chain, rating, day, policy = [], [], [], []
    for number, answered in enumerate(history):
        today = DAY
        for grade, gap, under in answered:
            today += gap
            chain.append(number)
            rating.append(grade)
            day.append(today)
            policy.append(under)
    log = Log(*(np.array(column, dtype=int) for column in (chain, rating, day)))
    return log, np.array(policy, dtype=int)


def one_by_one(answered, parameters):
    """The memory before and after each answer, as the engine has it."""
    memory, today = Memory(), DAY
    for rating, gap, under in answered:
        today += gap
        day = date.fromordinal(today)
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        before = memory
        said = Answer(rating, at, day, "UTC", POLICIES[under])
        memory = step(before, said, seed=1, parameters=parameters).memory
        yield before, memory


@given(chains, st.lists(parameters, min_size=6, max_size=6))
@examples(30, 2_000)
def test_every_review_of_any_history_is_as_in_the_engine(history, weights):
    log, under = columns(history)
    learners = np.arange(len(history))[::-1]
    found = bulk.replay(log, np.array(weights), learners)
    left = bulk.standings(log, POLICIES, under)

    index = 0
    for number, answered in enumerate(history):
        held = tuple(map(float, weights[learners[number]]))
        for before, after in one_by_one(answered, held):
            elapsed = (after.last_day - before.last_day).days if before.last_day else 0
            assert log.elapsed[index] == elapsed
            assert found.stability[index] == pytest.approx(after.stability, rel=CLOSE)
            assert found.difficulty[index] == pytest.approx(after.difficulty, rel=CLOSE)
            assert (left.state[index], left.step[index]) == (
                after.state,
                -1 if after.step is None else after.step,
            )
            if before.state == NEW:
                assert np.isnan(found.recall[index])
            else:
                told = recall(before.stability, elapsed, held)
                assert found.recall[index] == pytest.approx(told, rel=CLOSE)
            index += 1
    assert index == len(log)


@given(chains, parameters)
@examples(20, 500)
def test_one_learner_is_the_same_as_many_with_equal_parameters(history, weights):
    log, _ = columns(history)
    alone = bulk.replay(log, weights)
    among = bulk.replay(log, np.array([weights, weights]), np.arange(len(history)) % 2)

    for name in ("recall", "stability", "difficulty"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(among, name))


@given(chains, st.integers(0, 5))
@examples(20, 500)
def test_a_chain_does_not_depend_on_its_neighbours(history, chosen):
    if chosen >= len(history):
        return
    log, _ = columns(history)
    alone, _ = columns([history[chosen]])
    among = bulk.replay(log, DEFAULT_PARAMETERS).stability[log.chain == chosen]

    np.testing.assert_allclose(
        bulk.replay(alone, DEFAULT_PARAMETERS).stability, among, rtol=CLOSE, atol=0
    )


def test_the_ends_of_the_chains_are_found():
    log, _ = columns([[(3, 0, 0)], [(3, 0, 0), (3, 4, 0), (1, 9, 0)], [(4, 0, 0), (2, 2, 0)]])

    assert list(log.first) == [0, 1, 4]
    assert list(log.last) == [0, 3, 5]


@given(chains)
@examples(20, 500)
def test_the_end_of_a_chain_is_its_last_review(history):
    log, under = columns(history)
    memory = bulk.replay(log, DEFAULT_PARAMETERS)
    left = bulk.standings(log, POLICIES, under)

    finals = [*memory.final, *left.final]
    everything: list[Any] = [memory.stability, memory.difficulty, left.state, left.step]

    for final, every in zip(finals, everything, strict=True):
        assert final.tolist() == every[log.last].tolist()


def test_an_empty_log_has_no_memory():
    log, under = columns([])

    found = bulk.replay(log, DEFAULT_PARAMETERS)
    assert len(found.stability) == len(found.recall) == 0
    assert len(bulk.standings(log, POLICIES, under).state) == 0
    assert (len(log.first), len(log.last), len(log.elapsed)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("chain", "rating", "day", "complaint"),
    [
        ([0, 1, 0], [3, 3, 3], [1, 1, 1], "stand together"),
        ([1, 1], [3, 3], [1, 1], "numbered from 0"),
        ([0, 2], [3, 3], [1, 1], "numbered from 0"),
        ([0], [5], [1], "rating"),
        ([0], [0], [1], "rating"),
        ([0, 0], [3], [1, 1], "length"),
    ],
)
def test_a_log_that_cannot_be_is_refused(chain, rating, day, complaint):
    with pytest.raises(ValueError, match=complaint):
        Log(np.array(chain), np.array(rating), np.array(day))


@pytest.mark.parametrize(
    ("values", "learner"),
    [
        (DEFAULT_PARAMETERS[:20], None),
        ([DEFAULT_PARAMETERS], None),
        (DEFAULT_PARAMETERS, [0]),
        ([DEFAULT_PARAMETERS], [1]),
        ([DEFAULT_PARAMETERS], [-1]),
    ],
)
def test_parameters_that_do_not_fit_the_chains_are_refused(values, learner):
    log, _ = columns([[(3, 0, 0)]])

    with pytest.raises(ValueError, match="parameters"):
        bulk.replay(log, values, None if learner is None else np.array(learner))


@given(
    st.floats(0.01, 5000),
    st.sampled_from([0.7, 0.8, 0.9, 0.95]),
    st.sampled_from([10, 36_500]),
    parameters,
)
@examples(100, 5_000)
def test_intervals_are_those_of_the_engine(stability, retention, maximum, weights):
    policy = Policy(
        desired_retention=retention,
        maximum_interval=maximum,
        learning_steps=(),
        relearning_steps=(),
    )
    held = tuple(map(float, weights))
    start = engine.midnight(date(2026, 1, 1))
    known = engine.Trace(2, None, stability, 5.0, start - timedelta(days=3))
    after, wait = engine.advance(known, 3, start, held, policy)
    found = bulk.interval(bulk.weights(held), np.array([after.stability]), retention, maximum)

    assert found.tolist() == [wait.days]


@pytest.mark.parametrize("index", range(21))
def test_a_difference_in_one_parameter_is_noticed(index):
    """The comparisons above could fail: a weight moved by a millionth moves the result more."""
    grades = [(rating, gap, 0) for gap in (4, 0, 9) for rating in RATINGS]
    log, _ = columns([[(first, 0, 0), *grades] for first in RATINGS])
    moved = np.array(DEFAULT_PARAMETERS)
    moved[index] *= 1 + 1e-6
    right, other = bulk.replay(log, DEFAULT_PARAMETERS), bulk.replay(log, moved)

    assert np.abs(other.stability / right.stability - 1).max() > 1e4 * CLOSE
