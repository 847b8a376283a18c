"""The health page: whether this process can serve, for supervisors and for people."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.environment import version
from config.launcher import broker

log = logging.getLogger(__name__)

VERSION = version()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if the database answers, else 503. A broker that is away only delays new runs."""
    database = "ok" if _database_answers() else "away"
    queue = "ok" if broker.answers(settings.REDIS_URL) else "away"
    healthy = database == "ok"
    return JsonResponse(
        {
            "status": "ok" if healthy else "failing",
            "database": database,
            "broker": queue,
            "version": VERSION,
        },
        status=200 if healthy else 503,
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        log.warning("the database does not answer", exc_info=True)
        return False
