"""Addresses of the laboratory and of runs."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import downloads, judging, lab, runs, starting

urlpatterns: list[URLPattern] = [
    path("lab/", lab.gallery, name="lab"),
    path("lab/<slug:slug>/", lab.demo, name="demo"),
    path("lab/<slug:slug>/run/", starting.run_create, name="run_create"),
    path("lab/<slug:slug>/reveal/", starting.look, name="look"),
    path("lab/<slug:slug>/notebook/", downloads.notebook, name="notebook"),
    path("runs/<uuid:run_id>/", runs.run, name="run"),
    path("runs/<uuid:run_id>/data.json", downloads.run_json, name="run_json"),
    path("runs/<uuid:run_id>/data.csv", downloads.run_csv, name="run_csv"),
    path("runs/<uuid:run_id>/findings.csv", downloads.findings, name="run_findings"),
    path("runs/<uuid:run_id>/panel/", runs.panel, name="run_panel"),
    path("runs/<uuid:run_id>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<uuid:run_id>/events/", runs.events, name="run_events"),
    path("runs/<uuid:run_id>/cancel/", runs.cancel, name="run_cancel"),
    path("help/judging/", judging.judging, name="help"),
]
