from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quizbank.content.bank import inspect_bank
from quizbank.content.errors import BankErrors
from quizbank.management.evidence import BANK, known_demos


class Command(BaseCommand):
    help = (
        "Check every file of the question bank against the experiments, without a database. "
        "Prints one line a defect (file, what is wrong, remedy) and exits 1 if there is any."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bank", type=Path, default=BANK, help="directory of the bank")

    def handle(self, *args: Any, bank: Path, **options: Any) -> None:
        demos, broken = known_demos()
        content, errors = inspect_bank(bank, demos)
        if errors or broken:
            for error in BankErrors([*broken, *errors]).errors:
                self.stdout.write(str(error))
            sys.exit(1)
        self.stdout.write(
            f"{len(content.questions)} questions, {len(content.rows)} catalogue rows, "
            f"{len(demos)} demos: no defect"
        )
