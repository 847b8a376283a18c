"""Tables and JSON of questions and answers."""

from __future__ import annotations

import json

import pytest

from quizbank.importing.passages import joined
from quizbank.importing.reading import Read, read

CSV = (
    '问题,答案,标签\n什么是惯性？,"保持原状。\n与**质量**有关。",力学\n"逗号, 引号 ""x""",$a^2$,\n'
)


def kept(done: Read, data: bytes) -> bool:
    return joined(done.source, done.passages) == data


def records(done: Read) -> list[tuple[str, str]]:
    pairs = zip(done.passages, done.html, strict=True)
    return [(one.heading, markup) for one, markup in pairs if one.kind == "record"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_each_row_is_a_passage_with_its_lines(encoding: str) -> None:
    data = CSV.encode(encoding)
    done = read("deck.csv", data)
    assert kept(done, data)
    (first, answer), (second, formula) = records(done)
    assert first == "什么是惯性？"
    assert "<strong>质量</strong>" in answer
    assert "力学" in answer
    assert second == '逗号, 引号 "x"'
    assert "<math" in formula
    assert [(p.line, p.line_end) for p in done.passages] == [(1, 1), (2, 3), (4, 4)]


def test_a_table_without_names_and_with_tabs() -> None:
    data = b"What is inertia?\tIt stays.\r\nWhat is drag?\tIt slows.\r\n"
    done = read("deck.tsv", data)
    assert kept(done, data)
    assert [heading for heading, _ in records(done)] == ["What is inertia?", "What is drag?"]


@pytest.mark.parametrize("names", ["Term,Definition", "题目内容,解答", "面试题,参考答案"])
def test_the_usual_headings_are_no_question(names: str) -> None:
    data = f"{names}\nInertia,It stays.\n".encode()
    done = read("deck.csv", data)
    assert kept(done, data)
    ((heading, markup),) = records(done)
    assert heading == "Inertia"
    assert "It stays." in markup


@pytest.mark.parametrize(
    "value",
    [
        [{"question": "甲？", "answer": "一"}, {"front": "乙？", "back": "二", "tag": ["x", 3]}],
        {"deck": "物理", "cards": [{"q": "甲？", "a": "一"}, {"q": "乙？", "a": "二"}]},
        {"甲？": "一", "乙？": "二"},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_in_its_usual_shapes(value: object, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=False, indent=indent).encode()
    done = read("deck.json", data)
    assert kept(done, data)
    found = records(done)
    assert [heading for heading, _ in found] == ["甲？", "乙？"]
    assert "一" in found[0][1]
    assert "二" in found[1][1]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.json", '[{"question": "x"', "json"),
        ("a.json", "[1, 2, 3]", "json"),
        ("a.json", "[" * 100_000 + "]" * 100_000, "json"),
        ("a.csv", 'a,b\n"never closed,x\n', "table"),
        ("a.csv", "one column\nonly\n", "table"),
    ],
)
def test_what_is_no_table_of_questions_stays_text(name: str, text: str, code: str) -> None:
    done = read(name, text.encode())
    assert kept(done, text.encode())
    assert len(done.passages) == 1
    assert code in {r.code for r in done.remarks}


def test_half_characters_in_json_can_be_shown() -> None:
    done = read("a.json", rb'[{"question": "\ud800 x?", "answer": "\u0000y"}]')
    assert "".join(done.html).encode()
    assert records(done)[0][0].encode()


def test_every_field_of_a_record_is_shown_however_often_its_name_comes() -> None:
    done = read("a.json", '[{"question": "甲？", "answer": "一", "answer": "二", "n": 7}]'.encode())
    markup = records(done)[0][1]
    assert "一" in markup
    assert "二" in markup
    assert "7" in markup
