"""Labels at the ends of lines: moved apart so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from demos.figures import markup

GAP = 2.0  # px between two labels
FIRST_LINE = 11.0  # px from the top of a label to the foot of its first line


@dataclass(frozen=True)
class Label:
    """Lines of text beside `y`: the first `bold` ones in the colour of the series."""

    y: float
    lines: tuple[str, ...]
    css: str
    bold: int = 1
    weight: float = 1.0  # how much it wants to stay where it is

    @property
    def height(self) -> float:
        return markup.LEADING * len(self.lines)

    @property
    def width(self) -> float:
        return max(markup.width(t, i < self.bold) for i, t in enumerate(self.lines))


def label_of(name: str, value: str, y: float, css: str, room: float) -> Label:
    """Name and value on one line if they fit in `room`, else the value below the name."""
    both = f"{name} {value}".strip()
    if markup.width(both, bold=True) <= room and not (value and name[-1:].isdigit()):
        return Label(y, (both,), css)
    named = markup.wrap(name, room, bold=True)
    return Label(y, (*named, *([value] if value else [])), css, bold=len(named))


def crowded(labels: Sequence[Label], top: float, bottom: float) -> list[Label]:
    """The labels as they are if their height suffices, else names alone, else one line each."""
    room = bottom - top + GAP
    names = [replace(a, lines=a.lines[: max(1, a.bold)]) for a in labels]
    for kept in (list(labels), names):
        if sum(label.height + GAP for label in kept) <= room:
            return kept
    widest = max(label.width for label in labels)
    short = [
        replace(a, lines=(markup.fit(" ".join(a.lines), widest, True),), bold=min(a.bold, 1))
        for a in names
    ]
    return short[: max(1, int(room // (markup.LEADING + GAP)))]


def apart(labels: Sequence[Label], top: float, bottom: float) -> list[float]:
    """The middle of each label so that none overlap and all stay in top..bottom.

    Moves every group of touching labels to the mean of where its members want to be; what
    does not fit in the height stands as close as the labels' heights allow.
    """
    order = sorted(range(len(labels)), key=lambda i: labels[i].y)
    groups: list[list[int]] = []
    for index in order:
        groups.append([index])
        while len(groups) > 1 and _end(labels, groups[-2]) + GAP > _start(labels, groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    placed = [0.0] * len(labels)
    at = top
    for group in groups:
        at = max(at, _start(labels, group))
        for index in group:
            placed[index] = at + labels[index].height / 2
            at += labels[index].height + GAP
    limit = bottom
    for index in reversed(order):
        half = labels[index].height / 2
        placed[index] = min(placed[index], limit - half)
        limit = placed[index] - half - GAP
    return placed


def drawn(label: Label, x: float, middle: float, anchor: str = "start") -> str:
    """The label's lines around the middle, named lines in bold colour, the value plain."""
    top = middle - label.height / 2
    return "".join(
        markup.text(
            x,
            top + FIRST_LINE + i * markup.LEADING,
            content,
            f"lab {label.css}" if i < label.bold else "val",
            anchor,
        )
        for i, content in enumerate(label.lines)
    )


def _height(labels: Sequence[Label], group: list[int]) -> float:
    return sum(labels[i].height + GAP for i in group) - GAP


def _start(labels: Sequence[Label], group: list[int]) -> float:
    """The top of a group whose members stand, on average, where they want to."""
    wanted, above, total = 0.0, 0.0, 0.0
    for index in group:
        label = labels[index]
        wanted += label.weight * (label.y - above - label.height / 2)
        above += label.height + GAP
        total += label.weight
    return wanted / total


def _end(labels: Sequence[Label], group: list[int]) -> float:
    return _start(labels, group) + _height(labels, group)
