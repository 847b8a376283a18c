"""Softmax in floating point, and what it does with a lead: overflow, log-sum-exp, temperature.

Subtracting the largest logit changes nothing on paper and prevents every overflow, but the
logarithm of the result can still be -inf; x - m - log(sum of exp(x - m)) cannot (Goodfellow,
Bengio & Courville 2016, section 4.1; Blanchard, Higham & Higham 2021). Only differences of
logits count: a small lead stays a small lead, and two classes are logistic regression.

Each run draws eight logits, a pair and a few very negative inputs. Controls: no shift, the
logarithm taken afterwards, a lead of ten or more, a warmer softmax, one logit alone, float64.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from demos.kit.declare import (
    Axis,
    Claim,
    Corner,
    Demo,
    Figure,
    Mutation,
    Option,
    Prediction,
    Preset,
    Series,
    Text,
    always,
    choice,
    nearly_always,
    never,
    number,
    sometimes,
    whole,
)
from demos.kit.draws import Counts, Numbers, Seeds, counts, draws, numbers
from demos.kit.draws import Series as Curve

LOGITS = 8
TYPES = {"float16": torch.float16, "float32": torch.float32, "float64": torch.float64}
GAPS = torch.logspace(0, 3, 61, dtype=torch.float64)
SPREAD = 20.0  # of the common offset in the figure: overflow depends on it


@dataclass(frozen=True)
class Params:
    scale: float = number(
        1e4,
        0.1,
        1e4,
        text=Text("logit 的大小", "size of the logits"),
        help=Text(
            "所有 logit 一起偏移的量，也是它们彼此的差距。",
            "How far all logits are moved together, and how far they lie apart.",
        ),
        scale="log",
    )
    dtype: str = choice(
        "float32",
        {name: Text(name, name) for name in TYPES},
        text=Text("浮点类型", "floating-point type"),
    )
    gap: float = number(
        0.1, 0.01, 20.0, text=Text("领先多少", "lead of the larger logit"), scale="log"
    )
    temperature: float = number(1.0, 0.05, 20.0, text=Text("温度 T", "temperature T"), scale="log")
    cooling: float = number(2.0, 1.0, 10.0, text=Text("T 再除以", "T divided further by"))
    classes: int = whole(2, 2, LOGITS, text=Text("类别数", "classes"))


@dataclass(frozen=True)
class Probabilities:
    lost: Counts  # [S] outputs of 8 that are not finite
    error: Numbers  # [S] largest distance from float64, in rounding units of the type
    denominator: Numbers  # [S]


@dataclass(frozen=True)
class Lost:
    lost: Counts  # [S] outputs of 8 that are not finite


@dataclass(frozen=True)
class Logarithms:
    lost: Counts
    error: Numbers  # [S] relative where the logarithm exceeds 1, in rounding units
    loss: Curve  # [S, 61] -log p of the smaller of two logits, lead 1 to 1000


@dataclass(frozen=True)
class Traced:
    lost: Counts
    loss: Curve


@dataclass(frozen=True)
class Mild:
    change: Numbers  # [S] largest effect of the shift on logits of scale 1, float64


@dataclass(frozen=True)
class Lead:
    largest: Numbers  # [S] larger probability of a pair


@dataclass(frozen=True)
class Entropy:
    change: Numbers  # [S] in nats, against temperature T


@dataclass(frozen=True)
class Pair:
    error: Numbers  # [S] distance of a class's probability from the sigmoid


@dataclass(frozen=True)
class Whole:
    total: Numbers  # [S] distance of the sum of all probabilities from 1
    smallest: Numbers  # [S] smallest probability


@dataclass(frozen=True)
class Zeros:
    zeros: Counts  # [S] of 8 inputs between -100 and -80, those with sigmoid exactly 0


@dataclass(frozen=True)
class Measurements:
    naive: Traced
    shifted: Probabilities
    log_after: Traced
    direct: Logarithms
    mild: Mild
    near: Lead
    wide: Lead
    cooled: Entropy
    heated: Entropy
    pair: Pair
    alone: Pair
    classes: Whole
    rounded: Zeros
    double: Zeros


def naive(z: torch.Tensor) -> torch.Tensor:
    return z.exp() / z.exp().sum(-1, keepdim=True)


def powers(z: torch.Tensor) -> torch.Tensor:
    """exp of z less its largest entry: none exceeds 1, one is 1."""
    return (z - z.amax(-1, keepdim=True)).exp()


def shifted(z: torch.Tensor) -> torch.Tensor:
    return powers(z) / powers(z).sum(-1, keepdim=True)


def log_softmax(z: torch.Tensor) -> torch.Tensor:
    """x - m - log(sum of exp(x - m)): the logarithm of no small number is taken."""
    return z - z.amax(-1, keepdim=True) - powers(z).sum(-1, keepdim=True).log()


def entropy(z: torch.Tensor) -> torch.Tensor:
    logs = torch.log_softmax(z, -1)
    return -(logs.exp() * logs).sum(-1)


def lost(values: torch.Tensor) -> Counts:
    return counts((~values.isfinite()).sum(-1))


def units(error: torch.Tensor, dtype: torch.dtype) -> Numbers:
    """[S, 8] -> [S]: the largest error in rounding units of the type; 1e30 where undefined."""
    worst = error.nan_to_num(nan=torch.inf).amax(-1) / torch.finfo(dtype).eps
    return numbers(worst.clamp(max=1e30))


def inputs(params: Params, seeds: Seeds, device: str) -> tuple[torch.Tensor, ...]:
    """Eight logits, classes' logits [S, 8], an offset [S, 1], 8 inputs, a factor [S, 1]."""
    z = draws(seeds, "logits", 2 * LOGITS + 1, device=device).double()
    u = draws(seeds, "points", LOGITS + 1, law="uniform", device=device).double()
    rows = z[:, :LOGITS], 3 * z[:, LOGITS:-1], z[:, -1:]
    return *rows, -80 - 20 * u[:, :-1], 0.5 + u[:, -1:]


