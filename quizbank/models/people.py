"""People: who studies, how they like to study, and the keys they hand to programs.

A guest is a real user from the first click. Signing up puts a name and a password on
the same row, so nothing has to be moved and nothing can be lost.
"""

from __future__ import annotations

import uuid
import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizbank.scheduling import LONGEST_INTERVAL, check_parameters


class User(AbstractUser):
    """A learner: a guest until a password is set, the same row ever after."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_guest = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged_guests"
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            # "Alice" must not be able to pass for "alice".
            models.UniqueConstraint(Lower("username"), name="user_name_in_any_case"),
        ]


def _default_learning_steps() -> list[int]:
    return [60, 600]


def _default_relearning_steps() -> list[int]:
    return [600]


def _default_easy_days() -> list[float]:
    return [1.0] * 7


def check_easy_days(days: object) -> None:
    """Seven shares of a normal day's load; at least one day has to be a normal one."""
    if (
        not isinstance(days, list)
        or len(days) != 7
        or not all(
            isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share <= 1
            for share in days
        )
    ):
        raise ValidationError(_("Easy days must be seven numbers between 0 and 1."))
    if max(days) < 1:
        raise ValidationError(_("At least one day must be a normal one."))


def check_zone(name: str) -> None:
    """Refuse a name the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is not a time zone."), params={"zone": name})


def check_steps(steps: object) -> None:
    """At most ten whole seconds, each shorter than a day: a day and more is an interval."""
    if (
        not isinstance(steps, list)
        or len(steps) > 10
        or not all(
            isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 86_400
            for seconds in steps
        )
    ):
        raise ValidationError(_("Steps must be whole seconds between 1 and 86,399."))


class StudyProfile(models.Model):
    """How one person studies. The day turns at `rollover_hour`, local time."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="study_profile",
    )
    zone = models.CharField(max_length=64, default="UTC", validators=[check_zone])
    rollover_hour = models.PositiveSmallIntegerField(default=4, validators=[MaxValueValidator(23)])
    desired_retention = models.FloatField(
        default=0.9, validators=[MinValueValidator(0.70), MaxValueValidator(0.97)]
    )
    new_per_day = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(9_999)]
    )
    maximum_interval = models.PositiveIntegerField(  # days
        default=LONGEST_INTERVAL,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_INTERVAL)],
    )
    learning_steps = models.JSONField(  # seconds
        default=_default_learning_steps, blank=True, validators=[check_steps]
    )
    relearning_steps = models.JSONField(  # seconds
        default=_default_relearning_steps, blank=True, validators=[check_steps]
    )
    fuzz = models.BooleanField(default=True)
    load_balancing = models.BooleanField(default=True)  # within the days that fuzz allows
    easy_days = models.JSONField(  # how full each weekday may get, Monday first, 0 to 1
        default=_default_easy_days, blank=True, validators=[check_easy_days]
    )
    minutes_per_day = models.PositiveSmallIntegerField(  # 0 for as long as it takes
        default=0, validators=[MaxValueValidator(1_440)]
    )
    leech_threshold = models.PositiveSmallIntegerField(  # lapses; 0 for never
        default=8, validators=[MaxValueValidator(99)]
    )
    leech_suspends = models.BooleanField(default=False)
    suggests_grades = models.BooleanField(default=True)
    # What the log says was adopted last, and when; no set means the published defaults.
    parameter_set = models.ForeignKey(
        "quizbank.ParameterSet", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(desired_retention__gte=0.70, desired_retention__lte=0.97),
                name="profile_retention_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(rollover_hour__lte=23), name="profile_rollover_in_range"
            ),
            models.CheckConstraint(
                condition=models.Q(maximum_interval__gte=1, maximum_interval__lte=LONGEST_INTERVAL),
                name="profile_maximum_interval_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"study profile of {self.user_id}"


class ParameterSet(models.Model):
    """Weights of the memory model, fitted for one person or brought along by them.

    A fit says what it was tried on and whether it did better there than the parameters
    before; a refused one is kept too. Rows are never changed.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="parameter_sets"
    )
    algorithm = models.CharField(max_length=20, default="fsrs-6")
    engine = models.CharField(max_length=40)  # name and version of what made them
    values = models.JSONField()  # 21 floats
    created_at = models.DateTimeField(default=timezone.now)
    fitted_through = models.BigIntegerField(null=True, blank=True)  # the last event it saw
    scored = models.PositiveIntegerField(default=0)  # reviews it was fitted on and tried on
    # Log loss on the latest reviews, which the fit did not see.
    loss_before = models.FloatField(null=True, blank=True)
    loss_after = models.FloatField(null=True, blank=True)
    accepted = models.BooleanField(null=True, blank=True)  # None for one that was not fitted
    reason = models.CharField(max_length=40, blank=True, default="")  # a code, worded by pages

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "fitted_through"], name="one_fit_per_last_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} by {self.engine}"

    def clean(self) -> None:
        try:
            check_parameters(self.values)
        except (TypeError, ValueError) as error:
            raise ValidationError({"values": str(error)}) from error


class ApiToken(models.Model):
    """A key for programs. Only its hash is kept; the plain text is shown once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)  # sha256, hexadecimal
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Erasure(models.Model):
    """That a person was erased: the one door in the append-only tables, and its record.

    While `finished_at` is empty the database lets this person's rows be deleted. Only
    `services.people.erase_person` opens and closes it, inside one transaction.
    """

    user_id = models.BigIntegerField(unique=True)  # no foreign key: the row outlives its user
    public_id = models.UUIDField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    events = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.public_id)
