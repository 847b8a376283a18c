"""Questions of one's own go to another account and come back as what they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from quizbank.exchange import anki, sheets
from quizbank.exchange.anki import ours
from quizbank.exchange.notes import Note
from quizbank.models import Question, ReviewEvent, User
from quizbank.queries import tables
from quizbank.queries.export import Wish, habits, leaves, package, sides_for
from quizbank.services.audit import audit
from quizbank.services.bringing import Report, files
from tests.cast import MONDAY
from tests.quizbank import anki_cast
from tests.quizbank.study_cast import grade, make_question
from tests.quizbank.test_anki_writing import rows

CARDS = b"front,back\nWhat is a kernel trick?,An inner product.\nWhat is bias now?,An error.\n"
FIRST = 1_704_186_000_000  # 2024-01-02 09:00 UTC
LOG = [(FIRST, 11, 3, -600, 0, 8_000, 0), (FIRST + 86_400_000, 11, 4, 28, 0, 6_000, 1)]
KINDS = ("csv", "apkg")


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def table(notes: Iterable[Note]) -> bytes:
    return sheets.write(notes).encode()


def exported(user: User, kind: str, now: datetime) -> bytes:
    return table(tables.notes_of(user, "en")) if kind == "csv" else package(user, Wish("en"), now)


def exported_long_ago(user: User, kind: str, now: datetime) -> bytes:
    """When nothing but the path named a question."""
    if kind == "csv":
        return table(replace(one, key=one.path) for one in tables.notes_of(user, "en"))
    wish = Wish("en")
    sides = sides_for(user, wish)
    old = [replace(n, note=replace(n.note, path=n.note.key)) for n in leaves(user, wish, sides)]
    return anki.write(old, habits(user, now), sides.media, now)


def bring(user: User, data: bytes, kind: str, now: datetime) -> Report:
    report = files.opened(f"a.{kind}", data).bring_in(user, now)
    assert audit(user=user, repair=False).differences == []
    return report


def studied(user: User) -> list[Question]:
    bring(user, CARDS, "csv", MONDAY)
    found = list(Question.everyone.filter(owner=user))
    for question in found:
        grade(user, question, 3, MONDAY + timedelta(hours=1))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back_doubles_nothing(alice: User, mallory: User, kind: str) -> None:
    studied(alice)
    there = bring(mallory, exported(alice, kind, day(1)), kind, day(1))
    assert (there.created, there.reviews) == (2, 2)
    for question in Question.everyone.filter(owner=mallory)[:1]:
        grade(mallory, question, 3, day(1))
    back = bring(alice, exported(mallory, kind, day(2)), kind, day(2))
    assert (back.created, back.own, back.reviews, back.known) == (0, 2, 1, 2)
    assert Question.everyone.filter(owner=alice).count() == 2
    again = bring(mallory, exported(alice, kind, day(3)), kind, day(3))
    assert not again.adds


def test_a_table_keeps_the_numbers_of_its_reviews(alice: User, mallory: User) -> None:
    studied(alice)
    bring(mallory, exported(alice, "csv", day(1)), "csv", day(1))
    one, other = (
        set(ReviewEvent.objects.filter(user=user).values_list("client_uuid", flat=True))
        for user in (alice, mallory)
    )
    assert one == other


@pytest.mark.parametrize("kind", KINDS)
def test_a_deck_knows_its_cards_in_the_account_they_moved_to(
    alice: User, mallory: User, kind: str
) -> None:
    deck = anki_cast.package(log=LOG)
    bring(alice, deck, "apkg", MONDAY)
    bring(mallory, exported(alice, kind, day(1)), kind, day(1))
    report = bring(mallory, deck, "apkg", day(2))
    assert not report.adds
    assert (report.own, report.known) == (1, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_older_versions_are_known_again(alice: User, kind: str) -> None:
    studied(alice)
    report = bring(alice, exported_long_ago(alice, kind, day(1)), kind, day(1))
    assert not report.adds
    assert (report.own, report.known) == (2, 2)


def test_a_card_stays_the_same_note_in_anki(alice: User) -> None:
    """Where it is by now, a later package must renew it and add no other."""
    questions = studied(alice)
    sql = "SELECT guid, id, flds FROM notes ORDER BY id"
    now = rows(exported(alice, "apkg", day(1)), sql)
    before = rows(exported_long_ago(alice, "apkg", day(1)), sql)
    assert [row[:2] for row in now] == [row[:2] for row in before]
    assert {guid for guid, *_ in now} == {ours.guid(question.path) for question in questions}
    paths = {fields.rsplit("\x1f", 1)[1] for *_, fields in now}
    assert paths == {f"own/{question.slug}" for question in questions}


def test_what_has_no_lasting_name_goes_by_its_path(alice: User) -> None:
    bank = make_question("falling/stone")
    grade(alice, bank, 3, MONDAY)
    own, _ = studied(alice)
    Question.everyone.filter(pk=own.pk).update(slug="a-name")
    keys = {one.path: one.key for one in tables.notes_of(alice, "en")}
    assert (keys[bank.path], keys[own.path]) == (bank.path, own.path)
    for kind in KINDS:
        assert not bring(alice, exported(alice, kind, day(1)), kind, day(1)).adds
