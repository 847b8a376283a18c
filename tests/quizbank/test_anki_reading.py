"""What a package of Anki says: cards, days, history; and a database that would do harm."""

from __future__ import annotations

import itertools
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.exchange import anki
from quizbank.exchange.anki import child, guarded, kinds, reading
from quizbank.exchange.anki.reading import Read, read_here
from quizbank.exchange.anki.refusals import REMARKS, Refused, Remark
from quizbank.exchange.notes import Deed, Note, Past
from tests.examples import examples
from tests.quizbank.anki_cast import (
    BASIC,
    CARD,
    CLOZE,
    CREATED,
    FIRST_DAY,
    KINDS,
    NOTE,
    collection,
    package,
    zipped,
)

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
STAMP = int(AT.timestamp() * 1000)


@pytest.fixture
def read(tmp_path: Path):
    """A package's cards, read in this process."""
    numbers = itertools.count()

    def inner(*args, **more) -> Read:
        place = tmp_path / str(next(numbers))
        place.mkdir()
        return read_here(package(*args, **more), "x.apkg", place)

    return inner


def card(number: int, ordinal: int = 0, note: int = 1, **changed: int) -> tuple[int, ...]:
    names = ("id", "nid", "did", "ord", "type", "queue", "due", "odue", "odid")
    sound = dict(zip(names, CARD, strict=True)) | {"id": number, "ord": ordinal, "nid": note}
    return tuple((sound | changed).values())


def test_a_card_comes_with_its_words_deck_tags_and_day(read) -> None:
    (note,) = read().notes
    assert note == Note(
        key="guid-one/0",
        front="What is Adam?",
        back="Two moments.",
        deck="Interview::ML",
        tags=("optimisers", "ml::adam"),
        due=FIRST_DAY + timedelta(days=30),
    )


def test_each_template_makes_a_card_of_its_own(read) -> None:
    found = read(cards=(card(11), card(12, 1))).notes
    assert [(note.key, note.front, note.back) for note in found] == [
        ("guid-one/0", "What is Adam?", "Two moments."),
        ("guid-one/1", "Two moments.", "What is Adam?"),
    ]


def test_each_gap_makes_a_card_of_its_own(read) -> None:
    text = "{{c1::Adam}} keeps {{c2::{{c1::two}} moments::how many?}}"
    found = read([(1, "g", CLOZE, "", text)], [card(11), card(12, 1), card(13, 2)])
    assert [(note.front, note.back) for note in found.notes] == [
        ("<b>[...]</b> keeps <b>[...]</b> moments", "<b>Adam</b> keeps <b>two</b> moments"),
        ("Adam keeps <b>[how many?]</b>", "Adam keeps <b>two moments</b>"),
    ]
    assert found.remarks == (Remark("empty", 1),)  # there is no third gap


def test_only_a_card_in_review_has_a_day(read) -> None:
    rows = [
        card(11, 0, type=2, queue=-1),
        card(12, 0, type=1, queue=1, due=1_767_603_600),
        card(13, 0, type=3, queue=3, due=31),
        card(14, 0, type=0, queue=0, due=5),
        card(15, 0, type=2, queue=2, due=-100_005, did=8, odid=7, odue=40),
        card(16, 0, type=2, queue=2, due=10**12),
    ]
    found = read(cards=rows).notes
    days = [note.due and (note.due - FIRST_DAY).days for note in found]
    assert days == [30, None, 31, None, 40, None]
    assert [note.suspended for note in found] == [True, *[False] * 5]
    assert {note.deck for note in found} == {"Interview::ML"}


def test_the_first_day_is_that_of_the_place_where_it_was_made() -> None:
    four_in_shanghai = CREATED - 8 * 3600
    assert kinds.first_day(CREATED, {"creationOffset": 0}) == FIRST_DAY
    assert kinds.first_day(four_in_shanghai, {"creationOffset": -480}) == FIRST_DAY
    assert kinds.first_day(four_in_shanghai, {}) == FIRST_DAY  # days begin at four
    assert kinds.first_day(CREATED + 8 * 3600, {}) == FIRST_DAY  # four in Los Angeles
    assert kinds.first_day(CREATED - 4 * 3600, {"rollover": 0}) == FIRST_DAY


