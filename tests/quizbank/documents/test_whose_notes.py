"""Notes follow the person: from a guest to the account, and out when the person is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from quizbank.models import Card, ImportedDocument, Passage, Question
from quizbank.queries import bank as bank_queries
from quizbank.queries import notes
from quizbank.services import importing
from quizbank.services.people import erase_person, merge_guest, start_guest
from tests.quizbank.documents.cast import make_bank
from tests.quizbank.study_cast import grade

NOTES = "# 我的\n\n## 梯度消失的原因有哪些？\n\n连乘。\n\n## 如何给猫洗澡？\n\n慢慢来。\n"


@pytest.fixture
def bank(db: None) -> dict[str, Question]:
    return make_bank()


def bring(owner: Any, now: datetime) -> importing.Imported:
    return importing.import_document(owner=owner, name="a.md", data=NOTES.encode(), now=now)


def test_a_guests_notes_go_along_to_the_account(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    guest = start_guest(now=now)
    done = bring(guest, now)
    own = Question.everyone.get(owner=guest)
    grade(guest, own, 3, now)
    merge_guest(guest=guest, account=alice, now=now)
    assert [d.pk for d in notes.documents_for(alice)] == [done.document.pk]
    assert bank_queries.get_question(own.path, alice) == own
    assert Card.objects.filter(user=alice, question=own).exists()


def test_erasing_a_person_erases_their_notes_and_questions(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    guest = start_guest(now=now)
    bring(guest, now)
    grade(guest, Question.everyone.get(owner=guest), 3, now)
    merge_guest(guest=guest, account=alice, now=now)
    erase_person(user=alice, now=now)
    assert ImportedDocument.objects.count() == Passage.objects.count() == 0
    assert not Question.everyone.exclude(owner=None).exists()
    assert Question.objects.count() == len(bank)
