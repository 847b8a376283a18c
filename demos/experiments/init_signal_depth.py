"""The scale of the first weights decides whether a gradient crosses a deep net.

Weights of variance g^2 / n multiply the gradient's second moment by g^2 E[f'(z)^2] a layer, so
that the right g depends on the activation f: 1 for tanh and for linear units (Glorot & Bengio
2010), sqrt(2) for ReLU (He et al. 2015), none of these for sigmoid, whose slope never exceeds
1/4. LeCun's 1/n was derived for 1.7159 tanh(2z/3) (LeCun et al. 1998) and is what SELU needs
(Klambauer et al. 2017). A bound b has the variance b^2 / 3, so that sqrt(6/n) goes with 2/n.

All arms of a seed share the inputs, the output gradient and one set of standard normal numbers;
uniform weights are the same numbers pushed through the normal distribution function. What
differs is the factor and the activation. Every layer is n by n, where Xavier's 2/(n_in + n_out)
and LeCun's 1/n_in are one number, and biases are zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

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
TINY = 1e-300
SHOWN = (
    *("small", "large", "tanh", "sigmoid", "relu", "selu", "scaled_tanh"),
    *("he_relu", "he_sigmoid", "he_linear", "he_uniform", "printed", "matched"),
)
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@dataclass(frozen=True)
class Params:
    depth: int = whole(30, 1, 60, text=Text("层数", "layers"), cost=1)
    width: int = whole(
        100, 16, 160, text=Text("每层单元数", "units a layer"), scale="log", cost=1.6
    )
    gain: float = number(
        1.0,
        0.25,
        4.0,
        text=Text("所有匹配尺度再乘以", "factor on every matched scale"),
        scale="log",
    )
    c: float = number(
        6.0,
        1.0,
        12.0,
        text=Text("均匀分布上下界 ±√(c/n) 里的 c", "c in the uniform bounds ±√(c/n)"),
    )
    small: float = number(
        0.01,
        0.001,
        1.0,
        text=Text("偏小的固定标准差", "small fixed standard deviation"),
        scale="log",
    )
    large: float = number(
        1.0, 0.01, 3.0, text=Text("偏大的固定标准差", "large fixed standard deviation"), scale="log"
    )


@dataclass(frozen=True)
class Net:
    forward: Logs  # [S] log10 of the last layer's root mean square over the input's
    gradient: Logs  # [S] log10 of the gradient at the input over that at the output
    by_layer: Curve  # [S, depth + 1] gradient behind 0, 1, … layers / at the output


@dataclass(frozen=True)
class Pair:
    apart: Logs  # [S] log10 of the uniform net's gradient over the normal net's


@dataclass(frozen=True)
class Weights:
    variance: Numbers  # [S] n times the variance of all weights of the net


@dataclass(frozen=True)
class Measurements:
    small: Net
    large: Net
    tanh: Net
    sigmoid: Net
    relu: Net
    selu: Net
    scaled_tanh: Net
    he_relu: Net
    he_sigmoid: Net
    he_linear: Net
    he_uniform: Net
    printed: Net
    matched: Net
    he_pair: Pair
    tanh_pair: Pair
    he_bound: Pair
    tanh_bound: Pair
    printed_weights: Weights
    matched_weights: Weights


def arms(params: Params) -> dict[str, tuple[str, str, float]]:
    """Arm -> activation, law and standard deviation times √n of its weights."""
    one, he, root = params.gain, params.gain * math.sqrt(2), math.sqrt(params.width)
    wide = params.gain * math.sqrt(params.c / 3)  # bounds ±√(c/n)
    return {
        "small": ("tanh", "normal", params.small * root),
        "large": ("tanh", "normal", params.large * root),
        "tanh": ("tanh", "normal", one),
        "sigmoid": ("sigmoid", "normal", one),
        "relu": ("relu", "normal", one),
        "selu": ("selu", "normal", one),
        "scaled_tanh": ("scaled_tanh", "normal", one),
        "he_relu": ("relu", "normal", he),
        "he_sigmoid": ("sigmoid", "normal", he),
        "he_linear": ("linear", "normal", he),
        "he_uniform": ("relu", "uniform", wide),
        "printed": ("linear", "uniform", wide),
        "matched": ("linear", "uniform", one),  # bounds ±√(3/n)
        "tanh_uniform": ("tanh", "uniform", wide / math.sqrt(2)),
        "he_bound": ("relu", "uniform", he / math.sqrt(3)),  # the deviation of He's normal as bound
        "tanh_bound": ("tanh", "uniform", one / math.sqrt(3)),
    }


def unit_weights(params: Params, seeds: Seeds, layer: int, device: str) -> dict[str, torch.Tensor]:
    """Law -> weights [S, n, n] of unit variance, all from the same numbers."""
    normal = draws(seeds, f"layer {layer}", params.width, params.width, device=device).double()
    flat = 2 * torch.special.ndtr(normal) - 1  # uniform on -1..1
    return {"normal": normal, "uniform": math.sqrt(3) * flat}


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
    if name == "selu":
        low = SELU_SCALE * SELU_ALPHA * torch.expm1(z.clamp(max=0))
        slope = torch.where(z > 0, SELU_SCALE, low + SELU_SCALE * SELU_ALPHA)
        return torch.where(z > 0, SELU_SCALE * z, low), slope
    if name == "scaled_tanh":
        t = torch.tanh(2 * z / 3)
        return 1.7159 * t, 1.7159 * 2 / 3 * (1 - t**2)
    return z, torch.ones_like(z)


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    nets = arms(params)
    x = draws(seeds, "inputs", SAMPLES, params.width, device=device).double()  # [S, 4, n]
    out = draws(seeds, "output gradient", SAMPLES, params.width, device=device).double()
    layers = [unit_weights(params, seeds, layer, device) for layer in range(params.depth)]
    found: dict[str, Any] = {}
    for law in ("normal", "uniform"):
        names = [a for a, (_, its, _) in nets.items() if its == law]
        found |= cross(names, nets, [w[law] for w in layers], x, out)
    lg = {name: net.gradient for name, net in found.items()}
    unit = torch.stack([w["uniform"] for w in layers], 1).var((1, 2, 3))  # [S]
    return Measurements(
        **{name: found[name] for name in SHOWN},
        he_pair=Pair(lg["he_uniform"] - lg["he_relu"]),
        tanh_pair=Pair(lg["tanh_uniform"] - lg["tanh"]),
        he_bound=Pair(lg["he_bound"] - lg["he_relu"]),
        tanh_bound=Pair(lg["tanh_bound"] - lg["tanh"]),
        printed_weights=Weights(numbers(unit * nets["printed"][2] ** 2)),
        matched_weights=Weights(numbers(unit * nets["matched"][2] ** 2)),
    )


def cross(
    names: list[str],
    nets: dict[str, tuple[str, str, float]],
    layers: list[torch.Tensor],
    x: torch.Tensor,
    out: torch.Tensor,
) -> dict[str, Net]:
    """Signal forwards and gradient backwards through the nets `names`, which share `layers`."""
    n = x.shape[2]
    std = torch.tensor([nets[a][2] for a in names], dtype=x.dtype, device=x.device) / math.sqrt(n)
    scale = std.view(-1, 1, 1)
    h = x[:, None].expand(-1, len(names), -1, -1)  # [S, A, 4, n]
    slopes = []
    for w in layers:
        z = scale * torch.bmm(h.flatten(1, 2), w).view(h.shape)
        pairs = [activate(nets[a][0], z[:, i]) for i, a in enumerate(names)]
        h, slope = (torch.stack(v, 1) for v in zip(*pairs, strict=True))
        slopes.append(slope)
    g = out[:, None].expand(h.shape)
    sizes = [size(g)]
    for w, slope in zip(reversed(layers), reversed(slopes), strict=True):
        g = scale * torch.bmm((g * slope).flatten(1, 2), w.mT).view(h.shape)
        sizes.append(size(g))
    curve = torch.stack(sizes, 2) / sizes[0][..., None]  # [S, A, depth + 1]
    forward = (size(h) / size(x[:, None])).log10()
    found = {}
    for i, a in enumerate(names):
        last = curve[:, i, -1].log10()
        found[a] = Net(numbers(forward[:, i]), numbers(last), numbers(curve[:, i]))
    return found


def size(v: torch.Tensor) -> torch.Tensor:
    """Root mean square [S, A] over inputs and units of `v` [S, A, 4, n]."""
    return v.square().mean((2, 3)).sqrt().clamp(min=TINY)


DEFAULT = Params()
SHALLOW = replace(DEFAULT, depth=2)
L, N = DEFAULT.depth, DEFAULT.width
LG30 = math.log10(30)

DEMO = Demo(
    title=Text("初始尺度与深度", "Initial scale and depth"),
    question=Text(
        "Xavier、He、LeCun 初始化各配什么激活函数？",
        "Which activation do Xavier, He and LeCun initialisation each go with?",
    ),
    summary=Text(
        f"{L} 层、每层 {N} 个单元，同一批随机数乘上不同的系数、配上不同的激活函数，"
        "量梯度从输出传到输入还剩多少。",
        f"{L} layers of {N} units: the same random numbers, other factors and other activations."
        " How much of the output's gradient reaches the input?",
    ),
    topic="initialisation",
    params=DEFAULT,
    run=run,
    chunk=16,
    claims=(
        Claim(
            slug="fixed_scale_fails",
            text=Text(
                f"{L} 层、每层 {N} 个 tanh：权重标准差固定为 {DEFAULT.small}，输入处的梯度缩小"
                f" 10²⁰ 倍以上；固定为 {DEFAULT.large:g}，则放大 10⁵ 倍以上。",
                f"Across {L} layers of {N} tanh units a fixed standard deviation of {DEFAULT.small}"
                " shrinks the gradient more than 10²⁰-fold; one of"
                f" {DEFAULT.large:g} enlarges it more than 10⁵-fold.",
            ),
            decides=("INI-4",),
            clauses=(mostly("small.gradient", below=-20.0), mostly("large.gradient", above=5.0)),
            controls=(mostly("tanh.gradient", above=-1.6, below=0.0),),
            control_text=Text(
                "同一批随机数，只改一处：标准差取 1/√n，梯度至多缩小 40 倍。",
                "The same random numbers, one change: at the standard deviation 1/√n the gradient"
                " shrinks at most 40-fold.",
            ),
            broken=replace(DEFAULT, small=N**-0.5, large=N**-0.5),
        ),
        Claim(
            slug="xavier_starves_sigmoid",
            text=Text(
                f"方差 1/n（各层等宽时的 Xavier）：穿过 {L} 层 sigmoid，梯度剩下不到 10⁻¹²。",
                f"With variance 1/n, Xavier's for layers of equal width, {L} sigmoid layers leave"
                " less than 10⁻¹² of the gradient.",
            ),
            decides=("INI-6",),
            clauses=(mostly("sigmoid.gradient", below=-12.0),),
            controls=(mostly("tanh.gradient", above=-1.6, below=0.0),),
            control_text=Text(
                "同样的权重，只改一处：激活函数换成 tanh，梯度至多缩小 40 倍。",
                "The same weights, one change: with tanh the gradient shrinks at most 40-fold.",
            ),
            broken=SHALLOW,
        ),
        Claim(
            slug="he_keeps_relu_level",
            text=Text(
                f"方差 2/n，正态或均匀 ±√(6/n)：{L} 层 ReLU 网络的信号和梯度变化都不到 10 倍。",
                "With variance 2/n, normal or uniform within ±√(6/n), signal and gradient change"
                f" less than tenfold across {L} ReLU layers.",
            ),
            decides=("INI-7",),
            clauses=(
                mostly("he_relu.gradient", above=-1.0, below=1.0),
                mostly("he_relu.forward", above=-1.0, below=1.0),
                mostly("he_uniform.gradient", above=-1.0, below=1.0),
                mostly("he_uniform.forward", above=-1.0, below=1.0),
            ),
            controls=(
                mostly("relu.gradient", above=-6.0, below=-3.0),
                mostly("relu.forward", above=-6.0, below=-3.0),
            ),
            control_text=Text(
                "同一批随机数，只改一处：方差取 1/n，信号和梯度都缩小到千分之一以下。",
                "The same random numbers, one change: with variance 1/n both shrink more than"
                " 1000-fold.",
            ),
            broken=replace(DEFAULT, gain=0.5),
        ),
        Claim(
            slug="he_fits_relu_only",
            text=Text(
                f"方差 2/n 换个激活就不灵：穿过 {L} 层，sigmoid 的梯度剩下不到 10⁻¹⁰，"
                "线性单元的放大千倍以上。",
                f"Variance 2/n fails other activations: after {L} layers less than 10⁻¹⁰ of the"
                " gradient is left with sigmoid, and more than 1000 times as much with linear"
                " units.",
            ),
            decides=("INI-13",),
            clauses=(
                mostly("he_sigmoid.gradient", below=-10.0),
                mostly("he_linear.gradient", above=3.0),
            ),
            controls=(mostly("he_relu.gradient", above=-1.0, below=1.0),),
            control_text=Text(
                "同样的权重，只改一处：激活函数是 ReLU，梯度变化不到 10 倍。",
                "The same weights, one change: with ReLU the gradient changes less than tenfold.",
            ),
            broken=SHALLOW,
        ),
        Claim(
            slug="lecun_suits_selu_and_scaled_tanh",
            text=Text(
                f"方差 1/n（LeCun）：{L} 层 SELU 或 1.7159·tanh(2x/3)，梯度变化不到 30 倍。",
                "With LeCun's variance 1/n the gradient changes less than 30-fold across"
                f" {L} layers of SELU or of 1.7159 tanh(2x/3).",
            ),
            decides=("INI-8",),
            clauses=(
                mostly("selu.gradient", above=-LG30, below=LG30),
                mostly("scaled_tanh.gradient", above=-LG30, below=LG30),
            ),
            controls=(mostly("sigmoid.gradient", above=-20.5, below=-17.0),),
            control_text=Text(
                "同样的权重，只改一处：激活函数换成 sigmoid，梯度缩小 10¹⁷ 倍以上。",
                "The same weights, one change: with sigmoid the gradient shrinks more than"
                " 10¹⁷-fold.",
            ),
            broken=replace(DEFAULT, gain=2.0),
        ),
        Claim(
            slug="shape_hardly_matters",
            text=Text(
                f"方差相同，正态换成均匀：穿过 {L} 层，梯度相差不到 5 倍，"
                "He 配 ReLU、Xavier 配 tanh 都如此。",
                "At equal variance, normal and uniform weights give gradients within fivefold of"
                f" each other after {L} layers, for He with ReLU and for Xavier with tanh.",
            ),
            decides=("INI-9",),
            clauses=(
                mostly("he_pair.apart", above=-0.699, below=0.699),
                mostly("tanh_pair.apart", above=-0.699, below=0.699),
            ),
            controls=(
                mostly("he_bound.apart", above=-8.5, below=-5.5),
                mostly("tanh_bound.apart", above=-8.0, below=-5.0),
            ),
            control_text=Text(
                "同样的均匀分布，只改一处：以正态的标准差为上下界，方差只剩三分之一，"
                "梯度缩小 10⁵ 倍以上。",
                "The same uniform law, one change: its bounds are the normal's standard deviation,"
                " a third of the variance, and the gradient shrinks more than 10⁵-fold.",
            ),
            broken=replace(DEFAULT, c=2.0),
        ),
        Claim(
            slug="root_six_is_not_variance_one",
            text=Text(
                f"均匀分布 ±√({DEFAULT.c:g}/n) 的方差是 2/n，不是 1/n："
                f"{L} 个线性层把梯度放大千倍以上。",
                f"Uniform weights within ±√({DEFAULT.c:g}/n) have variance 2/n, not 1/n, and {L}"
                " linear layers enlarge the gradient more than 1000-fold.",
            ),
            decides=("INI-5",),
            clauses=(
                mostly("printed_weights.variance", above=1.95, below=2.05),
                mostly("printed.gradient", above=3.0),
            ),
            controls=(
                mostly("matched_weights.variance", above=0.97, below=1.03),
                mostly("matched.gradient", above=-1.0, below=1.0),
            ),
            control_text=Text(
                "同一批随机数，只改一处：上下界取 ±√(3/n)，方差为 1/n，梯度变化不到 10 倍。",
                "The same random numbers, one change: bounds ±√(3/n), whose variance is 1/n,"
                " keep the gradient within tenfold.",
            ),
            broken=replace(DEFAULT, c=3.0),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("梯度往回走，每过一层还剩多少", "What is left of the gradient, layer by layer"),
        caption=Text(
            "直线意味着每层乘以同一个因子，差一点点也会逐层累积。只有与激活函数相配的尺度接近水平。"
            "带子盖住 95% 的种子。",
            "A straight line is one factor per layer, and a small mismatch compounds. Only a scale"
            " that fits the activation stays near level. Band: 95 % of seeds.",
        ),
        x=Axis(Text("往回穿过的层数", "layers crossed on the way back")),
        y=Axis(Text("梯度 ÷ 输出处的梯度", "gradient ÷ gradient at the output"), "log"),
        series=(
            Series("large.by_layer", Text("tanh，标准差固定", "tanh, fixed deviation")),
            Series("tanh.by_layer", Text("tanh，方差 1/n", "tanh, variance 1/n")),
            Series("relu.by_layer", Text("ReLU，方差 1/n", "ReLU, variance 1/n")),
            Series("sigmoid.by_layer", Text("sigmoid，方差 1/n", "sigmoid, variance 1/n")),
            Series(
                "he_relu.by_layer",
                Text("ReLU，方差 2/n（对照）", "ReLU, variance 2/n (control)"),
                role="control",
            ),
        ),
        x_values=lambda params: range(params.depth + 1),
    ),
    prediction=Prediction(
        Text(
            f"{L} 层 sigmoid 网络，Xavier 初始化。传到输入处的梯度是输出处的多少？",
            f"{L} sigmoid layers with Xavier weights: what part of the output's gradient reaches"
            " the input?",
        ),
        "sigmoid.gradient",
        (
            Option("level", Text("十分之一以上", "more than a tenth"), above=-1.0),
            Option(
                "small",
                Text("10⁻¹² 到十分之一", "between 10⁻¹² and a tenth"),
                above=-12.0,
                below=-1.0,
            ),
            Option("nothing", Text("不到 10⁻¹²", "less than 10⁻¹²"), below=-12.0),
        ),
    ),
    mutations=(
        Mutation(
            "params.gain * math.sqrt(2), math",
            "params.gain, math",
            loses=("he_keeps_relu_level", "he_fits_relu_only", "shape_hardly_matters"),
        ),
        Mutation(
            "return h, h * (1 - h)",
            "return h, 4 * h * (1 - h)",
            loses=(
                "xavier_starves_sigmoid",
                "he_fits_relu_only",
                "lecun_suits_selu_and_scaled_tanh",
            ),
        ),
        Mutation(
            '"uniform": math.sqrt(3) * flat',
            '"uniform": flat',
            loses=("shape_hardly_matters", "root_six_is_not_variance_one"),
        ),
        Mutation("params.small * root", "one", loses=("fixed_scale_fails",)),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset("make_it_fail", Text("让它失败：只有 2 层", "Make it fail: only 2 layers"), SHALLOW),
        Preset(
            "follow_up",
            Text(
                "追问：权重再大 3.6 倍，能救 sigmoid 吗？",
                "Follow-up: do 3.6× weights save sigmoid?",
            ),
            replace(DEFAULT, gain=3.6),
        ),
    ),
)
