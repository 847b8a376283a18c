"""A bank of two questions, three rows and one document, written where a test may break it."""

from __future__ import annotations

from pathlib import Path

from quizbank.content.bank import KnownDemo

DEMOS = {
    "falling_stones": KnownDemo(
        {"same_time": ("FAL-1",), "feather_last": ("FAL-2",)}, predicts=True
    ),
    "silent_bell": KnownDemo({"no_sound": ()}, predicts=False),
}

TOPICS = """
[[topics]]
slug = "falling"
zh = "下落"
en = "Falling"

[[topics]]
slug = "sound"
zh = "声音"
en = "Sound"
"""

GLOSSARY = """
[[terms]]
zh = "自由落体"
en = "free fall"
others = ["freefall"]
"""

CATALOGUE = """
[[rows]]
id = "FAL-1"
zh = '在真空中，轻重物体同时落地。'
en = 'In a vacuum, light and heavy bodies land together.'
judgement = "right"
units = ["d9-02"]
lines = ["d9:3"]

[[rows]]
id = "FAL-2"
zh = '重的物体总是先落地。'
en = 'The heavier body always lands first.'
judgement = "wrong"
truth_zh = '没有空气时同时落地。'
truth_en = 'Without air they land together.'
units = ["d9-02"]
lines = ["d9:3-4"]
references = ["Galilei 1638"]

[[rows]]
id = "SND-1"
zh = '真空不能传声。'
en = 'A vacuum carries no sound.'
judgement = "expected"
argued_zh = '没有介质就没有声波。'
argued_en = 'Where there is no medium there is no sound wave.'
units = ["d9-03"]
"""

DOCUMENT = f"""
title_zh = "笔记"
title_en = "Notes"
sha256 = "{"0" * 64}"
bytes = 120
encoding = "utf-8"

[[units]]
id = "d9-01"
heading = "力学"
line = 1
line_end = 9
level = 1
kind = "section"
empty = false

[[units]]
id = "d9-02"
heading = "自由落体"
line = 2
line_end = 5
level = 2
parent = "d9-01"
kind = "question"
empty = false

[[units]]
id = "d9-03"
heading = "声音"
line = 6
line_end = 9
level = 2
parent = "d9-01"
kind = "question"
empty = true
"""

STONES = r"""+++
level = "core"
units = ["d9-02"]
proofs = ["falling_stones/same_time"]
follow_ups = ["sound/bell_in_a_jar"]
tags = ["gravity"]
aliases = ["伽利略斜塔", "Leaning Tower"]
references = ["Galilei 1638"]

[[key_points]]
must = true
zh = '加速度是 $g$，与质量无关。'
en = 'The acceleration is $g$, whatever the mass.'

[[key_points]]
must = true
zh = '空气阻力才使羽毛落后。'
en = 'It is drag that holds the feather back.'

[[key_points]]
must = false
zh = '落地时间是 $\sqrt{2h/g}$。'
en = 'The time to land is $\sqrt{2h/g}$.'

[[traps]]
row = "FAL-2"
zh = '重的先落地。'
en = 'The heavier one lands first.'
why_zh = '日常所见都有空气。'
why_en = 'Everyday falls happen in air.'
say_zh = '先说明没有空气，再说同时落地。'
say_en = 'Say first that there is no air, then that both land together.'
refuted_by = "falling_stones/feather_last"

[[quiz]]
kind = "choice"
zh = '月球上谁先落地？'
en = 'Which lands first on the Moon?'
[[quiz.options]]
zh = '锤子'
en = 'the hammer'
why_zh = '它更重。'
why_en = 'It is heavier.'
[[quiz.options]]
zh = '同时'
en = 'both together'
right = true
[[quiz.options]]
zh = '羽毛'
en = 'the feather'
why_zh = '反着猜。'
why_en = 'A contrary guess.'

[[quiz]]
kind = "numeric"
zh = '从 20 米高处下落要几秒（$g = 10$）？'
en = 'How many seconds does a fall of 20 metres take, with $g = 10$?'
answer = 2
tolerance = 0.05
unit = "s"
why_zh = '$\sqrt{2 \cdot 20 / 10} = 2$，单位是秒。'
why_en = '$\sqrt{2 \cdot 20 / 10} = 2$ seconds.'

[[quiz]]
kind = "predict"
demo = "falling_stones"
+++
# zh
## 问题
没有空气时，石头和羽毛谁先落地？
## 简答
同时：自由落体的加速度与质量无关。
## 详解
力 $F = mg$，所以 $a = F/m = g$。

- 质量消去了
# en
## Question
Without air, does the stone or the feather land first?
## Short answer
Neither: in free fall the acceleration does not depend on mass.
## Full answer
The force is $F = mg$, hence $a = F/m = g$.

- The mass cancels
"""

BELL = r"""+++
level = "screen"
units = ["d9-03"]
tags = ["waves"]

[[related]]
demo = "silent_bell"
why_zh = '它只演示，不证明。'
why_en = 'It illustrates and proves nothing.'

[[key_points]]
must = true
zh = '声音需要介质。'
en = 'Sound needs a medium.'

[[key_points]]
must = true
zh = '真空没有介质。'
en = 'A vacuum has none.'

[[key_points]]
must = false
zh = '光不需要介质。'
en = 'Light needs none.'

[[quiz]]
kind = "numeric"
zh = '真空中的声速是多少？'
en = 'What is the speed of sound in a vacuum?'
answer = 0
tolerance = 0
why_zh = '没有声波。'
why_en = 'There is no wave.'
+++
# zh
## 问题
玻璃罩抽成真空后，还听得见里面的铃声吗？
## 简答
听不见。
## 详解
没有空气，就没有压力波。
# en
## Question
Can you hear a bell in a jar once the air is pumped out?
## Short answer
No.
## Full answer
Without air there is no pressure wave.
"""

FILES = {
    "topics.toml": TOPICS,
    "glossary.toml": GLOSSARY,
    "catalogue/rows.toml": CATALOGUE,
    "documents/d9.toml": DOCUMENT,
    "falling/stone_and_feather.md": STONES,
    "sound/bell_in_a_jar.md": BELL,
}


def write_bank(root: Path) -> Path:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def replace(root: Path, name: str, old: str, new: str) -> None:
    """Edit one file of the bank; the text to replace must stand in it."""
    path = root / name
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new, 1), "utf-8")
