"""Two relatives of Adam: AdaMax under a spike of the gradient, and where Nadam looks ahead.

AdaMax replaces the root mean square by a decaying maximum (Kingma & Ba 2015, section 7.1). At a
sudden large gradient the maximum is as large as the gradient itself, so the step stays short;
but then the maximum stands there and the next steps are short as well. "More stable" has a price.

Nadam (Dozat 2016) takes the gradient at the current weight and advances the momentum term alone
by one step. It is sometimes written with the gradient at a shifted point instead, as in the
first form of Nesterov's method. Here PyTorch's Nadam, its momentum schedule switched off, is
held against both formulas; and with all denominators equal against SGD with Nesterov momentum.

Controls: the same gradients without the spike; the shifted gradient; Adam in Nadam's place.
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
    switch,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

COORDINATES = 8
CALM = 100  # steps before the spike
SHOWN = 20  # of them in the figure
RACE = 30  # steps on the quadratics
LONG = 400  # steps after which bias correction has died out
LR, BETA2, EPS = 0.1, 0.999, 1e-8
FLAT = 1e9  # an epsilon that drowns the root of the squares: all denominators equal
CONSTANT = 1e9  # a decay after which PyTorch's momentum schedule stands at beta1

Floats = npt.NDArray[np.float64]
Optimiser = Callable[[list[torch.Tensor]], torch.optim.Optimizer]


@dataclass(frozen=True)
class Params:
    spike: float = number(
        1e4, 1.0, 1e6, text=Text("突变梯度的大小", "size of the spike"), scale="log"
    )
    wait: int = whole(
        50, 10, 300, text=Text("突变后看第几步", "step looked at after the spike"), cost=0.3
    )
    noise: float = number(
        0.1, 0.0, 0.5, text=Text("梯度的噪声（均值 1）", "noise of the gradient (mean 1)")
    )
    beta1: float = number(0.9, 0.0, 0.95, text=Text("β₁（动量）", "β₁ (momentum)"))
    shifted: bool = switch(
        False, text=Text("给 Nadam 前移处的梯度", "give Nadam the gradient at the shifted point")
    )


@dataclass(frozen=True)
class Response:
    jump: Numbers  # [S] log10 of Adam's step over AdaMax's, at the spike
    later: Numbers  # [S] the same, `wait` steps later
    stall: Numbers  # [S] log10 of AdaMax's step then over its step just before the spike
    adam: Curve  # [S, SHOWN + wait + 1] length of the steps, in learning rates
    adamax: Curve


@dataclass(frozen=True)
class Race:
    gap: Numbers  # [S] largest distance between the paths over the distance to the minimum
    fell: Numbers  # [S] share of the loss removed, least over the quadratics
    path: Curve  # [S, RACE + 1] weight over first weight, of the first quadratic


@dataclass(frozen=True)
class Ahead:
    gap: Numbers  # [S] distance of the last step to that of Nesterov's method, relative
    size: Numbers  # [S] length of the last step, in learning rates


@dataclass(frozen=True)
class Measurements:
    spiked: Response
    calm: Response
    dozat: Race
    printed: Race
    nadam: Ahead
    adam: Ahead


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    noise = draws(seeds, "noise", CALM + params.wait + 1, COORDINATES, device=device).double()
    stream = 1 + params.noise * noise.transpose(0, 1)  # [T, S, K]
    spiked = stream.clone()
    power = draws(seeds, "spike", COORDINATES, law="uniform", low=-0.5, high=0.5, device=device)
    spiked[CALM] *= params.spike * 10 ** (power.double() * (params.spike > 1))
    zero_mean = draws(seeds, "other noise", LONG, COORDINATES, device=device).double()
    curvature, start = quadratics(seeds, device)
    stock = raced(params, curvature, start)
    nadam, adam = ahead(params, zero_mean.transpose(0, 1))
    return Measurements(
        response(params, spiked),
        response(params, stream),
        race(by_hand(params, curvature, start, False), stock, curvature),
        race(by_hand(params, curvature, start, True), stock, curvature),
        nadam,
        adam,
    )


def steps(optimiser: Optimiser, stream: torch.Tensor) -> torch.Tensor:
    """The step [T, S, K] that an optimiser takes at each gradient of the stream."""
    leaf, taken = torch.zeros_like(stream[0], requires_grad=True), torch.empty_like(stream)
    stepper = optimiser([leaf])
    for t, gradient in enumerate(stream):
        leaf.data.zero_()
        leaf.grad = gradient.clone()
        stepper.step()
        taken[t] = leaf.detach()
    return taken


def response(params: Params, stream: torch.Tensor) -> Response:
    """Adam and AdaMax with the same learning rate on the same gradients."""
    betas = (params.beta1, BETA2)
    adam = steps(lambda leaf: torch.optim.Adam(leaf, lr=1.0, betas=betas), stream)
    adamax = steps(lambda leaf: torch.optim.Adamax(leaf, lr=1.0, betas=betas), stream)
    lengths = [taken.abs().median(2).values.T for taken in (adam, adamax)]  # [S, T]
    ratio = (lengths[0] / lengths[1]).log10()
    stall = (lengths[1][:, -1] / lengths[1][:, CALM - 1]).log10()
    seen = (length[:, CALM - SHOWN :] for length in lengths)
    return Response(*map(numbers, (ratio[:, CALM], ratio[:, -1], stall, *seen)))


def quadratics(seeds: Seeds, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Curvatures 0.1 to 10 and starts [S, K] of the losses a w^2 / 2."""
    power = draws(seeds, "curvature", COORDINATES, law="uniform", low=-1, high=1, device=device)
    start = draws(seeds, "start", COORDINATES, law="uniform", low=0.5, high=2, device=device)
    return 10 ** power.double(), start.double()


