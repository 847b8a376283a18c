"""Addresses of mock interviews."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import mock

urlpatterns: list[URLPattern] = [
    path("mock/", mock.start, name="mock"),
    path("mock/<uuid:mock_id>/", mock.sitting, name="mock_sitting"),
    path("mock/<uuid:mock_id>/answer/", mock.answer, name="mock_answer"),
    path("mock/<uuid:mock_id>/clock/", mock.clock, name="mock_clock"),
    path("mock/<uuid:mock_id>/estimate/", mock.estimate, name="mock_estimate"),
    path("mock/<uuid:mock_id>/mark/", mock.mark, name="mock_mark"),
    path("mock/<uuid:mock_id>/report.md", mock.report_text, name="mock_report"),
]