def test_the_log_is_told_as_what_was_done(read) -> None:
    log = [  # id, cid, ease, ivl, factor, time, type
        (STAMP, 11, 1, -60, 0, 4_000, 0),
        (STAMP + 1, 11, 3, 1, 0, 9_000, 0),
        (STAMP + 2, 11, 4, 9, 2500, 10**9, 1),
        (STAMP + 3, 11, 2, -600, 2300, -5, 2),
        (STAMP + 4, 11, 3, 9, 0, 1_000, 3),
        (STAMP + 5, 11, 3, 9, 2500, 1_000, 3),
        (STAMP + 6, 11, 0, 5, 2500, 0, 4),
        (STAMP + 7, 11, 0, 0, 0, 0, 4),
        (STAMP + 8, 11, 0, 6, 2500, 0, 5),
        (STAMP + 9, 11, 0, 0, 0, 0, 1),
        (STAMP + 10, 11, 3, 0, 0, 0, 9),
        (1, 11, 3, 0, 0, 0, 0),
        (STAMP + 11, 99, 3, 0, 0, 0, 0),
    ]
    found = read(log=log)
    (note,) = found.notes
    assert [(p.deed, p.rating, p.duration_ms, p.days) for p in note.past] == [
        (Deed.REVIEW, 1, 4_000, 0),
        (Deed.REVIEW, 3, 9_000, 1),
        (Deed.REVIEW, 4, 3_600_000, 9),
        (Deed.REVIEW, 2, 0, 0),
        (Deed.CRAM, 3, 1_000, 9),  # a filtered deck that leaves the schedule alone
        (Deed.REVIEW, 3, 1_000, 9),  # one that does not
        (Deed.SET_DUE, None, 0, 5),
        (Deed.RESET, None, 0, 0),
        (Deed.RESCHEDULE, None, 0, 6),
    ]
    assert note.past[0] == Past(f"guid-one/0/{STAMP}", Deed.REVIEW, AT, 1, 4_000, 0)
    assert found.remarks == (Remark("lost_log", 1), Remark("other_log", 2), Remark("times", 1))


def test_pictures_and_sounds_leave_a_trace(read) -> None:
    back = 'see <img class="a" src="plot.png" alt=x> and <IMG src=b.jpg>[sound:a.mp3]'
    found = read([(*NOTE[:4], f"Q\x1f{back}")])
    assert found.notes[0].back == (
        'see <span class="image">plot.png</span> and <span class="image">b.jpg</span>'
    )
    assert found.remarks == (Remark("pictures", 2), Remark("sounds", 1))
    (shown,) = read([(*NOTE[:4], "<img src=q.png>\x1fA")]).notes
    assert "q.png" in shown.front  # a front of a picture alone is not empty


def test_cards_of_nothing_are_left_out(read) -> None:
    found = read(cards=[card(11, note=5), card(12, 7), card(13)])
    assert [note.key for note in found.notes] == ["guid-one/0"]
    assert found.remarks == (Remark("orphans", 2),)
    assert read([(1, "g", 404, "", "Q\x1fA")]).notes == []
    assert read([(1, "g", BASIC, "", "<br>&nbsp;\x1fA")]).remarks == (Remark("empty", 1),)


def test_what_no_database_keeps_is_taken_out(read) -> None:
    kinds_ = {
        **KINDS,
        BASIC: {
            **KINDS[BASIC],
            "tmpls": [{"ord": 0, "qfmt": "\ud800{{Front}}", "afmt": "{{Back}}"}],
        },
    }
    (note,) = read([(1, "g" * 99, BASIC, "a\x00b", "Q\x1fA")], kinds=kinds_).notes
    assert (note.front, note.tags) == ("Q", ("ab",))
    assert len(note.key) == 66  # a long name by its hash


