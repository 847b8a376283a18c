"""Find demos by walking `experiments/`; there is no list to edit.

`slugs` and `source` read files only. `get` imports an experiment, and with it torch: only
commands and workers may call it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demos.kit.declare import Claim, Demo, Mutation
from demos.kit.parameters import schema_of
from demos.kit.words import requirement

HERE = Path(__file__).parent
EXPERIMENTS = HERE / "experiments"


def slugs() -> list[str]:
    """Every demo's slug, in alphabetical order."""
    return sorted(_files())


def source(slug: str) -> str:
    """The demo's file as text (Raises KeyError)."""
    return _files()[slug].read_text("utf-8")


def get(slug: str) -> Demo:
    """The demo of that slug (Raises KeyError)."""
    path = _files()[slug]
    name = f"demos.experiments.{slug}"
    if path.parent == EXPERIMENTS or name in sys.modules:
        module = importlib.import_module(name)
    else:
        module = _load(name, path)
    demo: Demo = module.DEMO
    return demo


def _files() -> dict[str, Path]:
    """{slug: file}, of this directory and of the one that DEMOS_EXTRA names."""
    extra = os.environ.get("DEMOS_EXTRA", "")
    directories = [EXPERIMENTS, *([Path(extra)] if extra else [])]
    found = (path for directory in directories for path in directory.glob("*.py"))
    return {path.stem: path for path in found if not path.stem.startswith("_")}


def _load(name: str, path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def mutated(slug: str, mutation: Mutation) -> Demo:
    """The demo with one line of its experiment changed, to see that its claims are lost.

    Raises:
        ValueError: the line does not stand exactly once above the declaration.
    """
    body, mark, declaration = source(slug).partition("\nDEMO = ")
    if body.count(mutation.old) != 1:
        raise ValueError(f"{slug}: {mutation.old!r} stands {body.count(mutation.old)} times")
    module = types.ModuleType(f"demos.experiments.{slug}__mutated")
    module.__dict__["__file__"] = str(EXPERIMENTS / f"{slug}.py")
    code = body.replace(mutation.old, mutation.new) + mark + declaration
    _execute(code, module)
    demo: Demo = module.__dict__["DEMO"]
    return demo


def _execute(code: str, module: types.ModuleType) -> None:
    """Run a module's source; dataclasses look their module up by name, so it is registered."""
    sys.modules[module.__name__] = module
    try:
        exec(compile(code, module.__file__ or "", "exec"), module.__dict__)  # noqa: S102
    finally:
        del sys.modules[module.__name__]


@functools.cache
def _kit_source() -> bytes:
    return b"".join(p.read_bytes() for p in sorted((HERE / "kit").glob("*.py")))


def code_hash(slug: str) -> str:
    """sha256 of the kit's and the experiment's source: a run is reusable while it stays."""
    return hashlib.sha256(_kit_source() + source(slug).encode()).hexdigest()


def holds(slug: str, code: str) -> bool:
    """Whether this process would run exactly the code that the hash names."""
    return slug in _files() and code_hash(slug) == code


def manifest(slug: str) -> dict[str, Any]:
    """All that web and API need to know of a demo, as JSON; imports the experiment."""
    demo = get(slug)
    return {
        "slug": slug,
        "title": demo.title.json(),
        "question": demo.question.json(),
        "summary": demo.summary.json(),
        "topic": demo.topic,
        "gpu": demo.gpu,
        "parameters": schema_of(demo.params),
        "defaults": _values(demo.params),
        "looks": list(demo.looks),
        "seeds": demo.looks[-1],
        "claims": [_claim(claim, demo.kinds) for claim in demo.claims],
        "figure": _figure(demo),
        "prediction": {
            "question": demo.prediction.question.json(),
            "metric": demo.prediction.metric,
            "options": [{"slug": o.slug, "text": o.text.json()} for o in demo.prediction.options],
        },
        "presets": [
            {"slug": p.slug, "text": p.text.json(), "params": _values(p.params)}
            for p in demo.presets
        ],
        "source": source(slug),
        "code_hash": code_hash(slug),
    }


def _values(params: Any) -> dict[str, Any]:
    return {entry["name"]: entry["default"] for entry in schema_of(params)}


def _claim(claim: Claim, kinds: Mapping[str, str]) -> dict[str, Any]:
    first = requirement(claim.clauses[0]).json() if claim.clauses else None
    return {
        "slug": claim.slug,
        "text": claim.text.json(),
        "kind": claim.kind,
        "decides": list(claim.decides),
        "expected": "shown" if claim.shown else claim.expected,
        "looks": list(claim.looks),
        "needed": _needed(claim),
        "needs": first,
        "control_text": claim.control_text.json() if claim.control_text else None,
        "clauses": [c.json(kinds[c.metric]) for c in claim.judged],
    }


def _needed(claim: Claim) -> list[dict[str, int]]:
    """How many runs must be inside at each look for a stamp, where a count decides."""
    from demos.kit.judge import ALPHA, needed  # scipy: for commands and workers only

    if not claim.clauses:
        return []
    alpha = ALPHA / len(claim.looks)
    fewest = ((n, needed(claim.clauses[0], n, alpha)) for n in claim.looks)
    return [{"n": n, "inside": inside} for n, inside in fewest if inside is not None]


def _figure(demo: Demo) -> dict[str, Any]:
    figure = demo.figure
    return {
        "kind": figure.kind,
        "title": figure.title.json(),
        "caption": figure.caption.json(),
        "x": figure.x.json(),
        "y": figure.y.json(),
        "series": [{"label": s.label.json(), "role": s.role} for s in figure.series],
    }
