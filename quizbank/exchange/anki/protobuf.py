"""As much of the protobuf wire format as Anki's own tables need: fields by number."""

from __future__ import annotations

from collections.abc import Iterator

WIDTHS = {1: 8, 5: 4}


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(number, value) of each field in a message: an int for numbers, bytes for the rest.

    Raises:
        ValueError: it is no such message.
    """
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == 2:
            width, at = _varint(data, at)
        elif wire in WIDTHS:
            width = WIDTHS[wire]
        else:
            raise ValueError(f"wire type {wire}")
        if at + width > len(data):
            raise ValueError("a field ends after its message")
        yield number, data[at : at + width]
        at += width


def text(data: bytes, number: int) -> str:
    """The last text of that number, or "" (Raises ValueError)."""
    found = [value for key, value in fields(data) if key == number]
    last = found[-1] if found else b""
    if isinstance(last, int):
        raise ValueError(f"field {number} is a number")
    return last.decode()


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")
