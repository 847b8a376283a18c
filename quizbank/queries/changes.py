"""When what pages and API show of the bank last changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Q

from demos.models import Demo
from quizbank.models import Question


def last_change() -> datetime | None:
    """The latest change of a question, a demo or a recorded run, in two queries; None for an
    empty bank."""
    asked = Question.objects.aggregate(changed=Max("updated_at"), gone=Max("retired_at"))
    shown = Demo.objects.aggregate(
        changed=Max("updated_at"),
        proven=Max("runs__finished_at", filter=Q(runs__recorded=True)),
    )
    moments = [moment for moment in (*asked.values(), *shown.values()) if moment]
    return max(moments, default=None)
