"""What sigmoid, tanh and the ReLU family do to a single number: range, derivative, steepest point.

Sigmoid maps to the open interval (0, 1) and tanh to (-1, 1); over the reals neither reaches an
end, only rounding does. Both are steepest at 0 (1/4 and 1) and flat far away on either side
(LeCun, Bottou, Orr & Müller 1998, section 4.4; Goodfellow, Bengio & Courville 2016, section
6.3.2). ReLU, leaky ReLU and ELU keep a slope of 1 on the right side only.

Each run draws 16 inputs. Controls: the same inputs through tanh, in float32, through softplus,
with one slip in a formula, on the other side of 0.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional

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
    nearly_always,
    number,
)
from demos.kit.draws import Counts, Numbers, Seeds, counts, draws, numbers
from demos.kit.draws import Series as Curve

POINTS = 16
NAMES = ("sigmoid", "tanh", "relu", "leaky", "elu")
GRID = torch.linspace(-6, 6, 61, dtype=torch.float64)


@dataclass(frozen=True)
class Params:
    reach: float = number(
        80.0, 1.0, 85.0, text=Text("输入范围的一半宽", "half-width of the input range")
    )
    arithmetic: str = choice(
        "exact",
        {
            "exact": Text("不丢位（到端点的距离单独算）", "no digits lost (distance to the end)"),
            "float32": Text("float32 舍入", "rounded to float32"),
        },
        text=Text("判断是否到达端点时的算术", "arithmetic that decides whether an end is reached"),
    )
    alpha: float = number(
        0.01, 0.0, 1.0, text=Text("Leaky ReLU 的负侧斜率 α", "slope α of leaky ReLU on the left")
    )
    steepness: float = number(
        1.0,
        0.25,
        4.0,
        text=Text("输入先乘以", "factor on the input"),
        help=Text("f(kz) 的导数多一个 k。", "The derivative of f(kz) has one more k."),
        scale="log",
    )
    bias: float = number(
        0.0, -5.0, 5.0, text=Text("输入先加上", "added to the input"),
        help=Text("f(z + b) 的最陡处在 z = −b。", "f(z + b) is steepest at z = −b."),
    )  # fmt: skip
    centre: float = number(
        0.0,
        0.0,
        0.5,
        text=Text("从 sigmoid 的输出里减去", "subtracted from sigmoid's output"),
        help=Text("减 0.5 就以 0 为中心。", "0.5 centres it on 0."),
    )


@dataclass(frozen=True)
class Squash:
    lowest: Numbers  # [S] smallest output over the 16 inputs
    reached: Counts  # [S] inputs whose output is an end of the range
    ratio: Numbers  # [S] largest slope away from z = 0, over the slope at z = 0
    slope: Curve  # [S, 61] on -6..6


@dataclass(frozen=True)
class Rounded:
    reached: Counts  # [S] inputs at which tanh in float32 returns exactly 1 or -1


@dataclass(frozen=True)
class OneSided:
    ratio: Numbers  # [S] the same ratio for softplus


@dataclass(frozen=True)
class Formula:
    error: Numbers  # [S] largest distance from autograd's derivative


@dataclass(frozen=True)
class Side:
    slope: Numbers  # [S] largest slope of ReLU, leaky ReLU and ELU, 5 to 100 away from 0


@dataclass(frozen=True)
class Drawn:
    slope: Curve  # [S, 61] on -6..6


@dataclass(frozen=True)
class Measurements:
    sigmoid: Squash
    tanh: Squash
    rounded: Rounded
    softplus: OneSided
    formula: Formula
    slipped: Formula
    left: Side
    right: Side
    relu: Drawn
    elu: Drawn


def activate(name: str, z: torch.Tensor, params: Params) -> torch.Tensor:
    u = params.steepness * (z + params.bias)
    if name == "leaky":
        return functional.leaky_relu(u, params.alpha)
    if name in ("elu", "softplus"):
        return functional.elu(u) if name == "elu" else functional.softplus(u)
    return {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}[name](u)


def slope(name: str, z: torch.Tensor, params: Params) -> torch.Tensor:
    """The derivative by z [...], by automatic differentiation."""
    z = z.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(activate(name, z, params).sum(), z)
    return found


def formula(name: str, z: torch.Tensor, params: Params) -> torch.Tensor:
    """The textbook derivative, from the output where it can be."""
    y = activate(name, z, params)
    if name == "sigmoid":
        return y * (1 - y)
    if name == "tanh":
        return 1 - y**2
    left = {"relu": torch.zeros_like(y), "leaky": torch.full_like(y, params.alpha), "elu": y + 1}
    return torch.where(y > 0, 1.0, left[name])


def formula_error(z: torch.Tensor, params: Params) -> torch.Tensor:
    """[...] -> [...]: the worst of the five functions at each input."""
    errors = [(formula(name, z, params) - slope(name, z, params)).abs() for name in NAMES]
    return torch.stack(errors).amax(0)


def squashed(name: str, wide: torch.Tensor, near: torch.Tensor, params: Params) -> Squash:
    output = activate(name, wide, params) - (params.centre if name == "sigmoid" else 0.0)
    return Squash(
        lowest=numbers(output.amin(1)),
        reached=counts(at_an_end(name, wide, params).sum(1)),
        ratio=ratio(name, near, params),
        slope=drawn(name, len(wide), params),
    )


def at_an_end(name: str, z: torch.Tensor, params: Params) -> torch.Tensor:
    """Whether the output is an end of the range, by its distance to the nearer end."""
    u = (params.steepness * (z + params.bias)).abs()
    if params.arithmetic == "float32":
        y = torch.sigmoid(u.float()) if name == "sigmoid" else torch.tanh(u.float())
        return y == 1
    gap = torch.sigmoid(-u) if name == "sigmoid" else 2 * torch.sigmoid(-2 * u)
    return gap == 0  # 1 - y itself would lose its digits


def ratio(name: str, z: torch.Tensor, params: Params) -> Numbers:
    peak = slope(name, torch.zeros_like(z[:, :1]), params)  # [S, 1]
    return numbers((slope(name, z, params) / peak).amax(1))


def drawn(name: str, n: int, params: Params) -> Curve:
    return numbers(slope(name, GRID, params).expand(n, -1))


def inputs(params: Params, seeds: Seeds, device: str) -> tuple[torch.Tensor, ...]:
    """[S, 16] each: over the whole range, of either sign from 1e-3 to 100, from 5 to 100."""
    u = draws(seeds, "points", POINTS, law="uniform", low=-1, high=1, device=device).double()
    return params.reach * u, u.sign() * 10 ** (5 * u.abs() - 3), 5 * 20 ** u.abs()


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    wide, near, far = inputs(params, seeds, device)
    tanh = activate("tanh", near, params)
    slipped = (1 - tanh) - slope("tanh", near, params)  # the square is lost
    rounded = at_an_end("tanh", wide, replace(params, arithmetic="float32"))
    sides = [torch.cat([slope(n, z, params) for n in NAMES[2:]], 1).amax(1) for z in (-far, far)]
    return Measurements(
        sigmoid=squashed("sigmoid", wide, near, params),
        tanh=squashed("tanh", wide, near, params),
        rounded=Rounded(counts(rounded.sum(1))),
        softplus=OneSided(ratio("softplus", near, params)),
        formula=Formula(numbers(formula_error(near, params).amax(1))),
        slipped=Formula(numbers(slipped.abs().amax(1))),
        left=Side(numbers(sides[0])),
        right=Side(numbers(sides[1])),
        relu=Drawn(drawn("relu", len(seeds), params)),
        elu=Drawn(drawn("elu", len(seeds), params)),
    )


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again without torch: complex-step derivatives, exact digits at the ends."""
    wide, near, far = (z[0].numpy() for z in inputs(params, seeds, "cpu"))
    k, b, step = params.steepness, params.bias, 1e-20
    functions: dict[str, Callable[[Any], Any]] = {
        "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
        "tanh": np.tanh,
        "relu": lambda u: np.where(u.real > 0, u, 0),
        "leaky": lambda u: np.where(u.real > 0, u, params.alpha * u),
        "elu": lambda u: np.where(u.real > 0, u, np.exp(np.minimum(u.real, 0) + 1j * u.imag) - 1),
    }

    def slopes(name: str, z: Numbers) -> Any:
        return functions[name](k * (z + 1j * step + b)).imag / step

    y = {name: f(k * (near + b) + 0j).real for name, f in functions.items()}
    left = {"relu": 0.0, "leaky": params.alpha, "elu": y["elu"] + 1}
    stated = {name: np.where(y[name] > 0, 1.0, flat) for name, flat in left.items()}
    stated |= {"sigmoid": y["sigmoid"] * (1 - y["sigmoid"]), "tanh": 1 - y["tanh"] ** 2}
    errors = [np.abs(stated[name] - slopes(name, near)).max() for name in NAMES]
    found = {
        "sigmoid.lowest": functions["sigmoid"](k * (wide + b)).min() - params.centre,
        "formula.error": max(errors),
        "left.slope": max(slopes(name, -far).max() for name in NAMES[2:]),
    }
    for name in ("sigmoid", "tanh"):
        found[f"{name}.ratio"] = slopes(name, near).max() / slopes(name, np.zeros(1))[0]
        found[f"{name}.reached"] = reached_again(name, np.abs(k * (wide + b)), params)
    return {metric: np.array([value]) for metric, value in found.items()}


