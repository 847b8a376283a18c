"""The page on which cards come in and leave: read, look, confirm, report."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from quizbank.exchange import tables
from quizbank.models import Card, PendingUpload, Question, ReviewEvent, User
from quizbank.services.audit import audit
from quizbank.services.bringing import files
from quizbank.services.undo import undo
from tests.cast import MONDAY
from tests.quizbank import anki_cast
from tests.quizbank.study_cast import grade, make_question

CARDS = "front,back,tags\r\nWhat is a cat?,An animal,zoo\r\nWhat is 1 < 2?,True,\r\n"


def send(client: Client, data: str | bytes, name: str = "a.csv", language: str = "en") -> Any:
    data = data.encode() if isinstance(data, str) else data
    return client.post(f"/{language}/exchange/upload/", {"file": SimpleUploadedFile(name, data)})


def said(response: Any) -> str:
    text = response.content.decode()
    assert "⟦" not in text
    return str(text)


def bring(client: Client, data: str | bytes, name: str = "a.csv", **ticked: str) -> str:
    """Send and confirm; the report's page."""
    waiting = send(client, data, name).headers["Location"]
    return said(client.post(waiting, ticked, follow=True))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_send_look_confirm_report(alice: User, alice_client: Client, language: str) -> None:
    answer = send(alice_client, CARDS, language=language)
    waiting = answer.headers["Location"]
    preview = said(alice_client.get(waiting))
    assert "What is 1 &lt; 2?" in preview
    assert re.search(r"<dd>2</dd>", preview)
    assert not Question.everyone.filter(owner=alice).exists()
    done = alice_client.post(waiting)
    assert done.headers["Location"] == f"/{language}/exchange/done/"
    assert re.search(r"<dd>2</dd>", said(alice_client.get(f"/{language}/exchange/done/")))
    assert Question.everyone.filter(owner=alice).count() == 2
    assert PendingUpload.objects.count() == 0
    assert "What is a cat?" in said(alice_client.get(f"/{language}/exchange/"))


def test_cancelling_keeps_nothing(alice_client: Client) -> None:
    waiting = send(alice_client, CARDS).headers["Location"]
    alice_client.post(waiting, {"cancel": "1"})
    assert not PendingUpload.objects.exists()
    assert not Question.everyone.exists()


def test_a_second_time_says_that_nothing_is_new(alice_client: Client) -> None:
    bring(alice_client, CARDS)
    waiting = send(alice_client, CARDS).headers["Location"]
    assert "nothing in this file that is not here" in said(alice_client.get(waiting))


def test_a_visitor_becomes_a_guest_and_can_study_what_came(db: None) -> None:
    client = Client()
    assert client.get("/en/exchange/").status_code == 200
    assert not User.objects.exists()
    bring(client, CARDS)
    own = Question.everyone.get(owner__is_guest=True, title_en="What is a cat?")
    assert own.title_en in said(client.get(f"/en/study/?question={own.path}"))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", b"%PDF-", "Only these files"),
        ("a.csv", b'q,a\r\n"open', "Line 2"),
        ("a.csv", b"x\x00,y", "control character"),
        ("a.csv", "été,à la plage".encode("latin-1"), "GB18030"),
        ("a.csv", b"", "empty"),
        ("a.apkg", b"", "empty"),
        ("a.json", b"", "empty"),
    ],
)
def test_a_refusal_says_why_and_stores_nothing(
    alice_client: Client, name: str, data: bytes, words: str
) -> None:
    answer = send(alice_client, data, name)
    assert answer.status_code == 422
    assert words in said(answer)
    assert not PendingUpload.objects.exists()
    assert not Question.everyone.exists()


def test_too_large_a_file_is_refused(alice_client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "LARGEST", 1 << 20)
    answer = send(alice_client, b"q,a\n" * (1 << 18) + b"x")
    assert answer.status_code == 422
    assert "larger than 1 MiB" in said(answer)


def test_no_file_at_all(alice_client: Client) -> None:
    assert alice_client.post("/en/exchange/upload/").status_code == 422


