"""Weight decay beside Adam's step and the L2 term inside it are different regularisers.

The gradient of an L2 term passes through Adam's denominator with the rest of the gradient, so
weights whose gradients are large are hardly decayed; AdamW shrinks every weight by the same
factor (Loshchilov & Hutter 2019). For plain SGD the two are one. One could hold that they agree
in Adam as well, or that AdamW is there to save the back-propagation of the L2 term.

The gradients have mean zero and four scales; without decay the weights only diffuse.

Controls: AdamW on the same gradients; Adam in place of SGD; SGD without momentum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
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
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

LARGEST = 10.0  # standard deviation of the largest gradients
SCALES = 4  # from there downwards
WEIGHTS = 8  # of each scale, all starting at 1
TINY = 1e-12

Floats = npt.NDArray[np.float64]
Optimiser = Callable[[torch.Tensor], torch.optim.Optimizer]


@dataclass(frozen=True)
class Params:
    decay: float = number(0.1, 0.0, 0.5, text=Text("衰减系数 λ", "decay λ"))
    lr: float = number(2e-3, 2e-4, 5e-3, text=Text("学习率", "learning rate"), scale="log")
    steps: int = whole(500, 100, 1000, text=Text("步数", "steps"), scale="log", cost=0.9)
    decades: float = number(
        3.0, 0.0, 5.0, text=Text("梯度大小相差几个数量级", "decades that the gradients span")
    )
    momentum: float = number(0.9, 0.0, 0.95, text=Text("SGD 的动量", "momentum of SGD"))


@dataclass(frozen=True)
class Decayed:
    spread: Numbers  # [S] largest over smallest of the weights left, scale by scale
    least: Numbers  # [S] smallest of them
    large: Numbers  # [S] what is left where gradients are largest
    left: Curve  # [S, SCALES] mean weight left at each scale, smallest scale first


@dataclass(frozen=True)
class Pair:
    apart: Numbers  # [S] largest distance of the weights under the two, at the end
    shrunk: Numbers  # [S] share of the weight decayed where gradients are smallest


@dataclass(frozen=True)
class Speed:
    ratio: Numbers  # [S] decay rate as L2 over decay rate beside the step
    shrunk: Numbers  # [S] share of the weight decayed, as L2


@dataclass(frozen=True)
class Measurements:
    coupled: Decayed  # Adam, L2 in the gradient
    decoupled: Decayed  # AdamW
    sgd: Pair  # SGD: L2 in the loss against decay beside the step
    adam: Pair  # Adam: the same
    added: Pair  # Adam: L2 in the loss against the decay added to the gradient
    heavy: Speed  # SGD with momentum
    plain: Speed  # SGD without


def scales(params: Params) -> list[float]:
    """The gradients' standard deviations, smallest first."""
    return [LARGEST * 10 ** (-params.decades * (1 - i / (SCALES - 1))) for i in range(SCALES)]


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    stream = gradients(params, seeds, device)
    lr, decay = params.lr, params.decay
    l2 = trained(stream, lambda w: torch.optim.Adam([w], lr, weight_decay=decay))
    loss = trained(stream, lambda w: torch.optim.Adam([w], lr), penalty=decay)
    beside = trained(stream, lambda w: torch.optim.AdamW([w], lr, weight_decay=decay))
    sgd_loss = trained(stream, lambda w: torch.optim.SGD([w], lr), penalty=decay)
    sgd_beside = trained(stream, lambda w: torch.optim.SGD([w], lr), beside=lr * decay)
    momentum = params.momentum
    calm = stream[:, :, :1]  # where gradients are smallest, decay stands out from noise
    fast = trained(calm, lambda w: torch.optim.SGD([w], lr, momentum, weight_decay=decay))
    slow = trained(calm, lambda w: torch.optim.SGD([w], lr, momentum), beside=lr * decay)
    return Measurements(
        decayed(l2),
        decayed(beside),
        pair(sgd_loss, sgd_beside),
        pair(loss, beside),
        pair(loss, l2),
        speed(fast, slow),
        speed(sgd_loss, sgd_beside),
    )