def reached_again(name: str, u: Numbers, params: Params) -> int:
    """Whether the largest of the inputs [16] is at an end: then only can another be."""
    if params.arithmetic == "float32":
        y = np.tanh(u.astype("f4")) if name == "tanh" else 1 / (1 + np.exp(-u.astype("f4")))
        return int((y == 1).sum())
    factor, low = (2, 1) if name == "tanh" else (1, 0)
    with decimal.localcontext(prec=int(u.max()) + 40):  # 1 - tanh u has 0.87 u zeros
        power = (decimal.Decimal(float(u.max())) * factor).exp()
        return int((power - low) / (power + 1) == 1)


def at(*points: float) -> torch.Tensor:
    return torch.tensor([points], dtype=torch.float64)


def ratio_at(name: str, point: float, params: Params) -> float:
    return float(ratio(name, at(point), params)[0])


def grid(params: Params) -> Sequence[float]:
    return GRID.tolist()


DEFAULT = Params()
LOOKS = (4096,)

DEMO = Demo(
    title=Text("激活函数图鉴", "Atlas of activations"),
    question=Text(
        "sigmoid 和 tanh 的值域、导数各是什么，哪里最陡？",
        "What are the ranges and derivatives of sigmoid and tanh, and where are they steepest?",
    ),
    summary=Text(
        "把随机输入送进各个激活函数，检查值域、导数公式和最陡的位置。",
        "Random inputs through each activation: range, derivative formula, steepest point.",
    ),
    topic="activations",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=1024,
    claims=(
        Claim(
            slug="sigmoid_is_positive",
            text=Text(
                f"在 [−{DEFAULT.reach:g}, {DEFAULT.reach:g}] 上，sigmoid 的输出总是大于 0。",
                f"On [−{DEFAULT.reach:g}, {DEFAULT.reach:g}] sigmoid's output is always above 0.",
            ),
            decides=("ACT-1",),
            clauses=(always("sigmoid.lowest", above=0.0, tie=0.0),),  # 1e-35 is not "at 0"
            controls=(nearly_always("tanh.lowest", above=-1.1, below=-0.1),),
            control_text=Text("只改一处：同样的输入送进 tanh。", "One change: tanh, same inputs."),
            corners=(
                Corner(
                    Text("范围的左端", "the left end of the range"),
                    "sigmoid.lowest",
                    lambda p: float(activate("sigmoid", at(-p.reach), p) - p.centre),
                ),
            ),
            broken=replace(DEFAULT, centre=0.5),
            looks=LOOKS,
        ),
        Claim(
            slug="ends_are_never_reached",
            text=Text(
                f"在 [−{DEFAULT.reach:g}, {DEFAULT.reach:g}] 上，sigmoid 从不等于 0 或 1，"
                "tanh 从不等于 ±1。",
                f"On [−{DEFAULT.reach:g}, {DEFAULT.reach:g}] sigmoid never equals 0 or 1 and tanh"
                " never equals ±1.",
            ),
            decides=("ACT-1", "ACT-13"),
            clauses=(always("sigmoid.reached", below=0.5), always("tanh.reached", below=0.5)),
            controls=(nearly_always("rounded.reached", above=5.5, below=16.5),),
            control_text=Text(
                "只改一处：tanh 用 float32 计算，舍入后恰好得到 ±1。",
                "One change: tanh in float32, which rounds to exactly ±1.",
            ),
            broken=replace(DEFAULT, arithmetic="float32"),
            looks=LOOKS,
        ),
        Claim(
            slug="derivative_formulas",
            text=Text(
                "σ′ = σ(1 − σ)，tanh′ = 1 − tanh²，ReLU、Leaky ReLU、ELU 右侧为 1、"
                "左侧为 0、α、eᶻ：与自动微分处处一致。",
                "σ′ = σ(1 − σ), tanh′ = 1 − tanh², and for ReLU, leaky ReLU and ELU 1 on the right"
                " and 0, α, eᶻ on the left: all agree with autograd everywhere.",
            ),
            decides=("ACT-2",),
            clauses=(always("formula.error", below=1e-12),),
            controls=(nearly_always("slipped.error", above=0.1, below=2.1),),
            control_text=Text(
                "只改一处：tanh 的导数漏掉平方，写成 1 − tanh。",
                "One change: the square is lost, tanh′ written as 1 − tanh.",
            ),
            corners=(
                Corner(
                    Text("恰好在 0", "exactly at 0"),
                    "formula.error",
                    lambda p: float(formula_error(at(0.0), p).max()),
                ),
            ),
            broken=replace(DEFAULT, steepness=2.0),
            looks=LOOKS,
        ),
        Claim(
            slug="steepest_at_zero",
            text=Text(
                "sigmoid 和 tanh 在 z = 0 处最陡：|z| 从 0.001 到 100，没有一处的斜率赶得上。",
                "Sigmoid and tanh are steepest at z = 0: for |z| from 0.001 to 100 no slope comes"
                " up to it.",
            ),
            decides=("VG-4",),
            clauses=(always("sigmoid.ratio", below=1.0), always("tanh.ratio", below=1.0)),
            controls=(nearly_always("softplus.ratio", above=1.0001, below=2.001),),
            control_text=Text(
                "只改一处：换成只在一侧饱和的 softplus。",
                "One change: softplus, which saturates on one side only.",
            ),
            corners=(
                Corner(
                    Text("sigmoid 在 z = 0.001", "sigmoid at z = 0.001"),
                    "sigmoid.ratio",
                    lambda p: ratio_at("sigmoid", 1e-3, p),
                ),
                Corner(
                    Text("tanh 在 z = −0.001", "tanh at z = −0.001"),
                    "tanh.ratio",
                    lambda p: ratio_at("tanh", -1e-3, p),
                ),
            ),
            broken=replace(DEFAULT, bias=2.0),
            looks=LOOKS,
        ),
        Claim(
            slug="left_side_is_flat",
            text=Text(
                f"z 在 −5 以下时，ReLU、Leaky ReLU（α = {DEFAULT.alpha:g}）和 ELU 的斜率"
                "都小于 0.02。",
                f"Below z = −5 the slopes of ReLU, leaky ReLU (α = {DEFAULT.alpha:g}) and ELU are"
                " all under 0.02.",
            ),
            decides=("ACT-3",),
            clauses=(always("left.slope", below=0.02),),
            controls=(nearly_always("right.slope", above=0.98, below=1.02),),
            control_text=Text("只改一处：同样远，但在 0 的右侧。", "One change: the right side."),
            corners=(
                Corner(
                    Text("恰好在 −5", "exactly at −5"),
                    "left.slope",
                    lambda p: max(float(slope(n, at(-5.0), p)) for n in NAMES[2:]),
                ),
            ),
            broken=replace(DEFAULT, alpha=0.5),
            looks=LOOKS,
        ),
        Claim(
            slug="exponentials_are_few",
            text=Text(
                "512 个单元的全连接层，每个样本要算 512 次指数，同时要做 262144 次乘加。",
                "A dense layer of 512 units needs 512 exponentials a sample, and 262,144"
                " multiply-adds.",
            ),
            decides=("ACT-16",),
            shown=True,
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("各激活函数的斜率", "Slopes of the activations"),
        caption=Text(
            "sigmoid 最高只有 1/4，tanh 是 1，都在 0 处，两边趋于 0；ReLU 和 ELU 只在右侧保持 1。",
            "Sigmoid peaks at 1/4 and tanh at 1, both at 0, and both fall to 0 on either side."
            " ReLU and ELU keep 1 on the right side only.",
        ),
        x=Axis(Text("输入 z", "input z")),
        y=Axis(Text("斜率 f′(z)", "slope f′(z)")),
        series=(
            Series("sigmoid.slope", Text("sigmoid", "sigmoid")),
            Series("tanh.slope", Text("tanh", "tanh")),
            Series("elu.slope", Text("ELU", "ELU")),
            Series("relu.slope", Text("ReLU（对照）", "ReLU (control)"), role="control"),
        ),
        x_values=grid,
    ),
    prediction=Prediction(
        Text(
            "从 −80 到 80 均匀取 16 个数，用 float32 计算 tanh。有几个结果恰好等于 1 或 −1？",
            "Sixteen numbers drawn uniformly from −80 to 80, tanh in float32:"
            " how many results are exactly 1 or −1?",
        ),
        "rounded.reached",
        (
            Option("none", Text("没有，tanh 到不了 ±1", "none: tanh never gets there"), below=0.5),
            Option("few", Text("少数几个", "a few"), above=0.5, below=8.5),
            Option("most", Text("大多数", "most of them"), above=8.5),
        ),
    ),
    mutations=(
        Mutation(
            "output = activate(name, wide, params) -",
            'output = activate("tanh", wide, params) -',
            loses=("sigmoid_is_positive",),
        ),
        Mutation(
            'gap = torch.sigmoid(-u) if name == "sigmoid" else 2 * torch.sigmoid(-2 * u)',
            "gap = 1 - activate(name, u, DEFAULT)",
            loses=("ends_are_never_reached",),
        ),
        Mutation("return y * (1 - y)", "return y * (1 + y)", loses=("derivative_formulas",)),
        Mutation(
            "peak = slope(name, torch.zeros_like(z[:, :1]), params)",
            "peak = slope(name, torch.ones_like(z[:, :1]), params)",
            loses=("steepest_at_zero",),
        ),
        Mutation("for z in (-far, far)]", "for z in (far, -far)]", loses=("left_side_is_flat",)),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：输入先乘 2", "Make it fail: double the input"),
            replace(DEFAULT, steepness=2.0),
        ),
        Preset(
            "follow_up",
            Text("追问：那程序里 tanh(20) 为什么等于 1？", "Follow-up: so why is tanh(20) 1?"),
            replace(DEFAULT, arithmetic="float32"),
        ),
    ),
)
