"""Personal keys for programs. The database knows their hashes, nobody knows them twice."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from demos.kit.declare import Text
from quizbank.models import ApiToken, User
from quizbank.services.errors import PeopleError

SCOPES = ("read", "study", "run")
PREFIX = "pd_"
# A key in steady use writes its row once a minute, not once a request.
USE_NOTED_EVERY = timedelta(minutes=1)


def issue_token(*, user: User, name: str, scopes: Iterable[str], now: datetime) -> str:
    """A new key in plain text, which is not kept. Raises PeopleError."""
    scopes = sorted(set(scopes))
    name = name.strip()
    errors: dict[str, Text] = {}
    if not 1 <= len(name) <= 100:
        errors["name"] = Text("名称须为 1 到 100 个字符。", "Give a name of 1 to 100 characters.")
    if not scopes or not set(scopes) <= set(SCOPES):
        errors["scopes"] = Text(
            f"权限须从 {'、'.join(SCOPES)} 中至少选一项。",
            f"Choose at least one scope out of {', '.join(SCOPES)}.",
        )
    if errors:
        raise PeopleError(errors)
    plain = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user, name=name, digest=_digest(plain), scopes=scopes, created_at=now
    )
    return plain


def revoke_token(*, user: User, token_id: int, now: datetime) -> ApiToken:
    """Make a key useless for good. Raises ApiToken.DoesNotExist, also for someone else's."""
    token = ApiToken.objects.get(user=user, id=token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
    return token


def token_user(plain: str, now: datetime) -> tuple[User, ApiToken] | None:
    """Whose key it is, and the key with its scopes; None if it opens nothing."""
    found = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(plain), revoked_at=None, user__is_active=True)
        .first()
    )
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at >= USE_NOTED_EVERY:
        found.last_used_at = now
        found.save(update_fields=["last_used_at"])
    return found.user, found


def _digest(plain: str) -> str:
    # A key is 256 random bits: there is nothing to guess that a slow hash would protect.
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
