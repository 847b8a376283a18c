"""Cards as tables: ours come back as they were, other people's as they meant them."""

from __future__ import annotations

import csv
import html
import io
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.exchange import sheets, tables
from quizbank.exchange.headings import First, FirstRow
from quizbank.exchange.notes import Deed, Note, Past
from tests.examples import examples

AT = datetime(2026, 1, 5, 9, 0, 0, 1_234, tzinfo=UTC)
AWKWARD = (
    "two\nlines\r\nand\rmore",
    'a "quote", a comma; a semicolon\tand a tab',
    "<pre><code>x = {'a': [1, 2]}\n    y</code></pre>",
    r"\(\frac{1}{n}\sum_i x_i\) {{c1::cloze::hint}}",
    "中文，“引号”",
    *("=1+2", "+1", "-1", "@SUM(A1)", "＝1", "'quoted'", "''", "\tx", "\n=1"),
    "",
)


def note(**more) -> Note:
    return Note(**{"key": "k", "front": "f", "back": "b", **more})


def lines(*rows: str) -> list[Note]:
    return tables.read("\r\n".join(rows))


def words(notes: list[Note]) -> list[tuple[str, str]]:
    return [(one.front, one.back) for one in notes]


def test_nothing_comes_back_as_nothing():
    assert tables.read(sheets.write([])) == []


@pytest.mark.parametrize("text", AWKWARD)
def test_every_field_comes_back(text):
    past = Past(text or "k", Deed.REVIEW, AT, 3, 8_200, 4)
    one = note(
        key=text.strip() + "k",
        front=text,
        back=text,
        path=text,
        deck=text,
        tags=("one", "with space", "50%", text or "x"),
        past=(past, Past("k2", Deed.RESET, AT)),
        due=date(2026, 2, 1),
        suspended=True,
    )
    assert tables.read(sheets.write([one, note()])) == [one, note()]


letters = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
named = letters.filter(str.strip)
moments = st.datetimes(
    datetime(2006, 1, 1),  # noqa: DTZ001 - the zone is drawn
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
pasts = st.builds(
    Past,
    key=named,
    deed=st.sampled_from(Deed),
    at=moments,
    rating=st.none() | st.integers(-1, 9),
    duration_ms=st.integers(0, 10**7),
    days=st.integers(0, 40_000),
)
notes = st.builds(
    Note,
    key=named,
    front=letters | st.sampled_from(AWKWARD),
    back=letters | st.sampled_from(AWKWARD),
    path=letters,
    deck=letters,
    tags=st.lists(letters.filter(bool), max_size=3).map(tuple),
    past=st.lists(pasts, max_size=4).map(tuple),
    due=st.none() | st.dates(date(1000, 1, 1)),
    suspended=st.booleans(),
)


@examples(150, 5_000)
@given(st.lists(notes, max_size=5), st.sampled_from([",", ";", "\t"]))
def test_any_notes_come_back_as_they_were(them, separator):
    text = sheets.write(them)
    assert tables.read(text) == them
    rows = csv.reader(io.StringIO(text.removeprefix(sheets.BOM), newline=""))
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r\n"))]
    rewritten = io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""))
    csv.writer(rewritten, delimiter=separator).writerows(rows)
    assert tables.read(rewritten.getvalue()) == them, "saved again by a spreadsheet"


def test_a_file_for_excel_says_that_it_is_utf_8():
    assert sheets.write([]).startswith("\ufeffkey,path,")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_two_columns_without_names(separator):
    text = f'What is 1 < 2?{separator}"True; really, it is\tso"\r\n问题{separator}答案\n'
    assert words(tables.read(text)) == [
        ("What is 1 &lt; 2?", "True; really, it is\tso"),
        ("问题", "答案"),
    ]


def test_one_name_alone_is_a_card():
    assert words(lines("back,the rear", "top,the front")) == [
        ("back", "the rear"),
        ("top", "the front"),
    ]


def test_lines_in_a_cell_and_a_third_column_of_tags():
    (one,) = lines('"first\nsecond",back,a b;c')
    assert (one.front, one.tags) == ("first<br>second", ("a", "b", "c"))
    assert (one.past, one.due, one.suspended) == ((), None, False)


