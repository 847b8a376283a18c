"""The Django application of the demos."""

from __future__ import annotations

from django.apps import AppConfig


class DemosConfig(AppConfig):
    name = "demos"
    verbose_name = "Demos"
