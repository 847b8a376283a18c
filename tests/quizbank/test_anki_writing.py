"""A package of ours says what it was given, to Anki's tables and to our own reader."""

from __future__ import annotations

import io
import json
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.figures import svg
from quizbank.exchange.anki import Leaf, Standing, ours, write
from quizbank.exchange.anki.marks import picture, with_tex
from quizbank.exchange.anki.reading import Read, read_here
from quizbank.exchange.anki.schema import FIRST_DAY, Habits
from quizbank.exchange.notes import Deed, Note, Past
from tests.cast import MONDAY
from tests.demos.figures_cases import bars, decaying, heatmap, histogram, scatter
from tests.examples import examples
from tests.quizbank.anki_cast import HABITS

words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1f"), max_size=30
)
moments = st.integers(0, 10**11).map(lambda ms: MONDAY + timedelta(milliseconds=ms))
deeds = st.builds(
    Past,
    st.just(""),
    st.sampled_from(Deed),
    moments,
    rating=st.integers(1, 4),
    duration_ms=st.integers(0, 3_600_000),
    days=st.integers(0, 36_500),
)
standings = st.builds(
    Standing,
    st.integers(1, 3),
    st.floats(0.001, 36_500),
    st.floats(1, 10),
    due=moments,
    interval=st.integers(0, 36_500),
    reps=st.integers(1, 99),
    lapses=st.integers(0, 9),
    left=st.integers(1, 9),
)
notes = st.builds(
    Note,
    st.just(""),
    front=words.map(lambda text: f"<p>{escape(text)}?</p>"),
    back=words,
    path=st.from_regex(r"[a-z]{1,9}/[a-z_]{1,9}", fullmatch=True),
    deck=st.sampled_from(("Proofdeck", "Proofdeck::优化器", "A::B::C")),
    tags=st.lists(st.from_regex(r"[a-z:]{1,9}", fullmatch=True), max_size=3).map(tuple),
    past=st.lists(deeds, max_size=6, unique_by=lambda p: p.at).map(
        lambda done: tuple(sorted(done, key=lambda p: p.at))
    ),
    due=st.dates(date(2016, 1, 1), date(2100, 1, 1)),
    suspended=st.booleans(),
)
leaves = st.builds(Leaf, notes, points=words, traps=words, standing=st.none() | standings)
decks = st.lists(
    leaves, max_size=5, unique_by=(lambda leaf: leaf.note.path, lambda leaf: leaf.note.past)
)


def sound(one: Past) -> Past:
    graded = one.deed in (Deed.REVIEW, Deed.CRAM)
    days = 0 if one.deed is Deed.RESET else one.days
    return replace(
        one,
        rating=one.rating if graded else None,
        duration_ms=one.duration_ms if graded else 0,
        days=days,
    )


def read(data: bytes) -> Read:
    with TemporaryDirectory() as place:
        return read_here(data, "", Path(place))


def rows(data: bytes, sql: str) -> list[tuple]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive, closing(sqlite3.connect(":memory:")) as file:
        file.deserialize(archive.read("collection.anki2"))
        return file.execute(sql).fetchall()


def expected(leaf: Leaf) -> Note:
    """What our reader makes of it: the whole back, and keys that Anki keeps."""
    key = f"{ours.guid(leaf.note.path)}/0"
    past = tuple(
        replace(sound(one), key=f"{key}/{int(one.at.timestamp() * 1000)}") for one in leaf.note.past
    )
    in_review = leaf.standing is not None and leaf.standing.state == 2
    return replace(
        leaf.note,
        key=key,
        front=leaf.note.front.strip(),
        back=leaf.back,
        past=past,
        due=leaf.note.due if in_review else None,
    )


def stamps(deck: list[Leaf]) -> list[datetime]:
    return [one.at for leaf in deck for one in leaf.note.past]


