"""Mock interviews: questions in one sitting, marked by oneself against a rubric afterwards.

The rubric is copied when the interview begins: a synchronisation may reword a question, and
what was asked and marked must still be there to read.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class MockInterview(models.Model):
    """One sitting. It is answered, then estimated, then marked, in that order and never back."""

    class Source(models.TextChoices):
        MIXED = "mixed"
        TOPIC = "topic"
        LIST = "list"
        WEAKNESS = "weakness"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mock_interviews"
    )
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.MIXED)
    topic = models.SlugField(blank=True, default="")
    seed = models.BigIntegerField()  # decides which questions and follow-ups are asked
    minutes = models.PositiveSmallIntegerField()  # extensions included
    created_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(default=0)  # of pauses that have ended
    ended_at = models.DateTimeField(null=True, blank=True)  # nothing more is asked
    self_estimate = models.FloatField(null=True, blank=True)  # 0 to 4, before the rubric
    finished_at = models.DateTimeField(null=True, blank=True)  # every answer is marked

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="mock_of_owner")]
        constraints = [
            models.CheckConstraint(
                name="mock_is_estimated_after_its_end",
                condition=Q(self_estimate=None) | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def state(self) -> str:
        """ "answering", "estimating", "marking" or "finished"."""
        if self.ended_at is None:
            return "answering"
        if self.self_estimate is None:
            return "estimating"
        return "marking" if self.finished_at is None else "finished"


class MockQuestion(models.Model):
    """One question asked, and from `answered_at` on what was said to it.

    `rubric` is `{"key_points": [{"must", "zh", "en"}], "traps": [{"zh", "en"}]}`; `marks` is
    `{"points": [index], "trap", "structure", "trade_off", "example"}`.
    """

    mock = models.ForeignKey(MockInterview, on_delete=models.CASCADE, related_name="asked")
    position = models.PositiveSmallIntegerField()  # from 1
    question = models.ForeignKey("quizbank.Question", on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="followed_by"
    )
    depth = models.PositiveSmallIntegerField()  # 0 for a question that opens a chain
    rubric = models.JSONField()
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)  # to the answer, without pauses
    client_uuid = models.UUIDField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")  # empty if it was spoken
    marks = models.JSONField(null=True, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["mock", "position"], name="mock_question_position"),
            models.UniqueConstraint(
                fields=["mock", "client_uuid"], name="one_mock_answer_per_client_uuid"
            ),
            models.CheckConstraint(
                name="mock_answer_is_complete",
                condition=Q(answered_at=None, client_uuid=None, seconds=None)
                | Q(answered_at__isnull=False, client_uuid__isnull=False, seconds__isnull=False),
            ),
            models.CheckConstraint(
                name="mock_is_marked_after_its_answer",
                condition=Q(marks__isnull=True) | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mock_id} {self.position}"
