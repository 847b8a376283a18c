"""Reads the tables of a bank file and writes down every defect it meets, instead of stopping."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demos.kit.declare import Text
from quizbank.content import rendering, script
from quizbank.content.errors import ContentError

LARGEST = 200_000


@dataclass(frozen=True)
class Prose:
    """A text in both languages, as written and as sanitised markup."""

    source: Text
    html: Text


@dataclass
class Page:
    """One file under inspection and the defects found in it so far."""

    file: str
    errors: list[ContentError] = field(default_factory=list)

    def wrong(self, place: str, wrong: str, remedy: str) -> None:
        self.errors.append(ContentError(self.file, place, wrong, remedy))

    def read(self, path: Path) -> str | None:
        """The text of the file, or None where it cannot be used at all."""
        try:
            data = path.read_bytes()
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            self.wrong(f"byte {error.start}", "it is not UTF-8", "save it as UTF-8")
            return None
        if len(data) > LARGEST:
            self.wrong("", f"it has more than {LARGEST} bytes", "split it")
            return None
        if not text.strip():
            self.wrong("", "it is empty", "write it or remove it")
        for line, name in script.unwelcome(text)[:5]:
            self.wrong(f"line {line}", f"the character {name}", "remove it (lines end in LF alone)")
        return text if not self.errors else None

    def toml(self, text: str) -> Table:
        try:
            return Table(self, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            self.wrong("", f"its TOML cannot be read: {error}", "correct the line named")
            return Table(self, {}, void=True)

    def prose(self, place: str, zh: str, en: str, *, block: bool = False) -> Prose:
        """Both languages rendered, with every complaint about either."""
        rendered = {}
        for language, text in (("zh", zh), ("en", en)):
            made = rendering.block(text) if block else rendering.inline(text)
            for problem in made.problems:
                self.wrong(f"{place} ({language})", problem, "correct the text")
            rendered[language] = made.html
        return Prose(Text(zh, en), Text(rendered["zh"], rendered["en"]))

    def languages(self, place: str, zh: str, en: str) -> None:
        """Each text must be in the language it is filed under."""
        if zh and not script.has_ideographs(zh):
            self.wrong(f"{place} (zh)", "no Chinese in the Chinese text", "write it in Chinese")
        if script.has_ideographs(re.sub(r"`[^`]*`", "", en)):
            self.wrong(f"{place} (en)", "Chinese in the English text", "write it in English")


class Table:
    """One TOML table. Each getter returns something usable even where the value is wrong."""

    def __init__(
        self, page: Page, data: dict[str, Any], place: str = "", *, void: bool = False
    ) -> None:
        self.page, self.data, self.place, self.void = page, data, place, void
        self.used: set[str] = set()

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def wrong(self, key: str, wrong: str, remedy: str) -> None:
        if not self.void:
            self.page.wrong(self.at(key), wrong, remedy)

    def text(self, key: str, *, optional: bool = False) -> str:
        value = self._get(key, str, "a string", optional, "")
        if key in self.data and isinstance(value, str) and not value.strip():
            self.wrong(key, "it is empty", "fill it or leave the key out")
        return str(value).strip()

    def flag(self, key: str) -> bool:
        return bool(self._get(key, bool, "true or false", False, False))

    def whole(self, key: str, *, low: int = 0) -> int:
        value = self._get(key, int, "a whole number", False, low)
        if isinstance(value, bool) or value < low:
            self.wrong(key, f"it is {value}", f"give a whole number from {low}")
            return low
        return int(value)

    def number(self, key: str) -> float:
        value = self._get(key, (int, float), "a number", False, 0.0)
        if isinstance(value, bool) or not math.isfinite(value):
            self.wrong(key, f"it is {value}", "give a finite number")
            return 0.0
        return value if isinstance(value, int) else float(value)

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of distinct, non-empty strings; empty where the key is missing."""
        values = self._get(key, list, "a list of strings", True, [])
        good = [v.strip() for v in values if isinstance(v, str) and v.strip()]
        if len(good) != len(values):
            self.wrong(key, "it holds something other than non-empty strings", "list strings alone")
        for value in sorted({v for v in good if good.count(v) > 1}):
            self.wrong(key, f"{value!r} stands there twice", "name it once")
        return tuple(dict.fromkeys(good))

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        allowed = tuple(allowed)
        value = self.text(key)
        if value and value not in allowed:
            self.wrong(key, f"{value!r} is not known", f"choose one of {', '.join(allowed)}")
            return allowed[0]
        return value or allowed[0]

    def tables(self, key: str) -> tuple[Table, ...]:
        values = self._get(key, list, "a list of tables", True, [])
        if not all(isinstance(v, dict) for v in values):
            self.wrong(key, "it is not a list of tables", f"write [[{self.at(key)}]]")
            return ()
        where = self.at(key)
        return tuple(
            Table(self.page, value, f"{where}[{index}]") for index, value in enumerate(values, 1)
        )

    def both(self, prefix: str = "", *, native: bool = True) -> Text:
        """The keys `zh` and `en`, or `PREFIX_zh` and `PREFIX_en`; both must be there."""
        zh_key, en_key = (f"{prefix}_zh", f"{prefix}_en") if prefix else ("zh", "en")
        zh, en = self.text(zh_key), self.text(en_key)
        if native:
            self.page.languages(self.at(prefix or "zh, en"), zh, en)
        return Text(zh, en)

    def prose(self, prefix: str = "", *, native: bool = True) -> Prose:
        """`both`, rendered."""
        text = self.both(prefix, native=native)
        return self.page.prose(self.at(prefix or "zh, en"), text.zh, text.en)

    def maybe_prose(self, prefix: str = "") -> Prose | None:
        """The same, or None where neither language is there."""
        zh_key, en_key = (f"{prefix}_zh", f"{prefix}_en") if prefix else ("zh", "en")
        self.used |= {zh_key, en_key}
        return self.prose(prefix) if {zh_key, en_key} & self.data.keys() else None

    def done(self) -> None:
        """Complain of every key that nobody asked for."""
        for key in self.data.keys() - self.used:
            known = ", ".join(sorted(self.used))
            self.wrong(key, "this key is not known", f"remove it; the keys here are {known}")

    def _get(self, key: str, kind: Any, name: str, optional: bool, otherwise: Any) -> Any:
        self.used.add(key)
        if key not in self.data:
            if not optional:
                self.wrong(key, "it is missing", f"add {name}")
            return otherwise
        if not isinstance(self.data[key], kind):
            self.wrong(key, f"it is not {name}", f"make it {name}")
            return otherwise
        return self.data[key]
