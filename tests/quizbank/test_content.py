from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quizbank.content.bank import KnownDemo, inspect_bank, read_bank
from quizbank.content.errors import BankErrors
from quizbank.content.quiz import Choice, Numeric, Predict
from tests.quizbank.small_bank import DEMOS, FILES, replace, write_bank
from tests.shipped import inspected, shipped

STONES = "falling/stone_and_feather.md"
BELL = "sound/bell_in_a_jar.md"
ROWS = "catalogue/rows.toml"
OUTLINE = "documents/d9.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_bank(tmp_path)


def complaints(root: Path) -> list[str]:
    return [str(error) for error in inspect_bank(root, DEMOS)[1]]


def test_a_whole_bank_is_read_without_complaint(root: Path) -> None:
    bank = read_bank(root, DEMOS)
    assert [q.path for q in bank.questions] == ["falling/stone_and_feather", "sound/bell_in_a_jar"]
    assert [row.code for row in bank.rows] == ["FAL-1", "FAL-2", "SND-1"]


def test_a_question_keeps_what_its_file_says(root: Path) -> None:
    question = read_bank(root, DEMOS).questions[0]
    assert question.title.zh == "没有空气时，石头和羽毛谁先落地？"
    assert question.title.en == "Without air, does the stone or the feather land first?"
    assert [str(cited) for cited in question.proofs] == ["falling_stones/same_time"]
    assert [point.must for point in question.key_points] == [True, True, False]
    assert question.traps[0].row == "FAL-2"
    assert "<li>The mass cancels</li>" in question.full.html.en
    assert 'alttext="F = mg"' in question.full.html.zh


def test_the_three_kinds_of_quiz_items_are_told_apart(root: Path) -> None:
    choice, numeric, predict = read_bank(root, DEMOS).questions[0].quiz
    assert isinstance(choice, Choice)
    assert isinstance(numeric, Numeric)
    assert isinstance(predict, Predict)
    assert [option.right for option in choice.options] == [False, True, False]
    assert (numeric.answer, numeric.tolerance, numeric.unit) == (2, 0.05, "s")
    assert predict.demo == "falling_stones"


