"""What makes a search quick never changes what it finds."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizbank.content.words import column
from quizbank.models import Question, word_index
from quizbank.queries import search
from tests.quizbank.study_cast import make_questions

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="an index of SQLite's"),
]
SCRAPS = (
    "梯度",
    "爆炸",
    "梯",
    "度爆",
    "gradient",
    "Gradients",
    "exploding",
    "batch-norm",
    "BN",
    "L2",
)
# What is a letter, a number or neither depends on whose table of Unicode is asked.
ODD = (
    "é",
    "e\u0301",
    "ﬁ",
    "ß",
    "İ",
    "ก็",
    "\U000323b0",
    "\U0001fae0",
    "²",
    "Ⅷ",
    "_",
    "\x00",
    "\u200d",
)
TEXTS = st.lists(st.sampled_from(SCRAPS + ODD) | st.text(max_size=3), max_size=6).map(" ".join)
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def put(question: Question, *texts: str) -> None:
    title, alias, tag, body = texts
    said = column(title=[title], aliases=[alias], tags=[tag], body=[body])
    Question.objects.filter(pk=question.pk).update(search_text=said)


def found(text: str) -> list[int]:
    return [question.pk for question in search.matching(Question.objects.all(), text)]


def scanned(text: str) -> list[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "narrowing", lambda groups: Q())
        patch.setattr(search, "_needed", lambda spellings: spellings)
        return found(text)


def sound() -> None:
    """Raises if the index does not say what the questions hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {word_index.NAME} ({word_index.NAME}, rank) VALUES ('integrity-check', 1)"
        )


@SHARED
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), min_size=4, max_size=4), TEXTS)
def test_what_is_found_is_what_a_scan_finds(shelf, rows, asked):
    for question, texts in zip(shelf, rows, strict=True):
        put(question, *texts)
    for query in (asked, *(text[:12] for row in rows for text in row)):
        assert found(query) == scanned(query), query
    sound()


@pytest.fixture
def shelf(db):
    return make_questions(4)


def test_it_follows_every_change(shelf):
    first, second, third, _ = shelf
    put(first, "dropout", "", "", "")
    put(second, "dropout", "", "", "scaling")
    Question.objects.filter(pk=third.pk).update(position=9)
    sound()
    assert found("dropout") == [first.pk, second.pk]
    put(first, "momentum", "", "", "")
    assert found("dropout") == [second.pk]
    assert found("momentum") == [first.pk]
    second.delete()
    assert found("dropout") == []
    sound()


def test_only_rows_it_names_are_read(shelf):
    plan = search.matching(Question.objects.all(), "exploding gradient 归").explain()
    assert "rowid=?" in plan
    assert "VIRTUAL TABLE INDEX" in plan


def test_a_lone_ideograph_is_found_inside_a_pair(shelf):
    """It begins no word of the index, so nothing is left out for it."""
    put(shelf[0], "批归一化", "", "", "")
    assert found("归") == found("化") == [shelf[0].pk]
    assert found("化 批归") == [shelf[0].pk]


def test_without_an_index_a_search_reads_all(shelf, monkeypatch):
    monkeypatch.setattr(word_index, "_is_there", lambda *_: False)
    put(shelf[2], "dropout", "", "", "")
    assert found("dropout") == [shelf[2].pk]
    assert "VIRTUAL" not in search.matching(Question.objects.all(), "dropout").explain()
