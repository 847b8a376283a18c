"""What the pages of a mock interview show of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString

from quizbank.content.rendering import inline
from quizbank.forms.mock import PARTS, MarksForm
from quizbank.models import MockInterview, MockQuestion, Topic, User
from quizbank.queries import mock as queries
from quizbank.rubric import Mean
from quizbank.views.cards import more_prompt
from quizbank.wording import calendar, language, say

Context = dict[str, Any]
LISTED = 8
ESTIMATES = ("0", "1", "2", "3", "4")
LEVELS = ("0", "0.5", "1")  # of a part: no, partly, yes


@dataclass(frozen=True)
class Line:
    """One idea of the rubric; `kind` is must or bonus."""

    index: int
    kind: str
    html: SafeString
    ticked: bool


@dataclass(frozen=True)
class Part:
    """One of the three marks that are not a key point, with its levels as (value, word)."""

    name: str
    title: str
    note: str
    levels: list[tuple[str, str]]
    chosen: str
    error: str


def listed(visitor: User | AnonymousUser) -> Context:
    """The visitor's interviews: those that go on, and the latest of those that ended."""
    if not isinstance(visitor, User):
        return {"unfinished": [], "earlier": []}
    titles = {topic.slug: topic for topic in Topic.objects.all()}
    return {
        "unfinished": [
            (mock, titles.get(mock.topic)) for mock in queries.unfinished_of(visitor, LISTED)
        ],
        "earlier": [
            (mock, titles.get(mock.topic), correctness)
            for mock, correctness in queries.finished_of(visitor, LISTED)
        ],
    }


def open_one(rows: Sequence[MockQuestion]) -> MockQuestion:
    """The question that is asked now, of an interview that goes on."""
    return next(row for row in rows if row.asked_at is not None and row.answered_at is None)


def asked(mock: MockInterview, rows: Sequence[MockQuestion], now: datetime) -> Context:
    row = open_one(rows)
    return {
        "mock": mock,
        "rows": rows,
        "row": row,
        "left": queries.seconds_left(mock, now),
        "more_prompt": more_prompt(row.question),
        "last": row.position == len(rows),
    }


def wanted(rows: Sequence[MockQuestion], position: int) -> MockQuestion:
    """The answer at that position, else the first that is not marked."""
    answered = [row for row in rows if row.answered_at is not None]
    chosen = next((row for row in answered if row.position == position), None)
    return chosen or next((row for row in answered if row.marks is None), answered[-1])


def marking(
    mock: MockInterview, rows: Sequence[MockQuestion], row: MockQuestion, form: MarksForm
) -> Context:
    return {
        "mock": mock,
        "row": row,
        "answered": [one for one in rows if one.answered_at is not None],
        "left": sum(one.answered_at is not None and one.marks is None for one in rows),
        "form": form,
        "lines": [
            Line(index, "must" if point["must"] else "bonus", _html(point), index in form.points)
            for index, point in enumerate(row.rubric["key_points"])
        ],
        "traps": [_html(trap) for trap in row.rubric["traps"]],
        "parts": [_part(name, form) for name in PARTS],
    }


def estimates() -> list[tuple[str, str]]:
    return [(value, say(f"mock.estimate_{value}")) for value in ESTIMATES]


def _html(text: dict[str, Any]) -> SafeString:
    return SafeString(inline(text[language()]).html)


def _part(name: str, form: MarksForm) -> Part:
    return Part(
        name=name,
        title=say(f"mock.{name}"),
        note=say(f"mock.{name}_note"),
        levels=[(level, say(f"mock.level_{level.replace('.', '_')}")) for level in LEVELS],
        chosen=form.parts.get(name, ""),
        error=form.errors.get(name, ""),
    )


@dataclass(frozen=True)
class Told:
    """One answered question of the report; `missing` are the ideas it lacked."""

    marked: queries.Marked
    missing: list[SafeString]
    missing_text: list[str]
    time: str


def told(mock: MockInterview) -> Context:
    """The report."""
    found = queries.report(mock)
    return {
        "mock": mock,
        "topic": Topic.objects.filter(slug=mock.topic).first() if mock.topic else None,
        "report": found,
        "told": [_told(one) for one in found.marked],
        "due": len({one.row.question_id for one in found.misses if _lives(one.row)}),
        "trend": [*found.recent, found.correctness.value] if found.correctness else [],
    }


def _told(one: queries.Marked) -> Told:
    points = [one.row.rubric["key_points"][index] for index in one.missing]
    return Told(
        marked=one,
        missing=[_html(point) for point in points],
        missing_text=[point[language()] for point in points],
        time=clock(one.row.seconds or 0),
    )


def _lives(row: MockQuestion) -> bool:
    return row.question.retired_at is None


def clock(seconds: int) -> str:
    """Minutes and seconds, 12:05; with a sign once the time is up."""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'−' if seconds < 0 else ''}{minutes}:{rest:02}"


def of_four(mean: Mean | None) -> str:
    """A mean with its interval, 2.6 [2.1–3.1]; alone where there is none."""
    if mean is None:
        return "–"
    if mean.low is None or mean.high is None:
        return f"{mean.value:.1f}"
    return f"{mean.value:.1f} [{mean.low:.1f}–{mean.high:.1f}]"


def written(mock: MockInterview) -> str:
    """The report as Markdown, in the language of the page."""
    report = queries.report(mock)
    lines = [
        f"# {say('mock.report')}",
        "",
        f"{calendar.long_date(mock.created_at)} · {say('mock.sat', n=mock.minutes)}",
        "",
        f"- {say('mock.self_estimate')}: {report.self_estimate:g}",
        f"- {say('mock.correctness')}: {of_four(report.correctness)}",
        f"- {say('mock.depth')}: {of_four(report.depth)}",
        f"- {say('mock.structure')}: {of_four(report.structure)}",
        "",
    ]
    for one in map(_told, report.marked):
        row, score = one.marked.row, one.marked.score
        scales = say(
            "mock.scales",
            correctness=f"{score.correctness:.1f}",
            depth=f"{score.depth:.1f}",
            structure=f"{score.structure:.1f}",
        )
        lines += [f"## {row.position}. {row.question.title}", "", f"{scales} · {one.time}", ""]
        lines += [f"- {say('mock.lacked')}: {text}" for text in one.missing_text]
        lines += [""] * bool(one.missing_text)
        lines += [*(f"> {line}".rstrip() for line in row.answer.splitlines()), ""] * bool(
            row.answer
        )
    return "\n".join(lines)
