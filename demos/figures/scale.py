"""From numbers to pixels and to the ticks of an axis, linear or logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from demos.figures import numbers

FAR = 1e300  # what lies beyond is drawn as lying there, so that no sum leaves a float's range
ZERO_ROOM = 26.0  # px that a logarithmic axis keeps at its low end for exact zeros


@dataclass(frozen=True)
class Scale:
    """Values low..high laid on pixels start..end (start may be the larger one)."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    zero: bool = False  # a logarithmic axis on which zeros stand apart, beyond its low end
    ticks: tuple[tuple[float, str], ...] = field(default=())

    def at(self, value: float | None) -> float | None:
        """The pixel of a value, or None where the axis cannot show it."""
        if value is None or not math.isfinite(value):
            return None
        if not self.log:
            return self._along(_share(value, self.low, self.high))
        if value == 0:
            return self.start if self.zero else None
        if value < 0:
            return None
        return self._along(_share(math.log10(value), math.log10(self.low), math.log10(self.high)))

    def _along(self, share: float) -> float:
        share = min(max(share, -4.0), 5.0)  # far outside is as good as anywhere outside
        start = self.start + (math.copysign(ZERO_ROOM, self.end - self.start) if self.zero else 0)
        return start + share * (self.end - start)

    def written(self) -> list[tuple[float, str]]:
        """Pixel and text of every tick, the separate zero first."""
        zero = [(self.start, "0")] if self.zero else []
        return zero + [(at, text) for v, text in self.ticks if (at := self.at(v)) is not None]


def _share(value: float, low: float, high: float) -> float:
    # Halves first: high - low may leave the range of a float where its halves do not.
    span = high / 2 - low / 2
    return (value / 2 - low / 2) / span if span > 0 else 0.5


def linear(
    values: Iterable[float | None], start: float, end: float, *, zero: bool, count: int = 5
) -> Scale:
    """A linear scale over the values, from 0 if `zero`, with about `count` ticks."""
    known = [min(max(v, -FAR), FAR) for v in values if v is not None and math.isfinite(v)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        pad = abs(low) / 2 or 0.5
        low, high = (min(low - pad, 0.0), low + pad) if zero else (low - pad, high + pad)
    step = _step(high / count - low / count)
    if zero:  # the axis ends on ticks, and the data never touch its end
        low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    ticks = tuple((v, numbers.tick(v)) for v in _multiples(low, high, step))
    return Scale(low, high, start, end, ticks=ticks)


def logarithmic(
    values: Iterable[float | None],
    start: float,
    end: float,
    count: int = 5,
    *,
    exact: bool = False,
) -> Scale:
    """A logarithmic scale over the positive values; zeros, if there are any, stand apart.

    It ends on powers of ten, or with `exact` on the values themselves.
    """
    known = [v for v in values if v is not None and math.isfinite(v)]
    positive = [v for v in known if v > 0]
    low, high = (min(positive), max(positive)) if positive else (0.1, 1.0)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    if first == last:
        first, last = first - 1, last + 1
    first, last = max(first, -323), min(last, 308)
    decades = last - first
    step = next(s for s in (1, 2, 3, 5, 10, 20, 50, 100, 200, 500) if decades <= s * count)
    if step > 1:
        first = max(math.floor(first / step) * step, -323)
    powers = [p for p in range(first, last + 1) if p % step == 0]
    short = all(-2 <= p <= 2 for p in powers)
    ticks = [(10.0**p, numbers.tick(10.0**p) if short else _power(p)) for p in powers]
    if decades == 1:
        middle = [(k * 10.0**first, numbers.tick(k * 10.0**first)) for k in (2, 5)]
        ticks = sorted(ticks + middle)
    zero = any(v == 0 for v in known)
    if exact and low < high:
        ticks = [(v, t) for v, t in ticks if low * 0.999 <= v <= high * 1.001]
        return Scale(low, high, start, end, True, zero, tuple(ticks))
    return Scale(float(f"1e{first}"), float(f"1e{last}"), start, end, True, zero, tuple(ticks))


def _power(power: int) -> str:
    return {0: "1", 1: "10"}.get(power) or numbers.power_of_ten(power)


def _step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    if rough < 1e-300:
        return 1e-300
    power = math.floor(math.log10(rough))
    base = 10.0 ** max(power, -300)
    return next((m * base for m in (1, 2, 2.5, 5) if m * base >= rough * 0.999), 10 * base)


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    found = [k * step for k in range(first, min(last, first + 20) + 1)]
    return [float(f"{v:.10g}") for v in found if math.isfinite(v)]


def with_ends(scale: Scale) -> Scale:
    """The same scale with its two ends named where no tick stands near."""
    if scale.log or not scale.ticks:
        return scale
    ticks = list(scale.ticks)
    for end in (scale.low, scale.high):
        here = scale.at(end) or 0.0
        if all(abs((scale.at(v) or 0.0) - here) > 34 for v, _ in ticks):
            ticks.append((end, numbers.tick(end, 4)))
    return Scale(scale.low, scale.high, scale.start, scale.end, ticks=tuple(sorted(ticks)))
