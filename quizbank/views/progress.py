"""What a person's memory looks like in numbers: a page of panels, and each panel as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache

from quizbank.models import User
from quizbank.queries.statistics import (
    AHEAD,
    ENOUGH_BINNED,
    ENOUGH_TESTS,
    FARTHER,
    Statistics,
    statistics,
)
from quizbank.views import progress_figures as figures
from quizbank.views.drawing import both, percent
from quizbank.views.progress_figures import ENOUGH_CALIBRATED
from quizbank.wording import calendar, say

# What a page without reviews promises, and after how many on later days it is there.
SOON = (
    *(("ahead", 0), ("topics", 0), ("year", 0)),
    *(("retention", ENOUGH_TESTS), ("calibration", ENOUGH_CALIBRATED)),
)


@dataclass(frozen=True)
class Panel:
    """One panel: its figure, the same numbers as a table, a sentence, something to do."""

    slug: str
    span: str
    title: str
    figure: SafeString | None
    head: list[str]
    rows: list[list[str]]
    sentence: str
    act: tuple[str, str] | None
    choices: tuple[tuple[str, str, bool], ...] = ()  # address, name, whether it is shown
    asked: str = ""  # what the address of its numbers ends in


@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    found = _found(request)
    if found is None or not found.reviews:
        soon = [(f"progress.soon_{name}", n) for name, n in SOON]
        return render(request, "quizbank/progress/empty.html", {"soon": soon})
    context = {"found": found, "panels": [make(found) for make in PANELS.values()]}
    return render(request, "quizbank/progress/progress.html", context)


@never_cache
def panel_csv(request: HttpRequest, panel: str) -> HttpResponse:
    """The numbers of one panel, for a spreadsheet."""
    found, make = _found(request), PANELS.get(panel)
    if found is None or make is None:
        raise Http404
    made = make(found)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="proofdeck-{panel}.csv"'
    answer.write("\ufeff")  # without it a spreadsheet takes the Chinese for something else
    cells = [[cell.removeprefix("–") for cell in row] for row in made.rows]  # – is no number
    csv.writer(answer).writerows([made.head, *cells])
    return answer


def _found(request: HttpRequest) -> Statistics | None:
    if not isinstance(request.user, User):
        return None
    ahead = FARTHER if request.GET.get("days") == str(FARTHER) else AHEAD
    return statistics(request.user, timezone.now(), ahead)


def _retention(found: Statistics) -> Panel:
    return Panel(
        "retention",
        "p6",
        say("progress.retention"),
        both(figures.retention, found, say("progress.retention")),
        [say(f"progress.{name}") for name in ("which", "n", "recalled", "share", "interval")],
        [
            [
                figures.said(row),
                str(row.n),
                str(row.recalled),
                percent(row.share),
                "–".join(percent(end) for end in row.interval or ()),
            ]
            for row in found.retention
        ],
        _retention_sentence(found),
        (reverse("quizbank:settings"), say("progress.retention_act"))
        if found.enough
        else (reverse("quizbank:study"), say("progress.ahead_act")),
    )


def _retention_sentence(found: Statistics) -> str:
    overall = found.overall
    if not found.enough or overall.interval is None:
        return say(
            "progress.retention_few" if overall.n else "progress.retention_none", n=overall.n
        )
    low, high = overall.interval
    verdict = "low" if high < found.wanted else "high" if low > found.wanted else "fine"
    if verdict == "low" and found.fitted:
        verdict = "low_fitted"
    return say(
        f"progress.retention_{verdict}",
        share=percent(overall.share),
        low=percent(low),
        high=percent(high),
        wanted=percent(found.wanted),
    )


def _ahead(found: Statistics) -> Panel:
    days = len(found.ahead)
    title = say("progress.ahead", n=days)
    busiest = max(found.ahead, key=lambda day: day.due + day.new)
    today = found.ahead[0]
    some = busiest.due + busiest.new > 0
    sentence = say(
        "progress.ahead_first" if busiest is today else "progress.ahead_words",
        today=today.due + today.new,
        day=calendar.short_date(busiest.day),
        n=busiest.due + busiest.new,
        days=days,
    )
    if any(day.new for day in found.ahead):
        sentence += say("progress.ahead_later")
    if found.interview:
        sentence += say("progress.ahead_interview", day=calendar.short_date(found.interview))
    return Panel(
        "ahead",
        "p6",
        title,
        both(figures.ahead, found, title) if some else None,
        [say(f"progress.{name}") for name in ("day", "due", "new")],
        [[day.day.isoformat(), str(day.due), str(day.new)] for day in found.ahead],
        sentence if some else say("progress.ahead_none"),
        (reverse("quizbank:study"), say("progress.ahead_act")),
        tuple((f"?days={n}", say("progress.days", n=n), n == days) for n in (AHEAD, FARTHER)),
        f"?days={days}",
    )


def _topics(found: Statistics) -> Panel:
    known = [(one.recall, one) for one in found.mastery if one.recall is not None]
    share, weakest = min(known, key=lambda pair: pair[0], default=(None, None))
    sentence = say("progress.topics_none")
    act = None
    if weakest is not None and share == 1:
        sentence = say("progress.topics_fresh")
    elif weakest is not None:
        title = weakest.topic.title
        sentence = say("progress.topics_words", topic=title, share=percent(share))
        address = f"{reverse('quizbank:study')}?topic={weakest.topic.slug}"
        act = (address, say("progress.topics_act", topic=title))
    return Panel(
        "topics",
        "p7",
        say("progress.topics"),
        both(figures.mastery, found, say("progress.topics"), 640),
        [say(f"progress.{name}") for name in ("topic", "recall", "seen", "questions")],
        [
            [str(one.topic.title), percent(one.recall), str(one.studied), str(one.questions)]
            for one in found.mastery
        ],
        sentence,
        act,
    )


def _calibration(found: Statistics) -> Panel:
    enough = found.overall.n >= ENOUGH_CALIBRATED
    sure = next(level for level in found.sure if level.name == "high")
    told = say("progress.sure", n=sure.n, share=percent(sure.share)) if sure.enough else ""
    few = any(0 < one.n < ENOUGH_BINNED for one in found.bins)
    hollow = say("progress.hollow", n=ENOUGH_BINNED) if few else ""
    loss = f"{found.log_loss:.3f}" if found.log_loss is not None else "–"
    return Panel(
        "calibration",
        "p5",
        say("progress.calibration"),
        both(figures.calibration, found, say("progress.calibration"), 450),
        [say(f"progress.{name}") for name in ("band", "n", "mean", "recalled", "share")],
        [
            [
                f"{percent(one.low)}–{percent(one.high)}",
                str(one.n),
                percent(one.predicted),
                str(one.recalled),
                percent(one.recalled / one.n if one.n else None),
            ]
            for one in found.bins
        ],
        say("progress.calibration_words", hollow=hollow, loss=loss, sure=told)
        if enough
        else say("progress.calibration_none", n=found.overall.n),
        (reverse("quizbank:quiz"), say("progress.calibration_act")),
    )


def _year(found: Statistics) -> Panel:
    return Panel(
        "year",
        "p12",
        say("progress.year"),
        both(figures.year, found, say("progress.year"), 1_116),
        [say("progress.day"), say("progress.reviews")],
        [[day.isoformat(), str(n)] for day, n in sorted(found.heat.items())],
        say("progress.year_words", n=len(found.heat)),
        None,
    )


PANELS: dict[str, Callable[[Statistics], Panel]] = {
    "retention": _retention,
    "ahead": _ahead,
    "topics": _topics,
    "calibration": _calibration,
    "year": _year,
}
