"""One line a record on standard error, whatever a visitor typed."""

from __future__ import annotations

import logging

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))}


class OneLine(logging.Formatter):
    """Escapes control characters in the message, so that no request can forge a line.

    Tracebacks keep their lines: they come from the program, not from a visitor.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = record.message.translate(_CONTROLS)
        return super().formatMessage(record)
