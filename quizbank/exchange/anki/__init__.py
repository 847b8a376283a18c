"""Packages of Anki: read as `notes.Note` (.apkg, .colpkg), written with memory and history."""

from __future__ import annotations

from quizbank.exchange.anki.child import read as read
from quizbank.exchange.anki.reading import Read as Read
from quizbank.exchange.anki.refusals import Refused as Refused
from quizbank.exchange.anki.refusals import Remark as Remark
from quizbank.exchange.anki.schema import Habits as Habits
from quizbank.exchange.anki.writing import Leaf as Leaf
from quizbank.exchange.anki.writing import Standing as Standing
from quizbank.exchange.anki.writing import write as write
