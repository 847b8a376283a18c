"""Where every address leads."""

from __future__ import annotations

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import include, path

from api.errors import under_api
from config.health import healthz
from config.languages import under_language
from quizbank.views import errors


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for /favicon.ico whatever a page says; the real one is an SVG."""
    return HttpResponseRedirect(staticfiles_storage.url("quizbank/favicon.svg"))


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("api/", include("api.urls")),
    *under_language(path("", include("quizbank.urls"))),
]

handler400 = under_api(400, errors.bad_request)
handler403 = "quizbank.views.errors.permission_denied"
handler404 = "quizbank.views.errors.not_found"
handler500 = under_api(500, errors.server_error)
