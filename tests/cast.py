"""The people and the moment every test tells its story with.

Alice owns what the test is about; Mallory is a stranger who must see none of it.
"""

from __future__ import annotations

from datetime import UTC, datetime

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
