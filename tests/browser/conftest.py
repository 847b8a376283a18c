from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request

from quizbank.models import Question
from tests.proven import install_bank


@pytest.fixture
def stone(live_server: Any, transactional_db: None, tmp_path: Path) -> Question:
    """The question about falling stones, in a bank whose experiment has been run."""
    return install_bank(tmp_path)


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page on which nothing may fail, be refused by the content policy, or leave the site."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("requestfailed", lambda request: said.extend(_failure(request)))
    yield page
    assert said == []


def _failure(request: Request) -> list[str]:
    """What failed; a picture that was still on its way when the page was left did not."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"failed: {request.url}"]
