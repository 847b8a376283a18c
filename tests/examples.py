"""How many generated examples a property is tried on: few in `make test`, as many as the
property names in `make test-long`."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


def examples(quick: int, long: int, **more: Any) -> settings:
    """Settings for one property. A database fixture is shared by its examples, each of which
    brings people of its own."""
    return settings(
        max_examples=long if LONG else quick,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        **more,
    )
