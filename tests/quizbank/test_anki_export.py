"""A person's deck as a package: all that they did and nothing that they took back."""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given

from quizbank.exchange import anki
from quizbank.exchange.anki.reading import read_here
from quizbank.exchange.notes import Deed, Note
from quizbank.models import Card, Origin, Question, ReviewEvent, State, StudyProfile, User
from quizbank.models.history import undos_of
from quizbank.queries.export import DEEDS, Wish, leaves, package, sides_for
from quizbank.services import acts
from quizbank.services.bringing.notes import bring_in
from quizbank.services.study import undo
from quizbank.services.tokens import issue_token
from tests.cast import MONDAY
from tests.examples import examples
from tests.proven import BELL, STONE
from tests.quizbank.anki_cast import package as foreign
from tests.quizbank.histories import histories, learner, live
from tests.quizbank.study_cast import grade, make_questions
from tests.quizbank.test_anki_writing import read, rows

STAMP = 1_704_186_000_000  # 2024-01-02 09:00 UTC
ADDRESS = "/en/exchange/proofdeck.apkg"


def notes(user: User | None, **wish) -> dict[str, Note]:
    found = read(package(user, Wish(**{"language": "en"} | wish), MONDAY))
    return {note.path: note for note in found.notes}


def told(client: Client, address: str = ADDRESS) -> dict[str, Note]:
    content = b"".join(client.get(address).streaming_content)
    return {note.path: note for note in read(content).notes}


@pytest.fixture
def questions(db):
    return make_questions(2)


@examples(8, 300)
@given(histories)
def test_every_deed_that_counts_is_in_it_and_every_memory(questions, history) -> None:
    user = learner()
    live(user, questions, history)
    content = package(user, Wish("en"), MONDAY)
    found = {note.path: note for note in read(content).notes}
    assert set(found) == {question.path for question in questions}

    gone = undos_of(user)
    events = ReviewEvent.objects.filter(user=user, kind__in=DEEDS).exclude(pk__in=gone)
    for question in questions:
        ours = events.filter(card__question=question).order_by("reviewed_at", "received_at", "id")
        assert [(one.deed, one.rating) for one in found[question.path].past] == [
            (DEEDS[event.kind], event.rating) for event in ours
        ]
        for one, event in zip(found[question.path].past, ours, strict=True):
            late = abs(one.at - event.reviewed_at)
            assert late < timedelta(milliseconds=1 + len(events))

    said = rows(content, "SELECT data, type, queue FROM cards WHERE data != '{}'")
    studied = Card.objects.filter(user=user).exclude(state=State.NEW)
    held = sorted((json.loads(data)["s"], kind, queue < 0) for data, kind, queue in said)
    assert held == sorted((card.stability, card.state, card.suspended) for card in studied)


def test_what_was_taken_back_stays_here(alice: User) -> None:
    (question,) = make_questions(1)
    grade(alice, question, 3, MONDAY)
    grade(alice, question, 1, MONDAY + timedelta(days=1))
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY + timedelta(days=1))
    (one,) = notes(alice)[question.path].past
    assert (one.deed, one.rating, one.at) == (Deed.REVIEW, 3, MONDAY)


def test_days_are_the_learners_own(alice: User) -> None:
    (question,) = make_questions(1)
    StudyProfile.objects.filter(user=alice).update(zone="Pacific/Auckland", rollover_hour=2)
    StudyProfile.objects.get_or_create(user=alice, defaults={"zone": "Pacific/Auckland"})
    grade(alice, question, 4, MONDAY)
    card = Card.objects.get(user=alice)
    assert card.due_day is not None
    assert notes(alice)[question.path].due == card.due_day
    assert card.due_day != MONDAY.astimezone(ZoneInfo("UTC")).date()


