"""Notes that people bring along: their files, kept byte for byte, and the passages in them.

A document without an owner was put there by whoever runs the installation and is shown to
everyone. Removing one hides it; its bytes are dropped thirty days later, its reviews never.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe


class ImportedDocument(models.Model):
    """One file as it was given. `known` is the outline that its text agrees with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="imported_documents",
    )
    known = models.ForeignKey(
        "quizbank.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="imported",
    )
    title = models.CharField(max_length=300)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20)
    dialect = models.CharField(max_length=20)
    original = models.BinaryField()
    formulas = models.PositiveIntegerField()
    images = models.PositiveIntegerField()
    remarks = models.JSONField(default=list, blank=True)  # [line, code, detail]
    imported_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("imported_at", "file_name")
        constraints = (
            models.UniqueConstraint(fields=("owner", "sha256"), name="one_import_per_owner"),
            models.UniqueConstraint(
                fields=("sha256",), condition=Q(owner=None), name="one_import_for_everyone"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A slice of a document. Joined in order, the slices are the file.

    `question` is the one chosen when it was imported or by hand. A passage of a known document
    belongs to the question that holds its `unit`, whenever that question came to the bank.
    """

    class Kind(models.TextChoices):
        HEADING = "heading"
        ITEM = "item"
        RECORD = "record"
        TEXT = "text"

    class MatchedBy(models.TextChoices):
        UNIT = "unit"
        HEADING = "heading"
        ALIAS = "alias"
        CONCEPT = "concept"
        HAND = "hand"
        OWN = "own"  # a question of its own was made of it
        NOTHING = ""

    document = models.ForeignKey(
        ImportedDocument, on_delete=models.CASCADE, related_name="passages"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()  # bytes
    end = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    line_end = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    heading = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    question = models.ForeignKey(
        "quizbank.Question",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="passages",
    )
    matched_by = models.CharField(
        max_length=8, choices=MatchedBy.choices, blank=True, default=MatchedBy.NOTHING
    )
    score = models.FloatField(default=0)
    html = models.TextField(blank=True)  # sanitised before it is stored

    class Meta:
        ordering = ("document", "position")
        constraints = (
            models.UniqueConstraint(fields=("document", "position"), name="passage_position"),
        )
        indexes = (models.Index(fields=("unit",)),)

    def __str__(self) -> str:
        return self.heading or f"line {self.line}"

    @property
    def markup(self) -> SafeString:
        return mark_safe(self.html)  # noqa: S308 - sanitised before it was stored


class PendingUpload(models.Model):
    """A file that waits to be confirmed by the person who sent it, for an hour at the most."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pending_uploads"
    )
    file_name = models.CharField(max_length=120)
    original = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file_name
