"""A figure as SVG: `draw` for one width, `figure` for a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from demos.figures import bars, heatmap, histogram, lines, markup, numbers, plot, scatter, seal
from demos.figures.describe import describe
from demos.figures.frame import Size
from demos.figures.numbers import Language
from demos.figures.plot import Plot

WIDE, NARROW = 504, 328

_KINDS: dict[str, Callable[[Plot, Size], list[str]]] = {
    "lines": lines.draw,
    "bars": bars.draw,
    "histogram": histogram.draw,
    "scatter": scatter.draw,
    "heatmap": heatmap.draw,
}


def draw(
    figure: Mapping[str, Any],
    *,
    language: Language,
    width: int = WIDE,
    sealed: bool = False,
    you: Mapping[str, Any] | None = None,
    options: Sequence[Mapping[str, Any]] = (),
    title_id: str = "",
    css: str = "",
) -> str:
    """The figure `width` px wide, as one accessible image.

    `figure` is a drawn figure, or when `sealed` also a manifest's, which has no numbers.
    `you` is {"value", "x" or None, "text" or None}; `options` are a prediction's.

    Raises:
        KeyError: a kind of figure that is not known.
    """
    read = plot.read(figure, language, you)
    size = heatmap.size_for(read, width) if read.kind == "heatmap" else Size.of(width)
    if sealed:
        said = [markup.words(option.get("text"), language) for option in options]
        size = Size.of(width)
        drawn = seal.draw(read, size, said)
    else:
        drawn = parts(read, size)
    return markup.root(
        size.width,
        size.height,
        describe(read, sealed=sealed),
        *drawn,
        css=f"fig {css}".strip(),
        title_id=title_id,
    )


def parts(read: Plot, size: Size) -> list[str]:
    """The elements of a figure of any kind (Raises KeyError)."""
    return _KINDS[read.kind](read, size)


def figure(
    drawn: Mapping[str, Any],
    language: Language,
    *,
    width: int = WIDE,
    sealed: bool = False,
    you: Mapping[str, Any] | None = None,
    options: Sequence[Mapping[str, Any]] = (),
    title_id: str = "",
    after: str = "",
) -> str:
    """Two drawings that a container query swaps, `width` and 328 px wide, and the caption.

    `after` is markup of the caller's, such as links, and stands last inside the figure.
    """
    drawings = "".join(
        draw(
            drawn,
            language=language,
            width=size,
            sealed=sealed,
            you=you,
            options=options,
            title_id=title_id,
            css=css,
        )
        for size, css in ((width, "w"), (NARROW, "n"))
    )
    caption = numbers.html(markup.words(drawn.get("caption"), language))
    caption = f"<figcaption>{caption}</figcaption>" if caption and not sealed else ""
    return f"<figure>{drawings}{caption}{after}</figure>"
