from __future__ import annotations

from pathlib import Path

import pytest

from quizbank.models import Question
from tests.proven import install_bank


@pytest.fixture
def stone(db: None, tmp_path: Path) -> Question:
    """The question about falling stones, in a bank whose experiment has been run."""
    return install_bank(tmp_path)
