"""A zero output is no death: which ReLU units are lost for all data, and what keeps them alive.

At the start a random ReLU layer outputs zero about half of the time, on one side only (Glorot,
Bordes & Bengio 2011), yet hardly any unit is zero on all data. One that is gets a gradient of
exactly 0 and stays lost; one large step makes such units. A slope on the negative side keeps a
gradient (Maas, Hannun & Ng 2013; He et al. 2015), ELU's only near 0 (Clevert, Unterthiner &
Hochreiter 2016). Batch normalisation takes a bias away before the unit, and its own shift can
sink it all the same.

Controls, each with one change: a bias far below zero, no activation, inputs that are all zero,
no large step, the leaky slope instead of zero or of ELU's curve, a slope of at most 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch.nn.functional import elu, leaky_relu, relu

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
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

INPUTS = 8
WIDTH = 32
SAMPLES = 96
FEATURES = 6  # of the function to be learnt
OFFSET = 3.0  # its mean, which the biases have to make up for
SUNK = -12.0  # a bias that no input of the experiment makes up for
LOW = f"{SUNK:g}".replace("-", "−")  # as texts write it
MARKS = 10  # updates between two points of the curve


@dataclass(frozen=True)
class Params:
    jolt: float = number(
        0.45, 0.01, 1.0, scale="log",
        text=Text("第一步的学习率", "learning rate of the first step"),
    )  # fmt: skip
    lr: float = number(
        0.05, 0.01, 0.1, scale="log", text=Text("其余各步的学习率", "of all the others")
    )
    updates: int = whole(80, 40, 300, text=Text("更新次数", "updates"), cost=1)
    bias: float = number(0.0, -12.0, 4.0, text=Text("初始偏置", "initial bias"))
    sunk: float = number(
        SUNK, SUNK, 0.0, text=Text("沉到底的单元的偏置", "bias of the units that are sunk")
    )
    spread: float = number(
        1.0, 0.0, 2.0, text=Text("输入的标准差（看 0 点时）", "spread of the inputs (at the kink)")
    )
    slope: float = number(
        0.1, 0.001, 0.5, scale="log", text=Text("Leaky ReLU 的负侧斜率", "leaky ReLU's slope")
    )
    steep: float = number(
        2.0, 0.1, 4.0, text=Text("用在 max 写法里的斜率", "slope in the max form")
    )
    shift: float = number(0.0, SUNK, 4.0, text=Text("批归一化的 β", "batch norm's shift β"))


@dataclass(frozen=True)
class Layer:
    zeros: Numbers  # [S] share of zero outputs, over units and samples
    dead: Numbers  # [S] share of units that are zero on every sample
    mean: Numbers  # [S] mean output


@dataclass(frozen=True)
class Gradient:
    left: Numbers  # [S] norm of the hidden weights' gradient over that without activation


@dataclass(frozen=True)
class Convention:
    apart: Numbers  # [S] what the slope taken at 0 changes of the gradient, relative


@dataclass(frozen=True)
class Formula:
    apart: Numbers  # [S] largest difference between max(a x, x) and the piecewise form


@dataclass(frozen=True)
class Trained:
    dead: Numbers
    fell: Numbers  # [S] share of the squared error that is gone in the end
    fell_leaky: Numbers  # [S] the same for leaky ReLU
    behind: Logs  # [S] log10 of the error left over that of leaky ReLU
    lost: Curve  # [S, updates / 10 + 1] share of dead units on the way


@dataclass(frozen=True)
class Measurements:
    fresh: Layer
    linear: Layer
    sunk: Layer
    normalised: Layer
    relu: Gradient
    leaky: Gradient
    elu: Gradient
    convention: Convention
    blank: Convention
    steep: Formula
    gentle: Formula
    hasty: Trained
    steady: Trained


def layer(z: torch.Tensor, *, active: bool = True) -> Layer:
    """What z [S, samples, units] looks like behind ReLU, or without it."""
    h = z.clamp(min=0) if active else z
    off = h == 0
    return Layer(
        numbers(off.double().mean((1, 2))),
        numbers(off.all(1).double().mean(1)),
        numbers(h.mean((1, 2))),
    )


def normalise(z: torch.Tensor) -> torch.Tensor:
    return (z - z.mean(1, keepdim=True)) / (z.var(1, correction=0, keepdim=True) + 1e-5).sqrt()


def gradients(params: Params, x: torch.Tensor, weights: torch.Tensor) -> dict[str, Gradient]:
    """Back-propagate one random direction into the weights of units with the sunk bias."""
    direction = x @ weights.flip(2)  # any that the units do not choose
    functions = {
        "linear": lambda z: z,
        "relu": relu,
        "leaky": lambda z: leaky_relu(z, params.slope),
        "elu": elu,
    }
    norms = {}
    for name, function in functions.items():
        w = weights.clone().requires_grad_()
        h = function(x @ w + params.sunk)
        (gradient,) = torch.autograd.grad((h * direction).sum(), w)
        norms[name] = gradient.flatten(1).norm(dim=1)
    whole_norm = norms.pop("linear")
    return {name: Gradient(numbers(norm / whole_norm)) for name, norm in norms.items()}


def convention(x: torch.Tensor, net: tuple[torch.Tensor, ...], bias: float) -> Convention:
    """The gradient of the biases with the slope at 0 taken as 0 and as 1."""
    weights, readout, target = net
    z = x @ weights + bias
    error = (z.clamp(min=0) * readout[:, None, :]).sum(2) - target  # [S, samples]
    low, high = (
        (error[..., None] * readout[:, None, :] * slopes.double()).sum(1)
        for slopes in (z > 0, z >= 0)
    )
    size = torch.maximum(low.norm(dim=1), high.norm(dim=1)).clamp(min=1e-300)
    return Convention(numbers((high - low).norm(dim=1) / size))


def formula(x: torch.Tensor, slope: float) -> Formula:
    piecewise = torch.where(x > 0, x, slope * x)
    return Formula(numbers((torch.maximum(slope * x, x) - piecewise).abs().amax((1, 2))))


def descend(
    params: Params, first: float, slope: float, x: torch.Tensor, net: tuple[torch.Tensor, ...]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradient descent on one hidden layer, its first step of another size.

    Returns the errors [S, updates + 1] and the shares of dead units at every tenth.
    """
    weights, readout, target = net
    bias = torch.full_like(readout, params.bias)
    leaves = [v.clone().requires_grad_() for v in (weights, bias, readout, target[:, 0] * 0)]
    descent = torch.optim.SGD(leaves, lr=first)
    errors, lost = [], []
    for update in range(params.updates + 1):
        z = torch.baddbmm(leaves[1][:, None, :], x, leaves[0])
        out = (leaky_relu(z, slope) * leaves[2][:, None, :]).sum(2) + leaves[3][:, None]
        error = (out - target).square().mean(1)  # [S]
        errors.append(error.detach())
        if update % MARKS == 0:
            lost.append((z <= 0).all(1).double().mean(1))
        descent.zero_grad()
        error.sum().backward()
        descent.step()
        descent.param_groups[0]["lr"] = params.lr
    return torch.stack(errors, 1), torch.stack(lost, 1)


