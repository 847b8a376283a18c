"""Marks for answers given with a certainty, and how well that certainty is founded. Pure.

The marks are those of certainty-based marking (Gardner-Medwin 1995): each level pays best
for whoever is right with a probability in its own band, below 67 %, 67 to 80 %, and above.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from demos.kit.declare import Text

LEVELS = ("low", "mid", "high")
# Level -> mark when right, mark when wrong.
MARKS = {"low": (1, 0), "mid": (2, -2), "high": (3, -6)}
FEWEST = 5  # answers at a level below which its share says nothing
LONGEST = 40  # characters of a number
Z95 = 1.959963984540054
NUMERAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
FRACTION = re.compile(r"\s*[+-]?[0-9.]+\s*/\s*[0-9.]+\s*")

NOTHING = Text("请填一个数。", "Give a number.")
COMMA = Text(
    "数里不要用逗号：小数点写成 .，千位不分节，如 1234.5。",
    "Leave commas out: write the decimal point as . and no thousands marks, as in 1234.5.",
)
FRACTIONS = Text("请写成小数，如 0.25。", "Write it as a decimal, such as 0.25.")
NO_NUMBER = Text(
    "这不是一个数。可以写 12、-0.5 或 1e-3，单位不用写。",
    "This is not a number. Write 12, -0.5 or 1e-3, and leave the unit out.",
)


class NotANumber(ValueError):
    """What was typed is no number; `text` says why, for the person who typed it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def mark(right: bool, confidence: str) -> int:
    """The mark for one answer."""
    return MARKS[confidence][0 if right else 1]


def number(typed: str) -> float:
    """The number somebody typed, full-width digits included. Raises NotANumber."""
    plain = unicodedata.normalize("NFKC", typed).replace("−", "-").strip()
    if not plain:
        raise NotANumber(NOTHING)
    if len(plain) > LONGEST:
        raise NotANumber(NO_NUMBER)
    if NUMERAL.fullmatch(plain):
        value = float(plain)
        if math.isfinite(value):
            return value
        raise NotANumber(NO_NUMBER)
    if re.fullmatch(r"[0-9+.,、eE-]*[,、][0-9+.,、eE-]*", plain):
        raise NotANumber(COMMA)
    raise NotANumber(FRACTIONS if FRACTION.fullmatch(plain) else NO_NUMBER)


def accepts(value: float, answer: float, tolerance: float) -> bool:
    """Whether a number lies within the (absolute) tolerance, its ends included."""
    deviation = abs(value - answer)
    # 1.95 is 0.05 from 2 on paper, and a little more in binary.
    return deviation <= tolerance or math.isclose(
        deviation, tolerance, rel_tol=1e-9, abs_tol=1e-12 * abs(answer)
    )


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927). Raises ValueError where n is 0."""
    if n < 1 or not 0 <= right <= n:
        raise ValueError(f"{right} of {n} is no share")
    share, z2 = right / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # At the ends the two terms cancel on paper, and only nearly so in binary.
    return (middle - half if right else 0.0), (middle + half if right < n else 1.0)


@dataclass(frozen=True)
class Level:
    """The answers given at one level of certainty; `low` to `high` is the interval of the
    share that was right, None while there are too few to say."""

    name: str
    n: int
    right: int

    @property
    def enough(self) -> bool:
        return self.n >= FEWEST

    @property
    def share(self) -> float | None:
        return self.right / self.n if self.n else None

    @property
    def low(self) -> float | None:
        return wilson(self.right, self.n)[0] if self.n else None

    @property
    def high(self) -> float | None:
        return wilson(self.right, self.n)[1] if self.n else None

    @property
    def marks(self) -> int:
        """What these answers add up to."""
        right, wrong = MARKS[self.name]
        return right * self.right + wrong * (self.n - self.right)


def calibration(answers: Iterable[tuple[str, bool]]) -> list[Level]:
    """What each level was worth: (confidence, right) pairs, by level from low to high."""
    given = list(answers)
    return [
        Level(
            name,
            n=sum(level == name for level, _ in given),
            right=sum(right for level, right in given if level == name),
        )
        for name in LEVELS
    ]
