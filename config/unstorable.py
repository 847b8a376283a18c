"""What no database can store, such as a NUL in an address, is a mistake of whoever sent it.

PostgreSQL's driver raises on it wherever it stands in a statement; SQLite finds nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from quizbank.views.errors import bad_request

log = logging.getLogger(__name__)


class UnstorableMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DataError):
            return None
        log.warning("a value that cannot be stored at %s", request.path, exc_info=exception)
        return bad_request(request)
