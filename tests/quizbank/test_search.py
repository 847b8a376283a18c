from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from quizbank.content.bank import Bank, read_bank
from quizbank.content.glossary import Glossary, Term
from quizbank.content.words import column, fold, phrase, tokens
from quizbank.models import Question
from quizbank.queries import search
from quizbank.services.bank import sync_bank
from tests.cast import MONDAY
from tests.quizbank.small_bank import BELL, DEMOS, TOPICS, write_bank

# slug -> what stands in the title, an alias, a tag and the body, in zh and en
SHELF = {
    "explode": (
        "梯度爆炸怎么办？",
        "What can be done about exploding gradients?",
        "",
        "",
        "裁剪。",
    ),
    "clip": (
        "裁剪有什么用？",
        "What is clipping good for?",
        "gradient clipping",
        "",
        "梯度会爆炸。",
    ),
    "norm": (
        "批归一化做了什么？",
        "What does batch normalisation do?",
        "BatchNorm",
        "layers",
        "方差。",
    ),
    "adam": ("Ａｄａｍ 好在哪里？", "What is good about Adam?", "", "momentum", "注意偏差修正。"),
    "attend": ("注意力是什么？", "What is attention?", "self-attention", "", "权重之和为一。"),
    "decay": ("Ｌ２正则化等于权重衰减吗？", "Is L2 regularisation weight decay?", "", "", "不等。"),
}


