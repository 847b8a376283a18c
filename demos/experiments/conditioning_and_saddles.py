"""Narrow valleys and saddle points: what slows gradient descent down, and what does not help.

On a quadratic the steps that descent needs grow in proportion to the condition number, the largest
over the smallest curvature; with momentum they grow like its root, and the inverse Hessian as a
preconditioner needs one step (Nocedal & Wright 2006, chapter 3; Polyak 1964). For linear
regression the Hessian is the inputs' second moment, so standardising the inputs lowers the
condition number (LeCun, Bottou, Orr & Müller 1998, section 4.3). Exactly on a saddle without noise
no gradient method moves; from a start anywhere beside it plain descent leaves too (Lee et al.
2016).

Controls, each with one change: a preconditioner, momentum, standardised inputs, a start beside
the saddle.
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
    mostly,
    nearly_always,
    number,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SIZE = 8  # dimensions of the quadratics
ROWS = 256  # samples of a linear regression
GOAL = 1e-3  # of the error at the start
MOST = 4000  # steps after which a run is given up
CONDITIONS = (3.0, 10.0, 30.0, 100.0)
BATCH, BATCHES, SAMPLED_RATE = 16, 1600, 0.3
STEPS, RATE = 400, 0.05  # around the saddle
MOVED = 0.5  # from the saddle; the minima lie at 1


@dataclass(frozen=True)
class Params:
    condition: float = number(
        100.0, 10.0, 300.0, scale="log", text=Text("条件数 κ", "condition number κ")
    )
    quality: float = number(
        1.0, 0.0, 1.0,
        text=Text("预条件（0 为没有，1 为 H 的逆）", "preconditioning (0 none, 1 inverse of H)"),
    )  # fmt: skip
    spread: float = number(
        30.0, 1.0, 100.0, scale="log",
        text=Text("输入尺度的最大与最小之比", "largest over smallest scale of the inputs"),
    )  # fmt: skip
    eased: float = number(
        0.0, 0.0, 1.0, text=Text("普通下降也做预条件", "preconditioning of plain descent")
    )
    beta: float = number(1.0, 0.0, 1.0, text=Text("动量与最优动量之比", "momentum over the best"))
    beside: float = number(
        1e-4, 1e-12, 0.1, scale="log", text=Text("起点偏离鞍点多远", "start beside the saddle")
    )
    on: float = number(0.0, 0.0, 0.1, text=Text("“恰好”起点的偏离", "offset of the exact start"))


@dataclass(frozen=True)
class Valley:
    growth: Numbers  # [S] steps at κ over steps at κ / 10
    by_condition: Curve  # [S, 4] steps at each condition number of the figure


@dataclass(frozen=True)
class Sampled:
    growth: Numbers  # [S] the same ratio, each step on a fresh batch


@dataclass(frozen=True)
class Step:
    left: Numbers  # [S] error after one step over that at the start


@dataclass(frozen=True)
class Inputs:
    condition: Numbers  # [S] log10 of the condition number of the inputs' second moment


@dataclass(frozen=True)
class Saddle:
    moved: Numbers  # [S] distance from the saddle, along the way down, in the end


@dataclass(frozen=True)
class Measurements:
    plain: Valley
    momentum: Valley
    preconditioned: Valley
    sampled: Sampled
    sampled_even: Sampled
    one_step: Step
    without: Step
    raw: Inputs
    standardised: Inputs
    descent_on: Saddle
    adam_on: Saddle
    descent_beside: Saddle
    adam_beside: Saddle


def curvatures(condition: torch.Tensor) -> torch.Tensor:
    """[S, SIZE] from 1 / κ to 1, evenly spaced in the logarithm."""
    place = torch.linspace(-1, 0, SIZE, dtype=torch.float64, device=condition.device)
    return condition[:, None] ** place


def steps_needed(
    start: torch.Tensor, curvature: torch.Tensor, beta: torch.Tensor, rate: torch.Tensor
) -> torch.Tensor:
    """Steps of descent with momentum until the distance is `GOAL` of what it was; [S].

    Along its axes a quadratic falls apart into one recursion each, so start and curvature are
    [S, SIZE] and the rotation is left out.
    """
    at, before = start, start
    reached = torch.full((len(start),), float(MOST), dtype=start.dtype, device=start.device)
    goal = GOAL * start.norm(dim=1)
    for step in range(1, MOST + 1):
        following = at - rate[:, None] * curvature * at + beta[:, None] * (at - before)
        at, before = following, at
        done = (at.norm(dim=1) <= goal) & (reached == MOST)
        reached = torch.where(done, float(step), reached)
        if step % 50 == 0 and bool((reached < MOST).all()):
            break
    return reached


def steps_of(
    start: torch.Tensor, condition: float, *, quality: float = 0.0, beta: float = 0.0
) -> torch.Tensor:
    """Steps [S] needed at that condition number; `beta` is a share of the best momentum."""
    kappa = torch.full((len(start),), condition, dtype=start.dtype, device=start.device)
    curvature = curvatures(kappa) ** (1 - quality)
    root = curvature[:, 0].sqrt()
    best = ((1 - root) / (1 + root)) ** 2
    # Between none and the best momentum the rate goes from 1 to the one that belongs to it.
    rate = (1 - beta) + beta * 4 / (1 + root) ** 2
    return steps_needed(start, curvature, beta * best, rate)


def valley(start: torch.Tensor, condition: float, **how: float) -> Valley:
    growth = steps_of(start, condition, **how) / steps_of(start, condition / 10, **how)
    curve = torch.stack([steps_of(start, k, **how) for k in CONDITIONS], 1)
    return Valley(numbers(growth), numbers(curve))


def sampled(
    start: torch.Tensor, batches: torch.Tensor, condition: float, quality: float
) -> Sampled:
    """Linear regression without noise, solved from batches [S, steps, batch, SIZE].

    The inputs' second moment has the curvatures, so that descent on all data would be `valley`.
    """

    def steps(at_condition: float) -> torch.Tensor:
        kappa = torch.full((len(start),), at_condition, dtype=start.dtype, device=start.device)
        scale = (curvatures(kappa) ** (1 - quality)).sqrt()[:, None, :]
        at, goal = start[..., None], GOAL * start.norm(dim=1)
        reached = torch.full_like(goal, float(BATCHES))
        for step, batch in enumerate(batches.unbind(1), 1):
            picked = batch.double() * scale
            at = at - SAMPLED_RATE * picked.mT @ (picked @ at) / picked.shape[1]
            done = (at[..., 0].norm(dim=1) <= goal) & (reached == BATCHES)
            reached = torch.where(done, float(step), reached)
            if step % 50 == 0 and bool((at[..., 0].norm(dim=1) <= goal).all()):
                break
        return reached

    return Sampled(numbers(steps(condition) / steps(condition / 10)))


def one_step(start: torch.Tensor, condition: float, quality: float) -> Step:
    kappa = torch.full((len(start),), condition, dtype=start.dtype, device=start.device)
    left = start - curvatures(kappa) ** (1 - quality) * start
    return Step(numbers(left.norm(dim=1) / start.norm(dim=1)))


def inputs(x: torch.Tensor) -> Inputs:
    values = torch.linalg.eigvalsh(x.mT @ x / x.shape[1])  # ascending
    return Inputs(numbers((values[:, -1] / values[:, 0]).log10()))


def leave(start: torch.Tensor, adaptive: bool) -> Saddle:
    """Descend x^2 / 2 - y^2 / 2 + y^4 / 4 from (1, start): saddle at 0, minima at y = ±1."""
    at = torch.stack([torch.ones_like(start), start], 1).requires_grad_()
    optimiser = torch.optim.Adam([at], lr=RATE) if adaptive else torch.optim.SGD([at], lr=RATE)
    for _ in range(STEPS):
        optimiser.zero_grad()
        x, y = at[:, 0], at[:, 1]
        (x.square() / 2 - y.square() / 2 + y**4 / 4).sum().backward()
        optimiser.step()
    return Saddle(numbers(at.detach()[:, 1].abs()))


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    start = draws(seeds, "start", SIZE, device=device).double()
    data = draws(seeds, "inputs", ROWS, SIZE, device=device).double()
    batches = draws(seeds, "batches", BATCHES, BATCH, SIZE, device=device)
    scales = params.spread ** torch.linspace(0, 1, SIZE, dtype=torch.float64, device=device)
    uneven = data * scales + 1
    even = (uneven - uneven.mean(1, keepdim=True)) / uneven.std(1, keepdim=True)
    side = draws(seeds, "side", 1, device=device).double()[:, 0].sign()
    on, beside = params.on * side, params.beside * side
    return Measurements(
        plain=valley(start, params.condition, quality=params.eased),
        momentum=valley(start, params.condition, beta=params.beta),
        preconditioned=valley(start, params.condition, quality=params.quality),
        sampled=sampled(start, batches, params.condition, params.eased),
        sampled_even=sampled(start, batches, params.condition, 1.0),
        one_step=one_step(start, params.condition, params.quality),
        without=one_step(start, params.condition, 0.0),
        raw=inputs(uneven),
        standardised=inputs(even),
        descent_on=leave(on, False),
        adam_on=leave(on, True),
        descent_beside=leave(beside, False),
        adam_beside=leave(beside, True),
    )


DEFAULT = Params()

DEMO = Demo(
    title=Text("病态与鞍点", "Ill-conditioning and saddle points"),
    question=Text(
        "条件数大了慢多少？动量、预条件、标准化各管什么用？停在鞍点上，Adam 走得开吗？",
        "How much does a large condition number cost, what do momentum, preconditioning and"
        " standardised inputs do about it, and does Adam get off a saddle?",
    ),
    summary=Text(
        "狭长的二次谷里数步数；不齐的输入看条件数；再从鞍点上和鞍点旁各出发一次。",
        "Steps counted in a narrow quadratic valley, condition numbers of uneven inputs, and two"
        " starts: on a saddle and beside it.",
    ),
    topic="optimisers",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="steps_grow_with_the_condition_number",
            text=Text(
                f"κ 从 {DEFAULT.condition / 10:g} 增到 {DEFAULT.condition:g}，"
                "梯度下降需要的步数变成 7 到 13 倍：与 κ 成正比。",
                f"From κ = {DEFAULT.condition / 10:g} to {DEFAULT.condition:g} the steps of"
                " gradient descent become 7 to 13 times as many: in proportion to κ.",
            ),
            decides=("CND-1",),
            clauses=(mostly("plain.growth", above=7.0, below=13.0),),
            controls=(mostly("preconditioned.growth", above=0.9, below=1.1),),
            control_text=Text(
                "只改一处：用 H 的逆做预条件。", "One change: preconditioned by the inverse of H."
            ),
            broken=replace(DEFAULT, eased=1.0),
        ),
        Claim(
            slug="momentum_takes_the_root",
            text=Text(
                "同样的 κ，配上最优动量，步数只变成 2.5 到 4.5 倍：约与 κ 的平方根成正比。",
                "With the best momentum the same κ makes them 2.5 to 4.5 times as many: roughly the"
                " root of κ.",
            ),
            decides=("CND-2",),
            clauses=(mostly("momentum.growth", above=2.5, below=4.5),),
            controls=(mostly("plain.growth", above=7.0, below=13.0),),
            control_text=Text("只改一处：没有动量。", "One change: no momentum."),
            broken=replace(DEFAULT, beta=0.0),
        ),
        Claim(
            slug="sampling_does_not_help",
            text=Text(
                f"每步只用 {BATCH} 个样本，步数照样变成 5 到 20 倍；同样的批次，"
                "各方向曲率相同，则不到 2 倍。",
                f"With batches of {BATCH} the steps still become 5 to 20 times as many; on the same"
                " batches with equal curvatures, less than twice.",
            ),
            decides=("CND-2",),
            clauses=(mostly("sampled.growth", above=5.0, below=20.0),),
            controls=(mostly("sampled_even.growth", above=0.5, below=2.0),),
            control_text=Text("只改一处：各方向曲率相同。", "One change: equal curvatures."),
            broken=replace(DEFAULT, eased=1.0),
        ),
        Claim(
            slug="the_inverse_takes_one_step",
            text=Text(
                "二次函数上用 H 的逆做预条件，一步就到，误差剩不到十亿分之一；"
                "没有预条件剩 30% 以上。",
                "On a quadratic, preconditioning by the inverse of H arrives in one step, with"
                " under 1e-9 of the error left; without it more than 30 % is left.",
            ),
            decides=("CND-3",),
            clauses=(nearly_always("one_step.left", above=-1e-9, below=1e-9),),
            controls=(nearly_always("without.left", above=0.3, below=1.1),),
            control_text=Text("只改一处：不做预条件。", "One change: no preconditioning."),
            broken=replace(DEFAULT, quality=0.0),
        ),
        Claim(
            slug="uneven_inputs_are_ill_conditioned",
            text=Text(
                f"输入各维的尺度相差 {DEFAULT.spread:g} 倍时，条件数在 100 以上；"
                "把每一维标准化，降到 4 以下。",
                f"With input scales {DEFAULT.spread:g}-fold apart the condition number is above"
                " 100; standardise each input and it is below 4.",
            ),
            decides=("CND-4",),
            clauses=(mostly("raw.condition", above=2.0),),
            controls=(mostly("standardised.condition", above=0.0, below=0.6),),
            control_text=Text("只改一处：输入标准化。", "One change: standardised inputs."),
            broken=replace(DEFAULT, spread=1.0),
        ),
        Claim(
            slug="on_a_saddle_adam_stays_too",
            text=Text(
                f"恰好从鞍点出发、没有噪声，{STEPS} 步之后梯度下降和 Adam 都一动不动；"
                f"偏离 {DEFAULT.beside:g} 就都走开了。",
                f"Started exactly on a saddle without noise, neither gradient descent nor Adam has"
                f" moved after {STEPS} steps; {DEFAULT.beside:g} beside it both leave.",
            ),
            decides=("SAD-2",),
            clauses=(
                nearly_always("adam_on.moved", above=-1e-9, below=1e-9),
                nearly_always("descent_on.moved", above=-1e-9, below=1e-9),
            ),
            controls=(
                nearly_always("adam_beside.moved", above=MOVED, below=1.5),
                nearly_always("descent_beside.moved", above=MOVED, below=1.5),
            ),
            control_text=Text(
                "只改一处：起点稍微偏离。", "One change: a start a little beside it."
            ),
            broken=replace(DEFAULT, on=0.1),
        ),
        Claim(
            slug="plain_descent_leaves_too",
            text=Text(
                f"从偏离鞍点 {DEFAULT.beside:g} 处出发，普通梯度下降 {STEPS} 步之内自己离开。",
                f"From {DEFAULT.beside:g} beside a saddle plain gradient descent leaves by itself"
                f" within {STEPS} steps.",
            ),
            decides=("SAD-2",),
            clauses=(nearly_always("descent_beside.moved", above=MOVED),),
            controls=(nearly_always("descent_on.moved", above=-1e-9, below=1e-9),),
            control_text=Text("只改一处：恰好从鞍点出发。", "One change: a start on the saddle."),
            broken=replace(DEFAULT, beside=1e-12),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("条件数与步数", "Condition number and steps"),
        caption=Text(
            "误差降到千分之一所需的步数。普通下降与 κ 成正比，最优动量约与 √κ 成正比，"
            "用 H 的逆做预条件则与 κ 无关。带子盖住 95% 的种子。",
            "Steps until the error is 1/1,000 of what it was. Plain descent grows like κ, the best"
            " momentum roughly like √κ, and preconditioned by the inverse of H it does not depend"
            " on κ. Band: 95 % of seeds.",
        ),
        x=Axis(Text("条件数 κ", "condition number κ"), scale="log"),
        y=Axis(Text("步数", "steps"), scale="log"),
        series=(
            Series("plain.by_condition", Text("梯度下降", "gradient descent")),
            Series("momentum.by_condition", Text("最优动量", "best momentum")),
            Series(
                "preconditioned.by_condition",
                Text("预条件（对照）", "by H inverse (control)"),
                role="control",
            ),
        ),
        x_values=lambda _: CONDITIONS,
    ),
    prediction=Prediction(
        Text(
            "二次函数的条件数从 10 变成 100。梯度下降需要的步数大约变成几倍？",
            "A quadratic's condition number goes from 10 to 100. By what factor do the steps of"
            " gradient descent grow?",
        ),
        "plain.growth",
        (
            Option("same", Text("差不多不变", "hardly at all"), below=2.0),
            Option("root", Text("3 倍左右", "about 3"), above=2.0, below=6.0),
            Option("tenfold", Text("10 倍左右", "about 10"), above=6.0, below=20.0),
            Option("square", Text("100 倍左右", "about 100"), above=20.0),
        ),
    ),
    mutations=(
        Mutation(
            "growth = steps_of(start, condition, **how)",
            "growth = steps_of(start, condition / 10, **how)",
            loses=("steps_grow_with_the_condition_number", "momentum_takes_the_root"),
        ),
        Mutation(
            "return Sampled(numbers(steps(condition) / steps(condition / 10)))",
            "return Sampled(numbers(steps(condition) / steps(condition)))",
            loses=("sampling_does_not_help",),
        ),
        Mutation(
            "left = start - curvatures(kappa) ** (1 - quality) * start",
            "left = start - curvatures(kappa) * start",
            loses=("the_inverse_takes_one_step",),
        ),
        Mutation(
            "uneven = data * scales + 1",
            "uneven = data + 1",
            loses=("uneven_inputs_are_ill_conditioned",),
        ),
        Mutation(
            "on, beside = params.on * side, params.beside * side",
            "on, beside = params.beside * side, params.on * side",
            loses=("on_a_saddle_adam_stays_too", "plain_descent_leaves_too"),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：起点偏离一点", "Make it fail: start a little beside"),
            replace(DEFAULT, on=0.1, eased=1.0),
        ),
        Preset(
            "follow_up",
            Text("追问：动量只给一半呢？", "Follow-up: half the best momentum?"),
            replace(DEFAULT, beta=0.5),
        ),
    ),
)
