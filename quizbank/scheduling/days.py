"""Study days: the local date, except that the day turns at the rollover hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
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


def start_of_day(day: date, zone: str, rollover: int) -> datetime:
    """The instant, in UTC, at which a study day begins.

    Where the clocks skip the rollover hour, it is the first instant after the gap.
    """
    return datetime.combine(day, time(rollover), tzinfo=ZoneInfo(zone)).astimezone(UTC)
