from __future__ import annotations

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from quizbank.models import ApiToken, StudyProfile, User
from quizbank.services.people import (
    PeopleError,
    issue_token,
    revoke_token,
    sign_up,
    start_guest,
    token_user,
)
from tests.cast import MONDAY, PASSWORD
from tests.quizbank.study_cast import grade, make_question, memory


@pytest.fixture
def guest(db):
    return start_guest(now=MONDAY, zone="Asia/Shanghai", language="zh-hans")


def opened(plain, now=MONDAY):
    return token_user(plain, now)


def join(guest, **other):
    given = {"username": "ada", "password": PASSWORD, **other}
    return sign_up(guest=guest, now=MONDAY, **given)


def test_a_guest_is_a_user_who_can_study_but_not_sign_in(guest):
    assert guest.is_guest
    assert not guest.has_usable_password()
    assert guest.study_profile.zone == "Asia/Shanghai"
    assert grade(guest, make_question(), 3, MONDAY).created


def test_an_unknown_zone_is_taken_as_utc(db):
    assert start_guest(now=MONDAY, zone="Mars/Olympus").study_profile.zone == "UTC"


def test_signing_up_keeps_the_row_and_all_that_hangs_on_it(guest):
    question = make_question()
    grade(guest, question, 3, MONDAY)
    before, key = memory(guest, question), guest.pk
    person = join(guest, email="ada@example.org")

    assert person.pk == key
    assert not User.objects.get(pk=key).is_guest
    assert User.objects.get(pk=key).check_password(PASSWORD)
    assert memory(person, question) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "two words"),
        ("username", "x" * 151),
        ("username", "alice"),
        ("username", "ALICE"),
        ("username", "guest-1"),
        ("password", "short"),
        ("password", "12345678901"),
        ("password", "password1"),
        ("password", "x" * 129),
        ("email", "not an address"),
    ],
)
def test_a_bad_field_is_named_in_both_languages_and_nothing_changes(guest, alice, field, value):
    with pytest.raises(PeopleError) as refused:
        join(guest, **{field: value})

    assert list(refused.value.errors) == [field]
    assert refused.value.errors[field].zh
    guest.refresh_from_db()
    assert guest.is_guest
    assert not guest.has_usable_password()


def test_a_password_like_the_name_is_refused(guest):
    with pytest.raises(PeopleError) as refused:
        join(guest, username="lovelace1815", password="lovelace1815")

    assert list(refused.value.errors) == ["password"]


def test_all_faults_are_told_at_once(guest):
    with pytest.raises(PeopleError) as refused:
        join(guest, username="", password="short", email="x")

    assert set(refused.value.errors) == {"username", "password", "email"}


def test_who_has_an_account_cannot_sign_up_again(guest):
    join(guest)

    with pytest.raises(PeopleError, match="already"):
        join(guest, username="grace")


def test_the_database_refuses_a_name_that_differs_in_case_only(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("Alice")


@pytest.mark.parametrize(
    "wrong", [{"desired_retention": 1.0}, {"rollover_hour": 24}, {"maximum_interval": 0}]
)
def test_the_database_refuses_a_profile_that_cannot_be(guest, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyProfile.objects.update(**wrong)


def test_a_key_opens_its_owners_things_and_is_kept_as_a_hash(alice):
    plain = issue_token(user=alice, name="laptop", scopes=["study", "read"], now=MONDAY)
    user, token = opened(plain)

    assert (user, token.scopes) == (alice, ["read", "study"])
    assert token.digest == hashlib.sha256(plain.encode()).hexdigest()
    assert token.last_used_at == MONDAY
    assert not ApiToken.objects.filter(digest=plain).exists()


@pytest.mark.parametrize("plain", ["", "pd_", "pd_" + "x" * 43, "\ud800", "钥匙"])
def test_a_key_nobody_made_opens_nothing(alice, plain):
    issue_token(user=alice, name="laptop", scopes=["read"], now=MONDAY)

    assert token_user(plain, MONDAY) is None


def test_a_revoked_key_and_the_key_of_a_closed_account_open_nothing(alice):
    first, second = (
        issue_token(user=alice, name=name, scopes=["read"], now=MONDAY) for name in "ab"
    )
    revoke_token(user=alice, token_id=opened(first)[1].pk, now=MONDAY)

    assert token_user(first, MONDAY) is None
    assert token_user(second, MONDAY) is not None
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    assert token_user(second, MONDAY) is None


def test_someone_elses_key_cannot_be_revoked(alice, mallory):
    plain = issue_token(user=alice, name="laptop", scopes=["read"], now=MONDAY)
    _, token = opened(plain)

    with pytest.raises(ApiToken.DoesNotExist):
        revoke_token(user=mallory, token_id=token.pk, now=MONDAY)
    assert token_user(plain, MONDAY) is not None


def test_the_use_of_a_key_is_noted_once_a_minute(alice):
    plain = issue_token(user=alice, name="laptop", scopes=["read"], now=MONDAY)
    for seconds in (0, 59, 61):
        token_user(plain, MONDAY + timedelta(seconds=seconds))

    assert ApiToken.objects.get().last_used_at == MONDAY + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": " "}),
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["read", "admin"]}),
    ],
)
def test_a_key_needs_a_name_and_known_scopes(alice, field, given):
    with pytest.raises(PeopleError) as refused:
        issue_token(**{"user": alice, "name": "x", "scopes": ["read"], "now": MONDAY, **given})

    assert list(refused.value.errors) == [field]
    assert not ApiToken.objects.exists()


def test_the_command_prints_the_key_once_and_alone(alice):
    out = StringIO()
    call_command("create_token", "alice", "--scope", "read", "--scope", "run", stdout=out)
    (plain,) = out.getvalue().split()

    _, token = opened(plain)
    assert token.scopes == ["read", "run"]


def test_the_command_says_what_to_do_about_an_unknown_person(db):
    with pytest.raises(CommandError, match="Sign up"):
        call_command("create_token", "nobody", "--scope", "read")
    assert not ApiToken.objects.exists()
