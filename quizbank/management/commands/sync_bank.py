from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demos import registry
from quizbank.content.bank import inspect_bank
from quizbank.content.errors import BankErrors
from quizbank.management.evidence import BANK, known_demos
from quizbank.services.bank import sync_bank


class Command(BaseCommand):
    help = (
        "Write the question bank and the demos' manifests into the database. Running it twice "
        "changes nothing; the numbers it prints count questions. Nothing is written, and every "
        "defect is printed, if any file is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the numbers as JSON alone")
        parser.add_argument("--bank", type=Path, default=BANK, help="directory of the bank")

    def handle(self, *args: Any, bank: Path, **options: Any) -> None:
        demos, broken = known_demos()
        content, errors = inspect_bank(bank, demos)
        if errors or broken:
            raise CommandError(str(BankErrors([*broken, *errors])))
        manifests = [registry.manifest(slug) for slug in registry.slugs()]
        synced = sync_bank(bank=content, now=timezone.now(), manifests=manifests)
        if options["json"]:
            self.stdout.write(json.dumps(synced.json()))
            return
        numbers = ", ".join(f"{number} {name}" for name, number in synced.json().items())
        self.stdout.write(f"Questions: {numbers}")