def raced(params: Params, curvature: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
    """The weights [RACE + 1, S, K] of PyTorch's Nadam, momentum schedule off."""
    leaf, path = start.clone().requires_grad_(), [start]
    betas = (params.beta1, BETA2)
    nadam = torch.optim.NAdam([leaf], lr=LR, betas=betas, eps=EPS, momentum_decay=CONSTANT)
    for _ in range(RACE):
        point = leaf.detach().clone()
        if params.shifted and nadam.state[leaf]:
            held = nadam.state[leaf]
            point -= LR * held["exp_avg"] / (held["exp_avg_sq"].sqrt() + EPS)
        leaf.grad = curvature * point
        nadam.step()
        path.append(leaf.detach().clone())
    return torch.stack(path)


def by_hand(
    params: Params, curvature: torch.Tensor, start: torch.Tensor, printed: bool
) -> torch.Tensor:
    """The weights by formula: Dozat's; or, as printed, Adam with the gradient further ahead."""
    beta, w, path = params.beta1, start.clone(), [start]
    m, v = torch.zeros_like(w), torch.zeros_like(w)
    for t in range(1, RACE + 1):
        point = w - LR * m / (v.sqrt() + EPS) if printed else w
        g = curvature * point
        m, v = beta * m + (1 - beta) * g, BETA2 * v + (1 - BETA2) * g.square()
        now, following = 1 - beta**t, 1 - beta ** (t + 1)
        upper = m / now if printed else beta * m / following + (1 - beta) * g / now
        w = w - LR * upper / ((v / (1 - BETA2**t)).sqrt() + EPS)
        path.append(w)
    return torch.stack(path)


def race(path: torch.Tensor, stock: torch.Tensor, curvature: torch.Tensor) -> Race:
    gap = ((path - stock).abs() / stock[0]).amax((0, 2))
    fell = 1 - (path[-1] / path[0]).square().amax(1)
    return Race(numbers(gap), numbers(fell), numbers((path / path[0])[..., 0].T))


def ahead(params: Params, stream: torch.Tensor) -> tuple[Ahead, Ahead]:
    """Nadam and Adam with equal denominators, against SGD with Nesterov momentum."""
    beta, betas = params.beta1, (params.beta1, BETA2)
    arms: list[Optimiser] = [
        lambda leaf: torch.optim.NAdam(leaf, FLAT, betas, eps=FLAT, momentum_decay=CONSTANT),
        lambda leaf: torch.optim.Adam(leaf, lr=FLAT, betas=betas, eps=FLAT),
    ]
    nesterov = lambda leaf: torch.optim.SGD(  # noqa: E731
        leaf, lr=1 - beta, momentum=beta, nesterov=beta > 0
    )
    right = steps(nesterov, stream)[-1]  # [S, K]
    found = []
    for arm in arms:
        last = steps(arm, stream)[-1]
        gap = (last - right).abs().mean(1) / right.abs().mean(1)
        found.append(Ahead(numbers(gap), numbers(last.abs().mean(1))))
    return found[0], found[1]


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again: both Nadams by their definitions, Nesterov's step as a weighted sum."""
    beta = params.beta1
    curvature, start = (part[0].numpy() for part in quadratics(seeds, "cpu"))
    library, formula, gap = start.copy(), start.copy(), 0.0
    seen: list[list[Floats]] = [[], []]  # gradients of the two
    for t in range(1, RACE + 1):
        point = library.copy()
        if params.shifted and t > 1:
            m, v = averages(seen[0], beta)
            point -= LR * m / (np.sqrt(v) + EPS)
        seen[0].append(curvature * point)
        seen[1].append(curvature * formula)
        (m, v), (m2, v2) = (averages(g, beta) for g in seen)
        scale = LR / (np.sqrt(v / (1 - BETA2**t)) + EPS)
        library = library - scale * (
            (1 - beta) / (1 - beta**t) * seen[0][-1] + beta / (1 - beta ** (t + 1)) * m
        )
        upper = beta * m2 / (1 - beta ** (t + 1)) + (1 - beta) * seen[1][-1] / (1 - beta**t)
        formula = formula - LR * upper / (np.sqrt(v2 / (1 - BETA2**t)) + EPS)
        gap = max(gap, float((np.abs(library - formula) / start).max()))
    stream = draws(seeds, "other noise", LONG, COORDINATES)[0].double().numpy()
    m, v = averages(list(stream), beta)
    nadam = beta * m / (1 - beta ** (LONG + 1)) + (1 - beta) * stream[-1] / (1 - beta**LONG)
    nadam = nadam / (1 + np.sqrt(v / (1 - BETA2**LONG)) / FLAT)
    heavy = np.zeros(COORDINATES)
    for g in stream:
        heavy = beta * heavy + g
    right = (1 - beta) * (stream[-1] + beta * heavy)
    apart = np.abs(nadam - right).mean() / np.abs(right).mean()
    return {"dozat.gap": np.array([gap]), "nadam.gap": np.array([apart])}


def averages(gradients: list[Floats], beta: float) -> tuple[Floats, Floats]:
    """Adam's two uncorrected averages [K] as weighted sums of all gradients."""
    age, g = np.arange(len(gradients))[::-1, None], np.array(gradients)
    squares = (1 - BETA2) * (BETA2**age * g**2).sum(0)
    return (1 - beta) * (beta**age * g).sum(0), squares


DEFAULT = Params()
SHIFTED = replace(DEFAULT, shifted=True)

DEMO = Demo(
    title=Text("Adam 的两个亲戚：AdaMax 与 Nadam", "Two relatives of Adam: AdaMax and Nadam"),
    question=Text(
        "AdaMax 和 Nadam 究竟改了 Adam 的哪一处？",
        "What exactly do AdaMax and Nadam change in Adam?",
    ),
    summary=Text(
        "给 AdaMax 一个突然变大的梯度，看当时和之后的步长；"
        "再把 PyTorch 的 Nadam 与两种写法的公式逐步对照。",
        "AdaMax meets one sudden large gradient: how long are its steps then, and afterwards?"
        " And PyTorch's Nadam is held, step by step, against two formulas that go by its name.",
    ),
    topic="optimisers",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=256,
    claims=(
        Claim(
            slug="adamax_spike_has_a_price",
            text=Text(
                f"梯度突然变成约 {DEFAULT.spike:.0f} 倍：AdaMax 那一步不到 Adam 的五分之一；"
                f"但 {DEFAULT.wait} 步之后仍不到 Adam 的五分之一，也不到自己原来的百分之一。",
                f"At a gradient about {DEFAULT.spike:,.0f} times the usual, AdaMax's step is less"
                f" than a fifth of Adam's. {DEFAULT.wait} steps later it still is, and less than"
                " a hundredth of its own before.",
            ),
            decides=("ADX-1",),
            clauses=(
                mostly("spiked.jump", above=0.7),
                mostly("spiked.later", above=0.7),
                mostly("spiked.stall", below=-2.0),
            ),
            controls=(
                mostly("calm.jump", above=-0.2, below=0.2),
                mostly("calm.later", above=-0.2, below=0.2),
                mostly("calm.stall", above=-0.2, below=0.2),
            ),
            control_text=Text(
                "同样的梯度，只改一处：没有突变，两者的步长相差不到 1.6 倍。",
                "The same gradients, one change: no spike; the two steps agree within a factor of"
                " 1.6.",
            ),
            broken=replace(DEFAULT, spike=1.0),
        ),
        Claim(
            slug="nadam_is_nesterov_in_adam",
            text=Text(
                "把分母都变成同一个数，Nadam 就是带 Nesterov 动量的 SGD："
                f"同一串梯度上，第 {LONG} 步相差不到百万分之一。",
                "With all denominators made equal, Nadam is SGD with Nesterov momentum: on the"
                f" same gradients step {LONG} agrees to one part in a million.",
            ),
            decides=("NAD-1",),
            clauses=(always("nadam.gap", below=1e-6),),
            controls=(nearly_always("adam.gap", above=0.05, below=3.0),),
            control_text=Text(
                "只改一处：Nadam 换成 Adam，最后一步与 Nesterov 的差 5% 以上。",
                "One change: Adam in place of Nadam; its last step is off by more than 5 %.",
            ),
            works_with=(mostly("nadam.size", above=1e-3),),
            works_without=(mostly("adam.size", above=1e-3),),
            broken=replace(DEFAULT, beta1=0.0),
            looks=(256,),
        ),
        Claim(
            slug="nadam_keeps_the_gradient_here",
            text=Text(
                f"Nadam 在当前权重处求梯度，只把动量项提前一步：在二次函数上 {RACE} 步，"
                "PyTorch 的 Nadam 与这样写的公式处处重合，误差不到百万分之一。",
                "Nadam takes the gradient at the current weight and advances the momentum term"
                f" alone: over {RACE} steps on quadratics PyTorch's Nadam follows that formula to"
                " one part in a million.",
            ),
            decides=("NAD-2",),
            clauses=(always("dozat.gap", below=1e-6),),
            controls=(nearly_always("printed.gap", above=0.05, below=2.0),),
            control_text=Text(
                "只改一处：提前的是梯度所在的点，动量项照 Adam；路径偏出起始距离的 5% 以上。",
                "One change: it is the point of the gradient that moves ahead, the momentum term"
                " as in Adam; the paths part by more than 5 % of the first distance.",
            ),
            trained=True,
            works_with=(mostly("dozat.fell", above=0.5),),
            works_without=(mostly("printed.fell", above=0.5),),
            broken=SHIFTED,
            looks=(256,),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("突变前后的步长", "Steps before and after a spike"),
        caption=Text(
            "第 0 步的梯度突然变大。AdaMax 那一步就短到十分之一，之后更短："
            "它的分母停在那个最大值附近。Adam 的分母只升到约十分之一。带子盖住 95% 的种子。",
            "At step 0 the gradient jumps. AdaMax's step falls to a tenth at once and further"
            " afterwards: its denominator stays near that maximum. Adam's rises to about a tenth"
            " of it. Band: 95 % of seeds.",
        ),
        x=Axis(Text("距突变的步数", "steps since the spike")),
        y=Axis(Text("步长 ÷ 学习率", "step ÷ learning rate"), "log"),
        series=(
            Series("spiked.adamax", Text("AdaMax", "AdaMax")),
            Series("spiked.adam", Text("Adam", "Adam")),
            Series(
                "calm.adamax",
                Text("AdaMax，没有突变（对照）", "AdaMax, no spike (control)"),
                role="control",
            ),
        ),
        x_values=lambda params: range(-SHOWN, params.wait + 1),
    ),
    prediction=Prediction(
        Text(
            f"AdaMax 的梯度一直约为 1，突然来了一个约 {DEFAULT.spike:.0f} 的，随后又恢复正常。"
            f"{DEFAULT.wait} 步以后，它的步长与突变前相比如何？",
            f"AdaMax has seen gradients near 1, then a single one near {DEFAULT.spike:,.0f}, then"
            f" gradients near 1 again. {DEFAULT.wait} steps later, how long are its steps compared"
            " with before?",
        ),
        "spiked.stall",
        (
            Option("same", Text("差不多", "about the same"), above=-0.3),
            Option("tenth", Text("约十分之一", "about a tenth"), above=-2.0, below=-0.3),
            Option("tiny", Text("不到百分之一", "less than a hundredth"), below=-2.0),
        ),
    ),
    mutations=(
        Mutation(
            "response(params, spiked),",
            "response(params, stream + 0 * spiked),",
            loses=("adamax_spike_has_a_price",),
        ),
        Mutation(
            "torch.optim.NAdam(leaf, FLAT, betas, eps=FLAT, momentum_decay=CONSTANT)",
            "torch.optim.NAdam(leaf, FLAT, betas, eps=FLAT, momentum_decay=0.0)",
            loses=("nadam_is_nesterov_in_adam",),
        ),
        Mutation(
            "upper = m / now if printed else beta * m / following + (1 - beta) * g / now",
            "upper = m / now",
            loses=("nadam_keeps_the_gradient_here",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：梯度取在前移处", "Make it fail: gradient at the shifted point"),
            SHIFTED,
        ),
        Preset(
            "follow_up",
            Text("追问：突变只有 10 倍呢？", "Follow-up: what about a spike of 10?"),
            replace(DEFAULT, spike=10.0),
        ),
    ),
)
