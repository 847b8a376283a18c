"""Inverted dropout keeps the mean of a layer and inflates its second moment.

A mask that keeps each unit with probability 1 - p and divides by 1 - p has mean 1 and second
moment 1 / (1 - p) (Srivastava et al. 2014, section 10). The next layer's input therefore has
the test-time mean; but each layer multiplies variance, forwards and backwards, by 1 / (1 - p),
so that He weights no longer keep gradients level with depth (Schoenholz et al. 2017; Pretorius
et al. 2018). Undivided, the factor is 1 - p and they vanish.

The gradient at the output is the same draw in every arm: what differs is the way back.
Control: the same masks and data, weight variance times 1 - p. ReLU layers without biases scale
with their weights, so what the control tests is whether 1 - p is the right amount.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

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
    always,
    mostly,
    nearly_always,
    number,
    switch,
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SAMPLES = 4  # inputs, each with masks of its own
MASKS = 512  # masks of one layer over which an expectation is taken
DRAWS = 256  # masks whose dropped units are counted
RATES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
TINY = 1e-45


@dataclass(frozen=True)
class Params:
    p: float = number(0.5, 0.0, 0.9, text=Text("丢弃率 p", "drop rate p"))
    depth: int = whole(40, 2, 60, text=Text("层数", "layers"), cost=0.8)
    width: int = whole(128, 32, 256, text=Text("每层单元数", "units a layer"), scale="log", cost=1)
    inverted: bool = switch(True, text=Text("训练时除以 1−p", "divide by 1 − p in training"))
    corrected: bool = switch(
        False, text=Text("初始权重方差乘以 1−p", "multiply the initial weight variance by 1 − p")
    )


@dataclass(frozen=True)
class Net:
    growth: Logs  # [S] log10 of the input gradient over that without dropout
    alive: Numbers  # [S] share of samples whose gradient reaches the input
    by_rate: Curve  # [S, len(RATES) + 1] the same ratio at p = 0 and at each of RATES


@dataclass(frozen=True)
class Plain:
    size: Logs  # [S] log10 of the input gradient over the output gradient, no dropout


@dataclass(frozen=True)
class Input:
    missing: Numbers  # [S] (1 - slope of the mean input in training on that at test) / p


@dataclass(frozen=True)
class Level:
    excess: Numbers  # [S] mean activation in training / at test, minus 1


@dataclass(frozen=True)
class Pass:
    leak: Numbers  # [S] weight gradient of the units drawn to drop / of the others
    deviation: Numbers  # [S] largest |(1 - p) gradient above - below the mask|, kept, relative
    flow: Numbers  # [S] weight gradient of the kept units


@dataclass(frozen=True)
class Count:
    exact: Numbers  # [S] share of masks that drop exactly round(p width) units
    spread: Numbers  # [S] spread of the share dropped / that of independent draws


@dataclass(frozen=True)
class Measurements:
    plain: Plain
    dropout: Net
    corrected: Net
    unscaled: Net
    input: Input
    bare_input: Input
    next_layer: Level
    same_layer: Level
    masked: Pass
    unmasked: Pass
    drawn: Count
    ranked: Count


def strength(p: float, inverted: bool, corrected: bool) -> float:
    """What a kept unit is multiplied by: the mask's scale and the scale of the weights."""
    scale = 1 / (1 - p) if inverted else 1.0
    return scale * math.sqrt(1 - p) if corrected else scale


def weights(params: Params, seeds: Seeds, layer: int, device: str) -> torch.Tensor:
    """He weights [S, width, width] of one layer."""
    std = math.sqrt(2 / params.width)
    return draws(seeds, f"layer {layer}", params.width, params.width, std=std, device=device)


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x = draws(seeds, "inputs", SAMPLES, params.width, device=device)  # [S, 4, n]
    return Measurements(
        *deep(params, seeds, x),
        *shallow(params, seeds, x),
        *backward(params, seeds, x),
        *counted(params, seeds, device),
    )