def gradients(params: Params, seeds: Seeds, device: str) -> torch.Tensor:
    """Gradients [T, S, SCALES, WEIGHTS] of mean zero."""
    noise = draws(seeds, "gradients", params.steps, SCALES, WEIGHTS, device=device)
    size = torch.tensor(scales(params), dtype=torch.float64, device=device)
    return noise.transpose(0, 1).double() * size[:, None]


def trained(
    stream: torch.Tensor, optimiser: Optimiser, penalty: float = 0.0, beside: float = 0.0
) -> torch.Tensor:
    """The last weights [S, scales, WEIGHTS] under a stock optimiser, from 1.

    `penalty` adds an L2 term to the loss, to be differentiated; `beside` shrinks the weights
    by that share next to each step.
    """
    w = torch.ones_like(stream[0], requires_grad=True)
    stepper = optimiser(w)
    for gradient in stream:
        if penalty:
            loss = (gradient * w + penalty / 2 * w.square()).sum()
            (w.grad,) = torch.autograd.grad(loss, w)
        else:
            w.grad = gradient.clone()
        w.data.mul_(1 - beside)
        stepper.step()
    return w.detach()


def decayed(weights: torch.Tensor) -> Decayed:
    left = weights.mean(2)  # [S, SCALES]
    spread = left.amax(1) / left.amin(1).clamp(min=TINY)
    return Decayed(*map(numbers, (spread, left.amin(1), left[:, -1], left)))


def pair(first: torch.Tensor, second: torch.Tensor) -> Pair:
    apart = (first - second).abs().amax((1, 2))
    return Pair(numbers(apart), numbers(1 - first[:, 0].mean(1)))


