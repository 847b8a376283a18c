"""The figures of the progress page as SVG, each for a wide and for a narrow place.

Texts are drawn in the page's language; every number also stands in a table beside.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

from django.utils.safestring import SafeString

from demos.figures.markup import width as span
from quizbank.queries.statistics import ENOUGH_BINNED, Retention, Statistics
from quizbank.scoring import wilson
from quizbank.views.drawing import WIDE, dot, drawn, line, nice, percent, rect, text
from quizbank.wording import calendar, say

ENOUGH_CALIBRATED = 50
APART = 42  # px from one share written below an axis to the next

# --- True retention: a dot and its interval a row ---


def retention(found: Statistics, width: int) -> SafeString:
    """Where nothing was tested yet, the axis alone: results wait."""
    rows = [row for row in found.retention if row.n]
    rows = rows or [row for row in found.retention if row.period is None]
    low = min([0.7, found.wanted - 0.1, *(row.interval[0] for row in rows if row.interval)])
    low = math.floor(10 * low) / 10
    wide = width >= WIDE
    left, right, step = (150, width - 130, 30) if wide else (100, width - 90, 40)

    def x(share: float) -> float:
        return left + (share - low) / (1 - low) * (right - left)

    bottom = 26 + step * len(rows)
    parts = []
    apart = next(n for n in (1, 2, 5, 10) if n == 10 or x(n / 10) - x(0) >= APART)
    for tenth in range(round(10 * low), 11):
        if tenth % apart == 0:
            parts.append(line(x(tenth / 10), 18, x(tenth / 10), bottom, "grid"))
            parts.append(text(x(tenth / 10), bottom + 16, f"{10 * tenth} %", "middle"))
    parts.append(line(x(found.wanted), 16, x(found.wanted), bottom, "bound"))
    wanted = say("progress.wanted", n=percent(found.wanted))
    parts.append(text(x(found.wanted), 10, wanted, "middle", "f2i"))
    for number, row in enumerate(rows):
        y = 26 + step * (number + 0.5)
        parts.append(text(0, y + (4.5 if wide else -2), said(row), kind="fi"))
        shown = "–"
        if row.interval and row.share is not None:
            parts.append(line(x(row.interval[0]), y, x(row.interval[1]), y, "reach"))
            parts.append(dot(x(row.share), y))
            shown = f"{percent(row.share)} [{percent(row.interval[0])}, {percent(row.interval[1])}]"
        if wide:
            parts.append(text(width, y + 4.5, f"{shown} n {row.n}" if row.n else shown, "end"))
        else:
            parts += [text(width, y + 4.5, shown, "end"), text(0, y + 14, f"n {row.n}")]
    return drawn(bottom + 24, parts)


def said(row: Retention) -> str:
    kind = {None: "all", True: "mature", False: "young"}[row.mature]
    what = say(f"progress.{kind}")
    when = say("progress.ever") if row.period is None else say("progress.days", n=row.period)
    return say("progress.row", what=what, when=when)


# --- The days ahead: what is promised, and new cards on top ---


def ahead(found: Statistics, width: int) -> SafeString:
    """The day of the interview is marked above its bar, in a row that is there for it alone."""
    most = max(1, *(day.due + day.new for day in found.ahead))
    top, left = 44 if found.interview else 24, 30
    bottom = top + 166
    step = (width - left - 6) / len(found.ahead)
    bar = max(step - 2, 0.7 * step)
    ticks = nice(most)

    def y(n: float) -> float:
        return bottom - n / ticks[-1] * (bottom - top)

    parts = []
    for tick in ticks:
        parts.append(line(left, y(tick), width, y(tick), "grid"))
        parts.append(text(left - 8, y(tick) + 4.5, tick, "end"))
    for number, day in enumerate(found.ahead):
        x = left + 1 + number * step
        if day.day == found.interview:
            at = x + bar / 2
            parts.append(line(at, 38, at, y(day.due + day.new) - 2, "bound"))
            told = str(say("progress.interview"))
            middle = min(max(at, left + span(told) / 2), width - span(told) / 2)
            parts.append(text(middle, 33, told, "middle"))
        parts.append(rect(x, y(day.due), bar, bottom - y(day.due), "pn4"))
        parts.append(rect(x, y(day.due + day.new), bar, y(day.due) - y(day.due + day.new), "pn2"))
    parts.append(line(left, bottom, width, bottom, "axis"))
    apart = 7 if width >= WIDE else 10
    for number in range(0, len(found.ahead), apart * math.ceil(len(found.ahead) / 30)):
        x = left + (number + 0.5) * step
        name = (
            say("progress.today") if number == 0 else calendar.short_date(found.ahead[number].day)
        )
        parts.append(text(x, bottom + 18, name, "start" if number == 0 else "middle"))
    at = left
    for name, shade in (("due", "pn4"), ("new", "pn2")):
        if any(getattr(day, name) for day in found.ahead):
            told = str(say(f"progress.{name}"))
            parts += [rect(at, 4, 10, 10, shade), text(at + 15, 13, told)]
            at += 15 + span(told) + 20
    return drawn(bottom + 26, parts)


# --- Topics: how much of each is there now ---


def mastery(found: Statistics, width: int) -> SafeString:
    """A row a topic; in a narrow place its name stands above its bar."""
    titles = [str(one.topic.title) for one in found.mastery]
    if width >= WIDE:
        widest = max(map(span, titles), default=0.0)
        left, right, step, down = min(240.0, 16 + widest), width - 120, 28, 0
    else:
        left, right, step, down = 0, width - 112, 46, 18
    parts = []
    bottom = 8 + step * len(titles)
    for share, anchor in ((0.0, "middle" if left else "start"), (0.5, "middle"), (1.0, "middle")):
        x = left + share * (right - left)
        parts.append(line(x, 4, x, bottom, "grid"))
        parts.append(text(x, bottom + 16, f"{100 * share:.0f} %", anchor))
    for number, one in enumerate(found.mastery):
        y = 10 + step * number + down
        parts.append(text(0, y + 13 if not down else y - 6, titles[number], kind="fi"))
        if one.recall is not None:
            shade = f"pn{1 + min(4, int(5 * one.recall))}"
            parts.append(rect(left, y, one.recall * (right - left), 18, shade))
        told = say("progress.studied", n=one.studied, total=one.questions)
        shown = f"{percent(one.recall)} %" if one.recall is not None else "–"
        parts.append(text(width, y + 13, f"{shown}\u2002{told}", "end"))
    return drawn(bottom + 24, parts)


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
    for one in found.bins if found.overall.n >= ENOUGH_CALIBRATED else ():
        if one.n and one.predicted is not None:
            at, few = x(one.predicted), one.n < ENOUGH_BINNED
            low, high = wilson(one.recalled, one.n)
            parts.append(line(at, y(low), at, y(high), "reach"))
            parts.append(dot(at, y(one.recalled / one.n), few))
            if few:
                parts.append(text(at - 9, y(one.recalled / one.n) + 4.5, f"n {one.n}", "end"))
    return drawn(bottom + 44, parts)


# --- A year of study days ---


def year(found: Statistics, width: int) -> SafeString:
    """A column a week: in one strip, or in a narrow place in two, the older one above."""
    this_week = found.day - timedelta(days=found.day.weekday())
    if width >= 1_000:
        return drawn(*_strip(found, this_week - timedelta(weeks=52), 53, 0, 20.6))
    tall, older = _strip(found, this_week - timedelta(weeks=52), 27, 0, 11.2)
    _, newer = _strip(found, this_week - timedelta(weeks=25), 26, tall + 12, 11.2)
    return drawn(2 * tall + 12, [*older, *newer])


def _strip(
    found: Statistics, start: date, weeks: int, top: int, step: float
) -> tuple[int, list[SafeString]]:
    """So many weeks from a Monday on, and how tall they stand."""
    size = step * 0.85
    most = max(found.heat.values(), default=1)
    parts = [
        text(
            *(0, top + 20 + step * row + size - 3),
            calendar.weekday_mark(start + timedelta(days=row)),
        )
        for row in (0, 2, 4)
    ]
    month = 0
    for week in range(weeks):
        first = start + timedelta(days=7 * week)
        x = 24 + step * week
        if first.month != month and first.day <= 7 and week < weeks - 1:
            name = say("progress.month", n=first.month, name=_month(first))
            parts.append(text(x, top + 12, name))
            month = first.month
        for row in range(7):
            day = first + timedelta(days=row)
            if day <= found.day:
                n = found.heat.get(day, 0)
                shade = f"pn{1 + min(4, int(5 * n / (most + 1)))}" if n else "blank"
                parts.append(rect(x, top + 20 + step * row, size, size, shade))
    return round(22 + 7 * step), parts


def _month(day: date) -> str:
    return calendar.MONTHS[day.month - 1][:3]
