"""What ReLU, batch normalisation and a skip connection do to a gradient that vanishes.

Each of the three, put alone into a deep sigmoid net, brings a gradient back that was lost; none
is a complete cure. ReLU still needs weights that fit it. Batch normalisation with ReLU and
without skips makes the gradient of a fresh net explode with depth, in wide layers by the factor
sqrt(pi / (pi - 1)) = 1.21 a layer whatever the weights (Yang et al. 2019), so that "any depth
behaves like a shallow net" fails.

All arms of a seed share a batch of inputs, the output signal and one set of normal numbers.
Normalisation stands before the activation and uses the statistics of the batch; a skip adds the
layer's input to its output (He et al. 2016).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

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
    choice,
    mostly,
    number,
    switch,
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

TINY = 1e-37
EPS = 1e-5  # added to the variance of a batch


@dataclass(frozen=True)
class Params:
    depth: int = whole(50, 4, 60, text=Text("层数", "layers"), cost=1)
    width: int = whole(48, 16, 128, text=Text("每层单元数", "units a layer"), scale="log", cost=1.6)
    batch: int = whole(48, 8, 128, text=Text("批大小", "batch size"), scale="log", cost=1)
    gain: float = number(
        1.0,
        0.5,
        8.0,
        text=Text("sigmoid 网络的权重增益", "weight gain of the sigmoid net"),
        scale="log",
    )
    skips: bool = switch(True, text=Text("用上捷径连接", "skip connections where the arm has them"))
    before: str = choice(
        "sigmoid",
        {"sigmoid": Text("sigmoid", "sigmoid"), "linear": Text("无激活", "no activation")},
        text=Text("补救之前的激活", "activation before the remedy"),
    )
    normalised: str = choice(
        "relu",
        {
            "relu": Text("ReLU", "ReLU"),
            "sigmoid": Text("sigmoid", "sigmoid"),
            "linear": Text("无激活", "none"),
        },
        text=Text("归一化之后的激活", "activation behind the normalisation"),
    )


@dataclass(frozen=True)
class Net:
    change: Logs  # [S] log10 of the gradient at the input over that at the output
    factor: Numbers  # [S] the same, as a factor a layer
    by_layer: Curve  # [S, depth + 1] gradient behind 0, 1, … layers / at the output


@dataclass(frozen=True)
class Measurements:
    plain: Net
    relu: Net
    norm: Net
    skip: Net
    he_relu: Net
    norm_relu: Net
    norm_relu_skip: Net


def arms(params: Params) -> dict[str, tuple[str, float, bool, bool]]:
    """Arm -> activation, gain, batch normalisation, skip."""
    return {
        "plain": (params.before, params.gain, False, False),
        "relu": ("relu", params.gain, False, False),
        "norm": (params.before, params.gain, True, False),
        "skip": (params.before, params.gain, False, params.skips),
        "he_relu": ("relu", math.sqrt(2), False, False),
        "norm_relu": (params.normalised, math.sqrt(2), True, False),
        "norm_relu_skip": (params.normalised, math.sqrt(2), True, params.skips),
    }


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    nets, n = arms(params), params.width
    x = draws(seeds, "inputs", params.batch, n, device=device)  # [S, B, n]
    out = draws(seeds, "output signal", params.batch, n, device=device)
    h = [x] * len(nets)
    layers = []
    for layer in range(params.depth):
        w = draws(seeds, f"layer {layer}", n, n, std=n**-0.5, device=device)
        pairs = [forward(v, w, *net) for v, net in zip(h, nets.values(), strict=True)]
        h = [after for after, _ in pairs]
        layers.append((w, [kept for _, kept in pairs]))
    g = [out] * len(nets)
    sizes = [torch.stack([size(v) for v in g], 1)]
    for w, kept in reversed(layers):
        g = [backward(v, w, k, *net) for v, k, net in zip(g, kept, nets.values(), strict=True)]
        sizes.append(torch.stack([size(v) for v in g], 1))
    curve = torch.stack(sizes, 2)  # [S, A, depth + 1]
    curve = curve / curve[..., :1]
    change = curve[..., -1].log10()
    found = (change, 10 ** (change / params.depth), curve)
    return Measurements(*(Net(*(numbers(v[:, i]) for v in found)) for i in range(len(nets))))


Kept = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def forward(
    h: torch.Tensor, w: torch.Tensor, activation: str, gain: float, norm: bool, skip: bool
) -> tuple[torch.Tensor, Kept]:
    """One layer on h [S, B, n], and what its backward pass needs."""
    z = gain * torch.bmm(h, w)
    spread = torch.ones_like(z[:, :1])
    if norm:
        z = z - z.mean(1, keepdim=True)
        spread = (z.square().mean(1, keepdim=True) + EPS).sqrt()
        z = z / spread
    if activation == "sigmoid":
        after = torch.sigmoid(z)
        slope = after * (1 - after)
    elif activation == "relu":
        after, slope = torch.relu(z), (z > 0).to(z.dtype)
    else:
        after, slope = z, torch.ones_like(z)
    return after + h if skip else after, (z, spread, slope)


def backward(
    g: torch.Tensor, w: torch.Tensor, kept: Kept, _: str, gain: float, norm: bool, skip: bool
) -> torch.Tensor:
    """The gradient in front of the layer from that behind it, both [S, B, n]."""
    z, spread, slope = kept
    delta = g * slope
    if norm:  # the statistics depend on every row of the batch
        mean = delta.mean(1, keepdim=True)
        delta = (delta - mean - z * (delta * z).mean(1, keepdim=True)) / spread
    through = gain * torch.bmm(delta, w.mT)
    return through + g if skip else through


def size(v: torch.Tensor) -> torch.Tensor:
    """Root mean square [S] over batch and units of v [S, B, n]."""
    top = v.abs().amax((1, 2)).clamp(min=TINY)  # squares of 1e-30 are 0 in float32
    return top * (v / top[:, None, None]).square().mean((1, 2)).sqrt()


DEFAULT = Params()
DEPTH = DEFAULT.depth

DEMO = Demo(
    title=Text("救梯度的三种办法，各救到哪里", "Three rescues of the gradient, and their limits"),
    question=Text(
        "ReLU、批归一化、残差，哪个能治好梯度消失和爆炸？",
        "ReLU, batch norm, skips: which cures vanishing and exploding gradients?",
    ),
    summary=Text(
        f"一个 {DEPTH} 层的 sigmoid 网络，梯度几乎全丢。换成 ReLU、加批归一化、加捷径，"
        "每次只加一样，看初始化时的梯度找回多少，又会不会爆炸。",
        f"A {DEPTH}-layer sigmoid net has lost nearly all of its gradient. ReLU, batch"
        " normalisation and skips go in one at a time: how much of the gradient of the fresh net"
        " comes back, and does it explode?",
    ),
    topic="gradients",
    params=DEFAULT,
    run=run,
    chunk=8,
    claims=(
        Claim(
            slug="each_remedy_rescues",
            text=Text(
                f"在 {DEPTH} 层 sigmoid 网络里只换一样，都能把梯度救回许多：加批归一化或捷径，"
                "输入处与输出处的梯度相差不到 100 倍；只换成 ReLU、权重不变，"
                "剩下一百亿分之一以上。",
                f"One change to a {DEPTH}-layer sigmoid net brings much of the gradient back: with"
                " batch normalisation or with skips, input and output are within 100-fold; with"
                " ReLU in place and the weights as they were, more than a 10 000 000 000th part"
                " arrives.",
            ),
            decides=("VG-18",),
            clauses=(
                mostly("norm.change", above=-2.0, below=2.0),
                mostly("skip.change", above=-2.0, below=2.0),
                mostly("relu.change", above=-10.0, below=2.0),
            ),
            controls=(mostly("plain.change", above=-34.0, below=-29.0),),
            control_text=Text(
                "同样的权重和数据，一样也不加：只剩 10⁻²⁹ 以下。",
                "The same weights and data with none of the three: less than 10⁻²⁹ is left.",
            ),
            broken=replace(DEFAULT, before="linear"),
        ),
        Claim(
            slug="batch_norm_explodes",
            text=Text(
                f"{DEPTH} 层 ReLU 网络每层都做批归一化、没有捷径：往输入走，梯度每层放大"
                " 1.17 到 1.27 倍，总共一千倍以上。",
                f"In {DEPTH} ReLU layers with batch normalisation in each and no skips the gradient"
                " grows 1.17- to 1.27-fold a layer towards the input, over 1000-fold in all.",
            ),
            decides=("VG-12",),
            clauses=(
                mostly("norm_relu.factor", above=1.17, below=1.27),
                mostly("norm_relu.change", above=3.0),
            ),
            controls=(mostly("he_relu.factor", above=0.93, below=1.07),),
            control_text=Text(
                "同样的权重（He），只改一处：不做归一化，每层的倍数在 0.93 和 1.07 之间。",
                "The same weights (He), one change: without normalisation a layer's factor lies"
                " between 0.93 and 1.07.",
            ),
            broken=replace(DEFAULT, normalised="linear"),
        ),
        Claim(
            slug="skips_tame_batch_norm",
            text=Text(
                f"给同一个带批归一化的 {DEPTH} 层网络加上捷径，梯度的增长不到 100 倍。",
                f"With skips, the gradient of the same {DEPTH} normalised layers grows less than"
                " 100-fold.",
            ),
            clauses=(mostly("norm_relu_skip.change", above=-2.0, below=2.0),),
            controls=(mostly("norm_relu.change", above=3.0, below=5.5),),
            control_text=Text(
                "只改一处：没有捷径，增长一千倍以上。",
                "One change: without skips it grows more than 1000-fold.",
            ),
            broken=replace(DEFAULT, skips=False),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("补救之后，梯度往回走", "The gradient on its way back, with remedies"),
        caption=Text(
            "平的线才是健康的：sigmoid 一路下坠，ReLU 加批归一化一路上升，加了捷径就平下来。"
            "带子盖住 95% 的种子。",
            "Level is healthy: sigmoid falls, ReLU with batch norm climbs, skips level it out."
            " Band: 95 % of seeds.",
        ),
        x=Axis(Text("离输出的层数", "layers back from the output")),
        y=Axis(Text("梯度 ÷ 输出处的梯度", "gradient ÷ gradient at the output"), "log"),
        series=(
            Series("norm.by_layer", Text("sigmoid + 批归一化", "sigmoid + batch norm")),
            Series("skip.by_layer", Text("sigmoid + 捷径", "sigmoid + skips")),
            Series("relu.by_layer", Text("换成 ReLU", "ReLU instead")),
            Series("norm_relu.by_layer", Text("ReLU + 批归一化", "ReLU + batch norm")),
            Series("norm_relu_skip.by_layer", Text("再加捷径", "and skips")),
            Series("plain.by_layer", Text("sigmoid（对照）", "sigmoid (control)"), "control"),
        ),
        x_values=lambda params: range(params.depth + 1),
    ),
    prediction=Prediction(
        Text(
            f"{DEPTH} 层 ReLU 网络，He 初始化，每层都做批归一化，没有残差。"
            "还没训练时，首层处的梯度与末层处相比？",
            f"{DEPTH} ReLU layers with He weights, batch normalisation in each, no residual"
            " connections. Before any training, the gradient at the first layer against that at"
            " the last is …",
        ),
        "norm_relu.change",
        (
            Option("smaller", Text("小到 1/100 以下", "over 100-fold smaller"), below=-2.0),
            Option(
                "level", Text("相差不到 100 倍", "within 100-fold of it"), above=-2.0, below=2.0
            ),
            Option("larger", Text("大到 100 倍以上", "over 100-fold larger"), above=2.0),
        ),
    ),
    mutations=(
        Mutation(
            "after = torch.sigmoid(z)",
            "after = torch.sigmoid(z) * 0",
            loses=("each_remedy_rescues",),
        ),
        Mutation(
            "delta = (delta - mean - z * (delta * z).mean(1, keepdim=True)) / spread",
            "delta = delta - mean - z * (delta * z).mean(1, keepdim=True)",
            loses=("each_remedy_rescues", "batch_norm_explodes"),
        ),
        Mutation(
            "return through + g if skip else through",
            "return through",
            loses=("each_remedy_rescues", "skips_tame_batch_norm"),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：本来就没有激活", "Make it fail: no activation to begin with"),
            replace(DEFAULT, before="linear", normalised="linear"),
        ),
        Preset(
            "follow_up",
            Text("追问：批只有 8 个样本呢？", "Follow-up: a batch of 8?"),
            replace(DEFAULT, batch=8),
        ),
    ),
)
