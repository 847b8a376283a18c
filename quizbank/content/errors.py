from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(eq=True, unsafe_hash=True)
class ContentError(Exception):
    """One defect of the bank: the file, the line or key in it, what is wrong, the remedy."""

    file: str
    place: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.wrong}; {self.remedy}"


class BankErrors(Exception):
    """Every defect of a bank, so that one reading shows them all."""

    def __init__(self, errors: Iterable[ContentError]) -> None:
        self.errors = tuple(sorted(set(errors), key=lambda e: (e.file, e.place, e.wrong)))
        super().__init__("\n".join(str(error) for error in self.errors))
