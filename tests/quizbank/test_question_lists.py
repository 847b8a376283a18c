from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizbank.content.bank import read_bank
from quizbank.models import Card, Question
from quizbank.queries import bank
from quizbank.services.bank import sync_bank
from tests.cast import MONDAY
from tests.quizbank.recorded_runs import install_demos, record, record_all
from tests.quizbank.small_bank import BELL, DEMOS, replace, write_bank

STONES, BELL_PATH = "falling/stone_and_feather", "sound/bell_in_a_jar"


@pytest.fixture(autouse=True)
def root(db: None, tmp_path: Path) -> Path:
    write_bank(tmp_path)
    sync_bank(bank=read_bank(tmp_path, DEMOS), now=MONDAY)
    install_demos()
    return tmp_path


def paths(**conditions: Any) -> list[str]:
    return [question.path for question in bank.questions(**conditions)]


def test_topics_come_in_order_with_their_counts() -> None:
    assert [(t.slug, t.question_count) for t in bank.topics()] == [("falling", 1), ("sound", 1)]


def test_questions_come_by_topic_and_level() -> None:
    assert paths() == [STONES, BELL_PATH]


def test_conditions_hold_together() -> None:
    assert paths(topic="sound") == [BELL_PATH]
    assert paths(level="core") == [STONES]
    assert paths(topic="sound", level="core") == []
    assert paths(document="d9") == [STONES, BELL_PATH]
    assert paths(document="d8") == []
    assert paths(text="vacuum air", topic="sound") == [BELL_PATH]
    assert paths(text="自由落体") == [STONES]


def test_a_retired_question_is_in_no_list(root: Path) -> None:
    replace(root, f"{STONES}.md", 'follow_ups = ["sound/bell_in_a_jar"]', "follow_ups = []")
    (root / f"{BELL_PATH}.md").unlink()
    sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)
    assert paths() == [STONES]
    assert [t.question_count for t in bank.topics()] == [1, 0]
    with pytest.raises(Question.DoesNotExist):
        bank.get_question(BELL_PATH)


def test_verdicts_are_those_of_recorded_runs() -> None:
    assert paths(verdict="confirmed") == []
    assert paths(verdict="none") == [STONES, BELL_PATH]
    record_all()
    assert paths(verdict="confirmed") == [STONES]
    assert paths(verdict="refuted") == [STONES]  # a trap of it is
    assert paths(verdict="inconclusive") == []
    assert paths(verdict="none") == [BELL_PATH]
    assert bank.verdicts(bank.questions(topic="falling")) == {
        Question.objects.get(path=STONES).pk: {"confirmed": 1, "refuted": 1}
    }


def test_an_undecided_proof_is_listed_as_such() -> None:
    record("falling_stones", {"same_time": "inconclusive", "feather_last": "inconclusive"})
    assert paths(verdict="inconclusive") == [STONES]
    assert paths(verdict="refuted") == []


def test_only_ones_own_cards_come_along(alice: Any, mallory: Any) -> None:
    question = Question.objects.get(path=STONES)
    card = Card.objects.create(user=alice, question=question, seed=1, created_at=MONDAY)
    assert list(map(attrgetter("own_cards"), bank.questions(user=alice))) == [[card], []]
    assert list(map(attrgetter("own_cards"), bank.questions(user=mallory))) == [[], []]


def test_a_list_takes_a_fixed_number_of_queries(root: Path, alice: Any) -> None:
    record_all()
    for n in range(20):
        text = BELL.replace('units = ["d9-03"]', "units = []")
        (root / f"sound/bell_{n}.md").write_text(text, "utf-8")
    sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)
    with CaptureQueriesContext(connection) as queries:
        findings = bank.recorded()
        listed = bank.questions(text="air", verdict="none", user=alice, findings=findings)
        verdicts = bank.verdicts(listed, findings)
        list(bank.topics())
    assert len(verdicts) == 21
    assert len(queries) <= 8


def test_a_page_has_all_of_its_question() -> None:
    with CaptureQueriesContext(connection) as queries:
        question = bank.get_question(STONES)
        assert [link.target.path for link in question.follow_up_links.all()] == [BELL_PATH]
        assert [trap.row.code for trap in question.traps.all()] == ["FAL-2"]
        assert [unit.document.slug for unit in question.units.all()] == ["d9"]
        assert len(question.key_points.all()) == len(question.quiz_items.all()) == 3
        assert question.topic.slug == "falling"
    assert len(queries) <= 9
