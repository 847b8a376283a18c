"""The topics, in the order in which the bank is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from demos.kit.declare import Text
from quizbank.content.reading import Page


@dataclass(frozen=True)
class Topic:
    slug: str
    title: Text


def read_topics(path: Path, page: Page) -> tuple[Topic, ...]:
    text = page.read(path)
    if text is None:
        return ()
    table = page.toml(text)
    topics = []
    for entry in table.tables("topics"):
        topics.append(Topic(entry.text("slug"), entry.both()))
        entry.done()
    slugs = [topic.slug for topic in topics]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        table.wrong("topics", f"{slug!r} stands there twice", "name it once")
    table.done()
    return tuple(topics)
