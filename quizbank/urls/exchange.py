"""Addresses of files that come from another program and go to one."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import exchange_anki

urlpatterns: list[URLPattern] = [
    path("exchange/proofdeck.apkg", exchange_anki.proofdeck_apkg, name="export_anki"),
]
