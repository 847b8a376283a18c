"""What an import would do, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.html import escape

from quizbank.importing.matching import Index, Match, question_like
from quizbank.importing.reading import Read, read
from quizbank.models import Passage, Unit
from quizbank.queries import notes
from quizbank.services.own_questions import Wanted


@dataclass(frozen=True)
class Preview:
    """What an import would do. `asked` are the places of passages that ask something."""

    read: Read
    matches: dict[int, Match]  # place of a passage -> question of the bank
    units: int
    asked: tuple[int, ...]
    index: Index | None = field(repr=False, default=None)

    @property
    def own(self) -> list[int]:
        """The places that would become questions of the learner's own."""
        return [] if self.read.known else [i for i in self.asked if i not in self.matches]


def preview(*, name: str, data: bytes) -> Preview:
    """What importing this file would do; stores nothing. Raises Refused."""
    done = read(name, data, notes.outlines())
    asked = tuple(i for i, passage in enumerate(done.passages) if question_like(passage))
    if done.known:
        units = {p.unit: i for i, p in enumerate(done.passages) if p.unit}
        owned = Unit.objects.filter(slug__in=units, kind=Unit.Kind.QUESTION)
        matches = {
            units[slug]: Match(question, 1.0, Passage.MatchedBy.UNIT)
            for slug, question in owned.values_list("slug", "question")
            if question
        }
        return Preview(done, matches, owned.count(), asked)
    bank = notes.bank_index()
    found = {i: bank.match(p.heading) for i, p in enumerate(done.passages) if p.heading}
    return Preview(done, {i: m for i, m in found.items() if m}, 0, asked, bank)


def wanted(planned: Preview, place: int) -> Wanted:
    """The question at this place, answered by its passage and all below it."""
    done = planned.read
    within = {place}
    answer = [done.html[place]]
    for i in range(place + 1, len(done.passages)):
        passage = done.passages[i]
        if passage.parent not in within:
            break
        within.add(i)
        heading = f"<h4>{escape(passage.heading)}</h4>" if passage.heading else ""
        answer.append(heading + done.html[i])
    heading = done.passages[place].heading
    related = planned.index.related(heading) if planned.index else []
    return Wanted(heading, "".join(answer), tuple(related))
