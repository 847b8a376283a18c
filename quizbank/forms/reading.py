"""Single values as forms send them."""

from __future__ import annotations

from uuid import UUID, uuid4


def number(text: str) -> int:
    """A whole number below a thousand; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def name(text: str) -> UUID:
    """The UUID under which something is sent; a fresh one for what is none."""
    return uuid_of(text) or uuid4()
