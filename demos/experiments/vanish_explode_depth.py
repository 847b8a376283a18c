"""The gradient of a deep net is a product with one factor a layer, and weights are part of it.

Behind a layer the error signal is W^T (f'(z) * signal). Its size therefore changes by a factor
a layer, and exponentially with depth (Hochreiter 1991; Bengio, Simard & Frasconi 1994). One
could hold that f' alone decides, since it is f' that is called too small or too large; but f'
of tanh, ReLU and sigmoid never exceeds 1, and what explodes is the weights (Pascanu, Mikolov &
Bengio 2013). The arms of a seed share inputs, output signal and one set of normal numbers; the
gain g gives the weights the variance g^2 / n, and it or the activation is all that differs.

The gradient of a weight is error signal times input. Where activations are bounded it grows
towards the input as the signal does; in a ReLU net without biases activations grow forwards as
the signal grows backwards, and the gradients of all weights are about equal (Du, Hu & Lee 2018).
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
    mostly,
    number,
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SAMPLES = 4  # inputs
TAIL = 4.0  # |z| beyond which sigmoid is flatter than 0.018
TINY = 1e-300


@dataclass(frozen=True)
class Params:
    depth: int = whole(20, 2, 60, text=Text("层数", "layers"), cost=1)
    width: int = whole(64, 16, 256, text=Text("每层单元数", "units a layer"), scale="log", cost=1.6)
    weak: float = number(0.5, 0.1, 2.0, text=Text("偏小的增益", "small gain"), scale="log")
    strong: float = number(
        2.0, 0.5, 8.0, text=Text("ReLU 网络偏大的增益", "large gain of the ReLU net"), scale="log"
    )
    tanh_gain: float = number(
        4.0, 0.25, 8.0, text=Text("tanh 网络偏大的增益", "large gain of the tanh net"), scale="log"
    )
    sigmoid_gain: float = number(
        1.0, 0.25, 16.0, text=Text("sigmoid 网络的增益", "gain of the sigmoid net"), scale="log"
    )


@dataclass(frozen=True)
class Net:
    change: Logs  # [S] log10 of the error signal at the input over that at the output
    factor: Numbers  # [S] the same, as a factor a layer
    straight: Numbers  # [S] R^2 of log error signal against depth
    slope: Numbers  # [S] root mean square slope of the activation
    tails: Numbers  # [S] share of net inputs beyond TAIL
    by_layer: Curve  # [S, depth + 1] error signal behind 0, 1, … layers / at the output


@dataclass(frozen=True)
class Gradients:
    tilt: Logs  # [S] log10 of the first layer's gradient norm over the last layer's


@dataclass(frozen=True)
class Measurements:
    weak_relu: Net
    he_relu: Net
    strong_relu: Net
    weak_tanh: Net
    tanh: Net
    strong_tanh: Net
    sigmoid: Net
    unbent: Net
    tanh_weights: Gradients
    strong_tanh_weights: Gradients
    strong_relu_weights: Gradients
    strong_relu_biases: Gradients


def arms(params: Params) -> dict[str, tuple[str, float]]:
    """Arm -> activation and gain."""
    return {
        "weak_relu": ("relu", params.weak),
        "he_relu": ("relu", math.sqrt(2)),
        "strong_relu": ("relu", params.strong),
        "weak_tanh": ("tanh", params.weak),
        "tanh": ("tanh", 1.0),
        "strong_tanh": ("tanh", params.tanh_gain),
        "sigmoid": ("sigmoid", params.sigmoid_gain),
        "unbent": ("linear", params.sigmoid_gain),
    }


def activate(name: str, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The activation and its slope at `z`."""
    if name == "tanh":
        h = torch.tanh(z)
        return h, 1 - h**2
    if name == "sigmoid":
        h = torch.sigmoid(z)
        return h, h * (1 - h)
    if name == "relu":
        return torch.relu(z), (z > 0).to(z.dtype)
    return z, torch.ones_like(z)


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    nets, n = arms(params), params.width
    x = draws(seeds, "inputs", SAMPLES, n, device=device).double()  # [S, 4, n]
    out = draws(seeds, "output signal", SAMPLES, n, device=device).double()
    gains = torch.tensor([g for _, g in nets.values()], dtype=x.dtype, device=x.device)
    scale = gains.view(-1, 1, 1) / math.sqrt(n)
    h = x[:, None].expand(-1, len(nets), -1, -1)  # [S, A, 4, n]
    layers, tails = [], torch.zeros(len(seeds), len(nets), dtype=x.dtype, device=x.device)
    for layer in range(params.depth):
        w = draws(seeds, f"layer {layer}", n, n, device=device).double()
        z = scale * torch.bmm(h.flatten(1, 2), w).view(h.shape)
        pairs = [activate(name, z[:, i]) for i, (name, _) in enumerate(nets.values())]
        after, slope = (torch.stack(v, 1) for v in zip(*pairs, strict=True))
        layers.append((w, h, slope))
        tails += (z.abs() > TAIL).double().mean((2, 3)) / params.depth
        h = after
    signal = out[:, None].expand(h.shape)
    signals, weights, biases = [size(signal)], [], []
    for w, before, slope in reversed(layers):
        delta = signal * slope  # at the net input
        weights.append(outer_norm(before, delta))
        biases.append(delta.sum(2).norm(dim=2).clamp(min=TINY))
        signal = scale * torch.bmm(delta.flatten(1, 2), w.mT).view(h.shape)
        signals.append(size(signal))
    curve = torch.stack(signals, 2) / signals[0][..., None]  # [S, A, depth + 1]
    slopes = torch.stack([size(slope) for _, _, slope in layers]).mean(0)
    found = summary(curve, slopes, tails)
    by_name = {a: Net(*(numbers(v[:, i]) for v in found)) for i, a in enumerate(nets)}
    tilts = {
        kind: dict(zip(nets, (norms[-1] / norms[0]).log10().unbind(1), strict=True))
        for kind, norms in (("weights", weights), ("biases", biases))
    }
    return Measurements(
        **by_name,
        tanh_weights=Gradients(numbers(tilts["weights"]["tanh"])),
        strong_tanh_weights=Gradients(numbers(tilts["weights"]["strong_tanh"])),
        strong_relu_weights=Gradients(numbers(tilts["weights"]["strong_relu"])),
        strong_relu_biases=Gradients(numbers(tilts["biases"]["strong_relu"])),
    )


