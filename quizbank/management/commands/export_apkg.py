from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from quizbank.management.named import person_named
from quizbank.models import Topic
from quizbank.queries.export import Wish, package
from quizbank.wording import LANGUAGES


class Command(BaseCommand):
    help = "Write somebody's deck as a package for Anki, with its memory and history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="where to write it")
        parser.add_argument("--user", required=True, metavar="NAME", help="a name or an email")
        parser.add_argument("--language", choices=LANGUAGES, default="zh")
        parser.add_argument("--topic", default="", metavar="SLUG", help="only its questions")
        parser.add_argument("--as-new", action="store_true", help="without memory and history")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        user = person_named(options["user"])
        wish = Wish(options["language"], options["topic"], not options["as_new"])
        try:
            content = package(user, wish, timezone.now())
        except Topic.DoesNotExist:
            raise CommandError(f"There is no topic {options['topic']!r}.") from None
        file.write_bytes(content)
        self.stdout.write(f"{len(content)} bytes")
