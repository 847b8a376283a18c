"""Dates and waits as people write them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from quizbank import wording

WEEKDAYS = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
WEEKDAY_MARKS = {"zh": "一二三四五六日", "en": "MTWTFSS"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
MINUTE, HOUR, DAY = 60, 3600, 86_400


def long_date(day: date) -> str:
    """Saturday 21 November 2026, 2026 年 11 月 21 日，星期六."""
    return wording.say("day.long", **_parts(day))


def dated(day: date) -> str:
    """21 Nov 2026, for what may be years ago."""
    return wording.say("day.dated", **_parts(day))


def short_date(day: date) -> str:
    return wording.say("day.short", **_parts(day))


def weekday_mark(day: date) -> str:
    return WEEKDAY_MARKS[wording.language()][day.weekday()]


def _parts(day: date) -> dict[str, Any]:
    name = MONTHS[day.month - 1]
    return {
        **{"year": day.year, "month": day.month, "day": day.day},
        **{"name": name, "short": name[:4] if day.month == 9 else name[:3]},
        "weekday": WEEKDAYS[wording.language()][day.weekday()],
    }


def wait(duration: timedelta) -> str:
    """How long until a card returns: 10 min, 4 days, 3 months."""
    seconds = duration.total_seconds()
    if seconds < MINUTE:
        return wording.say("wait.now")
    if seconds < HOUR:
        return wording.say("wait.minutes", n=round(seconds / MINUTE))
    if seconds < DAY:
        return wording.say("wait.hours", n=round(seconds / HOUR))
    days = round(seconds / DAY)
    if days < 100:
        return wording.say("wait.days", n=days)
    if days < 730:
        return wording.say("wait.months", n=f"{days / 30.44:.1f}".removesuffix(".0"))
    return wording.say("wait.years", n=f"{days / 365.25:.1f}".removesuffix(".0"))
