"""Two disputes for the small bank: one that its experiment decides, one nobody has measured."""

from __future__ import annotations

from pathlib import Path

FILE = "disputes.toml"

DISPUTES = r"""
[[disputes]]
slug = "who_lands_first"
topic = "falling"
title_zh = '谁先落地'
title_en = 'Which lands first'
rows = ["FAL-2"]
decided_by = ["falling_stones/feather_last"]
verdict_zh = '同时，都是 $g$。'
verdict_en = 'Both together, at $g$.'
[[disputes.sides]]
zh = '重的先落地。'
en = 'The heavier one first.'
lines = ["d9:3-4"]
units = ["d9-02"]
refuted_by = "falling_stones/feather_last"
[[disputes.sides]]
zh = '同时落地。'
en = 'Both together.'
lines = ["d9:3", "d9:5"]
units = ["d9-02"]

[[disputes]]
slug = "vacuum_sound"
topic = "sound"
title_zh = '真空传不传声'
title_en = 'Whether a vacuum carries sound'
rows = ["SND-1"]
verdict_zh = '不传。'
verdict_en = 'It does not.'
[[disputes.sides]]
zh = '传。'
en = 'It does.'
lines = ["d9:6"]
[[disputes.sides]]
zh = '$v=0$。'
en = '$v=0$.'
lines = ["d9:7"]
"""


def write_disputes(root: Path) -> None:
    (root / FILE).write_text(DISPUTES, "utf-8")
