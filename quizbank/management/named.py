"""The person a command names."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db.models import Q

from quizbank.models import User


def person_named(name: str) -> User:
    """By user name or email. Raises CommandError with a remedy."""
    named = Q(username=name) | Q(email__iexact=name)
    people = list(User.objects.filter(named, is_active=True)[:2])
    if len(people) == 1:
        return people[0]
    if people:
        remedy = "Name the account by its user name."
        raise CommandError(f"There is more than one person named {name!r}. {remedy}")
    raise CommandError(f"There is no person named {name!r}. Sign up on the site first.")
