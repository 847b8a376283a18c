from __future__ import annotations

import uuid
from datetime import timedelta

from quizbank.models import Card, Question, StudyProfile
from quizbank.queries.study import (
    cards_due,
    counts,
    next_item,
    question_state,
    usual_duration_ms,
)
from quizbank.services.study import undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, make_questions

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def ask(*args, **more):
    return next_item(*args, **more)


def state(*args):
    return question_state(*args)


def path(item):
    return item and item.question.path


def known(user, questions, now=MONDAY):
    """Questions in review, due after eight days: rated Easy at first sight."""
    for question in questions:
        grade(user, question, 4, now)


def test_a_visitor_sees_the_first_question_of_the_bank(db):
    first, second = make_questions(2)

    assert path(ask(None, MONDAY)) == first.path
    assert ask(None, MONDAY).card is None
    assert path(ask(None, MONDAY, skip=[first.path])) == second.path
    assert counts(None, MONDAY).new == 2


def test_an_empty_bank_asks_nothing(alice):
    assert ask(alice, MONDAY) is None


def test_new_questions_stop_at_the_days_ration_and_go_on_tomorrow(alice):
    StudyProfile.objects.create(user=alice, new_per_day=2)
    questions = make_questions(4)
    known(alice, questions[:2])

    assert ask(alice, MONDAY + MINUTE) is None
    assert counts(alice, MONDAY + MINUTE).new == 0
    assert path(ask(alice, MONDAY + DAY)) == questions[2].path


def test_due_cards_come_before_new_ones_and_the_most_fragile_first(alice):
    StudyProfile.objects.create(user=alice, new_per_day=3)
    strong, weak, new = make_questions(3)
    grade(alice, strong, 4, MONDAY)
    for minute in (0, 1):
        grade(alice, weak, 3, MONDAY + minute * MINUTE)
    now = MONDAY + 10 * DAY

    assert path(ask(alice, now)) == weak.path
    grade(alice, weak, 3, now)
    assert path(ask(alice, now)) == strong.path
    grade(alice, strong, 3, now)
    assert path(ask(alice, now)) == new.path


def test_a_missed_card_returns_after_eight_others(alice):
    questions = make_questions(12)
    known(alice, questions)
    now = MONDAY + 9 * DAY
    missed = ask(alice, now).question
    grade(alice, missed, 1, now)
    seen = []
    for _ in range(9):
        now += 2 * MINUTE
        item = ask(alice, now)
        seen.append(item.question.path)
        grade(alice, item.question, 3, now)

    assert missed.path not in seen[:8]
    assert seen[8] == missed.path


def test_a_missed_card_returns_at_the_end_of_a_short_session(alice):
    first, second = make_questions(2)
    known(alice, [first, second])
    now = MONDAY + 9 * DAY
    missed = ask(alice, now).question
    grade(alice, missed, 1, now)
    other = ask(alice, now)

    assert other.question != missed
    grade(alice, other.question, 3, now)
    assert path(ask(alice, now)) == missed.path


def test_a_session_ends(alice):
    question = make_question()
    grade(alice, question, 1, MONDAY)
    grade(alice, question, 3, MONDAY + MINUTE)
    grade(alice, question, 3, MONDAY + 11 * MINUTE)

    assert ask(alice, MONDAY + 12 * MINUTE) is None


def test_a_retired_question_is_not_asked_and_its_card_is_kept(alice):
    question = make_question()
    known(alice, [question])
    now = MONDAY + 9 * DAY
    assert path(ask(alice, now)) == question.path
    Question.objects.update(retired_at=MONDAY)

    assert ask(alice, now) is None
    assert counts(alice, now).due == 0
    assert Card.objects.count() == 1


def test_a_topic_and_what_is_skipped_narrow_the_choice(alice):
    known(alice, [make_question("initialisation/a"), make_question("optimisers/b")])
    now = MONDAY + 9 * DAY
    optimisers = Question.objects.filter(topic__slug="optimisers")

    assert path(ask(alice, now, among=optimisers)) == "optimisers/b"
    assert ask(alice, now, among=optimisers, skip=["optimisers/b"]) is None
    assert path(ask(alice, now, skip=["initialisation/a"])) == "optimisers/b"


def test_a_card_is_due_from_the_start_of_its_day_wherever_the_learner_is(alice):
    StudyProfile.objects.create(user=alice, zone="Asia/Shanghai")
    card = grade(alice, make_question(), 4, MONDAY).card
    just_before = card.due - timedelta(seconds=1)

    assert list(cards_due(alice, just_before)) == []
    assert list(cards_due(alice, card.due)) == [card]
    StudyProfile.objects.update(zone="America/New_York")
    assert list(cards_due(alice, card.due)) == []
    assert list(cards_due(alice, card.due + timedelta(hours=13))) == [card]


def test_the_counts_are_of_today_and_forget_what_was_taken_back(alice):
    questions = make_questions(5)
    known(alice, questions[:3])
    grade(alice, questions[3], 1, MONDAY)
    now = MONDAY + MINUTE
    counted = counts(alice, now)

    assert (counted.done_today, counted.missed_today, counted.due) == (4, 1, 1)
    assert counted.new == 1
    undo(user=alice, client_uuid=uuid.uuid4(), now=now)
    counted = counts(alice, now)
    assert (counted.done_today, counted.missed_today, counted.due) == (3, 0, 0)
    assert counted.new == 2
    assert counts(alice, MONDAY + DAY).done_today == 0


def test_the_forecast_says_which_day_brings_what(alice):
    known(alice, make_questions(3))

    assert counts(alice, MONDAY + 2 * DAY).by_day == [0, 0, 0, 0, 0, 0, 3]
    assert counts(alice, MONDAY + 7 * DAY).by_day == [0, 3, 0, 0, 0, 0, 0]
    assert counts(alice, MONDAY + 20 * DAY).by_day == [3, 0, 0, 0, 0, 0, 0]


def test_recall_is_not_told_within_the_day(alice, mallory):
    question = make_question()
    known(alice, [question])

    assert state(alice, question, MONDAY + MINUTE).recall is None
    assert 0.8 < state(alice, question, MONDAY + 9 * DAY).recall < 0.9
    assert state(mallory, question, MONDAY) is None
    assert state(None, question, MONDAY) is None


def test_the_usual_time_is_known_after_ten_answers(alice):
    questions = make_questions(10)
    for index, question in enumerate(questions):
        assert usual_duration_ms(alice) is None
        grade(alice, question, 3, MONDAY, duration_ms=1_000 * (index + 1))

    assert usual_duration_ms(alice) == 5_500


def test_a_page_costs_the_same_queries_however_many_cards_are_due(
    alice, django_assert_max_num_queries
):
    known(alice, make_questions(40))

    with django_assert_max_num_queries(9):
        ask(alice, MONDAY + 9 * DAY)
