"""The tape: one tick a seed. Tall is for, short is against, a dot is still to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from demos.figures import markup, numbers
from demos.figures.markup import element, line, path, px, root, text
from demos.figures.numbers import Language

WIDE, NARROW = 736, 328
TALL, SHORT, DOT = 16.0, 6.8, 3.0
PITCH = 4.0  # px between ticks; closer and they run together
GROUP = 64  # seeds a full row is a multiple of, so that looks fall on row ends
ROWS = 8
BARE, WORDED = 27, 52  # px from one row to the next, without and with words below it
MARGIN = 3

_ORDINALS = {
    "en": ("first", "second", "third", "fourth", "fifth", "sixth"),
    "zh": ("一", "二", "三", "四", "五", "六"),
}


@dataclass(frozen=True)
class Row:
    """Seeds `start` (inclusive) to `stop` on one line whose ground is at `y`."""

    start: int
    stop: int
    y: float
    pitch: float

    def x(self, position: float) -> float:
        return MARGIN + (position - self.start) * self.pitch


def tape(
    ticks: Sequence[int | None],
    *,
    looks: Iterable[int] = (),
    done: int | None = None,
    total: int | None = None,
    language: Language,
    width: int = WIDE,
) -> str:
    """Two drawings of the same tape, `width` and 328 wide, in a figure.

    `ticks` per seed: 1 for, 0 against, None too close to call. `looks` are counts of seeds;
    without `total` the tape ends at the last look.
    """
    marks = sorted({n for n in looks if n > 0})
    done = len(ticks) if done is None else done
    total = max(1, total or (marks[-1] if marks else len(ticks)), len(ticks))
    marks = [n for n in marks if n <= total]
    label = _label(ticks, done, total, language)
    drawings = (
        _drawing(ticks, marks, done, total, size, css, label, language)
        for size, css in ((width, "tape w"), (NARROW, "tape n"))
    )
    return f'<figure class="strip">{"".join(drawings)}</figure>'


def session(ticks: Sequence[int | None], *, total: int, language: Language, label: str = "") -> str:
    """The tape of a study session, 340 by 14: one tick a card, short where it was missed.

    Without a `label` it is read out as so many cards.
    """
    total = max(1, total, len(ticks))
    row = Row(0, total, 13, 334 / max(1, total - 1))
    missed = sum(tick == 0 for tick in ticks)
    label = label or (
        f"{len(ticks)} of {total} done, {missed} missed"
        if language == "en"
        else f"共 {total} 张，做了 {len(ticks)} 张，忘了 {missed} 张"
    )
    drawing = root(340, 14, label, *_ticks(ticks, row, tall=12, short=5.3), css="tape session-tape")
    return drawing.replace("<svg ", '<svg preserveAspectRatio="none" ', 1)


def _drawing(
    ticks: Sequence[int | None],
    looks: list[int],
    done: int,
    total: int,
    size: int,
    css: str,
    label: str,
    language: Language,
) -> str:
    rows = _rows(total, size, [*looks, done])
    parts = []
    for row in rows:
        parts += _ticks(ticks, row)
        parts += _posts(row, looks, done, total, size, language)
    return root(size, rows[-1].y + 25, label, *parts, css=css)


def _rows(total: int, size: int, named: list[int]) -> list[Row]:
    """As few rows as keep the ticks apart, and never more than ROWS."""
    room = size - 2 * MARGIN - 2
    most = int(room / PITCH) // GROUP * GROUP
    each = total if total <= most else max(most, -(-total // ROWS))
    each = -(-each // GROUP) * GROUP if total > most else total
    pitch = room / max(1, each)
    rows, y = [], 17
    for start in range(0, total, each):
        rows.append(Row(start, min(total, start + each), y, pitch))
        y += WORDED if any(start < n <= start + each for n in named) else BARE
    return rows


def _ticks(
    ticks: Sequence[int | None], row: Row, tall: float = TALL, short: float = SHORT
) -> list[str]:
    heights = {"for": tall, "against": short, "todo": DOT}
    ends: dict[str, list[float]] = {kind: [] for kind in heights}
    doubtful = []
    for seed in range(row.start, row.stop):
        x = row.x(seed)
        if seed >= len(ticks):
            ends["todo"].append(x)
        elif ticks[seed] is None:
            doubtful.append(x)
        else:
            ends["for" if ticks[seed] else "against"].append(x)
    thickness = min(2.0, 0.5 * row.pitch)
    drawn = [line(MARGIN, row.y, row.x(row.stop - 1), row.y, "base")]
    drawn += [
        element(
            "path",
            class_=kind,
            stroke_width=thickness,
            d="".join(f"M{px(x)} {px(row.y)}v-{px(heights[kind])}" for x in xs),
        )
        for kind, xs in ends.items()
        if xs
    ]
    if doubtful:  # neither tall nor short: a tick that does not touch the ground
        d = "".join(f"M{px(x)} {px(row.y - 7)}v-{px(5)}" for x in doubtful)
        drawn.append(element("path", class_="doubt", stroke_width=thickness, d=d))
    return drawn


def _posts(
    row: Row, looks: list[int], done: int, total: int, size: int, language: Language
) -> list[str]:
    """Where the run is now, and a dotted post after the last seed of each look."""
    drawn: list[str] = []
    taken: list[tuple[float, float]] = []
    if row.start < done < total and (done <= row.stop):
        x = row.x(done - 0.5)
        drawn.append(path(f"M{px(x)} {px(row.y + 5)}l4 6h-8z", "now"))
        drawn.append(_word(x, row.y + 24, str(done), taken, size, "now-text"))
    for look in sorted((n for n in looks if row.start < n <= row.stop), reverse=True):
        x = row.x(look - 0.5)
        drawn.append(line(x, row.y - 21, x, row.y + 7, "look"))
        nth = looks.index(look)
        ahead = next((n for n in looks if n > done), looks[-1])
        full = _ordinal(look, nth, language) if look == ahead else str(look)
        drawn.append(_word(x, row.y + 24, full, taken, size) or "")
    return drawn


def _word(
    x: float, y: float, content: str, taken: list[tuple[float, float]], size: int, css: str = ""
) -> str:
    """A word below the tape, inside its ends; left out where another stands already."""
    half = markup.width(content) / 2
    centre = min(max(x, half), size - half)
    if any(left < centre + half + 6 and centre - half - 6 < right for left, right in taken):
        return ""
    taken.append((centre - half, centre + half))
    return text(centre, y, content, css, "middle")


def _ordinal(look: int, nth: int, language: Language) -> str:
    names = _ORDINALS[language]
    if language == "zh":
        return f"{look} 第{names[nth]}次查看" if nth < len(names) else f"{look} 第 {nth + 1} 次查看"
    return f"{look}, {names[nth]} look" if nth < len(names) else f"{look}, look {nth + 1}"


def _label(ticks: Sequence[int | None], done: int, total: int, language: Language) -> str:
    inside = sum(tick == 1 for tick in ticks)
    against = sum(tick == 0 for tick in ticks)
    doubtful = len(ticks) - inside - against
    todo = max(0, total - done)
    if language == "zh":
        said = [f"{inside} 粒种子成立", f"{against} 粒不成立"]
        said += [f"{doubtful} 粒分不清"] if doubtful else []
        said += [f"还有 {numbers.count(todo)} 粒"] if todo else []
        return "，".join(said)
    said = [f"{inside} seed{'' if inside == 1 else 's'} for", f"{against} against"]
    said += [f"{doubtful} too close to call"] if doubtful else []
    said += [f"{numbers.count(todo)} to come"] if todo else []
    return ", ".join(said)
