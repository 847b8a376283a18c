"""What a person may see of their own account."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from quizbank.models import ApiToken, ParameterSet, ReviewEvent, StudyProfile, User
from quizbank.models.history import day_of, read_profile
from quizbank.queries.logs import read_columns


def profile_of(user: User | None) -> StudyProfile:
    """How the person studies; the defaults, unsaved, if they never chose."""
    return read_profile(user)


def day_today(user: User | None, now: datetime) -> date:
    """The person's study day now."""
    return day_of(read_profile(user), now)


def last_fit(user: User) -> ParameterSet | None:
    """The person's latest fit of memory parameters, accepted or not."""
    fits = ParameterSet.objects.filter(user=user, fitted_through__isnull=False)
    return fits.order_by("-fitted_through").first()


def later_day_reviews(user: User) -> int:
    """How many of the person's reviews came on a later day than one before: what a fit counts."""
    reviews = read_columns([user.pk]).reviews
    kept = reviews.current[reviews.log.chain]
    return int((reviews.log.elapsed[kept] >= 1).sum())


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The person's keys that still open something, the oldest first."""
    return ApiToken.objects.filter(user=user, revoked_at=None).order_by("created_at", "pk")


def events_of(user: User) -> QuerySet[ReviewEvent]:
    """All that happened to the person's cards, by themselves or an import, latest first; each
    event with its card and question."""
    log = ReviewEvent.objects.filter(user=user, card__isnull=False)
    return log.select_related("card__question", "undoes").order_by("-id")
