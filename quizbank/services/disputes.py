"""Write the disputes of the bank's files into the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quizbank.content.disputes import Dispute as Source
from quizbank.content.disputes import Side
from quizbank.models import Dispute, DisputeSide, Topic

Fields = dict[str, Any]


def sync_disputes(*, disputes: Sequence[Source], topics: Mapping[str, Topic]) -> None:
    """Make the database say what these (checked) disputes say, touching nothing that agrees."""
    present = {row.slug: row for row in Dispute.objects.prefetch_related("sides")}
    for position, source in enumerate(disputes):
        row = present.pop(source.slug, None) or Dispute(slug=source.slug)
        _write(row, _fields(source, topics[source.topic].pk, position))
        _sync_sides(row, source.sides)
    Dispute.objects.filter(pk__in=[row.pk for row in present.values()]).delete()


def _sync_sides(dispute: Dispute, sides: Sequence[Side]) -> None:
    present = {row.position: row for row in dispute.sides.all()}
    for position, side in enumerate(sides, 1):
        row = present.pop(position, None) or DisputeSide(dispute=dispute, position=position)
        _write(row, _side_fields(side))
    DisputeSide.objects.filter(pk__in=[row.pk for row in present.values()]).delete()


def _fields(source: Source, topic: int, position: int) -> Fields:
    fields: Fields = {"topic_id": topic, "position": position}
    for name, prose in (("title", source.title), ("verdict", source.verdict)):
        fields[f"{name}_zh"], fields[f"{name}_en"] = prose.source.zh, prose.source.en
        fields[f"{name}_html_zh"], fields[f"{name}_html_en"] = prose.html.zh, prose.html.en
    return fields | {"rows": list(source.rows), "decided_by": list(source.decided_by)}


def _side_fields(side: Side) -> Fields:
    return {
        "text_zh": side.text.source.zh,
        "text_en": side.text.source.en,
        "html_zh": side.text.html.zh,
        "html_en": side.text.html.en,
        "lines": list(side.lines),
        "units": list(side.units),
        "confirmed_by": side.confirmed_by,
        "refuted_by": side.refuted_by,
    }


def _write(row: Dispute | DisputeSide, fields: Fields) -> None:
    if row.pk and all(getattr(row, name) == value for name, value in fields.items()):
        return
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
