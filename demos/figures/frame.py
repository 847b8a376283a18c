"""The axes of a plot: light horizontal grid, ticks, names, bounds. No box, no title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from demos.figures import markup, numbers
from demos.figures.markup import line, text
from demos.figures.plot import Bound, Plot, You
from demos.figures.scale import Scale

TOP = 36.0  # px above the plot when the name of the y axis takes one line
FOOT = 40.0  # px below it: ticks, then the name of the x axis
BASE = 4.5  # px from the middle of a line of text down to its foot
WORDS = {
    "you": {"zh": "你", "en": "you"},
    "bound": {"zh": "界", "en": "bound"},
}
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Frame:
    """The rectangle that the data fill, and its two scales."""

    left: float
    right: float
    top: float
    bottom: float
    x: Scale
    y: Scale


@dataclass(frozen=True)
class Size:
    """The whole drawing; a small one has no names of axes above and below it."""

    width: float
    height: float
    small: bool = False

    @classmethod
    def of(cls, width: float) -> Size:
        return cls(width, 340.0 if width >= 600 else 330.0)

    @property
    def bottom(self) -> float:
        return self.height - (24.0 if self.small else FOOT)

    @property
    def ticks(self) -> int:
        return 2 if self.small else 5

    def top(self, plot: Plot, left: float) -> float:
        """Where the plot begins, below the name of its y axis."""
        if self.small:
            return 14.0
        return TOP + markup.LEADING * (len(name_lines(plot, self, left)) - 1)


def name_lines(plot: Plot, size: Size, left: float) -> list[str]:
    """The name of the y axis on one or two lines above the axis."""
    return [] if size.small else markup.wrap(plot.y.name, size.width - left - 4)


def left_of(scale: Scale, size: Size) -> float:
    """How much room the numbers of the y axis need."""
    widest = max((markup.width(t) for _, t in scale.written()), default=0.0)
    return max(30.0 if size.small else 44.0, widest + 14)


def axes(frame: Frame, plot: Plot, size: Size, *, bare: bool = False) -> list[str]:
    """Grid, numbers and names; `bare` leaves out the numbers that would tell a result."""
    drawn = []
    for i, content in enumerate(name_lines(plot, size, frame.left)):
        drawn.append(text(frame.left, 16 + markup.LEADING * i, content))
    if bare:
        steps = [frame.bottom + (frame.top - frame.bottom) * k / 4 for k in range(1, 5)]
        drawn += [line(frame.left, y, frame.right, y, "grid") for y in steps]
    else:
        for y, content in frame.y.written():
            drawn.append(line(frame.left, y, frame.right, y, "grid"))
            drawn.append(text(frame.left - 8, y + BASE, content, anchor="end"))
        if frame.y.zero:  # the axis is broken between zero and its lowest power
            drawn.append(
                markup.path(f"M{frame.left - 4:g} {frame.bottom - 9:g}l8-4m-8-1l8-4", "axis")
            )
    return drawn + x_axis(frame, plot, size)


def x_axis(frame: Frame, plot: Plot, size: Size) -> list[str]:
    drawn = [line(frame.left, frame.bottom, frame.right, frame.bottom, "axis")]
    taken = -1e9
    for x, content in sorted(frame.x.written()):
        drawn.append(line(x, frame.bottom, x, frame.bottom + 4, "axis"))
        half = markup.width(content) / 2
        if x - half > taken + 6:
            drawn.append(text(x, frame.bottom + 18, content, anchor="middle"))
            taken = x + half
    return [*drawn, x_name(frame, plot, size)]


def x_name(frame: Frame, plot: Plot, size: Size) -> str:
    """The name of the x axis, at its right end."""
    if not plot.x.name or size.small:
        return ""
    name = markup.fit(plot.x.name, frame.right - 4)
    return text(frame.right, frame.bottom + 34, name, anchor="end")


def bound_text(bound: Bound, plot: Plot) -> str:
    """The name of a bound with its value, unless the author wrote a number already."""
    name = bound.label or WORDS["bound"][plot.language]
    if _is_number(name):
        return written(bound.value, plot)
    if any(c.isdigit() or c in "⁰¹²³⁴⁵⁶⁷⁸⁹" for c in name):
        return name
    return f"{name} {written(bound.value, plot)}"


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def written(value: float, plot: Plot) -> str:
    """A round number beside the axis, as a power of ten where the axis counts in them."""
    power = numbers.exponent(value, 3) if value else 0
    if plot.y.log and not -3 < power < 4 and value == float(f"1e{power}"):
        return numbers.power_of_ten(power)
    return numbers.tick(value, 3)


def you_text(you: You, plot: Plot) -> str:
    """What stands beside the learner's diamond."""
    said = you.text or written(you.value, plot)
    return f"{WORDS['you'][plot.language]} {said}"


def bounds(frame: Frame, plot: Plot, points: Iterable[tuple[float, float]]) -> list[str]:
    """Every bound as a dotted line with its value where it covers the fewest points."""
    drawn: list[str] = []
    boxes: list[Box] = []
    crowd = list(points)
    for bound in plot.bounds:
        y = frame.y.at(bound.value)
        if y is None or not frame.top - 1 <= y <= frame.bottom + 1:
            continue
        drawn.append(line(frame.left, y, frame.right, y, "bound"))
        content = markup.fit(bound_text(bound, plot), frame.right - frame.left - 12)
        box = _emptiest(frame, y, markup.width(content), crowd, boxes)
        boxes.append(box)
        drawn.append(text(box[0], box[3] - 3, content, "lab note"))
    return drawn


def _emptiest(
    frame: Frame, y: float, wide: float, points: Sequence[tuple[float, float]], taken: list[Box]
) -> Box:
    """Above or below the line, at its left, middle or right end."""
    starts = (frame.left + 6, frame.right - wide - 4, (frame.left + frame.right - wide) / 2)
    rows = (y - 18, y + 3)

    def crossed(box: Box) -> float:
        inside = sum(box[0] <= px <= box[2] and box[1] <= py <= box[3] for px, py in points)
        covered = sum(overlap(box, other) for other in taken)
        outside = box[1] < frame.top - 14 or box[3] > frame.bottom
        return inside + 100 * covered + 200 * outside

    boxes = [(x, top, x + wide, top + 15) for top in rows for x in starts]
    return min(boxes, key=crossed)


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
