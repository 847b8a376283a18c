from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.models import State, StudyProfile
from quizbank.queries.study import cards_due
from quizbank.scheduling import (
    DEFAULT_PARAMETERS,
    Answer,
    Memory,
    Policy,
    start_of_day,
    step,
    study_day,
)
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import learner
from tests.quizbank.study_cast import grade, make_questions

JANUARY = datetime(2026, 1, 5, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)
ZONES = ("Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
instants = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize("rollover", [0, 4, 6])
@pytest.mark.parametrize("day", [SPRING, AUTUMN, PLAIN])
def test_the_day_turns_at_the_same_hour_when_the_clocks_change(day, rollover):
    turn = datetime(day.year, day.month, day.day, rollover, tzinfo=BERLIN).astimezone(UTC)

    assert study_day(turn, "Europe/Berlin", rollover) == day
    assert study_day(turn - SECOND, "Europe/Berlin", rollover) == day - timedelta(days=1)


def test_before_rollover_midnight_does_not_end_the_day():
    late = datetime(2026, 6, 1, 23, 50, tzinfo=BERLIN)

    assert study_day(late, "Europe/Berlin", 4) == PLAIN
    assert study_day(late + timedelta(hours=3), "Europe/Berlin", 4) == PLAIN


def test_a_rollover_hour_that_the_clocks_skip_begins_after_the_gap():
    start = start_of_day(SPRING, "Europe/Berlin", 2)

    assert start == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert study_day(start, "Europe/Berlin", 2) == SPRING


def skips() -> list[tuple[str, datetime]]:
    """Every time that clocks are put forward in some zone, a quarter of an hour or a whole day,
    in 2026 and in years of rare ones: the instant at which the gap ends."""
    found = []
    for zone in sorted(available_timezones()):
        where = ZoneInfo(zone)
        for year in (1993, 2011, 2018, 2026):
            day = datetime(year, 1, 1, tzinfo=UTC)
            while day.year == year:
                if offset_at(day, where) < offset_at(day + DAY, where):
                    seconds = range(86_400)
                    before = offset_at(day, where)
                    at = bisect_left(
                        seconds, True, key=lambda s: offset_at(day + s * SECOND, where) > before
                    )
                    found.append((zone, day + at * SECOND))
                day += DAY
    return found


def offset_at(instant: datetime, where: ZoneInfo) -> timedelta:
    return instant.astimezone(where).utcoffset() or timedelta()


def test_wherever_clocks_skip_an_hour_the_day_begins_as_soon_as_it_is_over():
    gaps = skips()
    assert len(gaps) > 100
    for zone, end in gaps:
        for rollover in range(24):
            for day in (study_day(end + n * DAY, zone, rollover) for n in (-1, 0, 1)):
                start = start_of_day(day, zone, rollover)
                assert study_day(start, zone, rollover) >= day
                assert study_day(start - SECOND, zone, rollover) < day


@given(instants, st.sampled_from(ZONES), st.integers(0, 23))
def test_every_instant_lies_in_its_own_day(instant, zone, rollover):
    day = study_day(instant, zone, rollover)

    assert start_of_day(day, zone, rollover) <= instant
    assert instant < start_of_day(day + timedelta(days=1), zone, rollover)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        study_day(datetime(2026, 1, 1), "UTC", 4)  # noqa: DTZ001


# Where and when the clocks change: by an hour or half of one, at night or at midnight itself.
CHANGES = [
    *(("Europe/Berlin", day) for day in (SPRING, AUTUMN)),
    *(("America/New_York", date(2026, month, day)) for month, day in ((3, 8), (11, 1))),
    *(("Australia/Lord_Howe", date(2026, month, day)) for month, day in ((4, 5), (10, 4))),
    *(("Africa/Cairo", date(2026, month, day)) for month, day in ((4, 24), (10, 30))),
    *(("America/Santiago", date(2026, month, day)) for month, day in ((4, 5), (9, 6))),
    ("Asia/Shanghai", PLAIN),
]
MINUTE = timedelta(minutes=1)


def answered(memory: Memory, now: datetime, zone: str, rollover: int, rating: int = 3) -> Memory:
    policy = Policy(rollover=rollover, learning_steps=(), relearning_steps=())
    answer = Answer(rating, now, study_day(now, zone, rollover), zone, policy)
    return step(memory, answer, seed=1, parameters=DEFAULT_PARAMETERS).memory


def crossed(first: datetime, second: datetime, zone: str, rollover: int) -> int:
    """How many days the engine lets pass between two answers."""
    before = answered(Memory(), first, zone, rollover)
    after = answered(before, second, zone, rollover)
    days = (after.last_day - before.last_day).days
    theirs = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, _ = theirs.review_card(fsrs.Card(card_id=7), fsrs.Rating.Good, review_datetime=JANUARY)
    card, _ = theirs.review_card(
        card, fsrs.Rating.Good, review_datetime=JANUARY + timedelta(days=days)
    )
    assert (after.stability, after.difficulty) == (card.stability, card.difficulty)
    return days


@pytest.mark.parametrize("rollover", [0, 4, 6])
@pytest.mark.parametrize(("zone", "changes"), CHANGES)
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_reviews_either_side_of_the_rollover_are_a_day_apart(zone, changes, rollover, offset):
    day = changes + timedelta(days=offset)
    turn = start_of_day(day, zone, rollover)

    assert crossed(turn - SECOND, turn, zone, rollover) == 1
    assert crossed(turn - MINUTE, turn + MINUTE, zone, rollover) == 1
    assert crossed(turn, turn + timedelta(hours=20), zone, rollover) == 0


@pytest.mark.parametrize("rollover", [4, 6])
@pytest.mark.parametrize(("zone", "changes"), CHANGES)
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_reviews_either_side_of_midnight_are_on_one_day(zone, changes, rollover, offset):
    midnight = start_of_day(changes + timedelta(days=offset), zone, 0)

    assert crossed(midnight - MINUTE, midnight + MINUTE, zone, rollover) == 0
    assert crossed(midnight - timedelta(hours=9), midnight, zone, rollover) == 0


@pytest.fixture
def pair(db):
    return make_questions(2)


moves = st.lists(
    st.tuples(st.integers(0, 3 * 24 * 60), st.sampled_from(ZONES), st.integers(1, 4)),
    min_size=2,
    max_size=12,
)


@examples(100, 5_000)
@given(moves, st.sampled_from([0, 4, 6]), st.sampled_from([changes for _, changes in CHANGES]))
def test_no_flight_makes_a_day_count_twice(moves, rollover, changes):
    """Days never run backwards, each passes once, and a card is due once a day, whatever the
    zones in between."""
    start = datetime(changes.year, changes.month, changes.day, 12, tzinfo=UTC) - timedelta(days=3)
    memory, now = Memory(), start
    days: list[Any] = []
    for minutes, zone, rating in moves:
        now += timedelta(minutes=minutes)
        memory = answered(memory, now, zone, rollover, rating)
        days.append(memory.last_day)
        assert memory.due_day > memory.last_day

    assert days == sorted(days)
    assert (days[-1] - days[0]).days <= (now - start).days + 2


@examples(20, 500)
@given(moves, st.sampled_from([0, 4, 6]), st.sampled_from([[], [60, 600]]))
def test_a_traveller_meets_a_card_at_most_once_a_study_day_unless_in_steps(
    pair, moves, rollover, steps
):
    user = learner(rollover_hour=rollover, learning_steps=steps, relearning_steps=steps)
    now, met = MONDAY, []
    for question in pair:
        grade(user, question, 3, now)
    for minutes, zone, rating in moves:
        now += timedelta(minutes=minutes)
        StudyProfile.objects.filter(user=user).update(zone=zone)
        for card in cards_due(user, now):
            event = grade(user, card.question, rating, now).event
            if card.state == State.REVIEW:
                met.append((card.pk, event.study_day))
    assert len(met) == len(set(met))
