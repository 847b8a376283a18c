from __future__ import annotations

import io
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quizbank import models
from quizbank.content.bank import read_bank
from quizbank.models import CatalogueRow, Document, KeyPoint, Question, Topic, Unit
from quizbank.services.bank import Synced, sync_bank
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.small_bank import DEMOS, FILES, STONES, TOPICS, replace, write_bank

TUESDAY = MONDAY + timedelta(days=1)
STONES_FILE = "falling/stone_and_feather.md"
BELL_FILE = "sound/bell_in_a_jar.md"
OWN: tuple[type[Model], ...] = (
    *(models.Topic, models.Question, models.FollowUp, models.KeyPoint, models.Trap, models.Proof),
    *(models.QuizItem, models.CatalogueRow, models.Document, models.Unit),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_bank(tmp_path)


def sync(root: Path, now: datetime = MONDAY) -> Synced:
    return sync_bank(bank=read_bank(root, DEMOS), now=now)


def everything() -> dict[str, list[dict[str, Any]]]:
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in OWN}


def writes(queries: CaptureQueriesContext) -> list[str]:
    starts = ("INSERT", "UPDATE", "DELETE")
    return [q["sql"] for q in queries.captured_queries if q["sql"].startswith(starts)]


@pytest.mark.django_db
def test_files_become_rows(root: Path) -> None:
    assert sync(root) == Synced(created=2)
    stones = Question.objects.get(path="falling/stone_and_feather")
    assert stones.topic.slug == "falling"
    assert [p.must for p in stones.key_points.all()] == [True, True, False]
    assert [str(proof) for proof in stones.proofs.all()] == ["falling_stones/same_time"]
    assert [q.path for q in stones.follow_ups.all()] == ["sound/bell_in_a_jar"]
    assert [item.kind for item in stones.quiz_items.all()] == ["choice", "numeric", "predict"]
    assert [unit.slug for unit in stones.units.all()] == ["d9-02"]
    trap = stones.traps.get()
    assert (trap.row.code, trap.demo, trap.claim) == ("FAL-2", "falling_stones", "feather_last")
    bell = Question.objects.get(path="sound/bell_in_a_jar")
    assert [str(proof) for proof in bell.proofs.all()] == ["silent_bell"]
    assert Unit.objects.get(slug="d9-02").parent == Unit.objects.get(slug="d9-01")
    assert CatalogueRow.objects.get(code="SND-1").argued_en.startswith("Where there is no medium")


@pytest.mark.django_db
def test_texts_speak_the_active_language(root: Path) -> None:
    sync(root)
    question = Question.objects.get(path="sound/bell_in_a_jar")
    with override("zh-hans"):
        assert question.title == "玻璃罩抽成真空后，还听得见里面的铃声吗？"
        assert "压力波" in str(question.full_html)
    with override("en"):
        assert str(question.short_html) == "<p>No.</p>\n"


@pytest.mark.django_db
def test_a_second_run_writes_nothing(root: Path) -> None:
    sync(root)
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        assert sync(root, TUESDAY) == Synced(unchanged=2)
    assert writes(queries) == []
    assert everything() == before


@pytest.mark.django_db
def test_an_edit_keeps_the_row_and_its_key_points(root: Path) -> None:
    sync(root)
    before = Question.objects.get(path="sound/bell_in_a_jar")
    points = list(before.key_points.values_list("pk", flat=True))
    replace(root, BELL_FILE, "A vacuum has none.", "A vacuum holds none.")
    assert sync(root, TUESDAY) == Synced(updated=1, unchanged=1)
    after = Question.objects.get(path="sound/bell_in_a_jar")
    assert (after.pk, after.created_at, after.updated_at) == (before.pk, MONDAY, TUESDAY)
    assert list(after.key_points.values_list("pk", flat=True)) == points
    assert KeyPoint.objects.filter(text_en="A vacuum holds none.").exists()


