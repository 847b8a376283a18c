"""Equal weights stay equal: why weights are not initialised to a constant.

Hidden units with the same incoming and outgoing weights receive the same gradient, so
gradient descent never tells them apart (Goodfellow, Bengio & Courville 2016, section 8.4).
From zero not one weight moves, because each gradient is multiplied by a weight or by an
activation that is zero: only the output bias learns. From another constant the layer does
learn, but as one unit repeated.

Control: the same data, width and steps from random weights, biases at zero.
"""

from __future__ import annotations

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
    choice,
    mostly,
    nearly_always,
    number,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SAMPLES = 128
INPUTS = 4  # the target needs three of them; the fourth is noise
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}


@dataclass(frozen=True)
class Params:
    constant: float = number(
        0.5, 0.05, 1.0, text=Text("常数初始化的值", "value of the constant start")
    )
    activation: str = choice(
        "tanh",
        {
            "tanh": Text("tanh", "tanh"),
            "relu": Text("ReLU", "ReLU"),
            "sigmoid": Text("sigmoid（0 处不为 0）", "sigmoid (not 0 at 0)"),
        },
        text=Text("激活函数", "activation"),
    )
    width: int = whole(8, 2, 64, text=Text("隐藏单元数", "hidden units"), scale="log", cost=0.6)
    steps: int = whole(300, 50, 500, text=Text("训练步数", "training steps"), cost=1)
    spread: float = number(
        0.0,
        0.0,
        1.0,
        text=Text("给相等权重加的随机扰动", "random spread added to the equal weights"),
        help=Text("0 表示完全相等；调大就打破对称。", "0 keeps them equal; more breaks the tie."),
    )
    std: float = number(
        0.5, 0.0, 2.0, text=Text("随机初始化的标准差", "standard deviation of the random start")
    )
    lr: float = number(0.1, 0.01, 0.3, text=Text("学习率", "learning rate"), scale="log")


@dataclass(frozen=True)
class Arm:
    moved: Numbers  # [S] largest change of any weight, start to end
    parted: Numbers  # [S] largest gap between two hidden units' incoming weights at the end
    residual: Numbers  # [S] final loss / variance of the target
    explained: Numbers  # [S] 1 - residual
    fell: Numbers  # [S] share of the first loss that training removed
    loss: Curve  # [S, steps] loss / variance of the target


@dataclass(frozen=True)
class Measurements:
    zero: Arm
    constant: Arm
    random: Arm


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x = draws(seeds, "inputs", SAMPLES, INPUTS, device=device).double()  # [S, 128, 4]
    noise_in = draws(seeds, "incoming", INPUTS, params.width, device=device).double()
    noise_out = draws(seeds, "outgoing", params.width, 1, device=device).double()
    arms = []
    for level, spread in starts(params):
        w1 = level + spread * noise_in  # [S, 4, width]
        w2 = level + spread * noise_out  # [S, width, 1]
        arms.append((w1, w2))
    w1, w2 = (torch.cat([arm[i] for arm in arms]) for i in (0, 1))  # arms on the batch axis
    trained = train(w1, w2, x.repeat(len(arms), 1, 1), params)
    third = len(seeds)
    return Measurements(
        *(Arm(*(v[i * third : (i + 1) * third] for v in trained)) for i in range(3))
    )


def starts(params: Params) -> list[tuple[float, float]]:
    """(common value, spread around it) of the zero, the constant and the random start."""
    zero = (0.0, params.spread)
    constant = (params.constant, params.spread)
    random = (0.0, params.std)
    return [zero, constant, random]