@pytest.mark.parametrize(
    "header",
    [
        "front,back",
        "Question,Answer",
        "问题,答案",
        "正面,背面",
        "Term,Definition",
        "\ufeffFRONT, back ",
        "Front Side,back_side",
        "Word,Translation",
        "Q,A",
        "题目内容,解答",
        "问题：,参考答案",
        "面试题,解析",
        "术语,释义",
        "卡片正面,卡片背面",
        "【题目】,【答案】",
        "问题 Question,答案 (Answer)",
        "front,back,,",
    ],
)
def test_columns_may_be_named(header):
    assert words(lines(header, "q,a")) == [("q", "a")]


def test_named_columns_may_stand_in_any_order_and_others_are_passed_over():
    table = tables.opened("tags;source;back;front;due;deck\r\nt;book;a;q;2026/2/1;D::E")
    (one,), unread = table.notes, table.unread
    assert unread == ("source",)
    assert (one.front, one.back, one.tags, one.due, one.deck) == (
        *("q", "a", ("t",)),
        *(date(2026, 2, 1), "D::E"),
    )


CARD_FIRST = {
    "two words": "Vorderseite,Rückseite\nHund,dog\nKatze,cat",
    "a vocabulary": "cat,猫\nhippopotamus,河马\nrhinoceros,犀牛",
    "terms of a glossary": "SGD,One batch at a time.\nAdam,Two moments.",
    "a name that is a word": "back,the rear\ntop,the front",
    "two rows, which say too little": "Frage,Antwort\nWas ist ein Hund?,Ein Tier.",
    "questions without marks": "什么是梯度,一阶导数\n什么是动量,滑动平均\n什么是学习率,步长",
    "numbers": "1,2\nWhat is one and one?,Two.\nWhat is two and two?,Four.",
    "a word on both sides": "same,same\nWhat is one?,A number.\nWhat is two?,Another.",
    "a long first card": "Explain gradient descent,It goes downhill\nWhat?,That.\nWho?,They.",
    "one row": "Vorderseite,Rückseite",
    "tags": "Hund,dog,noun\nKatze,cat,noun",
    "a deck called like a word": "deck,甲板,noun\nmast,桅杆,noun",
}
HEADINGS_FIRST = {
    "above questions": "Frage,Antwort\nWas ist ein Hund?,Ein Tier.\nUnd eine Katze?,Auch eins.",
    "above Chinese questions": "考点,标准回复\n什么是动量？,滑动平均。\n为什么用它？,更稳。",
    "above a glossary": "Begriff,Text\nSGD,One batch at a time.\nAdam,Two moments.",
    "with a short answer": "F,B\nIs it?,It is.\nWas it?,It was.\nWill it?,No.\nMay it?,It may.",
    "beside one that is known": "Vorderseite,Rückseite,Tags\nHund,dog,noun",
    "wider than a card": "Wort,Bild,Ton,Seite\nHund,x,y,1",
}


@pytest.mark.parametrize("what", CARD_FIRST)
def test_in_doubt_the_first_row_is_a_card(what):
    text = CARD_FIRST[what]
    table = tables.opened(text)
    assert table.first.taken is First.CARD
    assert len(table.notes) == len(text.splitlines())


@pytest.mark.parametrize("what", HEADINGS_FIRST)
def test_a_first_row_unlike_those_below_holds_headings(what):
    text = HEADINGS_FIRST[what]
    table = tables.opened(text)
    assert table.first.taken is First.HEADINGS
    assert len(table.notes) == len(text.splitlines()) - 1


@pytest.mark.parametrize("what", [name for name in CARD_FIRST if not name.endswith("a word")])
def test_a_card_has_one_name_whatever_is_said_of_the_first_row(what):
    text = CARD_FIRST[what]
    card, headings = (tables.opened(text, taken).notes for taken in (First.CARD, First.HEADINGS))
    assert [one.key for one in card[1:]] == [one.key for one in headings]
    assert card[0].front == text.split(",", 1)[0]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=12)


