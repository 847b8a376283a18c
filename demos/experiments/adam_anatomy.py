"""Adam taken apart: two moving averages, their correction, and where they can mislead.

Adam divides an average of gradients by the root of an average of squared gradients, each
corrected for its start at zero (Kingma & Ba 2015, algorithm 1). Its formulas are often given
without the correction, its second moment is often called a variance, and its success is often
read as a guarantee; Reddi, Kale & Kumar (2018) give convex problems on which it fails.

The parts come from PyTorch's SGD with momentum and RMSprop, the reference is its Adam.

Controls: RMSProp's part alone; PyTorch's Adam, which corrects; an average of squares as quick
as that of the gradients; gradients of mean zero; AMSGrad on the same losses.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    mostly,
    nearly_always,
    number,
    switch,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

COORDINATES = 8  # separate streams of gradients in a run
LR, EPS = 1e-3, 1e-8
SPAN = (-3.0, 4.0)  # log10 of the first gradients' sizes
MARKS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 50, 75, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000)
BLOCKS = 200  # of three losses: one steep, two shallow, in random order
STEEP = 3.0  # slope of the steep one; the shallow ones have -1
FIRST_STEP = 0.5  # of the walk over these losses; it falls like 1 / root of t


@dataclass(frozen=True)
class Params:
    beta1: float = number(0.9, 0.0, 0.99, text=Text("β₁（动量）", "β₁ (momentum)"))
    beta2: float = number(0.999, 0.9, 0.9999, text=Text("β₂（平方）", "β₂ (squares)"))
    corrected: bool = switch(
        False, text=Text("裸公式也加偏差修正", "correct the bare formulas as well")
    )
    mean: float = number(
        5.0,
        0.0,
        20.0,
        text=Text("梯度的均值（标准差为 1）", "mean of the gradient (standard deviation 1)"),
    )
    steps: int = whole(1000, 100, 2000, text=Text("步数", "steps"), cost=0.8, scale="log")
    amsgrad: bool = switch(False, text=Text("用 AMSGrad", "use AMSGrad"))


@dataclass(frozen=True)
class Built:
    gap: Numbers  # [S] largest distance to Adam's step, in learning rates


@dataclass(frozen=True)
class Bare:
    least: Numbers  # [S] shortest first step over the learning rate
    most: Numbers  # [S] longest
    after: Numbers  # [S] last step over the corrected one, median over coordinates
    ratio: Curve  # [S, marks] the same at each of the marks


@dataclass(frozen=True)
class Corrected:
    least: Numbers
    most: Numbers
    gap: Numbers  # [S] distance of the first step to that of the bare formulas, corrected


@dataclass(frozen=True)
class Quick:
    after: Numbers
    ratio: Curve


@dataclass(frozen=True)
class Moment:
    ratio: Numbers  # [S] Adam's corrected second moment over the variance of the gradients


@dataclass(frozen=True)
class Walk:
    end: Numbers  # [S] where it ends in [-1, 1]; the sum of the losses is least at -1
    path: Numbers  # [S] length of the way there


@dataclass(frozen=True)
class Measurements:
    whole: Built
    part: Built
    bare: Bare
    corrected: Corrected
    quick: Quick
    shifted: Moment
    centred: Moment
    adam: Walk
    ams: Walk


def marks(params: Params) -> list[int]:
    """The steps at which the figure looks: the last one is that of the claims."""
    return [t for t in MARKS if t < params.steps] + [params.steps]


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    stream = gradients(params, seeds, device)
    stock, whole, part = (torch.zeros_like(stream) for _ in "123")  # [T, S, K], in rates
    bare, fixed, quick = (torch.zeros_like(stream) for _ in "123")
    for t, (m, v, v_quick, step) in enumerate(taken(params, stream), 1):
        stock[t - 1] = step
        whole[t - 1] = combine(m, v, (params.beta1, params.beta2), t, True)
        part[t - 1] = combine(stream[t - 1], v, (0.0, params.beta2), t, True)
        bare[t - 1] = combine(m, v, (params.beta1, params.beta2), t, params.corrected)
        quick[t - 1] = combine(m, v_quick, (params.beta1, params.beta1), t, params.corrected)
        fixed[t - 1] = combine(m, v_quick, (params.beta1, params.beta1), t, True)
    at = [t - 1 for t in marks(params)]
    slow, fast = ((a[at] / b[at]).median(2).values.T for a, b in ((bare, stock), (quick, fixed)))
    first, right = bare[0].abs(), stock[0].abs()  # [S, K]
    return Measurements(
        Built(numbers((whole - stock).abs().amax((0, 2)))),
        Built(numbers((part - stock).abs().amax((0, 2)))),
        Bare(*map(numbers, (first.amin(1), first.amax(1), slow[:, -1], slow))),
        Corrected(
            numbers(right.amin(1)),
            numbers(right.amax(1)),
            numbers((whole[0] - stock[0]).abs().amax(1)),
        ),
        Quick(numbers(fast[:, -1]), numbers(fast)),
        *moments(params, seeds, device),
        walk(seeds, params.amsgrad, device),
        walk(seeds, True, device),
    )


def gradients(params: Params, seeds: Seeds, device: str) -> torch.Tensor:
    """Gradients [T, S, K] without a mean, sizes over seven decades; the first is the size."""
    noise = draws(seeds, "noise", params.steps, COORDINATES, device=device).double()
    low, high = SPAN
    size = draws(seeds, "size", COORDINATES, law="uniform", low=low, high=high, device=device)
    noise[:, 0] = noise[:, 0].sign()
    return (noise * 10 ** size.double()[:, None]).transpose(0, 1)


def taken(
    params: Params, stream: torch.Tensor
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]]:
    """After each gradient: the stock optimisers' averages m, v, quick v, and Adam's step."""
    leaves = [torch.zeros_like(stream[0], requires_grad=True) for _ in "1234"]
    adam = torch.optim.Adam(leaves[:1], lr=LR, betas=(params.beta1, params.beta2), eps=EPS)
    sgd = torch.optim.SGD(leaves[1:2], lr=1.0, momentum=params.beta1, dampening=params.beta1)
    slow = torch.optim.RMSprop(leaves[2:3], alpha=params.beta2)
    quick = torch.optim.RMSprop(leaves[3:], alpha=params.beta1)
    leaves[1].grad = torch.zeros_like(stream[0])
    sgd.step()  # its average starts at the first gradient; so that is a zero
    for gradient in stream:
        for leaf, optimiser in zip(leaves, (adam, sgd, slow, quick), strict=True):
            leaf.data.zero_()  # what the leaf holds after the step is the step
            leaf.grad = gradient.clone()
            optimiser.step()
        v, v_quick = (o.state[w]["square_avg"] for o, w in ((slow, leaves[2]), (quick, leaves[3])))
        yield -leaves[1].detach(), v, v_quick, leaves[0].detach() / LR


def combine(
    m: torch.Tensor, v: torch.Tensor, betas: tuple[float, float], t: int, corrected: bool
) -> torch.Tensor:
    """The step that the two averages give after t gradients, in learning rates."""
    if corrected:
        m, v = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
    return -m / (v.sqrt() + EPS)


def moments(params: Params, seeds: Seeds, device: str) -> tuple[Moment, Moment]:
    """Adam's second moment on the same noise around the mean, and around zero."""
    noise = draws(seeds, "noise", params.steps, COORDINATES, device=device).double()
    around = torch.tensor([params.mean, 0.0], dtype=torch.float64, device=noise.device)
    stream = noise[:, :, None] + around[:, None]  # [S, T, 2, K]
    leaf = torch.zeros_like(stream[:, 0], requires_grad=True)
    adam = torch.optim.Adam([leaf], lr=LR, betas=(params.beta1, params.beta2))
    for gradient in stream.unbind(1):
        leaf.grad = gradient.contiguous()
        adam.step()
    second = adam.state[leaf]["exp_avg_sq"] / (1 - params.beta2**params.steps)
    ratio = second.mean(2) / stream.var(1).mean(2)  # [S, 2]
    return Moment(numbers(ratio[:, 0])), Moment(numbers(ratio[:, 1]))


