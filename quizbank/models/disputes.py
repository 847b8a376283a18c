"""Points on which the notes disagree; like the rest of the bank, written by sync_bank."""

from __future__ import annotations

from django.db import models

from quizbank.models.bank import Topic
from quizbank.models.localised import Localised


class Dispute(models.Model):
    """`verdict` says what holds; `decided_by` names the claims ("demo/claim") that measure it."""

    slug = models.SlugField(max_length=80, unique=True)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="disputes")
    position = models.PositiveIntegerField()
    title_zh = models.TextField()
    title_en = models.TextField()
    title_html_zh = models.TextField()
    title_html_en = models.TextField()
    verdict_zh = models.TextField()
    verdict_en = models.TextField()
    verdict_html_zh = models.TextField()
    verdict_html_en = models.TextField()
    rows = models.JSONField(default=list)
    decided_by = models.JSONField(default=list, blank=True)

    title_html = Localised("title_html", safe=True)
    verdict_html = Localised("verdict_html", safe=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.slug


class DisputeSide(models.Model):
    """One of the statements that contradict each other, where it stands, and what measured it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="sides")
    position = models.PositiveSmallIntegerField()
    text_zh = models.TextField()
    text_en = models.TextField()
    html_zh = models.TextField()
    html_en = models.TextField()
    lines = models.JSONField(default=list)
    units = models.JSONField(default=list, blank=True)
    confirmed_by = models.CharField(max_length=161, blank=True)
    refuted_by = models.CharField(max_length=161, blank=True)

    html = Localised("html", safe=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("dispute", "position"), name="dispute_side_position"),
        )

    def __str__(self) -> str:
        return self.text_en