@pytest.mark.django_db
def test_what_left_a_file_leaves_the_database(root: Path) -> None:
    sync(root)
    text = FILES[STONES_FILE]
    start, end = text.index("[[traps]]"), text.index("[[quiz]]")
    (root / STONES_FILE).write_text(text[:start] + text[end:])
    sync(root, TUESDAY)
    question = Question.objects.get(path="falling/stone_and_feather")
    assert question.traps.count() == 0
    assert question.key_points.count() == 3


@pytest.mark.django_db
def test_a_removed_file_retires_its_question(root: Path) -> None:
    sync(root)
    replace(root, STONES_FILE, 'follow_ups = ["sound/bell_in_a_jar"]\n', "")
    (root / BELL_FILE).unlink()
    assert sync(root, TUESDAY) == Synced(updated=1, retired=1)
    bell = Question.objects.get(path="sound/bell_in_a_jar")
    assert bell.retired_at == TUESDAY
    assert bell.key_points.count() == 3
    assert bell.units.count() == 0
    assert sync(root, TUESDAY + timedelta(days=1)) == Synced(unchanged=1)
    bell.refresh_from_db()
    assert bell.retired_at == TUESDAY


@pytest.mark.django_db
def test_a_file_that_comes_back_revives_its_question(root: Path) -> None:
    sync(root)
    before = Question.objects.get(path="falling/stone_and_feather").pk
    (root / STONES_FILE).unlink()
    sync(root, TUESDAY)
    (root / STONES_FILE).write_text(STONES, "utf-8")
    assert sync(root, TUESDAY) == Synced(updated=1, unchanged=1)
    revived = Question.objects.get(path="falling/stone_and_feather")
    assert (revived.pk, revived.retired_at) == (before, None)
    assert [unit.slug for unit in revived.units.all()] == ["d9-02"]


@pytest.mark.django_db
def test_a_unit_moves_between_questions(root: Path) -> None:
    sync(root)
    replace(root, STONES_FILE, 'units = ["d9-02"]', "units = []")
    replace(root, BELL_FILE, '["d9-03"]', '["d9-03", "d9-02"]')
    sync(root, TUESDAY)
    assert Unit.objects.get(slug="d9-02").question == Question.objects.get(slug="bell_in_a_jar")


@pytest.mark.django_db
def test_rows_outlines_and_topics_follow_their_files(root: Path) -> None:
    sync(root)
    replace(root, "catalogue/rows.toml", "A vacuum carries no sound.", "No sound crosses a vacuum.")
    replace(root, "documents/d9.toml", 'heading = "声音"', 'heading = "声波"')
    replace(root, "topics.toml", 'en = "Sound"', 'en = "Sounds"')
    sync(root, TUESDAY)
    assert CatalogueRow.objects.get(code="SND-1").statement_en == "No sound crosses a vacuum."
    assert Unit.objects.get(slug="d9-03").heading == "声波"
    assert Topic.objects.get(slug="sound").title_en == "Sounds"
    (root / "documents/d9.toml").unlink()
    for name in (STONES_FILE, BELL_FILE):
        replace(root, name, "units = [", "units = []  # [")
    rows = FILES["catalogue/rows.toml"]
    kept = [line for line in rows.split("\n") if not line.startswith(("units", "lines"))]
    (root / "catalogue/rows.toml").write_text("\n".join(kept).split('[[rows]]\nid = "SND')[0])
    sync(root, TUESDAY)
    assert (Document.objects.count(), Unit.objects.count()) == (0, 0)
    assert set(CatalogueRow.objects.values_list("code", flat=True)) == {"FAL-1", "FAL-2"}


@pytest.mark.django_db
def test_a_row_that_a_retired_trap_needs_stays(root: Path) -> None:
    sync(root)
    (root / STONES_FILE).unlink()
    rows = FILES["catalogue/rows.toml"]
    (root / "catalogue/rows.toml").write_text(rows[rows.index('[[rows]]\nid = "SND') :])
    sync_bank(bank=read_bank(root, {"silent_bell": DEMOS["silent_bell"]}), now=TUESDAY)
    assert set(CatalogueRow.objects.values_list("code", flat=True)) == {"FAL-2", "SND-1"}


