"""The interview a person prepares for: its date, and the questions that may come up."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


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
