from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quizbank.models import ImportedDocument


class Command(BaseCommand):
    help = "Write an imported document to standard output, byte for byte as it came."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("document", metavar="ID", type=UUID)

    def handle(self, *args: Any, document: UUID, **options: Any) -> None:
        found = ImportedDocument.objects.filter(pk=document).first()
        if found is None:
            raise CommandError(f"there is no document {document}")
        original = bytes(found.original)
        slices = found.passages.order_by("position").values_list("start", "end")
        back = b"".join(original[start:end] for start, end in slices)
        if back != original:
            raise CommandError("its passages do not add up to the file; nothing was written")
        sys.stdout.buffer.write(back)
        sys.stdout.buffer.flush()