def train(
    w1: torch.Tensor, w2: torch.Tensor, x: torch.Tensor, params: Params
) -> tuple[Numbers, ...]:
    """Full-batch gradient descent on x1 x2 + x3 / 2 + 1/2; the fields of `Arm` in order."""
    activation = ACTIVATIONS[params.activation]
    target = x[..., 0] * x[..., 1] + 0.5 * x[..., 2] + 0.5  # [A, 128]
    variance = target.var(dim=1, correction=0)  # [A]
    w1, w2 = w1.clone().requires_grad_(), w2.clone().requires_grad_()
    b1 = torch.zeros(len(x), 1, w1.shape[2], dtype=x.dtype, device=x.device, requires_grad=True)
    b2 = torch.zeros(len(x), 1, 1, dtype=x.dtype, device=x.device, requires_grad=True)
    first = w1.detach().clone(), w2.detach().clone()
    optimiser = torch.optim.SGD([w1, b1, w2, b2], lr=params.lr)
    losses = []
    for _ in range(params.steps):
        optimiser.zero_grad()
        hidden = activation(torch.baddbmm(b1, x, w1))  # [A, 128, width]
        error = torch.baddbmm(b2, hidden, w2).squeeze(-1) - target  # [A, 128]
        loss = error.square().mean(1)  # [A]
        loss.sum().backward()
        optimiser.step()
        losses.append((loss / variance).detach())
    curve = torch.stack(losses, 1)  # [A, steps]
    moved = [(w - w0).abs().amax((1, 2)) for w, w0 in zip((w1, w2), first, strict=True)]
    parted = (w1.amax(2) - w1.amin(2)).amax(1)
    residual = curve[:, -1]
    values = (
        torch.maximum(*moved), parted, residual, 1 - residual, 1 - residual / curve[:, 0], curve
    )  # fmt: skip
    return tuple(numbers(v) for v in values)


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """The zero and the constant start again, in numpy, gradients by hand, one seed at a time."""
    x = draws(seeds, "inputs", SAMPLES, INPUTS)[0].double().numpy()
    noise_in = draws(seeds, "incoming", INPUTS, params.width)[0].double().numpy()
    noise_out = draws(seeds, "outgoing", params.width, 1)[0].double().numpy()
    y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.5)[:, None]
    found = {}
    for name, (level, spread) in zip(("zero", "constant"), starts(params), strict=False):
        w1, w2 = level + spread * noise_in, level + spread * noise_out
        first, b1, b2 = (w1, w2), np.zeros((1, params.width)), np.zeros((1, 1))
        for _ in range(params.steps):
            z = x @ w1 + b1
            if params.activation == "tanh":
                h = np.tanh(z)
                slope = 1 - h**2
            elif params.activation == "relu":
                h, slope = np.maximum(z, 0), (z > 0).astype(float)
            else:
                h = 1 / (1 + np.exp(-z))
                slope = h * (1 - h)
            delta = 2 * (h @ w2 + b2 - y) / len(x)  # [128, 1]
            back = delta @ w2.T * slope  # [128, width]
            w2, b2 = w2 - params.lr * h.T @ delta, b2 - params.lr * delta.sum()
            w1, b1 = w1 - params.lr * x.T @ back, b1 - params.lr * back.sum(0)
        moved = max(np.abs(w1 - first[0]).max(), np.abs(w2 - first[1]).max())
        found[f"{name}.moved"] = np.array([moved])
        found[f"{name}.parted"] = np.array([np.ptp(w1, axis=1).max()])
    return found


DEFAULT = Params()
SPREAD = replace(DEFAULT, spread=0.5)

