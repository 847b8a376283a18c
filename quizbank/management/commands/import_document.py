from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quizbank.importing.remarks import Refused
from quizbank.models import User
from quizbank.services.importing import Imported, import_document, notes_in


class Command(BaseCommand):
    help = (
        "Import notes (Markdown, text, CSV, TSV or JSON). Importing a file twice changes "
        "nothing. A file that cannot be read is refused with its reason, and the command then "
        "ends with an error after the other files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder of notes"
        )
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", metavar="NAME", help="whose notes these are")
        whose.add_argument(
            "--everyone", action="store_true", help="show them to everyone on this installation"
        )
        parser.add_argument("--json", action="store_true", help="print the reports as JSON alone")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        owner = None
        if options["user"]:
            owner = User.objects.filter(username=options["user"]).first()
            if owner is None:
                raise CommandError(
                    f"There is no person named {options['user']!r}. Sign up on the site first, or"
                    " give --everyone instead."
                )
        done: list[Imported] = []
        refused = []
        for path in [note for given in files for note in _notes(given)]:
            try:
                data = path.read_bytes()
                done.append(
                    import_document(owner=owner, name=path.name, data=data, now=timezone.now())
                )
            except (Refused, OSError) as error:
                refused.append(f"{path}: {error}")
        if options["json"]:
            reports = [one.json() for one in done]
            self.stdout.write(json.dumps(reports, ensure_ascii=False))
        else:
            for one in done:
                self.stdout.write(_line(one.json()))
        if refused:
            raise CommandError("\n".join(refused))


def _notes(given: Path) -> list[Path]:
    return notes_in(given) if given.is_dir() else [given]


def _line(report: dict[str, Any]) -> str:
    warnings = "".join(f"\n  line {w['line']}: {w['message']}" for w in report["warnings"])
    return (
        f"{report['file']}: {report['bytes_kept']} of {report['bytes_in']} bytes kept, "
        f"{report['passages']} passages, {report['units_matched']} known units, "
        f"{report['questions_matched']} questions matched, {report['questions_created']} made, "
        f"{report['formulas']} formulas, {report['images']} images "
        f"({report['document']}){warnings}"
    )
