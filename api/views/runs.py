"""Runs: wish for one, watch it, withdraw the wish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api import run_shapes
from api.authentication import person_of
from api.errors import Problem, refused
from api.fields import given
from api.problems import problems
from api.throttles import network
from api.views.base import ApiView
from demos import queries, services
from demos.kit.declare import Text
from demos.kit.parameters import ParameterErrors
from demos.models import Demo, Run, RunRequest, State
from demos.streams import CONTENT_TYPE, HEADERS, StreamsFull, open_stream

KEY = re.compile(r"[!-~]{1,80}")
BAD_KEY = Text(
    "Idempotency-Key 须为 1 到 80 个可见 ASCII 字符。",
    "Idempotency-Key: give 1 to 80 visible ASCII characters.",
)
NO_DEMO = Text("没有这个实验。", "There is no such demo.")
OWN_FIELDS = ("prediction.choice", "prediction.confidence")


class Runs(ApiView):
    scopes = {"POST": "run"}

    @extend_schema(
        operation_id="runs_create",
        summary="Wish for a run",
        request=run_shapes.GivenRun,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={
            200: OpenApiResponse(run_shapes.Requested, description="The same run is done already."),
            202: OpenApiResponse(run_shapes.Requested, description="It waits or goes on."),
            **problems(400, 401, 403, 404, 409, 413, 415),
        },
    )
    def post(self, request: Request) -> Response:
        asked = given(run_shapes.GivenRun, request.data)
        key = request.headers.get("Idempotency-Key")
        if key is not None and not KEY.fullmatch(key):
            raise refused({"Idempotency-Key": BAD_KEY})
        now = timezone.now()
        wish = _wish(request, asked, key or "", now)
        body = {
            "request": run_shapes.request_shape(wish),
            "run": run_shapes.progress_shape(wish.run, now),
        }
        status = 200 if wish.run.state == State.DONE else 202
        return Response(body, status, headers={"Location": body["run"]["url"]})


def _wish(request: Request, asked: dict[str, Any], key: str, now: Any) -> RunRequest:
    try:
        demo = queries.get_demo(asked.pop("demo"))
    except Demo.DoesNotExist:
        raise Problem(404, NO_DEMO, errors={"demo": NO_DEMO}) from None
    params = strictly(demo, asked.pop("params"))
    owner = person_of(request)
    try:
        return services.request_run(
            demo=demo, owner=owner, given=params, idempotency_key=key, now=now, **asked
        )
    except ParameterErrors as error:
        raise refused({_field(name): text for name, text in error.errors.items()}) from None
    except services.TooManyRuns as error:
        raise Problem(429, _too_many(error.limit), retry_after=error.retry_after) from None
    except services.RequestConflict:
        raise Problem(409) from None


def strictly(demo: Demo, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as JSON means them: forms may spell numbers and switches, programs not."""
    kinds = {entry["name"]: entry["kind"] for entry in demo.manifest["parameters"]}
    spelt = {"number", "whole", "switch"}
    return {
        name: None if isinstance(value, str) and kinds.get(name) in spelt else value
        for name, value in params.items()
    }


def _field(name: str) -> str:
    return name if name in OWN_FIELDS else f"params.{name}"


def _too_many(limit: int) -> Text:
    return Text(
        f"你已有 {limit} 个未完成的实验，请等一个结束或取消一个。",
        f"You have {limit} unfinished runs: wait for one to end, or cancel one.",
    )


def _run(run_id: UUID) -> Run:
    try:
        return queries.get_run(run_id)
    except Run.DoesNotExist:
        raise Http404 from None


class RunDetail(ApiView):
    @extend_schema(
        operation_id="runs_read",
        summary="Read a run: progress, findings, figure, environment",
        responses={200: run_shapes.RunRead, **problems(404)},
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        return Response(run_shapes.run_shape(_run(run_id), timezone.now()))


class RunCancel(ApiView):
    scopes = {"POST": "run"}

    @extend_schema(
        operation_id="runs_cancel",
        summary="Withdraw one's requests for a run",
        request=None,
        responses={200: run_shapes.Requested, **problems(401, 403, 404)},
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        run, owner, now = _run(run_id), person_of(request), timezone.now()
        own = list(queries.requests_of(owner).filter(run=run))
        if not own:
            raise Http404
        for wish in own:
            services.cancel_request(request=wish, now=now)
        body = {
            "request": run_shapes.request_shape(own[0]),
            "run": run_shapes.progress_shape(_run(run_id), now),
        }
        return Response(body)


class EventRenderer(BaseRenderer):
    """Here for content negotiation; the stream writes itself."""

    media_type = "text/event-stream"
    format = "events"


class RunEvents(ApiView):
    http_method_names = ["get"]  # HEAD would hold a stream's place for nothing
    renderer_classes = (EventRenderer, JSONRenderer)

    @extend_schema(
        operation_id="runs_events",
        summary="Watch a run by server-sent events",
        description=(
            "Events `progress` and, last, `done`, each with an id and the run's progress as data."
            " A stream lasts 30 s; take it up again with Last-Event-ID. 204 when the end was"
            " seen. 429 and 503 when too many streams are open: poll the run instead."
        ),
        parameters=[OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER)],
        responses={
            (200, "text/event-stream"): OpenApiTypes.STR,
            204: OpenApiResponse(description="There is nothing more to come."),
            **problems(404),
        },
    )
    def get(self, request: Request, run_id: UUID) -> HttpResponseBase:
        last = request.headers.get("Last-Event-ID", "")
        try:
            stream = open_stream(run_id, person=self._person(request), last_event_id=last)
        except Run.DoesNotExist:
            raise Http404 from None
        except StreamsFull as full:
            status = 429 if full.yours else 503
            raise Problem(status, POLL, retry_after=full.retry_after) from None
        if stream is None:
            return HttpResponse(status=204)
        return StreamingHttpResponse(stream, content_type=CONTENT_TYPE, headers=HEADERS)

    def _person(self, request: Request) -> str:
        if request.user.is_authenticated:
            return f"user:{request.user.pk}"
        ident = self.get_throttles()[0].get_ident(request)
        return f"address:{network(ident)}"


POLL = Text(
    "打开的事件流太多，请改为轮询该实验。",
    "Too many event streams are open: poll the run instead.",
)
