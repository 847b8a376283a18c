"""What is read out of a file: its passages, and every byte of it again."""

from __future__ import annotations

import codecs

import pytest

from quizbank.importing.passages import joined
from quizbank.importing.reading import Read, read
from quizbank.importing.remarks import Refused
from quizbank.importing.source import LARGEST
from tests.quizbank.documents.samples import DIALECTS, EQUATIONS, TOC


def of(text: str, name: str = "notes.md") -> Read:
    return read(name, text.encode())


def headings(done: Read) -> list[str]:
    return [passage.heading for passage in done.passages if passage.heading]


def parent_of(done: Read, heading: str) -> str:
    passage = next(one for one in done.passages if one.heading == heading)
    return "" if passage.parent is None else done.passages[passage.parent].heading


def html_of(done: Read, heading: str) -> str:
    return next(
        markup
        for one, markup in zip(done.passages, done.html, strict=True)
        if one.heading == heading
    )


@pytest.mark.parametrize("name", DIALECTS)
def test_each_way_of_writing_is_told_apart_and_comes_back(name: str) -> None:
    done = of(DIALECTS[name])
    assert done.dialect == name
    assert done.kept == len(DIALECTS[name].encode())
    assert joined(done.source, done.passages) == DIALECTS[name].encode()


def test_nested_bullets_under_a_heading() -> None:
    done = of(DIALECTS["bullets"])
    expected = [
        "物理要点",
        "介绍一下自由落体",
        "真空里（In a vacuum）",
        "空气里（In air）",
        "摩擦力：",
        "接触面越粗糙越大",
    ]
    assert headings(done) == expected
    assert parent_of(done, "空气里（In air）") == "介绍一下自由落体"
    assert parent_of(done, "摩擦力：") == "物理要点"
    # Four lists deep, and none of it taken for code.
    assert "阻力与速度有关" in html_of(done, "空气里（In air）")
    assert "<pre" not in html_of(done, "空气里（In air）")
    assert done.images == 2
    assert {r.detail for r in done.remarks if r.code == "image"} == {
        "images/friction.png",
        "images/more.png",
    }


def test_bold_bullets_carry_their_indented_bodies() -> None:
    done = of(DIALECTS["bold_bullets"])
    assert headings(done) == ["声学基础", "声音如何传播？", "推导波速", "真空能传声吗？"]
    body = html_of(done, "声音如何传播？")
    assert "<pre" not in body
    assert "靠介质里的疏密变化" in body
    assert "与压强无关" in body


def test_formulas_are_repaired_for_display_alone() -> None:
    done = of(DIALECTS["bold_bullets"])
    body = html_of(done, "推导波速")
    assert done.formulas == body.count("<math") == 3
    assert body.count("<mtr>") == 2  # both rows of the cases
    assert "*" not in body
    assert {r.code for r in done.remarks} == {"repaired"}
    assert r"(x>0) \ 0" in done.source.text


def test_numbered_headings_and_display_formulas() -> None:
    done = of(DIALECTS["numbered"])
    assert headings(done)[:3] == ["基础问题", "1. 如何测量重力加速度", "1.1 误差从哪里来"]
    assert parent_of(done, "1.1 误差从哪里来") == "1. 如何测量重力加速度"
    assert parent_of(done, "光学问题") == ""
    assert html_of(done, "3. 驻波") == ""
    assert done.formulas == 2
    assert 'display="block"' in html_of(done, "1. 如何测量重力加速度")


def test_equation_images_become_formulas_and_others_placeholders() -> None:
    done = of(EQUATIONS)
    body = html_of(done, "统一的写法")
    assert done.formulas == body.count("<math") == 3
    assert "equation?tex=" not in body
    assert done.images == 1
    assert "<img" not in body
    assert "https://pics.example.org/wave_b.jpg" in body


def test_quoted_headings_and_questions_on_lines_of_their_own() -> None:
    done = of(EQUATIONS)
    assert parent_of(done, "2 混响") == "现象"
    assert "多普勒效应和什么有关？" in headings(done)
    assert "红移 中 红 代表什么，如何理解？" in headings(done)


def test_table_of_contents_images_in_html_and_escaped_brackets() -> None:
    done = of(TOC)
    assert done.html[0].strip() == "<p>[TOC]</p>"
    body = html_of(done, "放大倍数是怎么算的？")
    assert "&lt;obj&gt;" in body
    assert "<u>两者之积</u>" in body
    scope = html_of(done, "显微镜")
    assert "截屏 01" in scope
    assert "<img" not in scope
    assert "<math" in html_of(done, "总结")


def test_headings_inside_code_and_formulas_are_none() -> None:
    done = of("# A\n```\n# not\n```\n$$\n# nor\n$$\n~~~python\n## this\n~~~\n")
    assert headings(done) == ["A"]


def test_a_code_block_never_closed_hides_no_heading() -> None:
    done = of("# A\n```python\nx = 1\n# B\nwords\n")
    assert headings(done) == ["A", "B"]
    assert [(r.line, r.code) for r in done.remarks] == [(2, "fence")]
    assert "x = 1" in html_of(done, "A")


