"""Which questions a mock interview asks: chains of a question and what follows from it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from quizbank.models import FollowUp, Question

DEEPEST = 3  # questions in a chain


@dataclass(frozen=True)
class Asked:
    """A question, the position it follows from, and how deep in its chain it stands."""

    question: Question
    follows: int | None
    depth: int


def choose(openers: Sequence[Question], n: int, seed: int) -> list[Asked]:
    """n questions in chains at most three deep, or fewer where the bank ends.

    `openers` open the chains in their order, the first first. A follow-up is asked only
    once in an interview. The same seed chooses the same.
    """
    draw = random.Random(seed)  # noqa: S311 (which questions are asked is no secret)
    targets = _follow_ups()
    asked: list[Asked] = []
    seen: set[int] = set()
    for opener in openers:
        if len(asked) >= n:
            break
        if opener.pk in seen:
            continue
        for depth, question in enumerate(_chain(opener, targets, seen, draw)):
            if len(asked) < n:
                asked.append(Asked(question, len(asked) if depth else None, depth))
    return asked


def _chain(
    opener: Question,
    targets: dict[int, list[Question]],
    seen: set[int],
    draw: random.Random,
) -> Iterator[Question]:
    question: Question | None = opener
    for _ in range(DEEPEST):
        if question is None:
            return
        seen.add(question.pk)
        yield question
        open_ones = [target for target in targets[question.pk] if target.pk not in seen]
        question = draw.choice(open_ones) if open_ones else None


def _follow_ups() -> dict[int, list[Question]]:
    found: dict[int, list[Question]] = defaultdict(list)
    links = FollowUp.objects.filter(target__retired_at=None).select_related("target")
    for link in links.order_by("question_id", "position"):
        found[link.question_id].append(link.target)
    return found


def openers(
    *, topic: str, paths: Collection[str], first: Sequence[str], seed: int
) -> list[Question]:
    """Questions that may open a chain: shuffled, those named in `first` before the rest."""
    found = Question.objects.filter(retired_at=None).order_by("path")
    if topic:
        found = found.filter(topic__slug=topic)
    if paths:
        found = found.filter(path__in=paths)
    questions = list(found)
    random.Random(seed).shuffle(questions)  # noqa: S311
    rank = {path: place for place, path in enumerate(first)}
    return sorted(questions, key=lambda question: rank.get(question.path, len(rank)))


def rubric_of(question: Question) -> dict[str, Any]:
    """What the answer will be marked by, as it stands now."""
    points = question.key_points.order_by("position")
    traps = question.traps.order_by("position")
    return {
        "key_points": [
            {"must": point.must, "zh": point.text_zh, "en": point.text_en} for point in points
        ],
        "traps": [{"zh": trap.text_zh, "en": trap.text_en} for trap in traps],
    }
