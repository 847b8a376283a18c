"""Write what the experiments say about themselves into the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demos import registry
from demos.manifests import sync


class Command(BaseCommand):
    help = "Import every experiment once and write its manifest; running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        manifests = [_manifest(slug) for slug in registry.slugs()]
        counts = sync(manifests, now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        elif options["verbosity"]:
            self.stdout.write(
                "demos: " + ", ".join(f"{n} {word}" for word, n in counts.items() if n)
            )


def _manifest(slug: str) -> dict[str, Any]:
    try:
        return registry.manifest(slug)
    except Exception as error:  # whatever a file does while it is imported
        raise CommandError(
            f"the demo {slug} cannot be read, so nothing was written:"
            f" {type(error).__name__}: {error}"
        ) from error
