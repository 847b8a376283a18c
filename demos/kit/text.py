"""One visible string in both languages, and the error of a declaration."""

from __future__ import annotations

from dataclasses import dataclass


class DeclarationError(Exception):
    """A demo file that cannot be trusted as it stands; says what to change."""


@dataclass(frozen=True)
class Text:
    """One visible string in both languages."""

    zh: str
    en: str

    def json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}
