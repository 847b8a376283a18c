"""Where gradients vanish, training moves the layers near the output and leaves the first alone.

A deep net of sigmoid units is trained by gradient descent, and for each layer we ask how far
its weights have come from where they started (Glorot & Bengio 2010 watched layers in the same
way). One could hold that small gradients only take longer and that all layers get their share;
in fact the layers behind learn the mean of the targets, which needs nothing from the input, and
with it their own error is gone: the net explains none of the variance.

Control: the same data, weights and steps with tanh, whose slope at its centre is 1.
"""

from __future__ import annotations

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
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SAMPLES, INPUTS, WIDTH = 64, 4, 16
MEAN = 3.0  # of the targets: no fresh net has it, so the last layers have something to learn
TINY = 1e-30
ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh}


@dataclass(frozen=True)
class Params:
    activation: str = choice(
        "sigmoid",
        {"sigmoid": Text("sigmoid", "sigmoid"), "tanh": Text("tanh", "tanh")},
        text=Text("激活函数", "activation"),
    )
    depth: int = whole(8, 1, 16, text=Text("隐藏层数", "hidden layers"), cost=1)
    gain: float = number(
        1.0, 0.5, 8.0, text=Text("初始权重的增益", "gain of the first weights"), scale="log"
    )
    steps: int = whole(200, 20, 1000, text=Text("训练步数", "training steps"), cost=1)
    lr: float = number(0.05, 0.001, 0.1, text=Text("学习率", "learning rate"), scale="log")
    optimiser: str = choice(
        "sgd",
        {"sgd": Text("梯度下降", "gradient descent"), "adam": Text("Adam", "Adam")},
        text=Text("优化器", "optimiser"),
    )


@dataclass(frozen=True)
class Net:
    lag: Logs  # [S] log10 of the first layer's relative change over the output layer's
    moved: Numbers  # [S] relative change of the output layer's weights
    fell: Numbers  # [S] share of the first loss that training removed
    explained: Numbers  # [S] share of the variance of the targets explained at the end
    by_layer: Curve  # [S, depth + 1] |change of a layer's weights| / |first weights|


@dataclass(frozen=True)
class Measurements:
    net: Net
    tanh: Net


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x = draws(seeds, "inputs", SAMPLES, INPUTS, device=device)
    y = torch.tanh(x[..., 0] + x[..., 1]) + MEAN
    weights = []
    for layer, (a, b) in enumerate(shapes(params)):
        gain = params.gain if layer < params.depth else 1.0
        weights.append(draws(seeds, f"layer {layer}", a, b, std=gain * a**-0.5, device=device))
    return Measurements(*(train(weights, x, y, a, params) for a in (params.activation, "tanh")))


def shapes(params: Params) -> list[tuple[int, int]]:
    """Inputs and outputs of the hidden layers and of the linear output layer."""
    return [(INPUTS, WIDTH)] + [(WIDTH, WIDTH)] * (params.depth - 1) + [(WIDTH, 1)]


def train(
    weights: list[torch.Tensor], x: torch.Tensor, y: torch.Tensor, activation: str, params: Params
) -> Net:
    """Full-batch training from `weights`, biases at 0."""
    squash = ACTIVATIONS[activation]
    ws = [w.clone().requires_grad_() for w in weights]
    bs = [torch.zeros_like(w[:, :1]).requires_grad_() for w in weights]
    kind = torch.optim.Adam if params.optimiser == "adam" else torch.optim.SGD
    optimiser = kind([*ws, *bs], lr=params.lr)
    losses = []
    for _ in range(params.steps):
        optimiser.zero_grad()
        h = x
        for w, b in zip(ws[:-1], bs[:-1], strict=True):
            h = squash(torch.baddbmm(b, h, w))
        loss = (torch.baddbmm(bs[-1], h, ws[-1]).squeeze(-1) - y).square().mean(1)  # [S]
        loss.sum().backward()
        optimiser.step()
        losses.append(loss.detach())
    change = torch.stack(
        [
            (w - w0).norm(dim=(1, 2)) / w0.norm(dim=(1, 2))
            for w, w0 in zip(ws, weights, strict=True)
        ],
        1,
    ).detach()  # [S, depth + 1]
    lag = (change[:, 0].clamp(min=TINY) / change[:, -1].clamp(min=TINY)).log10()
    fell = 1 - losses[-1] / losses[0]
    explained = 1 - losses[-1] / y.var(1, correction=0)
    return Net(*map(numbers, (lag, change[:, -1], fell, explained, change)))


DEFAULT = Params()
DEPTH = DEFAULT.depth

