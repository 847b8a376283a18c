"""How large the first weights are decides whether a net trains and how well it generalises.

A deep tanh net sees its gradient multiplied by every layer's weights: far below Xavier's scale
it does not leave the start; far above it it fits the data but predicts new data badly, because
saturated layers pull neighbouring inputs apart (Goodfellow, Bengio & Courville 2016, section
8.4; Poole et al. 2016). Batch normalisation takes the hidden weights' scale out of the forward
pass (Ioffe & Szegedy 2015).

Control: the same random numbers at Xavier's scale, or the same scale without batch
normalisation; data, rate, momentum and steps are the same in every arm.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import torch
from torch.nn import functional

from demos.kit.declare import (
    Axis,
    Claim,
    Demo,
    Figure,
    Mutation,
    Option,
    Prediction,
    Preset,
    Series,
    Text,
    mostly,
    number,
    switch,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers

TRAIN, TEST = 48, 128  # samples
INPUTS = 8  # the target needs three of them; the others are noise
EPSILON = 1e-5


@dataclass(frozen=True)
class Params:
    small: float = number(
        0.05, 0.01, 1.0, scale="log",
        text=Text("偏小的尺度（1 为 Xavier）", "small scale (1 is Xavier's)"),
    )  # fmt: skip
    large: float = number(
        4.0, 0.5, 6.0, scale="log",
        text=Text("偏大的尺度（1 为 Xavier）", "large scale (1 is Xavier's)"),
    )  # fmt: skip
    hidden: int = whole(3, 1, 8, text=Text("隐藏层数", "hidden layers"), cost=0.8)
    width: int = whole(16, 4, 64, text=Text("隐藏单元数", "hidden units"), scale="log", cost=0.9)
    steps: int = whole(80, 20, 400, text=Text("训练步数", "training steps"), cost=1)
    normalised: bool = switch(
        True, text=Text("第二组带批归一化", "batch normalisation in the second group")
    )
    lr: float = number(0.04, 0.001, 0.1, text=Text("学习率", "learning rate"), scale="log")


@dataclass(frozen=True)
class Arm:
    residual: Numbers  # [S] error on the training data / variance of the target
    test: Numbers  # [S] the same on new data
    moved: Numbers  # [S] distance of all weights from their start / norm of the start


@dataclass(frozen=True)
class Measurements:
    small: Arm
    matched: Arm
    large: Arm
    bn_small: Arm
    bn_large: Arm


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x = draws(seeds, "inputs", INPUTS, TRAIN + TEST, device=device).double()  # [S, 8, 160]
    sizes = [INPUTS] + [params.width] * params.hidden + [1]
    unit = [
        draws(seeds, f"layer {i}", b, a, device=device).double() / math.sqrt(a)
        for i, (a, b) in enumerate(itertools.pairwise(sizes))
    ]
    plain = train(unit, (params.small, 1.0, params.large), x, params, normalised=False)
    with_bn = train(unit, (params.small, params.large), x, params, normalised=params.normalised)
    return Measurements(*plain, *with_bn)


def train(
    unit: list[torch.Tensor],
    scales: tuple[float, ...],
    x: torch.Tensor,
    params: Params,
    *,
    normalised: bool,
) -> list[Arm]:
    """Full-batch gradient descent with momentum, one arm a scale; arms lie on the batch axis."""
    weights = [torch.cat([s * w for s in scales]).requires_grad_() for w in unit]
    first = [w.detach().clone() for w in weights]
    x = x.repeat(len(scales), 1, 1)  # [A, 8, 160]
    y = torch.tanh(x[:, :1] + x[:, 1:2]) + 0.5 * x[:, 2:3]
    seen, new = x[..., :TRAIN].contiguous(), x[..., TRAIN:]
    variance, elsewhere = (
        part.var(2, correction=0)[:, 0] for part in y.split([TRAIN, TEST], dim=2)
    )  # [A]
    optimiser = torch.optim.SGD(weights, lr=params.lr, momentum=0.9)
    for _ in range(params.steps):
        optimiser.zero_grad()
        out, _ = forward(weights, seen, normalised)
        loss = (out - y[..., :TRAIN]).square().mean((1, 2))  # [A]
        loss.sum().backward()
        optimiser.step()
    with torch.no_grad():
        _, statistics = forward(weights, seen, normalised)
        out, _ = forward(weights, new, normalised, statistics)
        test = (out - y[..., TRAIN:]).square().mean((1, 2)) / elsewhere
        moved = distance(weights, first) / distance(first, [0 * w for w in first])
    values = (loss.detach() / variance, test, moved)
    parts = [numbers(v).reshape(len(scales), -1) for v in values]
    return [Arm(*arm) for arm in zip(*parts, strict=True)]


def distance(one: list[torch.Tensor], other: list[torch.Tensor]) -> torch.Tensor:
    """Euclidean distance [A] between two sets of weights."""
    parts = [(a - b).square().sum((1, 2)) for a, b in zip(one, other, strict=True)]
    return torch.stack(parts).sum(0).sqrt()


def forward(
    weights: list[torch.Tensor],
    h: torch.Tensor,
    normalised: bool,
    statistics: list[tuple[torch.Tensor, torch.Tensor]] | None = None,
) -> tuple[torch.Tensor, list[tuple[torch.Tensor, torch.Tensor]]]:
    """The output [A, 1, samples] and each hidden layer's mean and variance over the samples.

    Batch normalisation uses `statistics` where given, those of the training data in a test.
    """
    found = []
    for i, w in enumerate(weights[:-1]):
        h = torch.bmm(w, h)  # [A, units, samples]
        if normalised and statistics is None:
            found.append((h.mean(2, keepdim=True), h.var(2, correction=0, keepdim=True)))
            h = functional.layer_norm(h, h.shape[2:], eps=EPSILON)  # over the samples: batch norm
        elif normalised and statistics is not None:
            mean, variance = statistics[i]
            h = (h - mean) / (variance + EPSILON).sqrt()
        h = torch.tanh(h)
    return torch.bmm(weights[-1], h), found


DEFAULT = Params()
SMALL, LARGE = f"{DEFAULT.small:g}", f"{DEFAULT.large:g}"

DEMO = Demo(
    title=Text("初始尺度与训练", "Initial scale and training"),
    question=Text(
        "初始权重取大取小，对训练和泛化有什么影响？",
        "What does the scale of the first weights do to training and to generalisation?",
    ),
    summary=Text(
        f"{DEFAULT.hidden} 个隐藏层的 tanh 网络，同一批随机数，只改尺度："
        "看训练误差、新数据上的误差，再看加上批归一化之后。",
        f"A tanh net with {DEFAULT.hidden} hidden layers, the same random numbers at three scales:"
        " its error in training, on new data, and with batch normalisation.",
    ),
    topic="initialisation",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="small_scale_stalls",
            text=Text(
                f"权重取 Xavier 的 {SMALL} 倍，训练 {DEFAULT.steps} 步后，"
                "目标的方差还有九成以上没有解释。",
                f"From {SMALL} times Xavier's scale, {DEFAULT.steps} training steps leave more than"
                " 90 % of the target's variance unexplained.",
            ),
            decides=("INI-10",),
            clauses=(mostly("small.residual", above=0.9),),
            controls=(mostly("matched.residual", above=1e-5, below=0.1),),
            control_text=Text(
                "同一批随机数，只改一处：尺度为 Xavier，剩下不到一成。",
                "The same random numbers, one change: at Xavier's scale less than 10 % is left.",
            ),
            trained=True,
            works_with=(mostly("small.moved", above=1e-4),),
            works_without=(mostly("matched.moved", above=1e-2),),
            broken=replace(DEFAULT, small=1.0),
        ),
        Claim(
            slug="large_scale_generalises_worse",
            text=Text(
                f"权重取 Xavier 的 {LARGE} 倍，训练数据拟合得不差，剩余误差低于方差的两成，"
                "新数据上的误差却超过方差的 35%。",
                f"From {LARGE} times Xavier's scale the net fits the training data to within 20 %"
                " of their variance, yet on new data it errs by more than 35 % of theirs.",
            ),
            decides=("INI-10",),
            clauses=(mostly("large.test", above=0.35), mostly("large.residual", below=0.2)),
            controls=(mostly("matched.test", above=0.01, below=0.25),),
            control_text=Text(
                "同一批随机数，只改一处：尺度为 Xavier，新数据上的误差不到方差的四分之一。",
                "The same random numbers, one change: at Xavier's scale the error on new data stays"
                " below a quarter of the variance.",
            ),
            trained=True,
            works_with=(mostly("large.moved", above=1e-2),),
            works_without=(mostly("matched.residual", below=0.1),),
            broken=replace(DEFAULT, large=1.0),
        ),
        Claim(
            slug="batch_norm_trains_from_any_scale",
            text=Text(
                f"隐藏层加上批归一化，从 Xavier 的 {SMALL} 倍或 {LARGE} 倍出发都学得会："
                "训练误差低于方差的两成。",
                f"With batch normalisation in the hidden layers the net trains from {SMALL} and"
                f" from {LARGE} times Xavier's scale: less than 20 % of the variance is left.",
            ),
            decides=("INI-12",),
            clauses=(
                mostly("bn_small.residual", below=0.2),
                mostly("bn_large.residual", below=0.2),
            ),
            controls=(mostly("small.residual", above=0.9, below=1.4),),
            control_text=Text(
                f"同样从 {SMALL} 倍出发，只改一处：没有批归一化，还剩九成以上。",
                f"From {SMALL} times as well, one change: without batch normalisation more than"
                " 90 % is left.",
            ),
            trained=True,
            works_with=(mostly("bn_small.moved", above=1e-2),),
            works_without=(mostly("small.moved", above=1e-4),),
            broken=replace(DEFAULT, normalised=False),
        ),
    ),
    figure=Figure(
        kind="scatter",
        title=Text("训练误差和新数据上的误差", "Error in training and on new data"),
        caption=Text(
            "一点是一个种子。太小：两种误差都停在 1。太大：训练误差小，新数据上的误差却大，"
            "停在左上方。带批归一化从偏小的尺度出发，则靠近 Xavier。",
            "One point a seed. Too small: both errors stay at 1. Too large, at the upper left: a"
            " small error in training, a large one on new data. Batch norm brings the small start"
            " close to Xavier's.",
        ),
        x=Axis(Text("训练误差 ÷ 目标方差", "training error ÷ variance of the target"), "log"),
        y=Axis(Text("新数据上的误差 ÷ 方差", "error on new data ÷ variance"), "log"),
        series=(
            Series("small.test", Text("偏小", "small"), against="small.residual"),
            Series("large.test", Text("偏大", "large"), against="large.residual"),
            Series(
                "bn_small.test",
                Text("偏小，带批归一化", "small, batch norm"),
                against="bn_small.residual",
            ),
            Series(
                "matched.test",
                Text("Xavier（对照）", "Xavier (control)"),
                role="control",
                against="matched.residual",
            ),
        ),
    ),
    prediction=Prediction(
        Text(
            f"tanh 网络从 Xavier 的 {LARGE} 倍出发，把训练数据拟合好了。"
            "新数据上的误差是目标方差的多少？",
            f"A tanh net started at {LARGE} times Xavier's scale has fitted its training data. Its"
            " error on new data, as a part of the target's variance, is …",
        ),
        "large.test",
        (
            Option("small", Text("不到两成", "less than 20 %"), below=0.2),
            Option("middle", Text("两成到五成", "20 to 50 %"), above=0.2, below=0.5),
            Option("large", Text("五成以上", "more than 50 %"), above=0.5),
        ),
    ),
    mutations=(
        Mutation(
            "(params.small, 1.0, params.large)",
            "(1.0, 1.0, 1.0)",
            loses=("small_scale_stalls", "large_scale_generalises_worse"),
        ),
        Mutation(
            "h = functional.layer_norm(h, h.shape[2:], eps=EPSILON)",
            "h = h * 1.0",
            loses=("batch_norm_trains_from_any_scale",),
        ),
        Mutation("optimiser.step()", "pass", loses=("large_scale_generalises_worse",)),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：三个尺度都取 Xavier", "Make it fail: Xavier's scale three times"),
            replace(DEFAULT, small=1.0, large=1.0),
        ),
        Preset(
            "follow_up",
            Text("追问：只有一个隐藏层呢？", "Follow-up: with a single hidden layer?"),
            replace(DEFAULT, hidden=1),
        ),
    ),
)
