from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from quizbank.models import Card, Erasure, ParameterSet, ReviewEvent, StudyPolicy, User
from quizbank.scheduling import DEFAULT_PARAMETERS, ENGINE
from quizbank.services.people import erase_person, merge_guest, start_guest
from quizbank.services.study import adopt_parameters, undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, memory


@pytest.fixture
def log(alice):
    """Every kind of event, all of Alice's."""
    grade(alice, make_question(), 3, MONDAY)
    fitted = ParameterSet.objects.create(
        user=alice, engine=ENGINE, values=list(DEFAULT_PARAMETERS), created_at=MONDAY
    )
    adopt_parameters(user=alice, parameter_set=fitted, client_uuid=uuid.uuid4(), now=MONDAY)
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY)
    return ReviewEvent.objects.filter(user=alice)


def refused(work) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        work()


def test_no_event_can_be_changed_or_deleted(log):
    refused(lambda: log.update(rating=4))
    refused(lambda: ReviewEvent.objects.filter(kind="undo").delete())
    refused(lambda: log.first().save())
    assert log.count() == 3


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_raw_sql_does_not_get_past_either(log):
    refused(lambda: sql("DELETE FROM quizbank_reviewevent WHERE kind = 'undo'"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a statement of SQLite's")
@pytest.mark.parametrize("table", ["reviewevent", "parameterset", "studypolicy"])
def test_replace_does_not_get_past_either(log, table):
    refused(lambda: sql(f"INSERT OR REPLACE INTO quizbank_{table} SELECT * FROM quizbank_{table}"))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a statement of PostgreSQL's")
@pytest.mark.parametrize("table", ["reviewevent", "parameterset", "studypolicy", "user"])
def test_truncate_does_not_get_past_either(log, table):
    # What points at other rows is checked when a transaction ends, which TRUNCATE waits for.
    sql("SET CONSTRAINTS ALL IMMEDIATE")

    refused(lambda: sql(f"TRUNCATE quizbank_{table} CASCADE"))
    assert (log.count(), StudyPolicy.objects.count()) == (3, 1)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a statement of PostgreSQL's")
def test_an_empty_log_may_be_truncated(db):
    sql("TRUNCATE quizbank_reviewevent, quizbank_parameterset, quizbank_studypolicy CASCADE")


def test_parameters_and_policies_can_not_be_changed(log):
    refused(lambda: ParameterSet.objects.update(engine="other"))
    refused(lambda: StudyPolicy.objects.update(values={}))


def test_no_policy_can_be_deleted_for_another_in_its_place(log):
    """Keys would not object: they are checked when a transaction ends."""
    policies = StudyPolicy.objects.all()
    refused(lambda: policies._raw_delete(policies.db))
    assert policies.count() == 1


def test_a_review_without_a_rating_can_not_be_stored(log):
    event = log.get(kind="review")
    event.pk, event.client_uuid, event.rating = None, uuid.uuid4(), None

    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


def test_erasing_a_person_removes_what_they_did_and_leaves_the_record(log, alice, mallory):
    question = make_question("optimisers/adam")
    guest = start_guest(now=MONDAY)
    grade(guest, question, 3, MONDAY)
    merge_guest(guest=guest, account=alice, now=MONDAY)
    grade(mallory, question, 3, MONDAY)
    kept = memory(mallory, question)
    public_id = alice.public_id
    erase_person(user=alice, now=MONDAY)

    assert list(User.objects.all()) == [mallory]
    assert Card.objects.get().user == mallory
    assert ReviewEvent.objects.get().user == mallory
    assert memory(mallory, question) == kept
    record = Erasure.objects.get(public_id=public_id)
    assert (record.events, record.finished_at) == (4, MONDAY)


def test_while_one_person_is_erased_the_rows_of_others_stay_shut(log, mallory):
    event = grade(mallory, make_question("optimisers/adam"), 3, MONDAY).event
    alice = log.first().user
    Erasure.objects.create(user_id=alice.pk, public_id=alice.public_id, started_at=MONDAY)
    Card.objects.update(last_event=None)

    refused(lambda: ReviewEvent.objects.filter(pk=event.pk).delete())
    refused(lambda: log.update(answer="changed"))


def test_a_finished_erasure_opens_nothing(log, alice):
    Card.objects.update(last_event=None)
    Erasure.objects.create(
        user_id=alice.pk, public_id=alice.public_id, started_at=MONDAY, finished_at=MONDAY
    )

    refused(lambda: log.delete())
