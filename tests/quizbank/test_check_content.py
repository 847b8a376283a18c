from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from demos import registry
from quizbank.management.evidence import BANK, known_demos
from tests.quizbank.small_bank import replace, write_bank


def check(root: Path) -> tuple[int, list[str]]:
    """Exit status and the lines printed."""
    output = io.StringIO()
    try:
        call_command("check_content", "--bank", str(root), stdout=output)
    except SystemExit as exit_:
        return int(exit_.code or 0), output.getvalue().splitlines()
    return 0, output.getvalue().splitlines()


def test_the_bank_we_ship_has_no_defect() -> None:
    assert check(BANK)[0] == 0


def test_a_bank_that_cites_nothing_real_is_refused_line_by_line(tmp_path: Path) -> None:
    root = write_bank(tmp_path)
    replace(root, "topics.toml", 'zh = "声音"\n', "")
    status, lines = check(root)
    assert status == 1
    assert any(line.startswith("falling/stone_and_feather.md: proofs: ") for line in lines)
    assert any(line.startswith("topics.toml: ") for line in lines)
    assert all("; " in line for line in lines), "every line ends in a remedy"


def test_every_experiment_is_known_with_its_claims() -> None:
    demos, broken = known_demos()
    assert broken == []
    assert sorted(demos) == registry.slugs()
    assert all(demo.claims for demo in demos.values())


def test_an_experiment_that_cannot_be_imported_is_a_defect_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_written.py").write_text("DEMO = unfinished\n")
    monkeypatch.setattr(registry, "EXPERIMENTS", tmp_path)
    monkeypatch.setattr("demos.experiments.__path__", [str(tmp_path)])
    demos, broken = known_demos()
    assert demos == {}
    assert [error.file for error in broken] == ["demos/experiments/half_written.py"]
    assert "NameError" in broken[0].wrong
