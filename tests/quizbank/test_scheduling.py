"""The engine against the published vectors, and against `fsrs` itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank import scheduling
from quizbank.scheduling import (
    AGAIN,
    DEFAULT_PARAMETERS,
    RATINGS,
    REVIEW,
    Answer,
    Memory,
    Policy,
    check_parameters,
    engine,
    recall,
    seed_of,
    step,
)
from tests.examples import examples

BOUNDS = fsrs.scheduler.LOWER_BOUNDS_PARAMETERS, fsrs.scheduler.UPPER_BOUNDS_PARAMETERS
GOOD_RUN = (3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3)
START = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
SEED = seed_of("initialisation/zero_weights:recall")
reviews = st.lists(
    st.tuples(st.sampled_from(RATINGS), st.integers(0, 40 * 24 * 60)), min_size=1, max_size=30
)


def test_the_published_intervals_come_out_on_a_24_hour_clock():
    trace, now, intervals = engine.Trace(), START, []
    for rating in GOOD_RUN:
        trace, wait = engine.advance(trace, rating, now, DEFAULT_PARAMETERS, Policy())
        intervals.append(wait.days)
        now += wait

    assert intervals == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_the_published_memory_comes_out_on_a_24_hour_clock():
    trace, now = engine.Trace(), START
    for rating, days in zip((1, 3, 3, 3, 3, 3), (0, 0, 1, 3, 8, 21), strict=True):
        now += timedelta(days=days)
        trace, _ = engine.advance(trace, rating, now, DEFAULT_PARAMETERS, Policy())

    assert trace.stability == pytest.approx(53.62691, abs=1e-4)
    assert trace.difficulty == pytest.approx(6.3574867, abs=1e-4)


def test_our_defaults_are_the_published_ones():
    assert tuple(fsrs.Scheduler().parameters) == DEFAULT_PARAMETERS


# Bounds of the weights that fsrs accepts; between them anything may be fitted.
weights = st.tuples(*(st.floats(low, high) for low, high in zip(*BOUNDS, strict=True)))
policies = st.builds(
    Policy,
    desired_retention=st.floats(0.70, 0.97),
    learning_steps=st.lists(st.integers(1, 86_399), max_size=3).map(tuple),
    relearning_steps=st.lists(st.integers(1, 86_399), max_size=3).map(tuple),
    maximum_interval=st.integers(1, 36_500),
)


@examples(50, 10_000)
@given(reviews, st.one_of(st.just(DEFAULT_PARAMETERS), weights), policies)
def test_any_history_gives_the_numbers_of_fsrs_to_the_last_bit(history, parameters, policy):
    theirs = fsrs.Scheduler(
        parameters=parameters,
        desired_retention=policy.desired_retention,
        learning_steps=[timedelta(seconds=s) for s in policy.learning_steps],
        relearning_steps=[timedelta(seconds=s) for s in policy.relearning_steps],
        maximum_interval=policy.maximum_interval,
        enable_fuzzing=False,
    )
    card, trace, now = fsrs.Card(card_id=7), engine.Trace(), START
    for rating, minutes in history:
        now += timedelta(minutes=minutes)
        card, _ = theirs.review_card(card, fsrs.Rating(rating), review_datetime=now)
        trace, wait = engine.advance(trace, rating, now, parameters, policy)

        assert (trace.stability, trace.difficulty) == (card.stability, card.difficulty)
        assert (trace.state, trace.step, now + wait) == (card.state, card.step, card.due)


def answer(rating: int, at: datetime, policy: Policy | None = None) -> Answer:
    policy = policy or Policy()
    day = scheduling.study_day(at, "Europe/Berlin", policy.rollover)
    return Answer(rating, at, day, "Europe/Berlin", policy)


def run(history, policy=None):
    """The outcome of each answer, minutes apart as the history says."""
    memory, now, outcomes = Memory(), START, []
    for rating, minutes in history:
        now += timedelta(minutes=minutes)
        given_now = answer(rating, now, policy)
        outcomes.append(step(memory, given_now, seed=SEED, parameters=DEFAULT_PARAMETERS))
        memory = outcomes[-1].memory
    return outcomes


@given(reviews)
def test_memory_follows_the_days_crossed_not_the_hours(history):
    theirs = fsrs.Scheduler(enable_fuzzing=False)
    card, now = fsrs.Card(card_id=7), START
    for (rating, minutes), ours in zip(history, run(history), strict=True):
        now += timedelta(minutes=minutes)
        day = engine.midnight(scheduling.study_day(now, "Europe/Berlin", 4))
        card, _ = theirs.review_card(card, fsrs.Rating(rating), review_datetime=day)

        assert ours.memory.stability == card.stability
        assert ours.memory.difficulty == card.difficulty


@given(reviews)
def test_a_day_interval_is_due_when_that_study_day_begins(history):
    for outcome in run(history):
        memory = outcome.memory
        if memory.state != REVIEW:
            assert memory.due - memory.last_review == outcome.wait < timedelta(days=1)
            assert memory.interval == 0
            continue
        assert memory.due_day == memory.last_day + timedelta(days=memory.interval)
        assert memory.due == scheduling.start_of_day(memory.due_day, "Europe/Berlin", 4)
        assert outcome.wait == timedelta(days=memory.interval)


@given(reviews, st.integers(1, 400))
def test_no_interval_exceeds_the_maximum(history, maximum):
    outcomes = run(history, Policy(maximum_interval=maximum))

    assert all(outcome.chosen <= maximum for outcome in outcomes)


@given(reviews)
def test_a_pass_does_not_shorten_the_interval_while_the_window_reaches_it(history):
    before = Memory()
    for (rating, _), outcome in zip(history, run(history), strict=True):
        _, upper = scheduling.fuzz.window(outcome.raw, 36_500)
        if rating != AGAIN and outcome.raw and before.interval <= upper:
            assert outcome.chosen >= before.interval
        before = outcome.memory


def test_a_recorded_choice_is_kept_while_it_still_follows_from_what_came_before():
    *_, before, drawn = run([(4, 0), (3, 9 * 24 * 60), (3, 30 * 24 * 60)])
    last = answer(3, START + timedelta(days=39))
    recorded = last._replace(seed=drawn.seed, raw=drawn.raw, chosen=drawn.chosen + 1)

    def days(said: Answer) -> int:
        return step(before.memory, said, seed=SEED, parameters=DEFAULT_PARAMETERS).chosen

    assert days(recorded) == drawn.chosen + 1
    assert days(recorded._replace(raw=drawn.raw + 1)) == drawn.chosen
    assert days(recorded._replace(seed=drawn.seed + 1)) == drawn.chosen


def test_a_lapse_is_counted_only_for_a_card_that_was_known():
    easy_then_again = run([(4, 0), (1, 10 * 24 * 60), (1, 1)])

    assert [outcome.memory.lapses for outcome in easy_then_again] == [0, 1, 1]


def test_a_leech_is_put_aside_at_the_threshold_and_every_half_threshold_after():
    """Brought back each time; the mark stays."""
    policy = Policy(leech_threshold=5, leech_suspends=True, relearning_steps=())
    memory, now, seen = Memory(), START, {}
    for _ in range(11):
        for rating in (4, 1):
            now += timedelta(days=40)
            given_now = answer(rating, now, policy)
            after = step(memory, given_now, seed=SEED, parameters=DEFAULT_PARAMETERS).memory
            if after.lapses > memory.lapses:
                seen[after.lapses] = (after.leech, after.suspended)
            memory = after._replace(suspended=False)

    assert [n for n, (_, suspended) in seen.items() if suspended] == [5, 7, 9, 11]
    assert [n for n, (leech, _) in seen.items() if leech] == list(range(5, 12))


@pytest.mark.parametrize(("threshold", "leeches"), [(0, []), (1, [1, 2, 3])])
def test_a_threshold_of_nought_makes_no_leech_and_one_makes_each_lapse_one(threshold, leeches):
    policy = Policy(leech_threshold=threshold, leech_suspends=True, relearning_steps=())
    lapsing = run([(4, 0), *[(1, 40 * 24 * 60)] * 3], policy)

    assert [outcome.memory.lapses for outcome in lapsing] == [0, 1, 2, 3]
    assert [o.memory.lapses for o in lapsing if o.memory.leech] == leeches


def test_a_longer_wait_lowers_the_recall_and_the_stability_is_where_it_is_90_percent():
    chances = [recall(12.0, days, DEFAULT_PARAMETERS) for days in (1, 6, 12, 60)]

    assert chances == sorted(chances, reverse=True)
    assert chances[2] == pytest.approx(0.9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"desired_retention": 1.0},
        {"desired_retention": 0.5},
        {"maximum_interval": 0},
        {"rollover": 24},
    ],
)
def test_a_policy_the_engine_would_choke_on_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Policy(**wrong)


def test_a_policy_survives_json():
    policy = Policy(desired_retention=0.85, learning_steps=(), relearning_steps=(300, 900))

    assert Policy.from_json(policy.json()) == policy


@pytest.mark.parametrize("values", [DEFAULT_PARAMETERS[:20], (*DEFAULT_PARAMETERS[:20], 9.0)])
def test_parameters_out_of_bounds_are_refused(values):
    with pytest.raises(ValueError, match="arameter"):
        check_parameters(values)


def test_the_engines_date_is_midnight_in_the_one_zone_it_takes():
    assert engine.midnight(date(2026, 3, 29)) == datetime(2026, 3, 29, tzinfo=UTC)
