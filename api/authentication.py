"""Who asks: a browser's session, or a personal key. And what a key may do."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from api.errors import Problem
from demos.kit.declare import Text
from quizbank.models import ApiToken, User
from quizbank.services.people import token_user

SAFE = ("GET", "HEAD", "OPTIONS")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer pd_…`. A key that opens nothing is refused, also where no key is
    needed: who sends one wants to know."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = token_user(key.strip(), timezone.now())
        if found is None:
            raise AuthenticationFailed
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Scoped(BasePermission):
    """Lets through who is known, and whose key has the view's scope for the method.

    `view.scopes` maps methods to scopes, with None for what sessions alone may do; a method
    that is not in it is open to everybody.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        scopes: dict[str, str | None] = getattr(view, "scopes", {})
        method = {"HEAD": "GET"}.get(request.method or "", request.method or "")
        if method not in scopes:
            return True
        if not request.user.is_authenticated:
            raise NotAuthenticated
        scope = scopes[method]
        if isinstance(request.auth, ApiToken) and scope not in request.auth.scopes:
            raise Problem(403, _lacking(scope))
        return True


def _lacking(scope: str | None) -> Text:
    if scope is None:
        return Text(
            "密钥只能在浏览器登录后管理。", "Keys are managed from a signed-in browser only."
        )
    return Text(f"这个密钥没有 {scope} 权限。", f"This key lacks the scope “{scope}”.")


def reader_of(request: Request) -> User | None:
    """The user whose own things may be read, at an address open to everybody."""
    key = request.auth
    if isinstance(key, ApiToken) and "read" not in key.scopes:
        return None
    return request.user if request.user.is_authenticated else None


def person_of(request: Request) -> Any:
    """The user who asks. For views whose scopes let nobody else in."""
    return request.user
