"""Run demos here and now, and hold their verdicts against what their files state."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demos import cli, registry
from demos.models import Demo
from demos.runner import store
from demos.services import run_key


class Command(BaseCommand):
    help = (
        "Run demos with their defaults and compare each verdict with the one its file states; "
        "exit 1 where they differ. With --record the results become the runs that pages show."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG")
        parser.add_argument("--all", action="store_true", help="every demo")
        parser.add_argument("--record", action="store_true", help="store what was measured")
        parser.add_argument("--seeds", type=int, help="at most so many; never recorded")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the results")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = registry.slugs() if options["all"] else options["slugs"]
        if not slugs:
            raise CommandError("name a demo, or --all")
        if unknown := set(slugs) - set(registry.slugs()):
            raise CommandError(f"there is no demo {', '.join(sorted(unknown))}")
        if options["record"]:
            if options["seeds"]:
                raise CommandError("a run cut short by --seeds is a preview: drop --record")
            call_command("sync_demos", verbosity=0)
        jobs, results, surprises = [], [], []
        for slug in slugs:
            job = cli.Job(slug, {}, options["seeds"], 0, "deciding", "cpu", broken=False)
            result = cli.perform(job)
            jobs.append(job)
            results.append(result)
            surprises += cli.surprises(job, result)
            self._say(slug, result)
            if options["record"]:
                self._record(slug, result)
        if options["json"]:
            seconds = sum(result["seconds"] for result in results)
            text = json.dumps(cli.report(jobs, results, seconds), ensure_ascii=False, indent=1)
            options["json"].write_text(text + "\n", "utf-8")
        if surprises:
            raise CommandError("\n".join(surprises))

    def _say(self, slug: str, result: dict[str, Any]) -> None:
        verdicts = [finding["verdict"] for finding in result["findings"]]
        counted = ", ".join(f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts))
        self.stdout.write(
            f"{slug:<28} {result['seeds']:>5} seeds {result['seconds']:>7.2f} s  {counted}"
        )

    def _record(self, slug: str, result: dict[str, Any]) -> None:
        demo = Demo.objects.get(pk=slug)
        key = run_key(demo, result["params"], 0, "cpu")
        store.record(demo, key, result, timezone.now())
