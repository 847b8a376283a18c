"""Points on which the notes contradict one another or themselves, and what holds.

`quizbank/bank/disputes.toml`, `[[disputes]]` in reading order. A side is a statement in our own
words with the places that make it; where a claim measures that very statement, the side names it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from quizbank.content.catalogue import LINES
from quizbank.content.errors import ContentError
from quizbank.content.reading import Page, Prose, Table

SLUG = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
CITED = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")
LONGEST = 80


@dataclass(frozen=True)
class Side:
    """`confirmed_by` or `refuted_by` is the claim ("demo/claim") that measures it, or empty."""

    text: Prose
    lines: tuple[str, ...]
    units: tuple[str, ...]
    confirmed_by: str
    refuted_by: str


@dataclass(frozen=True)
class Dispute:
    """`decided_by` are the claims ("demo/claim") that bear on the point, the telling one first."""

    slug: str
    file: str
    topic: str
    title: Prose
    verdict: Prose
    rows: tuple[str, ...]
    decided_by: tuple[str, ...]
    sides: tuple[Side, ...]


@dataclass(frozen=True)
class Known:
    """What disputes may name: (demo, claim) -> rows it decides, document -> its last line."""

    topics: Collection[str]
    rows: Collection[str]
    units: Collection[str]
    last_lines: Mapping[str, int]
    claims: Mapping[str, tuple[str, ...]]


def read_disputes(path: Path, page: Page) -> tuple[Dispute, ...]:
    text = page.read(path)
    if text is None:
        return ()
    table = page.toml(text)
    disputes = tuple(_dispute(entry) for entry in table.tables("disputes"))
    table.done()
    return disputes


def _dispute(table: Table) -> Dispute:
    slug = table.text("slug")
    table.place = slug or table.place
    if slug and (not SLUG.fullmatch(slug) or len(slug) > LONGEST):
        table.wrong("slug", f"{slug!r} is no slug", 'write it like "dead_relu"')
    dispute = Dispute(
        slug=slug,
        file=table.page.file,
        topic=table.text("topic"),
        title=table.prose("title"),
        verdict=table.prose("verdict"),
        rows=table.strings("rows"),
        decided_by=table.strings("decided_by"),
        sides=tuple(_side(entry) for entry in table.tables("sides")),
    )
    if len(dispute.sides) < 2:
        table.wrong("sides", f"it has {len(dispute.sides)}", "give both sides of the dispute")
    if not dispute.rows:
        table.wrong("rows", "it names none", "name the catalogue rows that are at issue")
    for cited in dispute.decided_by:
        if not CITED.fullmatch(cited):
            table.wrong("decided_by", f"{cited!r} is no claim", 'write it as "demo/claim"')
    table.done()
    return dispute


def _side(table: Table) -> Side:
    # A side may be a formula and nothing else.
    text = table.both(native=False)
    if re.sub(r"\$[^$]*\$", "", text.zh).strip(" 。."):
        table.page.languages(table.at("zh, en"), text.zh, text.en)
    side = Side(
        text=table.page.prose(table.at("zh, en"), text.zh, text.en),
        lines=table.strings("lines"),
        units=table.strings("units"),
        confirmed_by=table.text("confirmed_by", optional=True),
        refuted_by=table.text("refuted_by", optional=True),
    )
    if side.confirmed_by and side.refuted_by:
        table.wrong("refuted_by", "the side is confirmed as well", "keep one of the two")
    if not side.lines:
        table.wrong("lines", "it names no place", "say where it stands, like d0:151")
    for place in side.lines:
        if not LINES.fullmatch(place):
            table.wrong("lines", f"{place!r} is no place", 'write it like "d0:5" or "d0:26-27"')
    table.done()
    return side


def check_disputes(disputes: Collection[Dispute], known: Known) -> Iterator[ContentError]:
    """Every name in a dispute that leads nowhere."""
    seen: set[str] = set()
    for dispute in disputes:
        found = [*_check_names(dispute, known), *_check_claims(dispute, known)]
        for number, side in enumerate(dispute.sides, 1):
            found += _check_side(f"sides[{number}]", side, dispute, known)
        if dispute.slug in seen:
            found.append(("slug", "another dispute has it too", "give it another slug"))
        seen.add(dispute.slug)
        for place, wrong, remedy in found:
            yield ContentError(dispute.file, f"{dispute.slug}.{place}", wrong, remedy)


Complaint = tuple[str, str, str]


def _check_names(dispute: Dispute, known: Known) -> Iterator[Complaint]:
    if dispute.topic and dispute.topic not in known.topics:
        yield "topic", f"{dispute.topic!r} is none", f"choose one of {', '.join(known.topics)}"
    for row in dispute.rows:
        if row not in known.rows:
            yield "rows", f"the catalogue holds no row {row!r}", "add the row or correct the id"


def _check_claims(dispute: Dispute, known: Known) -> Iterator[Complaint]:
    decided: set[str] = set()
    for cited in dispute.decided_by:
        if cited in known.claims:
            decided |= set(known.claims[cited])
        elif CITED.fullmatch(cited):
            yield "decided_by", f"there is no claim {cited}", "see `python -m demos list`"
    if dispute.decided_by and not decided & set(dispute.rows):
        yield "decided_by", "these claims decide none of its rows", "cite one that does, or none"


def _check_side(place: str, side: Side, dispute: Dispute, known: Known) -> Iterator[Complaint]:
    for name, cited in (("confirmed_by", side.confirmed_by), ("refuted_by", side.refuted_by)):
        if cited and cited not in dispute.decided_by:
            yield f"{place}.{name}", f"{cited} is not in decided_by", "add it there"
    for unit in side.units:
        if unit not in known.units:
            yield (
                f"{place}.units",
                f"there is no unit {unit!r}",
                "take one of bank/documents/*.toml",
            )
    for match in filter(None, map(LINES.fullmatch, side.lines)):
        begin, end = int(match[2]), int(match[3] or match[2])
        if not 1 <= begin <= end <= known.last_lines.get(match[1], 0):
            yield f"{place}.lines", f"no such lines: {match[0]}", "correct them"
