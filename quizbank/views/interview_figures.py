"""The figures of an interview ahead: what will be recalled, and what is to be done when."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.safestring import SafeString

from quizbank.queries.interviews import Standing
from quizbank.views.drawing import WIDE, area, drawn, line, nice, path, percent, rect, text
from quizbank.wording import calendar, say

HOME = 496
APART = 16  # between the labels at line ends
DATE = 72  # the width of one


def outlook(found: Standing, width: int) -> SafeString:
    """The share of the list recalled on each day from today to the interview: at the present
    pace with its interval on the day, at the pace that reaches every question, and if nothing
    were studied any more."""
    top, bottom, left = 26, 170, 44
    right = width - (126 if width < HOME else 136)
    lines = [(pace.known, "c1" if n == 0 else "c2") for n, pace in enumerate(found.paces)]
    lines.append((found.stopping, "ctl"))
    most = max(max(known) for known, _ in lines) / found.asked
    least = min(min(known) for known, _ in lines) / found.asked
    low = max(0.0, math.floor(5 * (least - 0.05)) / 5)
    high = min(1.0, math.ceil(5 * (most + 0.02)) / 5)

    def x(day: float) -> float:
        return left + day / found.days_left * (right - left)

    def y(share: float) -> float:
        return bottom - (share - low) / (high - low) * (bottom - top)

    parts = [text(left, 12, say("interview.share"), kind="f2i")]
    tick = low
    while tick <= high + 1e-9:
        parts.append(line(left, y(tick), right, y(tick), "grid"))
        parts.append(text(left - 8, y(tick) + 4.5, f"{percent(tick)} %", "end"))
        tick += 0.2
    shares = found.pace.on_the_day.shares
    parts.append(
        line(x(found.days_left), y(shares[1]), x(found.days_left), y(shares[2]), "line c1")
    )
    for known, kind in lines:
        points = [(x(day), y(n / found.asked)) for day, n in enumerate(known)]
        parts.append(path(points, f"line {kind}"))
    ends = [(known[-1] / found.asked, n) for n, (known, _) in enumerate(lines)]
    for (share, n), place in zip(
        sorted(ends, reverse=True),
        _apart([y(share) for share, _ in sorted(ends, reverse=True)]),
        strict=True,
    ):
        parts.append(text(right + 8, place + 4.5, _end(found, n, share), kind="fi"))
    parts.append(text(left, bottom + 18, say("progress.today")))
    day = calendar.short_date(found.interview.day)
    parts.append(text(right, bottom + 18, day, "end"))
    return drawn(bottom + 26, parts)


def outlook_label(found: Standing) -> str:
    return say(
        "interview.outlook_label",
        day=calendar.short_date(found.interview.day),
        now=percent(found.now.shares[0]),
        then=percent(found.pace.on_the_day.shares[0]),
        stop=percent(found.stopping[-1] / found.asked),
    )


def _end(found: Standing, n: int, share: float) -> str:
    if n == len(found.paces):
        return say("interview.end_stop", share=percent(share))
    pace = found.paces[n]
    if not found.unseen:
        return say("interview.end_going_on", share=percent(share))
    return say("interview.end_pace", share=percent(share), n=pace.new_per_day)


def _apart(places: Sequence[float]) -> list[float]:
    """The same heights, from above, with room for a line of text between them."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + APART) if moved else place)
    return moved


def plan(found: Standing, width: int) -> SafeString:
    """Each day's cards that have their date already, what to expect at the present pace, and
    the last days."""
    most = max([1.0, *(max(day.due, day.expected) for day in found.days)])
    top, bottom, left = 40, 200, 30
    step = min(90.0, (width - left - 6) / len(found.days))
    ticks = nice(math.ceil(most))

    def y(n: float) -> float:
        return bottom - n / ticks[-1] * (bottom - top)

    parts = []
    last = [n for n, day in enumerate(found.days) if day.last]
    if last:
        start = left + last[0] * step
        corners = [(start, top - 14), (left + len(found.days) * step, top - 14)]
        parts.append(area([*corners, *((x, bottom) for x, _ in reversed(corners))], "band f4"))
        parts.append(text(corners[1][0] - 4, top - 2, say("interview.last_days"), "end", "f2i"))
    for tick in ticks:
        parts.append(line(left, y(tick), left + len(found.days) * step, y(tick), "grid"))
        parts.append(text(left - 8, y(tick) + 4.5, tick, "end"))
    for n, day in enumerate(found.days):
        parts.append(rect(left + n * step + 1, y(day.due), step - 2, bottom - y(day.due), "pn4"))
    expected = [
        (left + (n + end) * step, y(day.expected))
        for n, day in enumerate(found.days)
        for end in (0, 1)
    ]
    parts.append(path(expected, "line c1"))
    parts.append(line(left, bottom, left + len(found.days) * step, bottom, "axis"))
    every = math.ceil(DATE / step)
    for n in range(0, len(found.days), every):
        name = say("progress.today") if n == 0 else calendar.short_date(found.days[n].day)
        anchor = "start" if n == 0 else "middle"
        at = left if n == 0 else left + (n + 0.5) * step
        if at < width - 24:
            parts.append(text(at, bottom + 18, name, anchor))
    parts += [rect(left, 2, 10, 10, "pn4"), text(left + 15, 11, say("interview.dated"))]
    second = left + (150 if width >= WIDE else 120)
    parts.append(line(second, 7, second + 14, 7, "line c1"))
    parts.append(text(second + 20, 11, say("interview.expected")))
    return drawn(bottom + 26, parts)
