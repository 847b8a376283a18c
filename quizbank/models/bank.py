"""The question bank as pages and API read it.

Every row here is written by `manage.py sync_bank` from the files under `quizbank/bank/` and by
nothing else. Texts stand once per language (`title_zh`, `title_en`); the attribute without a
suffix (`question.title`) gives the one of the language that is active. Fields named `…_html`
hold sanitised markup, made once at sync time, so no page renders Markdown.

Demos and claims are named by slug, not by foreign key: the bank is checked against the
experiments when it is synchronised, and a question must survive a demo that was renamed.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from quizbank.models.documents import CatalogueRow
from quizbank.models.localised import Localised

# The topic of what people made of their own notes; it is listed nowhere.
OWN_TOPIC = "own-notes"


class Topic(models.Model):
    slug = models.SlugField(unique=True)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()

    title = Localised("title")

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.slug


class BankQuestions(models.Manager["Question"]):
    """The questions of the bank, and no one's own."""

    def get_queryset(self) -> models.QuerySet[Question]:
        return super().get_queryset().filter(owner=None)


class EveryQuestion(models.Manager["Question"]):
    """Also what people made of their notes; ask it for what one of them may see."""

    def visible_to(self, visitor: Any) -> models.QuerySet[Question]:
        """The bank's questions and the visitor's own; a visitor may be None or anonymous."""
        own = Q(owner=visitor.pk) if visitor is not None and visitor.pk else Q()
        return self.filter(Q(owner=None) | own) if own else self.filter(owner=None)


class Question(models.Model):
    """`objects` holds the bank alone: a question with an owner is in no list but theirs."""

    class Level(models.TextChoices):
        SCREEN = "screen"
        CORE = "core"
        DEEP = "deep"

    path = models.CharField(max_length=160, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="own_questions",
    )
    slug = models.SlugField(max_length=120)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="questions")
    level = models.CharField(max_length=8, choices=Level.choices)
    position = models.PositiveIntegerField(default=0)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    prompt_zh = models.TextField()
    prompt_en = models.TextField()
    prompt_html_zh = models.TextField()
    prompt_html_en = models.TextField()
    short_zh = models.TextField()
    short_en = models.TextField()
    short_html_zh = models.TextField()
    short_html_en = models.TextField()
    full_zh = models.TextField()
    full_en = models.TextField()
    full_html_zh = models.TextField()
    full_html_en = models.TextField()
    tags = models.JSONField(default=list, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    references = models.JSONField(default=list, blank=True)
    follow_ups = models.ManyToManyField(
        "self", through="FollowUp", symmetrical=False, related_name="asked_after"
    )
    search_text = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    title = Localised("title")
    prompt_html = Localised("prompt_html", safe=True)
    short_html = Localised("short_html", safe=True)
    full_html = Localised("full_html", safe=True)

    objects = BankQuestions()
    everyone = EveryQuestion()

    class Meta:
        ordering = ("position", "path")
        indexes = (
            models.Index(fields=("topic", "position")),
            # Texts make the rows long: whether one is live is not read from them.
            models.Index(fields=("owner", "retired_at", "position", "path"), name="question_live"),
            models.Index(
                fields=("owner", "retired_at"),
                name="question_retired",
                condition=Q(retired_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.path


class FollowUp(models.Model):
    """What an interviewer asks next."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="follow_up_links")
    target = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="asked_after_links")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("question", "position"), name="follow_up_position"),
        )

    def __str__(self) -> str:
        return f"{self.question_id} -> {self.target_id}"


class KeyPoint(models.Model):
    """One idea the answer must (`must`) or may contain; what the learner ticks."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="key_points")
    position = models.PositiveSmallIntegerField()
    must = models.BooleanField()
    text_zh = models.TextField()
    text_en = models.TextField()
    html_zh = models.TextField()
    html_en = models.TextField()

    text = Localised("text")
    html = Localised("html", safe=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("question", "position"), name="key_point_position"),
        )

    def __str__(self) -> str:
        return self.text_en


class Trap(models.Model):
    """A wrong statement people make, why it tempts, what to say, and the claim against it."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="traps")
    position = models.PositiveSmallIntegerField()
    row = models.ForeignKey(CatalogueRow, on_delete=models.PROTECT, related_name="traps")
    demo = models.CharField(max_length=80)
    claim = models.CharField(max_length=80)
    text_zh = models.TextField()
    text_en = models.TextField()
    html_zh = models.TextField()
    html_en = models.TextField()
    why_html_zh = models.TextField()
    why_html_en = models.TextField()
    say_html_zh = models.TextField()
    say_html_en = models.TextField()

    text = Localised("text")
    html = Localised("html", safe=True)
    why_html = Localised("why_html", safe=True)
    say_html = Localised("say_html", safe=True)

    class Meta:
        ordering = ("position",)
        indexes = (models.Index(fields=("demo", "claim")),)
        constraints = (
            models.UniqueConstraint(fields=("question", "position"), name="trap_position"),
        )

    def __str__(self) -> str:
        return self.text_en


class Proof(models.Model):
    """The claim that settles a question, or, with no claim, a demo related to it and why."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="proofs")
    position = models.PositiveSmallIntegerField()
    demo = models.CharField(max_length=80)
    claim = models.CharField(max_length=80, blank=True)
    why_html_zh = models.TextField(blank=True)
    why_html_en = models.TextField(blank=True)

    why_html = Localised("why_html", safe=True)

    class Meta:
        ordering = ("position",)
        indexes = (models.Index(fields=("demo", "claim")),)
        constraints = (
            models.UniqueConstraint(fields=("question", "position"), name="proof_position"),
        )

    def __str__(self) -> str:
        return f"{self.demo}/{self.claim}" if self.claim else self.demo


class QuizItem(models.Model):
    """A choice, a number, or a prediction whose right answer is computed from a run.

    `data` by kind, where T is `{"zh", "en"}` and H the same with sanitised markup:
    choice `{"stem": T, "stem_html": H, "options": [{"text": T, "html": H, "right": bool,
    "why_html": H | null}]}`; numeric `{"stem", "stem_html", "answer", "tolerance" (absolute),
    "unit", "why_html"}`; predict `{"demo": slug, "stem": T | null, "stem_html": H | null}`.
    """

    class Kind(models.TextChoices):
        CHOICE = "choice"
        NUMERIC = "numeric"
        PREDICT = "predict"

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="quiz_items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    data = models.JSONField()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("question", "position"), name="quiz_item_position"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"
