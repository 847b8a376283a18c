"""Runs as JSON, and what a client sends to start one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from rest_framework import serializers as s

from api.answers import AnyJson, AnyJsonOrNull, Shape, Text
from api.fields import AnyObject, Given, OneOf, Switch, Words
from demos import queries
from demos.models import Run, RunRequest, State


class GivenPrediction(Given):
    choice = Words(max_length=80)
    confidence = OneOf(choices=("low", "mid", "high"), required=False, default="mid")


class GivenRun(Given):
    demo = Words(max_length=80)
    params = AnyObject(required=False, default={})
    device = OneOf(choices=("auto", "cpu", "cuda"), required=False, default="auto")
    fresh = Switch(required=False, default=False)
    prediction = GivenPrediction(required=False, allow_null=True)


class ClaimProgress(Shape):
    claim = s.CharField()
    inside = s.IntegerField(allow_null=True)
    n = s.IntegerField()


class Failure(Text):
    code = s.CharField(required=False)


class RunProgress(Shape):
    id = s.UUIDField()
    url = s.CharField()
    events = s.CharField()
    demo = s.CharField()
    state = s.ChoiceField(choices=State.choices)
    place = s.IntegerField(allow_null=True)
    seeds_done = s.IntegerField()
    seeds_total = s.IntegerField()
    seconds = s.FloatField()
    attempt = s.IntegerField()
    worker = s.BooleanField()
    queue = s.CharField()
    looks = s.ListField(child=s.IntegerField())
    claims = ClaimProgress(many=True)
    tape = s.ListField(child=s.IntegerField(allow_null=True))
    failure = Failure(allow_null=True)


class RunRead(RunProgress):
    params = AnyJson()
    device = s.CharField()
    first_seed = s.IntegerField()
    code_hash = s.CharField()
    recorded = s.BooleanField()
    created_at = s.DateTimeField()
    started_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    findings = s.ListField(child=AnyJson())
    figure = AnyJsonOrNull()
    environment = AnyJsonOrNull()
    prediction = AnyJsonOrNull()


class RequestShape(Shape):
    id = s.UUIDField()
    created_at = s.DateTimeField()
    withdrawn_at = s.DateTimeField(allow_null=True)
    device = s.CharField()
    fresh = s.BooleanField()
    prediction = AnyJsonOrNull()


class Requested(Shape):
    request = RequestShape()
    run = RunProgress()


def request_shape(row: RunRequest) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "created_at": row.created_at.isoformat(),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
        "device": row.device,
        "fresh": row.fresh,
        "prediction": row.prediction,
    }


def progress_shape(run: Run, now: datetime) -> dict[str, Any]:
    return {
        "url": reverse("api:run", args=[run.pk]),
        "events": reverse("api:run_events", args=[run.pk]),
        "demo": run.demo_id,
        **queries.progress(run, now),
    }


def run_shape(run: Run, now: datetime) -> dict[str, Any]:
    result: Mapping[str, Any] = run.result or {}
    return {
        **progress_shape(run, now),
        "params": run.params,
        "device": run.device,
        "first_seed": run.first_seed,
        "code_hash": run.code_hash,
        "recorded": run.recorded,
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "findings": result.get("findings", []),
        "figure": result.get("figure"),
        "environment": result.get("environment"),
        "prediction": result.get("prediction"),
    }
