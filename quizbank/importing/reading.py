"""A file of notes, read: its passages, what to show of them and what to say about them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from quizbank.importing import display, headings, records
from quizbank.importing.outline import Outline, recognised, spans_of
from quizbank.importing.passages import Passage, cut, joined
from quizbank.importing.remarks import Remark
from quizbank.importing.source import Source, read_source

# Seconds to lay out one file; what is left by then is shown as it was written.
SECONDS = 4.0


@dataclass(frozen=True)
class Read:
    """One file, read. `html` has one entry for each passage, `known` is a document's name."""

    source: Source
    passages: tuple[Passage, ...]
    html: tuple[str, ...]
    dialect: str
    known: str
    formulas: int
    images: int
    remarks: tuple[Remark, ...]

    @property
    def kept(self) -> int:
        """How many bytes come back when the passages are joined."""
        back = joined(self.source, self.passages)
        return len(back) if back == self.source.data else 0


def read(
    name: str,
    data: bytes,
    outlines: Iterable[Outline] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Read:
    """Read a file. Raises Refused, with the reason, for what cannot be taken in."""
    source = read_source(name, data)
    outline = recognised(source, outlines)
    remarks = list(_about(source))
    if outline:
        passages = cut(source, spans_of(source, outline))
    elif found := records.passages_in(source):
        passages, said = found
        remarks += said
    else:
        spans, said = headings.spans_in(source.lines)
        passages = cut(source, spans)
        remarks += said
    shown = _shown(passages, remarks, clock)
    return Read(
        source=source,
        passages=tuple(passages),
        html=tuple(one.html for one in shown),
        dialect=dialect(source, passages),
        known=outline.slug if outline else "",
        formulas=sum(one.formulas for one in shown),
        images=sum(one.images for one in shown),
        remarks=tuple(sorted(set(remarks))),
    )


def _about(source: Source) -> Iterable[Remark]:
    if source.encoding == "gb18030":
        yield Remark(1, "gb18030")
    if len(source.newlines) > 1:
        yield Remark(1, "newlines")


def _shown(
    passages: Sequence[Passage], remarks: list[Remark], clock: Callable[[], float]
) -> list[display.Shown]:
    until = clock() + SECONDS
    shown: list[display.Shown] = []
    late = False
    for passage in passages:
        if not late and clock() > until:
            remarks.append(Remark(passage.line, "late"))
            late = True
        if not passage.body.strip():
            shown.append(display.Shown(""))
            continue
        one = display.plainly(passage.body) if late else display.show(passage.body)
        first = passage.body_line or passage.line
        within = 0 if passage.kind == "record" else 1
        remarks += [Remark(first + within * at, code, more) for at, code, more in one.remarks]
        if one.images and not one.words and not one.formulas and passage.heading:
            remarks.append(Remark(passage.line, "only_images", passage.heading))
        shown.append(one)
    return shown


def dialect(source: Source, passages: Sequence[Passage]) -> str:
    """How the notes are written: a key for the report, "text" where nothing stands out."""
    if any(passage.kind == "record" for passage in passages):
        return source.name.lower().rsplit(".", 1)[-1]
    text = source.text
    signs = {
        "toc": len(re.findall(r"^\[TOC\]", text, re.MULTILINE)) * 50
        + len(re.findall(r"<img\b", text)),
        "equations": len(re.findall(r"/equation\?tex=", text))
        + len(re.findall(r"^> ?#", text, re.MULTILINE)),
        "bold_bullets": 3 * len(re.findall(r"^[-*+] \*\*.+\*\*\s*$", text, re.MULTILINE)),
        "numbered": 3 * len(re.findall(r"^#{1,6} \d+(?:\.\d+)*\.? ", text, re.MULTILINE)),
        "bullets": len(re.findall(r"^ +[-*+] ", text, re.MULTILINE)),
        "headings": len(re.findall(r"^#{1,6} ", text, re.MULTILINE)),
    }
    best = max(signs, key=lambda name: signs[name])
    return best if signs[best] else "text"
