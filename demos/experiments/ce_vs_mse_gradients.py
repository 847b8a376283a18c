"""Squared error behind a sigmoid or softmax learns slowest where it is most wrong.

By the logit z the gradient of cross-entropy is p - y; that of squared error is the same times
2 p (1 - p), which vanishes when the output is saturated (Nielsen 2015, chapter 3; Goodfellow,
Bengio & Courville 2016, section 6.2.2). One could deny that this costs more than a constant
factor, that it holds for softmax too, or that p - y survives labels that are not one-hot. It
does not survive labels whose sum is not 1: then the gradient is sum(y) p - y.

Controls: the same logits started undecided; a linear output, for which squared error behaves;
the same labels doubled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn.functional import logsigmoid

from demos.kit.declare import (
    Axis,
    Claim,
    Corner,
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

TIMES = 40.0  # how many times slower squared error is claimed to be
REACHED = 0.9  # probability of the right answer at which a unit has learnt
CASES = 16  # logit vectors per seed of which the worst is kept
PAIRS = 64  # pairs of errors per seed of which the least favourable is kept
DEPTH = 10.0  # how far below its edge a wrong logit is drawn


@dataclass(frozen=True)
class Params:
    lead: float = number(
        10.0, 0.0, 12.0, text=Text("开始时错误答案领先的 logit", "lead of the wrong answer")
    )
    lr: float = number(1.0, 0.2, 5.0, text=Text("学习率", "learning rate"), scale="log")
    steps: int = whole(1200, 200, 3000, text=Text("训练步数", "training steps"), cost=1)
    classes: int = whole(4, 2, 10, text=Text("softmax 的类别数", "classes of the softmax"))
    edge: float = number(
        0.7,
        0.3,
        0.9,
        text=Text("比较梯度时最小的误差", "smallest error compared"),
        help=Text(
            "误差是 1−p。均方误差的梯度在误差 2/3 处最大。",
            "The error is 1 − p. Squared error's gradient peaks at an error of 2/3.",
        ),
    )
    total: float = number(1.0, 0.5, 3.0, text=Text("标签各项之和", "sum of the label's entries"))


@dataclass(frozen=True)
class Layer:
    times: Numbers  # [S] steps squared error needs / steps cross-entropy needs
    room: Numbers  # [S] the largest ratio that the steps leave room for
    learnt: Numbers  # [S] final probability of the right answer, cross-entropy
    cross: Curve  # [S, X] probability of the right answer, cross-entropy
    squared: Curve  # [S, X] the same with squared error


@dataclass(frozen=True)
class Growth:
    growth: Numbers  # [S] gradient at the larger of two errors - at the smaller, worst pair


@dataclass(frozen=True)
class Fall:
    fall: Numbers  # [S] gradient at the smaller of two errors - at the larger, worst pair


@dataclass(frozen=True)
class Identity:
    error: Numbers  # [S] largest |autograd - (a - y)|


@dataclass(frozen=True)
class Measurements:
    sigmoid: Layer
    softmax: Layer
    undecided_sigmoid: Layer
    undecided_softmax: Layer
    cross: Growth
    squared: Fall
    linear: Fall
    label: Identity
    doubled: Identity


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    sigmoid, softmax, undecided_sigmoid, undecided_softmax = layers(params, seeds, device)
    near, far = pairs(params, seeds, device)
    cross = steepness(far, "cross") - steepness(near, "cross")
    squared = steepness(near, "squared") - steepness(far, "squared")
    linear = steepness(near, "linear") - steepness(far, "linear")
    z, y = labelled(params, seeds, device)
    return Measurements(
        sigmoid,
        softmax,
        undecided_sigmoid,
        undecided_softmax,
        cross=Growth(numbers(cross.amin(1))),
        squared=Fall(numbers(squared.amin(1))),
        linear=Fall(numbers(linear.amax(1))),
        label=Identity(numbers(deviation(z, params.total * y))),
        doubled=Identity(numbers(deviation(z, 2 * y))),
    )


def layers(params: Params, seeds: Seeds, device: str) -> tuple[Layer, Layer, Layer, Layer]:
    """A sigmoid and a softmax trained from the wrong answer, and from none."""
    jitter = draws(seeds, "start", low=-1, high=1, law="uniform", device=device).double()  # [S]
    others = draws(seeds, "others", params.classes, std=0.5, device=device).double()  # [S, K]
    leads = torch.tensor([params.lead, 0.0], device=device).double()[:, None] - jitter  # [2, S]
    softmax = others.repeat(2, 1, 1)  # the right class is 0, the wrong one 1
    softmax[..., 0] = 0.0
    softmax[..., 1] = leads
    one, many = train(-leads.repeat(2, 1, 1), softmax.repeat(2, 1, 1, 1), params)
    return (
        layer(one[:, :, 0], params),
        layer(many[:, :, 0], params),
        layer(one[:, :, 1], params),
        layer(many[:, :, 1], params),
    )


def train(z: torch.Tensor, w: torch.Tensor, params: Params) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradient descent on logits z [2, 2, S] of sigmoids and w [2, 2, S, K] of softmaxes.

    The first axis is the loss, the second the start; returns the probability of the right
    answer before each step, [steps, 2, 2, S] twice.
    """
    z, w = z.clone().requires_grad_(), w.clone().requires_grad_()
    right = torch.zeros(params.classes, dtype=w.dtype, device=w.device)
    right[0] = 1.0
    optimiser = torch.optim.SGD([z, w], lr=params.lr)
    one, many = [], []
    for _ in range(params.steps):
        optimiser.zero_grad()
        p, q = torch.sigmoid(z), torch.softmax(w, -1)
        cross = -logsigmoid(z[0]) - torch.log_softmax(w[0], -1)[..., 0]
        squared = (1 - p[1]).square() + (q[1] - right).square().sum(-1)
        (cross + squared).sum().backward()
        optimiser.step()
        one.append(p.detach())
        many.append(q[..., 0].detach())
    return torch.stack(one), torch.stack(many)


