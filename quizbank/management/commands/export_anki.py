from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from quizbank.models import Topic, User
from quizbank.queries.export import Wish, package
from quizbank.wording import LANGUAGES


class Command(BaseCommand):
    help = "Write somebody's deck as a package for Anki, with its memory and history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, metavar="NAME", help="a name or an email")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument("--language", choices=LANGUAGES, default="zh")
        parser.add_argument("--topic", default="", metavar="SLUG", help="only its questions")
        parser.add_argument("--as-new", action="store_true", help="without memory and history")

    def handle(self, *args: Any, **options: Any) -> None:
        named = Q(username=options["user"]) | Q(email__iexact=options["user"])
        people = list(User.objects.filter(named, is_active=True)[:2])
        if len(people) != 1:
            how_many = "more than one person" if people else "no person"
            remedy = (
                "Name the account by its user name." if people else "Sign up on the site first."
            )
            raise CommandError(f"There is {how_many} named {options['user']!r}. {remedy}")
        wish = Wish(options["language"], options["topic"], not options["as_new"])
        try:
            content = package(people[0], wish, timezone.now())
        except Topic.DoesNotExist:
            raise CommandError(f"There is no topic {options['topic']!r}.") from None
        options["out"].write_bytes(content)
        self.stdout.write(f"{len(content)} bytes")