def size(v: torch.Tensor) -> torch.Tensor:
    """Root mean square [S, A] over inputs and units of `v` [S, A, 4, n]."""
    return v.square().mean((2, 3)).sqrt().clamp(min=TINY)


def outer_norm(before: torch.Tensor, delta: torch.Tensor) -> torch.Tensor:
    """Norm [S, A] of the gradient of a weight matrix, the sum of outer products over inputs."""
    return ((before @ before.mT) * (delta @ delta.mT)).sum((2, 3)).clamp(min=TINY).sqrt()


def summary(
    curve: torch.Tensor, slopes: torch.Tensor, tails: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    """The fields of `Net`, each [S, A, ...]."""
    height = curve.log10()
    depth = curve.shape[2] - 1
    x = torch.arange(depth + 1, dtype=curve.dtype, device=curve.device)
    x = (x - x.mean()) / x.std()
    y = height - height.mean(2, keepdim=True)
    explained = (x * y).sum(2).square() / (x.square().sum() * y.square().sum(2)).clamp(min=TINY)
    return height[..., -1], 10 ** (height[..., -1] / depth), explained, slopes, tails, curve


DEFAULT = Params()
SPAN = f"{DEFAULT.depth}"
MATCHED = replace(DEFAULT, weak=1.0, strong=math.sqrt(2), tanh_gain=1.0)

DEMO = Demo(
    title=Text("梯度随深度消失或爆炸", "Gradients vanish or explode with depth"),
    question=Text("梯度消失和爆炸，是谁造成的？", "What makes gradients vanish or explode?"),
    summary=Text(
        f"{SPAN} 层网络，随机权重，只改权重的增益或激活函数，看误差信号从输出走到输入还剩多少。"
        "增益 g 表示权重方差为 g²/n。",
        f"{SPAN} layers of random weights; only their gain or the activation changes. We follow the"
        " error signal from the output back to the input. Gain g means weight variance g²/n.",
    ),
    topic="gradients",
    params=DEFAULT,
    run=run,
    chunk=32,
    claims=(
        Claim(
            slug="one_factor_a_layer",
            text=Text(
                f"tanh 网络的误差信号每过一层大致乘以同一个数：增益 {DEFAULT.weak:g} 时 {SPAN} 层"
                f"缩小十万倍以上，增益 {DEFAULT.tanh_gain:g} 时放大百倍以上，"
                "对数坐标上都接近直线（R² 超过 0.95）。",
                "In a tanh net each layer multiplies the error signal by about the same number:"
                f" over {SPAN} layers gain {DEFAULT.weak:g} shrinks it more than 100 000-fold, gain"
                f" {DEFAULT.tanh_gain:g} enlarges it more than 100-fold, both nearly straight on a"
                " log axis (R² above 0.95).",
            ),
            decides=("VG-1",),
            clauses=(
                mostly("weak_tanh.change", below=-5.0),
                mostly("strong_tanh.change", above=2.0),
                mostly("weak_tanh.straight", above=0.95),
                mostly("strong_tanh.straight", above=0.95),
            ),
            controls=(mostly("tanh.change", above=-1.4, below=0.7),),
            control_text=Text(
                "同一组随机数，只改一处：增益为 1，信号与起点相差不到 25 倍。",
                "The same random numbers, one change: at gain 1 the signal stays within 25-fold.",
            ),
            broken=replace(DEFAULT, weak=1.0, tanh_gain=1.0),
        ),
        Claim(
            slug="flat_slopes_yet_explosion",
            text=Text(
                f"增益 {DEFAULT.tanh_gain:g} 的 tanh 网络，激活的斜率（均方根）不到 0.5，"
                f"{SPAN} 层的误差信号却放大 100 倍以上：爆炸的是权重。",
                f"In a tanh net of gain {DEFAULT.tanh_gain:g} the activations' slopes are below 0.5"
                f" (root mean square), and yet {SPAN} layers enlarge the error signal more than"
                " 100-fold: it is the weights that explode.",
            ),
            decides=("VG-2",),
            clauses=(
                mostly("strong_tanh.change", above=2.0),
                mostly("strong_tanh.slope", below=0.5),
            ),
            controls=(
                mostly("weak_tanh.change", above=-7.0, below=-5.0),
                mostly("weak_tanh.slope", above=0.95, below=1.0),
            ),
            control_text=Text(
                f"只改一处：增益 {DEFAULT.weak:g}。斜率接近 1，信号反而缩小十万倍以上。",
                f"One change: gain {DEFAULT.weak:g}. With slopes near 1 the signal shrinks more"
                " than 100 000-fold.",
            ),
            broken=replace(DEFAULT, tanh_gain=1.0),
        ),
        Claim(
            slug="first_layers_explode_most",
            text=Text(
                f"增益 {DEFAULT.tanh_gain:g} 的 tanh 网络里，最靠近输入那层的权重梯度，"
                "比最靠近输出那层大 100 倍以上。",
                f"In a tanh net of gain {DEFAULT.tanh_gain:g} the weight gradient of the layer"
                " nearest the input exceeds that of the layer nearest the output more than"
                " 100-fold.",
            ),
            decides=("VG-9",),
            clauses=(mostly("strong_tanh_weights.tilt", above=2.0),),
            controls=(mostly("tanh_weights.tilt", above=-0.7, below=0.7),),
            control_text=Text(
                "只改一处：增益为 1，首层与末层相差不到 5 倍。",
                "One change: at gain 1 the first and the last layer are within fivefold.",
            ),
            works_with=(mostly("strong_tanh.change", above=1.0),),
            broken=replace(DEFAULT, tanh_gain=1.0),
        ),
        Claim(
            slug="relu_can_vanish",
            text=Text(
                f"ReLU 网络的增益为 {DEFAULT.weak:g} 时，误差信号在 {SPAN} 层里缩小一亿倍以上。",
                f"With gain {DEFAULT.weak:g} a ReLU net of {SPAN} layers shrinks the error signal"
                " more than 100 million-fold.",
            ),
            decides=("VG-10",),
            clauses=(mostly("weak_relu.change", below=-8.0),),
            controls=(mostly("he_relu.change", above=-0.7, below=0.7),),
            control_text=Text(
                "只改一处：增益 √2（He），信号与起点相差不到 5 倍。",
                "One change: gain √2 (He) keeps the signal within fivefold.",
            ),
            broken=replace(DEFAULT, weak=math.sqrt(2)),
        ),
        Claim(
            slug="relu_can_explode",
            text=Text(
                f"ReLU 网络的增益为 {DEFAULT.strong:g} 时，误差信号在 {SPAN} 层里放大 100 倍以上。",
                f"With gain {DEFAULT.strong:g} a ReLU net of {SPAN} layers enlarges the error"
                " signal more than 100-fold.",
            ),
            decides=("VG-11",),
            clauses=(mostly("strong_relu.change", above=2.0),),
            controls=(mostly("he_relu.change", above=-0.7, below=0.7),),
            control_text=Text(
                "只改一处：增益 √2（He），信号与起点相差不到 5 倍。",
                "One change: gain √2 (He) keeps the signal within fivefold.",
            ),
            broken=replace(DEFAULT, strong=math.sqrt(2)),
        ),
        Claim(
            slug="relu_weights_share_the_explosion",
            text=Text(
                f"在增益 {DEFAULT.strong:g} 的 ReLU 网络里，误差信号越靠近输入越大，"
                "首层与末层的权重梯度却相差不到 5 倍：激活往输出涨，信号往输入涨，两者相抵。",
                f"In a ReLU net of gain {DEFAULT.strong:g} the error signal grows towards the"
                " input, but the weight gradients of the first and the last layer are within"
                " fivefold: activations grow forwards as the signal grows backwards.",
            ),
            clauses=(
                mostly("strong_relu_weights.tilt", above=-0.7, below=0.7),
                mostly("strong_relu.change", above=2.0),
            ),
            controls=(mostly("strong_relu_biases.tilt", above=2.0, below=4.0),),
            control_text=Text(
                "同一个网络，只改一处：看偏置的梯度，它不乘激活，首层是末层的 100 倍以上。",
                "The same net, one change: a bias's gradient has no activation in it, and the"
                " first layer's exceeds the last one's more than 100-fold.",
            ),
            broken=replace(DEFAULT, strong=math.sqrt(2)),
        ),
        Claim(
            slug="sigmoid_shrinks_at_its_centre",
            text=Text(
                f"增益 {DEFAULT.sigmoid_gain:g} 的 sigmoid 网络，净输入落在 ±{TAIL:g} 之外的不到"
                " 1%，误差信号每层剩下的仍不到 0.25 倍。",
                f"In a sigmoid net of gain {DEFAULT.sigmoid_gain:g} fewer than 1 % of the net"
                f" inputs lie beyond ±{TAIL:g}, and still a layer leaves less than 0.25 of the"
                " error signal.",
            ),
            decides=("VG-17",),
            clauses=(
                mostly("sigmoid.factor", below=0.25),
                mostly("sigmoid.tails", below=0.01),
            ),
            controls=(mostly("unbent.factor", above=0.9, below=1.1),),
            control_text=Text(
                "同样的权重，只改一处：不加激活函数，每层的倍数在 0.9 和 1.1 之间。",
                "The same weights, one change: without an activation a layer keeps between 0.9"
                " and 1.1 of the signal.",
            ),
            broken=replace(DEFAULT, sigmoid_gain=4.0),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("误差信号往回走", "The error signal on its way back"),
        caption=Text(
            "直线表示每层乘以同一个数。激活函数的斜率都不超过 1，向上的线来自权重。"
            "带子盖住 95% 的种子。",
            "A straight line means one factor a layer. No activation here has a slope above 1: what"
            " rises, rises by its weights. Band: 95 % of seeds.",
        ),
        x=Axis(Text("离输出的层数", "layers back from the output")),
        y=Axis(Text("误差信号 ÷ 输出处的", "error signal ÷ that at the output"), "log"),
        series=(
            Series("strong_tanh.by_layer", Text("tanh，增益大", "tanh, large gain")),
            Series("strong_relu.by_layer", Text("ReLU，增益大", "ReLU, large gain")),
            Series("weak_relu.by_layer", Text("ReLU，增益小", "ReLU, small gain")),
            Series("sigmoid.by_layer", Text("sigmoid", "sigmoid")),
            Series("he_relu.by_layer", Text("ReLU，He（对照）", "ReLU, He (control)"), "control"),
        ),
        x_values=lambda params: range(params.depth + 1),
    ),
    prediction=Prediction(
        Text(
            f"{SPAN} 层 tanh 网络，权重是合适大小的 {DEFAULT.tanh_gain:g} 倍，"
            "许多单元饱和，斜率很小。误差信号从输出走到输入会怎样？",
            f"A tanh net of {SPAN} layers has weights {DEFAULT.tanh_gain:g} times the matched size;"
            " many units are saturated and their slopes small. On its way from the output to the"
            " input the error signal …",
        ),
        "strong_tanh.change",
        (
            Option("vanishes", Text("小到 1/100 以下", "shrinks over 100-fold"), below=-2.0),
            Option(
                "stays", Text("变化不到 100 倍", "stays within 100-fold"), above=-2.0, below=2.0
            ),
            Option("explodes", Text("大到 100 倍以上", "grows over 100-fold"), above=2.0),
        ),
    ),
    mutations=(
        Mutation(
            '"strong_tanh": ("tanh", params.tanh_gain)',
            '"strong_tanh": ("tanh", params.weak)',
            loses=("one_factor_a_layer", "flat_slopes_yet_explosion", "first_layers_explode_most"),
        ),
        Mutation(
            "delta = signal * slope  # at the net input",
            "delta = signal  # at the net input",
            loses=("relu_can_vanish", "relu_can_explode", "sigmoid_shrinks_at_its_centre"),
        ),
        Mutation(
            "weights.append(outer_norm(before, delta))",
            "weights.append(outer_norm(layers[0][1], delta))",
            loses=("relu_weights_share_the_explosion",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：增益都合适", "Make it fail: matched gains"),
            MATCHED,
        ),
        Preset(
            "follow_up",
            Text(
                "追问：sigmoid 的权重大 4 倍呢？", "Follow-up: sigmoid with weights 4 times larger?"
            ),
            replace(DEFAULT, sigmoid_gain=4.0),
        ),
    ),
)
