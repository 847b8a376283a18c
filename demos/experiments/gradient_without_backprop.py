"""A vanishing gradient is not the doing of back-propagation: differences find it just as small.

Back-propagation is the chain rule in an economical order and returns the exact gradient. Were
it to blame, another method would find larger gradients in the first layers of the same net. So
the loss is differentiated a second time with no derivative in use at all: central differences
of the loss along random directions in each layer's weights. They agree, so that what is small
is the derivative of a deep composition (Bengio, Simard & Frasconi 1994).

Controls: back-propagation with one slope left out, which the differences expose; and tanh in
place of sigmoid, where both methods find a first layer as large as the last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

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
    choice,
    mostly,
    number,
    switch,
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SAMPLES, INPUTS, WIDTH = 16, 8, 16
DIRECTIONS = 4  # in which each layer's weights are moved
TINY = 1e-300


@dataclass(frozen=True)
class Params:
    depth: int = whole(12, 2, 24, text=Text("层数", "layers"), cost=2)
    activation: str = choice(
        "sigmoid",
        {"sigmoid": Text("sigmoid", "sigmoid"), "tanh": Text("tanh", "tanh")},
        text=Text("激活函数", "activation"),
    )
    gain: float = number(1.0, 0.5, 4.0, text=Text("权重的增益", "gain of the weights"), scale="log")
    step: float = number(
        1e-3, 1e-6, 1.0, text=Text("差分的步长", "step of the differences"), scale="log"
    )
    slip: bool = switch(
        False, text=Text("反向传播漏掉一层的斜率", "back-propagation leaves one slope out")
    )


@dataclass(frozen=True)
class Net:
    disagreement: Numbers  # [S] |back-propagation - differences| / |differences|, worst layer
    size: Logs  # [S] log10 of the first layer's derivative over the last one's, differences
    by_difference: Curve  # [S, depth] root mean square derivative of each layer / the last one
    by_backprop: Curve  # [S, depth] the same from back-propagation


@dataclass(frozen=True)
class Measurements:
    net: Net
    slipped: Net
    tanh: Net


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x = draws(seeds, "inputs", SAMPLES, INPUTS, device=device).double()
    y = draws(seeds, "targets", SAMPLES, 1, device=device).double()
    weights = [
        draws(seeds, f"layer {i}", a, b, device=device).double() * params.gain / a**0.5
        for i, (a, b) in enumerate(shapes(params))
    ]
    ways = [
        draws(seeds, f"directions {i}", DIRECTIONS, a, b, device=device).double()
        for i, (a, b) in enumerate(shapes(params))
    ]
    arms = [(params.activation, params.slip), (params.activation, True), ("tanh", params.slip)]
    return Measurements(*(compare(weights, ways, x, y, *arm, params.step) for arm in arms))


def shapes(params: Params) -> list[tuple[int, int]]:
    """Inputs and outputs of each layer; the last one is linear with one output."""
    sizes = [INPUTS] + [WIDTH] * (params.depth - 1) + [1]
    return list(pairwise(sizes))


def compare(
    weights: list[torch.Tensor],
    ways: list[torch.Tensor],
    x: torch.Tensor,
    y: torch.Tensor,
    activation: str,
    slip: bool,
    step: float,
) -> Net:
    """Derivatives [S, depth, DIRECTIONS] by back-propagation and by differences of the loss."""
    leaves = [w.clone().requires_grad_() for w in weights]
    gradients = torch.autograd.grad(loss(leaves, x, y, activation, slip).sum(), leaves)
    exact, differences = [], []
    for layer, (g, way) in enumerate(zip(gradients, ways, strict=True)):
        exact.append((g[:, None] * way).sum((2, 3)))
        found = []
        for d in range(DIRECTIONS):
            ends = []
            for sign in (1, -1):
                moved = list(weights)
                moved[layer] = weights[layer] + sign * step * way[:, d]
                ends.append(loss(moved, x, y, activation, False))
            found.append((ends[0] - ends[1]) / (2 * step))
        differences.append(torch.stack(found, 1))
    bp, fd = torch.stack(exact, 1), torch.stack(differences, 1)
    worst = ((bp - fd).norm(dim=2) / fd.norm(dim=2).clamp(min=TINY)).amax(1)
    curves = [v.norm(dim=2) / fd[:, -1:].norm(dim=2).clamp(min=TINY) for v in (fd, bp)]
    small = curves[0][:, 0].clamp(min=TINY).log10()
    return Net(*map(numbers, (worst, small, *curves)))


def loss(
    weights: list[torch.Tensor], x: torch.Tensor, y: torch.Tensor, activation: str, slip: bool
) -> torch.Tensor:
    """Mean squared error [S]. With `slip` autograd takes the first slope for 1, value unchanged."""
    h = x
    for layer, w in enumerate(weights[:-1]):
        z = torch.bmm(h, w)
        h = torch.sigmoid(z) if activation == "sigmoid" else torch.tanh(z)
        if slip and layer == 0:
            h = z + (h - z).detach()
    return (torch.bmm(h, weights[-1]) - y).square().mean((1, 2))


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again in numpy: the chain rule by hand against differences of its own loss."""
    x = draws(seeds, "inputs", SAMPLES, INPUTS)[0].double().numpy()
    y = draws(seeds, "targets", SAMPLES, 1)[0].double().numpy()
    weights, ways = [], []
    for i, (a, b) in enumerate(shapes(params)):
        weights.append(draws(seeds, f"layer {i}", a, b)[0].double().numpy() * params.gain / a**0.5)
        ways.append(draws(seeds, f"directions {i}", DIRECTIONS, a, b)[0].double().numpy())

    def forward(ws: list[np.ndarray]) -> tuple[float, list[np.ndarray]]:
        hs = [x]
        for w in ws[:-1]:
            z = hs[-1] @ w
            hs.append(1 / (1 + np.exp(-z)) if params.activation == "sigmoid" else np.tanh(z))
        return float(np.mean((hs[-1] @ ws[-1] - y) ** 2)), hs

    _, hs = forward(weights)
    delta = 2 * (hs[-1] @ weights[-1] - y) / SAMPLES
    worst = 0.0
    for layer in reversed(range(params.depth)):
        exact = np.tensordot(ways[layer], hs[layer].T @ delta, 2)
        found = []
        for way in ways[layer]:
            up, down = list(weights), list(weights)
            up[layer] = weights[layer] + params.step * way
            down[layer] = weights[layer] - params.step * way
            found.append((forward(up)[0] - forward(down)[0]) / (2 * params.step))
        worst = max(worst, float(np.linalg.norm(exact - found) / np.linalg.norm(found)))
        if layer:
            h = hs[layer]
            slope = h * (1 - h) if params.activation == "sigmoid" else 1 - h**2
            slope = np.ones_like(h) if params.slip and layer == 1 else slope
            delta = delta @ weights[layer].T * slope
    return {"net.disagreement": np.array([worst])}