def test_the_deck_holds_what_the_person_may_see(alice: User, mallory: User) -> None:
    first, second = make_questions(2)
    grade(alice, first, 3, MONDAY)
    grade(mallory, second, 1, MONDAY)
    Question.everyone.filter(pk=second.pk).update(owner=mallory)
    assert set(notes(alice)) == {first.path}
    assert set(notes(mallory)) == {first.path, second.path}
    assert notes(mallory)[first.path].past == ()


def test_a_retired_question_goes_only_with_a_history(alice: User) -> None:
    first, second, third = make_questions(3)
    grade(alice, first, 3, MONDAY)
    Question.objects.filter(pk__in=[first.pk, second.pk]).update(retired_at=MONDAY)
    assert set(notes(alice)) == {first.path, third.path}
    assert set(notes(alice, history=False)) == {third.path}
    assert set(notes(None)) == {third.path}


def test_without_history_every_card_is_new(alice: User) -> None:
    (question,) = make_questions(1)
    grade(alice, question, 4, MONDAY)
    acts.suspend(user=alice, question=question, client_uuid=uuid.uuid4(), now=MONDAY)
    assert notes(alice)[question.path].suspended
    note = notes(alice, history=False)[question.path]
    assert (note.past, note.due, note.suspended) == ((), None, False)


def test_a_card_carries_words_evidence_and_a_picture(stone: Question) -> None:
    for language, verdict in (("en", "[Confirmed]"), ("zh", "[证实]")):
        wish = Wish(language)
        sides = sides_for(None, wish)
        (leaf,) = [leaf for leaf in leaves(None, wish, sides) if leaf.note.path == STONE]
        title = getattr(stone, f"title_{language}")
        assert title in leaf.note.front
        assert getattr(stone, f"short_html_{language}") in leaf.note.back
        assert leaf.points.count("<li>") == stone.key_points.count()
        assert getattr(stone.traps.get(), f"say_html_{language}") in leaf.traps
        assert verdict in leaf.proof
        (name,) = sides.media
        assert f'<img src="{name}">' in leaf.proof
        assert "⟦" not in "".join(leaf.fields)
        assert "<math" not in "".join(leaf.fields)
    assert leaf.note.deck == "Proofdeck::下落"


def test_a_topic_may_be_chosen(stone: Question) -> None:
    assert set(notes(None, topic="sound")) == {BELL}
    assert STONE in notes(None, topic="falling")


def test_the_number_of_queries_does_not_grow(
    stone: Question, django_assert_max_num_queries
) -> None:
    alice = User.objects.create_user("alice")
    for question in Question.objects.all():
        grade(alice, question, 3, MONDAY)
    with django_assert_max_num_queries(14):
        package(alice, Wish("en"), MONDAY)


def test_a_person_downloads_their_deck(alice: User, alice_client: Client) -> None:
    (question,) = make_questions(1)
    grade(alice, question, 3, MONDAY)
    answer = alice_client.get(ADDRESS)
    assert answer["Content-Type"] == "application/octet-stream"
    assert 'attachment; filename="proofdeck-20' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert len(told(alice_client)[question.path].past) == 1
    assert told(alice_client, f"{ADDRESS}?history=no")[question.path].past == ()
    assert told(Client())[question.path].past == ()
    assert alice_client.get(f"{ADDRESS}?topic=nothing").status_code == 404
    assert alice_client.post(ADDRESS).status_code == 405


def test_the_language_of_the_cards_may_differ_from_the_pages(stone: Question, client) -> None:
    assert stone.title_en in told(client)[STONE].front
    assert stone.title_zh in told(client, f"{ADDRESS}?language=zh")[STONE].front
    assert stone.title_en in told(client, f"{ADDRESS}?language=fr")[STONE].front


