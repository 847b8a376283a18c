"""Study: the append-only log of what a learner did, and the cards it adds up to.

`ReviewEvent` is the truth and is never changed or deleted (the database refuses it).
`Card` is a cache of its fold, which `manage.py replay --check` rebuilds bit for bit.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

ANSWER_LENGTH = 4_000


class Form(models.TextChoices):
    """How a question is asked."""

    RECALL = "recall"


class State(models.IntegerChoices):
    """Where a card stands; 1 to 3 as FSRS numbers them."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class EventKind(models.TextChoices):
    """Those with a day mean the one `interval_chosen` days after their study day."""

    REVIEW = "review"
    CRAM = "cram"  # graded, and the schedule left alone
    UNDO = "undo"
    ADOPT_PARAMETERS = "adopt_parameters"
    PLAN = "plan"  # shown by that day, or sooner if it is due sooner
    SET_DUE = "set_due"  # due on that day, as the person asked
    RESCHEDULE = "reschedule"  # due on that day, as the system proposed
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    BURY = "bury"  # not shown before that day
    RESET = "reset"


class Origin(models.TextChoices):
    """Where an event was recorded first."""

    HERE = ""
    ANKI = "anki"
    CSV = "csv"
    JSON = "json"


class Confidence(models.TextChoices):
    """How sure of the answer the learner was before seeing it."""

    LOW = "low"
    MID = "mid"
    HIGH = "high"


class StudyPolicy(models.Model):
    """The settings a review was scheduled under. Rows are shared and never changed."""

    digest = models.CharField(max_length=64, unique=True)  # sha256 of the values
    values = models.JSONField()

    def __str__(self) -> str:
        return self.digest


class Card(models.Model):
    """A learner's card for a question in one form. All but the key is a cache."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cards"
    )
    question = models.ForeignKey(
        "quizbank.Question", on_delete=models.PROTECT, related_name="cards"
    )
    form = models.CharField(max_length=20, choices=Form.choices, default=Form.RECALL)
    seed = models.BigIntegerField(editable=False)  # of its fuzz, the same for every learner
    created_at = models.DateTimeField()

    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.NEW)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    stability = models.FloatField(null=True, blank=True)  # days
    difficulty = models.FloatField(null=True, blank=True)  # 1 to 10
    due = models.DateTimeField(null=True, blank=True)
    due_day = models.DateField(null=True, blank=True)
    first_day = models.DateField(null=True, blank=True)  # study day of the first review
    last_day = models.DateField(null=True, blank=True)  # study day of the last review
    last_review = models.DateTimeField(null=True, blank=True)
    interval = models.PositiveIntegerField(default=0)  # days; 0 while in steps
    reps = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0)
    leech = models.BooleanField(default=False)
    suspended = models.BooleanField(default=False)
    buried_until = models.DateField(null=True, blank=True)  # shown again from that study day
    touched = models.DateTimeField(null=True, blank=True)  # the latest event that counts
    last_event = models.ForeignKey(
        "quizbank.ReviewEvent", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question", "form"], name="one_card_per_question_and_form"
            ),
        ]
        indexes = [
            models.Index(  # with the key, so that nothing has to be sorted
                fields=["user", "due", "id"], name="card_user_due", condition=Q(suspended=False)
            ),
            # These two hold all that is asked by them, so that no row is looked up; what their
            # condition names has to be among it.
            models.Index(
                fields=[
                    *("user", "due_day", "state", "question", "buried_until"),
                    *("stability", "last_day", "id", "suspended"),
                ],
                name="card_user_due_day",
                condition=Q(suspended=False),
            ),
            models.Index(
                fields=[
                    *("user", "due", "id", "state", "question", "buried_until"),
                    *("stability", "last_day", "suspended"),
                ],
                name="card_in_steps",
                condition=Q(state__in=[State.LEARNING, State.RELEARNING], suspended=False),
            ),
            models.Index(fields=["user", "first_day"], name="card_user_first_day"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ReviewEvent(models.Model):
    """One thing a learner did. Inserted once; UPDATE and DELETE are refused by triggers.

    `study_day` is frozen here because zones and their rules change; the days elapsed
    since the review before are derived in the fold, since a late event from another
    device changes them. The total order is (reviewed_at, received_at, id).
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_events"
    )
    card = models.ForeignKey(  # empty for events that concern the person as a whole
        Card, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    client_uuid = models.UUIDField()
    payload_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    reviewed_at = models.DateTimeField()  # clamped to what is possible
    client_time = models.DateTimeField(null=True, blank=True)  # as the client said it
    received_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField(default=0)
    zone = models.CharField(max_length=64)
    study_day = models.DateField()
    policy = models.ForeignKey(
        StudyPolicy, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    parameter_set = models.ForeignKey(
        "quizbank.ParameterSet", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The database alone guards it: an undo and its target may only go together.
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.DO_NOTHING, related_name="undone_by"
    )

    fuzz_seed = models.BigIntegerField(null=True, blank=True)
    interval_raw = models.PositiveIntegerField(null=True, blank=True)  # days, before fuzz
    interval_chosen = models.PositiveIntegerField(null=True, blank=True)  # days; 0 in steps

    suggestion = models.PositiveSmallIntegerField(null=True, blank=True)
    ticks = models.JSONField(default=list, blank=True)
    answer = models.TextField(blank=True, default="", max_length=ANSWER_LENGTH)
    confidence = models.CharField(max_length=4, choices=Confidence.choices, blank=True, default="")
    hint_used = models.BooleanField(default=False)
    origin = models.CharField(max_length=8, choices=Origin.choices, blank=True, default="")
    prediction = models.JSONField(null=True, blank=True)

    # The card after this event, as it was answered to the client.
    after_state = models.PositiveSmallIntegerField(null=True, blank=True)
    after_step = models.PositiveSmallIntegerField(null=True, blank=True)
    after_stability = models.FloatField(null=True, blank=True)
    after_difficulty = models.FloatField(null=True, blank=True)
    after_due = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client_uuid"], name="one_event_per_client_uuid"
            ),
            models.CheckConstraint(
                name="event_is_complete",
                condition=(
                    Q(
                        kind="review",
                        card__isnull=False,
                        policy__isnull=False,
                        # An unknown comparison would satisfy a check constraint.
                        rating__isnull=False,
                        rating__gte=1,
                        rating__lte=4,
                        undoes__isnull=True,
                    )
                    | Q(kind="undo", undoes__isnull=False, rating__isnull=True)
                    | Q(
                        kind="adopt_parameters",
                        card__isnull=True,
                        undoes__isnull=True,
                        rating__isnull=True,
                    )
                    | Q(
                        kind="cram",
                        card__isnull=False,
                        rating__isnull=False,
                        rating__gte=1,
                        rating__lte=4,
                        undoes__isnull=True,
                    )
                    | Q(
                        kind__in=["suspend", "unsuspend", "reset"],
                        card__isnull=False,
                        undoes__isnull=True,
                        rating__isnull=True,
                    )
                    | Q(
                        kind__in=["plan", "set_due", "reschedule", "bury"],
                        card__isnull=False,
                        policy__isnull=False,
                        interval_chosen__isnull=False,
                        undoes__isnull=True,
                        rating__isnull=True,
                    )
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["card", "reviewed_at"], name="event_card_reviewed"),
            models.Index(fields=["user", "kind", "study_day"], name="event_user_kind_day"),
            models.Index(fields=["user", "-reviewed_at"], name="event_user_reviewed"),
            models.Index(fields=["user"], name="event_user_level", condition=Q(card=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.client_uuid}"