def train(params: Params, first: float, x: torch.Tensor, net: tuple[torch.Tensor, ...]) -> Trained:
    errors, lost = descend(params, first, 0.0, x, net)
    leaky, _ = descend(params, first, params.slope, x, net)
    return Trained(
        numbers(lost[:, -1]),
        numbers(1 - errors[:, -1] / errors[:, 0]),
        numbers(1 - leaky[:, -1] / leaky[:, 0]),
        numbers((errors[:, -1] / leaky[:, -1]).log10()),
        numbers(lost),
    )


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x, net = network(seeds, device)
    z = x @ net[0]
    double = tuple(v.double() for v in net)
    return Measurements(
        fresh=layer(z + params.bias),
        linear=layer(z + params.bias, active=False),
        sunk=layer(z + SUNK),
        normalised=layer(normalise(z + SUNK) + params.shift),
        **gradients(params, x.double(), double[0]),
        convention=convention(params.spread * x.double(), double, params.bias),
        blank=convention(torch.zeros_like(x).double(), double, 0.0),
        steep=formula(x.double(), params.steep),
        gentle=formula(x.double(), params.slope),
        hasty=train(params, params.jolt, x, net),
        steady=train(params, params.lr, x, net),
    )


def network(seeds: Seeds, device: str) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Inputs [S, samples, inputs]; He weights, a readout and targets of mean `OFFSET`."""
    x = draws(seeds, "inputs", SAMPLES, INPUTS, device=device)
    weights = draws(seeds, "weights", INPUTS, WIDTH, device=device) * (2 / INPUTS) ** 0.5
    readout = draws(seeds, "readout", WIDTH, device=device) * WIDTH**-0.5
    teacher = draws(seeds, "teacher", INPUTS + 1, FEATURES, device=device)
    features = torch.tanh(2 * INPUTS**-0.5 * x @ teacher[:, :INPUTS])
    wanted = (features * teacher[:, INPUTS:]).sum(2)
    wanted = (wanted - wanted.mean(1, keepdim=True)) / wanted.std(1, keepdim=True)
    return x, (weights, readout, wanted + OFFSET)


DEFAULT = Params()
STEADY = replace(DEFAULT, jolt=DEFAULT.lr)

DEMO = Demo(
    title=Text("ReLU：输出为 0 与死亡", "ReLU: zero outputs and dead units"),
    question=Text(
        "ReLU 的输出一半是 0，这些单元都“死”了吗？怎么会死，又靠什么救？",
        "Half of ReLU's outputs are zero: are those units dead? What kills one, and what helps?",
    ),
    summary=Text(
        "同样的随机权重、同样的数据，每次只改一处：偏置、斜率、批归一化或第一步的大小，"
        "数一数有多少单元对所有样本都输出 0。",
        "The same random weights and data with one change at a time: a bias, a slope, batch"
        " normalisation or the size of the first step; counted is how many units are zero on every"
        " sample.",
    ),
    topic="activations",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="a_zero_is_no_death",
            text=Text(
                "刚初始化时 ReLU 层有 40% 到 60% 的输出为 0，对所有样本都输出 0 的单元却不到 5%。",
                "At the start 40 to 60 % of a ReLU layer's outputs are zero, yet fewer than 5 % of"
                " its units are zero on every sample.",
            ),
            decides=("ACT-5", "ACT-11"),
            clauses=(
                mostly("fresh.zeros", above=0.4, below=0.6),
                mostly("fresh.dead", above=-0.01, below=0.05),
            ),
            controls=(mostly("sunk.dead", above=0.9, below=1.01),),
            control_text=Text(
                f"只改一处：每个单元的偏置为 {LOW}。",
                f"One change: a bias of {LOW} per unit.",
            ),
            broken=replace(DEFAULT, bias=SUNK),
        ),
        Claim(
            slug="outputs_are_not_centred",
            text=Text(
                "刚初始化时 ReLU 层输出的均值在 0.3 以上；同样的权重去掉激活，均值在 ±0.2 之内。",
                "At the start the mean output of a ReLU layer is above 0.3; without the activation"
                " the same weights give a mean within ±0.2.",
            ),
            decides=("ACT-11",),
            clauses=(mostly("fresh.mean", above=0.3),),
            controls=(mostly("linear.mean", above=-0.2, below=0.2),),
            control_text=Text("只改一处：没有激活函数。", "One change: no activation."),
            broken=replace(DEFAULT, bias=SUNK),
        ),
        Claim(
            slug="the_slope_at_zero_does_not_matter",
            text=Text(
                "ReLU 在 0 点的斜率取 0 还是取 1，对随机输入下的梯度毫无影响；"
                "输入和偏置全为 0 时才有影响。",
                "Whether ReLU's slope at 0 is taken as 0 or as 1 changes nothing about the gradient"
                " for random inputs; it does when inputs and biases are all zero.",
            ),
            decides=("ACT-4",),
            clauses=(nearly_always("convention.apart", above=-1e-9, below=1e-9),),
            controls=(nearly_always("blank.apart", above=0.9, below=1.1),),
            control_text=Text("只改一处：输入全为 0。", "One change: inputs that are all zero."),
            broken=replace(DEFAULT, spread=0.0),
        ),
        Claim(
            slug="the_dead_get_no_gradient",
            text=Text(
                f"对所有样本都不激活的 ReLU 单元，权重的梯度恰好是 0；"
                f"负侧留下 {DEFAULT.slope:g} 的斜率，梯度就还剩 {DEFAULT.slope:g} 左右。",
                "The weights of ReLU units that no sample activates get a gradient of exactly 0;"
                f" with a slope of {DEFAULT.slope:g} on the negative side about {DEFAULT.slope:g}"
                " of it is left.",
            ),
            decides=("ACT-5", "ACT-7"),
            clauses=(nearly_always("relu.left", above=-1e-12, below=1e-12),),
            controls=(nearly_always("leaky.left", above=0.05, below=0.2),),
            control_text=Text("只改一处：换成 Leaky ReLU。", "One change: leaky ReLU."),
            broken=replace(DEFAULT, sunk=0.0),
        ),
        Claim(
            slug="elu_helps_only_near_zero",
            text=Text(
                f"偏置低到 {LOW} 时，ELU 留下的梯度不到 0.5%：它的负侧斜率随输入按指数趋于 0；"
                "Leaky ReLU 则不受影响。",
                f"At a bias of {LOW} ELU leaves less than 0.5 % of the gradient, since its"
                " slope falls exponentially on the negative side; leaky ReLU does not care.",
            ),
            decides=("ACT-7",),
            clauses=(mostly("elu.left", above=-0.001, below=0.005),),
            controls=(mostly("leaky.left", above=0.05, below=0.2),),
            control_text=Text("只改一处：换成 Leaky ReLU。", "One change: leaky ReLU."),
            broken=replace(DEFAULT, sunk=-1.0),
        ),
        Claim(
            slug="one_large_step_kills",
            text=Text(
                f"第一步的学习率放大到 {DEFAULT.jolt:g}，训练之后就有 3% 以上的单元死了；"
                f"一直用 {DEFAULT.lr:g}，一个也不死。",
                f"After a first step at a learning rate of {DEFAULT.jolt:g} more than 3 % of the"
                f" units are dead at the end of training; at {DEFAULT.lr:g} throughout, none.",
            ),
            decides=("ACT-6",),
            clauses=(mostly("hasty.dead", above=0.03),),
            controls=(mostly("steady.dead", above=-0.01, below=0.02),),
            control_text=Text(
                "只改一处：第一步和其余各步一样大。", "One change: a first step like the others."
            ),
            trained=True,
            works_with=(mostly("hasty.fell", above=0.5),),
            works_without=(mostly("steady.fell", above=0.5),),
            broken=STEADY,
        ),
        Claim(
            slug="leaky_recovers",
            text=Text(
                "经过那样的一大步，ReLU 网络最后的误差是 Leaky ReLU 网络的 1.1 倍以上；"
                "没有那一步，两者相差不到 7%。",
                "After such a step the ReLU net ends with more than 1.1 times the error of the"
                " leaky one; without it they differ by less than 7 %.",
            ),
            decides=("ACT-7",),
            clauses=(mostly("hasty.behind", above=0.0414),),
            controls=(mostly("steady.behind", above=-0.0294, below=0.0294),),
            control_text=Text(
                "只改一处：第一步和其余各步一样大。", "One change: a first step like the others."
            ),
            trained=True,
            works_with=(mostly("hasty.fell_leaky", above=0.5),),
            works_without=(mostly("steady.fell_leaky", above=0.5),),
            broken=STEADY,
        ),
        Claim(
            slug="batch_norm_lifts_sunk_units",
            text=Text(
                f"偏置 {LOW} 让所有单元都死；ReLU 之前做批归一化，死的不到 5%。"
                "（把 β 也设得很低，就又全死了。）",
                f"A bias of {LOW} kills every unit; with batch normalisation before ReLU fewer"
                " than 5 % are dead. (Set β as low, and all of them are again.)",
            ),
            decides=("ACT-7",),
            clauses=(mostly("normalised.dead", above=-0.01, below=0.05),),
            controls=(mostly("sunk.dead", above=0.9, below=1.01),),
            control_text=Text("只改一处：不做批归一化。", "One change: no batch normalisation."),
            broken=replace(DEFAULT, shift=SUNK),
        ),
        Claim(
            slug="max_form_needs_a_small_slope",
            text=Text(
                f"斜率 α = {DEFAULT.steep:g} 时，max(αx, x) 与分段定义的 Leaky ReLU 相差 0.5 以上；"
                f"α = {DEFAULT.slope:g} 时分毫不差。",
                f"With a slope α = {DEFAULT.steep:g}, max(αx, x) and the piecewise definition of"
                f" leaky ReLU differ by more than 0.5; with α = {DEFAULT.slope:g} not at all.",
            ),
            decides=("ACT-8",),
            clauses=(nearly_always("steep.apart", above=0.5),),
            controls=(nearly_always("gentle.apart", above=-1e-12, below=1e-12),),
            control_text=Text("只改一处：斜率不超过 1。", "One change: a slope of at most 1."),
            broken=replace(DEFAULT, steep=0.5),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("死去的单元，一步之差", "Dead units, one step apart"),
        caption=Text(
            "两次训练只差第一步的大小。大步之后死去的单元一直没有活过来：它们的梯度恰好是 0。"
            "带子盖住 95% 的种子。",
            "Two trainings that differ in their first step. Units that died of the large one never"
            " came back: their gradient is exactly 0. Band: 95 % of seeds.",
        ),
        x=Axis(Text("更新次数", "updates")),
        y=Axis(Text("死去的单元占多少", "share of dead units")),
        series=(
            Series("hasty.lost", Text("第一步很大", "large first step")),
            Series(
                "steady.lost", Text("每步一样（对照）", "like the others (control)"), role="control"
            ),
        ),
        x_values=lambda params: range(0, params.updates + 1, MARKS),
    ),
    prediction=Prediction(
        Text(
            "刚用 He 方法初始化的 ReLU 层，标准正态的输入。有多少单元对全部样本都输出 0？",
            "A ReLU layer just initialised by He's method, with standard normal inputs: how many of"
            " its units are zero on every sample?",
        ),
        "fresh.dead",
        (
            Option("none", Text("几乎没有", "hardly any"), below=0.05),
            Option("some", Text("四分之一左右", "about a quarter"), above=0.05, below=0.4),
            Option("half", Text("一半", "half of them"), above=0.4),
        ),
    ),
    mutations=(
        Mutation(
            "off = h == 0",
            "off = (h == 0).all(1, keepdim=True).expand_as(h)",
            loses=("a_zero_is_no_death",),
        ),
        Mutation(
            "h = z.clamp(min=0) if active else z",
            "h = z - z.mean((1, 2), keepdim=True)",
            loses=("outputs_are_not_centred",),
        ),
        Mutation(
            "for slopes in (z > 0, z >= 0)",
            "for slopes in (z > 0, z >= -0.5)",
            loses=("the_slope_at_zero_does_not_matter",),
        ),
        Mutation(
            '"relu": relu,',
            '"relu": elu,',
            loses=("the_dead_get_no_gradient",),
        ),
        Mutation(
            '"elu": elu,',
            '"elu": lambda z: leaky_relu(z, params.slope),',
            loses=("elu_helps_only_near_zero",),
        ),
        Mutation(
            "descent = torch.optim.SGD(leaves, lr=first)",
            "descent = torch.optim.SGD(leaves, lr=params.lr)",
            loses=("one_large_step_kills", "leaky_recovers"),
        ),
        Mutation(
            "normalised=layer(normalise(z + SUNK) + params.shift)",
            "normalised=layer(z + SUNK + params.shift)",
            loses=("batch_norm_lifts_sunk_units",),
        ),
        Mutation(
            "torch.maximum(slope * x, x) - piecewise",
            "torch.where(x > 0, x, slope * x) - piecewise",
            loses=("max_form_needs_a_small_slope",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset("make_it_fail", Text("让它失败：没有大步", "Make it fail: no large step"), STEADY),
        Preset(
            "follow_up",
            Text("追问：ELU 在偏置 −1 处呢？", "Follow-up: ELU at a bias of −1?"),
            replace(DEFAULT, sunk=-1.0, slope=0.01),
        ),
    ),
)