DEMO = Demo(
    title=Text("前面的层几乎没动", "The first layers hardly move"),
    question=Text(
        "梯度消失时，训练在各层留下什么？",
        "What does training do to each layer if gradients vanish?",
    ),
    summary=Text(
        f"{DEPTH} 个 sigmoid 隐藏层，训练 {DEFAULT.steps} 步，看每层的权重离起点走了多远，"
        "网络又学到了什么。",
        f"{DEPTH} hidden layers of sigmoid units are trained for {DEFAULT.steps} steps. How far has"
        " each layer come from its start, and what has the net learnt?",
    ),
    topic="gradients",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="first_layer_hardly_moves",
            text=Text(
                f"{DEPTH} 层 sigmoid 网络训练 {DEFAULT.steps} 步：输出层的权重变了十分之一以上，"
                "首层权重的相对变化还不到它的千分之一。",
                f"In {DEFAULT.steps} training steps of {DEPTH} sigmoid layers the output layer's"
                " weights change by more than a tenth, and the first layer's, relative to their"
                " size, by less than a 1000th of that.",
            ),
            decides=("VG-8",),
            clauses=(
                mostly("net.lag", below=-3.0),
                mostly("net.moved", above=0.1),
            ),
            controls=(mostly("tanh.lag", above=-1.7, below=0.3),),
            control_text=Text(
                "同样的权重和数据，只改一处：换成 tanh，首层的变化不少于输出层的五十分之一。",
                "The same weights and data, one change: with tanh the first layer's change is at"
                " least a 50th of the output layer's.",
            ),
            trained=True,
            works_with=(mostly("net.fell", above=0.3),),
            works_without=(mostly("tanh.fell", above=0.9),),
            broken=replace(DEFAULT, activation="tanh"),
        ),
        Claim(
            slug="only_the_mean_is_learnt",
            text=Text(
                "误差确实降了，但学到的只是目标的均值：目标的方差一点也没有解释（不到 1%）。",
                "The error does fall, but only the mean of the targets is learnt: less than 1 % of"
                " their variance is explained.",
            ),
            clauses=(mostly("net.explained", above=-0.01, below=0.01),),
            controls=(mostly("tanh.explained", above=0.9, below=1.0),),
            control_text=Text(
                "只改一处：换成 tanh，解释了方差的 90% 以上。",
                "One change: with tanh more than 90 % of the variance is explained.",
            ),
            trained=True,
            works_with=(mostly("net.fell", above=0.3),),
            works_without=(mostly("tanh.fell", above=0.9),),
            broken=replace(DEFAULT, activation="tanh"),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("训练之后，各层走了多远", "How far each layer came in training"),
        caption=Text(
            "sigmoid 网络里，越靠近输入的层动得越少，每层差好几倍；tanh 网络各层都在动。"
            "带子盖住 95% 的种子。",
            "With sigmoid, each layer nearer the input moves several times less; with tanh all"
            " layers move. Band: 95 % of seeds.",
        ),
        x=Axis(Text("层（1 最靠近输入，最后是输出层）", "layer (1 is nearest the input)")),
        y=Axis(Text("权重的变化 ÷ 初始权重", "change of the weights ÷ first weights"), "log"),
        series=(
            Series("net.by_layer", Text("所选的激活", "activation as set")),
            Series("tanh.by_layer", Text("tanh（对照）", "tanh (control)"), "control"),
        ),
        x_values=lambda params: range(1, params.depth + 2),
    ),
    prediction=Prediction(
        Text(
            f"{DEPTH} 个 sigmoid 隐藏层，梯度下降 {DEFAULT.steps} 步。"
            "首层权重的相对变化是输出层的多少？",
            f"{DEPTH} hidden layers of sigmoid units, {DEFAULT.steps} steps of gradient descent."
            " Relative to its size, the first layer has moved … as the output layer.",
        ),
        "net.lag",
        (
            Option(
                "as_much",
                Text("差不多，相差不到 10 倍", "about as far, within tenfold"),
                above=-1.0,
            ),
            Option(
                "less",
                Text("十分之一到千分之一", "a 10th to a 1000th as far"),
                above=-3.0,
                below=-1.0,
            ),
            Option("hardly", Text("不到千分之一", "less than a 1000th as far"), below=-3.0),
        ),
    ),
    mutations=(
        Mutation(
            "h = squash(torch.baddbmm(b, h, w))",
            "h = torch.tanh(torch.baddbmm(b, h, w))",
            loses=("first_layer_hardly_moves", "only_the_mean_is_learnt"),
        ),
        Mutation(
            "optimiser.step()",
            "pass",
            loses=("first_layer_hardly_moves", "only_the_mean_is_learnt"),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：换成 tanh", "Make it fail: tanh"),
            replace(DEFAULT, activation="tanh"),
        ),
        Preset(
            "follow_up",
            Text("追问：换成 Adam，练 800 步呢？", "Follow-up: 800 steps of Adam?"),
            replace(DEFAULT, optimiser="adam", lr=0.01, steps=800),
        ),
    ),
)