DEMO = Demo(
    title=Text("相等的权重永远相等", "Equal weights stay equal"),
    question=Text("为什么不能把权重全初始化为 0？", "Why not start every weight at zero?"),
    summary=Text(
        "同一个小网络，从全零、常数和随机权重各训练一次，看谁动了、谁和谁分不开。",
        "One small network trained from zero, from a constant and from random weights:"
        " which weights move, and which never part.",
    ),
    topic="initialisation",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=64,
    claims=(
        Claim(
            slug="zero_is_stuck",
            text=Text(
                f"权重全为 0、激活为 {DEFAULT.activation} 时，"
                f"训练 {DEFAULT.steps} 步后没有一个权重动过。",
                f"From all-zero weights with {DEFAULT.activation}, {DEFAULT.steps} training steps"
                " move not one weight.",
            ),
            decides=("INI-1",),
            clauses=(always("zero.moved", below=1e-12),),
            controls=(nearly_always("random.moved", above=1e-2, below=1e2),),
            control_text=Text("只改一处：权重从随机值开始。", "One change: random weights."),
            trained=True,
            works_with=(mostly("zero.fell", above=0.02),),  # the output bias did learn the mean
            works_without=(mostly("random.fell", above=0.3),),
            broken=SPREAD,
        ),
        Claim(
            slug="units_stay_tied",
            text=Text(
                f"所有权重都从 {DEFAULT.constant} 开始，训练后各隐藏单元仍然一模一样。",
                f"From all weights at {DEFAULT.constant}, training parts no two hidden units.",
            ),
            decides=("INI-1", "INI-2"),
            clauses=(always("constant.parted", below=1e-9),),
            controls=(nearly_always("random.parted", above=1e-1, below=1e2),),
            control_text=Text("只改一处：权重从随机值开始。", "One change: random weights."),
            trained=True,
            works_with=(mostly("constant.moved", above=1e-2),),
            works_without=(mostly("random.fell", above=0.3),),
            broken=SPREAD,
        ),
        Claim(
            slug="constant_still_learns",
            text=Text(
                f"从常数 {DEFAULT.constant} 开始的网络照样在学：目标方差至少解释了 5%。",
                f"A network started at the constant {DEFAULT.constant} does learn: it explains"
                " more than 5 % of the target's variance.",
            ),
            decides=("INI-2",),
            clauses=(mostly("constant.explained", above=0.05),),
            controls=(mostly("zero.explained", above=-0.04, below=0.04),),
            control_text=Text("只改一处：常数换成 0。", "One change: the constant is 0."),
            trained=True,
            works_with=(mostly("constant.fell", above=0.1),),
            works_without=(mostly("zero.fell", above=0.02),),
            broken=replace(DEFAULT, constant=0.0),
        ),
        Claim(
            slug="zero_bias_is_safe",
            text=Text(
                "权重随机、偏置全为 0 时网络学得起来：剩余误差低于目标方差的一半。",
                "With random weights and all biases at zero the network learns: less than half"
                " of the target's variance is left.",
            ),
            decides=("INI-3",),
            clauses=(mostly("random.residual", below=0.5),),
            controls=(mostly("constant.residual", above=0.55, below=1.05),),
            control_text=Text(
                "偏置同样为 0，只改一处：权重全部相等。",
                "Biases at zero as well, one change: all weights equal.",
            ),
            trained=True,
            works_with=(mostly("random.fell", above=0.3),),
            works_without=(mostly("constant.fell", above=0.1),),
            broken=replace(DEFAULT, std=0.0),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("三种初始化的训练误差", "Training error from three starts"),
        caption=Text(
            "全零只学到均值，停在 1；常数像一个单元在学；随机才用上全部单元。带子盖住 95% 的种子。",
            "Zero learns the mean and stays at 1, the constant learns as one unit, random weights"
            " use them all. Band: 95 % of seeds.",
        ),
        x=Axis(Text("训练步", "training step")),
        y=Axis(Text("误差 ÷ 目标方差", "error ÷ variance of the target")),
        series=(
            Series("zero.loss", Text("全零", "zero")),
            Series("constant.loss", Text("常数", "constant")),
            Series("random.loss", Text("随机（对照）", "random (control)"), role="control"),
        ),
        x_values=lambda params: range(1, params.steps + 1),
    ),
    prediction=Prediction(
        Text(
            "tanh 网络，权重和偏置全为 0，训练 300 步。动得最多的那个权重动了多少？",
            "A tanh network with every weight and bias at 0, after 300 steps:"
            " how far has the weight that moved most moved?",
        ),
        "zero.moved",
        (
            Option("none", Text("一点没动", "not at all"), below=1e-12),
            Option("little", Text("约 0.01", "about 0.01"), above=1e-12, below=0.1),
            Option("much", Text("超过 0.1", "more than 0.1"), above=0.1),
        ),
    ),
    mutations=(
        Mutation(
            "zero = (0.0, params.spread)",
            "zero = (0.0, params.spread + 0.3)",
            loses=("zero_is_stuck", "constant_still_learns"),
        ),
        Mutation(
            "constant = (params.constant, params.spread)",
            "constant = (params.constant, params.spread + 0.3)",
            loses=("units_stay_tied",),
        ),
        Mutation("optimiser.step()", "pass", loses=("constant_still_learns", "zero_bias_is_safe")),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset("make_it_fail", Text("让它失败：加一点随机", "Make it fail: add a spread"), SPREAD),
        Preset(
            "follow_up",
            Text("追问：换成 sigmoid 呢？", "Follow-up: what about sigmoid?"),
            replace(DEFAULT, activation="sigmoid"),
        ),
    ),
)
