"""The rule by which claims are decided: its thresholds, edge cases and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from demos.kit.declare import (
    ALWAYS,
    LOOKS,
    Clause,
    always,
    mostly,
    nearly_always,
    never,
    rate,
    shown,
    sometimes,
    typically,
)
from demos.kit.judge import ALPHA, count, decide, judge, likely_runs, median_interval, needed

RNG = np.random.default_rng(20260105)


def keys(n):
    return [str(i) for i in range(n)]


def rows(inside, outside=0, doubtful=0):
    """Numbers for a clause "above 0": so many inside, outside and not finite."""
    return np.array([1.0] * inside + [-1.0] * outside + [math.nan] * doubtful)


def verdict(clauses, metrics, **options):
    n = len(next(iter(metrics.values())))
    return judge(clauses, metrics, keys(n), **options)


CLAIM = mostly("with", above=0.0)
GUARD = mostly("without", above=-2.0, below=-0.5, arm="without", guard=True)


def healthy(n=128, inside=126):
    return {"with": rows(inside, n - inside), "without": rows(0, n)}


@pytest.mark.parametrize(
    ("share", "confirm", "refute"),
    [
        (typically, (46, 84, 156), (18, 44, 100)),
        (mostly, (62, 118, 226), (38, 85, 181)),
        (nearly_always, (None, 126, 246), (47, 101, 212)),
    ],
)
def test_the_counts_that_confirm_and_refute(share, confirm, refute):
    clause = share("x", above=0.0)
    for n, fewest, most in zip(LOOKS, confirm, refute, strict=True):
        states = [count(clause, rows(k, n - k), ALPHA / 3).state for k in range(n + 1)]
        assert (states.index("holds") if "holds" in states else None) == fewest
        assert max(k for k, s in enumerate(states) if s == "fails") == most
        assert needed(clause, n, ALPHA / 3) == fewest


def test_all_of_the_clauses_and_guards_confirm():
    assert verdict((CLAIM, GUARD), healthy()).verdict == "confirmed"


def test_a_share_clearly_below_refutes():
    assert verdict((CLAIM, GUARD), healthy(inside=70)).verdict == "refuted"


def test_between_the_two_nothing_is_said():
    assert verdict((CLAIM, GUARD), healthy(inside=110)).verdict == "inconclusive"


def test_a_control_that_shows_the_effect_makes_the_experiment_invalid():
    found = verdict((CLAIM, GUARD), healthy() | {"without": rows(128)})
    assert (found.verdict, found.reason) == ("invalid", "guard")
    assert found.at is not None
    assert found.at.clause.arm == "without"


@pytest.mark.parametrize("dead", [0.0, 1e30, math.nan])
def test_a_dead_or_exploded_control_proves_nothing(dead):
    found = verdict((CLAIM, GUARD), healthy() | {"without": np.full(128, dead)})
    assert found.verdict == "invalid"


def test_a_refutation_needs_a_sound_treatment_but_not_a_settled_control():
    works = mostly("loss_fell", above=0.0, guard=True)
    metrics = healthy(inside=20) | {"loss_fell": rows(128), "without": rows(20, 108)}
    assert verdict((CLAIM, GUARD, works), metrics).verdict == "refuted"
    untrained = metrics | {"loss_fell": rows(110, 18)}
    assert verdict((CLAIM, GUARD, works), untrained).verdict == "inconclusive"
    assert verdict((CLAIM, works), untrained | {"loss_fell": rows(0, 128)}).verdict == "invalid"


def test_arms_swapped_seed_by_seed_are_caught():
    swap = RNG.random(256) < 0.5
    a, b = np.where(swap, -1.0, 1.0), np.where(swap, 1.0, -1.0)
    assert verdict((CLAIM, GUARD), {"with": a, "without": b}).verdict == "invalid"


def test_equal_inputs_count_once():
    metrics = healthy()
    found = judge((CLAIM, GUARD), metrics, ["same"] * 127 + ["other"])
    assert found.verdict == "invalid"  # equal inputs, unequal numbers: row 126 is outside
    equal = {"with": rows(128), "without": rows(0, 128)}
    found = judge((CLAIM, GUARD), equal, ["same"] * 128)
    assert (found.verdict, found.reason) == ("inconclusive", "preview")
    assert found.counted[0].n == 1


def test_below_64_distinct_runs_there_is_no_verdict():
    found = verdict((CLAIM, GUARD), {"with": rows(63), "without": rows(0, 63)})
    assert (found.verdict, found.reason) == ("inconclusive", "preview")


def test_a_number_exactly_at_the_bound_counts_against_both_stamps():
    at_bound = {"with": np.zeros(256), "without": rows(0, 256)}
    found = verdict((CLAIM, GUARD), at_bound)
    assert found.verdict == "inconclusive"
    assert (found.counted[0].inside, found.counted[0].outside) == (0, 0)


def test_doubtful_rows_never_refute_a_true_claim():
    # 1 % of NaN is tolerated, 30 % is an unsound experiment, neither is a refutation
    few = {"with": rows(253, 0, 3), "without": rows(0, 256)}
    assert verdict((CLAIM, GUARD), few).verdict == "confirmed"
    many = {"with": rows(180, 0, 76), "without": rows(0, 256)}
    assert verdict((CLAIM, GUARD), many).reason == "not_finite"


def test_an_event_reported_as_a_number_may_be_the_claim():
    first_nan = np.full(256, 7.0)  # step of the first non-finite value; 101 when there is none
    clauses = (
        always("with", above=6.5, below=7.5),
        always("without", above=100.5, below=101.5, arm="without", guard=True),
    )
    found = verdict(clauses, {"with": first_nan, "without": np.full(256, 101.0)})
    assert found.verdict == "confirmed"


def test_zero_variance_with_distinct_inputs_is_fine():
    assert verdict((CLAIM,), {"with": np.ones(64)}).verdict == "confirmed"


def test_always_needs_256_and_falls_to_one_counterexample():
    clause = always("x", above=0.0)
    assert verdict((clause,), {"x": rows(255)}).verdict == "inconclusive"
    assert verdict((clause,), {"x": rows(256)}).verdict == "confirmed"
    assert verdict((clause,), {"x": rows(255, 1)}).verdict == "refuted"


def test_a_counterexample_that_does_not_survive_replay_is_doubtful():
    clause = always("x", above=0.0)
    found = verdict((clause,), {"x": rows(255, 1)}, replay=lambda c, row: False)
    assert found.verdict == "inconclusive"
    found = verdict((clause,), {"x": rows(255, 1)}, replay=lambda c, row: row == 255)
    assert found.verdict == "refuted"
    assert found.counted[0].rows == [255]


def test_a_flood_of_counterexamples_is_not_replayed_to_the_end():
    clause, asked = always("x", above=0.0), []

    def real(c, row):
        asked.append(row)
        return True

    found = verdict((clause,), {"x": rows(96, 4000)}, replay=real)
    assert (found.verdict, found.counted[0].outside, len(asked)) == ("refuted", 4000, 32)
    found = verdict((clause,), {"x": rows(96, 4000)}, replay=lambda c, row: False)
    assert (found.verdict, found.counted[0].outside) == ("inconclusive", 0)


def test_replay_is_asked_for_the_original_row():
    asked = []
    doubled = ["a", "a", *keys(300)]
    x = np.concatenate([[1.0, 1.0], rows(299, 1)])

    def replay(clause, row):
        asked.append(row)
        return True

    judge((always("x", above=0.0),), {"x": x}, doubled, replay=replay)
    assert set(asked) == {301}


def test_a_corner_case_outside_is_a_counterexample_and_one_on_the_bound_is_doubt():
    clause = always("x", above=0.0)
    sound = {"x": rows(256)}
    assert verdict((clause,), sound, corners={"x": [3.0]}).verdict == "confirmed"
    assert verdict((clause,), sound, corners={"x": [3.0, -1.0]}).verdict == "refuted"
    assert verdict((clause,), sound, corners={"x": [math.nan]}).verdict == "inconclusive"


def test_one_replayed_witness_confirms_sometimes_and_nothing_refutes_it():
    clause = sometimes("x", above=0.0)
    assert verdict((clause,), {"x": rows(1, 63)}).verdict == "confirmed"
    assert verdict((clause,), {"x": rows(0, 4096)}).verdict == "inconclusive"
    assert verdict((clause,), {"x": rows(1, 63)}, replay=lambda c, i: False).verdict == (
        "inconclusive"
    )


def test_a_null_search_that_finds_one_case_invalidates():
    clauses = (sometimes("x", above=0.0), never("null", above=0.0, arm="without", guard=True))
    clean = {"x": rows(5, 1019), "null": rows(0, 1024)}
    assert verdict(clauses, clean).verdict == "confirmed"
    assert verdict(clauses, clean | {"null": rows(1, 1023)}).verdict == "invalid"


def test_a_rate_holds_between_its_ends_only():
    clause = rate("x", 0.4, 0.75, above=0.0)
    states = {k: count(clause, rows(k, 256 - k), ALPHA / 3).state for k in (70, 147, 220)}
    assert states == {70: "fails", 147: "holds", 220: "fails"}


def test_several_clauses_must_all_hold_and_share_alpha_when_they_refute():
    both = (mostly("a", above=0.0), mostly("b", above=0.0))
    assert verdict(both, {"a": rows(126, 2), "b": rows(70, 58)}).verdict == "refuted"
    assert verdict(both, {"a": rows(126, 2), "b": rows(110, 18)}).verdict == "inconclusive"
    edge = rows(87, 41)  # fails at alpha alone, not at alpha / 2
    states = {alpha: count(both[0], edge, alpha).state for alpha in (ALPHA, ALPHA / 2)}
    assert states == {ALPHA: "fails", ALPHA / 2: "open"}
    assert verdict(both, {"a": rows(126, 2), "b": edge}).verdict == "inconclusive"


def test_the_interval_never_contradicts_the_verdict():
    clause = mostly("x", above=0.0)
    for n in LOOKS:
        for k in range(n + 1):
            counted = count(clause, rows(k, n - k), ALPHA / 3)
            low, high = counted.interval(1 - 2 * ALPHA / 3)
            assert (counted.state == "holds") == (low > 0.8)
            assert (counted.state == "fails") == (high < 0.8)


def test_deciding_stops_at_the_first_look_that_decides():
    looked = []

    def run(n):
        looked.append(n)
        return {"with": rows(n), "without": rows(0, n)}, keys(n)

    assert decide(run, (CLAIM, GUARD)).verdict == "confirmed"
    assert looked == [64]


def test_deciding_agrees_with_one_look_at_all_runs_when_both_decide():
    for share in (0.3, 0.6, 0.97, 1.0):
        x = np.where(RNG.random(256) < share, 1.0, -1.0)
        arms = {"with": x, "without": np.full(256, -1.0)}

        def run(n, arms=arms):
            return {name: values[:n] for name, values in arms.items()}, keys(n)

        stepwise = decide(run, (CLAIM, GUARD)).verdict
        at_once = judge((CLAIM, GUARD), arms, keys(256)).verdict
        assert stepwise == at_once


def test_the_runs_that_would_probably_decide():
    clause = mostly("x", above=0.0)
    assert likely_runs(clause, 116, 128, ALPHA / 3) == 256
    assert likely_runs(clause, 103, 128, ALPHA / 3) is None  # at the bound no number helps
    assert likely_runs(Clause("x", share=ALWAYS), 5, 128, ALPHA) is None


def test_the_median_and_its_exact_interval():
    x = np.arange(1.0, 129.0)
    middle, low, high = median_interval(x, 0.998)
    assert middle == 64.5
    assert low == 129 - high
    assert 44 <= low <= 48  # order statistics of the sign test at 0.1 % a side
    assert all(math.isnan(v) for v in median_interval(np.array([math.nan]), 0.998))


@pytest.mark.parametrize(
    ("value", "kind", "seen"),
    [
        (1.23456789, "number", 1.23457),
        (-18.9, "log10", 1.25893e-19),
        (5.91, "log10", 812831.0),
        (math.nan, "number", None),
        (math.inf, "log10", None),
        (400.0, "log10", None),
    ],
)
def test_a_logarithm_is_shown_as_the_number_it_stands_for(value, kind, seen):
    assert shown(value, kind) == seen
