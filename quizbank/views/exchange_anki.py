"""The deck as a package for Anki."""

from __future__ import annotations

import io

from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from quizbank.models import Topic, User
from quizbank.queries.export import Wish, file_name, package
from quizbank.wording import LANGUAGES, language


@never_cache
@require_safe
def proofdeck_apkg(request: HttpRequest) -> FileResponse:
    """One's own cards with memory and history; for a visitor the bank, every card new.

    `?language=` is the page's unless it is said, `?topic=` a slug, `?history=no` all as new.
    """
    asked = request.GET
    wish = Wish(
        language=next((one for one in LANGUAGES if one == asked.get("language")), language()),
        topic=asked.get("topic", ""),
        history=asked.get("history") != "no",
    )
    user = request.user if isinstance(request.user, User) else None
    now = timezone.now()
    try:
        content = package(user, wish, now)
    except Topic.DoesNotExist as missing:
        raise Http404 from missing
    answer = FileResponse(io.BytesIO(content), as_attachment=True, filename=file_name(wish, now))
    answer["Content-Type"] = "application/octet-stream"
    answer["X-Robots-Tag"] = "noindex"
    return answer