def test_chinese_tables_may_be_gb18030(alice: User, alice_client: Client) -> None:
    bring(alice_client, "问题;答案\r\n梯度消失的原因是什么？;连乘\r\n".encode("gb18030"))
    assert Question.everyone.get(owner=alice).title_zh == "梯度消失的原因是什么？"


def test_strangers_get_404_and_an_old_file_is_gone(
    alice_client: Client, mallory_client: Client
) -> None:
    waiting = send(alice_client, CARDS).headers["Location"]
    assert mallory_client.post(waiting).headers["Location"] == "/en/exchange/"
    assert Client().get(waiting).status_code == 404
    PendingUpload.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert alice_client.post(waiting).headers["Location"] == "/en/exchange/"
    assert not Question.everyone.exists()


def test_a_file_of_notes_confirmed_here_is_refused_in_words(alice_client: Client) -> None:
    """The same person's waiting file may have come by the other door."""
    notes = {"file": SimpleUploadedFile("a.md", b"# Notes\n\ntext\n")}
    waiting = alice_client.post("/en/documents/upload/", notes).headers["Location"]
    here = waiting.replace("/documents/confirm/", "/exchange/confirm/")
    assert alice_client.get(here).headers["Location"] == "/en/exchange/"


def test_what_is_left_out_is_said_with_its_reason(alice_client: Client) -> None:
    history = "2005-01-05T09:00:00Z review 3 1 1 x; 2025-01-05T09:00:00Z review 9 1 1 y"
    head = "key,path,deck,front,back,tags,due,suspended,history"
    report = bring(alice_client, f"{head}\r\nk,,,What?,That,,,,{history}\r\n")
    assert "older than 2006" in report
    assert "not 1, 2, 3 or 4" in report
    assert not ReviewEvent.objects.exists()


def test_a_card_that_stands_twice_is_named_by_its_front(alice_client: Client) -> None:
    report = bring(alice_client, b"front,back\r\nWhat is it?,a\r\nWhat is it?,b\r\n")
    assert "such as What is it?" in report


def test_what_came_in_is_studied_next(alice_client: Client) -> None:
    report = bring(alice_client, CARDS)
    assert 'href="/en/study/?topic=own-notes"' in report
    front = said(alice_client.get("/en/study/?topic=own-notes"))
    assert any(asked in front for asked in ("What is a cat?", "What is 1 &lt; 2?"))


def test_a_column_that_is_not_read_is_named_before_and_after(alice_client: Client) -> None:
    waiting = send(alice_client, b"front,back,picture\r\nq,a,cat.png\r\n").headers["Location"]
    assert "Columns left aside: picture." in said(alice_client.get(waiting))
    assert "Columns left aside: picture." in said(alice_client.post(waiting, follow=True))
    assert "没有读的列：picture。" in said(alice_client.get("/zh/exchange/done/"))


GERMAN = "Vorderseite,Rückseite\r\nHund,dog\r\nKatze,cat\r\n"


@pytest.mark.parametrize(
    ("language", "card", "headings"),
    [
        ("en", "taken as a card.", "taken as headings: Vorderseite (front), Rückseite (back)."),
        ("zh", "第一行当作一张卡片。", "第一行当作列名：Vorderseite（正面）、Rückseite（背面）。"),
    ],
)
def test_the_preview_says_what_the_first_row_is_taken_for(
    alice_client: Client, language: str, card: str, headings: str
) -> None:
    waiting = send(alice_client, GERMAN, language=language).headers["Location"]
    guessed = said(alice_client.get(waiting))
    assert card in guessed
    assert "<dt>Vorderseite</dt>" in guessed
    other = said(alice_client.get(waiting + followed(guessed)))
    assert headings in other
    assert "<dt>Vorderseite</dt>" not in other
    assert card in said(alice_client.get(waiting + followed(other)))


def followed(page: str) -> str:
    """Where the other reading of the first row stands."""
    (address,) = re.findall(r'href="(\?first_row=\w+)"', page)
    return str(address)


