"""Quizzes: a handful of items answered in one go, each with how sure the person was.

An item is copied into its answer when the quiz begins: a synchronisation may reword or drop
items, and what was asked and marked must still be there to read.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from quizbank.models.bank import QuizItem

CONFIDENCES = ("low", "mid", "high")


class QuizSession(models.Model):
    """One quiz of one person. It has no language: its items are kept in both."""

    class Source(models.TextChoices):
        MIXED = "mixed"
        TOPIC = "topic"
        LIST = "list"
        WEAKNESS = "weakness"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quizzes"
    )
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.MIXED)
    topic = models.SlugField(blank=True, default="")  # of a quiz on one topic
    seed = models.BigIntegerField()  # decides the choice and the order of items and options
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="quiz_of_owner")]

    def __str__(self) -> str:
        return str(self.id)


class QuizAnswer(models.Model):
    """One item of a quiz, and from `answered_at` on what was answered.

    `item` is `QuizItem.data` as it was, its options in the order shown; that of a predict
    item also holds the demo's `prediction` and `title`. `given` by kind: choice
    `{"option": index}`, numeric `{"text": as typed, "value": number}`, predict
    `{"option": slug}`. `found` is what a run said of a prediction:
    `{"right": slug | null, "median", "low", "high", "failed": bool}`.
    """

    quiz = models.ForeignKey(QuizSession, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()  # from 1
    question = models.ForeignKey(
        "quizbank.Question", on_delete=models.PROTECT, related_name="quiz_answers"
    )
    item_position = models.PositiveSmallIntegerField()  # of the QuizItem at its question
    kind = models.CharField(max_length=8, choices=QuizItem.Kind.choices)
    item = models.JSONField()
    client_uuid = models.UUIDField(null=True, blank=True)
    given = models.JSONField(null=True, blank=True)
    confidence = models.CharField(
        max_length=4, blank=True, default="", choices=[(name, name) for name in CONFIDENCES]
    )
    correct = models.BooleanField(null=True, blank=True)  # empty while a run is awaited
    score = models.SmallIntegerField(null=True, blank=True)  # 1 or 0
    marks = models.SmallIntegerField(null=True, blank=True)  # by certainty
    run = models.ForeignKey(
        "demos.Run", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    found = models.JSONField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    refuted_at = models.DateTimeField(null=True, blank=True)  # the refutation was shown

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "position"], name="quiz_answer_position"),
            models.UniqueConstraint(
                fields=["quiz", "client_uuid"], name="one_quiz_answer_per_client_uuid"
            ),
            models.CheckConstraint(
                name="quiz_answer_is_complete",
                condition=(
                    Q(answered_at__isnull=True, given__isnull=True, client_uuid__isnull=True)
                    | Q(
                        answered_at__isnull=False,
                        given__isnull=False,
                        client_uuid__isnull=False,
                        confidence__in=CONFIDENCES,
                    )
                ),
            ),
            models.CheckConstraint(
                name="quiz_answer_is_marked",
                condition=(
                    Q(correct__isnull=True, score__isnull=True, marks__isnull=True)
                    | Q(correct__isnull=False, score__isnull=False, marks__isnull=False)
                ),
            ),
        ]
        indexes = [models.Index(fields=["question", "answered_at"], name="quiz_answer_question")]

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.position}"

    @property
    def state(self) -> str:
        """ "open", "waiting" (for its run), "right", "wrong", or "void": no run could tell."""
        if self.answered_at is None:
            return "open"
        if self.correct is None:
            return "waiting" if self.found is None else "void"
        return "right" if self.correct else "wrong"
