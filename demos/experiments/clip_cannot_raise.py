"""Gradient clipping takes away and never adds: it tames explosion and cannot cure vanishing.

Clipping the norm multiplies a gradient whose norm exceeds c by c / norm; clipping values cuts
every entry off at a bound (Pascanu, Mikolov & Bengio 2013). One could hold that either keeps
gradients "in a range" and so from becoming too small. The gradients here are those of fresh
deep nets, at loss scales spread over eight decades so that c is met from both sides, and it is
PyTorch's own functions that clip them; only the trained net, stacked over seeds, scales its
gradients per seed by the same rule.

Controls: scaling to norm c in every case, which does raise; tanh in place of sigmoid, so that
nothing vanishes; no clipping; and clipping by value, which turns the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

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
    choice,
    mostly,
    number,
    switch,
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SAMPLES, INPUTS, WIDTH = 16, 4, 16
SCALES = 4  # loss scales a seed is clipped at
MEAN = 3.0  # of the targets
TRAINED = 8  # hidden layers of the net that is trained
LEARNER_GAINS = (2.0,) * TRAINED + (1.0,)
TINY = 1e-300


@dataclass(frozen=True)
class Params:
    limit: float = number(1.0, 0.01, 1e6, text=Text("范数阈值 c", "norm threshold c"), scale="log")
    bound: float = number(
        0.1, 0.001, 10.0, text=Text("按值裁剪的界", "bound of clipping by value"), scale="log"
    )
    mode: str = choice(
        "norm",
        {"norm": Text("按范数", "by norm"), "value": Text("按值", "by value")},
        text=Text("裁剪方式", "form of clipping"),
    )
    rescale: bool = switch(False, text=Text("不到阈值也缩放到 c", "scale to c even from below"))
    activation: str = choice(
        "sigmoid",
        {"sigmoid": Text("sigmoid", "sigmoid"), "tanh": Text("tanh", "tanh")},
        text=Text("梯度消失的网络的激活", "activation of the vanishing net"),
    )
    depth: int = whole(20, 2, 40, text=Text("层数", "layers"), cost=0.7)
    gain: float = number(
        4.0,
        1.0,
        8.0,
        text=Text("梯度爆炸的 tanh 网络的增益", "gain of the exploding tanh net"),
        scale="log",
    )
    steps: int = whole(200, 50, 400, text=Text("训练步数", "training steps"), cost=0.5)
    lr: float = number(0.1, 0.01, 0.3, text=Text("学习率", "learning rate"), scale="log")


@dataclass(frozen=True)
class Clipped:
    raised: Numbers  # [S] largest |entry after| / |entry before|, over nets and loss scales
    turned: Numbers  # [S] distance of the directions before and after, exploding net
    shrunk: Logs  # [S] log10 of the norm after over the norm before, exploding net


@dataclass(frozen=True)
class Layers:
    reach: Logs  # [S] log10 of the first layer's gradient over the last one's, clipped
    change: Logs  # [S] log10 of the first layer's gradient after over before
    before: Curve  # [S, depth] gradient norm of each layer
    after: Curve  # [S, depth] the same, clipped


@dataclass(frozen=True)
class Trained:
    explained: Numbers  # [S] share of the targets' variance; -1 where training diverged
    first: Logs  # [S] log10 of the first gradient's norm


@dataclass(frozen=True)
class Measurements:
    clipped: Clipped
    by_value: Clipped
    rescaled: Clipped
    vanishing: Layers
    exploding: Layers
    calm: Layers
    trained: Trained
    unclipped: Trained


Clip = Callable[[torch.Tensor], torch.Tensor]
Floats = npt.NDArray[np.float64]


def clips(params: Params) -> tuple[Clip, Clip, Clip]:
    """The clipping as set, clipping by value, and scaling in every case; on one gradient [P]."""

    def stock(gradient: torch.Tensor, form: str) -> torch.Tensor:
        leaf = torch.zeros_like(gradient, requires_grad=True)
        leaf.grad = gradient.clone()
        if form == "norm":
            clip_grad_norm_([leaf], params.limit)
        else:
            clip_grad_value_([leaf], params.bound)
        return leaf.grad

    def rescaled(gradient: torch.Tensor) -> torch.Tensor:
        norm: torch.Tensor = torch.linalg.vector_norm(gradient)
        return params.limit * (gradient / norm.clamp(min=TINY))

    own = rescaled if params.rescale else lambda gradient: stock(gradient, params.mode)
    return own, lambda gradient: stock(gradient, "value"), rescaled


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x, y, weights = problem(params, seeds, device)
    scales = draws(seeds, "scales", SCALES, law="uniform", low=-6, high=1, device=device).double()
    found = [gradients(weights, x, y, *net) for net in nets(params)]
    forms = clips(params)
    learner = [
        draws(seeds, f"learner {i}", a, b, std=gain * a**-0.5, device=device)
        for i, ((a, b), gain) in enumerate(zip(sizes(TRAINED), LEARNER_GAINS, strict=True))
    ]
    own, by_value, rescaled = (effect(form, found[:2], 10**scales) for form in forms)
    vanishing, exploding, calm = (layers(forms[0], g, params.depth) for g in found)
    trained = train(learner, x, y - MEAN, params, params.limit)
    unclipped = train(learner, x, y - MEAN, params, float("inf"))
    return Measurements(own, by_value, rescaled, vanishing, exploding, calm, trained, unclipped)


def problem(
    params: Params, seeds: Seeds, device: str
) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Inputs [S, N, 4], targets [S, N, 1] and weights of gain 1."""
    x = draws(seeds, "inputs", SAMPLES, INPUTS, device=device)
    y = torch.tanh(x[..., :1] + x[..., 1:2]) + MEAN
    weights = [
        draws(seeds, f"layer {i}", a, b, std=a**-0.5, device=device)
        for i, (a, b) in enumerate(sizes(params.depth))
    ]
    return x, y, weights