# What is done to one file, and what must be said of it.
DEFECTS = {
    "unknown key": (STONES, 'level = "core"', 'level = "core"\nsolved = true', "solved"),
    "unknown level": (STONES, '"core"', '"hard"', "screen, core, deep"),
    "unknown key in a key point": (STONES, "must = true", "must = true\nnote = 1", "note"),
    "head that is no TOML": (STONES, "level = ", "level == ", "TOML"),
    "no head": (STONES, "+++\nlevel", "level", "has no head"),
    "control character": (STONES, "同时：", "同\x08时：", "U+0008"),
    "bidirectional control": (STONES, "Neither: in", "Neither\u202e: in", "U+202E"),
    "carriage return": (STONES, "Neither: in", "Neither\r: in", "U+000D"),
    "zero-width space": (STONES, "Neither: in", "Neither\u200b: in", "U+200B"),
    "no English text": (STONES, FILES[STONES].split("# en\n")[1], "", "'## Question' is missing"),
    "empty text": (BELL, "听不见。\n", "", "## 简答: it is empty"),
    "no English key point": (STONES, "en = 'It is drag that holds the feather back.'", "", "en"),
    "Chinese filed as English": (
        STONES,
        "'It is drag that holds the feather back.'",
        "'是空气阻力。'",
        "Chinese in the English",
    ),
    "English filed as Chinese": (STONES, "'重的先落地。'", "'The heavy one.'", "no Chinese"),
    "headings out of order": (STONES, "## 简答", "## 详解", "'## 简答' belongs"),
    "a seventh heading": (STONES, "- The mass cancels", "## Note", "no further heading"),
    "text before the first heading": (STONES, "+++\n# zh", "+++\nhello\n# zh", "before '# zh'"),
    "a title that breaks off": (
        STONES,
        "Without air, does the stone or the feather land first?",
        "Without air, does the stone\nor the feather land first?",
        "breaks off",
    ),
    "unknown demo": (STONES, '["falling_stones/same_time"]', '["tower/same_time"]', "'tower'"),
    "unknown claim": (
        STONES,
        '["falling_stones/same_time"]',
        '["falling_stones/never"]',
        "no claim falling_stones/never; falling_stones has: same_time, feather_last",
    ),
    "citation without a claim": (
        STONES,
        '["falling_stones/same_time"]',
        '["falling_stones"]',
        "is no citation",
    ),
    "no proof and nothing related": (
        STONES,
        'proofs = ["falling_stones/same_time"]',
        "",
        "no proof and no related demo",
    ),
    "trap with an unknown claim": (STONES, "/feather_last", "/feather", "no claim"),
    "trap of an unknown row": (STONES, 'row = "FAL-2"', 'row = "FAL-7"', "no row 'FAL-7'"),
    "trap of a right row": (STONES, 'row = "FAL-2"', 'row = "FAL-1"', "FAL-1 is judged right"),
    "related demo that is not there": (BELL, '"silent_bell"', '"loud_bell"', "'loud_bell'"),
    "unknown unit": (STONES, '["d9-02"]', '["d9-77"]', "no unit 'd9-77'"),
    "unit claimed twice": (BELL, '["d9-03"]', '["d9-03", "d9-02"]', "already belongs"),
    "section claimed": (STONES, '["d9-02"]', '["d9-01", "d9-02"]', "d9-01 is a section"),
    "follow-up to nowhere": (STONES, "sound/bell_in_a_jar", "sound/gong", "leads nowhere"),
    "follow-up to itself": (
        STONES,
        "sound/bell_in_a_jar",
        "falling/stone_and_feather",
        "leads nowhere",
    ),
    "unit named twice": (STONES, '["d9-02"]', '["d9-02", "d9-02"]', "twice"),
    "unknown macro": (STONES, "$F = mg$，", "$F = \\froc mg$，", "\\froc is not known"),
    "open brace": (STONES, "$F = mg$，", "$F = {mg$，", "brace open"),
    "TeX outside a formula": (STONES, "The force is", "The \\alpha force is", "outside a formula"),
    "dollar that opens nothing": (STONES, "The force is", "The $5 force is", "no formula"),
    "broken formula in a key point": (STONES, "$\\sqrt{2h/g}$。", "$\\sqrt{2h/g$。", "brace"),
    "image": (STONES, "- The mass", "![a](https://a.example/b.png)\n- The mass", "an image"),
    "link without a host": (STONES, "- The mass", "[a](../b) - The mass", "no http address"),
    "two right options": (
        STONES,
        "why_zh = '它更重。'\nwhy_en = 'It is heavier.'",
        "right = true",
        "2 options are right",
    ),
    "no right option": (
        STONES,
        "right = true",
        "why_zh = '猜。'\nwhy_en = 'A guess.'",
        "0 options are right",
    ),
    "distractor without a reason": (STONES, "why_zh = '反着猜。'", "", "why_zh"),
    "options that read the same": (STONES, "en = 'the hammer'", "en = 'the feather'", "the same"),
    "answer that is no number": (STONES, "answer = 2", 'answer = "2"', "not a number"),
    "infinite answer": (STONES, "answer = 2", "answer = inf", "finite"),
    "negative tolerance": (STONES, "tolerance = 0.05", "tolerance = -1", "negative"),
    "prediction nobody asks for": (
        STONES,
        'demo = "falling_stones"',
        'demo = "silent_bell"',
        "asks for no prediction",
    ),
    "unknown kind of quiz item": (STONES, 'kind = "predict"', 'kind = "guess"', "choice, numeric"),
    "unknown judgement": (ROWS, 'judgement = "wrong"', 'judgement = "bad"', "unsupported"),
    "wrong without the truth": (
        ROWS,
        "truth_zh = '没有空气时同时落地。'\ntruth_en = 'Without air they land together.'",
        "",
        "FAL-2.truth",
    ),
    "row id twice": (ROWS, '"SND-1"', '"FAL-1"', "another number"),
    "row of an unknown unit": (ROWS, '["d9-03"]', '["d9-09"]', "no unit 'd9-09'"),
    "lines beyond the document": (ROWS, '"d9:3-4"', '"d9:3-40"', "no such lines"),
    "place that is none": (ROWS, '"d9:3-4"', '"line 3"', "is no place"),
    "claim that decides no row": (ROWS, "FAL-2", "FAL-3", "it decides FAL-2"),
    "unit beyond its parent": (
        OUTLINE,
        "line_end = 9\nlevel = 2",
        "line_end = 99\nlevel = 2",
        "reaches beyond",
    ),
    "unit with an unknown parent": (OUTLINE, 'parent = "d9-01"', 'parent = "d9-05"', "d9-05"),
    "hash that is none": (OUTLINE, "0" * 64, "0" * 63, "SHA-256"),
    "spelling in two terms": (
        "glossary.toml",
        '"freefall"]',
        '"freefall"]\n[[terms]]\nzh = "坠落"\nen = "free fall"',
        "belongs to free fall",
    ),
    "topic twice": ("topics.toml", 'slug = "sound"', 'slug = "falling"', "twice"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_named_with_its_file(root: Path, name: str) -> None:
    file, old, new, said = DEFECTS[name]
    replace(root, file, old, new)
    found = complaints(root)
    assert any(said in line for line in found), found
    if name != "claim that decides no row":
        assert any(line.startswith(f"{file}: ") for line in found), found


def test_a_demo_belongs_to_a_topic(root: Path) -> None:
    strayed = {**DEMOS, "lost": KnownDemo({}, topic="nowhere")}
    (error,) = inspect_bank(root, strayed)[1]
    assert str(error).startswith("demos/experiments/lost.py: topic: 'nowhere' is none; choose")


@pytest.mark.parametrize("count", [2, 7])
def test_key_points_are_three_to_six(root: Path, count: int) -> None:
    point = "[[key_points]]\nmust = true\nzh = '点。'\nen = 'Point.'\n\n"
    text = FILES[BELL]
    start, end = text.index("[[key_points]]"), text.index("[[quiz]]")
    (root / BELL).write_text(text[:start] + point * count + text[end:])
    assert any(f"key_points: there are {count}; give 3 to 6" in line for line in complaints(root))


def _add(root: Path, name: str, text: str = "") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


ORPHANS: dict[str, Callable[[Path], None]] = {
    "light/colour.md": lambda root: _add(root, "light/colour.md", FILES[BELL]),
    "falling/notes.txt": lambda root: _add(root, "falling/notes.txt"),
    "catalogue/old/rows.toml": lambda root: _add(root, "catalogue/old/rows.toml"),
    "falling/deep/stone.md": lambda root: _add(root, "falling/deep/stone.md", FILES[BELL]),
    ".draft.md": lambda root: _add(root, ".draft.md"),
}


@pytest.mark.parametrize("name", ORPHANS)
def test_a_file_nobody_reads_is_a_defect(root: Path, name: str) -> None:
    ORPHANS[name](root)
    assert any(line.startswith(f"{name}: nothing reads") for line in complaints(root))


def test_a_file_name_must_be_a_slug(root: Path) -> None:
    (root / BELL).rename(root / "sound/Bell-In-A-Jar.md")
    assert any("no slug" in line for line in complaints(root))


def test_a_file_that_is_no_utf8_is_named(root: Path) -> None:
    (root / BELL).write_bytes(FILES[BELL].encode("gb18030"))
    assert any(BELL in line and "not UTF-8" in line for line in complaints(root))


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_empty_file_is_a_defect(root: Path, name: str) -> None:
    (root / name).write_text("\n")
    assert f"{name}: it is empty; write it or remove it" in complaints(root)


def test_all_defects_are_reported_at_once(root: Path) -> None:
    replace(root, STONES, '["d9-02"]', '["d9-77"]')
    replace(root, BELL, '"silent_bell"', '"loud_bell"')
    replace(root, ROWS, '"d9:3-4"', '"line 3"')
    with pytest.raises(BankErrors) as raised:
        read_bank(root, DEMOS)
    assert {error.file for error in raised.value.errors} == {STONES, BELL, ROWS}
    assert all(error.remedy for error in raised.value.errors)


def test_headings_inside_code_are_text(root: Path) -> None:
    replace(root, BELL, "Without air there is", "```\n# not a heading\n```\nWithout air there is")
    assert complaints(root) == []


def test_the_outlines_hold_every_unit_once() -> None:
    bank = shipped()
    units = [unit for document in bank.documents for unit in document.units]
    kinds = [unit.kind for unit in units]
    assert (kinds.count("question"), kinds.count("section")) == (207, 16)
    assert len({unit.slug for unit in units}) == len(units)
    assert [len(d.units) for d in bank.documents] == [41, 28, 27, 47, 80]
    assert sum(unit.empty for unit in units) == 26


def test_the_glossary_has_both_languages_and_no_spelling_twice() -> None:
    bank, errors = inspected()
    assert len(bank.glossary.terms) >= 120
    assert [e for e in errors if e.file == "glossary.toml"] == []
