"""Study days: the local date, except that the day turns at the rollover hour."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def study_day(instant: datetime, zone: str, rollover: int) -> date:
    """The study day an aware instant belongs to.

    The clock on the wall decides, so the day turns at the same local hour when the
    clocks change too. Raises ValueError if `instant` is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    local = instant.astimezone(ZoneInfo(zone))
    return local.date() - ONE_DAY if local.hour < rollover else local.date()


@lru_cache(maxsize=4096)  # most reviews of a day lead to the same few days
def start_of_day(day: date, zone: str, rollover: int) -> datetime:
    """The instant, in UTC, at which a study day begins.

    Where the clocks skip the rollover hour, it is the first instant after the gap.
    """
    turn = datetime.combine(day, time(rollover), tzinfo=ZoneInfo(zone))
    start, sooner = turn.astimezone(UTC), turn.replace(fold=1).astimezone(UTC)
    if start <= sooner:
        return start

    def has_turned(seconds: int) -> bool:
        return study_day(sooner + timedelta(seconds=seconds), zone, rollover) >= day

    # The hour as the clock before the gap would tell it, and as the one after it: the gap ends
    # between the two.
    around = range((start - sooner) // timedelta(seconds=1) + 1)
    return sooner + timedelta(seconds=bisect_left(around, True, key=has_turned))
