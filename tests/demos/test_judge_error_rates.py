"""Error rates of the rule, by simulation through the code that decides.

False stamps at the boundary must stay below the nominal 0.1 %, and the control rule must
turn every sick experiment away while it keeps the healthy ones.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from demos.kit.declare import LOOKS, mostly, nearly_always, rate, typically
from demos.kit.judge import ALPHA, count, decide

PATHS = 40_000
# 40 000 paths at a true rate of 0.1 % give 40 expected; 70 is beyond four sigma.
TOO_MANY = 70


def states(clause, look):
    """What the code says for every count of inside rows at this look."""
    table = []
    for k in range(look + 1):
        x = np.array([1.0] * k + [-1.0] * (look - k))
        table.append(count(clause, x, ALPHA / len(LOOKS)).state)
    return np.array(table)


def stamped(clause, share, rng):
    """How many of the simulated claims are ever confirmed and ever refuted."""
    inside = rng.random((PATHS, LOOKS[-1])) < share
    running = np.cumsum(inside, axis=1)
    open_, tally = np.ones(PATHS, bool), {"holds": 0, "fails": 0}
    for look in LOOKS:
        said = states(clause, look)[running[:, look - 1]]
        for state in tally:
            tally[state] += int((open_ & (said == state)).sum())
        open_ &= said == "open"
    return tally


@pytest.mark.parametrize(("word", "share"), [(typically, 0.5), (mostly, 0.8), (nearly_always, 0.9)])
def test_false_stamps_at_the_boundary_are_rarer_than_one_in_a_thousand(word, share):
    tally = stamped(word("x", above=0.0), share, np.random.default_rng(1))
    assert tally["holds"] < TOO_MANY
    assert tally["fails"] < TOO_MANY


@pytest.mark.parametrize("end", [0.4, 0.75])
def test_false_confirmations_of_a_rate_at_both_ends(end):
    tally = stamped(rate("x", 0.4, 0.75, above=0.0), end, np.random.default_rng(2))
    assert tally["holds"] < TOO_MANY


def test_looking_three_times_without_correction_would_break_the_promise():
    """The division of alpha by the looks matters: the test above can fail."""
    inside = np.random.default_rng(3).random((PATHS, LOOKS[-1])) < 0.5
    running = np.cumsum(inside, axis=1)
    ever = np.zeros(PATHS, bool)
    clause = typically("x", above=0.0)
    for look in LOOKS:
        table = [
            count(clause, np.array([1.0] * k + [-1.0] * (look - k)), ALPHA).state == "holds"
            for k in range(look + 1)
        ]
        ever |= np.array(table)[running[:, look - 1]]
    corrected = stamped(clause, 0.5, np.random.default_rng(3))["holds"]
    assert ever.sum() > 1.5 * corrected


# ---- the control rule: healthy experiments pass, sick ones never do

CLAIM = mostly("with", above=0.5)
LANDS = mostly("without", above=-0.5, below=0.4, arm="without", guard=True)
WORKS = (
    mostly("with_works", above=0.0, guard=True),
    mostly("without_works", above=0.0, arm="without", guard=True),
)
REPEATS = 60


def experiment(rng, stray=0.01, control_effect=0.0, lost=0.0, dead=None, works=(1.0, 1.0)):
    n = LOOKS[-1]
    effect = np.where(rng.random(n) < 0.97, 1.0, 0.2)
    control = np.where(rng.random(n) < stray, 3.0, rng.uniform(-0.3, 0.3, n))
    control = np.where(rng.random(n) < control_effect, 1.0, control)
    control = np.where(rng.random(n) < lost, math.nan, control)
    if dead is not None:
        control = np.where(rng.random(n) < dead[1], dead[0], control)
    arms = {
        "with": effect,
        "without": control,
        "with_works": np.where(rng.random(n) < works[0], 1.0, -1.0),
        "without_works": np.where(rng.random(n) < works[1], 1.0, -1.0),
    }
    return lambda look: ({k: v[:look] for k, v in arms.items()}, [str(i) for i in range(look)])


def tally(**sickness):
    rng = np.random.default_rng(7)
    found = [
        decide(experiment(rng, **sickness), (CLAIM, LANDS, *WORKS)).verdict for _ in range(REPEATS)
    ]
    return {name: found.count(name) / REPEATS for name in set(found)}


@pytest.mark.parametrize("health", [{"stray": 0.01}, {"stray": 0.05}, {"lost": 0.01}])
def test_healthy_experiments_are_confirmed(health):
    assert tally(**health).get("confirmed", 0) > 0.9


@pytest.mark.parametrize(
    "sickness",
    [
        {"control_effect": 0.3},
        {"control_effect": 0.45},
        {"control_effect": 0.6},
        {"control_effect": 0.95},
        {"dead": (0.45, 1.0)},
        {"dead": (1e30, 1.0)},
        {"dead": (1e30, 0.5)},
        {"lost": 1.0},
        {"works": (1.0, 0.0)},
        {"works": (0.0, 0.0)},
    ],
)
def test_sick_experiments_are_never_confirmed(sickness):
    found = tally(**sickness)
    assert "confirmed" not in found
    assert "refuted" not in found
    assert found.get("invalid", 0) > 0.6


def test_a_control_that_died_at_its_landing_place_is_caught_by_the_works_guard_only():
    """Dead at 0 lies inside the landing region: without `works` it would look perfect."""
    rng = np.random.default_rng(7)
    dead = experiment(rng, dead=(0.0, 1.0), works=(1.0, 0.0))
    assert decide(dead, (CLAIM, LANDS)).verdict == "confirmed"
    assert decide(dead, (CLAIM, LANDS, *WORKS)).verdict == "invalid"
