"""The browser of the tests: an installed Chromium, else Playwright's own, else Debian's.

    python -m tests.chromium

makes sure there is one, and says what to do where it cannot.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BUNDLES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DOWNLOAD_SECONDS = 300
# The tests' pages need no other host: what the browser asks for by itself only slows it.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)
REMEDY = """No browser for the tests, and none could be installed. Install one of

    sudo apt-get install chromium        (Debian, Ubuntu)
    brew install --cask chromium         (macOS)

or run .venv/bin/python -m playwright install chromium where its download is reachable."""


def installed() -> Path | None:
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    for bundle in BUNDLES:
        if Path(bundle).exists():
            return Path(bundle)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def arguments() -> list[str]:
    """Chromium's sandbox refuses to run as root."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _attempt(*command: str) -> None:
    print("  " + " ".join(command), flush=True)
    try:
        subprocess.run(command, check=False, timeout=DOWNLOAD_SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {error}", flush=True)


def main() -> int:
    if installed():
        return 0
    print("Installing a browser for the tests …", flush=True)
    _attempt(sys.executable, "-m", "playwright", "install", "chromium")
    if not installed() and os.geteuid() == 0 and shutil.which("apt-get"):
        _attempt("apt-get", "update", "--quiet")
        _attempt("apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "chromium")
    if installed():
        return 0
    print(REMEDY, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