def confirmed(client: Client, page: str, waiting: str) -> str:
    """What a browser sends of the form on that page; the report."""
    (form,) = re.findall(rf'<form method="post" action="{waiting}">.*?</form>', page, re.DOTALL)
    fields = dict(re.findall(r'<input type="hidden" name="(first_row)" value="(\w+)">', form))
    return said(client.post(waiting, fields, follow=True))


def test_what_is_confirmed_is_what_was_seen_and_nothing_doubles(
    alice: User, alice_client: Client
) -> None:
    def titles() -> list[str]:
        return sorted(Question.everyone.filter(owner=alice).values_list("title_en", flat=True))

    waiting = send(alice_client, GERMAN).headers["Location"]
    seen = said(alice_client.get(f"{waiting}?first_row=headings"))
    confirmed(alice_client, seen, waiting)
    assert titles() == ["Hund", "Katze"]
    for _ in range(2):  # after all it was a card
        waiting = send(alice_client, GERMAN).headers["Location"]
        confirmed(alice_client, said(alice_client.get(waiting)), waiting)
        assert titles() == ["Hund", "Katze", "Vorderseite"]


def test_a_first_row_that_can_be_no_card_is_not_offered_as_one(alice_client: Client) -> None:
    waiting = send(alice_client, "序号,题目,答案,解析\r\n1,什么？,那个,因为\r\n").headers[
        "Location"
    ]
    page = said(alice_client.get(waiting))
    assert "taken as headings: 题目 (front), 答案 (back), 解析 (back)." in page
    assert "first_row=card" not in page
    answer = alice_client.get(f"{waiting}?first_row=card", follow=True)
    assert answer.redirect_chain == [(waiting, 302)]
    assert "4 cells" in said(answer)
    assert "taken as headings" in said(alice_client.get(f"{waiting}?first_row=nonsense"))


def test_other_files_have_no_first_row(alice_client: Client) -> None:
    waiting = send(alice_client, anki_cast.package(), "deck.apkg").headers["Location"]
    assert "first row" not in said(alice_client.get(waiting))


def test_the_first_cards_name_their_pictures_apart(alice_client: Client) -> None:
    note = (1, "g", anki_cast.BASIC, "", 'A cat<img src="cat.png">\x1fThat')
    package = anki_cast.package((note,), log=LOG[:1])
    page = said(alice_client.get(send(alice_client, package, "a.apkg").headers["Location"]))
    assert "<dt>A cat cat.png</dt>" in page
    assert "Pictures not copied, whose names stand on the cards: 1." in page
    assert re.search(r'New reviews</dt><dd>1<span class="cite">[^<]*2 Jan 2024</span>', page)


def test_the_first_cards_show_their_formulas(alice_client: Client) -> None:
    waiting = send(alice_client, rb"front,back" b"\r\n" rb"<i>x</i> \(x^2\),<b>a</b>").headers[
        "Location"
    ]
    samples = alice_client.get(waiting).content.decode().split('class="samples"')[1]
    assert "<msup>" in samples
    assert "&lt;i&gt;x&lt;/i&gt;" in samples


def lived(user: User) -> Question:
    question = make_question()
    for day, rating in enumerate((3, 3, 1, 4)):
        grade(user, question, rating, MONDAY + timedelta(days=day * 3))
    undo(user=user, client_uuid=uuid.uuid4(), now=MONDAY + timedelta(days=10))
    return question


def test_cards_leave_and_come_back_as_nothing_new(alice: User, alice_client: Client) -> None:
    lived(alice)
    bring(alice_client, CARDS)
    before = ReviewEvent.objects.count(), Card.objects.count(), Question.everyone.count()
    text = alice_client.get("/en/exchange/proofdeck-cards.csv").content.decode()
    assert len(tables.read(text)) == 3
    assert "nothing in this file" in said(
        alice_client.get(send(alice_client, text).headers["Location"])
    )
    bring(alice_client, text)
    assert before == (
        *(ReviewEvent.objects.count(), Card.objects.count(), Question.everyone.count()),
    )