def deep(params: Params, seeds: Seeds, x: torch.Tensor) -> tuple[Plain, Net, Net, Net]:
    """The gradient at the input of the whole net, for every rate and scaling at once."""
    device = str(x.device)
    rates = [*RATES, params.p]
    kinds = ((params.inverted, params.corrected), (True, True), (False, False))
    arms = [(0.0, 1.0)] + [(p, strength(p, *kind)) for kind in kinds for p in rates]
    p, gain = (torch.tensor(v, device=x.device).view(-1, 1, 1) for v in zip(*arms, strict=True))
    shape = (len(seeds), len(arms), SAMPLES, params.width)
    h = x[:, None].expand(shape)
    layers = []
    for layer in range(params.depth):
        w = weights(params, seeds, layer, device)
        u = draws(seeds, f"masks {layer}", SAMPLES, params.width, law="uniform", device=device)
        z = torch.bmm(h.flatten(1, 2), w).view(shape)
        slope = gain * ((u[:, None] >= p) & (z > 0))  # of ReLU and mask together
        h = z * slope
        layers.append((w, slope))
    out = draws(seeds, "output gradient", SAMPLES, params.width, device=device)
    g = out[:, None].expand(shape)
    for w, slope in reversed(layers):
        g = torch.bmm((g * slope).flatten(1, 2), w.mT).view(shape)
    size = g.double().square().sum(3)  # [S, A, 4]
    norm = size.mean(2).sqrt().clamp(min=TINY)  # [S, A]
    ratio = norm / norm[:, :1]
    nets = []
    for part in torch.arange(1, len(arms), device=x.device).split(len(rates)):
        curve = torch.cat([ratio[:, :1], ratio[:, part[:-1]]], 1)
        own = part[-1]
        alive = (size[:, own] > 0).double().mean(1)
        nets.append(Net(*map(numbers, (ratio[:, own].log10(), alive, curve))))
    plain = Plain(numbers((norm[:, 0] / out.double().square().sum(2).mean(1).sqrt()).log10()))
    return plain, nets[0], nets[1], nets[2]


def shallow(params: Params, seeds: Seeds, x: torch.Tensor) -> tuple[Input, Input, Level, Level]:
    """Expectations over many masks of the first hidden layer, against the net at test."""
    w0, w1 = (weights(params, seeds, layer, str(x.device)) for layer in (0, 1))
    h = torch.relu(x @ w0)  # [S, 4, n]
    u = draws(seeds, "many masks", MASKS, *h.shape[1:], law="uniform", device=str(x.device))
    bare = h[:, None] * (u >= params.p)
    masked = bare * strength(params.p, params.inverted, False)
    test = h @ w1  # [S, 4, n]
    z = torch.bmm(masked.flatten(1, 2), w1).view(masked.shape)  # [S, 512, 4, n]
    inputs = []
    for mean in (z.mean(1), bare.mean(1) @ w1):
        slope = (mean * test).sum((1, 2)) / test.square().sum((1, 2))
        inputs.append(Input(numbers((1 - slope) / (params.p or 1.0))))
    excess = [
        Level(numbers(train.mean((1, 2, 3)) / at_test.mean((1, 2)) - 1))
        for train, at_test in ((torch.relu(z), torch.relu(test)), (masked, h))
    ]
    return inputs[0], inputs[1], excess[0], excess[1]


def backward(params: Params, seeds: Seeds, x: torch.Tensor) -> tuple[Pass, Pass]:
    """Autograd through two layers with one sample: with the mask, and as at test."""
    device = str(x.device)
    w0, w1 = (weights(params, seeds, layer, device).double() for layer in (0, 1))
    readout = draws(seeds, "readout", params.width, 1, device=device).double()
    kept = draws(seeds, "one mask", params.width, law="uniform", device=device) >= params.p
    mask = kept.double() * strength(params.p, params.inverted, False)
    passes = []
    for factor in (mask, torch.ones_like(mask)):
        w0, w1 = w0.detach().requires_grad_(), w1.detach().requires_grad_()
        h = torch.relu(x[:, :1].double() @ w0)  # [S, 1, n]
        after = h * factor[:, None]
        loss = (torch.relu(after @ w1) @ readout).sum()
        to_w0, to_w1, before, behind = torch.autograd.grad(loss, (w0, w1, h, after))
        touched = to_w0.square().sum(1) + to_w1.square().sum(2)  # [S, n], a unit's own weights
        gap = (before * (1 - params.p) - behind).abs()[:, 0] / behind.abs().amax(2).clamp(min=TINY)
        passes.append(Pass(*map(numbers, compared(touched, gap, kept))))
    return passes[0], passes[1]


