"""The address of disputed claims."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import disputes

urlpatterns: list[URLPattern] = [path("disputed/", disputes.disputed, name="disputed")]
