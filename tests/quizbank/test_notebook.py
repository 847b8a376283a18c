"""The notebook of an experiment: its cells, written out and run by a plain interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.quizbank.lab_cast import PAGE, SLUG, add_experiment

pytestmark = pytest.mark.django_db


def test_the_notebook_runs_by_itself(client: Client, tmp_path: Path) -> None:
    add_experiment()
    answer = client.get(f"{PAGE}notebook/", {"steps": "60", "width": "nonsense"})
    assert answer["Content-Disposition"] == f'attachment; filename="{SLUG}.ipynb"'
    book = json.loads(answer.content)
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    program = []
    for cell in (c for c in book["cells"] if c["cell_type"] == "code"):
        first, rest = cell["source"][0], "".join(cell["source"][1:])
        if first.startswith("%%writefile "):
            path = tmp_path / first.split()[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(rest + "\n", "utf-8")
        elif not first.startswith("%pip"):
            program.append("".join(cell["source"]))
    # IPython's display is the one thing a plain interpreter lacks.
    script = "\n".join(program).replace("from IPython.display import SVG", "SVG = print")
    (tmp_path / "book.py").write_text(script, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, '.'); import book"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "CONFIRMED | From all-zero weights" in done.stdout
    assert "<svg" in done.stdout
    assert "{'steps': 60}" in script
