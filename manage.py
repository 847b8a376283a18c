#!/usr/bin/env python3
"""The command line of the site: `manage.py help` lists what it can do."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError
    except ModuleNotFoundError as missing:
        raise SystemExit(
            f"{missing.name} is not installed for {sys.executable}: run `make setup`, "
            "then .venv/bin/python manage.py …"
        ) from missing
    from config import patience
    from config.environment import BadEnvironment

    patience.wait_longer()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as bad:
        if isinstance(bad.__cause__, BadEnvironment):
            raise SystemExit(str(bad)) from bad
        raise
    except DatabaseError as failed:
        if (remedy := patience.remedy(failed)) is None:
            raise
        raise SystemExit(remedy) from failed


if __name__ == "__main__":
    main()
