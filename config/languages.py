"""Language prefixes as people write them: /zh/ and /en/.

Django's own translations are named by script (zh-hans); its URL prefixes follow that
name. Here the prefix is the first part of it alone.
"""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import LocalePrefixPattern, URLPattern, URLResolver, is_valid_path
from django.utils import translation
from django.utils.cache import patch_vary_headers


def prefix_of(language: str) -> str:
    """The URL prefix of a language code: "zh" for "zh-hans"."""
    return language.partition("-")[0]


class ShortPrefix(LocalePrefixPattern):
    @property
    def language_prefix(self) -> str:
        return f"{prefix_of(translation.get_language() or settings.LANGUAGE_CODE)}/"


def under_language(*patterns: URLPattern | URLResolver) -> list[URLResolver]:
    """`patterns` below the prefix of the active language, as `i18n_patterns` does it."""
    return [URLResolver(ShortPrefix(), list(patterns))]


class ShortPrefixMiddleware(LocaleMiddleware):
    """Sends an address without prefix to the reader's language, where that address exists."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        language = translation.get_language() or settings.LANGUAGE_CODE
        urlconf = getattr(request, "urlconf", settings.ROOT_URLCONF)
        prefixed, _ = is_language_prefix_patterns_used(urlconf)
        from_path = translation.get_language_from_path(request.path_info)
        if response.status_code == 404 and prefixed and not from_path:
            wanted = f"/{prefix_of(language)}{request.path_info}"
            if is_valid_path(wanted, urlconf) or is_valid_path(f"{wanted}/", urlconf):
                full = request.get_full_path(force_append_slash=not is_valid_path(wanted, urlconf))
                moved = HttpResponseRedirect(f"/{prefix_of(language)}{full}")
                patch_vary_headers(moved, ("Accept-Language", "Cookie"))
                return moved
        if not (prefixed and from_path):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response
