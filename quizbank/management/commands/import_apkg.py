from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from quizbank.management.named import person_named
from quizbank.services.bringing import Report, files
from quizbank.services.errors import BadFile


class Command(BaseCommand):
    help = (
        "Bring one package of Anki in, and count what came. `import_cards` reads tables and our "
        "own files too, looks before it stores, and tells more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--user", required=True, metavar="NAME", help="a name or an email")
        parser.add_argument("--json", action="store_true", help="print the numbers as JSON alone")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        user = person_named(options["user"])
        try:
            package = files.opened(file.name, file.read_bytes())
        except (BadFile, OSError) as error:
            raise CommandError(f"{file}: {error}") from error
        counted = _counted(package.bring_in(user, timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps(counted))
        else:
            self.stdout.write(", ".join(f"{n} {name}" for name, n in counted.items()))


def _counted(report: Report) -> dict[str, int]:
    """`updated` are the cards whose question was here already."""
    there = report.matched + report.own
    return {
        "notes": report.notes,
        "cards": report.created + there,
        "reviews": report.reviews,
        "created": report.created,
        "updated": there,
        "skipped": sum(one.number for one in report.left),
    }
