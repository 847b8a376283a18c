"""Keeping a guest's progress, coming back to it, and leaving."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from quizbank.models import Question, ReviewEvent, User
from tests.cast import MONDAY, PASSWORD
from tests.quizbank.study_cast import grade, make_question, make_questions

pytestmark = pytest.mark.django_db
NEW = {"username": "Zhang-San", "password": PASSWORD, "email": "z@example.org"}


@pytest.fixture
def guest(client: Client) -> User:
    """A guest who has answered three questions in this browser."""
    from quizbank.services.people import start_guest

    user = start_guest(now=MONDAY)
    for question in make_questions(3):
        grade(user, question, 3, MONDAY)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_signing_up_keeps_the_row_and_changes_the_session_key(client: Client, guest: User) -> None:
    before = client.session.session_key
    assert "Your 3 reviews are stored" in text_of(client.get("/en/sign-up/"))
    page = text_of(client.post("/en/sign-up/", NEW, follow=True))
    assert "Your progress is kept" in page
    kept = User.objects.get()
    assert (kept.pk, kept.username, kept.is_guest) == (guest.pk, "Zhang-San", False)
    assert ReviewEvent.objects.filter(user=kept).count() == 3
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(guest.pk)


def test_a_visitor_may_sign_up_too(client: Client) -> None:
    client.post("/zh/sign-up/", NEW)
    assert User.objects.get().username == "Zhang-San"


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"username": ""}, "username", "Please fill this in."),
        ({"username": "ALICE"}, "username", "This name is taken."),
        ({"username": "a b"}, "username", "letters, digits"),
        ({"password": "short"}, "password", "at least 8 characters"),
        ({"email": "nowhere"}, "email", "not an e-mail address"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(
    client: Client, alice: User, changed: dict[str, str], field: str, said: str
) -> None:
    answer = client.post("/en/sign-up/", NEW | changed)
    page = text_of(answer)
    assert answer.status_code == 422
    error = page.index(f'id="{field}-error"')
    assert said in page[error : error + 300]
    for name in {"username", "email"} - {field}:
        assert f'value="{NEW[name]}"' in page
    assert PASSWORD not in page
    assert User.objects.count() == 1


def test_a_refused_name_leaves_the_guest_a_guest(client: Client, guest: User, alice: User) -> None:
    client.post("/en/sign-up/", NEW | {"username": "alice"})
    guest.refresh_from_db()
    assert guest.is_guest
    assert client.session["_auth_user_id"] == str(guest.pk)


def test_signing_in_takes_the_union(client: Client, guest: User, alice: User) -> None:
    grade(alice, Question.objects.get(path="initialisation/q00"), 2, MONDAY)
    grade(alice, make_question("initialisation/other"), 2, MONDAY)
    before = client.session.session_key
    sent = {"username": "alice", "password": PASSWORD}
    page = text_of(client.post("/en/sign-in/", sent, follow=True))
    assert "The 3 reviews made here have joined." in page
    assert ReviewEvent.objects.filter(user=alice).count() == 5
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert client.session.session_key != before
    guest.refresh_from_db()
    assert not guest.is_active


def test_a_wrong_password_keeps_the_name_and_the_guest(
    client: Client, guest: User, alice: User
) -> None:
    answer = client.post("/zh/sign-in/", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'value="alice"' in page
    assert "用户名或密码不对" in page
    assert client.session["_auth_user_id"] == str(guest.pk)
    assert ReviewEvent.objects.filter(user=guest).count() == 3


def test_too_many_guesses_lock_the_name_in_words(client: Client, alice: User) -> None:
    for _ in range(10):
        answer = client.post("/zh/sign-in/", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "15 分钟后再试" in text_of(answer)
    right = client.post("/zh/sign-in/", {"username": "alice", "password": PASSWORD})
    assert right.status_code == 429


def test_signing_out_is_a_form_and_empties_the_cache(alice_client: Client) -> None:
    assert alice_client.get("/en/sign-out/").status_code == 405
    answer = alice_client.post("/en/sign-out/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "_auth_user_id" not in alice_client.session


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/en/questions/", "/en/questions/"),
        ("https://elsewhere.example/", "/en/"),
        ("//elsewhere.example/", "/en/"),
        ("javascript:alert(1)", "/en/"),
    ],
)
def test_after_signing_in_only_this_site_is_next(
    client: Client, alice: User, wanted: str, led_to: str
) -> None:
    sent = {"username": "alice", "password": PASSWORD, "next": wanted}
    assert client.post("/en/sign-in/", sent).headers["Location"] == led_to


def test_who_is_signed_in_needs_neither_form(alice_client: Client) -> None:
    for address in ("/en/sign-in/", "/en/sign-up/"):
        assert alice_client.get(address).headers["Location"] == "/en/"


def test_forms_without_their_token_are_refused_in_words(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/zh/sign-in/", {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 403
    assert "这一页放得太久了" in text_of(answer)
