"""Demos for tests: one that behaves and some that misbehave, outside the real collection."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from demos import registry
from demos.manifests import sync
from demos.models import Demo

EXTRA = Path(__file__).parent / "experiments"


@pytest.fixture(autouse=True)
def extra_experiments(monkeypatch):
    monkeypatch.setenv("DEMOS_EXTRA", str(EXTRA))


@pytest.fixture
def real_now() -> datetime:
    """Leases are kept by the database's own clock, so these tests live in the present."""
    return datetime.now(UTC)


@pytest.fixture
def probe(db, extra_experiments, real_now) -> Demo:
    """A small demo whose `behaviour` parameter decides how it ends."""
    sync([registry.manifest("probe")], now=real_now)
    return Demo.objects.get(pk="probe")
