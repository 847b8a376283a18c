"""Reading JSON strictly: what two parsers would read differently is refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from api.errors import Problem
from demos.kit.declare import Text

LIMIT = 64 * 1024
BATCH_LIMIT = 1024 * 1024
DEPTH = 32
DIGITS = 19
# A whole string at a time, so that brackets inside strings do not count.
TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
# PostgreSQL stores neither NUL nor half of a surrogate pair.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """JSON in UTF-8: no duplicate keys, no NaN or infinity, no NUL, bounded size and depth."""

    media_type = "application/json"
    limit = LIMIT

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        charset = re.search(r"charset\s*=\s*\"?([\w-]+)", media_type or "")
        if charset and charset[1].lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type or "")
        body = stream.read(self.limit + 1)
        if len(body) > self.limit:
            raise Problem(
                413,
                Text(
                    f"请求体最多 {self.limit // 1024} KiB。",
                    f"The body has at most {self.limit // 1024} KiB.",
                ),
            )
        return read(body)


class BatchParser(StrictJSONParser):
    limit = BATCH_LIMIT


def read(body: bytes) -> Any:
    """The value of a JSON document. Raises Problem 400 that says what is wrong with it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise _bad("请求体须为 UTF-8。", "The body must be UTF-8.") from None
    if _depth(text) > DEPTH:
        raise _bad(f"嵌套最多 {DEPTH} 层。", f"At most {DEPTH} levels of nesting.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        where = f"{error.lineno}:{error.colno}"
        raise _bad(f"不是有效的 JSON（{where}）。", f"This is not JSON ({where}).") from None
    if not _storable(value):
        raise _bad(
            "文字中不能有 NUL 或不成对的代理码元。",
            "Text must hold neither NUL nor half of a surrogate pair.",
        )
    return value


def _bad(zh: str, en: str) -> Problem:
    return Problem(400, Text(zh, en))


def _depth(text: str) -> int:
    depth = deepest = 0
    for token in TOKENS.finditer(text):
        mark = token[0]
        if mark in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif mark in ("]", "}"):
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _bad("对象中有重复的键。", "An object has the same key twice.")
    return found


def _constant(name: str) -> float:
    raise _bad(f"JSON 中没有 {name}。", f"There is no {name} in JSON.")


def _float(numeral: str) -> float:
    value = float(numeral)
    if not math.isfinite(value):
        raise _bad("数值太大。", "A number is too large.")
    return value


def _int(numeral: str) -> int:
    if len(numeral.lstrip("-")) > DIGITS:
        raise _bad("数值太大。", "A number is too large.")
    return int(numeral)


def _storable(value: Any) -> bool:
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    if isinstance(value, dict):
        return all(_storable(key) and _storable(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(_storable(inner) for inner in value)
    return True
