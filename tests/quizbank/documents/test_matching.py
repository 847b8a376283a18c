"""Headings find their question, and do not find another's."""

from __future__ import annotations

import pytest

from quizbank.importing.matching import Candidate, Index, index, question_like
from quizbank.importing.reading import read
from quizbank.queries.search import glossary


@pytest.fixture(scope="module")
def bank() -> Index:
    return index(
        [
            Candidate(
                1,
                ("梯度消失的原因有哪些？", "Why do gradients vanish?"),
                headings=("sigmoid和tanh为什么会导致梯度消失？",),
                demos=("slow_early_layers",),
            ),
            Candidate(
                2, ("梯度爆炸怎么办？", "What to do about exploding gradients?"), demos=("clip",)
            ),
            Candidate(
                3,
                ("为什么 Dropout 能防止过拟合？", "Why does dropout prevent overfitting?"),
                aliases=("随机失活",),
            ),
            Candidate(
                4, ("批归一化在训练和推理时有什么不同？", "How does batch norm differ at test?")
            ),
            Candidate(5, ("Xavier 初始化", "Xavier initialisation"), aliases=("Glorot",)),
        ],
        glossary(),
    )


@pytest.mark.parametrize(
    ("heading", "key", "by"),
    [
        ("梯度消失的原因有哪些", 1, "heading"),
        ("3.2 梯度消失的原因有哪些？", 1, "heading"),
        ("Why do gradients vanish", 1, "heading"),
        ("随机失活", 3, "alias"),
        ("glorot", 5, "alias"),
        ("⚠️ dropout为什么可以防止过拟合", 3, "concept"),
        ("vanishing gradient", 1, "concept"),
        ("梯度爆炸", 2, "concept"),
    ],
)
def test_a_heading_finds_its_question(bank: Index, heading: str, key: int, by: str) -> None:
    match = bank.match(heading)
    assert match is not None
    assert (match.key, match.by) == (key, by)


@pytest.mark.parametrize(
    "heading",
    [
        *("", "简介", "总结", "训练", "如何给猫洗澡？", "为什么？", "优化器", "1.", "？？？"),
        "Dropout 会让梯度爆炸吗？",
    ],
)
def test_other_headings_find_none(bank: Index, heading: str) -> None:
    assert bank.match(heading) is None


def test_a_name_that_two_questions_bear_decides_nothing() -> None:
    twins = index([Candidate(1, ("动量",)), Candidate(2, ("动量",))], glossary())
    assert twins.match("动量") is None


def test_related_demos_come_by_concept(bank: Index) -> None:
    assert bank.related("LSTM 怎样缓解梯度消失？") == ["slow_early_layers"]
    assert bank.related("如何给猫洗澡？") == []


def test_what_asks_something() -> None:
    text = "# 笔记\n## 为什么？\n## 什么是共振？\n## 简述驻波\n## 共振\n## Why is the sky blue\n"
    asked = [p.heading for p in read("a.md", text.encode()).passages if question_like(p)]
    assert asked == ["什么是共振？", "简述驻波", "Why is the sky blue"]