def test_underlined_headings_and_hashes_without_a_space() -> None:
    done = of("标题\n====\n\n文字\n\n##没有空格\n\n更多\n\n#hashtag\n")
    assert headings(done) == ["标题", "没有空格"]


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_any_line_end_comes_back(newline: str) -> None:
    text = DIALECTS["numbered"].replace("\n", newline)
    done = of(text)
    assert joined(done.source, done.passages) == text.encode()
    assert headings(done) == headings(of(DIALECTS["numbered"]))


def test_mixed_line_ends_are_remarked_on() -> None:
    done = of("# A\r\nx\n## B\ry\n")
    assert headings(done) == ["A", "B"]
    assert {r.code for r in done.remarks} == {"newlines"}


@pytest.mark.parametrize("name", DIALECTS)
def test_gb18030_reads_as_utf8_does(name: str) -> None:
    text = DIALECTS[name].replace("⚠️", "")
    plain, other = of(text), read("notes.md", text.encode("gb18030"))
    assert other.source.encoding == "gb18030"
    assert other.html == plain.html
    assert headings(other) == headings(plain)
    assert joined(other.source, other.passages) == text.encode("gb18030")


def test_a_byte_order_mark_is_kept_and_not_shown() -> None:
    data = codecs.BOM_UTF8 + "# 标题\n内容\n".encode()
    done = read("notes.md", data)
    assert done.source.encoding == "utf-8-sig"
    assert headings(done) == ["标题"]
    assert joined(done.source, done.passages) == data


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("notes.md", b"", "empty"),
        ("notes.md", b" \n\t\n", "empty"),
        ("notes.md", b"x" * (LARGEST + 1), "large"),
        ("notes.zip", b"# a\n", "archive"),
        ("notes.tar.gz", b"# a\n", "archive"),
        ("deck.APKG", b"# a\n", "archive"),
        ("notes.md", b"PK\x03\x04rest", "archive"),
        ("notes.md", b"\x1f\x8brest", "archive"),
        ("notes.md", b"# a\x00b", "binary"),
        ("notes.md", "标题".encode("utf-16"), "utf16"),
        ("notes.md", "Ça a déjà été noté là-bas, après l'été".encode("latin-1"), "encoding"),
        ("notes.md", "# 題目".encode("big5") + b"\xff", "encoding"),
        ("notes.md", codecs.BOM_UTF8 + b"\xff\xfe\xfd", "encoding"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(name, data)
    assert refused.value.code == code
    assert refused.value.text.zh
    assert "{" not in refused.value.text.en


def test_a_path_in_the_name_is_cut_off() -> None:
    assert read("../../etc/passwd.md", b"# a\n").source.name == "passwd.md"
    assert read("C:\\notes\\a.md", b"# a\n").source.name == "a.md"


def test_lists_and_quotations_of_any_depth_lose_nothing() -> None:
    done = of("# A\n\n文字，\n\n" + "".join("  " * i + f"- 第{i}层，\n" for i in range(40)))
    assert all(f"第{i}层" in html_of(done, "A") for i in range(40))
    assert [r.code for r in done.remarks] == ["deep"]
    done = of("# B\n" + ">" * 60 + " 引文\n")
    assert "引文" in html_of(done, "B")
    assert [r.code for r in done.remarks] == ["deep"]


def test_ten_lists_and_twenty_quotations_are_still_laid_out() -> None:
    done = of("# A\n\n文字\n\n" + "".join("  " * i + f"- 第{i}层，\n" for i in range(11)))
    assert "".join(done.html).count("<li>") == 11
    done = of("# B\n\n" + ">" * 20 + " 引文\n")
    assert "".join(done.html).count("<blockquote>") == 20
    assert not done.remarks


def test_a_table_row_with_too_many_cells_is_shown_as_written() -> None:
    done = of("# A\n\n| 甲 | 乙 |\n|---|---|\n| 一 | 二 | 三 |\n")
    assert "三" in html_of(done, "A")
    assert [(r.line, r.code) for r in done.remarks] == [(3, "plain")]


def test_time_runs_out_and_the_rest_is_shown_as_written() -> None:
    ticks = iter([0.0, 1.0, 100.0, *[200.0] * 10])
    done = read("a.md", b"# A\n*x*\n# B\n*y*\n# C\n*z*\n", clock=lambda: next(ticks))
    assert "<em>x</em>" in done.html[0]
    assert "*y*" in done.html[1]
    assert "*z*" in done.html[2]
    assert [(r.line, r.code) for r in done.remarks] == [(3, "late")]


def test_more_headings_than_anyone_writes_end_in_one_passage() -> None:
    text = "".join(f"# {i}\n" for i in range(6_000))
    done = of(text)
    assert len(done.passages) == 5_000
    assert done.kept == len(text)
    assert "many" in {r.code for r in done.remarks}
    assert "5999" in done.html[-1]


def test_directions_turned_unseen_become_visible() -> None:
    done = of("# A\nuser\u202egpj.exe\n")
    assert "⟨U+202E⟩" in html_of(done, "A")
    assert "\u202e" not in html_of(done, "A")
