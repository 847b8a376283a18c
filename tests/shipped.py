"""The question bank we ship, read once for all tests of a process."""

from __future__ import annotations

from functools import cache

from quizbank.content.bank import Bank, inspect_bank
from quizbank.content.errors import ContentError
from quizbank.management.evidence import BANK, known_demos


@cache
def inspected() -> tuple[Bank, list[ContentError]]:
    return inspect_bank(BANK, known_demos()[0])


def shipped() -> Bank:
    """All questions that can be read; whether any is broken is `check_content`'s business."""
    return inspected()[0]
