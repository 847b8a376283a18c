"""What an L1 and an L2 penalty do to coefficients, and what neither does.

L1 has a kink at 0 that holds coefficients at exactly 0 (Tibshirani 1996), if the solver knows
the kink: a proximal method lands on it, plain subgradient descent steps past it. L2 shrinks all
and zeroes none (Hoerl & Kennard 1970). Among near-copies the lasso picks, the elastic net shares
(Zou & Hastie 2005). A penalty on weights curbs a flexible fit, but the loss stays squared, so
one outlier still drags a straight line away (Huber 1964). And where batch normalisation follows,
the size of the weights says nothing at all (van Laarhoven 2017).

All linear fits minimise |y - Xw|^2 / 2n + lam1 |w|_1 + lam2 |w|^2 / 2. Reference for the slopes:
the line the data were drawn from. Each control changes the penalty, the loss or the outlier.
"""

from __future__ import annotations

import math
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
from demos.kit.draws import Counts, Logs, Numbers, Seeds, counts, draws, numbers
from demos.kit.draws import Series as Curve

FEATURES = 30
COPIES = 3  # near-copies of one another, the first of the features
TRUE = (1.0, 1.0, 1.0, -1.5, 1.0)  # all other coefficients are 0
NOISE = 0.5
GRID = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # strengths of the penalty in the figure
STEPS = 300
LINE, SLOPE = 30, 2.0  # points and slope of the straight line
CURVE, DEGREE = 40, 15
RIDGES = (0.0, 1e-3, 1e-2, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCH, INPUTS, HIDDEN = 32, 8, 16


@dataclass(frozen=True)
class Params:
    lam1: float = number(0.1, 0.0, 1.0, text=Text("L1 的强度 λ₁", "strength λ₁ of L1"))
    lam2: float = number(0.5, 0.0, 5.0, text=Text("L2 的强度 λ₂", "strength λ₂ of L2"))
    correlation: float = number(
        0.99, 0.0, 0.999, text=Text("三个特征之间的相关", "correlation of the three features")
    )
    samples: int = whole(60, 40, 200, text=Text("样本数", "samples"), cost=0.2)
    outlier: float = number(
        40.0, 0.0, 100.0, text=Text("离群点偏下多少", "how far down the outlier lies")
    )
    factor: float = number(
        10.0, 0.1, 100.0, scale="log", text=Text("权重放大的倍数", "factor on the weights")
    )
    batch_norm: bool = switch(
        True, text=Text("放大的权重后面接批归一化", "batch norm behind the scaled weights")
    )


@dataclass(frozen=True)
class Fit:
    zeros: Counts  # [S] coefficients that are exactly 0
    spread: Numbers  # [S] (largest - smallest) / mean size of the three copies' coefficients
    shrunk: Numbers  # [S] length of the coefficients / that of least squares
    explained: Numbers  # [S] share of the variance of new data explained
    excess: Numbers  # [S] penalised error / the lasso's, minus 1
    by_strength: Curve  # [S, len(GRID)] exact zeros at each strength


@dataclass(frozen=True)
class Line:
    slope: Numbers  # [S]
    off: Numbers  # [S] distance of the slope from the true one


@dataclass(frozen=True)
class Wild:
    gain: Logs  # [S] log10 of error of least squares / error of ridge, on the whole interval


@dataclass(frozen=True)
class Scaled:
    change: Numbers  # [S] length of the change of the outputs / length of the outputs


@dataclass(frozen=True)
class Measurements:
    lasso: Fit
    subgradient: Fit
    elastic: Fit
    ridge: Fit
    best_ridge: Line
    huber: Line
    outlier: Wild
    clean: Wild
    scaled: Scaled
    bare: Scaled


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    return Measurements(
        *sparse(params, seeds, device),
        *straight(params, seeds, device),
        *wild(params, seeds, device),
        *rescaled(params, seeds, device),
    )


def features(
    params: Params, seeds: Seeds, stream: str, device: str
) -> tuple[torch.Tensor, torch.Tensor]:
    """Features [S, n, 30] whose first three share a common part, and targets [S, n, 1]."""
    n = params.samples
    own = draws(seeds, f"{stream} features", n, FEATURES, device=device).double()
    shared = draws(seeds, f"{stream} shared", n, 1, device=device).double()
    noise = draws(seeds, f"{stream} noise", n, 1, std=NOISE, device=device).double()
    rho = params.correlation
    copies = math.sqrt(rho) * shared + math.sqrt(1 - rho) * own[..., :COPIES]
    x = torch.cat([copies, own[..., COPIES:]], 2)
    truth = torch.tensor(TRUE, dtype=x.dtype, device=device)
    return x, (x[..., : len(TRUE)] @ truth)[..., None] + noise


def sparse(params: Params, seeds: Seeds, device: str) -> tuple[Fit, Fit, Fit, Fit]:
    """Lasso twice (two solvers), elastic net and ridge on the same data, for every strength."""
    x, y = features(params, seeds, "fit", device)
    gram, target = x.mT @ x / params.samples, x.mT @ y / params.samples  # [S, 30, 30], [S, 30, 1]
    ones = torch.ones(len(GRID) + 1, dtype=x.dtype, device=device)
    lam1 = torch.cat([torch.tensor(GRID, dtype=x.dtype, device=device), ones[:1] * params.lam1])
    lam2 = torch.cat([lam1[:-1], ones[:1] * params.lam2])
    both = torch.cat([lam1, lam1]), torch.cat([0 * ones, ones * params.lam2])  # lasso, elastic net
    lasso, elastic = proximal(gram, target, *both).chunk(2, 2)  # [S, 30, len(GRID) + 1]
    plain = subgradient(gram, target, lam1)
    eye = torch.eye(FEATURES, dtype=x.dtype, device=device)
    ridge = torch.linalg.solve(gram[:, None] + lam2.view(-1, 1, 1) * eye, target[:, None])
    ridge = ridge[..., 0].mT
    least = torch.linalg.solve(gram, target)
    new_x, new_y = features(params, seeds, "new", device)

    def cost(w: torch.Tensor) -> torch.Tensor:
        return (y - x @ w).square().mean((1, 2)) / 2 + params.lam1 * w.abs().sum((1, 2))

    found = []
    for path in (lasso, plain, elastic, ridge):
        w = path[..., -1:]  # [S, 30, 1]
        some = w[:, :COPIES, 0]
        spread = (some.amax(1) - some.amin(1)) / some.abs().mean(1).clamp(min=1e-12)
        explained = 1 - (new_y - new_x @ w).square().mean((1, 2)) / new_y.var((1, 2))
        shrunk = w.norm(dim=(1, 2)) / least.norm(dim=(1, 2))
        excess = cost(w) / cost(lasso[..., -1:]) - 1
        zeros = (path == 0).sum(1)  # [S, len(GRID) + 1]
        measured = map(numbers, (spread, shrunk, explained, excess, zeros[:, :-1]))
        found.append(Fit(counts(zeros[:, -1]), *measured))
    return found[0], found[1], found[2], found[3]


def proximal(
    gram: torch.Tensor, target: torch.Tensor, lam1: torch.Tensor, lam2: torch.Tensor
) -> torch.Tensor:
    """Accelerated soft-thresholding (FISTA) -> coefficients [S, 30, A], a column a penalty."""
    top = torch.linalg.matrix_norm(gram, ord=2).view(-1, 1, 1)  # [S, 1, 1]
    step = 1 / (top + lam2)
    w = ahead = torch.zeros_like(target).expand(-1, -1, len(lam1))
    momentum = 1.0
    for _ in range(STEPS):
        moved = ahead - step * (gram @ ahead - target + lam2 * ahead)
        new = torch.nn.functional.relu(moved.abs() - step * lam1) * moved.sign()
        following = (1 + math.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / following * (new - w)
        w, momentum = new, following
    return w


def subgradient(gram: torch.Tensor, target: torch.Tensor, lam1: torch.Tensor) -> torch.Tensor:
    """The lasso by plain steps of shrinking size against a subgradient -> [S, 30, A]."""
    rate = 1 / torch.linalg.matrix_norm(gram, ord=2).view(-1, 1, 1)
    w = torch.zeros_like(target).expand(-1, -1, len(lam1))
    for t in range(STEPS):
        w = w - rate / math.sqrt(1 + t / 10) * (gram @ w - target + lam1 * w.sign())
    return w


def straight(params: Params, seeds: Seeds, device: str) -> tuple[Line, Line]:
    """A line through points of which the rightmost lies far too low: squared loss, Huber loss."""
    x = draws(seeds, "line", LINE, device=device).double().sort(1).values  # [S, 30]
    y = SLOPE * x + draws(seeds, "line noise", LINE, std=NOISE, device=device).double()
    y[:, -1] -= params.outlier

    def slope(weight: torch.Tensor, lam: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        total = weight.sum(1, keepdim=True)
        dx, dy = (v - (weight * v).sum(1, keepdim=True) / total for v in (x, y))
        b = (weight * dx * dy).sum(1, keepdim=True)
        b = b / ((weight * dx * dx).sum(1, keepdim=True) + LINE * lam)  # [S, A]
        return b, dy - b[:, :1] * dx

    equal = torch.ones_like(x)
    ridges, residual = slope(equal, torch.tensor(RIDGES, dtype=x.dtype, device=device))
    best = ridges.gather(1, (ridges - SLOPE).abs().argmin(1, keepdim=True))
    robust = ridges[:, :1]
    for _ in range(60):  # iteratively reweighted least squares, threshold twice the noise
        weight = (2 * NOISE / residual.abs().clamp(min=1e-12)).clamp(max=1.0)
        robust, residual = slope(weight, torch.zeros(1, dtype=x.dtype, device=device))
    lines = [Line(numbers(b[:, 0]), numbers((b[:, 0] - SLOPE).abs())) for b in (best, robust)]
    return lines[0], lines[1]


def wild(params: Params, seeds: Seeds, device: str) -> tuple[Wild, Wild]:
    """A polynomial of degree 15 through 40 points, with and without one point far too low."""
    u = draws(seeds, "curve", CURVE, law="uniform", device=device).double()
    x = 2 * (torch.arange(CURVE, device=device) + u) / CURVE - 1  # [S, 40], one in each 40th
    y = 2 * torch.sin(3 * x) + draws(seeds, "curve noise", CURVE, std=0.1, device=device).double()
    which = draws(seeds, "which", 1, law="integers", low=0, high=CURVE, device=device)
    hit = torch.zeros_like(x).scatter(1, which, params.outlier)
    grid = torch.linspace(-1, 1, 201, dtype=x.dtype, device=device)
    a, everywhere = legendre(x), legendre(grid)
    eye = CURVE * params.lam2 * torch.eye(DEGREE + 1, dtype=x.dtype, device=device)
    found = []
    for seen in (y - hit, y):
        least = torch.linalg.solve(a.mT @ a, a.mT @ seen[..., None])
        ridge = torch.linalg.solve(a.mT @ a + eye, a.mT @ seen[..., None])
        error = [(everywhere @ w)[..., 0] - 2 * torch.sin(3 * grid) for w in (least, ridge)]
        sizes = [e.square().mean(1) for e in error]
        found.append(Wild(numbers((sizes[0] / sizes[1]).log10())))
    return found[0], found[1]


def legendre(x: torch.Tensor) -> torch.Tensor:
    """Legendre polynomials of degrees 0..15 at x, on a new last axis."""
    columns = [torch.ones_like(x), x]
    for d in range(1, DEGREE):
        columns.append(((2 * d + 1) * x * columns[-1] - d * columns[-2]) / (d + 1))
    return torch.stack(columns, -1)


def rescaled(params: Params, seeds: Seeds, device: str) -> tuple[Scaled, Scaled]:
    """A ReLU net before and after its first weights are multiplied: with batch norm, without."""
    x, w1, w2 = (v.double().to(device) for v in network(seeds))
    found = []
    for normed in (params.batch_norm, False):
        outputs = []
        for factor in (1.0, params.factor):
            z = x @ (factor * w1)  # [S, 32, 16]
            if normed:
                variance, mean = torch.var_mean(z, 1, correction=0, keepdim=True)
                z = (z - mean) / (variance + 1e-5).sqrt()
            outputs.append(torch.relu(z) @ w2)
        change = (outputs[1] - outputs[0]).norm(dim=(1, 2)) / outputs[0].norm(dim=(1, 2))
        found.append(Scaled(numbers(change)))
    return found[0], found[1]


def network(seeds: Seeds) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Inputs [S, 32, 8] and the weights [S, 8, 16], [S, 16, 1] of the net."""
    x = draws(seeds, "net inputs", BATCH, INPUTS)
    w1 = draws(seeds, "first weights", INPUTS, HIDDEN, std=math.sqrt(2 / INPUTS))
    return x, w1, draws(seeds, "second weights", HIDDEN, 1, std=math.sqrt(1 / HIDDEN))


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """The rescaled net of one seed again, in numpy, one unit at a time."""
    x, w1, w2 = (v[0].double().numpy() for v in network(seeds))
    outputs = []
    for factor in (1.0, params.factor):
        out = np.zeros(BATCH)
        for j in range(HIDDEN):
            z = sum(x[:, i] * w1[i, j] * factor for i in range(INPUTS))
            if params.batch_norm:
                z = (z - np.mean(z)) / np.sqrt(np.var(z) + 1e-5)
            out += np.maximum(z, 0) * w2[j, 0]
        outputs.append(out)
    change = np.linalg.norm(outputs[1] - outputs[0]) / np.linalg.norm(outputs[0])
    return {"scaled.change": np.array([change])}


DEFAULT = Params()
SAME_DATA = Text(
    "同样的数据，只改一处：L2 换成 L1，就有一半以上的系数恰好为 0。",
    "Same data, one change: L1 for L2, and more than half of the coefficients are exactly 0.",
)
FITS = (mostly("lasso.explained", above=0.5),)

DEMO = Demo(
    title=Text("L1 置零，L2 缩小，弹性网分摊", "L1 zeroes, L2 shrinks, the elastic net shares"),
    question=Text(
        "L1 和 L2 正则各对系数做了什么？", "What do L1 and L2 penalties do to coefficients?"
    ),
    summary=Text(
        f"{FEATURES} 个特征里只有 {len(TRUE)} 个有用，其中 {COPIES} 个几乎相同。比较 lasso、岭回归"
        "和弹性网；再加一个离群点，看惩罚能救什么、救不了什么。",
        f"Of {FEATURES} features {len(TRUE)} matter and {COPIES} are near-copies: lasso, ridge and"
        " elastic net side by side. Then one outlier: what a penalty repairs and what it cannot.",
    ),
    topic="regularisation",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=64,
    claims=(
        Claim(
            slug="l1_gives_zeros",
            text=Text(
                f"λ₁ = {DEFAULT.lam1} 的 L1（软阈值求解）把 {FEATURES} 个系数里的一半以上"
                "压到恰好为 0。",
                f"L1 with λ₁ = {DEFAULT.lam1}, solved by soft-thresholding, puts more than half of"
                f" {FEATURES} coefficients at exactly 0.",
            ),
            decides=("REG-1",),
            clauses=(mostly("lasso.zeros", above=15.5),),
            controls=(mostly("ridge.zeros", above=-0.5, below=0.5),),
            control_text=Text(
                "同样的数据，只改一处：L1 换成 L2，一个 0 也没有。",
                "Same data, one change: L2 for L1, and not one is 0.",
            ),
            trained=True,
            works_with=FITS,
            works_without=(mostly("ridge.explained", above=0.5),),
            broken=replace(DEFAULT, lam1=0.0),
        ),
        Claim(
            slug="l2_shrinks_without_zeros",
            text=Text(
                f"λ₂ = {DEFAULT.lam2} 的 L2 把系数向量缩短到最小二乘解的 0.8 倍以下，"
                "却没有一个系数为 0。",
                f"L2 with λ₂ = {DEFAULT.lam2} shortens the vector of coefficients to less than 0.8"
                " of least squares, yet none of them is 0.",
            ),
            decides=("REG-1",),
            clauses=(mostly("ridge.shrunk", below=0.8), mostly("ridge.zeros", below=0.5)),
            controls=(mostly("lasso.zeros", above=15.5, below=29.5),),
            control_text=SAME_DATA,
            trained=True,
            works_with=(mostly("ridge.explained", above=0.5),),
            works_without=FITS,
            broken=replace(DEFAULT, lam2=0.0),
        ),
        Claim(
            slug="subgradient_steps_miss_zero",
            text=Text(
                f"同一个 lasso 用普通次梯度下降走 {STEPS} 步：目标值与最优相差不到 5%，"
                "却没有一个系数恰好为 0。",
                f"Plain subgradient descent on the same lasso, {STEPS} steps: within 5 % of the"
                " best objective, yet not one coefficient is exactly 0.",
            ),
            decides=("REG-1",),
            clauses=(mostly("subgradient.zeros", below=0.5),),
            controls=(mostly("lasso.zeros", above=15.5, below=29.5),),
            control_text=Text(
                "同样的目标，只改一处：每步用软阈值，一半以上恰好为 0。",
                "Same objective, one change: soft-thresholding at each step, and more than half"
                " are exactly 0.",
            ),
            trained=True,
            works_with=(mostly("subgradient.excess", above=-1e-3, below=0.05),),
            works_without=FITS,
            broken=replace(DEFAULT, lam1=0.0),
        ),
        Claim(
            slug="elastic_net_shares",
            text=Text(
                f"{COPIES} 个相关为 {DEFAULT.correlation} 的特征：弹性网给它们的系数相差不到平均的"
                " 15%，同时仍把 8 个以上的系数压到恰好为 0。",
                f"{COPIES} features correlated at {DEFAULT.correlation}: the elastic net gives them"
                " coefficients that differ by less than 15 % of their mean and still puts 8 or more"
                f" of the {FEATURES} at exactly 0.",
            ),
            decides=("REG-2",),
            clauses=(mostly("elastic.spread", below=0.15), mostly("elastic.zeros", above=7.5)),
            controls=(mostly("lasso.spread", above=0.2, below=3.01),),
            control_text=Text(
                "同样的数据，只改一处：去掉 L2（即 lasso），三个系数相差平均的 20% 以上。",
                "Same data, one change: no L2, which is the lasso; the three then differ by more"
                " than 20 % of their mean.",
            ),
            trained=True,
            works_with=(mostly("elastic.explained", above=0.5),),
            works_without=FITS,
            broken=replace(DEFAULT, lam2=0.0),
        ),
        Claim(
            slug="ridge_calms_a_wild_fit",
            text=Text(
                f"{DEGREE} 次多项式拟合 {CURVE} 个点，其中一个离群：加 L2 后，"
                "整段曲线的均方误差不到最小二乘的三分之一。",
                f"A polynomial of degree {DEGREE} through {CURVE} points, one of them an outlier:"
                " with L2 the curve's squared error is less than a third of that of least squares.",
            ),
            decides=("REG-5",),
            clauses=(mostly("outlier.gain", above=math.log10(3)),),
            controls=(mostly("clean.gain", above=-4.0, below=0.0),),
            control_text=Text(
                "同样的点，只改一处：没有离群点，这时 L2 反而更差。",
                "Same points, one change: no outlier, and L2 does worse.",
            ),
            broken=replace(DEFAULT, outlier=0.0),
        ),
        Claim(
            slug="outlier_bends_any_ridge",
            text=Text(
                f"直线的真斜率是 {SLOPE:g}，最右边的点低了 {DEFAULT.outlier:g}：岭回归就算从 0 到"
                f" {RIDGES[-1]:g} 挑最好的 λ，斜率仍差 1 以上。",
                f"A line of slope {SLOPE:g} whose rightmost point lies {DEFAULT.outlier:g} too low:"
                f" even the best λ from 0 to {RIDGES[-1]:g} leaves ridge's slope off by more than"
                " 1.",
            ),
            decides=("REG-5",),
            clauses=(mostly("best_ridge.off", above=1.0),),
            controls=(mostly("huber.off", above=-0.1, below=0.4),),
            control_text=Text(
                "同样的点，只改一处：平方损失换成 Huber 损失，不加惩罚。",
                "Same points, one change: Huber's loss for the squared one, no penalty.",
            ),
            broken=replace(DEFAULT, outlier=0.0),
        ),
        Claim(
            slug="size_is_free_before_batch_norm",
            text=Text(
                f"第一层权重乘以 {DEFAULT.factor:g}，后面接批归一化：网络的输出变化不到千分之一。",
                f"The first weights times {DEFAULT.factor:g}, batch normalisation behind them: the"
                " outputs change by less than one part in a thousand.",
            ),
            decides=("REG-4",),
            clauses=(always("scaled.change", below=1e-3),),
            controls=(nearly_always("bare.change", above=8.9, below=9.1),),
            control_text=Text(
                "同样的权重，只改一处：没有批归一化，ReLU 网络的输出也变成"
                f" {DEFAULT.factor:g} 倍。",
                "Same weights, one change: no batch normalisation, and the ReLU net's outputs grow"
                f" {DEFAULT.factor:g}-fold too.",
            ),
            broken=replace(DEFAULT, batch_norm=False),
            looks=(256,),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("恰好为 0 的系数有多少", "How many coefficients are exactly 0"),
        caption=Text(
            f"{FEATURES} 个系数，{FEATURES - len(TRUE)} 个本该为 0。L1 越强，0 越多；L2 再强也没有"
            "0；用普通次梯度解同一个 lasso，同样没有。带子盖住 95% 的种子。",
            f"Of {FEATURES} coefficients {FEATURES - len(TRUE)} should be 0. L1 gives more zeros as"
            " it grows, L2 never any, and neither does the lasso under plain subgradient steps."
            " Band: 95 % of seeds.",
        ),
        x=Axis(Text("惩罚强度 λ", "strength λ of the penalty"), "log"),
        y=Axis(Text("恰好为 0 的系数", "coefficients at exactly 0")),
        series=(
            Series("lasso.by_strength", Text("L1，软阈值", "L1, soft-thresholding")),
            Series("elastic.by_strength", Text("弹性网", "elastic net")),
            Series("subgradient.by_strength", Text("L1，普通次梯度", "L1, plain subgradient")),
            Series("ridge.by_strength", Text("L2（对照）", "L2 (control)"), role="control"),
        ),
        x_values=lambda _: GRID,
    ),
    prediction=Prediction(
        Text(
            f"{LINE} 个点，真斜率 {SLOPE:g}，最右边的一个低了 {DEFAULT.outlier:g}。岭回归从 0 到"
            f" {RIDGES[-1]:g} 挑最好的 λ，斜率会是多少？",
            f"{LINE} points on a line of slope {SLOPE:g}, the rightmost {DEFAULT.outlier:g} too"
            f" low. With the best λ from 0 to {RIDGES[-1]:g}, ridge finds a slope of …",
        ),
        "best_ridge.slope",
        (
            Option("repaired", Text("1.5 到 2.5", "1.5 to 2.5"), above=1.5, below=2.5),
            Option("half", Text("0.5 到 1.5", "0.5 to 1.5"), above=0.5, below=1.5),
            Option("lost", Text("不到 0.5", "less than 0.5"), below=0.5),
        ),
    ),
    mutations=(
        Mutation(
            "moved.abs() - step * lam1)",
            "moved.abs() - 0 * lam1)",
            loses=("l1_gives_zeros", "l2_shrinks_without_zeros", "subgradient_steps_miss_zero"),
        ),
        Mutation("ones * params.lam2])  # lasso", "0 * ones])  # lasso", ("elastic_net_shares",)),
        Mutation("(y - hit, y)", "(y, y)", ("ridge_calms_a_wild_fit",)),
        Mutation("y[:, -1] -= params.outlier", "pass", ("outlier_bends_any_ridge",)),
        Mutation("if normed:", "if False:", ("size_is_free_before_batch_norm",)),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：去掉 L1", "Make it fail: no L1"),
            replace(DEFAULT, lam1=0.0),
        ),
        Preset(
            "follow_up",
            Text("追问：特征互不相关呢？", "Follow-up: what if the features are unrelated?"),
            replace(DEFAULT, correlation=0.0),
        ),
    ),
)