def speed(first: torch.Tensor, second: torch.Tensor) -> Speed:
    """Decay rates where gradients are smallest, from the logarithm of what is left."""
    rates = [-weights[:, 0].mean(1).clamp(min=TINY).log() for weights in (first, second)]
    return Speed(numbers(rates[0] / rates[1]), numbers(1 - first[:, 0].mean(1)))


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again: SGD with decay as a closed sum, the L2 term by differences of the loss."""
    stream = gradients(params, seeds, "cpu")[:, 0].numpy()  # [T, SCALES, WEIGHTS]
    lr, decay = params.lr, params.decay
    age = np.arange(len(stream))[::-1, None, None]
    beside = (1 - lr * decay) ** len(stream) - lr * ((1 - lr * decay) ** age * stream).sum(0)
    in_loss = np.ones_like(stream[0])
    for g in stream:
        in_loss = in_loss - lr * slope(g, in_loss, decay)
    pairs = [in_loss - beside]
    ends = []
    for form in (slope, lambda g, w, decay: g + decay * w):
        w = np.ones_like(stream[0])
        m, v = np.zeros_like(w), np.zeros_like(w)
        for t, g in enumerate(stream, 1):
            h = form(g, w, decay)
            m, v = 0.9 * m + 0.1 * h, 0.999 * v + 0.001 * h**2
            w = w - lr * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        ends.append(w)
    pairs.append(ends[0] - ends[1])
    names = ("sgd.apart", "added.apart")
    return {n: np.array([np.abs(p).max()]) for n, p in zip(names, pairs, strict=True)}


def slope(g: Floats, w: Floats, decay: float) -> Floats:
    """The derivative of g w + decay w^2 / 2, by a central difference: exact for a quadratic."""
    up, down = w + 0.5, w - 0.5
    return (g * up + decay / 2 * up**2) - (g * down + decay / 2 * down**2)


DEFAULT = Params()
EQUAL = replace(DEFAULT, decades=0.0)
NONE = replace(DEFAULT, decay=0.0)

DEMO = Demo(
    title=Text("AdamW 与 Adam 加 L2", "AdamW against Adam with L2"),
    question=Text(
        "AdamW 和“Adam 加 L2 正则”效果一样吗？",
        "Does AdamW do the same as Adam with L2 regularisation?",
    ),
    summary=Text(
        f"{SCALES} 组权重都从 1 出发，梯度均值为 0，大小相差 {DEFAULT.decades:.0f} 个数量级。"
        "L2 写进梯度，或者衰减放在步子旁边：各还剩多少？",
        f"{SCALES} groups of weights start at 1; their gradients have mean zero and sizes over"
        f" {DEFAULT.decades:.0f} decades. With L2 in the gradient, or with decay beside the step:"
        " how much of each is left?",
    ),
    topic="optimisers",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=256,
    claims=(
        Claim(
            slug="l2_in_adam_spares_large_gradients",
            text=Text(
                f"Adam 加 L2，梯度大小从 {scales(DEFAULT)[0]:g} 到 {LARGEST:g}："
                f"{DEFAULT.steps} 步后，剩得最多的一组权重是剩得最少的一组的两倍以上。",
                f"Under Adam with L2 and gradients of sizes {scales(DEFAULT)[0]:g} to"
                f" {LARGEST:g}, after {DEFAULT.steps} steps the group of weights decayed least is"
                " more than twice that decayed most.",
            ),
            decides=("ADW-1", "REG-3"),
            clauses=(mostly("coupled.spread", above=2.0),),
            controls=(mostly("decoupled.spread", above=0.99, below=1.2),),
            control_text=Text(
                "同样的梯度和 λ，只改一处：衰减放在步子旁边（AdamW），各组相差不到 20%。",
                "The same gradients and λ, one change: decay beside the step (AdamW); the groups"
                " differ by less than 20 %.",
            ),
            trained=True,
            works_with=(mostly("coupled.least", above=0.05, below=0.995),),
            works_without=(mostly("decoupled.least", above=0.8, below=0.95),),
            broken=EQUAL,
        ),
        Claim(
            slug="same_for_plain_sgd",
            text=Text(
                "普通 SGD（没有动量）：把 λw²/2 写进损失，与每步另乘 1−ηλ，"
                f"{DEFAULT.steps} 步后所有权重都相同（误差小于 1e-9）。",
                "For plain SGD, without momentum, adding λw²/2 to the loss and multiplying by"
                f" 1 − ηλ beside each step leave every weight the same after {DEFAULT.steps}"
                " steps (to 1e-9).",
            ),
            decides=("REG-3", "ADW-1"),
            clauses=(always("sgd.apart", below=1e-9),),
            controls=(nearly_always("adam.apart", above=0.2, below=2.0),),
            control_text=Text(
                "同样的两种做法，只改一处：SGD 换成 Adam，权重差出 0.2 以上。",
                "The same two ways, one change: Adam in place of SGD; weights part by more than"
                " 0.2.",
            ),
            trained=True,
            works_with=(mostly("sgd.shrunk", above=0.05),),
            works_without=(mostly("adam.shrunk", above=0.05),),
            broken=NONE,
            looks=(256,),
        ),
        Claim(
            slug="momentum_parts_them",
            text=Text(
                f"带动量 {DEFAULT.momentum} 的 SGD，同一个 λ：写成 L2 的衰减速率是放在步子旁边的"
                " 9 到 11 倍。",
                f"For SGD with momentum {DEFAULT.momentum} and the same λ, L2 decays a weight 9 to"
                " 11 times as fast as decay beside the step.",
            ),
            decides=("REG-3",),
            clauses=(mostly("heavy.ratio", above=9.0, below=11.0),),
            controls=(mostly("plain.ratio", above=0.9, below=1.1),),
            control_text=Text("只改一处：没有动量。", "One change: no momentum."),
            trained=True,
            works_with=(mostly("heavy.shrunk", above=0.05),),
            works_without=(mostly("plain.shrunk", above=0.05),),
            broken=replace(DEFAULT, momentum=0.0),
        ),
        Claim(
            slug="l2_needs_no_loss_term",
            text=Text(
                "Adam 加 L2 不必把正则项写进损失再求导：直接给梯度加 λw，"
                f"{DEFAULT.steps} 步后权重完全相同（误差小于 1e-9）。",
                "Adam with L2 needs no term in the loss to differentiate: adding λw to the gradient"
                f" leaves the same weights after {DEFAULT.steps} steps (to 1e-9).",
            ),
            decides=("ADW-2",),
            clauses=(always("added.apart", below=1e-9),),
            controls=(nearly_always("adam.apart", above=0.2, below=2.0),),
            control_text=Text(
                "只改一处：λw 不加到梯度上，而是放在步子旁边（AdamW），权重差出 0.2 以上。",
                "One change: λw goes beside the step (AdamW), not into the gradient; weights part"
                " by more than 0.2.",
            ),
            trained=True,
            works_with=(mostly("added.shrunk", above=0.05),),
            works_without=(mostly("adam.shrunk", above=0.05),),
            broken=NONE,
            looks=(256,),
        ),
        Claim(
            slug="one_multiply_add_each",
            text=Text(
                "每步每个权重，L2 多一次乘加（g + λw），AdamW 多一次乘法（(1−ηλ)w）：差不了多少。",
                "Per step and weight, L2 costs one multiply-add (g + λw) and AdamW one"
                " multiplication ((1 − ηλ)w): no difference worth having.",
            ),
            decides=("ADW-2",),
            shown=True,
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("权重还剩多少，看梯度多大", "What is left of a weight, by size of gradient"),
        caption=Text(
            "权重从 1 开始，梯度只是噪声。AdamW 一律按同一比例衰减；"
            "L2 写进 Adam 的梯度，衰减就随梯度变大而消失。带子盖住 95% 的种子。",
            "Weights start at 1 and gradients are mere noise. AdamW decays all by one factor; with"
            " L2 inside Adam the decay fades as gradients grow. Band: 95 % of seeds.",
        ),
        x=Axis(Text("梯度的标准差", "standard deviation of the gradient"), "log"),
        y=Axis(Text("剩下的权重（起初为 1）", "weight left (1 at first)")),
        series=(
            Series("coupled.left", Text("Adam + L2", "Adam + L2")),
            Series("decoupled.left", Text("AdamW（对照）", "AdamW (control)"), role="control"),
        ),
        x_values=scales,
    ),
    prediction=Prediction(
        Text(
            f"Adam 加 L2，λ = {DEFAULT.decay}、学习率 {DEFAULT.lr:g}，走 {DEFAULT.steps} 步。"
            f"一组权重从 1 开始，梯度是标准差为 {LARGEST:g} 的噪声。平均还剩多少？",
            f"Adam with L2, λ = {DEFAULT.decay}, learning rate {DEFAULT.lr:g},"
            f" {DEFAULT.steps} steps. Weights start at 1 and get gradients that are noise of"
            f" standard deviation {LARGEST:g}. How much is left on average?",
        ),
        "coupled.large",
        (
            Option("little", Text("约四分之一", "about a quarter"), below=0.6),
            Option("tenth", Text("约 0.90", "about 0.90"), above=0.6, below=0.95),
            Option("all", Text("约 0.99，几乎没衰减", "about 0.99, hardly decayed"), above=0.95),
        ),
    ),
    mutations=(
        Mutation(
            "l2 = trained(stream, lambda w: torch.optim.Adam([w], lr, weight_decay=decay))",
            "l2 = trained(stream, lambda w: torch.optim.AdamW([w], lr, weight_decay=decay))",
            loses=("l2_in_adam_spares_large_gradients", "l2_needs_no_loss_term"),
        ),
        Mutation(
            "sgd_beside = trained(stream, lambda w: torch.optim.SGD([w], lr), beside=lr * decay)",
            "sgd_beside = trained(stream, lambda w: torch.optim.SGD([w], lr), beside=decay)",
            loses=("same_for_plain_sgd",),
        ),
        Mutation("momentum = params.momentum", "momentum = 0.0", loses=("momentum_parts_them",)),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：梯度一样大", "Make it fail: gradients of one size"),
            EQUAL,
        ),
        Preset(
            "follow_up",
            Text("追问：λ 取 0.5 呢？", "Follow-up: what about λ = 0.5?"),
            replace(DEFAULT, decay=0.5),
        ),
    ),
)
