"""The figures of the progress page as SVG, each for a wide and for a narrow place.

Texts are drawn in the page's language; every number also stands in a table beside.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

from django.utils.safestring import SafeString

from quizbank.queries.statistics import ENOUGH_BINNED, Mastery, Retention, Statistics
from quizbank.views.drawing import WIDE, dot, drawn, line, nice, percent, rect, text
from quizbank.wording import calendar, say

# --- True retention: a dot and its interval a row ---


def retention(found: Statistics, width: int) -> SafeString:
    rows = [row for row in found.retention if row.n]
    low = min([0.7, found.wanted - 0.1, *(row.interval[0] for row in rows if row.interval)])
    low = math.floor(10 * low) / 10
    left, right = (104, width - 116) if width < WIDE else (150, width - 130)

    def x(share: float) -> float:
        return left + (share - low) / (1 - low) * (right - left)

    bottom = 26 + 30 * len(rows)
    parts = []
    for tenth in range(round(10 * low), 11):
        if width >= WIDE or tenth % 2 == 0:
            parts.append(line(x(tenth / 10), 18, x(tenth / 10), bottom, "grid"))
            parts.append(text(x(tenth / 10), bottom + 16, f"{10 * tenth} %", "middle"))
    parts.append(line(x(found.wanted), 16, x(found.wanted), bottom, "bound"))
    wanted = say("progress.wanted", n=percent(found.wanted))
    parts.append(text(x(found.wanted), 10, wanted, "middle", "f2i"))
    for number, row in enumerate(rows):
        y = 40 + 30 * number
        parts.append(text(0, y + 4.5, said(row), kind="fi"))
        if row.interval and row.share is not None:
            parts.append(line(x(row.interval[0]), y, x(row.interval[1]), y, "reach"))
            parts.append(dot(x(row.share), y))
            shown = f"{percent(row.share)} [{percent(row.interval[0])}, {percent(row.interval[1])}]"
            n = f" n {row.n}" if width >= WIDE else ""
            parts.append(text(width, y + 4.5, shown + n, "end"))
    return drawn(bottom + 24, parts)


def said(row: Retention) -> str:
    kind = {None: "all", True: "mature", False: "young"}[row.mature]
    what = say(f"progress.{kind}")
    when = say("progress.ever") if row.period is None else say("progress.days", n=row.period)
    return say("progress.row", what=what, when=when)


# --- The days ahead: what is promised, and new cards on top ---


def ahead(found: Statistics, width: int) -> SafeString:
    most = max(1, *(day.due + day.new for day in found.ahead))
    top, bottom, left = 24, 190, 30
    step = (width - left - 6) / len(found.ahead)
    ticks = nice(most)

    def y(n: float) -> float:
        return bottom - n / ticks[-1] * (bottom - top)

    parts = []
    for tick in ticks:
        parts.append(line(left, y(tick), width, y(tick), "grid"))
        parts.append(text(left - 8, y(tick) + 4.5, tick, "end"))
    for number, day in enumerate(found.ahead):
        x = left + 1 + number * step
        parts.append(rect(x, y(day.due), step - 2, bottom - y(day.due), "pn4"))
        parts.append(
            rect(x, y(day.due + day.new), step - 2, y(day.due) - y(day.due + day.new), "pn2")
        )
    parts.append(line(left, bottom, width, bottom, "axis"))
    for number in range(0, len(found.ahead), 7 if width >= WIDE else 10):
        x = left + (number + 0.5) * step
        name = (
            say("progress.today") if number == 0 else calendar.short_date(found.ahead[number].day)
        )
        parts.append(text(x, bottom + 18, name, "start" if number == 0 else "middle"))
    parts += [
        rect(left, 4, 10, 10, "pn4"),
        text(left + 15, 13, say("progress.due")),
    ]
    second = left + (90 if width >= WIDE else 70)
    parts += [
        rect(second, 4, 10, 10, "pn2"),
        text(second + 15, 13, say("progress.new")),
    ]
    return drawn(bottom + 26, parts)


# --- Topics: how much of each is there now ---


def mastery(found: Statistics, width: int) -> SafeString:
    left, right = (96, width - 92) if width < WIDE else (190, width - 130)
    parts = []
    for share in (0.0, 0.5, 1.0):
        x = left + share * (right - left)
        parts.append(line(x, 4, x, 8 + 28 * len(found.mastery), "grid"))
        parts.append(text(x, 24 + 28 * len(found.mastery), f"{100 * share:.0f} %", "middle"))
    for number, one in enumerate(found.mastery):
        y = 10 + 28 * number
        parts.append(text(0, y + 13, _short(one, width), kind="fi"))
        if one.recall is not None:
            shade = f"pn{1 + min(4, int(5 * one.recall))}"
            parts.append(rect(left, y, one.recall * (right - left), 18, shade))
        told = say("progress.studied", n=one.studied, total=one.questions)
        shown = f"{percent(one.recall)} %" if one.recall is not None else "–"
        parts.append(text(width, y + 13, f"{shown}  {told}", "end"))
    return drawn(32 + 28 * len(found.mastery), parts)


def _short(one: Mastery, width: int) -> str:
    title = str(one.topic.title)
    most = 11 if width < WIDE else 26
    return title if len(title) <= most else title[: most - 1] + "…"


# --- Calibration: predicted against what happened ---


def calibration(found: Statistics, width: int) -> SafeString:
    left, right, top, bottom = 44, min(width - 20, 420), 26, 250

    def x(share: float) -> float:
        return left + share * (right - left)

    def y(share: float) -> float:
        return bottom - share * (bottom - top)

    parts = [text(left, 14, say("progress.happened"))]
    for share in (0.0, 0.5, 1.0):
        parts.append(line(left, y(share), right, y(share), "grid"))
        parts.append(text(left - 8, y(share) + 4.5, f"{100 * share:.0f} %", "end"))
        parts.append(text(x(share), bottom + 18, f"{100 * share:.0f} %", "middle"))
    parts.append(text(right, bottom + 36, say("progress.predicted"), "end"))
    parts.append(line(x(0), y(0), x(1), y(1), "ctl"))
    parts += [
        dot(x(one.predicted), y(one.recalled / one.n), one.n < ENOUGH_BINNED)
        for one in found.bins
        if one.n and one.predicted is not None
    ]
    return drawn(bottom + 44, parts)


# --- A year of study days ---


def year(found: Statistics, width: int) -> SafeString:
    weeks = 53 if width >= 1_000 else 26
    step, size = (20.6, 17.6) if width >= 1_000 else (11.4, 9.6)
    start = found.day - timedelta(days=found.day.weekday() + 7 * (weeks - 1))
    most = max(found.heat.values(), default=1)
    parts = [
        text(0, 20 + step * row + size - 3, calendar.weekday_mark(start + timedelta(days=row)))
        for row in (0, 2, 4)
    ]
    month = 0
    for week in range(weeks):
        first = start + timedelta(days=7 * week)
        if first.month != month and first.day <= 7 and week < weeks - 1:
            parts.append(
                text(24 + step * week, 12, say("progress.month", n=first.month, name=_month(first)))
            )
            month = first.month
        for row in range(7):
            day = first + timedelta(days=row)
            if day <= found.day:
                n = found.heat.get(day, 0)
                shade = f"pn{1 + min(4, int(5 * n / (most + 1)))}" if n else "blank"
                parts.append(rect(24 + step * week, 20 + step * row, size, size, shade))
    return drawn(round(20 + 7 * step + 2), parts)


def _month(day: date) -> str:
    return calendar.MONTHS[day.month - 1][:3]