@examples(100, 3_000)
@given(st.lists(st.tuples(cells, cells).filter(lambda row: "".join(row).strip()), min_size=2))
def test_nothing_is_lost_whatever_the_first_row_is_taken_for(rows):
    text = "#separator:tab\n" + _written(rows)
    card = tables.opened(text, First.CARD)
    assert words(card.notes) == [tuple(map(_shown, row)) for row in rows]
    guessed = tables.opened(text)
    told = [heading for heading, _ in guessed.first.columns] or list(rows[0])
    assert told == list(rows[0])
    assert guessed.notes in (card.notes, card.notes[1:])


def _written(rows) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter="\t", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def _shown(cell: str) -> str:
    return html.escape(cell.strip(), quote=False).replace("\n", "<br>")


def test_headings_nobody_knows_go_by_their_place():
    table = tables.opened("Deck,Vorderseite,Rückseite,Thema,Quelle\nD,Hund,dog,noun,Duden")
    (one,) = table.notes
    assert (one.deck, one.front, one.back, one.tags) == ("D", "Hund", "dog", ("noun",))
    assert table.unread == ("Quelle",)
    assert table.first == FirstRow(
        First.HEADINGS,
        (
            *(("Deck", "deck"), ("Vorderseite", "front"), ("Rückseite", "back")),
            *(("Thema", "tags"), ("Quelle", "")),
        ),
        either=False,
    )


def test_an_explanation_beside_the_answer_belongs_to_it():
    table = tables.opened("序号,题目,答案,解析\n1,什么？,那个,因为 1<2\n2,谁？,他,\n")
    assert words(table.notes) == [("什么？", "那个<br><br>因为 1&lt;2"), ("谁？", "他")]
    assert table.unread == ("序号",)


def test_choices_named_by_letters_are_no_answers():
    table = tables.opened("Question,Answer,A,B\nwhat?,B,this,that\n")
    assert words(table.notes) == [("what?", "B")]
    assert table.unread == ("A", "B")


def test_an_id_that_only_counts_names_no_card():
    (one,), (other,) = lines("id,front,back", "1,q,a"), lines("id,front,back", "1,r,b")
    assert one.key != other.key
    assert lines("id,front,back", "x1,q,a")[0].key == "x1"
    assert lines("key,front,back", "1,q,a")[0].key == "1"


def test_a_column_without_a_heading_is_told_by_its_place():
    assert tables.opened("front,back,,\nq,a,x,\n").unread == ("#3",)


def test_our_own_table_leaves_nothing_to_choose():
    for taken in First:
        table = tables.opened(sheets.write([note()]), taken)
        assert (table.notes, table.first) == ([note()], None)


def test_columns_that_anki_names_may_have_any_name():
    head = ("#separator:tab", "#columns:Vorderseite\tRückseite\tTags")
    assert lines(*head, "Hund\tdog\tnoun") == [
        note(key=lines("Hund,dog")[0].key, front="Hund", back="dog", tags=("noun",))
    ]


def test_what_anki_says_at_the_head_is_followed():
    head = ("#separator:tab", "#html:true", "#guid column:1", "#deck column:2", "#tags column:5")
    (one,) = lines(*head, "g1\tDeck\t<b>q</b>\ta, b; c\tx y")
    assert one == Note("g1", "<b>q</b>", "a, b; c", deck="Deck", tags=("x", "y"))


@pytest.mark.parametrize("number", ["²", "0", "100", 4_400 * "9", ""])
def test_a_column_that_cannot_be_is_as_if_it_were_not_named(number):
    found = lines(f"#tags column:{number}", "What is a cat?,an animal")
    assert words(found) == [("What is a cat?", "an animal")]


def test_a_first_card_that_begins_with_a_hash_is_a_card():
    assert words(lines("#include,a directive", "#define: x,another")) == [
        ("#include", "a directive"),
        ("#define: x", "another"),
    ]


def test_a_card_keeps_its_key_when_its_answer_is_bettered():
    (one,), (other,) = lines("what,that"), lines("what,that and more")
    assert one.key == other.key
    assert lines("who,that")[0].key != one.key


