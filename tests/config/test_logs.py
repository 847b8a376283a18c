from __future__ import annotations

import logging
import sys

from config.logs import OneLine


def line(record: logging.LogRecord) -> str:
    return OneLine("{levelname} {message}", style="{").format(record)


def test_a_visitor_cannot_forge_a_line() -> None:
    typed = "a\nERROR forged\r\x1b[2J\x85"
    record = logging.LogRecord("web", logging.INFO, "", 0, "got %s", (typed,), None)
    assert line(record) == "INFO got a\\x0aERROR forged\\x0d\\x1b[2J\\x85"


def test_text_in_any_language_stays_readable() -> None:
    record = logging.LogRecord("web", logging.INFO, "", 0, "梯度 é", (), None)
    assert line(record) == "INFO 梯度 é"


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ValueError("bad")
    except ValueError:
        record = logging.LogRecord("web", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    assert line(record).splitlines()[0] == "ERROR failed"
    assert line(record).splitlines()[-1] == "ValueError: bad"
