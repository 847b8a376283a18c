from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from quizbank.models import User
from quizbank.services.people import SCOPES, PeopleError, issue_token


class Command(BaseCommand):
    help = "Make a personal key for programs and print it, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="NAME")
        parser.add_argument(
            "--scope",
            action="append",
            dest="scopes",
            choices=SCOPES,
            required=True,
            help="what the key may do; may be given several times",
        )
        parser.add_argument("--label", default="command line", help="what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(
                f"There is no person named {options['username']!r}. "
                "Sign up in the browser first, or run: manage.py createsuperuser"
            )
        try:
            plain = issue_token(
                user=user, name=options["label"], scopes=options["scopes"], now=timezone.now()
            )
        except PeopleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(plain)
