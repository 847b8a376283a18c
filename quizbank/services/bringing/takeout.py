"""What we wrote, brought back: the JSON file of everything a person owns, into any account.

Into the account it came from it adds nothing. Into another it makes every card anew, bit for
bit, since cards add up from their events and these keep their numbers, moments and order. Keys
and wishes for runs are no part of it; how one studies comes only if asked for.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NoReturn

from django.db import transaction

from demos.kit.declare import Text
from quizbank.models import User
from quizbank.queries.takeout import FORMAT
from quizbank.services.bringing import own_rows, past_rows, sittings
from quizbank.services.bringing.report import Report
from quizbank.services.bringing.taken import Taken
from quizbank.services.errors import BadFile
from quizbank.services.log import lock_profile

SECTIONS = (
    *("profile", "parameter_sets", "cards", "events", "quizzes", "quiz_answers"),
    *("mock_interviews", "mock_questions", "interviews", "documents", "passages", "questions"),
    "key_points",
)
MOST_ROWS = 300_000
# The bytes that Python takes for what each of these begins or parts. A file of nothing but reviews
# weighs less than three bytes in each of its own, so that the largest fits.
WEIGHTS = {b"{": 200, b"[": 96, b",": 64}
MOST_WEIGHT = 256 * 1024 * 1024
FOREIGN = Text(
    "这不是这里导出的全部数据（设置页或本页的“全部数据”）。",
    "This is not a file of everything as exported from here (“Everything” on this page).",
)
OVERFULL = Text(
    "值太多，读它要占的内存超出这里的上限，从这里导出的文件不会这样。文件被改过，请重新导出。",
    "It holds so many values that reading it takes more memory than is given to it; no file"
    " exported from here does. It was changed: export it anew.",
)


class _RolledBack(Exception):
    pass


def opened(data: bytes) -> dict[str, Any]:
    """The file as an object of sections. Raises BadFile."""
    if weight(data) > MOST_WEIGHT:
        raise BadFile(OVERFULL)
    try:
        found = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadFile(_unreadable(error)) from None
    if not isinstance(found, dict) or "format" not in found or "events" not in found:
        raise BadFile(FOREIGN)
    if type(found["format"]) is not int or found["format"] != FORMAT:
        told = str(found["format"])[:40]
        raise BadFile(
            Text(
                f"格式 {told} 这里读不了，只认格式 {FORMAT}。请更新本站，或从同版本的站点导出。",
                f"Format {told} cannot be read here, only format {FORMAT}. Update this site first,"
                " or export from one of the same version.",
            )
        )
    for name in SECTIONS:
        if not isinstance(found.get(name, []), list):
            raise BadFile(
                Text(
                    f"“{name}”应当是列表。文件被改过，请重新导出。",
                    f"“{name}” ought to be a list. The file was changed: export it anew.",
                )
            )
    if sum(len(found.get(name, [])) for name in SECTIONS) > MOST_ROWS:
        raise BadFile(Text(f"超过 {MOST_ROWS} 条记录。", f"It holds more than {MOST_ROWS:,} rows."))
    return found


def weight(data: bytes) -> int:
    """About the memory that the values of a JSON text take, told without reading it."""
    return sum(each * data.count(mark) for mark, each in WEIGHTS.items())


def _unreadable(error: Exception) -> Text:
    if isinstance(error, json.JSONDecodeError):
        zh = f"JSON 在第 {error.lineno} 行第 {error.colno} 个字符处读不下去"
        en = f"The JSON cannot be read on from line {error.lineno}, character {error.colno}"
    elif isinstance(error, UnicodeDecodeError):
        zh = f"JSON 读不出来：第 {error.start + 1} 个字节不是 UTF-8"
        en = f"The JSON cannot be read: byte {error.start + 1} is not UTF-8"
    elif isinstance(error, RecursionError):
        zh, en = "JSON 读不出来：嵌套太深", "The JSON cannot be read: it is nested too deep"
    else:
        zh = "JSON 读不出来：里面有 NaN、无穷或过长的数"
        en = "The JSON cannot be read: a number in it is NaN, infinite or too long"
    return Text(
        f"{zh}。文件可能不完整，请重新导出或下载。",
        f"{en}. It may be incomplete: export or download it anew.",
    )


def preview(*, user: User, data: dict[str, Any], now: datetime) -> Report:
    """What `bring_back` would do: all of it, and back again."""
    report = None
    try:
        with transaction.atomic():
            report = bring_back(user=user, data=data, now=now)
            raise _RolledBack
    except _RolledBack:
        assert report is not None
        return report


@transaction.atomic
def bring_back(
    *, user: User, data: dict[str, Any], now: datetime, settings: bool = False
) -> Report:
    """Add what of the file is not here yet; a bad row is left out alone, and counted."""
    lock_profile(user)
    taken = Taken(user, now, data)
    own_rows.bring(taken)
    past_rows.bring(taken)
    sittings.bring(taken)
    if settings:
        own_rows.bring_settings(taken)
    return taken.report()


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
