"""Who is there: nobody yet, a guest, or somebody with a name."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import login
from django.http import HttpRequest

from quizbank.models import User
from quizbank.services.people import start_guest
from quizbank.wording import TAGS, language

BACKEND = "django.contrib.auth.backends.ModelBackend"


def learner(request: HttpRequest, now: datetime, zone: str = "") -> User:
    """The person who asks; a visitor becomes a guest at the first thing worth keeping."""
    if isinstance(request.user, User):
        return request.user
    guest = start_guest(now=now, zone=zone or "UTC", language=TAGS[language()])
    login(request, guest, backend=BACKEND)
    return guest
