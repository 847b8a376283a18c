"""Disputed claims."""

from __future__ import annotations

WORDS = {
    "disputed.title": ("有争议的说法", "Disputed claims"),
    "disputed.lede": (
        "笔记之间互相矛盾的地方，和面试里常有人说错的话。笔记里的出处一一注明；能用实验判的，盖上实测的章。",
        "Where the notes contradict one another, and what people get wrong in interviews. "
        "Places in the notes are cited; what an experiment can decide bears its run’s stamp.",
    ),
    "disputed.from_questions": (
        "笔记说法不一？看有争议的说法",
        "Where the notes disagree: disputed claims",
    ),
    "disputed.kind": ("类别", "Kind"),
    "disputed.topic": ("主题", "Topic"),
    "disputed.verdict": ("判定", "Verdict"),
    "disputed.kind_between": ("笔记之间相左", "between notes"),
    "disputed.kind_within": ("一份笔记自相矛盾", "within one note"),
    "disputed.kind_trap": ("陷阱", "traps"),
    "disputed.is_between": ("笔记之间相左", "between notes"),
    "disputed.is_within": ("一份笔记自相矛盾", "within one note"),
    "disputed.is_trap": ("陷阱", "trap"),
    "disputed.verdict_confirmed": ("证实", "confirmed"),
    "disputed.verdict_refuted": ("证伪", "refuted"),
    "disputed.verdict_inconclusive": ("未决", "inconclusive"),
    "disputed.verdict_invalid": ("无效", "invalid"),
    "disputed.verdict_shown": ("只展示", "shown"),
    "disputed.verdict_none": ("还没有实测", "not yet measured"),
    "disputed.count": (
        "{n} 条，其中 {measured} 条有实测",
        "{n} disputed {n:claim|claims}, {measured} measured",
    ),
    "disputed.none_filters": (
        "这些条件下一条也没有。去掉一个筛选试试。",
        "None meets all of these. Take a filter away.",
    ),
    "disputed.holds": ("实情", "What holds"),
    "disputed.not_measured": ("还没有实测", "not yet measured"),
    "disputed.question": ("题目：{title}", "Question: {title}"),
    "disputed.lab": ("到实验室", "Open in the lab"),
    "disputed.lab_of": ("到实验室：{title}", "In the lab: {title}"),
    "disputed.run": ("这次运行", "This run"),
}
