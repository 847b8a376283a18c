"""Known documents and what was found in them; like the rest of the bank, written by sync_bank."""

from __future__ import annotations

from django.db import models

from quizbank.models.localised import Localised


class CatalogueRow(models.Model):
    """One statement the notes make or ought to make, and how it was judged.

    `lines` say where it stands ("d0:26-27"). A row is decided by a claim that names it in its
    `decides`, or, where no experiment can, argued in `argued_zh` and `argued_en`.
    """

    class Judgement(models.TextChoices):
        RIGHT = "right"
        IMPRECISE = "imprecise"
        WRONG = "wrong"
        UNSUPPORTED = "unsupported"
        EXPECTED = "expected"

    code = models.CharField(max_length=16, unique=True)
    position = models.PositiveIntegerField()
    judgement = models.CharField(max_length=12, choices=Judgement.choices)
    statement_zh = models.TextField()
    statement_en = models.TextField()
    statement_html_zh = models.TextField()
    statement_html_en = models.TextField()
    truth_zh = models.TextField(blank=True)
    truth_en = models.TextField(blank=True)
    truth_html_zh = models.TextField(blank=True)
    truth_html_en = models.TextField(blank=True)
    argued_zh = models.TextField(blank=True)
    argued_en = models.TextField(blank=True)
    argued_html_zh = models.TextField(blank=True)
    argued_html_en = models.TextField(blank=True)
    units = models.JSONField(default=list, blank=True)
    lines = models.JSONField(default=list, blank=True)
    references = models.JSONField(default=list, blank=True)

    statement_html = Localised("statement_html", safe=True)
    truth_html = Localised("truth_html", safe=True)
    argued_html = Localised("argued_html", safe=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.code


class Document(models.Model):
    """A document whose outline is known, recognised by the hash of its bytes. Holds no text."""

    slug = models.SlugField(unique=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    encoding = models.CharField(max_length=20)

    title = Localised("title")

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug


class Unit(models.Model):
    """One heading or item of a document, the lines it spans and the question it belongs to."""

    class Kind(models.TextChoices):
        QUESTION = "question"
        SECTION = "section"

    slug = models.CharField(max_length=16, unique=True)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="units")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    question = models.ForeignKey(
        "quizbank.Question", on_delete=models.SET_NULL, null=True, blank=True, related_name="units"
    )
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=300)
    line = models.PositiveIntegerField()
    line_end = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    empty = models.BooleanField()

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.slug