def lead(offset: torch.Tensor, gap: torch.Tensor, params: Params) -> Lead:
    pair = torch.cat([offset, offset + gap], 1) / params.temperature
    return Lead(numbers(torch.softmax(pair, 1).amax(1)))


def losses(offset: torch.Tensor, dtype: torch.dtype) -> tuple[Curve, ...]:
    """-log p of the smaller logit [S, 61]: naive, logarithm after the shift, direct formula."""
    pairs = torch.stack(torch.broadcast_tensors(offset, offset + GAPS.to(offset.device)), -1)
    z = pairs.to(dtype)  # [S, 61, 2]
    found = naive(z).log(), shifted(z).log(), log_softmax(z)
    return tuple(numbers(-v[..., 0]) for v in found)


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    unit, classes, offset, points, factor = inputs(params, seeds, device)
    dtype = TYPES[params.dtype]
    moved = (3 * unit + params.scale * offset).to(dtype)  # far from 0, close together
    apart = (params.scale * unit).to(dtype)
    p_error = (shifted(moved).double() - torch.softmax(moved.double(), -1)).abs()
    logs, exact = log_softmax(apart), torch.log_softmax(apart.double(), -1)
    log_error = (logs.double() - exact).abs() / exact.abs().clamp(min=1)
    curves = losses(SPREAD * offset, dtype)
    warmth = [entropy(unit / (params.temperature * t)) for t in (1, params.cooling)]
    cool = entropy(unit * params.cooling / params.temperature)
    few = classes[:, : params.classes]
    p = torch.softmax(few, 1)
    second = torch.sigmoid(few[:, 1] - few[:, 0])
    return Measurements(
        naive=Traced(lost(naive(moved)), curves[0]),
        shifted=Probabilities(
            lost(shifted(moved)), units(p_error, dtype), numbers(powers(moved).sum(-1))
        ),
        log_after=Traced(lost(shifted(apart).log()), curves[1]),
        direct=Logarithms(lost(logs), units(log_error, dtype), curves[2]),
        mild=Mild(numbers((shifted(unit) - naive(unit)).abs().amax(1))),
        near=lead(offset, params.gap * factor, params),
        wide=lead(offset, params.gap * factor + 10 * params.temperature, params),
        cooled=Entropy(numbers(cool - warmth[0])),
        heated=Entropy(numbers(warmth[1] - warmth[0])),
        pair=Pair(numbers((p[:, 1] - second).abs())),
        alone=Pair(numbers((p[:, 1] - torch.sigmoid(few[:, 1])).abs())),
        classes=Whole(numbers((p.sum(1) - 1).abs()), numbers(p.amin(1))),
        rounded=Zeros(counts((torch.sigmoid(points.to(dtype)) == 0).sum(1))),
        double=Zeros(counts((torch.sigmoid(points) == 0).sum(1))),
    )


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again with numpy and exactly rounded sums instead of torch."""
    unit, classes, offset, points, factor = (v[0].numpy() for v in inputs(params, seeds, "cpu"))
    kind: Any = np.dtype(params.dtype).type
    moved = (3 * unit + params.scale * offset).astype(kind)
    apart = (params.scale * unit).astype(kind)
    with np.errstate(all="ignore"):
        e = np.exp(moved - moved.max())
        p = e / e.sum(dtype=kind)
        logs = apart - apart.max() - np.log(np.exp(apart - apart.max()).sum(dtype=kind))
        zeros = (1 / (1 + np.exp(-points.astype(kind))) == 0).sum()
    far = apart.astype("f8") - float(apart.max())
    exact = far - math.log(math.fsum(np.exp(far)))
    eps = float(np.finfo(kind).eps)
    gap = float(params.gap * factor[0])
    logistic = [1 / (1 + math.exp(-(gap + t) / params.temperature)) for t in
                (0, 10 * params.temperature)]  # fmt: skip
    few = weights(classes[: params.classes])
    two = 1 / (1 + math.exp(classes[0] - classes[1]))
    base, cool = (spread(unit * t / params.temperature) for t in (1, params.cooling))
    found = {
        "shifted.lost": (~np.isfinite(p)).sum(),
        "shifted.error": np.abs(p - weights(moved.astype("f8"))).max() / eps,
        "shifted.denominator": e.sum(dtype=kind),
        "direct.lost": (~np.isfinite(logs)).sum(),
        "direct.error": (np.abs(logs - exact) / np.maximum(np.abs(exact), 1)).max() / eps,
        "mild.change": np.abs(np.exp(unit) / math.fsum(np.exp(unit)) - weights(unit)).max(),
        "near.largest": logistic[0],
        "wide.largest": logistic[1],
        "cooled.change": cool - base,
        "pair.error": abs(few[1] - two),
        "classes.total": abs(math.fsum(few) - 1),
        "classes.smallest": few.min(),
        "rounded.zeros": zeros,
        "double.zeros": (1 / (1 + np.exp(-points)) == 0).sum(),
    }
    return {metric: np.array([float(value)]) for metric, value in found.items()}


def weights(z: Numbers) -> Any:
    """Softmax of z [n] with an exactly rounded sum."""
    e = np.exp(z - z.max())
    return e / math.fsum(e)


def spread(z: Numbers) -> float:
    p = weights(z)
    return -math.fsum(p * np.log(p))


def row(*logits: float) -> torch.Tensor:
    return torch.tensor([logits], dtype=torch.float64)


def lost_at(change: Any, params: Params, *logits: float) -> float:
    return float(lost(change(row(*logits).to(TYPES[params.dtype])))[0])


def gaps(params: Params) -> Sequence[float]:
    return GAPS.tolist()


DEFAULT = Params()
LOOKS = (4096,)
ROUNDING = 32.0  # units in the last place that eight terms may cost

DEMO = Demo(
    title=Text("softmax 实验台", "Softmax lab"),
    question=Text(
        "怎样避免 softmax 上溢和下溢？领先一点点，概率会接近 1 吗？",
        "How do you keep softmax from overflowing and underflowing, and does a small lead give a"
        " probability near 1?",
    ),
    summary=Text(
        "用低精度计算 softmax 和它的对数，看哪种写法会坏；再看差距、温度和类别数起什么作用。",
        "Softmax and its logarithm in low precision: which way of writing them breaks; and what"
        " the gap, the temperature and the number of classes do.",
    ),
    topic="softmax_and_losses",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=1024,
    claims=(
        Claim(
            slug="shift_prevents_overflow",
            text=Text(
                f"logit 整体偏到 ±{DEFAULT.scale:g} 的量级时，先减去最大值，{DEFAULT.dtype} 的"
                " softmax 总是有限、准确，分母不小于 1；logit 小时结果不变。",
                f"With all logits moved by about ±{DEFAULT.scale:g}, subtracting the maximum always"
                f" leaves the {DEFAULT.dtype} softmax finite and accurate with a denominator of at"
                " least 1; small logits give the same result as before.",
            ),
            decides=("NUM-1",),
            clauses=(
                always("shifted.lost", below=0.5),
                always("shifted.error", below=ROUNDING),
                always("shifted.denominator", above=0.999),
                always("mild.change", below=1e-12),
            ),
            controls=(nearly_always("naive.lost", above=0.5, below=8.5),),
            control_text=Text("只改一处：不减最大值。", "One change: no subtraction."),
            corners=(
                Corner(
                    Text("(10000, 0, −10000)", "(10000, 0, −10000)"),
                    "shifted.lost",
                    lambda p: lost_at(shifted, p, 1e4, 0, -1e4),
                ),
                Corner(
                    Text("(−20000, −30000)", "(−20000, −30000)"),
                    "shifted.lost",
                    lambda p: lost_at(shifted, p, -2e4, -3e4),
                ),
            ),
            broken=replace(DEFAULT, scale=1.0),
            looks=LOOKS,
        ),
        Claim(
            slug="log_needs_its_own_formula",
            text=Text(
                "直接算 x − m − log Σ eˣ⁻ᵐ，log softmax 总是有限、准确；"
                "先算出减过最大值的 softmax 再取对数，几乎总有 −∞。",
                "Computed as x − m − log Σ eˣ⁻ᵐ, log softmax is always finite and accurate; the"
                " logarithm of the shifted softmax nearly always contains −∞.",
            ),
            decides=("NUM-2",),
            clauses=(always("direct.lost", below=0.5), always("direct.error", below=ROUNDING)),
            controls=(nearly_always("log_after.lost", above=0.5, below=8.5),),
            control_text=Text(
                "只改一处：先算 softmax，再取对数。", "One change: softmax first, then log."
            ),
            corners=(
                Corner(
                    Text("(0, −1000, 5)", "(0, −1000, 5)"),
                    "direct.lost",
                    lambda p: lost_at(log_softmax, p, 0, -1000, 5),
                ),
            ),
            broken=replace(DEFAULT, scale=1.0),
            looks=LOOKS,
        ),
        Claim(
            slug="a_lead_can_stay_small",
            text=Text(
                f"领先约 {DEFAULT.gap:g} 的 logit，概率可以不到 0.55。",
                f"A logit that leads by about {DEFAULT.gap:g} can have a probability below 0.55.",
            ),
            decides=("SMX-2",),
            clauses=(sometimes("near.largest", below=0.55),),
            controls=(never("wide.largest", below=0.55),),
            control_text=Text("只改一处：再多领先 10。", "One change: a lead greater by 10."),
            broken=replace(DEFAULT, gap=10.0),
            looks=LOOKS,
        ),
        Claim(
            slug="cooling_sharpens",
            text=Text(
                f"温度除以 {DEFAULT.cooling:g}，softmax 的熵总是下降：分布更集中。",
                f"Dividing the temperature by {DEFAULT.cooling:g} always lowers the entropy of"
                " softmax: the distribution gets sharper.",
            ),
            decides=("SMX-2",),
            clauses=(always("cooled.change", below=0.0),),
            controls=(nearly_always("heated.change", above=0.0, below=2.1),),
            control_text=Text(
                "只改一处：温度乘以同样的倍数。", "One change: multiplied instead of divided."
            ),
            broken=replace(DEFAULT, cooling=1.0),
            looks=LOOKS,
        ),
        Claim(
            slug="two_classes_are_logistic",
            text=Text(
                "两类 softmax 的第二个概率总是等于 σ(z₂ − z₁)，各概率都大于 0，和为 1。",
                "With two classes the second probability of softmax always equals σ(z₂ − z₁); all"
                " are above 0 and they sum to 1.",
            ),
            decides=("SMX-3",),
            clauses=(
                always("pair.error", below=1e-12),
                always("classes.total", below=1e-12),
                always("classes.smallest", above=1e-15),
            ),
            controls=(nearly_always("alone.error", above=1e-4, below=1.0),),
            control_text=Text("只改一处：写成 σ(z₂)，忘了 z₁。", "One change: σ(z₂), without z₁."),
            broken=replace(DEFAULT, classes=3),
            looks=LOOKS,
        ),
        Claim(
            slug="float32_sigmoid_reaches_zero",
            text=Text(
                f"输入在 −100 到 −80 之间时，{DEFAULT.dtype} 的 sigmoid 可以恰好等于 0。",
                f"For inputs between −100 and −80 sigmoid in {DEFAULT.dtype} can be exactly 0.",
            ),
            decides=("ACT-13",),
            clauses=(sometimes("rounded.zeros", above=0.5),),
            controls=(never("double.zeros", above=0.5),),
            control_text=Text("只改一处：用 float64 计算。", "One change: float64."),
            broken=replace(DEFAULT, dtype="float64"),
            looks=LOOKS,
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("小的那个 logit 的损失 −log p", "Loss −log p of the smaller logit"),
        caption=Text(
            "三条线本该重合。不减最大值的先断（上溢），先算 softmax 再取对数的在差距约 104 处断"
            "（下溢成 0），直接公式一直画到头。断处之后的值是无穷大。",
            "The three lines should coincide. Without the shift it breaks off first (overflow),"
            " with the logarithm taken afterwards at a gap of about 104 (underflow to 0); the"
            " direct formula goes on to the end. Beyond a break the value is infinite.",
        ),
        x=Axis(Text("两个 logit 之差", "gap between the two logits"), scale="log"),
        y=Axis(Text("损失 −log p", "loss −log p"), scale="log"),
        series=(
            Series("direct.loss", Text("直接公式", "direct formula")),
            Series("log_after.loss", Text("先 softmax 后对数", "softmax, then log")),
            Series("naive.loss", Text("不减最大值（对照）", "no shift (control)"), role="control"),
        ),
        x_values=gaps,
    ),
    prediction=Prediction(
        Text(
            "两个 logit 相差约 0.1。softmax 之后，较大的那个概率约是多少？",
            "Two logits differ by about 0.1. After softmax, how large is the larger probability?",
        ),
        "near.largest",
        (
            Option("half", Text("略高于一半", "a little over a half"), above=0.5, below=0.6),
            Option("two_thirds", Text("约三分之二", "about two thirds"), above=0.6, below=0.8),
            Option("one", Text("接近 1", "near 1"), above=0.8),
        ),
    ),
    mutations=(
        Mutation(
            "return (z - z.amax(-1, keepdim=True)).exp()",
            "return z.exp()",
            loses=("shift_prevents_overflow", "log_needs_its_own_formula"),
        ),
        Mutation(
            "pair = torch.cat([offset, offset + gap], 1)",
            "pair = 100 * torch.cat([offset, offset + gap], 1)",
            loses=("a_lead_can_stay_small",),
        ),
        Mutation(
            "cool = entropy(unit * params.cooling",
            "cool = entropy(unit / params.cooling",
            loses=("cooling_sharpens",),
        ),
        Mutation(
            "second = torch.sigmoid(few[:, 1] - few[:, 0])",
            "second = torch.sigmoid(few[:, 0] - few[:, 1])",
            loses=("two_classes_are_logistic",),
        ),
        Mutation(
            "torch.sigmoid(points.to(dtype))",
            "torch.sigmoid(points)",
            loses=("float32_sigmoid_reaches_zero",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：logit 很小", "Make it fail: small logits"),
            replace(DEFAULT, scale=1.0),
        ),
        Preset(
            "follow_up",
            Text("追问：换成 float16、温度 0.05 呢？", "Follow-up: float16, temperature 0.05?"),
            replace(DEFAULT, dtype="float16", temperature=0.05),
        ),
    ),
)
