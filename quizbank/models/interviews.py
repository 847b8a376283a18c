"""The interview a person prepares for: its date, and the questions that may come up."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from quizbank.models.bank import Question
from quizbank.models.rows import find
from quizbank.scheduling import Aim


class Interview(models.Model):
    """One interview. At most one is open; the others are the past.

    Its list is every question of the chosen topics and levels, and the questions named
    one by one. Nothing chosen means the whole bank.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interviews"
    )
    title = models.CharField(max_length=120, blank=True, default="")
    day = models.DateField()  # in the person's own zone
    topics = models.ManyToManyField("quizbank.Topic", blank=True, related_name="+")
    levels = models.JSONField(default=list, blank=True)  # of screen, core, deep
    questions = models.ManyToManyField("quizbank.Question", blank=True, related_name="+")
    retention = models.FloatField(  # wanted on the day
        default=0.95, validators=[MinValueValidator(0.70), MaxValueValidator(0.97)]
    )
    last_days = models.PositiveSmallIntegerField(default=3)  # for a last look at each card
    planned = models.JSONField(default=list, blank=True)  # UUIDs of the plans made for it
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(closed_at=None), name="one_open_interview"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.day)

    @property
    def aim(self) -> Aim:
        return Aim(self.day, self.last_days, self.retention)

    @property
    def named(self) -> QuerySet[Question]:
        """The questions named one by one, the person's own among them, which the relation hides."""
        rows = Interview.questions.through.objects.filter(interview=self)
        return Question.everyone.filter(pk__in=rows.values("question"))

    def may_ask(self) -> QuerySet[Question]:
        """The questions of its list."""
        live = Question.everyone.visible_to(self.user).filter(retired_at=None)
        by_topic, named = self.topics.exists(), self.named.exists()
        one_by_one = Q(pk__in=self.named.order_by().values("pk"))
        if named and not (by_topic or self.levels):
            return live.filter(one_by_one)
        chosen = Q(owner=None)
        if by_topic:
            chosen &= Q(topic__in=self.topics.values("pk"))
        if self.levels:
            chosen &= Q(level__in=self.levels)
        return live.filter(chosen | one_by_one if named else chosen)


def open_interview(user_id: int | None) -> Interview | None:
    """The interview the person prepares for, also on the day and after it until it is closed."""
    if user_id is None:
        return None
    return find(Interview, user_id=user_id, closed_at=None)


def aim_at(user_id: int | None, question_id: int | None) -> Aim | None:
    """What the question's card is studied towards, if anything."""
    interview = open_interview(user_id)
    if interview is None or question_id is None:
        return None
    if not interview.may_ask().filter(pk=question_id).exists():
        return None
    return interview.aim
