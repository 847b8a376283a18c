"""An experiment as a notebook that runs without this site: the cells write the kit's and the
experiment's own files, run them, and draw what was measured.

Standard library only; the files are read as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import demos
from quizbank.wording import Language, say

PACKAGE = Path(demos.__file__).parent
PACKAGES = ("kit", "figures")
# The figure's classes in the colours of the light page; a notebook has no style sheet of ours.
STYLE = """
text { font: 13px sans-serif; fill: #484d56 } .sup { font-size: 10px }
.grid { stroke: #e7e4db } .axis { stroke: #868b93 } .line { fill: none; stroke-width: 2.2 }
.band { opacity: .15 } .bound { stroke: #484d56; stroke-dasharray: .1 5; stroke-width: 2 }
.c1 { stroke: #0072b2 } .c2 { stroke: #d55e00 } .c3 { stroke: #007a5e } .c4 { stroke: #8b5fbf }
.f1 { fill: #0072b2 } .f2 { fill: #d55e00 } .f3 { fill: #007a5e } .f4 { fill: #8b5fbf }
.c5 { stroke: #7a6a00 } .f5 { fill: #7a6a00 } .ctl { stroke: #5f6672; stroke-dasharray: 6 4 }
.fctl, .region { fill: #5f6672 } .whisker, .cloud, .stop { fill: none } .hist { opacity: .3 }
.hollow { fill: #fff; stroke: #5f6672 } .pn1 { fill: #ece9e0 } .pn2 { fill: #cfccc3 }
.pn3 { fill: #a4a39e } .pn4 { fill: #6e7077 } .pn5 { fill: #35383f }
"""


def notebook(manifest: Mapping[str, Any], changed: Mapping[str, Any], language: Language) -> str:
    """The notebook as JSON (nbformat 4.5); `changed` are the parameters that differ from the
    defaults."""
    slug = manifest["slug"]
    files = {f"demos/{path.name}": path.read_text("utf-8") for path in _top()}
    for package in PACKAGES:
        for path in sorted((PACKAGE / package).glob("*.py")):
            files[f"demos/{package}/{path.name}"] = path.read_text("utf-8")
    files["demos/experiments/__init__.py"] = ""
    cells = [
        _words(f"# {manifest['question'][language]}\n\n{manifest['summary'][language]}"),
        _words(say("notebook.first", hash=manifest["code_hash"][:7])),
        _code("%pip install --quiet numpy scipy torch"),
        _code("import os\n" + _directories(files)),
        *(_code(f"%%writefile {name}\n{text}", hidden=True) for name, text in files.items()),
        _words(say("notebook.experiment")),
        _code(f"%%writefile demos/experiments/{slug}.py\n{manifest['source']}"),
        _words(say("notebook.run")),
        _code(_run(slug, changed)),
        _code(_claims(language)),
        _code(_figure(language)),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "cells": cells,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _top() -> list[Path]:
    return [PACKAGE / "__init__.py", PACKAGE / "registry.py"]


def _directories(files: Mapping[str, str]) -> str:
    names = sorted({name.rpartition("/")[0] for name in files})
    return f"for name in {names!r}:\n    os.makedirs(name, exist_ok=True)"


def _run(slug: str, changed: Mapping[str, Any]) -> str:
    return f"""from dataclasses import replace

from demos import registry
from demos.kit.measure import Batch, prove

demo = registry.get({slug!r})
params = replace(demo.params, **{dict(changed)!r})
result = prove({slug!r}, demo, params, device="cpu", batch=Batch("deciding", 0))
print(result["seeds"], "seeds,", result["seconds"], "s")"""


def _claims(language: Language) -> str:
    return f"""for finding in result["findings"]:
    claim = demo.claim(finding["claim"])
    print(finding["verdict"].upper(), "|", claim.text.json()[{language!r}])
    print("    ", finding["words"][{language!r}])"""


def _figure(language: Language) -> str:
    return f"""from IPython.display import SVG

from demos.figures.svg import draw

style = {STYLE!r}
drawing = draw(result["figure"], language={language!r}, width=736)
SVG(drawing.replace(">", "><style>" + style + "</style>", 1))"""


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(text: str, *, hidden: bool = False) -> dict[str, Any]:
    metadata = {"jupyter": {"source_hidden": True}} if hidden else {}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return str(text).rstrip("\n").splitlines(keepends=True)
