"""One's own questions are put away and taken out again: single ones, or what a file made."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from quizbank.models import Card, Question, ReviewEvent, User
from quizbank.services.audit import audit
from quizbank.services.importing import import_document
from quizbank.views.exchange import REPORT
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question
from tests.quizbank.test_exchange_pages import CARDS, bring, said


def asked(alice: User) -> set[str]:
    return {str(q.title) for q in Question.everyone.filter(owner=alice, retired_at=None)}


def test_what_a_file_made_can_be_put_away_at_once(alice: User, alice_client: Client) -> None:
    """What came before it stays, and the same file brings the others back."""
    stone = make_question("falling/stone")
    grade(alice, stone, 3, MONDAY)
    bring(alice_client, "front,back\r\nKept,before\r\n")
    done = bring(alice_client, CARDS)
    assert "Put 2 questions away" in done
    alice_client.post("/en/exchange/put-away/")
    assert asked(alice) == {"Kept"}
    assert ReviewEvent.objects.filter(user=alice).count() == 1
    alice_client.post("/en/exchange/put-away/")
    assert asked(alice) == {"Kept"}
    session = alice_client.session  # as it was kept before reports had a moment
    session[REPORT] = {name: told for name, told in session[REPORT].items() if name != "at"}
    session.save()
    assert "questions away" not in said(alice_client.get("/en/exchange/done/"))
    bring(alice_client, CARDS)
    assert asked(alice) == {"Kept", "What is a cat?", "What is 1 < 2?"}


def test_one_question_is_put_away_with_its_past_and_taken_out(
    alice: User, alice_client: Client
) -> None:
    bring(alice_client, CARDS)
    cat = Question.everyone.get(owner=alice, title_en="What is a cat?")
    grade(alice, cat, 3, timezone.now())
    page = said(alice_client.get(f"/en/questions/{cat.path}/"))
    assert "Put this question away" in page
    after = alice_client.post("/en/exchange/put-away/", {"question": cat.path}, follow=True)
    assert "“What is a cat?” is put away" in said(after)
    assert asked(alice) == {"What is 1 < 2?"}
    assert alice_client.get(f"/en/questions/{cat.path}/").status_code == 404
    alice_client.post("/en/exchange/take-out/", {"question": cat.path})
    assert asked(alice) == {"What is 1 < 2?", "What is a cat?"}
    assert Card.objects.get(user=alice, question=cat).reps == 1
    assert audit(user=alice, repair=False).differences == []


def test_nobody_puts_away_what_is_not_theirs(
    alice: User, alice_client: Client, mallory: User
) -> None:
    bring(alice_client, CARDS)
    stone = make_question("falling/stone")
    theirs = Client()
    theirs.force_login(mallory)
    for path in (Question.everyone.filter(owner=alice)[0].path, stone.path, "own/none", "\x00"):
        theirs.post("/en/exchange/put-away/", {"question": path})
        theirs.post("/en/exchange/take-out/", {"question": path})
    theirs.post("/en/exchange/put-away/")
    alice_client.post("/en/exchange/put-away/", {"question": stone.path})
    assert len(asked(alice)) == 2
    assert Question.objects.get(pk=stone.pk).retired_at is None
    assert "Put this question away" not in said(alice_client.get(f"/en/questions/{stone.path}/"))
    assert Client().post("/en/exchange/put-away/").status_code == 404


def test_what_notes_ask_follows_the_notes(alice: User, alice_client: Client) -> None:
    notes = b"# What is a dog?\n\nAn animal that barks.\n"
    import_document(owner=alice, name="zoo.md", data=notes, now=MONDAY)
    bring(alice_client, CARDS)
    dog = Question.everyone.get(owner=alice, title_en="What is a dog?")
    alice_client.post("/en/exchange/put-away/")
    alice_client.post("/en/exchange/put-away/", {"question": dog.path})
    assert asked(alice) == {"What is a dog?"}
    assert "From your notes" in said(alice_client.get("/en/exchange/"))
    assert "Put this question away" not in said(alice_client.get(f"/en/questions/{dog.path}/"))
