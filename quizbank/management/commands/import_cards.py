from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quizbank.exchange.headings import First
from quizbank.management.named import person_named
from quizbank.models import User
from quizbank.services.bringing import Report, files
from quizbank.services.errors import BadFile


class Command(BaseCommand):
    help = (
        "Bring cards in with their history: packages of Anki, tables, or the JSON file of "
        "everything. Importing a file twice changes nothing. A file that cannot be read is "
        "refused with its reason, and the command then ends with an error after the others."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--user", required=True, metavar="NAME", help="a name or an email")
        parser.add_argument("--preview", action="store_true", help="store nothing")
        parser.add_argument(
            "--with-settings", action="store_true", help="also how one studies, from a JSON file"
        )
        parser.add_argument(
            "--first-row",
            choices=tuple(First),
            help="what the first row of a table is; unsaid, it is taken for what it looks like",
        )
        parser.add_argument("--json", action="store_true", help="print the reports as JSON alone")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        user = person_named(options["user"])
        reports: list[dict[str, Any]] = []
        refused = []
        for path in files:
            try:
                file = _opened(path, options)
                report = _report(file, user, options)
            except (BadFile, OSError) as error:
                refused.append(f"{path}: {error}")
                continue
            first = file.first_row.taken if file.first_row else None
            reports.append({"file": path.name, **report.json(), "first_row": first})
            if not options["json"]:
                self.stdout.write(_line(path.name, report, first))
        if options["json"]:
            self.stdout.write(json.dumps(reports, ensure_ascii=False))
        if refused:
            raise CommandError("\n".join(refused))


def _opened(path: Path, options: dict[str, Any]) -> files.Opened:
    first = First(options["first_row"]) if options["first_row"] else None
    return files.opened(path.name, path.read_bytes(), first)


def _report(file: files.Opened, user: User, options: dict[str, Any]) -> Report:
    now = timezone.now()
    if options["preview"]:
        return file.preview(user, now)
    return file.bring_in(user, now, settings=options["with_settings"])


def _line(name: str, report: Report, first: First | None) -> str:
    taken = f"\n  first row: {first}" if first else ""
    others = "".join(f", {n} {section}" for section, n in report.others.items() if n)
    left = "".join(
        f"\n  left out: {one.number} {one.what}, {one.text.en} ({one.example})"
        for one in report.left
    )
    return (
        f"{name}: {report.notes} cards, {report.matched} of the bank, {report.created} questions"
        f" made, {report.reviews} reviews and {report.acts} other events new,"
        f" {report.known} known{others}{taken}{left}"
    )