def test_cards_arrive_in_another_account_as_they_were(
    alice: User, alice_client: Client, mallory: User, mallory_client: Client
) -> None:
    question = lived(alice)
    text = alice_client.get("/zh/exchange/proofdeck-cards.csv").content
    bring(mallory_client, text)
    card, other = (Card.objects.get(user=one, question=question) for one in (alice, mallory))
    for name in ("state", "stability", "difficulty", "due_day", "interval", "reps", "lapses"):
        assert getattr(card, name) == getattr(other, name), name
    assert audit(user=mallory, repair=False).differences == []
    assert {e.origin for e in ReviewEvent.objects.filter(user=mallory)} == {"csv"}


def test_the_log_as_a_table_says_what_was_undone(alice: User, alice_client: Client) -> None:
    question = lived(alice)
    text = alice_client.get("/en/exchange/proofdeck-log.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["kind"], row["rating"], row["undone"]) for row in rows] == [
        ("review", "3", ""),
        ("review", "3", ""),
        ("review", "1", ""),
        ("review", "4", "1"),
        ("undo", "", ""),
    ]
    assert {row["question"] for row in rows} == {question.path}


def test_a_table_holds_nobody_elses_cards(
    alice: User, mallory_client: Client, alice_client: Client
) -> None:
    question = lived(alice)
    for name in ("cards", "log"):
        address = f"/en/exchange/proofdeck-{name}.csv"
        assert question.path not in mallory_client.get(address).content.decode()
        assert Client().get(address).status_code == 302


def test_settings_and_notes_lead_to_the_page(alice_client: Client) -> None:
    for page in ("/en/settings/", "/en/documents/"):
        assert 'href="/en/exchange/"' in said(alice_client.get(page))


LOG = (
    (1_704_186_000_000, 11, 3, -600, 0, 8_000, 0),
    (1_704_272_400_000, 11, 3, 29, 0, 6_000, 1),
)


def test_a_package_of_anki_comes_in_with_its_log(alice: User, alice_client: Client) -> None:
    package = anki_cast.package(log=LOG)
    waiting = send(alice_client, package, "deck.apkg").headers["Location"]
    preview = said(alice_client.get(waiting))
    assert "What is Adam?" in preview
    assert "2 Jan 2024" in preview
    report = said(alice_client.post(waiting, follow=True))
    assert re.search(r"<dd>2<span", report)
    card = Card.objects.get(user=alice)
    assert (card.reps, card.due_day) == (2, date(2024, 1, 31))
    assert card.question.tags == ["Interview::ML", "optimisers", "ml::adam"]
    assert audit(user=alice, repair=False).differences == []
    assert "nothing in this file" in said(
        alice_client.get(send(alice_client, package, "deck.apkg").headers["Location"])
    )


def whole_collection(*args: Any, **more: Any) -> bytes:
    """What Anki exports of all decks: the newest format, and a stub for older programs."""
    zstandard = pytest.importorskip("zstandard")
    stub = (9, "stub", anki_cast.BASIC, "", "Please update to the latest version.\x1f")
    parts = {
        "meta": b"\x08\x03",
        "collection.anki21b": zstandard.compress(anki_cast.collection(*args, **more)),
        "collection.anki2": anki_cast.collection((stub,), ()),
        "media": zstandard.compress(b"\x0a\x05\x0a\x01p\x10\x01"),
        "0": zstandard.compress(b"\x89PNG"),
    }
    return anki_cast.zipped(parts, zipfile.ZIP_STORED)


