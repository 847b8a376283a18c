"""What a visitor does with the form of the lab."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.demos.workers import SLUG

LAB = f"/en/lab/{SLUG}/"


def press_run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=False).first.click()


def slider(page: Page, name: str) -> Any:
    return page.locator(f'[data-param="{name}"] input[type=range]')


def field(page: Page, name: str) -> Any:
    return page.locator(f'[data-param="{name}"] input[type=text]')