def layer(p: torch.Tensor, params: Params) -> Layer:
    """From the probabilities p [steps, 2, S]; a unit that never arrives counts steps + 1."""
    done = p > REACHED
    taken = torch.where(done.any(0), done.int().argmax(0), params.steps).double() + 1
    drawn = p[[t - 1 for t in shown(params)]]
    return Layer(
        numbers(taken[1] / taken[0]),
        numbers((params.steps + 1) / taken[0]),
        numbers(p[-1, 0]),
        *(numbers(drawn[:, i].T) for i in (0, 1)),
    )


def shown(params: Params) -> list[int]:
    """Steps evenly spaced on a logarithmic axis."""
    return sorted({round(params.steps ** (i / 80)) for i in range(81)})


def pairs(params: Params, seeds: Seeds, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits [S, PAIRS] twice whose errors 1 - p exceed `edge`, the smaller error first."""
    u = draws(seeds, "errors", PAIRS, 2, law="uniform", device=device).double()
    z = np.log((1 - params.edge) / params.edge) - DEPTH * u
    return z.amax(-1), z.amin(-1)


def steepness(z: torch.Tensor, loss: str) -> torch.Tensor:
    """|d loss / d z| by autograd, target 1."""
    z = z.detach().requires_grad_()
    output = z if loss == "linear" else torch.sigmoid(z)
    value = -logsigmoid(z) if loss == "cross" else (1 - output).square()
    return torch.autograd.grad(value.sum(), z)[0].abs()


def labelled(params: Params, seeds: Seeds, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of mixed scale and labels summing to 1: half one-hot, half soft [S, CASES, K]."""
    shape = CASES, params.classes
    scale = draws(seeds, "scale", CASES, 1, low=-2, high=1, law="uniform", device=device)
    z = draws(seeds, "logits", *shape, device=device).double() * 10 ** scale.double()
    soft = draws(seeds, "labels", *shape, law="exponential", device=device).double()
    y = soft / soft.sum(-1, keepdim=True)
    hot = torch.nn.functional.one_hot(soft.argmax(-1), params.classes).double()
    return z, torch.cat([hot[:, ::2], y[:, 1::2]], 1)


def deviation(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Largest gap between a - y and the chain rule through exp, sum and log [S]."""
    z = z.detach().requires_grad_()
    a = z.exp() / z.exp().sum(-1, keepdim=True)  # spelt out: library softmax losses assume a - y
    loss = -(y * a.log()).sum()
    return (torch.autograd.grad(loss, z)[0] - (a - y)).detach().abs().amax((1, 2))


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again in numpy, derivatives written out, softmax by its Jacobian."""
    near, far = (v[0].numpy() for v in pairs(params, seeds, "cpu"))
    p, q = (1 / (1 + np.exp(-v)) for v in (near, far))
    z, y = (v[0].numpy() for v in labelled(params, seeds, "cpu"))
    worst = 0.0
    for row, label in zip(z, params.total * y, strict=True):
        e = np.exp(row - row.max())
        a = e / e.sum()
        gradient = (np.diag(a) - np.outer(a, a)) @ (-label / a)
        worst = max(worst, float(np.abs(gradient - (a - label)).max()))
    return {
        "cross.growth": np.array([(p - q).min()]),
        "squared.fall": np.array([(2 * (1 - p) ** 2 * p - 2 * (1 - q) ** 2 * q).min()]),
        "label.error": np.array([worst]),
    }


def corner(*values: float) -> torch.Tensor:
    return torch.tensor([[values]], dtype=torch.float64)


DEFAULT = Params()

DEMO = Demo(
    title=Text("交叉熵还是均方误差：谁推得动答错的输出", "Cross-entropy or squared error"),
    question=Text(
        "输出已经饱和又答错，哪种损失还推得动它？",
        "Which loss still moves an output that is saturated and wrong?",
    ),
    summary=Text(
        "同样的 logit、同样的学习率，只换损失：数一数要多少步才改得过来（到头也没改过来的，"
        f"按 {DEFAULT.steps + 1} 步计），再看误差越大时梯度往哪边走。",
        "The same logits and the same rate, only the loss differs: how many steps until the answer"
        f" is put right ({DEFAULT.steps + 1} where it never is), and what the gradient does as the"
        " error grows.",
    ),
    topic="softmax_and_losses",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=256,
    claims=(
        Claim(
            slug="saturated_and_wrong",
            text=Text(
                f"错误答案领先约 {DEFAULT.lead:g} 时，要让正确答案的概率超过 {REACHED:g}，"
                f"均方误差用的步数是交叉熵的 {TIMES:g} 倍以上，sigmoid 和 softmax 都如此。",
                f"With the wrong answer about {DEFAULT.lead:g} ahead, squared error takes more than"
                f" {TIMES:g} times the steps of cross-entropy to bring the right one above"
                f" {REACHED:g}, behind sigmoid and softmax alike.",
            ),
            decides=("CE-1",),
            clauses=(mostly("sigmoid.times", above=TIMES), mostly("softmax.times", above=TIMES)),
            controls=(
                mostly("undecided_sigmoid.times", above=1.5, below=10.0),
                mostly("undecided_softmax.times", above=0.2, below=10.0),
            ),
            control_text=Text(
                "只改一处：从谁也不领先的地方开始。", "One change: started with neither ahead."
            ),
            trained=True,
            works_with=(
                mostly("sigmoid.learnt", above=REACHED),
                mostly("softmax.learnt", above=REACHED),
                mostly("sigmoid.room", above=TIMES),
                mostly("softmax.room", above=TIMES),
            ),
            works_without=(
                mostly("undecided_sigmoid.learnt", above=REACHED),
                mostly("undecided_softmax.learnt", above=REACHED),
            ),
            broken=replace(DEFAULT, lead=0.0),
            looks=(256,),
        ),
        Claim(
            slug="larger_error_smaller_step",
            text=Text(
                f"误差超过 {DEFAULT.edge:g} 之后，误差越大，均方误差经 sigmoid 的梯度总是越小，"
                "交叉熵的梯度总是越大。",
                f"Beyond an error of {DEFAULT.edge:g}, a larger error always means a smaller"
                " gradient for squared error behind a sigmoid and a larger one for cross-entropy.",
            ),
            decides=("CE-1",),
            clauses=(always("squared.fall", above=0.0), always("cross.growth", above=0.0)),
            controls=(nearly_always("linear.fall", above=-20.5, below=0.0),),
            control_text=Text(
                "只改一处：去掉 sigmoid，均方误差的梯度随误差变大。",
                "One change: no sigmoid; squared error's gradient then grows with the error.",
            ),
            broken=replace(DEFAULT, edge=0.3),
            looks=(256,),
        ),
        Claim(
            slug="gradient_is_a_minus_y",
            text=Text(
                "softmax 接交叉熵，标签之和为 1（独热或软标签）时，对 logit 的梯度总是 a − y。",
                "With softmax and cross-entropy and a label that sums to 1, one-hot or soft, the"
                " gradient by the logits is always a − y.",
            ),
            decides=("CE-2",),
            clauses=(always("label.error", below=1e-9),),
            controls=(nearly_always("doubled.error", above=0.1, below=1.1),),
            control_text=Text(
                "只改一处：标签乘以 2，和不再是 1。",
                "One change: labels doubled, so that they no longer sum to 1.",
            ),
            corners=(
                Corner(
                    Text("logit 全等", "equal logits"),
                    "label.error",
                    lambda p: float(deviation(corner(0, 0, 0), p.total * corner(0, 1, 0))),
                ),
                Corner(
                    Text("答错而且饱和", "saturated and wrong"),
                    "label.error",
                    lambda p: float(deviation(corner(0, 30), p.total * corner(1, 0))),
                ),
            ),
            broken=replace(DEFAULT, total=2.0),
            looks=(256,),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("从饱和而又答错的地方出发", "From saturated and wrong"),
        caption=Text(
            "同一个 sigmoid 单元。均方误差的曲线贴着 0 走了很久；从 0.5 附近开始，它就学得动。"
            "带子盖住 95% 的种子。",
            "One sigmoid unit. Squared error stays near 0 for a long time; started near 0.5 it"
            " learns. Band: 95 % of seeds.",
        ),
        x=Axis(Text("训练步", "training step"), "log"),
        y=Axis(Text("正确答案的概率", "probability of the right answer")),
        series=(
            Series("sigmoid.cross", Text("交叉熵", "cross-entropy")),
            Series("sigmoid.squared", Text("均方误差", "squared error")),
            Series(
                "undecided_sigmoid.squared",
                Text("均方误差，不饱和（对照）", "squared error, not saturated (control)"),
                role="control",
            ),
        ),
        x_values=shown,
    ),
    prediction=Prediction(
        Text(
            f"sigmoid 单元应当输出 1，logit 却在 −{DEFAULT.lead:g} 附近。学习率相同，"
            "均方误差要用的步数是交叉熵的几倍？",
            f"A sigmoid unit ought to give 1, but its logit is near −{DEFAULT.lead:g}. At the same"
            " rate, how many times the steps of cross-entropy does squared error take?",
        ),
        "sigmoid.times",
        (
            Option("same", Text("不到 3 倍", "fewer than 3"), below=3.0),
            Option("some", Text(f"3 到 {TIMES:g} 倍", f"3 to {TIMES:g}"), above=3.0, below=TIMES),
            Option("many", Text(f"{TIMES:g} 倍以上", f"more than {TIMES:g}"), above=TIMES),
        ),
    ),
    mutations=(
        Mutation(
            "squared = (1 - p[1]).square() + (q[1] - right).square().sum(-1)",
            "squared = -p[1].log() - q[1][..., 0].log()",
            loses=("saturated_and_wrong",),
        ),
        Mutation(
            'output = z if loss == "linear" else torch.sigmoid(z)',
            "output = z",
            loses=("larger_error_smaller_step",),
        ),
        Mutation(
            "loss = -(y * a.log()).sum()",
            "loss = (a - y).square().sum()",
            loses=("gradient_is_a_minus_y",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：从不饱和处开始", "Make it fail: start unsaturated"),
            replace(DEFAULT, lead=0.0),
        ),
        Preset(
            "follow_up",
            Text("追问：学习率调大到 5 倍呢？", "Follow-up: what if the rate is 5 times larger?"),
            replace(DEFAULT, lr=5.0),
        ),
    ),
)