HOSTILE = {
    "a view": ("view", "CREATE VIEW evil AS SELECT 1"),
    "a known table that is a view": (
        "view",
        "DROP TABLE revlog; CREATE VIEW revlog AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL"
        " SELECT id + 1 FROM n) SELECT id, 1 cid, 1 ease, 1 ivl, 1 factor, 1 time, 1 type FROM n",
    ),
    "a trigger": ("view", "CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END"),
    "a computed column": (
        "view",
        "DROP TABLE notes; CREATE TABLE notes (id, guid, mid, tags, flds AS (zeroblob(1000000)))",
    ),
    "a virtual table": ("view", "CREATE VIRTUAL TABLE evil USING fts5(x)"),
    "no log": ("broken", "DROP TABLE revlog"),
    "no notes": ("broken", "DROP TABLE notes"),
    "no description": ("broken", "DELETE FROM col"),
    "words that are no JSON": ("broken", "UPDATE col SET models = '{'"),
    "deep JSON": ("broken", f"UPDATE col SET models = '{'[' * 100_000}'"),
    "other JSON": ("broken", "UPDATE col SET models = '[1, 2]'"),
    "numbers that are words": ("broken", "UPDATE col SET crt = 'soon'"),
    "numbers without an end": ("broken", "UPDATE col SET crt = 9223372036854775807"),
    "fields that are bytes": ("broken", "UPDATE notes SET flds = x'00'"),
    "text that is no text": ("broken", "UPDATE notes SET tags = CAST(x'ff' AS TEXT)"),
    "an ordinal that is none": ("broken", "UPDATE cards SET ord = 'x'"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_collection_is_refused(read, what: str) -> None:
    code, sql = HOSTILE[what]
    with pytest.raises(Refused) as refused:
        read(sql=sql)
    assert refused.value.code == code


@examples(60, 3_000)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=20))
def test_a_damaged_package_is_read_or_refused(places) -> None:
    database = bytearray(collection(log=[(STAMP + n, 11, 3, 1, 0, 0, 1) for n in range(9)]))
    for share, byte in places:
        database[int(share * len(database))] = byte
    with TemporaryDirectory() as place:
        try:
            read_here(zipped({"collection.anki2": bytes(database)}), "", Path(place))
        except Refused as refused:
            assert refused.code in ("broken", "no_sqlite", "view")  # noqa: PT017 - or nothing


