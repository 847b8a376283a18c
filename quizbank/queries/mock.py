"""What pages and API ask of mock interviews. One is read by its owner alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from quizbank import rubric
from quizbank.models import MockInterview, MockQuestion, User
from quizbank.rubric import Marks, Mean, Rubric, Score

Visitor = User | AnonymousUser | None
RECENT = 5  # interviews before this one


@dataclass(frozen=True)
class Marked:
    """An answer with its scores, and the points it lacked, by their index."""

    row: MockQuestion
    score: Score
    missing: list[int]


@dataclass(frozen=True)
class Report:
    """An interview in numbers, each scale from 0 to 4.

    `calibration` is the self-estimate less the correctness that was found: above 0 is too
    sure. `recent` is the mean correctness of the interviews before, oldest first.
    """

    answered: int
    open: int
    correctness: Mean | None
    depth: Mean | None
    structure: Mean | None
    self_estimate: float | None
    recent: list[float]
    marked: list[Marked]

    @property
    def calibration(self) -> float | None:
        if self.self_estimate is None or self.correctness is None:
            return None
        return self.self_estimate - self.correctness.value

    @property
    def misses(self) -> list[Marked]:
        return [one for one in self.marked if one.score.missed]


def get_mock_for(user: Visitor, mock_id: UUID) -> MockInterview:
    """The person's interview. Raises MockInterview.DoesNotExist, also for someone else's."""
    if not isinstance(user, User):
        raise MockInterview.DoesNotExist
    return MockInterview.objects.select_related("owner").get(pk=mock_id, owner=user)


def mocks_of(user: User) -> QuerySet[MockInterview]:
    """The person's interviews, latest first."""
    return MockInterview.objects.filter(owner=user).order_by("-created_at", "-pk")


def unfinished_of(user: User, limit: int) -> list[MockInterview]:
    """The latest interviews that can be gone on with: those that ended without an answer cannot."""
    answered = MockQuestion.objects.filter(mock=OuterRef("pk"), answered_at__isnull=False)
    going = mocks_of(user).filter(Q(ended_at=None) | Exists(answered), finished_at=None)
    return list(going[:limit])


def finished_of(user: User, limit: int) -> list[tuple[MockInterview, float | None]]:
    """The latest interviews that were marked to the end, each with its mean correctness."""
    ended = mocks_of(user).filter(finished_at__isnull=False).prefetch_related("asked")
    return [
        (mock, _correctness(row for row in mock.asked.all() if row.marks is not None))
        for mock in ended[:limit]
    ]


def asked_in(mock: MockInterview) -> list[MockQuestion]:
    """Its questions in order, each with its question and what it follows from."""
    return list(mock.asked.select_related("question__topic", "follows"))


def seconds_left(mock: MockInterview, now: datetime) -> int:
    """Until the time is up, below 0 after it. The clock stands still in a pause."""
    until = mock.paused_at or mock.ended_at or now
    gone = (until - mock.created_at).total_seconds() - mock.paused_seconds
    return round(mock.minutes * 60 - gone)


def rubric_from(row: MockQuestion) -> Rubric:
    points = row.rubric["key_points"]
    musts = frozenset(index for index, point in enumerate(points) if point["must"])
    return Rubric(musts, frozenset(range(len(points))) - musts)


def marks_of(row: MockQuestion) -> Marks:
    """Raises ValueError for an answer that was not marked."""
    if row.marks is None:
        raise ValueError(f"question {row.position} is not marked")
    return Marks(**{**row.marks, "points": frozenset(row.marks["points"])})


def report(mock: MockInterview) -> Report:
    """What the marks given so far add up to."""
    rows = asked_in(mock)
    marked = [_marked(row) for row in rows if row.marks is not None]
    scores = [one.score for one in marked]
    return Report(
        answered=sum(row.answered_at is not None for row in rows),
        open=sum(row.answered_at is None for row in rows),
        correctness=rubric.mean([score.correctness for score in scores]),
        depth=rubric.mean([score.depth for score in scores]),
        structure=rubric.mean([score.structure for score in scores]),
        self_estimate=mock.self_estimate,
        recent=_recent(mock),
        marked=marked,
    )


def _marked(row: MockQuestion) -> Marked:
    points, marks = rubric_from(row), marks_of(row)
    missing = sorted(points.musts - marks.points)
    return Marked(row, rubric.score(points, marks), missing)


def _recent(mock: MockInterview) -> list[float]:
    earlier = MockInterview.objects.filter(
        owner=mock.owner_id, finished_at__isnull=False, created_at__lt=mock.created_at
    ).order_by("-created_at")[:RECENT]
    means = [_correctness(one.asked.exclude(marks__isnull=True)) for one in earlier]
    return [value for value in reversed(means) if value is not None]


def _correctness(rows: Iterable[MockQuestion]) -> float | None:
    found = rubric.mean([_marked(row).score.correctness for row in rows])
    return found.value if found else None