@examples(12, 500)
@given(decks.filter(lambda deck: len(set(stamps(deck))) == len(stamps(deck))))
def test_what_is_written_is_read_again(deck: list[Leaf]) -> None:
    data = write(deck, HABITS, {}, MONDAY)
    found = read(data)
    assert sorted(found.notes, key=lambda note: note.path) == sorted(
        map(expected, deck), key=lambda note: note.path
    )
    assert found.remarks == ()
    assert data == write(deck, HABITS, {}, MONDAY)


def a_leaf(path: str = "a/b", past: tuple[Past, ...] = (), **more) -> Leaf:
    note = Note(path, "Q?", "A", path, "Proofdeck::T", ("x y",), past, date(2026, 2, 1))
    return Leaf(note, **more)


def done(*facts: tuple[Deed, int, int, int]) -> tuple[Past, ...]:
    return tuple(
        Past(str(n), deed, MONDAY + timedelta(hours=hours), rating or None, 1_000, days)
        for n, (deed, hours, rating, days) in enumerate(facts)
    )


def test_the_log_is_as_anki_writes_it() -> None:
    past = done(
        (Deed.REVIEW, 0, 1, 0),
        (Deed.REVIEW, 1, 3, 2),
        (Deed.REVIEW, 50, 1, 0),
        (Deed.REVIEW, 51, 3, 4),
        (Deed.CRAM, 60, 2, 4),
        (Deed.SET_DUE, 61, 0, 9),
        (Deed.RESCHEDULE, 62, 0, 5),
        (Deed.RESET, 63, 0, 0),
        (Deed.REVIEW, 64, 4, 8),
    )
    data = write([a_leaf(past=past)], HABITS, {}, MONDAY)
    assert rows(data, "SELECT ease, ivl, lastIvl, factor, type FROM revlog ORDER BY id") == [
        (1, -60, 0, 2500, 0),
        (3, 2, -60, 2500, 0),
        (1, -600, 2, 2500, 1),
        (3, 4, -600, 2500, 2),
        (2, 4, 4, 0, 3),
        (0, 9, 4, 2500, 4),
        (0, 5, 4, 2500, 5),
        (0, 0, 4, 0, 4),
        (4, 8, 0, 2500, 0),
    ]


def test_the_last_review_is_told_to_the_second_of_its_row() -> None:
    """Else Anki's check changes the card, and asks for a one-way sync."""
    at = MONDAY + timedelta(milliseconds=999)
    past = tuple(Past(str(n), Deed.REVIEW, at, 3, 0, 1) for n in range(3))
    past += done((Deed.CRAM, 5, 3, 0), (Deed.SET_DUE, 6, 0, 1))
    leaf = a_leaf(past=past, standing=Standing(2, 1.23456789012345, 5.5, interval=1, reps=3))
    data = write([leaf], HABITS, {}, MONDAY)
    ids = [number for (number,) in rows(data, "SELECT id FROM revlog WHERE type < 3 ORDER BY id")]
    first = int(at.timestamp() * 1000)
    assert ids == [first, first + 1, first + 2]  # one millisecond, three reviews
    ((card,),) = rows(data, "SELECT data FROM cards")
    assert json.loads(card) == {
        "s": 1.23456789012345,
        "d": 5.5,
        "dr": 0.9,
        "decay": HABITS.parameters[20],
        "lrt": (first + 2) // 1000,
    }


