"""What every view of the API does alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.authentication import Scoped, TokenAuthentication
from api.errors import Problem
from api.fields import Given, given
from api.parsing import StrictJSONParser
from api.throttles import Throttle
from demos.kit.declare import Text
from quizbank.queries.changes import last_change

STARTED = timezone.now()
# Two changes within a second have the same Last-Modified.
SETTLED = timedelta(seconds=2)
NO_LENGTH = Text(
    "请用 Content-Length 发送请求体。", "Send the body with its Content-Length, not in chunks."
)
PAGING = ("cursor", "page_size", "format")


class ApiView(APIView):
    """`scopes` maps a method to the scope a key needs for it (see `Scoped`)."""

    authentication_classes = (TokenAuthentication, SessionAuthentication)
    permission_classes = (Scoped,)
    parser_classes: tuple[type[BaseParser], ...] = (StrictJSONParser,)
    throttle_classes = (Throttle,)
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    scopes: dict[str, str | None] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            raise Problem(400, NO_LENGTH)

    def perform_authentication(self, request: Request) -> None:
        """Count first, then refuse: a wrong key is no way around the limit."""
        failed: exceptions.APIException | None = None
        try:
            super().perform_authentication(request)
        except exceptions.APIException as error:
            failed = error
            request.user = AnonymousUser()
        super().check_throttles(request)
        if failed:
            raise failed

    def check_throttles(self, request: Request) -> None:
        """Counted already, when the person was recognised."""

    def query(self, serializer: type[Given]) -> dict[str, Any]:
        """The checked query string. Raises Problem 400 for what is unknown or cannot be."""
        raw = {k: v for k, v in self.request.query_params.items() if k not in PAGING}
        return given(serializer, raw)


class BankView(ApiView):
    """Public, the same for everybody, and changed only by a synchronisation or a run; but for
    an answer that says itself how it may be kept."""

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        if final.status_code == 200 and not final.has_header("Cache-Control"):
            final["Cache-Control"] = "no-cache"
            if changed := _changed():
                final["Last-Modified"] = http_date(changed.timestamp())
        return final


def _changed() -> datetime | None:
    """The bank's last change; the catalogue's rows bear no date, but change with a release."""
    changed = last_change()
    if changed is None or timezone.now() - changed < SETTLED:
        return None
    return max(changed, STARTED)


@extend_schema(exclude=True)
class Nowhere(ApiView):
    """Addresses under /api/ that lead nowhere, whatever the method."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        super().initial(request, *args, **kwargs)
        raise Http404