DEFAULT = Params()
DEPTH = DEFAULT.depth

DEMO = Demo(
    title=Text("不用反向传播，梯度照样消失", "Gradients vanish without back-propagation too"),
    question=Text(
        "梯度消失该怪反向传播吗？", "Is back-propagation to blame for vanishing gradients?"
    ),
    summary=Text(
        f"{DEPTH} 层 sigmoid 网络，每层的梯度算两次：一次用反向传播，"
        "一次只把权重推一推、看损失变多少，看两者是否一样小。",
        f"The gradient of each layer of a {DEPTH}-layer sigmoid net is found twice: by"
        " back-propagation, and by nudging the weights and watching the loss. Are both as small?",
    ),
    topic="gradients",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=64,
    claims=(
        Claim(
            slug="differences_find_it_just_as_small",
            text=Text(
                f"{DEPTH} 层 sigmoid 网络，不做反向传播、只用差分，首层的导数也不到末层的"
                "万分之一；每一层上两种方法相差都不到 1%。",
                f"In a {DEPTH}-layer sigmoid net differences alone, with no back-propagation, find"
                " the first layer's derivative below a 10 000th of the last one's; in every layer"
                " the two methods agree to within 1 %.",
            ),
            decides=("VG-5",),
            clauses=(
                always("net.disagreement", below=0.01),
                mostly("net.size", below=-4.0),
            ),
            controls=(
                mostly("slipped.disagreement", above=1.0, below=20.0),
                mostly("tanh.size", above=-1.7, below=1.7),
            ),
            control_text=Text(
                "各改一处：反向传播漏乘一个斜率，差分立刻对不上；换成 tanh，"
                "差分得到的首层导数与末层相差不到 50 倍。",
                "One change each: with one slope left out of back-propagation, differences"
                " disagree; with tanh, they find first and last layer within 50-fold.",
            ),
            broken=replace(DEFAULT, slip=True),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("同一个网络，两种方法求导", "One net, differentiated in two ways"),
        caption=Text(
            "两条 sigmoid 曲线重合：小的是导数本身，不是求导的办法。带子盖住 95% 的种子。",
            "The two sigmoid curves coincide: it is the derivative that is small, not the method"
            " that loses it. Band: 95 % of seeds.",
        ),
        x=Axis(Text("层（1 最靠近输入）", "layer (1 is nearest the input)")),
        y=Axis(Text("导数 ÷ 末层的导数", "derivative ÷ the last layer's"), "log"),
        series=(
            Series("net.by_difference", Text("sigmoid，差分", "sigmoid, differences")),
            Series("net.by_backprop", Text("sigmoid，反向传播", "sigmoid, back-propagation")),
            Series(
                "tanh.by_difference",
                Text("tanh，差分（对照）", "tanh, differences (control)"),
                "control",
            ),
        ),
        x_values=lambda params: range(1, params.depth + 1),
    ),
    prediction=Prediction(
        Text(
            f"{DEPTH} 层 sigmoid 网络。不用反向传播，只把首层权重推一推、看损失怎么变。"
            "这样得到的导数与末层的相比？",
            f"A {DEPTH}-layer sigmoid net, and no back-propagation: we nudge the first layer's"
            " weights and watch the loss. Against the last layer's, the derivative is …",
        ),
        "net.size",
        (
            Option("similar", Text("差不多，相差不到 10 倍", "within tenfold"), above=-1.0),
            Option(
                "smaller",
                Text("小十倍到一万倍", "10 to 10 000 times smaller"),
                above=-4.0,
                below=-1.0,
            ),
            Option("tiny", Text("小一万倍以上", "over 10 000 times smaller"), below=-4.0),
        ),
    ),
    mutations=(
        Mutation(
            "sign * step * way[:, d]",
            "sign * step * way[:, 0]",
            loses=("differences_find_it_just_as_small",),
        ),
        Mutation(
            'h = torch.sigmoid(z) if activation == "sigmoid" else torch.tanh(z)',
            "h = torch.tanh(z)",
            loses=("differences_find_it_just_as_small",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：反向传播漏掉一个斜率", "Make it fail: leave one slope out"),
            replace(DEFAULT, slip=True),
        ),
        Preset(
            "follow_up",
            Text("追问：差分的步长取 1 呢？", "Follow-up: differences with step 1?"),
            replace(DEFAULT, step=1.0),
        ),
    ),
)