def test_a_program_downloads_it_with_a_key(alice: User) -> None:
    (question,) = make_questions(1)
    grade(alice, question, 3, MONDAY)
    address = "/api/v1/me/export.apkg"
    keys = {
        scope: issue_token(user=alice, name=scope, scopes=[scope], now=MONDAY)
        for scope in ("read", "run")
    }
    client = Client(headers={"Authorization": f"Bearer {keys['read']}"})
    assert len(told(client, address)[question.path].past) == 1
    assert told(client, f"{address}?history=no")[question.path].past == ()
    for wrong in ("history=maybe", "topic=nothing", "language=fr", "deck=x"):
        assert client.get(f"{address}?{wrong}").status_code == 400
    other = Client(headers={"Authorization": f"Bearer {keys['run']}"})
    assert other.get(address).status_code == 403
    assert Client().get(address).status_code == 401


def test_the_command_writes_the_file(alice: User, tmp_path: Path) -> None:
    (question,) = make_questions(1)
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    grade(alice, question, 3, MONDAY)
    out = tmp_path / "deck.apkg"
    for name in ("alice", "Alice@example.org"):
        call_command("export_apkg", out, user=name, language="en", verbosity=0)
        (note,) = read_here(out.read_bytes(), out.name, tmp_path).notes
        assert note.deck == "Proofdeck::Topic"
        out.unlink()
    with pytest.raises(CommandError, match="no person"):
        call_command("export_apkg", out, user="bob")
    with pytest.raises(CommandError, match="no topic"):
        call_command("export_apkg", out, user="alice", topic="nothing")
    assert not out.exists()


def test_a_package_goes_and_comes_by_command(alice: User, mallory: User, tmp_path: Path) -> None:
    """Ours, to another person and again: the bank's cards are there, only their past is new."""
    question, _ = make_questions(2)
    for day in range(3):
        grade(alice, question, 3, MONDAY + timedelta(days=day))
    deck = tmp_path / "deck.apkg"
    call_command("export_apkg", deck, user="alice", verbosity=0)
    told = []
    for _ in range(2):
        out = io.StringIO()
        call_command("import_apkg", deck, user="mallory", json=True, stdout=out)
        told.append(json.loads(out.getvalue()))
    first = {"notes": 2, "cards": 2, "reviews": 3, "created": 0, "updated": 2, "skipped": 0}
    assert told == [first, {**first, "reviews": 0}]
    assert Card.objects.get(user=mallory, question=question).reps == 3
    deck.write_bytes(b"no package")
    with pytest.raises(CommandError, match=r"deck\.apkg: "):
        call_command("import_apkg", deck, user="mallory")


def test_a_package_of_ours_is_known_again_in_the_child(stone: Question) -> None:
    found = anki.read(package(None, Wish("zh"), MONDAY), "proofdeck.apkg")
    assert {note.path for note in found.notes} == {
        question.path for question in Question.objects.all()
    }
    assert found.remarks == ()


def test_a_package_from_elsewhere_comes_and_goes_unchanged(alice: User) -> None:
    log = [(STAMP, 11, 3, -600, 0, 8_000, 0), (STAMP + 86_400_000, 11, 4, 28, 0, 6_000, 1)]
    first = read(foreign(log=log)).notes
    bring_in(user=alice, notes=first, origin=Origin.ANKI, now=MONDAY)
    (there,) = notes(alice).values()
    assert [(p.at, p.rating, p.duration_ms, p.days) for p in there.past] == [
        (p.at, p.rating, p.duration_ms, p.days) for p in first[0].past
    ]
    assert (there.due, there.tags) == (first[0].due, (first[0].deck, *first[0].tags))
    assert "What is Adam?" in there.front
    assert "Two moments." in there.back

    content = package(alice, Wish("en"), MONDAY)
    before = list(ReviewEvent.objects.values_list("client_uuid", flat=True))
    again = read(content).notes
    bring_in(user=alice, notes=again, origin=Origin.ANKI, now=MONDAY)
    assert list(ReviewEvent.objects.values_list("client_uuid", flat=True)) == before
    assert package(alice, Wish("en"), MONDAY) == content
