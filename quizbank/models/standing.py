"""What is there already when an answer arrives, read in one statement."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple
from uuid import UUID

from quizbank.models.people import ParameterSet, StudyProfile
from quizbank.models.rows import columns_of, find, read, select, written
from quizbank.models.study import Card, ReviewEvent

_STANDING = """
SELECT
  (SELECT id FROM quizbank_reviewevent WHERE user_id = %s AND client_uuid = %s),
  (SELECT id FROM quizbank_interview WHERE user_id = %s AND closed_at IS NULL),
  (SELECT merged_into_id FROM quizbank_user WHERE id = person.user_id),
  policy.id, policy.digest, {person}, {card}
FROM quizbank_studyprofile person
LEFT JOIN quizbank_card card
  ON card.user_id = person.user_id AND card.question_id = %s AND card.form = %s
LEFT JOIN quizbank_reviewevent latest ON latest.id = card.last_event_id
LEFT JOIN quizbank_studypolicy policy ON policy.id = latest.policy_id
WHERE person.user_id = %s
"""
_APART = 5  # columns before those of the rows


class Standing(NamedTuple):
    """`event`, `interview` and `merged_into` are ids: of what the UUID was used for, of the
    interview ahead, and of the account that a guest was merged into. `policy` is the id of the
    settings the card was answered under last, `digest` what they are stored as. All but the
    profile may be None."""

    profile: StudyProfile
    event: int | None
    interview: int | None
    merged_into: int | None
    policy: int | None
    digest: str | None
    card: Card | None


def standing_of(user_id: int, question_id: int, form: str, client_uuid: UUID) -> Standing | None:
    """Under the lock of the person's profile, which every writer of a card takes first. None if
    they have no profile yet."""
    (name,) = written(ReviewEvent, client_uuid=client_uuid)
    rows = select(_statement(), (user_id, name, user_id, question_id, form, user_id))
    if not rows:
        return None
    event, interview, merged_into, policy, digest = rows[0][:_APART]
    after = _APART + _width()
    profile, card = read(StudyProfile, rows[0][_APART:after]), rows[0][after:]
    if profile.parameter_set_id is not None:
        profile.parameter_set = find(ParameterSet, id=profile.parameter_set_id)
    found = read(Card, card) if card[0] else None
    return Standing(profile, event, interview, merged_into, policy, digest, found)


@cache
def _statement() -> str:
    person, card = columns_of(StudyProfile, "person"), columns_of(Card, "card")
    return _STANDING.format(person=person, card=card)


@cache
def _width() -> int:
    return len(StudyProfile._meta.concrete_fields)