OURS = "key,path,deck,front,back,tags,due,suspended,history"


@pytest.mark.parametrize(
    ("rows", "line", "says"),
    [
        ([""], 1, "empty"),
        (["only", "one column"], 1, "one column"),
        (["q,a", '"never closed,a'], 2, "quotes"),
        (["q,a", '"a"b,c'], 2, "quotes"),
        (["q,a,t", "q,a,t,more"], 2, "4 cells"),
        (["front,back,front", "q,a,b"], 1, "same name"),
        (["What?,a,b,c", "q,a,b,c"], 1, "name them in the first row"),
        (["front,back,history", "q,a,x"], 1, "not key, path"),
        (["front,back,due", "q,a,", "q,a,soon"], 3, "no date"),
        (["front,back,due", "q,a,2026-02-30"], 2, "no date"),
        (["#separator:nonsense", "q,a"], 1, "separator"),
        ([OURS, "k,,,f,b,,,,", '"k\n2",,,f,b,,,maybe,'], 3, "suspended"),
        ([OURS, "k,,,f,b,,,"], 2, "8 cells"),
        ([OURS, ",,,f,b,,,,"], 2, "key"),
        ([OURS, "k,,,f,b,,,,2026-01-05T09:00:00 review 3 1 1 x"], 2, "history"),
        ([OURS, "k,,,f,b,,,,2026-01-05T09:00:00Z dream 3 1 1 x"], 2, "history"),
        ([OURS, "k,,,f,b,,,,2026-01-05T09:00:00Z review 3 1 1"], 2, "history"),
        ([OURS, "k,,,f,b,,,,2026-01-05T09:00:00Z review three 1 1 x"], 2, "history"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(rows, line, says):
    with pytest.raises(tables.Malformed, match=says) as refused:
        lines(*rows)
    assert refused.value.line == line
    assert f"第 {line} 行" in refused.value.text.zh


def test_too_many_rows_are_refused():
    with pytest.raises(tables.Malformed, match="20,000"):
        tables.read("q,a\n" * 20_001)


WIDE = ",".join("abc" for _ in range(200))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"front,back\nq,a,{WIDE}", 2),
        (f"front,back,{WIDE}\nq,a", 1),
        (f"#separator:comma\n#columns:front,back,{WIDE}\nq,a", 1),
        ("front,back\nq,a" + "," * 1_000_000, 2),
        ("front,back\nq,a" + ',"\n"' * 1_000_000, 2),
        (OURS + "," + WIDE + "\n", 1),
    ],
)
def test_too_many_columns_are_refused(text, line):
    with pytest.raises(tables.Malformed, match="more than 200 columns") as refused:
        tables.read(text)
    assert refused.value.line == line


def test_empty_cells_to_the_right_are_no_columns():
    """Some programs write them, up to their widest table."""
    right = "," * 80_000
    began = time.perf_counter()
    table = tables.opened(f"front,back{right}\nq,a{right}\n")
    assert time.perf_counter() - began < 2.0, "a square of this width took ten seconds"
    assert (words(table.notes), table.unread) == ([("q", "a")], ())
    assert tables.read(sheets.write([note()]).replace("\r\n", f"{right}\r\n")) == [note()]


def test_too_many_words_are_refused():
    """As in a package; a history is no words."""
    half = tables.MOST_WORDS // 2
    for head in ("front,back\n", f"{OURS}\n"):
        cells = "k,,,{},b,,,," if head.startswith(OURS) else "{},b"
        rows = [cells.format(letter * size) for letter, size in (("x", half), ("y", half - 2))]
        assert len(tables.read(head + "\n".join(rows))) == 2
        with pytest.raises(tables.Malformed, match="16 million") as refused:
            tables.read(head + "\n".join([*rows, cells.format("z")]))
        assert refused.value.line == 4


def test_a_long_history_fits_into_its_cell():
    long = tuple(Past(f"{n:040}", Deed.REVIEW, AT + timedelta(n), 3, 1, n) for n in range(2_500))
    assert tables.read(sheets.write([note(past=long)])) == [note(past=long)]
