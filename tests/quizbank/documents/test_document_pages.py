"""The pages on which notes are brought along, read, corrected and removed; and the commands."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from quizbank.models import ImportedDocument, Passage, PendingUpload, Question, User
from quizbank.services import importing
from tests.quizbank.documents.cast import make_bank, make_known
from tests.quizbank.documents.samples import DIALECTS, HOSTILE, NUMBERED

NOTES = "# 我的\n\n## 梯度消失的原因有哪些？\n\n连乘。\n\n## 如何给猫洗澡？\n\n慢慢来 $x^2$。\n"


@pytest.fixture
def bank(db: None) -> dict[str, Question]:
    return make_bank()


def send(client: Client, text: str | bytes, name: str = "a.md", language: str = "zh") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(f"/{language}/documents/upload/", {"file": SimpleUploadedFile(name, data)})


def bring(client: Client, text: str, name: str = "a.md") -> str:
    """Send and confirm; the address of the document."""
    waiting = send(client, text, name).headers["Location"]
    return str(client.post(waiting).headers["Location"])


def said(response: Any) -> str:
    text = response.content.decode()
    assert "⟦" not in text
    return str(text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_send_look_confirm_read(
    alice_client: Client, bank: dict[str, Question], language: str
) -> None:
    answer = send(alice_client, NOTES, language=language)
    assert answer.status_code == 302
    assert ImportedDocument.objects.count() == Passage.objects.count() == 0
    waiting = answer.headers["Location"]
    preview = said(alice_client.get(waiting))
    assert "utf-8" in preview
    assert "如何给猫洗澡？" in preview
    assert "/questions/gradients/vanishing/" in preview
    assert ImportedDocument.objects.count() == 0
    address = alice_client.post(waiting).headers["Location"]
    page = said(alice_client.get(address))
    assert "<math" in page
    assert "/questions/gradients/vanishing/" in page
    assert PendingUpload.objects.count() == 0
    assert NOTES.encode() == alice_client.get(address + "file/").content
    assert "我的" in said(alice_client.get(f"/{language}/documents/"))


def test_cancelling_keeps_nothing(alice_client: Client, bank: dict[str, Question]) -> None:
    waiting = send(alice_client, NOTES).headers["Location"]
    alice_client.post(waiting, {"cancel": "1"})
    assert ImportedDocument.objects.count() == PendingUpload.objects.count() == 0


def test_a_file_that_waited_too_long_is_gone(
    alice_client: Client, bank: dict[str, Question]
) -> None:
    waiting = send(alice_client, NOTES).headers["Location"]
    PendingUpload.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert alice_client.post(waiting).headers["Location"] == "/zh/documents/"
    assert ImportedDocument.objects.count() == 0


def test_a_visitor_becomes_a_guest_who_owns_the_notes(bank: dict[str, Question]) -> None:
    client = Client()
    assert client.get(bring(client, NOTES)).status_code == 200
    guest = User.objects.get(is_guest=True)
    assert ImportedDocument.objects.get().owner == guest


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.zip", b"# a", "archive"),
        ("a.md", b"x\x00y", "control character"),
        ("a.md", b"x" * (1024 * 1024 + 1), "1 MiB"),
        ("a.md", "été à la plage".encode("latin-1"), "GB18030"),
    ],
)
def test_a_refusal_says_why_and_stores_nothing(
    alice_client: Client, name: str, data: bytes, words: str
) -> None:
    answer = send(alice_client, data, name, "en")
    assert answer.status_code == 422
    assert words in said(answer)
    assert PendingUpload.objects.count() == ImportedDocument.objects.count() == 0


def test_no_file_at_all(alice_client: Client) -> None:
    assert alice_client.post("/en/documents/upload/").status_code == 422


def test_strangers_get_404_everywhere(
    alice_client: Client, mallory_client: Client, bank: dict[str, Question]
) -> None:
    waiting = send(alice_client, NOTES).headers["Location"]
    address = bring(alice_client, NOTES)
    passage = Passage.objects.get(heading="如何给猫洗澡？")
    own = Question.everyone.get(owner__isnull=False)
    match = f"/zh/documents/passages/{passage.pk}/"
    for client in (mallory_client, Client()):
        for url in (address, address + "file/", match, f"/zh/questions/{own.path}/"):
            assert client.get(url).status_code == 404, url
        for url in (address + "remove/", address + "restore/", match):
            assert client.post(url).status_code == 404, url
        assert "我的" not in said(client.get("/zh/documents/"))
        assert own.title_zh not in said(client.get("/zh/questions/"))
    assert mallory_client.post(waiting).headers["Location"] == "/zh/documents/"
    assert Client().post(waiting).status_code == 404
    assert mallory_client.get(f"/zh/documents/{uuid4()}/").status_code == 404
    assert ImportedDocument.objects.get().removed_at is None


def test_what_everybody_sees_nobody_may_change(
    alice_client: Client, bank: dict[str, Question], now: datetime
) -> None:
    done = importing.import_document(owner=None, name="a.md", data=NOTES.encode(), now=now)
    address = f"/zh/documents/{done.document.pk}/"
    assert Client().get(address).status_code == 200
    assert alice_client.post(address + "remove/").status_code == 404
    passage = done.document.passages.first()
    assert alice_client.get(f"/zh/documents/passages/{passage.pk}/").status_code == 404


def test_remove_and_bring_back(alice_client: Client, bank: dict[str, Question]) -> None:
    address = bring(alice_client, NOTES)
    alice_client.post(address + "remove/")
    assert alice_client.get(address).status_code == 404
    assert address + "restore/" in said(alice_client.get("/zh/documents/"))
    alice_client.post(address + "restore/")
    assert alice_client.get(address).status_code == 200


def test_correcting_a_match(alice_client: Client, bank: dict[str, Question]) -> None:
    address = bring(alice_client, NOTES)
    passage = Passage.objects.get(heading="如何给猫洗澡？")
    match = f"/zh/documents/passages/{passage.pk}/"
    assert 'value="regularisation/dropout"' not in said(alice_client.get(match))
    passage.refresh_from_db()
    answer = alice_client.post(match, {"question": "regularisation/dropout"})
    assert answer.headers["Location"] == f"{address}#p{passage.pk}"
    passage.refresh_from_db()
    assert passage.question == bank["dropout"]
    assert alice_client.post(match, {"question": "no/such"}).status_code == 404


def test_a_question_shows_what_ones_notes_say_of_it(
    alice_client: Client, mallory_client: Client, bank: dict[str, Question]
) -> None:
    bring(alice_client, NOTES)
    address = "/zh/questions/gradients/vanishing/"
    assert "在你的笔记里" in said(alice_client.get(address))
    assert "在你的笔记里" not in said(mallory_client.get(address))


def test_a_wrong_statement_stands_beside_its_passage(
    alice_client: Client, bank: dict[str, Question]
) -> None:
    make_known(bank["gravity"])
    page = said(alice_client.get(bring(alice_client, NUMBERED, "n.md")))
    section = page.split('<section class="passage"')[3]
    assert "1.1 误差从哪里来" in section
    assert "摆角随便多大都行" in section
    assert "小角度才行" in section
    assert page.count('class="wrong"') == 1


def test_an_own_question_can_be_studied(alice_client: Client, bank: dict[str, Question]) -> None:
    bring(alice_client, NOTES)
    own = Question.everyone.get(owner__isnull=False)
    front = said(alice_client.get(f"/zh/study/?question={own.path}"))
    assert "如何给猫洗澡？" in front
    back = said(alice_client.post("/zh/study/reveal/", {"question": own.path}))
    assert "慢慢来" in back
    answer = alice_client.post(
        "/zh/study/grade/", {"question": own.path, "rating": "3", "client_uuid": str(uuid4())}
    )
    assert answer.status_code == 303
    assert own.cards.get().reps == 1


def test_hostile_notes_are_inert_on_every_page(
    alice_client: Client, bank: dict[str, Question]
) -> None:
    text = "".join(f"## {sample} 是什么？\n\n{sample}\n\n" for sample in HOSTILE)
    name = "<script>alert(1)<script>.md"
    waiting = send(alice_client, text, name).headers["Location"]
    pages = [said(alice_client.get(waiting))]
    address = alice_client.post(waiting).headers["Location"]
    pages += [said(alice_client.get(url)) for url in (address, "/zh/documents/")]
    for own in Question.everyone.filter(owner__isnull=False)[:5]:
        pages.append(said(alice_client.get(f"/zh/questions/{own.path}/")))
    for page in pages:
        assert "alert(1)" not in "".join(re.findall(r"<script\b.*?</script>", page, re.DOTALL))
        assert not re.search(r"<[a-z][^<>]*\son[a-z]+=", page)
        assert not re.search(r"<(?:iframe|object|embed|img|form action=.javascript)", page)
        assert "javascript:" not in "".join(re.findall(r'href="[^"]*"', page))


def test_the_file_is_handed_out_as_a_download_alone(
    alice_client: Client, bank: dict[str, Question]
) -> None:
    answer = alice_client.get(bring(alice_client, NOTES, 'a"\r\nX: y.md') + "file/")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert answer.headers["Content-Disposition"].count('"') == 2
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_command_reports_what_others_build_on(
    alice: Any, bank: dict[str, Question], tmp_path: Path
) -> None:
    for name, text in DIALECTS.items():
        (tmp_path / f"{name}.md").write_text(text)
    out = io.StringIO()
    files = [str(tmp_path / f"{name}.md") for name in DIALECTS]
    call_command("import_document", *files, "--user", "alice", "--json", stdout=out)
    reports = json.loads(out.getvalue())
    assert [set(report) for report in reports] == [
        {
            *("file", "document", "encoding", "bytes_in", "bytes_kept", "passages"),
            *("units_matched", "questions_matched", "questions_created", "formulas", "images"),
            "warnings",
        }
    ] * 5
    assert all(report["bytes_in"] == report["bytes_kept"] for report in reports)
    assert reports[0]["warnings"][0].keys() == {"line", "message"}
    assert [report["file"] for report in reports] == [f"{name}.md" for name in DIALECTS]


def test_the_command_names_what_it_refuses_and_takes_the_rest(
    alice: Any, bank: dict[str, Question], tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text(NOTES)
    (tmp_path / "b.md").write_bytes(b"\x00")
    files = [str(tmp_path / "b.md"), str(tmp_path / "a.md"), str(tmp_path / "no.md")]
    with pytest.raises(CommandError, match="control character"):
        call_command("import_document", *files, "--user", "alice", stdout=io.StringIO())
    assert ImportedDocument.objects.get().file_name == "a.md"
    with pytest.raises(CommandError, match="no person"):
        call_command("import_document", files[1], "--user", "nobody")


@pytest.mark.django_db(transaction=True)
def test_a_document_is_exported_byte_for_byte(
    alice: Any, environment: dict[str, str], now: datetime
) -> None:
    data = NUMBERED.replace("\n", "\r\n").encode("gb18030")
    done = importing.import_document(owner=alice, name="a.md", data=data, now=now)
    command = [sys.executable, "manage.py", "export_document", str(done.document.pk)]
    assert subprocess.run(command, env=environment, capture_output=True, check=True).stdout == data
    command[-1] = str(uuid4())
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 1
