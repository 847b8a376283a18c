"""A guest who turns out to have an account: the union of the two logs."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from demos.models import RunRequest
from quizbank.models import ApiToken, Card, MockInterview, QuizSession, ReviewEvent, User
from quizbank.services.importing import adopt_notes
from quizbank.services.interviews import adopt_interviews
from quizbank.services.log import lock_profile, refold

COPIED = tuple(
    field.attname
    for field in ReviewEvent._meta.concrete_fields
    if field.attname not in {"id", "user_id", "card_id", "client_uuid", "undoes_id"}
)


@transaction.atomic
def merge_guest(*, guest: User, account: User, now: datetime) -> None:
    """Give the account everything the guest did, and close the guest.

    Events keep their UUIDs, so doing it again adds nothing; one that the account has with another
    card, from a file that calls it so, gets a UUID made of both. The guest's own rows stay
    where they are, since a log is never rewritten; parameters fitted to the guest's few
    reviews are not taken over. Raises ValueError if `guest` is no guest, or another's.
    """
    if not guest.is_guest or guest.pk == account.pk:
        raise ValueError("only a guest can be merged, and only into an account")
    # In this order everywhere: who waited for the guest's goes on to that of the account.
    for user in (guest, account):
        lock_profile(user)
    guest.refresh_from_db(fields=["merged_into"])
    if guest.merged_into_id not in (None, account.pk):
        raise ValueError("this guest already belongs to another account")
    adopt_notes(guest=guest, account=account)  # first: a card is known by its question
    cards = _cards(guest, account)
    _copy_events(guest, account, cards)
    for card in cards.values():
        refold(card)
    QuizSession.objects.filter(owner=guest).update(owner=account)
    MockInterview.objects.filter(owner=guest).update(owner=account)
    adopt_interviews(guest=guest, account=account, now=now)
    _move_wishes(guest, account)
    guest.is_active, guest.merged_into = False, account
    guest.save(update_fields=["is_active", "merged_into"])
    ApiToken.objects.filter(user=guest, revoked_at=None).update(revoked_at=now)


def _move_wishes(guest: User, account: User) -> None:
    """For runs, all but those sent under a key that the account has used itself."""
    keyed = RunRequest.objects.filter(owner=account).exclude(idempotency_key="")
    wishes = RunRequest.objects.filter(owner=guest)
    wishes.exclude(idempotency_key__in=keyed.values("idempotency_key")).update(owner=account)


def _cards(guest: User, account: User) -> dict[object, Card]:
    """Card of the guest (its id) -> card of the account for the same question and form."""
    found: dict[object, Card] = {}
    for card in Card.objects.filter(user=guest):
        twin, _ = Card.objects.get_or_create(
            user=account,
            question_id=card.question_id,
            form=card.form,
            defaults={"seed": card.seed, "created_at": card.created_at},
        )
        found[card.pk] = twin
    return found


def _copy_events(guest: User, account: User, cards: dict[object, Card]) -> None:
    """Copy in the order of ids: an undo must stay later than what it undoes."""
    rows = ReviewEvent.objects.filter(user=account).values_list("client_uuid", "id", "card_id")
    there = {name: (pk, card) for name, pk, card in rows}
    ids: dict[int | None, int | None] = {None: None}
    for event in ReviewEvent.objects.filter(user=guest).exclude(card=None).order_by("id"):
        card, name = cards[event.card_id], event.client_uuid
        if name in there and there[name][1] != card.pk:
            name = uuid5(name, str(card.pk))
        if name not in there:
            copy = ReviewEvent.objects.create(
                user=account,
                card=card,
                client_uuid=name,
                undoes_id=ids[event.undoes_id],
                **{name: getattr(event, name) for name in COPIED},
            )
            there[name] = (copy.pk, card.pk)
        ids[event.pk] = there[name][0]
