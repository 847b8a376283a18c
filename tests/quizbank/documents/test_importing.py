"""Notes come in once, find their questions, go and come back; reviews stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from quizbank.importing.remarks import Refused
from quizbank.models import Card, ImportedDocument, Passage, Question, ReviewEvent
from quizbank.queries import bank as bank_queries
from quizbank.queries import notes
from quizbank.queries.study import next_item
from quizbank.services import importing
from tests.quizbank.documents.cast import make_bank, make_known
from tests.quizbank.documents.samples import DIALECTS, NUMBERED
from tests.quizbank.study_cast import grade

NOTES = "# 我的\n\n## 梯度消失的原因有哪些？\n\n连乘。\n\n## 如何给猫洗澡？\n\n慢慢来。\n"


@pytest.fixture
def bank(db: None) -> dict[str, Question]:
    return make_bank()


def bring(owner: Any, text: str, now: datetime, name: str = "a.md") -> importing.Imported:
    return importing.import_document(owner=owner, name=name, data=text.encode(), now=now)


def counts() -> tuple[int, int, int]:
    return (
        ImportedDocument.objects.count(),
        Passage.objects.count(),
        Question.everyone.count(),
    )


def test_passages_find_their_questions_or_become_ones_own(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    done = bring(alice, NOTES, now)
    assert (done.questions_matched, done.questions_created) == (1, 1)
    noted = {n.passage.heading: n for n in notes.passages_of(alice, done.document)}
    assert noted["梯度消失的原因有哪些？"].question == bank["vanishing"]
    own = noted["如何给猫洗澡？"].question
    assert own is not None
    assert own.owner == alice
    assert "慢慢来" in own.full_html_zh
    assert [n.passage.heading for n in notes.passages_for(alice, bank["vanishing"])] == [
        "梯度消失的原因有哪些？"
    ]


def test_an_own_question_names_the_demos_of_its_concepts(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    bring(alice, "## LSTM 怎样缓解梯度消失？\n\n门。\n", now)
    own = Question.everyone.get(owner=alice)
    proof = own.proofs.get()
    assert (proof.demo, proof.claim) == ("slow_early_layers", "")
    assert proof.why_html_zh
    assert proof.why_html_en


@pytest.mark.parametrize("name", DIALECTS)
def test_importing_twice_doubles_nothing(
    alice: Any, bank: dict[str, Question], now: datetime, name: str
) -> None:
    first = bring(alice, DIALECTS[name], now)
    before = counts()
    second = bring(alice, DIALECTS[name], now + timedelta(days=1), name="other.md")
    assert counts() == before
    assert not second.created
    assert second.questions_created == 0
    same = ("passages", "bytes_kept", "formulas", "questions_matched", "units_matched")
    assert [second.json()[key] for key in same] == [first.json()[key] for key in same]


def test_the_same_question_in_two_files_is_one(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    bring(alice, NOTES, now)
    done = bring(alice, NOTES + "\n更多。\n", now)
    assert done.questions_created == 0
    assert Question.everyone.filter(owner=alice).count() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_known_document_is_known_in_any_encoding(
    alice: Any, bank: dict[str, Question], now: datetime, encoding: str, newline: str
) -> None:
    make_known(bank["gravity"])
    data = NUMBERED.replace("\n", newline).encode(encoding)
    done = importing.import_document(owner=alice, name="x.txt", data=data, now=now)
    assert done.document.known is not None
    assert (done.units_matched, done.questions_created) == (4, 0)
    units = list(done.document.passages.order_by("position").values_list("unit", "line"))
    assert units == [
        *(("n1-01", 1), ("n1-02", 3), ("n1-03", 10), ("n1-04", 15), ("n1-05", 19)),
        ("n1-06", 23),
    ]
    assert done.bytes_kept == len(data)


def test_a_unit_belongs_to_whichever_question_holds_it_later(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    document = make_known(bank["gravity"])
    done = bring(alice, NUMBERED, now)
    assert notes.passages_for(alice, bank["dropout"]) == []
    document.units.filter(slug="n1-04").update(question=bank["dropout"])
    assert [n.passage.unit for n in notes.passages_for(alice, bank["dropout"])] == ["n1-04"]
    about = {n.passage.unit: n.question for n in notes.passages_of(alice, done.document)}
    assert about["n1-04"] == bank["dropout"]


def test_a_wrong_statement_is_marked_at_its_line(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    make_known(bank["gravity"])
    done = bring(alice, NUMBERED, now)
    marks = {n.passage.unit: n.marks for n in notes.passages_of(alice, done.document) if n.marks}
    assert list(marks) == ["n1-03"]
    assert marks["n1-03"][0].row.code == "PHY-1"
    assert marks["n1-03"][0].trap is not None


def test_strangers_see_neither_notes_nor_own_questions(
    alice: Any, mallory: Any, bank: dict[str, Question], now: datetime
) -> None:
    done = bring(alice, NOTES, now)
    own = Question.everyone.get(owner=alice)
    for visitor in (mallory, None):
        assert list(notes.documents_for(visitor)) == []
        assert notes.passages_for(visitor, bank["vanishing"]) == []
        with pytest.raises(ImportedDocument.DoesNotExist):
            notes.get_document_for(visitor, done.document.pk)
        with pytest.raises(Question.DoesNotExist):
            bank_queries.get_question(own.path, visitor)
    assert own not in bank_queries.questions()
    assert own not in bank_queries.questions(text="猫")
    assert own not in Question.objects.all()
    assert "own-notes" not in [topic.slug for topic in bank_queries.topics()]
    assert bank_queries.get_question(own.path, alice) == own


def test_own_questions_are_new_cards_for_their_owner_alone(
    alice: Any, mallory: Any, now: datetime
) -> None:
    bring(alice, NOTES, now)
    item = next_item(alice, now)
    assert item is not None
    assert item.question.owner == alice
    assert next_item(mallory, now) is None
    assert next_item(None, now) is None


def test_removing_hides_everything_but_no_review(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    done = bring(alice, NOTES, now)
    own = Question.everyone.get(owner=alice)
    grade(alice, own, 3, now)
    grade(alice, bank["vanishing"], 3, now)
    reviews = list(ReviewEvent.objects.values())
    cards = list(Card.objects.values())
    importing.remove_document(document=done.document, now=now)
    assert list(notes.documents_for(alice)) == []
    assert notes.passages_for(alice, bank["vanishing"]) == []
    own.refresh_from_db()
    assert own.retired_at == now
    assert list(ReviewEvent.objects.values()) == reviews

    importing.restore_document(document=notes.get_removed_for(alice, done.document.pk))
    own.refresh_from_db()
    assert own.retired_at is None
    assert [d.pk for d in notes.documents_for(alice)] == [done.document.pk]
    assert list(ReviewEvent.objects.values()) == reviews
    assert list(Card.objects.values()) == cards


def test_after_thirty_days_the_bytes_are_gone_and_the_reviews_are_not(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    done = bring(alice, NOTES, now)
    grade(alice, Question.everyone.get(owner=alice), 3, now)
    importing.remove_document(document=done.document, now=now)
    assert importing.purge_removed(now=now + timedelta(days=30)) == 0
    assert importing.purge_removed(now=now + timedelta(days=30, seconds=1)) == 1
    assert Passage.objects.count() == 0
    assert ReviewEvent.objects.count() == 1
    assert bring(alice, NOTES, now + timedelta(days=31)).questions_created == 0
    assert Question.everyone.get(owner=alice).retired_at is None


def test_importing_again_what_was_removed_brings_it_back(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    done = bring(alice, NOTES, now)
    importing.remove_document(document=done.document, now=now)
    assert bring(alice, NOTES, now).document == done.document
    assert Question.everyone.get(owner=alice).retired_at is None


def test_a_match_corrected_by_hand_stays(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    done = bring(alice, NOTES, now)
    cat = done.document.passages.get(heading="如何给猫洗澡？")
    own = cat.question
    importing.correct_match(passage=cat, question=bank["dropout"], now=now)
    assert [n.passage for n in notes.passages_for(alice, bank["dropout"])] == [cat]
    own.refresh_from_db()
    assert own.retired_at == now
    bring(alice, NOTES, now)
    cat.refresh_from_db()
    assert (cat.question, cat.matched_by) == (bank["dropout"], "hand")
    importing.correct_match(passage=cat, question=None, now=now)
    assert notes.passages_for(alice, bank["dropout"]) == []


def test_a_unit_can_be_matched_by_hand(
    alice: Any, bank: dict[str, Question], now: datetime
) -> None:
    make_known(bank["gravity"])
    done = bring(alice, NUMBERED, now)
    passage = done.document.passages.get(unit="n1-02")
    importing.correct_match(passage=passage, question=bank["dropout"], now=now)
    assert notes.passages_for(alice, bank["gravity"]) == []
    assert [n.passage for n in notes.passages_for(alice, bank["dropout"])] == [passage]


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.md", b""), ("a.zip", b"# a\n"), ("a.md", b"a\x00"), ("a.md", b"x" * 1_048_577)],
)
def test_what_is_refused_leaves_nothing_behind(
    alice: Any, bank: dict[str, Question], now: datetime, name: str, data: bytes
) -> None:
    before = counts()
    with pytest.raises(Refused):
        importing.import_document(owner=alice, name=name, data=data, now=now)
    assert counts() == before


def test_a_preview_stores_nothing(alice: Any, bank: dict[str, Question]) -> None:
    before = counts()
    planned = importing.preview(name="a.md", data=NOTES.encode())
    assert counts() == before
    assert [match.key for match in planned.matches.values()] == [bank["vanishing"].pk]
    assert [planned.read.passages[i].heading for i in planned.own] == ["如何给猫洗澡？"]


def test_a_folder_is_shown_to_everyone(
    mallory: Any, bank: dict[str, Question], now: datetime, tmp_path: Path
) -> None:
    (tmp_path / "b.md").write_text(NOTES)
    (tmp_path / "a.txt").write_text(NUMBERED)
    (tmp_path / "c.md").write_bytes(b"\x00")
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    (tmp_path / "index.json").write_text("[]")
    make_known(bank["gravity"])
    for _ in range(2):
        with pytest.raises(CommandError, match=r"c\.md"):  # the others are taken in
            call_command("import_document", tmp_path, "--everyone", verbosity=0)
    assert notes.documents_for(None).count() == 2
    assert len(notes.passages_for(mallory, bank["gravity"])) == 1
    # What nobody owns makes nobody a question.
    assert not Question.everyone.filter(owner__isnull=False).exists()
    with pytest.raises(ImportedDocument.DoesNotExist):
        notes.get_own_document(mallory, notes.documents_for(None)[0].pk)
