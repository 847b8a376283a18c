"""Marks become scores from 0 to 4, and scores a mean with its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quizbank.rubric import BEST, PARTS, T95, Marks, Rubric, mean, score

RUBRIC = Rubric(frozenset({0, 1, 2, 3}), frozenset({4}))


def marks(points=(), trap=False, structure=0.0, trade_off=0.0, example=0.0) -> Marks:
    return Marks(frozenset(points), trap, structure, trade_off, example)


@pytest.mark.parametrize(
    ("given", "correctness", "depth", "structure", "missed"),
    [
        (marks(), 0, 0, 0, True),
        (marks({0, 1, 2, 3, 4}, structure=1, trade_off=1, example=1), 4, 4, 4, False),
        (marks({0, 1}), 2, 0, 0, False),
        (marks({0}), 1, 0, 0, True),
        (marks({4}, example=0.5), 0, 2, 0, True),
        (marks({0, 1, 2, 3}, trap=True), 1, 0, 0, True),
        (marks(structure=0.5), 0, 0, 2, True),
    ],
)
def test_each_scale_counts_what_it_names(given, correctness, depth, structure, missed):
    found = score(RUBRIC, given)
    assert (found.correctness, found.depth, found.structure) == (correctness, depth, structure)
    assert found.missed is missed


def test_a_point_the_rubric_has_not_is_refused():
    with pytest.raises(ValueError, match="5"):
        score(RUBRIC, marks({5}))


@given(st.sets(st.integers(0, 4)), st.integers(0, 4), st.sampled_from(PARTS))
def test_one_more_point_never_lowers_a_score(points, more, part):
    before = score(RUBRIC, marks(points, structure=part))
    after = score(RUBRIC, marks({*points, more}, structure=part))
    assert after.correctness >= before.correctness
    assert after.depth >= before.depth


def test_the_quantiles_are_students():
    exact = [stats.t.ppf(0.95, df) for df in range(1, len(T95) + 1)]
    assert [round(float(value), 3) for value in exact] == list(T95)


@given(st.lists(st.floats(0, BEST), min_size=2, max_size=30))
def test_a_mean_lies_in_its_interval_and_both_on_the_scale(values):
    found = mean(values)
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= BEST
    assert found.enough == (len(values) >= 8)


def test_one_score_has_no_interval_and_none_has_no_mean():
    assert mean([]) is None
    assert (mean([3.0]).value, mean([3.0]).low) == (3.0, None)
    low = mean([1.0, 3.0])
    assert math.isclose(low.low, 0.0)


# What a person's answers may get, and how often: evenly, mostly well, nearly always the same.
PEOPLE = (
    ((0, 1, 2, 3, 4), (0.2, 0.2, 0.2, 0.2, 0.2)),
    ((4 / 3, 2, 8 / 3), (0.25, 0.5, 0.25)),
    ((0, 4), (0.1, 0.9)),
)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("n", [3, 5])
def test_the_interval_holds_what_more_questions_would_tell(person, n):
    """Without a prior the last of these people was inside it in a third of their interviews:
    equal scores had an interval of no width."""
    scores, chances = person
    truth = sum(s * p for s, p in zip(scores, chances, strict=True))
    drawn = np.random.default_rng(n).choice(scores, size=(2_000, n), p=chances)
    inside = [one.low <= truth <= one.high for one in map(mean, drawn.tolist())]
    assert np.mean(inside) > 0.85
