"""People come, stay and go: guests, accounts, and the one way to erase somebody."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from demos.kit.declare import Text
from quizbank.models import Card, Erasure, ParameterSet, ReviewEvent, StudyProfile, User
from quizbank.services.errors import PeopleError as PeopleError
from quizbank.services.merging import merge_guest as merge_guest
from quizbank.services.tokens import SCOPES as SCOPES
from quizbank.services.tokens import issue_token as issue_token
from quizbank.services.tokens import revoke_token as revoke_token
from quizbank.services.tokens import token_user as token_user

LONGEST_PASSWORD = 128
TAKEN = Text("这个用户名已被使用。", "This name is taken.")
# By the code of Django's validators, in words for both languages.
PASSWORD_FAULTS = {
    "password_too_similar": Text(
        "密码与用户名或邮箱太相似。", "The password is too similar to the name or e-mail address."
    ),
    "password_too_short": Text(
        "密码太短：至少 8 个字符。", "The password is too short: use at least 8 characters."
    ),
    "password_too_common": Text("这个密码太常见。", "This password is too common."),
    "password_entirely_numeric": Text(
        "密码不能全是数字。", "The password must not be digits only."
    ),
}


@transaction.atomic
def start_guest(*, now: datetime, zone: str = "UTC", language: str = "") -> User:
    """A learner without a password. An unknown time zone is taken as UTC."""
    public_id = uuid.uuid4()
    guest = User(
        public_id=public_id,
        username=f"guest-{public_id.hex}",
        is_guest=True,
        language=language,
        date_joined=now,
    )
    guest.set_unusable_password()
    guest.save()
    known = zone in zoneinfo.available_timezones()
    StudyProfile.objects.create(user=guest, zone=zone if known else "UTC")
    return guest


def sign_up(*, guest: User, username: str, password: str, email: str = "", now: datetime) -> User:
    """Put a name and a password on the guest's own row. The caller rotates the session key.

    Raises PeopleError with a message per field.
    """
    username = User.normalize_username(username.strip())
    errors = _name_faults(username) | _email_faults(email)
    errors |= _password_faults(password, User(username=username, email=email))
    if not guest.is_guest or not guest.is_active:
        errors["username"] = Text("你已经有账号了。", "You already have an account.")
    if errors:
        raise PeopleError(errors)
    guest.username, guest.email, guest.is_guest = username, email, False
    guest.set_password(password)
    guest.last_login = now
    try:
        with transaction.atomic():
            guest.save(update_fields=["username", "email", "is_guest", "password", "last_login"])
    except IntegrityError as error:  # somebody was quicker
        guest.refresh_from_db()
        raise PeopleError({"username": TAKEN}) from error
    return guest


def _name_faults(username: str) -> dict[str, Text]:
    try:
        User._meta.get_field("username").clean(username, None)
    except ValidationError:
        return {
            "username": Text(
                "用户名为 1 到 150 个字符，可用文字、数字和 @ . + - _。",
                "A name has 1 to 150 characters: letters, digits and @ . + - _.",
            )
        }
    # Names of this form are given to guests.
    if (
        username.lower().startswith("guest-")
        or User.objects.filter(username__iexact=username).exists()
    ):
        return {"username": TAKEN}
    return {}


def _email_faults(email: str) -> dict[str, Text]:
    if not email:
        return {}
    try:
        validate_email(email)
    except ValidationError:
        return {"email": Text("这不是有效的邮箱地址。", "This is not an e-mail address.")}
    return {}


def _password_faults(password: str, user: User) -> dict[str, Text]:
    if len(password) > LONGEST_PASSWORD:
        text = Text("密码最多 128 个字符。", "A password has at most 128 characters.")
        return {"password": text}
    try:
        validate_password(password, user)
    except ValidationError as error:
        code = error.error_list[0].code or ""
        unknown = Text("这个密码不够安全。", "This password is not safe enough.")
        return {"password": PASSWORD_FAULTS.get(code, unknown)}
    return {}


@transaction.atomic
def erase_person(*, user: User, now: datetime) -> Erasure:
    """Remove a person and all they did, guests merged into them included.

    The one exception to the append-only log: an open `Erasure` lets the database drop
    that person's rows, and stays behind, closed, as the record that it happened.
    """
    people = [*User.objects.filter(merged_into=user), user]
    erasures = [
        Erasure.objects.create(user_id=person.pk, public_id=person.public_id, started_at=now)
        for person in people
    ]
    Card.objects.filter(user__in=people).update(last_event=None)
    for person, erasure in zip(people, erasures, strict=True):
        erasure.events, _ = ReviewEvent.objects.filter(user=person).delete()
    Card.objects.filter(user__in=people).delete()
    StudyProfile.objects.filter(user__in=people).delete()
    ParameterSet.objects.filter(user__in=people).delete()
    for person, erasure in zip(people, erasures, strict=True):
        person.delete()
        erasure.finished_at = now
        erasure.save(update_fields=["events", "finished_at"])
    return erasures[-1]