def _file(slug: str) -> str:
    zh, en, alias, tag, body = SHELF[slug]
    text = BELL.replace('units = ["d9-03"]', "units = []").replace('"waves"', f'"{tag}"')
    text = text.replace('tags = [""]', "tags = []")
    if alias:
        text = text.replace("tags =", f'aliases = ["{alias}"]\ntags =')
    for old, new in (
        ("玻璃罩抽成真空后，还听得见里面的铃声吗？", zh),
        ("Can you hear a bell in a jar once the air is pumped out?", en),
        ("没有空气，就没有压力波。", body),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def shelf() -> Bank:
    with tempfile.TemporaryDirectory() as directory:
        root = write_bank(Path(directory))
        (root / "topics.toml").write_text(TOPICS, "utf-8")
        (root / "falling/stone_and_feather.md").unlink()
        (root / "sound/bell_in_a_jar.md").unlink()
        for slug in SHELF:
            (root / "sound" / f"{slug}.md").write_text(_file(slug), "utf-8")
        demos = {"silent_bell": DEMOS["silent_bell"]}
        return read_bank(root, demos)


@pytest.fixture(autouse=True)
def _database(db: None, shelf: Bank) -> None:
    sync_bank(bank=shelf, now=MONDAY)


def found(text: str) -> list[str]:
    return [q.slug for q in search.matching(Question.objects.all(), text)]


QUERIES = {
    "梯度爆炸": ["explode"],
    "exploding gradient": ["explode"],
    "Exploding Gradients": ["explode"],
    "批归一": ["norm"],
    "BN": ["norm"],
    "batch norm": ["norm"],
    "batch-norm": ["norm"],
    "BatchNorm": ["norm"],
    "批标准化": ["norm"],
    "adam": ["adam"],
    "ＡＤＡＭ": ["adam"],
    "Ad": ["adam"],
    "momentum": ["adam"],
    "L2": ["decay"],
    "Ｌ２ 正则": ["decay"],
    "weight decay": ["decay"],
    "衰减": ["decay"],
    "注意力": ["attend"],
    "self attention": ["attend"],
    "gradient clipping": ["clip"],
    "nothing like that": [],
    "organ": [],
    "100%": [],
}


@pytest.mark.parametrize("text", QUERIES)
def test_a_query_finds_what_it_means(text: str) -> None:
    assert found(text) == QUERIES[text]


def test_two_characters_are_found_inside_a_sentence() -> None:
    assert set(found("裁剪")) == {"clip", "explode"}
    assert set(found("注意")) == {"attend", "adam"}


def test_a_single_character_is_found_wherever_it_stands() -> None:
    assert {"attend", "adam"} <= set(found("注"))
    assert "attend" in found("力")
    assert found("羽") == []


def test_a_title_comes_before_an_alias_a_tag_and_the_body() -> None:
    assert found("裁剪") == ["clip", "explode"]
    assert found("注意")[0] == "attend"


def test_every_word_must_be_found() -> None:
    assert found("裁剪 梯度") == ["clip", "explode"]
    assert found("裁剪 方差") == []


def test_a_question_may_be_asked_in_full() -> None:
    assert found("请问梯度爆炸怎么办呢？") == ["explode"]
    assert found("什么是注意力？") == ["attend"]
    assert found("What is the attention") == ["attend"]


def test_a_mark_of_the_column_means_nothing_in_a_query() -> None:
    assert set(found("^梯度")) == set(found("梯度")) == {"explode", "clip"}


def test_a_query_of_fillers_alone_is_meant_as_it_stands() -> None:
    assert set(found("What")) == {"explode", "clip", "norm", "adam", "attend"}


@pytest.mark.parametrize("text", ["%", "_", "\\", "#", "？", "<>"])
def test_a_text_without_words_finds_nothing(text: str) -> None:
    assert found(text) == []


def test_one_query_is_enough() -> None:
    with CaptureQueriesContext(connection) as queries:
        found("exploding gradient 批归一化 adam")
    assert len(queries) == 1


def test_a_long_query_is_cut_and_answered() -> None:
    assert found("梯度爆炸 " * 500) == ["explode"]


def test_what_finds_nothing_has_neighbours_in_both_languages() -> None:
    near = {(term.zh, term.en) for term in search.suggestions("vanishing gradeint")}
    assert ("梯度消失", "vanishing gradient") in near
    assert search.suggestions("") == []


def test_hits_are_marked_and_everything_else_is_escaped() -> None:
    assert search.highlighted("<b>Adam</b> & AdamW", "adam") == (
        "&lt;b&gt;<mark>Adam</mark>&lt;/b&gt; &amp; <mark>Adam</mark>W"
    )
    assert search.highlighted("梯度 < 爆炸", "梯度") == "<mark>梯度</mark> &lt; 爆炸"


def test_a_synonym_is_marked_too() -> None:
    assert "<mark>exploding gradients</mark>" in search.highlighted(
        "About exploding gradients.", "梯度爆炸"
    )
    assert "<mark>Batch-Norm</mark>" in search.highlighted("Batch-Norm", "batch norm")


def test_a_snippet_shows_the_hit() -> None:
    text = "起" * 300 + "梯度爆炸" + "止" * 300
    cut = search.snippet(text, "梯度爆炸", 60)
    assert "<mark>梯度爆炸</mark>" in cut
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert len(cut) < 100
    assert search.snippet("short", "nothing") == "short"


def test_the_longest_spelling_is_taken() -> None:
    glossary = Glossary((Term("归一化", "normalisation"), Term("批归一化", "batch normalisation")))
    assert [piece for piece, _ in glossary.in_text("批归一化层")] == ["批归一化", "层"]


def test_a_latin_term_is_a_whole_word() -> None:
    glossary = Glossary((Term("生成对抗网络", "GAN"),))
    assert [term for _, term in glossary.in_text("organ gan")] == [None, glossary.terms[0]]


@given(st.text(alphabet="梯度爆炸ab 1-", max_size=30), st.data())
def test_any_stretch_of_a_text_is_found_in_its_column(text: str, data: st.DataObject) -> None:
    parts = tokens(text)
    held = column(title=[text], aliases=[], tags=[], body=[])
    if parts:
        begin = data.draw(st.integers(0, len(parts) - 1))
        asked = " ".join(parts[begin : begin + 1])
        assert phrase(asked) in held
        assert phrase(text) in held


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