def sizes(depth: int) -> list[tuple[int, int]]:
    """Inputs and outputs of `depth` hidden layers and of the linear output layer."""
    return [(INPUTS, WIDTH)] + [(WIDTH, WIDTH)] * (depth - 1) + [(WIDTH, 1)]


def nets(params: Params) -> tuple[tuple[str, float], ...]:
    """Activation and gain of the vanishing, the exploding and the calm net."""
    return (params.activation, 1.0), ("tanh", params.gain), ("tanh", 1.0)


def gradients(
    weights: list[torch.Tensor], x: torch.Tensor, y: torch.Tensor, activation: str, gain: float
) -> torch.Tensor:
    """The gradient [S, P] of the mean squared error with respect to all weights."""
    squash = torch.sigmoid if activation == "sigmoid" else torch.tanh
    ws = [
        (w.double() * (gain if i < len(weights) - 1 else 1.0)).requires_grad_()
        for i, w in enumerate(weights)
    ]
    h = x.double()
    for w in ws[:-1]:
        h = squash(torch.bmm(h, w))
    loss = (torch.bmm(h, ws[-1]) - y).square().mean((1, 2)).sum()
    return torch.cat([g.flatten(1) for g in torch.autograd.grad(loss, ws)], 1)


def effect(form: Clip, found: list[torch.Tensor], scales: torch.Tensor) -> Clipped:
    """What a clipping does to the gradients `found`, each [S, P], at the loss scales [S, K]."""
    raised, turned, shrunk = [], [], []
    for row in range(len(scales)):
        most = torch.zeros((), dtype=torch.float64)
        for gradient in found:
            for scale in scales[row]:
                before = gradient[row] * scale
                ratio = form(before).abs() / before.abs().clamp(min=TINY)
                most = torch.maximum(most, ratio.max().cpu())
        before, after = found[1][row], form(found[1][row])
        raised.append(most)
        turned.append((after / after.norm() - before / before.norm()).norm())
        shrunk.append((after.norm() / before.norm()).log10())
    return Clipped(*(numbers(torch.stack(v)) for v in (raised, turned, shrunk)))


