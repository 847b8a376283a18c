"""Numbers as they are read: few digits, real minus, powers of ten.

Every function returns plain text with Unicode superscripts, fit for labels and CSV headers;
`html` turns that text into markup. Digits are significant digits.
"""

from __future__ import annotations

import html as _html
import math
import re
from typing import Literal

Language = Literal["zh", "en"]

NBSP = "\u00a0"
THIN = "\u202f"  # narrow no-break space, between groups of three digits
MINUS = "\u2212"
NONE = "–"
SCIENTIFIC_BELOW = -3  # 0.0010 is the smallest number written out
SCIENTIFIC_FROM = 5  # 100 000 is the first that is not
ALIKE = 1000.0  # ends of an interval further apart than this have no common power of ten

_SUPERSCRIPT = str.maketrans(f"0123456789-{MINUS}", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", f"0123456789{MINUS}+n")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)")
_PERCENT = re.compile(r"(?<=\d) ?%")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+")


def number(value: float | None, digits: int = 2) -> str:
    """5.8×10⁻¹⁹, 0.50, 12 000; a dash where there is no number."""
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    power = exponent(value, digits)
    if SCIENTIFIC_BELOW <= power < SCIENTIFIC_FROM:
        return _fixed(round(value, digits - 1 - power), max(0, digits - 1 - power))
    return _fixed(_shift(value, power), digits - 1) + _times(power)


def exponent(value: float, digits: int) -> int:
    """The power of ten of `value` (finite, not 0) once it is rounded to `digits`."""
    return int(f"{value:.{digits - 1}e}".partition("e")[2])


def tick(value: float, digits: int = 6) -> str:
    """A number on an axis, as short as it can be said: 0.5, 300, 10⁶, 2×10⁻⁵."""
    if value == 0:
        return "0"
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    if SCIENTIFIC_BELOW <= int(power) < SCIENTIFIC_FROM:
        return _grouped(f"{float(f'{mantissa}e{power}'):.10f}".rstrip("0").removesuffix("."))
    short = f"{float(mantissa):g}"
    if short in ("1", "-1"):
        return short.replace("1", "10").replace("-", MINUS) + _raised(int(power))
    return _grouped(short) + _times(int(power))


def power_of_ten(power: int) -> str:
    """10⁻⁵."""
    return f"10{_raised(power)}"


def count(n: int) -> str:
    """A whole number with its digits grouped from five on: 1200, 12 300."""
    return _grouped(str(n))


def percent(share: float | None, digits: int = 2) -> str:
    """95 %; digits are added rather than rounding to 0 % or 100 %."""
    if share is None or not math.isfinite(share):
        return NONE
    if share in (0, 1):
        return f"{100 * share:.0f}{NBSP}%"
    for places in range(9):
        text = f"{100 * share:.{places}f}"
        full = float(text) in (0.0, 100.0)
        if not full and (places > 0 or abs(100 * share) >= 10 ** (digits - 1)):
            break
    return f"{_grouped(text.removesuffix('.0'))}{NBSP}%"


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """[5.6, 5.9]×10⁻¹⁹: as many digits as it takes to tell the ends apart, at most six."""
    return measured(None, low, high, digits)


def measured(value: float | None, low: float | None, high: float | None, digits: int = 2) -> str:
    """A number with its interval, both to the same decimal: 5.8×10⁻¹⁹ [5.6, 5.9]×10⁻¹⁹."""
    ends = [end for end in (low, high) if end is not None and math.isfinite(end)]
    if len(ends) < 2:
        return number(value, digits)
    known = [*ends, value] if value is not None and math.isfinite(value) else ends
    alone = [number(v, digits) for v in known]
    sizes = [abs(v) for v in known if v != 0]
    if sizes and max(sizes) <= ALIKE * min(sizes):
        digits = _telling(ends, digits)
        power = exponent(value or min(sizes), digits)
        common = not SCIENTIFIC_BELOW <= power < SCIENTIFIC_FROM
        together = [_at(v, power, digits - 1, common) for v in known]
        tail = _times(power) if common else ""
        if not any(float(v.replace(MINUS, "-").replace(THIN, "")) == 0 for v in together):
            return _written(together, tail)
    return _written(alone, "")


def _written(parts: list[str], tail: str) -> str:
    span = f"[{parts[0]}, {parts[1]}]{tail}"
    return f"{parts[2]}{tail} {span}" if len(parts) == 3 else span


def _at(value: float, power: int, places: int, common: bool) -> str:
    """A value to the decimal that its power of ten and the digits ask for."""
    if common:
        return _fixed(_shift(value, power), places)
    return _fixed(round(value, places - power), max(0, places - power))


def of(inside: int, n: int, language: Language) -> str:
    """64 of 64."""
    return f"{count(inside)} of {count(n)}" if language == "en" else f"{inside} / {count(n)}"


def seeds(n: int, language: Language) -> str:
    """64 seeds."""
    if language == "zh":
        return f"{count(n)} 粒种子"
    return f"{count(n)} seed{'' if n == 1 else 's'}"


def seconds(value: float | None) -> str:
    """1.4 s; below a tenth in milliseconds."""
    if value is None or not math.isfinite(value):
        return NONE
    if abs(value) < 0.1:
        return f"{number(1000 * value)}{NBSP}ms"
    return f"{_fixed(value, 1) if abs(value) < 10 else count(round(value))}{NBSP}s"


def typeset(text: str) -> str:
    """Percent signs after a no-break space, as numbers made here have them; curved apostrophes."""
    return _APOSTROPHE.sub("’", _PERCENT.sub(f"{NBSP}%", text))


def html(text: str) -> str:
    """The text as markup: escaped, superscript characters in `<sup>`."""
    text = typeset(text)
    parts = (
        f"<sup>{plain_digits(run)}</sup>" if raised else _html.escape(run)
        for run, raised in runs(text)
    )
    return "".join(parts)


def runs(text: str) -> list[tuple[str, bool]]:
    """The text cut where superscript characters begin and end: (piece, raised)."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _RAISED.finditer(text):
        if match.start() > at:
            pieces.append((text[at : match.start()], False))
        pieces.append((match.group(), True))
        at = match.end()
    if at < len(text) or not pieces:
        pieces.append((text[at:], False))
    return pieces


def plain_digits(raised: str) -> str:
    """Superscript characters as ordinary ones."""
    return raised.translate(_PLAIN)


def _telling(ends: list[float], digits: int) -> int:
    """The fewest digits that tell two unequal ends apart."""
    if ends[0] == ends[1]:
        return digits
    for more in range(digits, 7):
        largest = max(abs(end) for end in ends)
        places = more - 1 - exponent(largest, more)
        if round(ends[0], places) != round(ends[1], places):
            return more
    return digits


def _shift(value: float, power: int) -> float:
    """value / 10**power without leaving the range of a float."""
    mantissa, _, own = f"{value:.17e}".partition("e")
    return float(mantissa) * 10.0 ** (int(own) - power) if value else 0.0


def _fixed(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    return _grouped(text.removeprefix("-") if float(text) == 0 else text)


def _grouped(text: str) -> str:
    """Real minus, and thin spaces once the whole part has five digits."""
    sign, body = (MINUS, text[1:]) if text.startswith("-") else ("", text)
    whole, dot, rest = body.partition(".")
    if len(whole) >= 5 and whole.isdigit():
        whole = f"{int(whole):,}".replace(",", THIN)
    return sign + whole + dot + rest


def _times(power: int) -> str:
    return f"×10{_raised(power)}"


def _raised(power: int) -> str:
    return str(power).translate(_SUPERSCRIPT)
