"""Every address under /api/."""

from __future__ import annotations

from django.urls import path, re_path

from api.views.bank import QuestionDetail, Questions, Topics
from api.views.base import Nowhere
from api.views.demos import DemoDetail, Demos
from api.views.runs import RunCancel, RunDetail, RunEvents, Runs
from api.views.schema import Schema

app_name = "api"

urlpatterns = [
    path("v1/questions/", Questions.as_view(), name="questions"),
    path("v1/questions/<slug:topic>/<slug:slug>/", QuestionDetail.as_view(), name="question"),
    path("v1/topics/", Topics.as_view(), name="topics"),
    path("v1/demos/", Demos.as_view(), name="demos"),
    path("v1/demos/<slug:slug>/", DemoDetail.as_view(), name="demo"),
    path("v1/runs/", Runs.as_view(), name="runs"),
    path("v1/runs/<uuid:run_id>/", RunDetail.as_view(), name="run"),
    path("v1/runs/<uuid:run_id>/cancel/", RunCancel.as_view(), name="run_cancel"),
    path("v1/runs/<uuid:run_id>/events/", RunEvents.as_view(), name="run_events"),
    path("v1/schema/", Schema.as_view(), name="schema"),
    re_path(r"", Nowhere.as_view(), name="nowhere"),
]
