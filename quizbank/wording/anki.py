"""What stands on the cards of a package for Anki."""

from __future__ import annotations

WORDS = {
    "anki.points": ("要点", "Key points"),
    "anki.bonus": ("加分", "bonus"),
    "anki.traps": ("常见误区", "Traps"),
    "anki.why": ("为什么容易信", "Why it tempts"),
    "anki.say": ("该怎么说", "What to say"),
    "anki.proof": ("证明", "Proof"),
}
