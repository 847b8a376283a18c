"""`python -m demos` as its author uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from demos import registry
from demos.__main__ import main

SLUG, QUICK = "zero_init_symmetry", "softmax_lab"


def demos(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "demos", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | environment,
    )


@pytest.fixture
def here(monkeypatch, capsys):
    """The command in this process, which has torch already."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["demos", *arguments])
        try:
            status: object = main()
        except SystemExit as stopped:  # argparse
            status = stopped.code
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(str(status)), said.out, said.err)

    return run


def test_list_shows_every_demo_with_the_rows_it_decides(here):
    done = here("list")
    assert done.returncode == 0
    assert all(slug in done.stdout for slug in registry.slugs())
    assert "INI-1" in done.stdout


def test_run_writes_the_promised_json(tmp_path):
    target, figures = tmp_path / "results.json", tmp_path / "figures"
    done = demos("run", QUICK, "--json", str(target), "--figures", str(figures))
    assert done.returncode == 0, done.stderr
    report = json.loads(target.read_text("utf-8"))
    assert set(report) == {"seconds", "device", "threads", "versions", "demos"}
    (demo,) = report["demos"]
    assert demo["slug"] == QUICK
    assert {"slug", "kind", "decides", "expected", "verdict", "n", "inside", "low", "high"} <= set(
        demo["claims"][0]
    )
    assert {c["verdict"] for c in demo["claims"]} == {"confirmed"}
    assert sorted(p.name for p in figures.iterdir()) == [f"{QUICK}.en.svg", f"{QUICK}.zh.svg"]


def test_json_on_standard_output_stands_alone(here):
    done = here("run", SLUG, "--seeds", "8", "--json", "-")
    assert json.loads(done.stdout)["demos"][0]["seeds"] == 8
    assert "8 seeds" in done.stderr


def test_broken_confirms_nothing(here):
    done = here("run", QUICK, "--broken", "--json", "-")
    verdicts = {c["verdict"] for c in json.loads(done.stdout)["demos"][0]["claims"]}
    assert "confirmed" not in verdicts
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["run"], "--all"),
        (["run", "no_such_demo"], SLUG),
        (["run", SLUG, "--set", "spread=7"], "from 0 to 1"),
        (["run", SLUG, "--set", "spread"], "NAME=VALUE"),
        (["run", SLUG, "--seeds", "0"], "at least 1"),
        (["new", "Not A Slug"], "lower case"),
        (["new", SLUG], "exists already"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_remedy(here, arguments, remedy):
    done = here(*arguments)
    assert done.returncode == 2
    assert remedy in done.stderr


def test_a_new_demo_fails_until_it_is_filled(tmp_path):
    slug, extra = "brand_new_demo", {"DEMOS_EXTRA": str(tmp_path)}
    assert demos("new", slug, **extra).returncode == 0
    assert (tmp_path / f"{slug}.py").exists()
    done = demos("run", slug, **extra)
    assert done.returncode == 1
    assert f"{slug}/it_shifts" in done.stdout
