from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.scheduling import (
    DEFAULT_PARAMETERS,
    Answer,
    Memory,
    Policy,
    start_of_day,
    step,
    study_day,
)

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)
ZONES = ("Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC")
SECOND = timedelta(seconds=1)
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


@given(instants, st.sampled_from(ZONES), st.integers(0, 23))
def test_every_instant_lies_in_its_own_day(instant, zone, rollover):
    day = study_day(instant, zone, rollover)

    assert start_of_day(day, zone, rollover) <= instant
    assert instant < start_of_day(day + timedelta(days=1), zone, rollover)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        study_day(datetime(2026, 1, 1), "UTC", 4)  # noqa: DTZ001


moves = st.lists(
    st.tuples(st.integers(0, 3 * 24 * 60), st.sampled_from(ZONES)), min_size=2, max_size=12
)


@given(moves, st.integers(1, 4))
def test_no_flight_makes_a_day_count_twice(moves, rating):
    """Days never run backwards, and each passes once, whatever the zones in between."""
    memory, now = Memory(), datetime(2026, 3, 1, 12, tzinfo=UTC)
    days: list[Any] = []
    for minutes, zone in moves:
        now += timedelta(minutes=minutes)
        answer = Answer(rating, now, study_day(now, zone, 4), zone, Policy())
        memory = step(memory, answer, seed=1, parameters=DEFAULT_PARAMETERS).memory
        days.append(memory.last_day)

    assert days == sorted(days)
    assert (days[-1] - days[0]).days <= (now - datetime(2026, 3, 1, 12, tzinfo=UTC)).days + 2
