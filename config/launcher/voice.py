"""What the launcher tells whoever started it, in the language of their terminal."""

from __future__ import annotations

import os


def speaks_chinese() -> bool:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    return False


def say(zh: str, en: str) -> None:
    print(zh if speaks_chinese() else en, flush=True)  # noqa: T201 - the launcher's own voice
