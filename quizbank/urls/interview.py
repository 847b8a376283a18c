"""Addresses of the interview one prepares for."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import interview

urlpatterns: list[URLPattern] = [
    path("interview/", interview.interview, name="interview"),
    path("interview/close/", interview.close, name="interview_close"),
]