def test_cards_stand_where_they_stood() -> None:
    soon = MONDAY + timedelta(minutes=5)
    asked = [
        a_leaf("a/new"),
        a_leaf("a/second"),
        a_leaf("a/learning", standing=Standing(1, 1.0, 5.0, soon, reps=1, left=2)),
        a_leaf("a/review", standing=Standing(2, 9.0, 5.0, None, 9, 4, 1)),
        a_leaf("a/again", standing=Standing(3, 1.0, 5.0, soon, 0, 5, 2)),
    ]
    asked.append(replace(asked[3], note=replace(asked[3].note, path="a/away", suspended=True)))
    data = write(asked, HABITS, {}, MONDAY)
    columns = "type, queue, due, ivl, reps, lapses, left"
    by_path = {
        fields.rsplit("\x1f", 1)[1]: tuple(row)
        for fields, *row in rows(
            data, f"SELECT flds, {columns} FROM cards JOIN notes n ON n.id=nid"
        )
    }
    day = (date(2026, 2, 1) - FIRST_DAY).days
    seconds = int(soon.timestamp())
    assert by_path == {
        "a/new": (0, 0, 1, 0, 0, 0, 0),
        "a/second": (0, 0, 2, 0, 0, 0, 0),
        "a/learning": (1, 1, seconds, 0, 1, 0, 2),
        "a/review": (2, 2, day, 9, 4, 1, 0),
        "a/again": (3, 1, seconds, 0, 5, 2, 1),
        "a/away": (2, -1, day, 9, 4, 1, 0),
    }


def test_the_preset_carries_how_the_learner_studies() -> None:
    habits = Habits(HABITS.parameters, 0.85, 7, (30, 90), (), 100, 2, -480, 0)
    data = write([a_leaf()], habits, {}, MONDAY)
    ((created, conf, presets, shelf),) = rows(data, "SELECT crt, conf, dconf, decks FROM col")
    assert datetime.fromtimestamp(created, UTC) == datetime(2015, 12, 31, 18, tzinfo=UTC)
    assert json.loads(conf)["creationOffset"] == -480
    preset = json.loads(presets)[str(ours.PRESET_ID)]
    assert preset["fsrsParams6"] == list(habits.parameters)
    assert preset["desiredRetention"] == 0.85
    assert (preset["new"]["delays"], preset["lapse"]["delays"]) == ([0.5, 1.5], [])
    assert preset["lapse"]["leechFails"] == 99
    names = {deck["name"]: deck["conf"] for deck in json.loads(shelf).values()}
    assert names == {"Default": 1, "Proofdeck": ours.PRESET_ID, "Proofdeck::T": ours.PRESET_ID}


def test_a_card_has_the_same_name_in_every_package() -> None:
    alone = rows(write([a_leaf()], HABITS, {}, MONDAY), "SELECT id, guid FROM notes")
    later = MONDAY + timedelta(days=9)
    other = replace(a_leaf(), note=replace(a_leaf().note, front="问？"))
    among = rows(write([a_leaf("c/d"), other], HABITS, {}, later), "SELECT id, guid FROM notes")
    assert alone == [row for row in among if row in alone] != among


def test_media_travel_under_their_names() -> None:
    data = write([a_leaf()], HABITS, {"b.svg": b"<svg/>", "图.svg": b"<svg />"}, MONDAY)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = json.loads(archive.read("media"))
        held = {name: archive.read(number) for number, name in listed.items()}
        assert {entry.date_time for entry in archive.infolist()} == {(2020, 1, 1, 0, 0, 0)}
    assert held == {"b.svg": b"<svg/>", "图.svg": b"<svg />"}


def test_formulas_become_tex() -> None:
    inline = '<p>a <math xmlns="x" alttext="x_{{a}} &lt; \\frac{1}{2}"><mi>x</mi></math> b</p>'
    assert with_tex(inline) == r"<p>a \(x_{ {a} } &lt; \frac{1}{2}\) b</p>"
    display = '<math display="block" alttext="y"><mi>y</mi></math>'
    assert with_tex(display) == r"\[y\]"
    assert with_tex("<math><mi>y</mi></math> c") == "<math><mi>y</mi></math> c"


@pytest.mark.parametrize("drawn", [decaying, bars, histogram, scatter, heatmap])
def test_a_figure_is_a_file_that_needs_nothing_else(drawn) -> None:
    content = picture(svg.draw(drawn(), language="zh"))
    text = content.decode()
    assert "var(" not in text
    assert "<script" not in text
    root = ET.fromstring(text)
    style = root[0].text or ""
    used = {name for one in root.iter() for name in (one.get("class") or "").split()}
    unknown = {name for name in used if f".{name}" not in style} - {"fig", "val"}
    assert unknown == set()