def layers(form: Clip, gradient: torch.Tensor, depth: int) -> Layers:
    """The norms of the hidden layers' gradients before and after clipping the whole, [S, P]."""
    clipped = torch.stack([form(row) for row in gradient])
    split = [a * b for a, b in sizes(depth)]
    before, after = (
        torch.stack([part.norm(dim=1).clamp(min=TINY) for part in v.split(split, 1)[:-1]], 1)
        for v in (gradient, clipped)
    )
    reach = (after[:, 0] / after[:, -1]).log10()
    change = (after[:, 0] / before[:, 0]).log10()
    return Layers(*map(numbers, (reach, change, before, after)))


def train(
    weights: list[torch.Tensor], x: torch.Tensor, y: torch.Tensor, params: Params, limit: float
) -> Trained:
    """Gradient descent of a ReLU net; each seed's gradient is clipped to norm `limit`."""
    x, ws = x.double(), [w.double().requires_grad_() for w in weights]
    optimiser = torch.optim.SGD(ws, lr=params.lr)
    norms = []
    for _ in range(params.steps):
        h = x
        for w in ws[:-1]:
            h = torch.relu(torch.bmm(h, w))
        loss = (torch.bmm(h, ws[-1]) - y).square().mean((1, 2))  # [S]
        found = torch.autograd.grad(loss.sum(), ws)
        norms.append(torch.stack([g.square().sum((1, 2)) for g in found]).sum(0).sqrt())
        factor = (limit / norms[-1]).clamp(max=1)[:, None, None]
        for w, g in zip(ws, found, strict=True):
            w.grad = g * factor
        if params.mode == "value" and limit < float("inf"):
            for w, g in zip(ws, found, strict=True):
                w.grad = g.clamp(-params.bound, params.bound)
        optimiser.step()
    explained = 1 - loss.detach() / y.var((1, 2), correction=0)
    explained = explained.nan_to_num(-1.0, -1.0, -1.0).clamp(-1, 1)
    return Trained(numbers(explained), numbers(norms[0].log10()))


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again in numpy: the gradients by the chain rule, the clipping by its formula."""
    x, y, weights = problem(params, seeds, "cpu")
    scales = draws(seeds, "scales", SCALES, law="uniform", low=-6, high=1)[0].double().numpy()
    found = []
    for activation, gain in nets(params)[:2]:
        ws = [w[0].double().numpy() * gain for w in weights[:-1]]
        ws.append(weights[-1][0].double().numpy())
        hs = [x[0].double().numpy()]
        for w in ws[:-1]:
            z = hs[-1] @ w
            hs.append(1 / (1 + np.exp(-z)) if activation == "sigmoid" else np.tanh(z))
        delta = 2 * (hs[-1] @ ws[-1] - y[0].double().numpy()) / SAMPLES
        parts = [hs[-1].T @ delta]
        for i in reversed(range(params.depth)):
            h = hs[i + 1]
            delta = delta @ ws[i + 1].T * (h * (1 - h) if activation == "sigmoid" else 1 - h**2)
            parts.append(hs[i].T @ delta)
        found.append(np.concatenate([part.ravel() for part in reversed(parts)]))

    def by_norm(g: Floats) -> Floats:
        ratio = float(params.limit / np.linalg.norm(g))
        return g * (ratio if params.rescale else min(1.0, ratio))

    def by_value(g: Floats) -> Floats:
        return np.minimum(np.maximum(g, -params.bound), params.bound)

    def raised(form: Callable[[Floats], Floats]) -> Numbers:
        scaled = [g * 10**scale for g in found for scale in scales]
        return np.array([max(np.max(np.abs(form(g)) / np.maximum(abs(g), TINY)) for g in scaled)])

    own = by_value if params.mode == "value" and not params.rescale else by_norm
    before, after = found[1], own(found[1])
    turned = after / np.linalg.norm(after) - before / np.linalg.norm(before)
    return {
        "clipped.raised": raised(own),
        "by_value.raised": raised(by_value),
        "clipped.turned": np.array([np.linalg.norm(turned)]),
    }


def at_threshold(params: Params) -> float:
    """The ratio of a gradient's only entry, after and before, when its norm is exactly c."""
    return float(clips(params)[0](torch.tensor([params.limit, 0.0]))[0]) / params.limit


