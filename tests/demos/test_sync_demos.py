"""The database's list of demos follows the files, and twice is as good as once."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from demos import registry
from demos.models import Demo
from demos.queries import demos, get_demo
from tests.demos.workers import FAULTY, SLUG

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A collection of demos that holds a single file."""
    copy = tmp_path / f"{SLUG}.py"
    copy.write_text((FAULTY / copy.name).read_text("utf-8"), "utf-8")
    monkeypatch.setattr(registry, "EXPERIMENTS", tmp_path / "none")
    monkeypatch.setenv("DEMOS_EXTRA", str(tmp_path))
    return copy


def sync() -> dict[str, int]:
    out = StringIO()
    call_command("sync_demos", "--json", stdout=out)
    return {name: count for name, count in json.loads(out.getvalue()).items() if count}


def test_writes_what_a_file_says(one_file: Path) -> None:
    assert sync() == {"created": 1}
    demo = get_demo(SLUG)
    assert (demo.topic, demo.title_zh, demo.title_en) == (
        "initialisation",
        "Behaves as told",
        "Behaves as told",
    )
    assert demo.code_hash == registry.code_hash(SLUG) == demo.manifest["code_hash"]
    assert demo.manifest["claims"][0]["slug"] == "effect_is_high"
    assert demo.manifest["source"] == one_file.read_text("utf-8")


def test_changes_nothing_the_second_time(one_file: Path) -> None:
    sync()
    first = Demo.objects.values().get()
    assert sync() == {"unchanged": 1}
    assert Demo.objects.values().get() == first


def test_follows_a_change(one_file: Path) -> None:
    sync()
    Demo.objects.update(default_seconds=2.5)
    before = get_demo(SLUG).code_hash
    one_file.write_text(one_file.read_text("utf-8") + "\n# changed\n", "utf-8")
    assert sync() == {"updated": 1}
    assert get_demo(SLUG).code_hash != before
    assert get_demo(SLUG).default_seconds == 2.5


def test_retires_a_demo_whose_file_is_gone_and_takes_it_back(one_file: Path) -> None:
    sync()
    text = one_file.read_text("utf-8")
    one_file.unlink()
    assert sync() == {"retired": 1}
    assert not demos().exists()
    with pytest.raises(Demo.DoesNotExist):
        get_demo(SLUG)
    assert sync() == {}
    one_file.write_text(text, "utf-8")
    assert sync() == {"updated": 1}
    assert get_demo(SLUG).retired_at is None


def test_names_a_file_that_cannot_be_read_and_writes_nothing(one_file: Path) -> None:
    one_file.with_name("half_written.py").write_text("DEMO = unheard_of\n", "utf-8")
    with pytest.raises(CommandError, match=r"half_written .* NameError"):
        sync()
    assert not Demo.objects.exists()


def test_writes_every_demo_of_the_site() -> None:
    assert sync() == {"created": len(registry.slugs())}
    for demo in demos():
        assert demo.manifest["slug"] == demo.pk
        assert demo.title_zh
        assert demo.title_en


def test_says_what_it_did(one_file: Path) -> None:
    out = StringIO()
    call_command("sync_demos", stdout=out)
    assert out.getvalue() == "demos: 1 created\n"
