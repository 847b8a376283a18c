from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from quizbank.content.bank import read_bank
from quizbank.models import Question
from quizbank.queries.coverage import coverage
from quizbank.services.bank import sync_bank
from tests.cast import MONDAY
from tests.quizbank.recorded_runs import EXPECTED, install_demos, record, record_all
from tests.quizbank.small_bank import DEMOS, FILES, replace, write_bank

pytestmark = pytest.mark.django_db
STONES = "falling/stone_and_feather"
BELL = "sound/bell_in_a_jar"
ROWS = "catalogue/rows.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_bank(tmp_path)


def sync(root: Path) -> None:
    sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)


def command(*options: str) -> tuple[int, str]:
    """Exit status and what stood on standard output."""
    output = io.StringIO()
    try:
        call_command("coverage", *options, stdout=output)
    except SystemExit as exit_:
        return int(exit_.code or 0), output.getvalue()
    return 0, output.getvalue()


def report() -> dict[str, dict[str, Any]]:
    status, text = command("--json")
    found: dict[str, dict[str, Any]] = json.loads(text)
    assert found == coverage()
    gaps = [v for part in found.values() for v in part.values() if isinstance(v, list)]
    assert status == (1 if any(gaps) else 0)
    return found


def test_a_bank_with_everything_recorded_is_complete(root: Path) -> None:
    sync(root)
    install_demos()
    record_all()
    assert report() == {
        "units": {"total": 2, "covered": 2, "missing": []},
        "questions": {
            "total": 2,
            "without_demo": [],
            "without_proof": [],
            "without_quiz": [],
            "one_language": [],
            "unproven": [],
        },
        "traps": {"total": 1, "refuted": 1, "open": []},
        "rows": {
            "total": 3,
            "decided": 2,
            "argued": 1,
            "shown": 0,
            "missing": [],
            "without_trap": [],
        },
        "demos": {"total": 2, "orphans": []},
    }
    assert command()[0] == 0


def test_what_files_expect_counts_for_nothing_without_a_run(root: Path) -> None:
    sync(root)
    install_demos()
    found = report()
    assert found["questions"]["without_proof"] == [STONES]
    assert found["questions"]["unproven"] == [f"{STONES}: falling_stones/same_time"]
    assert found["traps"]["open"] == [f"{STONES}: FAL-2"]
    assert found["rows"]["missing"] == ["FAL-1", "FAL-2"]


@pytest.mark.parametrize("verdict", ["refuted", "inconclusive", "invalid", "preview"])
def test_a_verdict_other_than_the_expected_decides_nothing(root: Path, verdict: str) -> None:
    sync(root)
    install_demos()
    record("falling_stones", {"same_time": verdict, "feather_last": "confirmed"})
    found = report()
    assert found["rows"]["missing"] == ["FAL-1"]
    assert found["questions"]["without_proof"] == [STONES]
    assert found["traps"]["refuted"] == 1


def test_a_trap_stays_open_until_its_claim_is_confirmed(root: Path) -> None:
    sync(root)
    install_demos()
    record("falling_stones", {"same_time": "confirmed", "feather_last": "inconclusive"})
    found = report()
    assert found["traps"] == {"total": 1, "refuted": 0, "open": [f"{STONES}: FAL-2"]}
    assert found["questions"]["without_proof"] == []


def test_a_shown_claim_shows_its_rows_and_decides_none(root: Path) -> None:
    sync(root)
    install_demos({**EXPECTED, "falling_stones": {"same_time": "shown", "feather_last": "shown"}})
    record("falling_stones", {"same_time": "shown", "feather_last": "shown"})
    found = report()
    assert found["rows"] == {
        **{"total": 3, "decided": 0, "argued": 1, "shown": 2},
        **{"missing": [], "without_trap": []},
    }
    assert found["questions"]["unproven"] == []
    assert found["questions"]["without_proof"] == [STONES]


def test_a_wrong_statement_that_was_decided_needs_a_trap(root: Path) -> None:
    text = FILES[f"{STONES}.md"]
    start, end = text.index("[[traps]]"), text.index("[[quiz]]")
    (root / f"{STONES}.md").write_text(text[:start] + text[end:])
    sync(root)
    install_demos()
    record_all()
    assert report()["rows"]["without_trap"] == ["FAL-2"]


def test_units_that_no_question_answers_are_missing(root: Path) -> None:
    replace(root, f"{BELL}.md", 'units = ["d9-03"]', "units = []")
    sync(root)
    assert report()["units"] == {"total": 2, "covered": 1, "missing": ["d9-03"]}


def test_a_question_without_quiz_is_named(root: Path) -> None:
    text = FILES[f"{BELL}.md"]
    start, end = text.index("[[quiz]]"), text.index("+++\n# zh")
    (root / f"{BELL}.md").write_text(text[:start] + text[end:])
    sync(root)
    assert report()["questions"]["without_quiz"] == [BELL]


def test_a_question_that_lost_a_language_is_named(root: Path) -> None:
    sync(root)
    Question.objects.filter(path=BELL).update(full_en="")
    assert report()["questions"]["one_language"] == [BELL]


def test_a_question_that_only_names_related_demos_is_not_without_proof(root: Path) -> None:
    sync(root)
    found = report()["questions"]
    assert BELL not in found["without_proof"]
    assert BELL not in found["without_demo"]


def test_a_demo_that_no_question_uses_is_an_orphan(root: Path) -> None:
    replace(root, f"{BELL}.md", 'demo = "silent_bell"', 'demo = "falling_stones"')
    sync(root)
    install_demos()
    record_all()
    assert report()["demos"] == {"total": 2, "orphans": ["silent_bell"]}


def test_retired_questions_count_for_nothing(root: Path) -> None:
    sync(root)
    (root / f"{STONES}.md").unlink()
    sync(root)
    install_demos()
    record_all()
    found = report()
    assert (found["questions"]["total"], found["traps"]["total"]) == (1, 0)
    assert found["units"]["missing"] == ["d9-02"]
    assert found["rows"]["without_trap"] == ["FAL-2"]


def test_the_table_for_people_says_what_is_missing(root: Path) -> None:
    sync(root)
    install_demos()
    status, text = command()
    assert status == 1
    assert "3 total" in text
    assert "missing (2): FAL-1, FAL-2" in text
