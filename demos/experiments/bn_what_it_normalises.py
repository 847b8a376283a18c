"""Batch normalisation standardises pre-activations, not weights, and leaves their shape alone.

Per unit and over the batch it subtracts a mean and divides by a standard deviation (Ioffe &
Szegedy 2015). That is an affine map: exponential data stay as skewed as they were. The scale of
the weights before it cancels, from the output and from the gradient passed on, while the weights'
own gradient shrinks as they grow (van Laarhoven 2017); a bias before it cancels as well. So a net
with it trains from weights whose scale would stop it otherwise. The shift of a layer's inputs
comes from the updates of the layers below.

The library's own batch normalisation is measured, each seed and unit a channel of its own.
Controls, each with one change: the weights standardised instead, normal data, no normalisation,
scale and shift left at 1 and 0, the lower layers frozen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch.nn.functional import batch_norm

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
    nearly_always,
    number,
    switch,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

INPUTS, WIDTH, SAMPLES = 8, 16, 64
EPS = 1e-5
FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0)  # on the weights of both hidden layers
RATE = 0.16
LARGEST = 2.0  # an error beyond twice the variance, or none at all, counts as this


@dataclass(frozen=True)
class Params:
    norm: bool = switch(True, text=Text("批归一化", "batch normalisation"))
    scale: float = number(
        10.0, 1.5, 100.0, scale="log", text=Text("权重放大倍数", "factor on the weights")
    )
    tail: float = number(
        1.0, 0.0, 1.0,
        text=Text("数据的偏斜（0 为正态，1 为指数）", "skew of the data (0 normal, 1 exponential)"),
    )  # fmt: skip
    restore: float = number(
        1.0, 0.25, 4.0, scale="log", text=Text("γ 与标准差之比", "γ over the standard deviation")
    )
    frozen: bool = switch(False, text=Text("冻结下层", "lower layer frozen"))
    steps: int = whole(40, 8, 100, text=Text("训练步数", "training steps"), cost=1)


@dataclass(frozen=True)
class Outputs:
    off: Numbers  # [S] worst unit's distance of its standard deviation over the batch from 1


@dataclass(frozen=True)
class Shape:
    skew: Numbers  # [S] mean skewness of the units' values over the batch


@dataclass(frozen=True)
class Scaled:
    changed: Numbers  # [S] relative change of the outputs as the weights grow
    own: Numbers  # [S] power of the factor by which the weights' gradient norm grows
    inward: Numbers  # [S] the same for the gradient passed to the inputs
    bias: Numbers  # [S] norm of the gradient of a bias before it, over that of the weights


@dataclass(frozen=True)
class Undone:
    error: Numbers  # [S] relative distance from what was normalised


@dataclass(frozen=True)
class Scales:
    left: Numbers  # [S] error over the targets' variance, from weights 3 times too large
    fell: Numbers  # [S] share of the error gone from weights of the right size
    by_scale: Curve  # [S, factors] error over the targets' variance


@dataclass(frozen=True)
class Below:
    shift: Numbers  # [S] how far the upper layer's input means moved, in standard deviations
    fell: Numbers  # [S] share of the error that is gone


@dataclass(frozen=True)
class Measurements:
    outputs: Outputs
    weights: Outputs
    exponential: Shape
    normal: Shape
    normalised: Scaled
    plain: Scaled
    restored: Undone
    untouched: Undone
    with_norm: Scales
    without_norm: Scales
    moving: Below
    frozen: Below


def normalise(z: torch.Tensor, on: bool = True) -> torch.Tensor:
    """The library's batch normalisation of z [S, samples, units] in training mode."""
    if not on:
        return z
    channels = z.transpose(0, 1).reshape(z.shape[1], -1)
    y = batch_norm(channels, None, None, training=True, eps=EPS)
    return y.reshape(z.shape[1], z.shape[0], -1).transpose(0, 1)


def deviation(z: torch.Tensor) -> Outputs:
    return Outputs(numbers((z.std(1, correction=0) - 1).abs().amax(1)))


