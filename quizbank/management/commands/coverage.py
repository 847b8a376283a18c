from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quizbank.queries.coverage import complete, coverage


class Command(BaseCommand):
    help = (
        "Count what the bank covers and what recorded runs have decided (run "
        "`manage.py prove --all --record` first). A catalogue row is decided when a recorded "
        "claim that names it came out as expected, argued when the catalogue argues it, shown "
        "when only a claim that is never stamped names it; otherwise it is missing. "
        "Exits 1 where something is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        report = coverage()
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._table(report)
        if not complete(report):
            sys.exit(1)

    def _table(self, report: dict[str, dict[str, Any]]) -> None:
        for part, entries in report.items():
            numbers = [f"{v} {k}" for k, v in entries.items() if isinstance(v, int)]
            self.stdout.write(f"{part:<10} {', '.join(numbers)}")
            for name, items in entries.items():
                if isinstance(items, list) and items:
                    shown = ", ".join(items[:12]) + (" …" if len(items) > 12 else "")
                    self.stdout.write(f"  {name.replace('_', ' ')} ({len(items)}): {shown}")
