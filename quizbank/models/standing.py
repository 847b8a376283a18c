"""What is there already when an answer arrives, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from quizbank.models.rows import columns_of, read, select, written
from quizbank.models.study import Card, ReviewEvent

_STANDING = """
SELECT
  (SELECT id FROM quizbank_reviewevent WHERE user_id = %s AND client_uuid = %s),
  (SELECT id FROM quizbank_interview WHERE user_id = %s AND closed_at IS NULL),
  (SELECT id FROM quizbank_studypolicy WHERE digest = %s),
  {card}
FROM quizbank_studyprofile person
LEFT JOIN quizbank_card card
  ON card.user_id = person.user_id AND card.question_id = %s AND card.form = %s
WHERE person.user_id = %s
"""


@dataclass(frozen=True)
class Standing:
    """`event`, `interview` and `policy` are ids: of what the UUID was used for, of the
    interview ahead, of the settings as they are stored. Each may be None."""

    event: int | None
    interview: int | None
    policy: int | None
    card: Card | None


def standing_of(
    user_id: int, question_id: int, form: str, client_uuid: UUID, policy: str
) -> Standing:
    """Under the lock of the person's profile, which every writer of a card takes first.
    `policy` is the digest of the settings."""
    (name,) = written(ReviewEvent, client_uuid=client_uuid)
    asked = (user_id, name, user_id, policy, question_id, form, user_id)
    (row,) = select(_statement(), asked)
    event, interview, stored, *card = row
    return Standing(event, interview, stored, read(Card, card) if card[0] else None)


@cache
def _statement() -> str:
    return _STANDING.format(card=columns_of(Card, "card"))
