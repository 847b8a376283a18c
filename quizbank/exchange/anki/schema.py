"""The tables of a collection in Anki's older format, and the rows that describe it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from quizbank.exchange.anki import ours

VERSION = 11
FIRST_DAY = date(2016, 1, 1)  # day 0 of every package of ours
STAMP = 1_760_000_000  # when note type and preset were last changed in this file; seconds
TABLES = """
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL,
  scm integer NOT NULL, ver integer NOT NULL, dty integer NOT NULL, usn integer NOT NULL,
  ls integer NOT NULL, conf text NOT NULL, models text NOT NULL, decks text NOT NULL,
  dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL,
  mod integer NOT NULL, usn integer NOT NULL, tags text NOT NULL, flds text NOT NULL,
  sfld integer NOT NULL, csum integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL,
  ord integer NOT NULL, mod integer NOT NULL, usn integer NOT NULL, type integer NOT NULL,
  queue integer NOT NULL, due integer NOT NULL, ivl integer NOT NULL, factor integer NOT NULL,
  reps integer NOT NULL, lapses integer NOT NULL, left integer NOT NULL, odue integer NOT NULL,
  odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL,
  ease integer NOT NULL, ivl integer NOT NULL, lastIvl integer NOT NULL,
  factor integer NOT NULL, time integer NOT NULL, type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_cid ON revlog (cid);
CREATE INDEX ix_notes_csum ON notes (csum);
"""


@dataclass(frozen=True)
class Habits:
    """How the learner studies, as far as Anki has a setting for it."""

    parameters: tuple[float, ...]  # of FSRS-6
    retention: float = 0.9
    new_per_day: int = 10
    learning: tuple[int, ...] = (60, 600)  # seconds
    relearning: tuple[int, ...] = (600,)
    maximum_interval: int = 36_500
    rollover: int = 4
    minutes_west: int = 0  # of UTC
    leech: int = 8

    @property
    def created(self) -> int:
        """When day 0 began for this learner, in seconds since 1970."""
        start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
        shift = timedelta(hours=self.rollover, minutes=self.minutes_west)
        return int((start + shift).timestamp())


def col(habits: Habits, decks: Mapping[str, int], new: int, written: datetime) -> Sequence[Any]:
    """The one row of `col`: everything but notes, cards and log. `decks` by name."""
    seconds = int(written.timestamp())
    first = next(iter(decks.values()), 1)
    shelf = {number: _deck(number, name) for name, number in decks.items()}
    shelf[1] = {**_deck(1, "Default"), "conf": 1}
    presets = {1: _preset(1, "Default"), ours.PRESET_ID: _own_preset(habits)}
    parts: tuple[dict[Any, Any], ...] = (
        _config(habits, new),
        {ours.KIND_ID: ours.note_type(first, STAMP)},
        shelf,
        presets,
        {},
    )
    return (
        *(1, habits.created, seconds * 1000, seconds * 1000, VERSION, 0, 0, 0),
        *(json.dumps(part, ensure_ascii=False, sort_keys=True) for part in parts),
    )


def _config(habits: Habits, new: int) -> dict[str, Any]:
    return {
        "activeDecks": [1],
        "curDeck": 1,
        "curModel": ours.KIND_ID,
        "nextPos": new + 1,
        "newSpread": 0,
        "collapseTime": 1200,
        "timeLim": 0,
        "estTimes": True,
        "dueCounts": True,
        "addToCur": True,
        "sortType": "noteFld",
        "sortBackwards": False,
        "schedVer": 2,
        "sched2021": True,
        "fsrs": True,
        "rollover": habits.rollover,
        "creationOffset": habits.minutes_west,
    }


def _deck(number: int, name: str) -> dict[str, Any]:
    nothing = [0, 0]
    return {
        "id": number,
        "name": name,
        "mod": STAMP,
        "usn": -1,
        "conf": ours.PRESET_ID,
        "desc": "",
        "dyn": 0,
        "collapsed": False,
        "browserCollapsed": False,
        "extendNew": 0,
        "extendRev": 0,
        "newToday": nothing,
        "revToday": nothing,
        "lrnToday": nothing,
        "timeToday": nothing,
    }


def _preset(number: int, name: str) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "mod": 0,
        "usn": 0,
        "maxTaken": 60,
        "autoplay": True,
        "timer": 0,
        "replayq": True,
        "dyn": False,
        "new": {
            "bury": False,
            "delays": [1.0, 10.0],
            "initialFactor": 2500,
            "ints": [1, 4, 0],
            "order": 1,
            "perDay": 20,
        },
        "rev": {
            "bury": False,
            "ease4": 1.3,
            "ivlFct": 1.0,
            "maxIvl": 36_500,
            "perDay": 200,
            "hardFactor": 1.2,
        },
        "lapse": {"delays": [10.0], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0},
    }


def _own_preset(habits: Habits) -> dict[str, Any]:
    """The learner's own parameters, retention and steps: Anki keeps them in a preset."""
    preset = _preset(ours.PRESET_ID, ours.KIND)
    preset |= {
        "mod": STAMP,
        "usn": -1,
        "fsrsParams6": list(habits.parameters),
        "desiredRetention": habits.retention,
    }
    preset["new"] |= {"delays": _minutes(habits.learning), "perDay": habits.new_per_day}
    preset["rev"] |= {"maxIvl": habits.maximum_interval, "perDay": 9999}
    preset["lapse"] |= {"delays": _minutes(habits.relearning), "leechFails": habits.leech or 99}
    return preset


def _minutes(steps: Sequence[int]) -> list[float]:
    return [seconds / 60 for seconds in steps]