EDITS = st.lists(
    st.sampled_from(
        [
            (STONES_FILE, 'level = "core"', 'level = "deep"'),
            (STONES_FILE, '"Leaning Tower"', '"Pisa"'),
            (STONES_FILE, "The acceleration is $g$", "The acceleration equals $g$"),
            (STONES_FILE, 'follow_ups = ["sound/bell_in_a_jar"]', "follow_ups = []"),
            (STONES_FILE, "answer = 2", "answer = 2.0"),
            (STONES_FILE, "right = true", "right = true  # both"),
            (BELL_FILE, 'tags = ["waves"]', 'tags = ["waves", "vacuum"]'),
            (BELL_FILE, "There is no wave.", "No wave."),
            (BELL_FILE, "must = false", "must = true"),
            ("catalogue/rows.toml", "always lands first", "invariably lands first"),
            ("topics.toml", 'en = "Sound"', 'en = "Sounds"'),
            ("documents/d9.toml", "empty = true", "empty = false"),
        ]
    ),
    max_size=6,
    unique=True,
)


class AnyEdit(TestCase):
    @examples(20, 500)
    @given(edits=EDITS, gone=st.sampled_from([None, STONES_FILE]))
    def test_after_any_edit_the_second_run_changes_nothing(
        self, edits: list[tuple[str, str, str]], gone: str | None
    ) -> None:
        with tempfile.TemporaryDirectory() as directory:
            root = write_bank(Path(directory))
            sync(root)
            ids = dict(Question.objects.values_list("path", "pk"))
            for file, old, new in edits:
                path = root / file
                path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
            if gone:
                (root / gone).unlink()
            sync(root, TUESDAY)
            before = everything()
            with CaptureQueriesContext(connection) as queries:
                again = sync(root, TUESDAY + timedelta(days=1))
            assert writes(queries) == []
            assert again == Synced(unchanged=1 if gone else 2)
            assert everything() == before
            assert dict(Question.objects.values_list("path", "pk")) == ids


def run(root: Path, *options: str) -> str:
    output = io.StringIO()
    call_command("sync_bank", "--bank", str(root), *options, stdout=output)
    return output.getvalue()


@pytest.fixture
def citing_real_demos(root: Path) -> Path:
    """The small bank beside the real catalogue, its citations pointing at a demo that exists."""
    proof, other = "zero_init_symmetry/zero_is_stuck", "zero_init_symmetry/constant_still_learns"
    for name, text in FILES.items():
        text = text.replace("falling_stones/same_time", proof)
        text = text.replace("falling_stones/feather_last", other)
        text = text.replace("falling_stones", "zero_init_symmetry")
        (root / name).write_text(text.replace("silent_bell", "zero_init_symmetry"), "utf-8")
    real = Path(models.__file__).parent.parent / "bank"
    (root / "topics.toml").write_text(TOPICS + (real / "topics.toml").read_text("utf-8"), "utf-8")
    for folder in ("catalogue", "documents"):
        for path in sorted((real / folder).glob("*.toml")):
            (root / folder / path.name).write_bytes(path.read_bytes())
    return root


@pytest.mark.django_db
def test_the_command_prints_its_numbers_as_json_alone(citing_real_demos: Path) -> None:
    first = json.loads(run(citing_real_demos, "--json"))
    assert first == {"created": 2, "updated": 0, "unchanged": 0, "retired": 0}
    assert json.loads(run(citing_real_demos, "--json"))["unchanged"] == 2


@pytest.mark.django_db
def test_a_broken_file_changes_nothing_and_names_every_defect(citing_real_demos: Path) -> None:
    run(citing_real_demos)
    before = everything()
    replace(citing_real_demos, BELL_FILE, "A vacuum has none.", "Space has none.")
    replace(citing_real_demos, STONES_FILE, '["d9-02"]', '["d9-77"]')
    replace(citing_real_demos, "topics.toml", 'zh = "声音"\n', "")
    with pytest.raises(CommandError) as raised:
        run(citing_real_demos)
    assert raised.value.returncode == 1
    assert "d9-77" in str(raised.value)
    assert "topics.toml" in str(raised.value)
    assert everything() == before