def test_a_whole_collection_comes_in_beside_what_is_here(alice: User, alice_client: Client) -> None:
    other = (2, "guid-two", anki_cast.BASIC, "", "What is SGD?\x1fOne moment less.")
    asleep = (12, 2, 1, 0, 2, -1, 40, 0, 0)
    both = ((anki_cast.NOTE, other), (anki_cast.CARD, asleep))
    bring(alice_client, CARDS)
    bring(alice_client, anki_cast.package(log=LOG), "deck.apkg")
    package = whole_collection(*both, log=(*LOG, (1_704_272_500_000, 12, 3, 5, 0, 900, 1)))
    report = bring(alice_client, package, "collection-2024.colpkg")
    assert re.search(r"Cards in the file</dt><dd>2</dd>", report)
    own = dict(Question.everyone.filter(owner=alice).values_list("title_en", "tags"))
    assert set(own) == {"What is a cat?", "What is 1 < 2?", "What is Adam?", "What is SGD?"}
    assert own["What is SGD?"] == ["Default"]
    cards = Card.objects.filter(user=alice, reps__gt=0)
    assert {card.question.title_en: (card.reps, card.suspended) for card in cards} == {
        "What is Adam?": (2, False),
        "What is SGD?": (1, True),
    }
    assert audit(user=alice, repair=False).differences == []
    waiting = send(alice_client, package, "collection-2024.colpkg").headers["Location"]
    assert "nothing in this file" in said(alice_client.get(waiting))


@pytest.mark.parametrize(
    ("sql", "entries", "words"),
    [
        ("", {"0": bytes(4 << 20)}, "100 times its size"),
        ("", {"../collection.anki21b": b"x"}, "points outside"),
        ("", {"0": anki_cast.zipped({"a": b"a"})}, "archive itself"),
        ("CREATE VIEW v AS SELECT 1", {}, r"decks as a package \(.apkg\)"),
    ],
)
def test_a_hostile_collection_is_refused_like_a_hostile_deck(
    alice_client: Client, sql: str, entries: dict[str, bytes], words: str
) -> None:
    content = {"collection.anki21": anki_cast.collection(sql=sql), **entries}
    answer = send(alice_client, anki_cast.zipped(content), "all.colpkg")
    assert answer.status_code == 422
    assert re.search(words, said(answer))
    assert not PendingUpload.objects.exists()


def test_a_package_that_cannot_be_read_is_refused(alice_client: Client) -> None:
    answer = send(alice_client, b"no zip", "deck.apkg")
    assert answer.status_code == 422
    assert "no package of Anki" in said(answer)


def test_a_package_of_ours_finds_its_way_back(
    alice: User, alice_client: Client, mallory: User, mallory_client: Client
) -> None:
    question = lived(alice)
    before = ReviewEvent.objects.count()
    package = b"".join(alice_client.get("/en/exchange/proofdeck.apkg"))
    bring(alice_client, package, "proofdeck.apkg")
    assert ReviewEvent.objects.count() == before
    bring(mallory_client, package, "proofdeck.apkg")
    card, other = (Card.objects.get(user=one, question=question) for one in (alice, mallory))
    for name in ("state", "stability", "difficulty", "due_day", "reps", "lapses"):
        assert getattr(card, name) == getattr(other, name), name
    assert not Question.everyone.filter(owner__isnull=False).exists()


def test_a_long_name_keeps_its_ending(alice_client: Client) -> None:
    waiting = send(alice_client, CARDS, "a" * 200 + ".csv").headers["Location"]
    assert "What is a cat?" in said(alice_client.get(waiting))


def test_the_command_reports_and_names_what_it_refuses(alice: User, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CARDS)
    (tmp_path / "b.csv").write_text('q,a\n"open')
    files = [str(tmp_path / name) for name in ("b.csv", "a.csv", "no.csv")]
    out = io.StringIO()
    with pytest.raises(CommandError, match="Line 2"):
        call_command("import_cards", *files, "--user", "alice", "--json", "--preview", stdout=out)
    assert not Question.everyone.exists()
    (report,) = json.loads(out.getvalue())
    assert (report["file"], report["created"]) == ("a.csv", 2)
    call_command("import_cards", files[1], "--user", "alice", stdout=out)
    assert "2 questions made" in out.getvalue()
    assert "first row: headings" in out.getvalue()
    again = ("import_cards", files[1], "--user", "alice", "--first-row", "card", "--json")
    out.truncate(0)
    out.seek(0)
    call_command(*again, stdout=out)
    (report,) = json.loads(out.getvalue())
    assert (report["created"], report["own"], report["first_row"]) == (1, 2, "card")
    with pytest.raises(CommandError, match=r"no person.*Sign up"):
        call_command("import_cards", files[1], "--user", "nobody")
