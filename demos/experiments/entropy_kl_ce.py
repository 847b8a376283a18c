"""Cross-entropy is entropy plus KL divergence; only the second part can be trained away.

For distributions p (the data) and q (the model), H(p, q) = H(p) + KL(p || q) with KL at least 0,
and 0 only for q = p (Kullback & Leibler 1951; Cover & Thomas 2006, chapter 2). KL is not
symmetric. With p fixed, cross-entropy and KL have the same gradient, so minimising either, or
maximising the likelihood, is one thing; what is left in the end is the entropy of the labels,
which is 0 for one-hot labels alone.

Each quantity is the library's own: entropy from its distributions, KL and cross-entropy from its
losses. Controls, each with one change: KL the other way round, a q that is p with two entries
exchanged, q equal to p, one-hot labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch.distributions import Categorical
from torch.nn.functional import cross_entropy, kl_div, log_softmax

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

CLASSES = 6
GRID = tuple(k / 40 for k in range(1, 40))  # probabilities q of the figure
RATE = 0.5


@dataclass(frozen=True)
class Params:
    spread: float = number(
        1.5, 0.2, 4.0, text=Text("真实分布的不均匀程度", "unevenness of the true distribution")
    )
    distance: float = number(
        1.5, 0.0, 4.0, text=Text("模型与真实分布的距离", "distance of the model from it")
    )
    reverse: bool = switch(
        False, text=Text("把 KL 的两个分布对调", "exchange the two distributions of KL")
    )
    mirrored: bool = switch(
        False, text=Text("q 只是 p 的两项对调", "q is p with two entries exchanged")
    )
    soft: bool = switch(True, text=Text("软标签（否则独热）", "soft labels (else one-hot)"))
    steps: int = whole(400, 50, 2000, text=Text("训练步数", "training steps"), cost=1)
    chance: float = number(0.3, 0.02, 0.98, text=Text("图中的 p", "p of the figure"))


@dataclass(frozen=True)
class Identity:
    gap: Numbers  # [S] cross-entropy less entropy and KL, in nats


@dataclass(frozen=True)
class Divergence:
    kl: Numbers  # [S] nats
    uneven: Numbers  # [S] |KL one way - KL the other| over the larger


@dataclass(frozen=True)
class Slope:
    apart: Numbers  # [S] distance of the gradient from that of cross-entropy, relative


@dataclass(frozen=True)
class Trained:
    left: Numbers  # [S] cross-entropy in the end, in nats
    above: Numbers  # [S] how much of it lies above the labels' entropy
    fell: Numbers  # [S] share of the KL divergence that is gone


@dataclass(frozen=True)
class Curves:
    cross: Curve  # [S, 39] cross-entropy against q
    kl: Curve
    entropy: Curve


@dataclass(frozen=True)
class Measurements:
    forward: Identity
    backward: Identity
    apart: Divergence
    swapped: Divergence
    equal: Divergence
    divergence: Slope
    opposite: Slope
    labels: Trained
    one_hot: Trained
    curves: Curves


def entropy(p: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = Categorical(probs=p).entropy()
    return found


def cross(p: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    """Cross-entropy [S] of labels p [S, classes] and a model's logits."""
    return cross_entropy(logits, p, reduction="none")