def standardise(weights: torch.Tensor) -> torch.Tensor:
    """All entries of each seed's matrix [S, …] to mean 0 and variance 1."""
    flat = weights.flatten(1)
    flat = (flat - flat.mean(1, keepdim=True)) / flat.std(1, correction=0, keepdim=True)
    return flat.view_as(weights)


def skew(z: torch.Tensor) -> Shape:
    centred = z - z.mean(1, keepdim=True)
    third = centred.pow(3).mean(1) / centred.square().mean(1).pow(1.5)
    return Shape(numbers(third.mean(1)))


def scaled(
    params: Params, on: bool, x: torch.Tensor, w: torch.Tensor, direction: torch.Tensor
) -> Scaled:
    """Forward, and one random direction back, with the weights as they are and grown."""
    found = []
    for factor in (1.0, params.scale):
        leaves = [x.clone(), factor * w, torch.zeros_like(w[:, 0])]
        leaves = [leaf.requires_grad_() for leaf in leaves]
        y = normalise(leaves[0] @ leaves[1] + leaves[2][:, None, :], on)
        gradients = torch.autograd.grad((y * direction).sum(), leaves)
        found.append((y.detach(), *(g.flatten(1).norm(dim=1) for g in gradients)))
    power = math.log10(params.scale)
    (y, inward, own, bias), (grown, inward_grown, own_grown, _) = found
    change = (grown - y).flatten(1).norm(dim=1) / y.flatten(1).norm(dim=1)
    return Scaled(
        numbers(change),
        numbers((own_grown / own).log10() / power),
        numbers((inward_grown / inward).log10() / power),
        numbers(bias / own),
    )


def undone(z: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor) -> Undone:
    back = gamma * normalise(z) + beta
    return Undone(numbers((back - z).flatten(1).norm(dim=1) / z.flatten(1).norm(dim=1)))


