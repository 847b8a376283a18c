"""Every error under /api/ as problem details (RFC 9457), in the language asked for."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.views import set_rollback

from api.words import active, spoken
from demos.kit.declare import Text

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
Errors = Mapping[str, Text]

# By status: the problem's name, its title, and what to say when there is nothing more exact.
KINDS: dict[int, tuple[str, Text, Text]] = {
    400: (
        "bad-request",
        Text("请求有误", "Bad request"),
        Text("请求中有内容无法接受。", "Something in the request cannot be accepted."),
    ),
    401: (
        "not-authenticated",
        Text("需要登录", "Authentication needed"),
        Text(
            "请登录，或在 Authorization 头中给出有效的 Bearer 密钥。",
            "Sign in, or give a valid key as “Authorization: Bearer …”.",
        ),
    ),
    403: (
        "forbidden",
        Text("没有权限", "Not allowed"),
        Text("你的身份不允许这样做。", "You may not do this."),
    ),
    404: (
        "not-found",
        Text("没有找到", "Not found"),
        Text("这个地址没有内容，或者不属于你。", "There is nothing here, or it is not yours."),
    ),
    405: (
        "method-not-allowed",
        Text("不支持这种方法", "Method not allowed"),
        Text(
            "这个地址不支持该方法；支持的方法见 Allow 头。",
            "This address does not know the method; the Allow header names those it knows.",
        ),
    ),
    406: (
        "not-acceptable",
        Text("无法给出所要的格式", "Not acceptable"),
        Text("这个地址以 JSON 回答。", "This address answers in JSON."),
    ),
    409: (
        "conflict",
        Text("与先前的请求冲突", "Conflict"),
        Text("这个编号已用于另一个请求。", "This number already belongs to a different request."),
    ),
    413: (
        "too-large",
        Text("请求体太大", "Too large"),
        Text("请求体超过了上限。", "The body is longer than allowed."),
    ),
    415: (
        "unsupported-media-type",
        Text("不支持这种内容类型", "Unsupported media type"),
        Text(
            "请以 application/json（UTF-8）发送请求体。",
            "Send the body as application/json in UTF-8.",
        ),
    ),
    429: (
        "too-many-requests",
        Text("请求过多", "Too many requests"),
        Text(
            "请按 Retry-After 头等待后再试。", "Wait as the Retry-After header says and try again."
        ),
    ),
    500: (
        "internal",
        Text("服务器出错", "Internal error"),
        Text(
            "服务器出了错，错误已记录。请稍后再试。",
            "The server failed, and the failure was logged. Try again later.",
        ),
    ),
    503: (
        "unavailable",
        Text("暂时不可用", "Temporarily unavailable"),
        Text(
            "服务暂时不可用，请按 Retry-After 头等待后再试。",
            "Not available for the moment: wait as the Retry-After header says and try again.",
        ),
    ),
}
RETRY_SECONDS = 5


class Problem(Exception):
    """A refusal with words of its own."""

    def __init__(
        self,
        status: int,
        detail: Text | None = None,
        *,
        errors: Errors | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail.en if detail else KINDS[status][2].en)
        self.status, self.detail = status, detail
        self.errors, self.retry_after = dict(errors or {}), retry_after

    def json(self, instance: str) -> dict[str, Any]:
        """The members of RFC 9457, `errors` one entry a field."""
        name, title, usual = KINDS[self.status]
        return {
            "type": f"urn:proofdeck:problem:{name}",
            "title": spoken(title),
            "status": self.status,
            "detail": spoken(self.detail or usual),
            "instance": instance,
            "errors": [
                {"field": field, "detail": spoken(text)} for field, text in self.errors.items()
            ],
        }


def refused(errors: Errors) -> Problem:
    """400, naming each field."""
    detail = Text(
        "请求中有字段无法接受，见 errors。", "Some fields cannot be accepted: see errors."
    )
    return Problem(400, detail, errors=errors)


def respond(problem: Problem, request: HttpRequest) -> HttpResponse:
    written = json.dumps(problem.json(request.get_full_path()), ensure_ascii=False)
    response = HttpResponse(written, status=problem.status, content_type=CONTENT_TYPE)
    response["Content-Language"] = "zh-hans" if active() == "zh" else "en"
    response["Cache-Control"] = "no-store"
    if problem.retry_after is not None:
        response["Retry-After"] = str(max(1, problem.retry_after))
    return response


def problem(exception: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """What REST framework calls for whatever a view raises."""
    request: HttpRequest = context["request"]._request
    told = _told(exception)
    set_rollback()
    if told is None:
        log.error("an API view failed at %s", request.path, exc_info=exception)
        got_request_exception.send(sender=None, request=request)
        told = Problem(500)
    response = respond(told, request)
    if header := getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def under_api(status: int, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An error handler of the site: problem details under /api/, else the page.

    For what goes wrong before a view is found or after it answered.
    """

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return page(request, *args, **kwargs)
        error = sys.exc_info()[1]
        told = _told(error) if isinstance(error, Exception) else None
        return respond(told or Problem(status), request)

    return handler


def _told(exception: Exception) -> Problem | None:
    match exception:
        case Problem():
            return exception
        case Http404() | exceptions.NotFound():
            return Problem(404)
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem(403, _csrf(exception))
        case exceptions.Throttled():
            return Problem(429, retry_after=round(getattr(exception, "wait", None) or 1))
        case OperationalError() | InterfaceError():
            # A lock that was not to be had, or a database that restarts.
            log.warning("the database did not answer", exc_info=exception)
            return Problem(503, retry_after=RETRY_SECONDS)
        case UnreadablePostError():
            return Problem(400)
        case exceptions.APIException() if exception.status_code in KINDS:
            return Problem(exception.status_code)
    return None


def _csrf(exception: Exception) -> Text | None:
    if not str(getattr(exception, "detail", "")).startswith("CSRF"):
        return None
    return Text(
        "缺少 CSRF 令牌：以会话写入时须带 X-CSRFToken 头；程序请用 Bearer 密钥。",
        "The CSRF token is missing or wrong: with a session, writing needs the X-CSRFToken"
        " header; programs use a Bearer key.",
    )