def test_too_much_is_refused(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CARDS", 1)
    monkeypatch.setattr(reading, "MOST_LOG", 1)
    monkeypatch.setattr(reading, "MOST_WORDS", 3)
    many = {
        "cards": {"cards": (card(11), card(12, 1))},
        "log": {"log": [(STAMP + n, 11, 3, 1, 0, 0, 1) for n in range(2)]},
        "words": {},
    }
    for code, asked in many.items():
        with pytest.raises(Refused) as refused:
            read(**asked)
        assert refused.value.code == code


def test_a_collection_can_only_be_read_and_only_where_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "collection"
    path.write_bytes(collection(sql="CREATE TABLE secrets (x)"))
    before = path.read_bytes()
    with guarded.opened(path) as file:
        assert file.execute("SELECT guid FROM notes").fetchall() == [("guid-one",)]
        for asked in (
            "SELECT x FROM secrets",
            "SELECT load_extension('x')",
            "INSERT INTO notes (id) VALUES (5)",
            "ATTACH ':memory:' AS other",
            "PRAGMA query_only = OFF",
            "SELECT randomblob(9)",
        ):
            with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited|denied"):
                file.execute(asked)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_question_without_an_end_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "collection"
    path.write_bytes(collection())
    ticks = itertools.count()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

    def ask() -> None:
        with guarded.opened(path, 5, lambda: next(ticks)) as file:
            file.set_authorizer(None)
            file.execute(endless).fetchall()

    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == "slow"


def test_the_child_reads_what_we_would(read, monkeypatch: pytest.MonkeyPatch) -> None:
    log = [(STAMP, 11, 3, 1, 0, 9_000, 0)]
    monkeypatch.setenv("SECRET", "x")
    found = anki.read(package(log=log), "x.apkg")
    assert found == read(log=log)
    with pytest.raises(Refused, match="no package of Anki") as refused:
        anki.read(b"front,back", "图.csv")
    assert "图.csv" in refused.value.text.zh


CHILDREN = {
    "loops": ("while True: pass", "slow"),
    "takes more CPU than it may": (
        "child.CPU_SECONDS = 0; child.restrict()\nwhile True: pass",
        "slow",
    ),
    "takes more memory than it may": ("child.restrict(); x = bytes(2 << 30)", "broken"),
    "writes more than it may": (
        "child.LARGEST_FILE = 9; child.restrict(); print('[' * 99, flush=True)",
        "broken",
    ),
    "crashes": ("import os; os.abort()", "broken"),
    "knows our secrets": ("import os; os.environ['SECRET']", "broken"),
}


@pytest.mark.parametrize("what", CHILDREN)
def test_a_child_that_misbehaves_costs_nothing_but_itself(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    code, reason = CHILDREN[what]
    program = f"from quizbank.exchange.anki import child\n{code}"
    with pytest.raises(Refused) as refused:
        child.run([sys.executable, "-c", program], b"", tmp_path, 0.3 if what == "loops" else 30)
    assert refused.value.code == reason


def test_the_newer_schema_says_the_same(read, tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as file:
        file.deserialize(collection())
        file.create_collation("unicase", lambda a, b: (a > b) - (a < b))
        file.executescript(
            """
            CREATE TABLE notetypes (id integer PRIMARY KEY, name text COLLATE unicase, config blob);
            CREATE TABLE fields (ntid, ord, name text COLLATE unicase, config blob,
              PRIMARY KEY (ntid, ord)) WITHOUT ROWID;
            CREATE TABLE templates (ntid, ord, name text, config blob);
            CREATE TABLE decks (id integer PRIMARY KEY, name text COLLATE unicase);
            CREATE TABLE config ("KEY" text PRIMARY KEY, val blob);
            INSERT INTO decks VALUES (7, 'Interview' || char(31) || 'ML');
            INSERT INTO config VALUES ('creationOffset', CAST('0' AS blob));
            INSERT INTO config VALUES ('other', x'ff');
            UPDATE col SET models = '', decks = '', conf = '';
            """
        )
        for number, kind in KINDS.items():
            config = b"\x08\x01\x10\x05" if kind["type"] else b"\x10\x05\x1a\x01c"
            file.execute("INSERT INTO notetypes VALUES (?, ?, ?)", (number, kind["name"], config))
            for field in kind["flds"]:
                row = (number, field["ord"], field["name"], b"")
                file.execute("INSERT INTO fields VALUES (?, ?, ?, ?)", row)
            for template in kind["tmpls"]:
                sides = [template[name].encode() for name in ("qfmt", "afmt")]
                packed = b"".join(
                    bytes([n << 3 | 2, len(side)]) + side for n, side in enumerate(sides, 1)
                )
                row = (number, template["ord"], "Card", packed + b"\x18\x01")
                file.execute("INSERT INTO templates VALUES (?, ?, ?, ?)", row)
        file.commit()
        database = file.serialize()
    found = read_here(zipped({"collection.anki21": database}), "", tmp_path)
    assert found == read()


def test_every_remark_is_said_in_both_languages() -> None:
    for code in REMARKS:
        text = Remark(code, 3).text
        assert "3" in text.zh, code
        assert "3" in text.en, code
    assert date(2024, 1, 1) == FIRST_DAY