def hidden(
    x: torch.Tensor, layers: list[torch.Tensor], on: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs [S, samples] of two ReLU layers and a readout, and the second layer's inputs."""
    h = normalise(x @ layers[0], on).relu()
    return (normalise(h @ layers[1], on).relu() @ layers[2])[..., 0], h


def scales(params: Params, on: bool, x: torch.Tensor, net: list[torch.Tensor]) -> Scales:
    """Gradient descent from weights of every size at once, one copy of the net for each."""
    count = len(FACTORS)
    factors = torch.tensor(FACTORS, device=x.device).repeat(len(x))[:, None, None]
    first, second, readout = (v.repeat_interleave(count, 0) for v in net[:3])
    copies = [v.clone().requires_grad_() for v in (factors * first, factors * second, readout)]
    inputs, wanted = x.repeat_interleave(count, 0), net[3].repeat_interleave(count, 0)
    descent = torch.optim.SGD(copies, lr=RATE)
    errors = []
    for _ in range(params.steps + 1):
        error = (hidden(inputs, copies, on)[0] - wanted).square().mean(1)
        errors.append(error.detach().view(-1, count))
        descent.zero_grad()
        error.sum().backward()
        descent.step()
    left = errors[-1].nan_to_num(LARGEST, LARGEST).clamp(max=LARGEST)
    whole, grown = FACTORS.index(1.0), FACTORS.index(3.0)
    return Scales(
        numbers(left[:, grown]), numbers(1 - left[:, whole] / errors[0][:, whole]), numbers(left)
    )


def below(params: Params, freeze: bool, x: torch.Tensor, net: list[torch.Tensor]) -> Below:
    """Train without normalisation, and see what became of the second layer's inputs."""
    layers = [v.clone().requires_grad_(not (freeze and i == 0)) for i, v in enumerate(net[:3])]
    descent = torch.optim.SGD([v for v in layers if v.requires_grad], lr=RATE)
    before = hidden(x, layers, False)[1].detach()
    errors = []
    for _ in range(params.steps + 1):
        error = (hidden(x, layers, False)[0] - net[3]).square().mean(1)
        errors.append(error.detach())
        descent.zero_grad()
        error.sum().backward()
        descent.step()
    after = hidden(x, layers, False)[1].detach()
    moved = (after.mean(1) - before.mean(1)).abs() / before.std(1).clamp(min=1e-6)
    return Below(numbers(moved.mean(1)), numbers(1 - errors[-1] / errors[0]))


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x, net = network(seeds, device)
    double, w = x.double(), net[0].double()
    z = 3 * double @ w + 2
    uneven = draws(seeds, "data", SAMPLES, WIDTH, device=device).double()
    even = draws(seeds, "even", SAMPLES, WIDTH, device=device).double()
    tailed = torch.special.ndtr(uneven).clamp(max=1 - 1e-12)
    data = params.tail * -torch.log1p(-tailed) + (1 - params.tail) * uneven
    direction = draws(seeds, "direction", SAMPLES, WIDTH, device=device).double()
    gamma = params.restore * (z.var(1, correction=0, keepdim=True) + EPS).sqrt()
    return Measurements(
        outputs=deviation(normalise(z, params.norm)),
        weights=deviation(3 * double @ standardise(w) + 2),
        exponential=skew(normalise(data, params.norm)),
        normal=skew(normalise(even, params.norm)),
        normalised=scaled(params, params.norm, double, w, direction),
        plain=scaled(params, False, double, w, direction),
        restored=undone(z, gamma, z.mean(1, keepdim=True)),
        untouched=undone(z, torch.ones_like(gamma), torch.zeros_like(gamma)),
        with_norm=scales(params, params.norm, x, net),
        without_norm=scales(params, False, x, net),
        moving=below(params, params.frozen, x, net),
        frozen=below(params, True, x, net),
    )


def network(seeds: Seeds, device: str) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Inputs [S, samples, inputs]; He weights of two layers, a readout, and targets."""
    x = draws(seeds, "inputs", SAMPLES, INPUTS, device=device)
    first = draws(seeds, "first", INPUTS, WIDTH, device=device) * (2 / INPUTS) ** 0.5
    second = draws(seeds, "second", WIDTH, WIDTH, device=device) * (2 / WIDTH) ** 0.5
    readout = draws(seeds, "readout", WIDTH, 1, device=device) * WIDTH**-0.5
    teacher = draws(seeds, "teacher", INPUTS, 2, device=device) * INPUTS**-0.5
    target = (x @ teacher).tanh().prod(2)
    target = (target - target.mean(1, keepdim=True)) / target.std(1, keepdim=True)
    return x, [first, second, readout, target]


DEFAULT = Params()
WITHOUT = replace(DEFAULT, norm=False)

DEMO = Demo(
    title=Text("批归一化到底归一化什么", "What batch normalisation normalises"),
    question=Text(
        "批归一化改的是权重还是激活？会把数据变成高斯吗？权重放大 10 倍又如何？",
        "Does batch normalisation change weights or activations, does it make data Gaussian, and"
        " what if the weights grow tenfold?",
    ),
    summary=Text(
        "同样的权重和数据，有和没有批归一化各算一遍：看输出的尺度和形状、权重放大后的输出与梯度，"
        "再看权重尺度不合适时还能不能训练。",
        "The same weights and data with and without batch normalisation: scale and shape of the"
        " outputs, outputs and gradients as the weights grow, and whether a net still trains from"
        " weights of the wrong size.",
    ),
    topic="normalisation",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="outputs_are_standardised",
            text=Text(
                "批归一化之后，每个单元在批次上的标准差与 1 相差不到 1%；"
                "改成把权重标准化（均值 0、方差 1），标准差则偏离 1 以上。",
                "After batch normalisation every unit's standard deviation over the batch is within"
                " 1 % of 1; standardising the weights instead leaves it more than 1 away.",
            ),
            decides=("BN-1",),
            clauses=(mostly("outputs.off", above=-0.01, below=0.01),),
            controls=(mostly("weights.off", above=1.0, below=50.0),),
            control_text=Text("只改一处：标准化的是权重。", "One change: the weights instead."),
            broken=WITHOUT,
        ),
        Claim(
            slug="the_shape_stays",
            text=Text(
                "指数分布的数据经批归一化之后，偏度仍在 1 以上；正态数据的在 ±0.5 之内。",
                "Exponential data keep a skewness above 1 through batch normalisation; that of"
                " normal data is within ±0.5.",
            ),
            decides=("BN-2",),
            clauses=(mostly("exponential.skew", above=1.0),),
            controls=(mostly("normal.skew", above=-0.5, below=0.5),),
            control_text=Text("只改一处：数据是正态的。", "One change: normal data."),
            broken=replace(DEFAULT, tail=0.0),
        ),
        Claim(
            slug="weight_scale_cancels",
            text=Text(
                f"批归一化之前的权重放大 {DEFAULT.scale:g} 倍：输出变化不到千分之一，"
                "传给输入的梯度不变，权重自己的梯度却缩小大约同样的倍数。",
                f"Multiply the weights before batch normalisation by {DEFAULT.scale:g}: the outputs"
                " change by less than 0.1 %, the gradient passed on stays, and the weights' own"
                " gradient falls by about the same factor.",
            ),
            decides=("BN-7", "REG-4"),
            clauses=(
                nearly_always("normalised.changed", above=-0.001, below=0.001),
                nearly_always("normalised.own", above=-1.1, below=-0.9),
                nearly_always("normalised.inward", above=-0.1, below=0.1),
            ),
            controls=(
                nearly_always("plain.changed", above=0.5, below=100.0),
                nearly_always("plain.own", above=-0.1, below=0.1),
                nearly_always("plain.inward", above=0.9, below=1.1),
            ),
            control_text=Text("只改一处：没有批归一化。", "One change: no batch normalisation."),
            broken=WITHOUT,
        ),
        Claim(
            slug="a_bias_before_it_is_redundant",
            text=Text(
                "批归一化之前的偏置得不到梯度：不到权重梯度的百万分之一；"
                "没有批归一化时在 5% 以上。",
                "A bias before batch normalisation gets no gradient: less than a millionth of the"
                " weights' own; without it more than 5 %.",
            ),
            decides=("BN-6",),
            clauses=(nearly_always("normalised.bias", above=-1e-6, below=1e-6),),
            controls=(nearly_always("plain.bias", above=0.05, below=2.0),),
            control_text=Text("只改一处：没有批归一化。", "One change: no batch normalisation."),
            broken=WITHOUT,
        ),
        Claim(
            slug="scale_and_shift_can_undo_it",
            text=Text(
                "取 γ 为批次的标准差、β 为均值，输入就还原了，相对误差不到百万分之一；"
                "γ = 1、β = 0 时差 30% 以上。",
                "With γ the batch's standard deviation and β its mean the input is restored to"
                " within a millionth; with γ = 1 and β = 0 it is more than 30 % away.",
            ),
            decides=("BN-6",),
            clauses=(nearly_always("restored.error", above=-1e-6, below=1e-6),),
            controls=(nearly_always("untouched.error", above=0.3, below=2.0),),
            control_text=Text("只改一处：γ = 1、β = 0。", "One change: γ = 1 and β = 0."),
            broken=replace(DEFAULT, restore=2.0),
        ),
        Claim(
            slug="it_trains_from_weights_too_large",
            text=Text(
                f"两个隐藏层的权重都放大 3 倍，学习率 {RATE:g}：有批归一化的网络训练 "
                f"{DEFAULT.steps} 步后误差降到方差的 0.8 以下，没有的一点没学到。",
                f"With the weights of both hidden layers 3 times too large, at a learning rate of"
                f" {RATE:g}, the net with batch normalisation brings its error below 0.8 of the"
                f" variance in {DEFAULT.steps} steps; without it the net learns nothing.",
            ),
            decides=("BN-8",),
            clauses=(mostly("with_norm.left", above=-0.1, below=0.8),),
            controls=(mostly("without_norm.left", above=0.9, below=2.1),),
            control_text=Text("只改一处：没有批归一化。", "One change: no batch normalisation."),
            trained=True,
            works_with=(mostly("with_norm.fell", above=0.3),),
            works_without=(mostly("without_norm.fell", above=0.3),),
            broken=WITHOUT,
        ),
        Claim(
            slug="the_shift_comes_from_below",
            text=Text(
                f"训练 {DEFAULT.steps} 步后，第二层输入的均值移动了 0.02 个标准差以上；"
                "冻结第一层，一点不动，误差照样下降。",
                f"In {DEFAULT.steps} steps of training the means of the second layer's inputs move"
                " by more than 0.02 standard deviations; with the first layer frozen not at all,"
                " while the error falls just the same.",
            ),
            decides=("BN-4",),
            clauses=(mostly("moving.shift", above=0.02),),
            controls=(mostly("frozen.shift", above=-1e-9, below=1e-9),),
            control_text=Text("只改一处：冻结第一层。", "One change: the first layer frozen."),
            trained=True,
            works_with=(mostly("moving.fell", above=0.3),),
            works_without=(mostly("frozen.fell", above=0.3),),
            broken=replace(DEFAULT, frozen=True),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("权重的大小还要紧吗", "Does the size of the weights still matter?"),
        caption=Text(
            "同一学习率，隐藏层权重乘上不同的倍数，训练之后剩下的误差（1 为目标的方差）。"
            "没有批归一化时只有合适的大小才能训练；有了它，权重越大，有效学习率越小，学得越慢，"
            "但不会停。带子盖住 95% 的种子。",
            "The error left after training at one learning rate, from hidden weights of different"
            " size (1 is the variance of the targets). Without batch normalisation only weights of"
            " the right size train; with it larger ones have a smaller effective rate and are"
            " slower, yet they learn. Band: 95 % of seeds.",
        ),
        x=Axis(Text("权重的倍数", "factor on the weights"), scale="log"),
        y=Axis(Text("误差 ÷ 方差", "error ÷ variance")),
        series=(
            Series("with_norm.by_scale", Text("有批归一化", "with batch norm")),
            Series(
                "without_norm.by_scale", Text("没有（对照）", "without (control)"), role="control"
            ),
        ),
        x_values=lambda _: FACTORS,
    ),
    prediction=Prediction(
        Text(
            "指数分布的数据偏度约为 2。经过批归一化，偏度变成多少？（64 个样本，估计会偏小一些。）",
            "Exponential data have a skewness of about 2. What is it after batch normalisation?"
            " (Of 64 samples, which makes the estimate a little low.)",
        ),
        "exponential.skew",
        (
            Option("gone", Text("0 左右：变成高斯了", "about 0: they are Gaussian now"), below=0.5),
            Option("halved", Text("1 左右", "about 1"), above=0.5, below=1.25),
            Option("same", Text("差不多不变", "about the same"), above=1.25),
        ),
    ),
    mutations=(
        Mutation(
            "outputs=deviation(normalise(z, params.norm))",
            "outputs=deviation(z)",
            loses=("outputs_are_standardised",),
        ),
        Mutation(
            "data = params.tail * -torch.log1p(-tailed)",
            "data = params.tail * uneven",
            loses=("the_shape_stays",),
        ),
        Mutation(
            "y = normalise(leaves[0] @ leaves[1] + leaves[2][:, None, :], on)",
            "y = leaves[0] @ leaves[1] + leaves[2][:, None, :]",
            loses=("weight_scale_cancels", "a_bias_before_it_is_redundant"),
        ),
        Mutation(
            "back = gamma * normalise(z) + beta",
            "back = 2 * gamma * normalise(z) + beta",
            loses=("scale_and_shift_can_undo_it",),
        ),
        Mutation(
            "error = (hidden(inputs, copies, on)[0] - wanted)",
            "error = (hidden(inputs, copies, False)[0] - wanted)",
            loses=("it_trains_from_weights_too_large",),
        ),
        Mutation(
            "moving=below(params, params.frozen, x, net)",
            "moving=below(params, True, x, net)",
            loses=("the_shift_comes_from_below",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：拿掉批归一化", "Make it fail: take it away"),
            WITHOUT,
        ),
        Preset(
            "follow_up",
            Text("追问：权重放大 100 倍呢？", "Follow-up: weights a hundred times larger?"),
            replace(DEFAULT, scale=100.0),
        ),
    ),
)
