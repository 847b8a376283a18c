"""Write what the experiments say about themselves into the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from demos import registry
from demos.manifests import sync


class Command(BaseCommand):
    help = "Import every experiment once and write its manifest; running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        manifests = [registry.manifest(slug) for slug in registry.slugs()]
        counts = sync(manifests, now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        elif options["verbosity"]:
            self.stdout.write(
                "demos: " + ", ".join(f"{n} {word}" for word, n in counts.items() if n)
            )
