"""Rows of Anki's review log, and what they say was done."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from quizbank.exchange.notes import Deed, Past

EPOCH = datetime.fromtimestamp(0, UTC)
EARLIEST = 946_684_800_000  # 2000-01-01, ms
LATEST = 4_102_444_800_000  # 2100-01-01
LONGEST = 3_600_000  # ms for one answer; more was left lying
LEARN, REVIEW, RELEARN, FILTERED, MANUAL, RESCHEDULED = range(6)
Row = tuple[int, int, int, int, int, int]  # id (ms), ease, interval, factor, time (ms), kind


def past(row: Row, card: str, left_out: Counter[str]) -> Past | None:
    """What that row says of the card of that key; None, and counted, if it says nothing."""
    stamp, ease, interval, factor, taken, kind = row
    deed = _deed(ease, factor, kind)
    if deed is None:
        left_out["other_log"] += 1
        return None
    if not EARLIEST <= stamp < LATEST:
        left_out["times"] += 1
        return None
    graded = deed in (Deed.REVIEW, Deed.CRAM)
    return Past(
        key=f"{card}/{stamp}",
        deed=deed,
        at=EPOCH + timedelta(milliseconds=stamp),
        rating=ease if graded else None,
        duration_ms=min(max(taken, 0), LONGEST) if graded else 0,
        days=min(max(interval, 0), 36_500),
    )


def _deed(ease: int, factor: int, kind: int) -> Deed | None:
    """In a filtered deck, no factor means that the schedule was left alone; in a change by
    hand, that the card was made a new one."""
    if kind == MANUAL:
        return Deed.SET_DUE if factor else Deed.RESET
    if kind == RESCHEDULED:
        return Deed.RESCHEDULE
    if not 1 <= ease <= 4 or kind not in (LEARN, REVIEW, RELEARN, FILTERED):
        return None
    return Deed.CRAM if kind == FILTERED and not factor else Deed.REVIEW