def of_nothing(params: Params) -> float:
    """The largest entry that clipping makes of a gradient that is 0."""
    return float(clips(params)[0](torch.zeros(2, dtype=torch.float64)).abs().max())


DEFAULT = Params()
DEPTH = DEFAULT.depth
MOST = 1 + 1e-9

DEMO = Demo(
    title=Text("裁剪只减不增", "Clipping only takes away"),
    question=Text(
        "梯度裁剪能防止梯度消失吗？", "Does gradient clipping keep gradients from vanishing?"
    ),
    summary=Text(
        f"对 {DEPTH} 层网络的梯度做裁剪：一个正在消失，一个正在爆炸。"
        "看有没有哪个分量变大，方向变不变，训练能不能救回来。",
        f"We clip the gradients of {DEPTH}-layer nets, one vanishing, one exploding. Does any entry"
        " grow, does the direction change, and is training saved?",
    ),
    topic="gradients",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=128,
    claims=(
        Claim(
            slug="no_entry_grows",
            text=Text(
                f"按范数裁剪到 {DEFAULT.limit:g} 也好，按值裁剪到 ±{DEFAULT.bound:g} 也好，"
                "没有一个梯度分量的绝对值变大。",
                f"Clipped to norm {DEFAULT.limit:g} or to values within ±{DEFAULT.bound:g}, not one"
                " entry of a gradient becomes larger in absolute value.",
            ),
            decides=("VG-7",),
            clauses=(
                always("clipped.raised", below=MOST),
                always("by_value.raised", below=MOST),
            ),
            controls=(mostly("rescaled.raised", above=2.0, below=1e8),),
            control_text=Text(
                "只改一处：不论范数大小都缩放到阈值，小梯度就被放大两倍以上。",
                "One change: scaled to the threshold whatever its norm, a small gradient more than"
                " doubles.",
            ),
            works_with=(mostly("clipped.shrunk", below=-1.0),),
            corners=(
                Corner(
                    Text("范数恰为阈值", "a norm exactly at the threshold"),
                    "clipped.raised",
                    at_threshold,
                ),
                Corner(Text("梯度为 0", "a gradient of 0"), "clipped.raised", of_nothing),
            ),
            broken=replace(DEFAULT, rescale=True),
            looks=(256,),
        ),
        Claim(
            slug="tiny_stays_tiny",
            text=Text(
                f"{DEPTH} 层 sigmoid 网络的总范数裁剪到 {DEFAULT.limit:g} 之后，首层的梯度"
                "缩到原来的三分之一以下，仍不到末层的 10⁻¹¹。",
                f"After the global norm of a {DEPTH}-layer sigmoid net is clipped to"
                f" {DEFAULT.limit:g}, the first layer's gradient is less than a third of what it"
                " was, and still below 10⁻¹¹ of the last layer's.",
            ),
            decides=("VG-7",),
            clauses=(
                mostly("vanishing.reach", below=-11.0),
                mostly("vanishing.change", below=-0.5),
            ),
            controls=(mostly("calm.reach", above=-1.7, below=1.7),),
            control_text=Text(
                "同样的权重和裁剪，只改一处：换成 tanh，首层与末层相差不到 50 倍。",
                "The same weights and clipping, one change: with tanh, first and last layer are"
                " within 50-fold.",
            ),
            broken=replace(DEFAULT, activation="tanh"),
        ),
        Claim(
            slug="clipping_saves_training",
            text=Text(
                f"{TRAINED} 层 ReLU 网络的权重偏大、梯度爆炸，学习率 {DEFAULT.lr:g}："
                "按范数裁剪后训练成功，解释了目标方差的 40% 以上。",
                f"A ReLU net of {TRAINED} layers with weights too large and gradients exploding is"
                f" trained at rate {DEFAULT.lr:g}: clipped by norm, it explains more than 40 % of"
                " the variance of the targets.",
            ),
            clauses=(mostly("trained.explained", above=0.4),),
            controls=(mostly("unclipped.explained", above=-1.5, below=0.1),),
            control_text=Text(
                "只改一处：不裁剪，要么发散，要么停在均值上。",
                "One change: unclipped, it diverges or is left with the mean at best.",
            ),
            trained=True,
            works_with=(mostly("trained.first", above=1.0),),
            works_without=(mostly("unclipped.first", above=1.0),),
            broken=replace(DEFAULT, limit=1e6),
        ),
        Claim(
            slug="norm_keeps_direction",
            text=Text(
                "对爆炸的梯度，按范数裁剪把它缩小十倍以上，方向不变。",
                "Clipping an exploding gradient by norm shrinks it more than tenfold and leaves its"
                " direction as it was.",
            ),
            decides=("VG-16",),
            clauses=(always("clipped.turned", below=1e-6),),
            controls=(mostly("by_value.turned", above=0.5, below=1.45),),
            control_text=Text(
                f"同一个梯度，只改一处：按值裁剪到 ±{DEFAULT.bound:g}，方向转过 28° 以上。",
                f"The same gradient, one change: clipped by value to ±{DEFAULT.bound:g}, it turns"
                " by more than 28°.",
            ),
            works_with=(mostly("clipped.shrunk", below=-1.0),),
            works_without=(mostly("by_value.shrunk", below=-1.0),),
            broken=replace(DEFAULT, mode="value"),
            looks=(256,),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("裁剪前后，各层的梯度", "Each layer's gradient before and after clipping"),
        caption=Text(
            "按范数裁剪把整条线往下平移：爆炸的回到阈值以下，消失的照样消失，还更小一点。"
            "带子盖住 95% 的种子。",
            "Clipping by norm shifts a whole line down: the exploding one below the threshold,"
            " while the vanishing one vanishes as before, a little smaller. Band: 95 % of seeds.",
        ),
        x=Axis(Text("层（1 最靠近输入）", "layer (1 is nearest the input)")),
        y=Axis(Text("该层梯度的范数", "norm of the layer's gradient"), "log"),
        series=(
            Series("exploding.before", Text("爆炸，裁剪前", "exploding, before")),
            Series("exploding.after", Text("爆炸，裁剪后", "exploding, after")),
            Series("vanishing.before", Text("消失，裁剪前", "vanishing, before")),
            Series("vanishing.after", Text("消失，裁剪后", "vanishing, after")),
            Series("calm.after", Text("正常，裁剪后（对照）", "calm, after (control)"), "control"),
        ),
        x_values=lambda params: range(1, params.depth + 1),
    ),
    prediction=Prediction(
        Text(
            f"{DEPTH} 层 sigmoid 网络，首层的梯度约 10⁻¹²，总范数大于 1。"
            "把总范数裁剪到 1 之后，首层的梯度会怎样？",
            f"In a {DEPTH}-layer sigmoid net the first layer's gradient is about 10⁻¹², and the"
            " global norm exceeds 1. Clipped to norm 1, the first layer's gradient becomes …",
        ),
        "vanishing.change",
        (
            Option("larger", Text("变大", "larger"), above=0.01),
            Option("same", Text("不变", "no different"), above=-0.01, below=0.01),
            Option("smaller", Text("更小", "smaller still"), below=-0.01),
        ),
    ),
    mutations=(
        Mutation(
            "clip_grad_norm_([leaf], params.limit)",
            "leaf.grad *= params.limit / leaf.grad.norm()",
            loses=("no_entry_grows",),
        ),
        Mutation(
            "clip_grad_value_([leaf], params.bound)",
            "leaf.grad *= 0.5",
            loses=("norm_keeps_direction",),
        ),
        Mutation(
            'squash = torch.sigmoid if activation == "sigmoid" else torch.tanh',
            "squash = torch.tanh",
            loses=("tiny_stays_tiny",),
        ),
        Mutation(
            "w.grad = g * factor",
            "w.grad = g",
            loses=("clipping_saves_training",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：小梯度也缩放到 c", "Make it fail: scale small ones to c as well"),
            replace(DEFAULT, rescale=True),
        ),
        Preset(
            "follow_up",
            Text("追问：改成按值裁剪呢？", "Follow-up: what about clipping by value?"),
            replace(DEFAULT, mode="value"),
        ),
    ),
)
