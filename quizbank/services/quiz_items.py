"""Which items a quiz asks, and what is kept of each: a copy, its options in a new order."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from demos.models import Demo
from demos.queries import demos
from quizbank.models import QuizItem

Demos = Mapping[str, Demo]


def askable(
    *, topic: str = "", paths: Collection[str] = ()
) -> tuple[list[QuizItem], dict[str, Demo]]:
    """The items of living questions of the bank, without predictions nobody can decide, and
    the demos of the others."""
    items = QuizItem.objects.filter(question__retired_at=None, question__owner=None)
    if topic:
        items = items.filter(question__topic__slug=topic)
    if paths:
        items = items.filter(question__path__in=paths)
    found = list(items.select_related("question").order_by("question__path", "position"))
    slugs = {item.data["demo"] for item in found if item.kind == QuizItem.Kind.PREDICT}
    known = {d.slug: d for d in demos().filter(pk__in=slugs) if d.manifest.get("prediction")}
    return [item for item in found if _can_be_asked(item, known)], known


def _can_be_asked(item: QuizItem, known: Demos) -> bool:
    return item.kind != QuizItem.Kind.PREDICT or item.data["demo"] in known


def choose(
    items: Iterable[QuizItem], n: int, seed: int, weakest: Sequence[str] = ()
) -> list[QuizItem]:
    """At most n items in the order they are asked, by chance but for the seed.

    Questions take turns, so that one gives a second item only when every other has given its
    first; those in `weakest` (paths) come before the others. One experiment is asked once.
    """
    drawn = list(items)
    random.Random(seed).shuffle(drawn)  # noqa: S311 - a choice of items, no secret
    rank = {path: place for place, path in enumerate(weakest)}
    turns: dict[str, int] = {}
    placed: list[tuple[tuple[int, int], QuizItem]] = []
    asked: set[str] = set()
    for item in drawn:
        demo = item.data.get("demo", "")
        if demo in asked:
            continue
        asked |= {demo} - {""}
        path = item.question.path
        turn = turns[path] = turns.get(path, -1) + 1
        placed.append(((turn, rank.get(path, len(rank))), item))
    placed.sort(key=lambda pair: pair[0])
    chosen = [item for _, item in placed[:n]]
    random.Random(seed + 1).shuffle(chosen)  # noqa: S311 - as above
    return chosen


def snapshot(item: QuizItem, known: Demos, seed: int) -> dict[str, Any]:
    """The item as it will be asked and marked, whatever becomes of its source."""
    data = dict(item.data)
    if item.kind == QuizItem.Kind.CHOICE:
        data["options"] = list(data["options"])
        random.Random(seed).shuffle(data["options"])  # noqa: S311 - as above
    elif item.kind == QuizItem.Kind.PREDICT:
        demo = known[data["demo"]]
        data["prediction"] = demo.manifest["prediction"]
        data["title"] = {"zh": demo.title_zh, "en": demo.title_en}
    return data
