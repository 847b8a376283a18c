"""Disputes in the bank's files: what is read, what is refused, what reaches the database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizbank.content.bank import inspect_bank, read_bank
from quizbank.content.disputes import Known, check_disputes
from quizbank.management.evidence import known_demos
from quizbank.models import Dispute, DisputeSide
from quizbank.services.bank import sync_bank
from tests.cast import MONDAY
from tests.quizbank.disputes_cast import FILE, write_disputes
from tests.quizbank.small_bank import DEMOS, replace, write_bank
from tests.shipped import shipped


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_disputes(tmp_path)
    return write_bank(tmp_path)


def defects(root: Path) -> list[str]:
    return [str(error) for error in inspect_bank(root, DEMOS)[1]]


def test_a_dispute_is_read_with_its_sides(root: Path) -> None:
    bank = read_bank(root, DEMOS)
    first, second = bank.disputes
    assert (first.slug, first.topic, first.rows) == ("who_lands_first", "falling", ("FAL-2",))
    assert first.decided_by == ("falling_stones/feather_last",)
    assert [side.lines for side in first.sides] == [("d9:3-4",), ("d9:3", "d9:5")]
    assert first.sides[0].refuted_by == "falling_stones/feather_last"
    assert "<math" in first.verdict.html.en
    assert second.decided_by == ()


def test_a_bank_may_have_no_disputes(tmp_path: Path) -> None:
    assert read_bank(write_bank(tmp_path), DEMOS).disputes == ()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('slug = "who_lands_first"', 'slug = "Who lands"', "who lands.slug: 'Who lands' is no"),
        ('slug = "vacuum_sound"', 'slug = "who_lands_first"', "another dispute has it too"),
        ('topic = "falling"', 'topic = "flying"', "'flying' is none"),
        ('rows = ["FAL-2"]', 'rows = ["FAL-9"]', "the catalogue holds no row 'FAL-9'"),
        ('rows = ["FAL-2"]', "", "it names none"),
        ('rows = ["FAL-2"]', 'rows = ["SND-1"]', "these claims decide none of its rows"),
        (
            'decided_by = ["falling_stones/feather_last"]',
            'decided_by = ["falling_stones/apple_first"]',
            "there is no claim falling_stones/apple_first",
        ),
        (
            'decided_by = ["falling_stones/feather_last"]',
            'decided_by = ["feather_last"]',
            "'feather_last' is no claim",
        ),
        (
            'decided_by = ["falling_stones/feather_last"]',
            'decided_by = ["falling_stones/same_time"]',
            "falling_stones/feather_last is not in decided_by",
        ),
        ('lines = ["d9:3-4"]', 'lines = ["d9:3-40"]', "no such lines: d9:3-40"),
        ('lines = ["d9:3-4"]', 'lines = ["d8:3"]', "no such lines: d8:3"),
        ('lines = ["d9:3-4"]', 'lines = ["line 3"]', "'line 3' is no place"),
        ('lines = ["d9:3-4"]', "lines = []", "it names no place"),
        ('units = ["d9-02"]', 'units = ["d9-77"]', "there is no unit 'd9-77'"),
        ("zh = '重的先落地。'", "zh = 'The heavy one.'", "no Chinese in the Chinese text"),
        ("en = 'The heavier one first.'", "en = '重的。'", "Chinese in the English text"),
        ("title_zh = '谁先落地'\n", "", "title_zh: it is missing"),
        ("en = 'The heavier one first.'", "en = 'Heavy.'\nby = 'us'", "this key is not known"),
        ('topic = "falling"', 'topic = "falling"\nmood = "cross"', "this key is not known"),
        (
            'refuted_by = "falling_stones/feather_last"',
            'refuted_by = "falling_stones/feather_last"\n'
            'confirmed_by = "falling_stones/feather_last"',
            "the side is confirmed as well",
        ),
        ("verdict_en = 'Both", "verdict_en = '$\\undefined{x}$ Both", "verdict"),
    ],
)
def test_a_defect_is_named(root: Path, old: str, new: str, complaint: str) -> None:
    assert defects(root) == []
    replace(root, FILE, old, new)
    found = defects(root)
    assert any(complaint.lower() in line.lower() for line in found), found
    assert all(line.startswith(FILE) for line in found)


def test_a_dispute_has_two_sides(root: Path) -> None:
    path = root / FILE
    text = path.read_text("utf-8")
    head, _, tail = text.rpartition("[[disputes.sides]]")
    path.write_text(head, "utf-8")
    assert tail
    assert any("give both sides" in line for line in defects(root))


def test_a_second_file_of_disputes_is_read_by_nobody(root: Path) -> None:
    (root / "disputes").mkdir()
    (root / "disputes/more.toml").write_text("", "utf-8")
    assert any("nothing reads this file" in line for line in defects(root))


def test_the_bank_we_ship_knows_the_contradictions() -> None:
    demos, bank = known_demos()[0], shipped()
    known = Known(
        topics=[topic.slug for topic in bank.topics],
        rows={row.code for row in bank.rows},
        units={unit.slug for document in bank.documents for unit in document.units},
        last_lines={document.slug: document.last_line for document in bank.documents},
        claims={f"{s}/{c}": rows for s, demo in demos.items() for c, rows in demo.claims.items()},
    )
    assert list(check_disputes(bank.disputes, known)) == []
    cited = [{line for side in one.sides for line in side.lines} for one in bank.disputes]
    assert all(len(lines) >= 2 for lines in cited)
    documents = [{re.sub(":.*", "", line) for line in lines} for lines in cited]
    assert sum(len(found) > 1 for found in documents) >= 22
    assert sum(len(found) == 1 for found in documents) >= 12


@pytest.mark.django_db
def test_disputes_become_rows_and_stay_as_they_are(root: Path) -> None:
    sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)
    row = Dispute.objects.get(slug="who_lands_first")
    assert (row.topic.slug, row.rows) == ("falling", ["FAL-2"])
    assert row.decided_by == ["falling_stones/feather_last"]
    assert [side.text_en for side in row.sides.all()] == [
        "The heavier one first.",
        "Both together.",
    ]
    with CaptureQueriesContext(connection) as queries:
        sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


@pytest.mark.django_db
def test_an_edit_keeps_rows_and_what_is_gone_goes(root: Path) -> None:
    sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)
    before = Dispute.objects.get(slug="who_lands_first")
    sides = list(before.sides.values_list("pk", flat=True))
    text = (root / FILE).read_text("utf-8")
    kept = text.partition('[[disputes]]\nslug = "vacuum_sound"')[0]
    (root / FILE).write_text(kept.replace("Both together.", "Neither first."), "utf-8")
    sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)
    assert Dispute.objects.get() == before
    assert list(before.sides.values_list("pk", flat=True)) == sides
    assert DisputeSide.objects.get(pk=sides[1]).text_en == "Neither first."