def walk(seeds: Seeds, amsgrad: bool, device: str) -> Walk:
    """Adam within [-1, 1] over losses c x: in each block of three, c is 3, -1, -1 shuffled."""
    place = draws(seeds, "place", BLOCKS, law="integers", low=0, high=3, device=device)
    x = draws(seeds, "start", law="uniform", low=-1, high=1, device=device).double()
    slopes = torch.nn.functional.one_hot(place, 3).double().flatten(1) * (STEEP + 1) - 1
    leaf, path = x.clone().requires_grad_(), torch.zeros_like(x)
    optimiser = torch.optim.Adam([leaf], betas=(0.0, 1 / (1 + STEEP**2)), amsgrad=amsgrad)
    for t, slope in enumerate(slopes.unbind(1), 1):
        before = leaf.detach().clone()
        optimiser.param_groups[0]["lr"] = FIRST_STEP * t**-0.5
        leaf.grad = slope.contiguous()
        optimiser.step()
        leaf.data.clamp_(-1, 1)
        path += (leaf.detach() - before).abs()
    return Walk(numbers(leaf), numbers(path))


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again: Adam by its recursion, the averages as weighted sums of all gradients."""
    stream = gradients(params, seeds, "cpu")[:, 0].numpy()  # [T, K]
    m, v, gap = np.zeros(COORDINATES), np.zeros(COORDINATES), 0.0
    found = {}
    for t, g in enumerate(stream, 1):
        m, v = (b * a + (1 - b) * h for a, b, h in ((m, params.beta1, g), (v, params.beta2, g**2)))
        right = m / (1 - params.beta1**t) / (np.sqrt(v / (1 - params.beta2**t)) + EPS)
        age = np.arange(t)[::-1, None]
        sums = [
            (1 - b) * (b**age * h).sum(0)
            for b, h in ((params.beta1, stream[:t]), (params.beta2, stream[:t] ** 2))
        ]
        weights = [(1 - b) * (b**age).sum() for b in (params.beta1, params.beta2)]
        mine = sums[0] / weights[0] / (np.sqrt(sums[1] / weights[1]) + EPS)
        gap = max(gap, float(np.abs(mine - right).max()))
        bare = mine if params.corrected else sums[0] / (np.sqrt(sums[1]) + EPS)
        if t == 1:
            found["bare.least"], found["bare.most"] = np.abs(bare).min(), np.abs(bare).max()
    found["bare.after"] = np.median(bare / right)
    return {name: np.array([x]) for name, x in (found | {"whole.gap": gap}).items()}


DEFAULT = Params()
FIXED = replace(DEFAULT, corrected=True)

DEMO = Demo(
    title=Text("Adam 拆开看", "Adam taken apart"),
    question=Text(
        "Adam 由哪几部分组成，少了偏差修正会怎样？",
        "What is Adam made of, and what if bias correction is left out?",
    ),
    summary=Text(
        "用现成的动量法和 RMSProp 拼出 Adam，再逐一试：去掉偏差修正，给梯度加均值，"
        "换上一串会把它带偏的损失。",
        "We build Adam from the library's momentum and RMSProp, then leave out the bias correction,"
        " give the gradient a mean, and choose losses that lead it astray.",
    ),
    topic="optimisers",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=256,
    claims=(
        Claim(
            slug="adam_is_momentum_over_rmsprop",
            text=Text(
                "动量法的滑动平均除以 RMSProp 的均方根，各自做偏差修正，就是 Adam："
                f"同一串梯度上 {DEFAULT.steps} 步，每一步都与 PyTorch 的 Adam 一致。",
                "Momentum's moving average over RMSProp's root mean square, each corrected for its"
                f" start, is Adam: on the same gradients all {DEFAULT.steps} steps agree with"
                " PyTorch's.",
            ),
            decides=("ADM-1",),
            clauses=(always("whole.gap", below=1e-9),),
            controls=(nearly_always("part.gap", above=1.0, below=10.0),),
            control_text=Text(
                "只改一处：分子不用动量，用当前梯度；差出 1 到 10 个学习率。",
                "One change: the gradient itself instead of its average; the steps then differ by"
                " 1 to 10 learning rates.",
            ),
            broken=replace(DEFAULT, beta1=0.0),
            looks=(256,),
        ),
        Claim(
            slug="uncorrected_first_step",
            text=Text(
                f"β₁ = {DEFAULT.beta1}、β₂ = {DEFAULT.beta2}，不做偏差修正：第一个梯度绝对值在"
                " 0.001 到 10000 之间时，第一步总是学习率的 3.16 倍。",
                f"With β₁ = {DEFAULT.beta1} and β₂ = {DEFAULT.beta2} and no bias correction, the"
                " first step is always 3.16 times the learning rate, for first gradients of size"
                " 0.001 to 10 000.",
            ),
            decides=("ADM-2",),
            clauses=(
                always("bare.least", above=3.16, below=3.163),
                always("bare.most", above=3.16, below=3.163),
            ),
            controls=(
                nearly_always("corrected.least", above=0.999, below=1.001),
                nearly_always("corrected.most", above=0.999, below=1.001),
            ),
            control_text=Text(
                "只改一处：做偏差修正（PyTorch 的 Adam），第一步就是学习率。",
                "One change: corrected, as in PyTorch's Adam; the first step is the learning rate.",
            ),
            works_without=(mostly("corrected.gap", below=1e-9),),
            broken=FIXED,
            looks=(256,),
        ),
        Claim(
            slug="uncorrected_for_long",
            text=Text(
                f"不做偏差修正，第 {DEFAULT.steps} 步仍比修正后的长四分之一以上。",
                f"Without the correction, step {DEFAULT.steps} is still longer by more than a"
                " quarter.",
            ),
            decides=("ADM-2",),
            clauses=(always("bare.after", above=1.25, below=1.265),),
            controls=(nearly_always("quick.after", above=0.999, below=1.001),),
            control_text=Text(
                f"同样不修正，只改一处：β₂ 也取 {DEFAULT.beta1}，这时两者早已没有差别。",
                f"Uncorrected as well, one change: β₂ is {DEFAULT.beta1} too; by then the two no"
                " longer differ.",
            ),
            broken=FIXED,
            looks=(256,),
        ),
        Claim(
            slug="second_moment_is_not_variance",
            text=Text(
                f"梯度均值为 {DEFAULT.mean}、标准差为 1 时，Adam 的二阶矩估计是方差的 20 倍以上。",
                f"For gradients of mean {DEFAULT.mean} and standard deviation 1, Adam's second"
                " moment is more than 20 times the variance.",
            ),
            decides=("ADM-3",),
            clauses=(mostly("shifted.ratio", above=20.0),),
            controls=(mostly("centred.ratio", above=0.8, below=1.25),),
            control_text=Text(
                "同样的噪声，只改一处：均值为 0，这时它约等于方差。",
                "The same noise, one change: mean zero, where it is about the variance.",
            ),
            broken=replace(DEFAULT, mean=0.0),
        ),
        Claim(
            slug="adam_can_end_at_the_worst_point",
            text=Text(
                f"[−1, 1] 上每三个线性损失，斜率为 3、−1、−1，顺序随机，总和在 −1 处最小。"
                f"Adam（β₁ = 0、β₂ = 0.1）走 {3 * BLOCKS} 步却停在 0.9 以上。",
                "Of every three linear losses on [−1, 1] one has slope 3, two have −1, in random"
                f" order: their sum is least at −1. Adam (β₁ = 0, β₂ = 0.1) ends {3 * BLOCKS}"
                " steps later above 0.9.",
            ),
            decides=("ADM-4",),
            clauses=(mostly("adam.end", above=0.9),),
            controls=(mostly("ams.end", above=-1.1, below=-0.9),),
            control_text=Text(
                "同样的损失和起点，只改一处：AMSGrad，分母不许变小。",
                "The same losses and start, one change: AMSGrad, whose denominator never falls.",
            ),
            trained=True,
            works_with=(mostly("adam.path", above=3.0),),
            works_without=(mostly("ams.path", above=3.0),),
            broken=replace(DEFAULT, amsgrad=True),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("不做偏差修正，步子长多少", "How long the steps are without bias correction"),
        caption=Text(
            "各步与修正后同一步的长度之比：默认参数下从 3.2 升到 6.6，千步之后仍未回到 1。"
            "对照让 β₂ 等于 β₁：开头偏短，几十步后就没有差别。带子盖住 95% 的种子。",
            "Each step over the same step corrected: with the defaults it rises from 3.2 to 6.6"
            " and is not back at 1 after a thousand. The control sets β₂ to β₁: short at first,"
            " no difference after some tens of steps. Band: 95 % of seeds.",
        ),
        x=Axis(Text("步", "step"), "log"),
        y=Axis(Text("步长 ÷ 修正后的步长", "step ÷ corrected step"), "log"),
        series=(
            Series("bare.ratio", Text("不修正", "uncorrected")),
            Series(
                "quick.ratio",
                Text("不修正，β₂ = β₁（对照）", "uncorrected, β₂ = β₁ (control)"),
                role="control",
            ),
        ),
        x_values=marks,
    ),
    prediction=Prediction(
        Text(
            f"Adam，β₁ = {DEFAULT.beta1}、β₂ = {DEFAULT.beta2}，两个滑动平均从 0 开始，"
            "都不做偏差修正。第一步有多长？",
            f"Adam with β₁ = {DEFAULT.beta1} and β₂ = {DEFAULT.beta2}, both averages starting at"
            " zero and neither corrected. How long is the first step?",
        ),
        "bare.most",
        (
            Option("short", Text("约为学习率的 1/10", "about a tenth of the rate"), below=0.5),
            Option("rate", Text("就是学习率", "the learning rate"), above=0.5, below=2.0),
            Option("long", Text("学习率的 3 倍多", "over three times the rate"), above=2.0),
        ),
    ),
    mutations=(
        Mutation(
            "dampening=params.beta1",
            "dampening=1 - params.beta1",
            loses=("adam_is_momentum_over_rmsprop", "uncorrected_first_step"),
        ),
        Mutation(
            "bare[t - 1] = combine(m, v, (params.beta1, params.beta2), t, params.corrected)",
            "bare[t - 1] = combine(m, v, (params.beta1, params.beta2), t, True)",
            loses=("uncorrected_first_step", "uncorrected_for_long"),
        ),
        Mutation(
            "torch.tensor([params.mean, 0.0]",
            "torch.tensor([0.0, 0.0]",
            loses=("second_moment_is_not_variance",),
        ),
        Mutation(
            "walk(seeds, params.amsgrad, device)",
            "walk(seeds, True, device)",
            loses=("adam_can_end_at_the_worst_point",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail", Text("让它失败：也做偏差修正", "Make it fail: correct the bias"), FIXED
        ),
        Preset(
            "follow_up",
            Text("追问：β₂ 取 0.99 呢？", "Follow-up: what about β₂ = 0.99?"),
            replace(DEFAULT, beta2=0.99),
        ),
    ),
)