def kl(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """KL(p || q) [S]; the library takes the logarithm of q first."""
    return kl_div(q.log(), p, reduction="none").sum(1)


def divergence(p: torch.Tensor, q: torch.Tensor) -> Divergence:
    one, other = kl(p, q), kl(q, p)
    larger = torch.maximum(one.abs(), other.abs()).clamp(min=1e-12)
    return Divergence(numbers(one), numbers((one - other).abs() / larger))


def exchanged(p: torch.Tensor) -> torch.Tensor:
    """p [S, classes] with its first two entries exchanged."""
    return torch.cat([p[:, [1, 0]], p[:, 2:]], 1)


def slopes(params: Params, p: torch.Tensor, logits: torch.Tensor) -> tuple[Slope, Slope]:
    """How far the gradients of KL, either way round, are from that of cross-entropy."""

    def gradient(loss: str) -> torch.Tensor:
        leaf = logits.clone().requires_grad_()
        q = log_softmax(leaf, 1).exp()
        losses = {"cross": cross(p, leaf), "kl": kl(p, q), "opposite": kl(q, p)}
        return torch.autograd.grad(losses[loss].sum(), leaf)[0]

    wanted = gradient("cross")
    size = wanted.norm(dim=1)
    first = "opposite" if params.reverse else "kl"
    return (
        Slope(numbers((gradient(first) - wanted).norm(dim=1) / size)),
        Slope(numbers((gradient("opposite") - wanted).norm(dim=1) / size)),
    )


def train(p: torch.Tensor, logits: torch.Tensor, steps: int) -> Trained:
    leaf = logits.clone().requires_grad_()
    descent = torch.optim.SGD([leaf], lr=RATE)
    floor = entropy(p)
    start = cross(p, leaf).detach() - floor
    for _ in range(steps):
        descent.zero_grad()
        cross(p, leaf).sum().backward()
        descent.step()
    left = cross(p, leaf).detach()
    return Trained(numbers(left), numbers(left - floor), numbers(1 - (left - floor) / start))


def curves(chance: float, count: int) -> Curves:
    """Two classes: the three quantities as the model's probability q goes from 0 to 1."""
    q = torch.tensor(GRID, dtype=torch.float64)
    p = torch.full_like(q, chance)
    two_p, two_q = torch.stack([p, 1 - p], 1), torch.stack([q, 1 - q], 1)
    values = (cross(two_p, two_q.log()), kl(two_p, two_q), entropy(two_p))
    return Curves(*(numbers(v.expand(count, -1)) for v in values))


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    true_logits = params.spread * draws(seeds, "true", CLASSES, device=device).double()
    logits = true_logits + params.distance * draws(seeds, "off", CLASSES, device=device).double()
    p, q = true_logits.softmax(1), logits.softmax(1)
    sure = torch.nn.functional.one_hot(p.argmax(1), CLASSES).double()
    gap = cross(p, logits) - entropy(p)
    first = kl(q, p) if params.reverse else kl(p, q)
    nearest, opposite = slopes(params, p, logits)
    return Measurements(
        forward=Identity(numbers((gap - first).abs())),
        backward=Identity(numbers((gap - kl(q, p)).abs())),
        apart=divergence(p, exchanged(p) if params.mirrored else q),
        swapped=divergence(p, exchanged(p)),
        equal=divergence(p, p.clone()),
        divergence=nearest,
        opposite=opposite,
        labels=train(p if params.soft else sure, logits, params.steps),
        one_hot=train(sure, logits, params.steps),
        curves=curves(params.chance, len(p)),
    )


DEFAULT = Params()
REVERSED = replace(DEFAULT, reverse=True)

DEMO = Demo(
    title=Text("熵、KL 散度与交叉熵", "Entropy, KL divergence and cross-entropy"),
    question=Text(
        "交叉熵、熵和 KL 散度是什么关系？最小化交叉熵，能降到 0 吗？",
        "How do cross-entropy, entropy and KL divergence hang together, and can minimising"
        " cross-entropy bring it to 0?",
    ),
    summary=Text(
        "随机抽两个分布，用库里各自的函数算熵、KL 和交叉熵，看等式、对称性和梯度；"
        "再把一个模型训练到底，看损失停在哪里。",
        "Two random distributions; entropy, KL and cross-entropy from the library's own functions;"
        " then the identity, the symmetry and the gradients, and where the loss stops when a model"
        " is trained to the end.",
    ),
    topic="softmax_and_losses",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="cross_entropy_is_entropy_plus_kl",
            text=Text(
                "H(p, q) 与 H(p) + KL(p‖q) 相差不到十亿分之一；KL 换成另一个方向，"
                "就差 0.005 奈特以上。",
                "H(p, q) and H(p) + KL(p‖q) differ by less than 1e-9; with KL the other way round"
                " they differ by more than 0.005 nats.",
            ),
            decides=("INF-1",),
            clauses=(nearly_always("forward.gap", above=-1e-9, below=1e-9),),
            controls=(mostly("backward.gap", above=0.005, below=50.0),),
            control_text=Text("只改一处：用 KL(q‖p)。", "One change: KL(q‖p)."),
            broken=REVERSED,
        ),
        Claim(
            slug="kl_is_not_symmetric",
            text=Text(
                "KL(p‖q) 与 KL(q‖p) 相差 2% 以上；只有 q 恰好是 p 交换两项这类情形，两者才相等。",
                "KL(p‖q) and KL(q‖p) differ by more than 2 %; they agree in cases such as a q that"
                " is p with two entries exchanged.",
            ),
            decides=("INF-1",),
            clauses=(mostly("apart.uneven", above=0.02),),
            controls=(mostly("swapped.uneven", above=-1e-9, below=1e-9),),
            control_text=Text(
                "只改一处：q 是 p 的两项对调。", "One change: q is p with two entries exchanged."
            ),
            broken=replace(DEFAULT, mirrored=True),
        ),
        Claim(
            slug="kl_is_positive_unless_equal",
            text=Text(
                "两个不同的分布之间 KL 大于万分之一奈特；相同时为 0。",
                "Between two different distributions KL is above 0.0001 nats; between equal ones it"
                " is 0.",
            ),
            decides=("INF-1",),
            clauses=(nearly_always("apart.kl", above=1e-4),),
            controls=(nearly_always("equal.kl", above=-1e-9, below=1e-9),),
            control_text=Text("只改一处：q = p。", "One change: q = p."),
            broken=replace(DEFAULT, distance=0.0),
        ),
        Claim(
            slug="minimising_either_is_the_same",
            text=Text(
                "对模型的 logit 求导，交叉熵与 KL(p‖q) 的梯度相差不到百万分之一；"
                "KL(q‖p) 的相差 5% 以上。",
                "By the model's logits, the gradients of cross-entropy and KL(p‖q) differ by less"
                " than a millionth; that of KL(q‖p) by more than 5 %.",
            ),
            decides=("INF-1",),
            clauses=(nearly_always("divergence.apart", above=-1e-6, below=1e-6),),
            controls=(mostly("opposite.apart", above=0.05, below=100.0),),
            control_text=Text("只改一处：用 KL(q‖p)。", "One change: KL(q‖p)."),
            broken=REVERSED,
        ),
        Claim(
            slug="the_floor_is_the_entropy",
            text=Text(
                "软标签：训练到底，交叉熵仍在 0.3 奈特以上，却与标签的熵相差不到 0.05；"
                "独热标签则降到 0.05 以下。",
                "With soft labels the cross-entropy of a model trained to the end stays above 0.3"
                " nats and is within 0.05 of the labels' entropy; with one-hot labels it falls"
                " below 0.05.",
            ),
            decides=("INF-1",),
            clauses=(
                mostly("labels.left", above=0.3),
                mostly("labels.above", above=-0.001, below=0.05),
            ),
            controls=(mostly("one_hot.left", above=-0.001, below=0.05),),
            control_text=Text("只改一处：标签是独热的。", "One change: one-hot labels."),
            trained=True,
            works_with=(mostly("labels.fell", above=0.8),),
            works_without=(mostly("one_hot.fell", above=0.8),),
            broken=replace(DEFAULT, soft=False),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("一枚硬币：交叉熵 = 熵 + KL", "One coin: cross-entropy = entropy + KL"),
        caption=Text(
            "真实概率 p 固定，模型的 q 从 0 走到 1。交叉熵和 KL 的形状一样，"
            "只差一个常数：p 的熵。两者都在 q = p 处最低，KL 在那里为 0，交叉熵不为 0。",
            "The true probability p is fixed, the model's q goes from 0 to 1. Cross-entropy and KL"
            " have one shape and differ by a constant, the entropy of p. Both are lowest at q = p,"
            " where KL is 0 and cross-entropy is not.",
        ),
        x=Axis(Text("模型给出的概率 q", "the model's probability q")),
        y=Axis(Text("奈特", "nats")),
        series=(
            Series("curves.cross", Text("交叉熵", "cross-entropy")),
            Series("curves.kl", Text("KL 散度", "KL divergence")),
            Series(
                "curves.entropy", Text("p 的熵（对照）", "entropy of p (control)"), role="control"
            ),
        ),
        x_values=lambda _: GRID,
    ),
    prediction=Prediction(
        Text(
            "随机抽两个 6 类的分布。KL(p‖q) 与 KL(q‖p) 通常相差多少（相对较大的那个）？",
            "Two random distributions over 6 classes: by how much do KL(p‖q) and KL(q‖p) usually"
            " differ, relative to the larger?",
        ),
        "apart.uneven",
        (
            Option("equal", Text("不到 1%：相等", "under 1 %: they are equal"), below=0.01),
            Option("little", Text("1% 到 10%", "1 to 10 %"), above=0.01, below=0.1),
            Option("much", Text("10% 以上", "over 10 %"), above=0.1),
        ),
    ),
    mutations=(
        Mutation(
            "first = kl(q, p) if params.reverse else kl(p, q)",
            "first = kl(q, p)",
            loses=("cross_entropy_is_entropy_plus_kl",),
        ),
        Mutation(
            "one, other = kl(p, q), kl(q, p)",
            "one, other = kl(p, q), kl(p, q)",
            loses=("kl_is_not_symmetric",),
        ),
        Mutation(
            'return kl_div(q.log(), p, reduction="none").sum(1)',
            'return kl_div(p.log() + 0 * q, p, reduction="none").sum(1)',
            loses=("kl_is_positive_unless_equal", "kl_is_not_symmetric"),
        ),
        Mutation(
            'first = "opposite" if params.reverse else "kl"',
            'first = "opposite"',
            loses=("minimising_either_is_the_same",),
        ),
        Mutation(
            "labels=train(p if params.soft else sure, logits, params.steps)",
            "labels=train(sure, logits, params.steps)",
            loses=("the_floor_is_the_entropy",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset("make_it_fail", Text("让它失败：KL 反过来", "Make it fail: KL reversed"), REVERSED),
        Preset(
            "follow_up",
            Text("追问：标签很接近独热呢？", "Follow-up: labels that are nearly one-hot?"),
            replace(DEFAULT, spread=4.0),
        ),
    ),
)