def compared(
    touched: torch.Tensor, gap: torch.Tensor, kept: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    """The fields of `Pass` from each unit's squared gradient, deviation and mask [S, n]."""
    dropped, passed = (
        ((touched * part).sum(1) / part.sum(1).clamp(min=1)).sqrt() for part in (~kept, kept)
    )
    leak = dropped / passed.clamp(min=TINY)
    return leak, (gap * kept).amax(1), passed


def counted(params: Params, seeds: Seeds, device: str) -> tuple[Count, Count]:
    """How many units 256 masks drop: drawn unit by unit, and the lowest round(p n) of them."""
    n = params.width
    u = draws(seeds, "counted masks", DRAWS, n, law="uniform", device=device)
    wanted = round(params.p * n)
    limit = u.sort(2).values[..., wanted, None]  # exactly `wanted` draws lie below it
    counts = []
    for dropped in (u < params.p, u < limit):
        k = dropped.double().sum(2)  # [S, 256]
        binomial = max(math.sqrt(n * params.p * (1 - params.p)), TINY)
        exact = (k == wanted).double().mean(1)
        counts.append(Count(numbers(exact), numbers(k.std(1) / binomial)))
    return counts[0], counts[1]


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """The backward pass of one seed again, in numpy, with the chain rule by hand."""
    x = draws(seeds, "inputs", SAMPLES, params.width)[0, 0].double().numpy()
    w0, w1 = (weights(params, seeds, layer, "cpu")[0].double().numpy() for layer in (0, 1))
    readout = draws(seeds, "readout", params.width, 1)[0, :, 0].double().numpy()
    kept = draws(seeds, "one mask", params.width, law="uniform")[0].numpy() >= params.p
    mask = kept * strength(params.p, params.inverted, False)
    h = np.maximum(w0.T @ x, 0)
    upper = (w1.T @ (h * mask) > 0) * readout
    behind = w1 @ upper
    before = behind * mask
    lower = before * (h > 0)
    touched = (x @ x) * lower**2 + (h * mask) ** 2 * (upper @ upper)
    leak = np.sqrt(touched[~kept].sum() / max(1, (~kept).sum()))
    leak /= max(np.sqrt(touched[kept].sum() / max(1, kept.sum())), TINY)
    gap = np.abs(before * (1 - params.p) - behind)[kept]
    deviation = gap.max(initial=0.0) / max(np.abs(behind).max(), TINY)
    return {"masked.leak": np.array([leak]), "masked.deviation": np.array([deviation])}


DEFAULT = Params()
HALF = round(DEFAULT.p * DEFAULT.width)

DEMO = Demo(
    title=Text(
        "Dropout 的缩放：均值不变，梯度放大", "Dropout's scaling: mean kept, gradient inflated"
    ),
    question=Text("Dropout 能缓解梯度爆炸吗？", "Does dropout tame exploding gradients?"),
    summary=Text(
        f"{DEFAULT.depth} 层 ReLU 网络，He 权重，只改丢弃率和缩放：量下一层的输入、"
        "输入处的梯度和被丢单元的梯度。",
        f"{DEFAULT.depth} ReLU layers with He weights; only the drop rate and the scaling change."
        " We watch the next layer's input, the gradient at the net's input and the dropped units.",
    ),
    topic="regularisation",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=2,  # forty wide layers fill the cache: larger batches only push them out
    claims=(
        Claim(
            slug="inverted_inflates_gradients",
            text=Text(
                f"训练时除以 1−p 的 dropout（p = {DEFAULT.p}），把 {DEFAULT.depth} 层 ReLU 网络"
                "输入处的梯度放大一万倍以上。",
                f"Inverted dropout with p = {DEFAULT.p} enlarges the gradient at the input of a"
                f" {DEFAULT.depth}-layer ReLU net more than 10 000-fold.",
            ),
            decides=("VG-14",),
            clauses=(mostly("dropout.growth", above=4.0),),
            controls=(mostly("corrected.growth", above=-1.0, below=1.0),),
            control_text=Text(
                "同样的掩码，只改一处：权重方差乘以 1−p，梯度与不用 dropout 时相差不到 10 倍。",
                "Same masks, one change: the weight variance times 1 − p keeps the gradient within"
                " tenfold of that without dropout.",
            ),
            works_with=(mostly("dropout.alive", above=0.9),),
            works_without=(mostly("plain.size", above=-1.0, below=1.0),),
            broken=replace(DEFAULT, corrected=True),
        ),
        Claim(
            slug="scaling_keeps_the_mean",
            text=Text(
                f"p = {DEFAULT.p}，训练时除以 1−p：下一层的输入对掩码取平均，就是测试时的输入，"
                "两者的斜率与 1 相差不到 2%。",
                f"With p = {DEFAULT.p}, dividing by 1 − p in training gives the next layer, on"
                " average over masks, its test-time input: the slope between them is 1 to within"
                " 2 %.",
            ),
            decides=("DO-1",),
            clauses=(mostly("input.missing", above=-0.04, below=0.04),),
            controls=(mostly("bare_input.missing", above=0.97, below=1.03),),
            control_text=Text(
                "只改一处：不除以 1−p，平均输入少掉的份额正好是 p。",
                "One change: no division; the mean input then falls short by the share p.",
            ),
            broken=replace(DEFAULT, inverted=False),
        ),
        Claim(
            slug="mean_drifts_after_relu",
            text=Text(
                "再过一个 ReLU 就对不上了：训练时的平均激活比测试时高出 20% 以上。",
                "One ReLU later the match is gone: the mean activation in training exceeds that at"
                " test by more than 20 %.",
            ),
            clauses=(mostly("next_layer.excess", above=0.2),),
            controls=(mostly("same_layer.excess", above=-0.03, below=0.03),),
            control_text=Text(
                "同样的网络和掩码，只改一处：在被丢弃的那一层量。",
                "Same net and masks, one change: measured at the masked layer itself.",
            ),
            broken=replace(DEFAULT, p=0.0),
        ),
        Claim(
            slug="undivided_shrinks_gradients",
            text=Text(
                "同样的掩码，训练时不除以 1−p：同一处的梯度缩小到万分之一以下。",
                "The same masks without the division shrink that gradient more than 10 000-fold.",
            ),
            clauses=(mostly("unscaled.growth", below=-4.0),),
            controls=(mostly("corrected.growth", above=-1.0, below=1.0),),
            control_text=Text(
                "只改一处：留下的单元除以 √(1−p)，与把权重方差除以 1−p 是一回事。",
                "One change: kept units are divided by √(1 − p), which amounts to dividing the"
                " weight variance by 1 − p.",
            ),
            works_with=(mostly("unscaled.alive", above=0.9),),
            works_without=(mostly("plain.size", above=-1.0, below=1.0),),
            broken=replace(DEFAULT, p=0.0),
        ),
        Claim(
            slug="gradient_follows_the_mask",
            text=Text(
                "前向丢掉的单元，连同它的进出权重，这个样本给的梯度恰为 0；"
                "留下的单元，梯度穿过掩码时乘以 1/(1−p)。",
                "A unit dropped in the forward pass, with its incoming and outgoing weights, gets"
                " exactly no gradient from that sample; a kept unit's is multiplied by 1/(1 − p).",
            ),
            decides=("DO-8",),
            clauses=(
                always("masked.leak", below=1e-12),
                always("masked.deviation", below=1e-9),
            ),
            controls=(nearly_always("unmasked.leak", above=0.3, below=3.0),),
            control_text=Text(
                "同样的单元，只改一处：前向不加掩码，与测试时一样。",
                "The same units, one change: no mask in the forward pass, as at test time.",
            ),
            works_with=(mostly("masked.flow", above=1e-2),),
            works_without=(mostly("unmasked.flow", above=1e-2),),
            broken=replace(DEFAULT, p=0.0),
        ),
        Claim(
            slug="dropped_share_is_random",
            text=Text(
                f"p = {DEFAULT.p}、{DEFAULT.width} 个单元：恰好丢掉 {HALF} 个的掩码不到四分之一，"
                "丢弃比例的波动与逐个独立抽签相差不到 30%。",
                f"With p = {DEFAULT.p}, fewer than a quarter of the masks drop exactly {HALF} of"
                f" {DEFAULT.width} units; the share dropped varies as independent draws do, to"
                " within 30 %.",
            ),
            decides=("DO-2",),
            clauses=(
                mostly("drawn.exact", below=0.25),
                mostly("drawn.spread", above=0.7, below=1.3),
            ),
            controls=(
                mostly("ranked.exact", above=0.99, below=1.01),
                mostly("ranked.spread", above=-0.01, below=0.01),
            ),
            control_text=Text(
                f"同一批随机数，只改一处：每次固定丢掉数最小的 {HALF} 个单元。",
                f"The same random numbers, one change: the {HALF} units with the lowest ones go.",
            ),
            broken=replace(DEFAULT, p=0.0),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("丢弃率与输入处的梯度", "Drop rate and the gradient at the input"),
        caption=Text(
            "每层把梯度的二阶矩乘以 1/(1−p)，层层相乘就成了这条曲线；不除则每层乘以 1−p。"
            "对照只把权重方差乘以 1−p。带子盖住 95% 的种子。",
            "Each layer multiplies the gradient's second moment by 1/(1 − p), or undivided by"
            " 1 − p. The control scales the weight variance by 1 − p. Band: 95 % of seeds.",
        ),
        x=Axis(Text("丢弃率 p", "drop rate p")),
        y=Axis(Text("梯度 ÷ 不用 dropout 时的梯度", "gradient ÷ gradient without dropout"), "log"),
        series=(
            Series("dropout.by_rate", Text("所设的 dropout", "dropout as set")),
            Series("unscaled.by_rate", Text("不除以 1−p", "not divided by 1 − p")),
            Series(
                "corrected.by_rate",
                Text("方差 × (1−p)（对照）", "variance × (1−p) (control)"),
                role="control",
            ),
        ),
        x_values=lambda _: (0.0, *RATES),
    ),
    prediction=Prediction(
        Text(
            f"{DEFAULT.depth} 层 ReLU 网络，He 初始化。每层加上 p = {DEFAULT.p} 的 dropout"
            "（训练时除以 1−p），输入处的梯度与不加时相比如何？",
            f"A {DEFAULT.depth}-layer ReLU net with He weights gets dropout of p = {DEFAULT.p} in"
            " every layer, divided by 1 − p in training. The gradient at the input becomes …",
        ),
        "dropout.growth",
        (
            Option("smaller", Text("小到十分之一以下", "more than ten times smaller"), below=-1.0),
            Option(
                "same",
                Text("差不多，相差不到 10 倍", "about the same, within tenfold"),
                above=-1.0,
                below=1.0,
            ),
            Option("larger", Text("大到 10 倍以上", "more than ten times larger"), above=1.0),
        ),
    ),
    mutations=(
        Mutation(
            "scale = 1 / (1 - p) if inverted else 1.0",
            "scale = 1.0",
            loses=(
                "scaling_keeps_the_mean",
                "mean_drifts_after_relu",
                "inverted_inflates_gradients",
                "gradient_follows_the_mask",
            ),
        ),
        Mutation(
            "(True, True), (False, False))",
            "(True, True), (True, False))",
            loses=("undivided_shrinks_gradients",),
        ),
        Mutation(
            "after = h * factor[:, None]", "after = h.clone()", loses=("gradient_follows_the_mask",)
        ),
        Mutation(
            "in (u < params.p, u < limit)",
            "in (u < limit, u < limit)",
            loses=("dropped_share_is_random",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：训练时不除以 1−p", "Make it fail: no division in training"),
            replace(DEFAULT, inverted=False),
        ),
        Preset(
            "follow_up",
            Text("追问：权重方差乘以 1−p 呢？", "Follow-up: weight variance times 1 − p?"),
            replace(DEFAULT, corrected=True),
        ),
    ),
)
