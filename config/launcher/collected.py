"""Collects the static files, and only when a source changed since."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# The API answers in JSON alone: nobody sees the framework's own pages.
LEFT_OUT = ["rest_framework/*"]


def digest_of_sources() -> str:
    """One hash over path, size and time of change of every source file."""
    found = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list(LEFT_OUT):
            status = Path(storage.path(name)).stat()
            found.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return found.hexdigest()


def collect_if_changed() -> bool:
    """True if it collected."""
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    digest = digest_of_sources()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return False
    call_command(
        "collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=LEFT_OUT
    )
    stamp.write_text(digest, encoding="ascii")
    return True
