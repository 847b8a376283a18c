"""What the experiments offer the bank. Imports every one of them, so commands alone use it."""

from __future__ import annotations

from pathlib import Path

from demos import registry
from quizbank.content.bank import KnownDemo
from quizbank.content.errors import ContentError

BANK = Path(__file__).resolve().parent.parent / "bank"


def known_demos() -> tuple[dict[str, KnownDemo], list[ContentError]]:
    """Every demo by slug, and a defect for each that cannot even be imported."""
    demos: dict[str, KnownDemo] = {}
    errors = []
    for slug in registry.slugs():
        try:
            demos[slug] = KnownDemo.of(registry.manifest(slug))
        except Exception as error:  # whatever a file under work raises, the others are checked
            file = f"demos/experiments/{slug}.py"
            remedy = f"mend the file until `python -m demos run {slug}` starts"
            errors.append(ContentError(file, "", f"{type(error).__name__}: {error}", remedy))
    return demos, errors
