"""Packages as other programs would write them, sound ones and hostile ones."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from typing import Any

from quizbank.exchange.anki.schema import TABLES, Habits

PARAMETERS = (0.2, 1.2, 2.3, 8.2, 6.4, 0.8, 3.0, 0.0, 1.8, 0.1, 0.8, 1.4, 0.06, 0.2, 1.6, 0.6)
HABITS = Habits((*PARAMETERS, 1.8, 0.5, 0.09, 0.06, 0.15))
FIRST_DAY = date(2024, 1, 1)
CREATED = 1_704_081_600  # 2024-01-01 04:00 UTC
BASIC, CLOZE = 1001, 1002
KINDS: dict[int, dict[str, Any]] = {
    BASIC: {
        "name": "Basic (and reversed)",
        "type": 0,
        "flds": [{"name": "Back", "ord": 1}, {"name": "Front", "ord": 0}],
        "tmpls": [
            {"ord": 0, "qfmt": "{{Front}}", "afmt": "{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}"},
            {"ord": 1, "qfmt": "{{#Back}}{{Back}}{{/Back}}", "afmt": "{{Front}}"},
        ],
    },
    CLOZE: {
        "name": "Cloze",
        "type": 1,
        "flds": [{"name": "Text", "ord": 0}],
        "tmpls": [{"ord": 0, "qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}"}],
    },
}
DECKS = {1: {"name": "Default"}, 7: {"name": "Interview::ML"}, 8: {"name": "Filtered"}}
# nid, guid, note type, tags, fields
NOTE = (1, "guid-one", BASIC, " optimisers ml::adam ", "What is Adam?\x1fTwo moments.")
# id, nid, did, ord, type, queue, due, odue, odid
CARD = (11, 1, 7, 0, 2, 2, 30, 0, 0)


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def collection(
    notes=(NOTE,), cards=(CARD,), log=(), *, kinds=KINDS, sql="", conf='{"creationOffset": 0}'
) -> bytes:
    """A database of the older schema. `log`: id, cid, ease, ivl, factor, time, type."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.executescript(TABLES)
        words = (conf, json.dumps(kinds), json.dumps(DECKS), "{}", "{}")
        file.execute(
            f"INSERT INTO col VALUES (1, {CREATED}, 0, 0, 11, 0, 0, 0, ?, ?, ?, ?, ?)", words
        )
        for nid, guid, kind, tags, fields in notes:
            told = (nid, guid, kind, tags, fields)
            file.execute("INSERT INTO notes VALUES (?, ?, ?, 0, 0, ?, ?, '', 0, 0, '')", told)
        for cid, nid, did, ordinal, kind, queue, due, odue, odid in cards:
            file.execute(
                "INSERT INTO cards VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, 0, 0, 0, 0, 0, ?, ?, 0, '')",
                (cid, nid, did, ordinal, kind, queue, due, odue, odid),
            )
        for entry in log:
            file.execute("INSERT INTO revlog VALUES (?, ?, 0, ?, ?, 0, ?, ?, ?)", entry)
        file.executescript(sql)
        file.commit()
        return file.serialize()


def package(*args, **more) -> bytes:
    return zipped({"collection.anki2": collection(*args, **more), "media": b"{}"})
