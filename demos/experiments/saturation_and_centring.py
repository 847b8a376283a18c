"""What sigmoid and tanh do to a network: saturation, lost gradients, gradients of one sign.

Weights that are too large push tanh into its flat ends; batch normalisation brings it back
(Ioffe & Szegedy 2015). Twenty layers of sigmoid lose the gradient that the same weights keep
without it, yet "a quarter a layer" is no law, because the weights multiply as well (Glorot &
Bengio 2010). A neuron fed by positive outputs alone gets, for one sample, weight gradients of
one sign, so its updates zigzag (LeCun, Bottou, Orr & Müller 1998, section 4.3).

Controls, each with one change: batch normalisation, no activation, Xavier's scale, tanh,
one sample instead of a batch, sigmoid's outputs minus 1/2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from demos.kit.declare import (
    Axis,
    Bound,
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
    never,
    number,
    sometimes,
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

WIDTH = 16
DEEPEST = 40
SAMPLES = 128
INPUTS = 8  # of the neuron that learns
LONGEST = 256
FLAT = 0.99  # |tanh| above this counts as saturated: its slope there is below 0.02


@dataclass(frozen=True)
class Params:
    gain: float = number(
        10.0, 0.25, 20.0, scale="log",
        text=Text("权重放大倍数（1 为 Xavier）", "factor on the weights (1 is Xavier's)"),
    )  # fmt: skip
    depth: int = whole(20, 2, DEEPEST, text=Text("层数", "layers"), cost=1)
    steepness: float = number(
        1.0, 0.25, 4.0, scale="log",
        text=Text("激活函数的输入先乘以", "factor on the activation's input"),
        help=Text("4 使 sigmoid 的最大斜率变成 1。", "4 raises sigmoid's largest slope to 1."),
    )  # fmt: skip
    bias: float = number(0.0, -3.0, 3.0, text=Text("偏置", "bias"))
    centre: float = number(
        0.0, 0.0, 0.5, text=Text("从 sigmoid 的输出里减去", "subtracted from sigmoid's output")
    )
    batch: int = whole(
        32, 1, SAMPLES, text=Text("求平均的样本数", "samples averaged over"), scale="log"
    )
    updates: int = whole(
        96, 16, LONGEST, text=Text("逐样本更新次数", "updates, one sample each"), cost=0.5
    )


@dataclass(frozen=True)
class Outputs:
    saturated: Numbers  # [S] share of tanh outputs beyond 0.99 in absolute value


@dataclass(frozen=True)
class Chain:
    passed: Logs  # [S] log10 of the gradient at the input over that at the last layer
    factor: Numbers  # [S] geometric mean of that ratio per layer
    gradient: Curve  # [S, depth + 1] norm at each layer's output over that at the last


@dataclass(frozen=True)
class Activation:
    mean: Numbers  # [S] mean output
    minority: Numbers  # [S] weight gradients of the rarer sign, share, worst single sample
    passed: Numbers
    factor: Numbers
    gradient: Curve


@dataclass(frozen=True)
class Batch:
    minority: Numbers  # [S] the same share for the gradient averaged over a batch


@dataclass(frozen=True)
class Neuron:
    left: Numbers  # [S] distance to the right weights after training, over that at the start
    fell: Numbers  # [S] share of the squared error of the first 8 samples gone in the last 8


@dataclass(frozen=True)
class Measurements:
    plain: Outputs
    normalised: Outputs
    linear: Chain
    boosted: Chain
    sigmoid: Activation
    tanh: Activation
    batch: Batch
    raw: Neuron
    centred: Neuron


def activate(name: str, z: torch.Tensor, params: Params) -> torch.Tensor:
    u = params.steepness * (z + params.bias)
    if name == "sigmoid":
        return torch.sigmoid(u) - params.centre
    return torch.tanh(u) if name == "tanh" else z


def saturated(z: torch.Tensor, params: Params) -> Outputs:
    return Outputs(numbers((activate("tanh", z, params).abs() > FLAT).double().mean((1, 2))))


def normalise(z: torch.Tensor) -> torch.Tensor:
    """Batch normalisation of z [S, samples, units] with scale 1 and shift 0."""
    return (z - z.mean(1, keepdim=True)) / (z.var(1, correction=0, keepdim=True) + 1e-5).sqrt()


def chain(
    name: str, gain: float, x: torch.Tensor, weights: torch.Tensor, params: Params
) -> tuple[Numbers, Numbers, Curve]:
    """Back-propagate one random direction through x [S, 4, 16]; the fields of `Chain`."""
    layers = [x.requires_grad_()]
    for depth in range(params.depth):
        layers.append(activate(name, gain * layers[-1] @ weights[:, depth], params))
    gradients = torch.autograd.grad((layers[-1] * weights[:, -1, :4]).sum(), layers)
    norms = torch.stack([g.flatten(1).norm(dim=1) for g in gradients], 1)  # [S, depth + 1]
    relative = norms / norms[:, -1:]
    passed = relative[:, 0].log10()
    return numbers(passed), numbers(10 ** (passed / params.depth)), numbers(relative)


def sample_gradients(h: torch.Tensor, readout: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Squared error of one linear neuron on h [S, N, 16]: its weight gradient per sample."""
    w = readout[:, None, :].expand_as(h).clone().requires_grad_()
    error = (w * h).sum(2) - target  # [S, N]
    (gradient,) = torch.autograd.grad(0.5 * error.square().sum(), w)
    return gradient  # [S, N, 16]


def minority(gradient: torch.Tensor) -> torch.Tensor:
    """Share of the entries of the last axis that carry its rarer sign."""
    up = (gradient > 0).double().mean(-1)
    down = (gradient < 0).double().mean(-1)
    return torch.minimum(up, down)


def learn(a: torch.Tensor, wanted: torch.Tensor) -> Neuron:
    """One neuron learns wanted [S, 8] from a [S, T, 8], each step fitting one sample exactly."""
    w = torch.zeros_like(wanted)
    errors = []
    for t in range(a.shape[1]):
        error = ((wanted - w) * a[:, t]).sum(1, keepdim=True)
        w = w + error * a[:, t] / a[:, t].square().sum(1, keepdim=True)
        errors.append(error.square())
    seen = torch.cat(errors, 1)  # [S, T]
    left = (wanted - w).norm(dim=1) / wanted.norm(dim=1)
    return Neuron(numbers(left), numbers(1 - seen[:, -8:].mean(1) / seen[:, :8].mean(1)))


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x, weights, readout, target = network(seeds, device)
    z = x @ weights[:, 0]
    signals = draws(seeds, "signals", params.updates, INPUTS, device=device).double()
    wanted = draws(seeds, "wanted", INPUTS, device=device).double()
    raw = activate("sigmoid", signals, params)
    arms, shares = {}, {}
    for name in ("sigmoid", "tanh"):
        h = activate(name, z, params)
        shares[name] = sample_gradients(h, readout, target)
        mean, worst = h.mean((1, 2)), minority(shares[name]).amax(1)
        passed = chain(name, 1.0, x[:, :4], weights, params)
        arms[name] = Activation(numbers(mean), numbers(worst), *passed)
    together = minority(shares["sigmoid"][:, : params.batch].mean(1))
    return Measurements(
        plain=saturated(params.gain * z, params),
        normalised=saturated(normalise(params.gain * z), params),
        linear=Chain(*chain("linear", 1.0, x[:, :4], weights, params)),
        boosted=Chain(*chain("sigmoid", params.gain, x[:, :4], weights, params)),
        **arms,
        batch=Batch(numbers(together)),
        raw=learn(raw, wanted),
        centred=learn(raw + params.centre - 0.5, wanted),
    )


def network(seeds: Seeds, device: str) -> tuple[torch.Tensor, ...]:
    """Inputs [S, 128, 16], Xavier weights [S, 40, 16, 16], a readout [S, 16], targets [S, 128]."""
    x = draws(seeds, "inputs", SAMPLES, WIDTH, device=device).double()
    weights = draws(seeds, "weights", DEEPEST, WIDTH, WIDTH, device=device).double()
    last = draws(seeds, "readout", WIDTH + SAMPLES, device=device).double()
    scale = WIDTH**-0.5
    return x, scale * weights, scale * last[:, :WIDTH], last[:, WIDTH:]


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """The signs of one seed's gradients again, in numpy, the gradient by hand."""
    x, weights, readout, target = (v[0].numpy() for v in network(seeds, "cpu"))
    u = params.steepness * (x @ weights[0] + params.bias)
    h = 1 / (1 + np.exp(-u)) - params.centre
    gradients = (h @ readout - target)[:, None] * h
    ups = [(g > 0).mean() for g in gradients]
    downs = [(g < 0).mean() for g in gradients]
    mean = gradients[: params.batch].mean(0)
    return {
        "sigmoid.minority": np.array([np.minimum(ups, downs).max()]),
        "batch.minority": np.array([min((mean > 0).mean(), (mean < 0).mean())]),
    }


DEFAULT = Params()
CENTRED = replace(DEFAULT, centre=0.5)

DEMO = Demo(
    title=Text("饱和与零中心", "Saturation and centring"),
    question=Text(
        "sigmoid 和 tanh 为什么会导致梯度消失，不以 0 为中心又有什么坏处？",
        "Why do sigmoid and tanh make gradients vanish, and what is wrong with outputs that are"
        " not centred on 0?",
    ),
    summary=Text(
        "随机网络里测三件事：饱和的比例、梯度穿过各层剩多少、一个神经元的权重梯度是否同号。",
        "Three things measured in random networks: the share of saturated units, what is left of"
        " the gradient through the layers, and whether a neuron's weight gradients share a sign.",
    ),
    topic="activations",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=64,
    claims=(
        Claim(
            slug="large_weights_saturate",
            text=Text(
                f"权重放大 {DEFAULT.gain:g} 倍后，一半以上的 tanh 输出饱和（绝对值超过 {FLAT}）；"
                "先做批归一化，就降到 5% 以下。",
                f"With weights {DEFAULT.gain:g} times too large more than half of tanh's outputs"
                f" are saturated (beyond {FLAT}); with batch normalisation before it, under 5 %.",
            ),
            decides=("ACT-15",),
            clauses=(mostly("plain.saturated", above=0.5),),
            controls=(mostly("normalised.saturated", above=-0.01, below=0.05),),
            control_text=Text(
                "只改一处：tanh 之前做批归一化。", "One change: batch normalisation."
            ),
            broken=replace(DEFAULT, gain=1.0),
        ),
        Claim(
            slug="tanh_is_centred",
            text=Text(
                "输入关于 0 对称时，tanh 输出的均值在 ±0.15 之内；sigmoid 的在 0.4 到 0.6 之间。",
                "For inputs symmetric around 0 the mean of tanh's outputs is within ±0.15; that of"
                " sigmoid's is between 0.4 and 0.6.",
            ),
            decides=("ACT-15",),
            clauses=(mostly("tanh.mean", above=-0.15, below=0.15),),
            controls=(mostly("sigmoid.mean", above=0.4, below=0.6),),
            control_text=Text("只改一处：换成 sigmoid。", "One change: sigmoid."),
            broken=replace(DEFAULT, bias=2.0),
        ),
        Claim(
            slug="sigmoid_starves_early_layers",
            text=Text(
                f"梯度穿过 {DEFAULT.depth} 层 sigmoid 后不到原来的亿分之一；"
                "同样的权重去掉激活函数，梯度基本不变。",
                f"Through {DEFAULT.depth} sigmoid layers less than 1e-8 of the gradient is left;"
                " the same weights without an activation keep it within a factor of 100.",
            ),
            decides=("ACT-14",),
            clauses=(mostly("sigmoid.passed", below=-8),),
            controls=(mostly("linear.passed", above=-2, below=2),),
            control_text=Text("只改一处：没有激活函数。", "One change: no activation."),
            broken=replace(DEFAULT, steepness=4.0),
        ),
        Claim(
            slug="a_quarter_is_no_law",
            text=Text(
                f"权重放大 {DEFAULT.gain:g} 倍后，{DEFAULT.depth} 层 sigmoid 网络里"
                "每层平均给梯度乘上 0.5 以上，而不是 1/4。",
                f"With weights {DEFAULT.gain:g} times larger each of {DEFAULT.depth} sigmoid layers"
                " multiplies the gradient by more than 0.5 on average, not by 1/4.",
            ),
            decides=("VG-3",),
            clauses=(mostly("boosted.factor", above=0.5),),
            controls=(mostly("sigmoid.factor", above=0.18, below=0.28),),
            control_text=Text("只改一处：权重为 Xavier 尺度。", "One change: Xavier's scale."),
            broken=replace(DEFAULT, gain=1.0),
        ),
        Claim(
            slug="gradients_share_a_sign",
            text=Text(
                "只看一个样本时，以 sigmoid 输出为输入的神经元，各权重的梯度总是同号。",
                "For a single sample, the weight gradients of a neuron fed by sigmoid outputs"
                " always share one sign.",
            ),
            decides=("ACT-12",),
            clauses=(always("sigmoid.minority", below=0.01),),
            controls=(nearly_always("tanh.minority", above=0.26, below=0.53),),
            control_text=Text("只改一处：输入来自 tanh。", "One change: fed by tanh."),
            broken=CENTRED,
            looks=(1024,),
        ),
        Claim(
            slug="a_batch_can_mix_signs",
            text=Text(
                f"对 {DEFAULT.batch} 个样本求平均后，同一个神经元的权重梯度可以有正有负。",
                f"Averaged over {DEFAULT.batch} samples, the same neuron's weight gradients can"
                " have both signs.",
            ),
            decides=("ACT-12",),
            clauses=(sometimes("batch.minority", above=0.01),),
            controls=(never("sigmoid.minority", above=0.01),),
            control_text=Text("只改一处：每次只看一个样本。", "One change: one sample at a time."),
            broken=replace(DEFAULT, batch=1),
            looks=(1024,),
        ),
        Claim(
            slug="positive_inputs_slow_learning",
            text=Text(
                f"输入全为正时，逐样本更新 {DEFAULT.updates} 次后离目标权重还剩 7% 以上；"
                "同样的输入减去 0.5，只剩不到 1%。",
                f"Fed by positive inputs, {DEFAULT.updates} updates of one sample each leave more"
                " than 7 % of the way to the right weights; the same inputs minus 0.5 leave under"
                " 1 %.",
            ),
            decides=("ACT-12",),
            clauses=(mostly("raw.left", above=0.07),),
            controls=(mostly("centred.left", above=-0.01, below=0.01),),
            control_text=Text("只改一处：输入减去 0.5。", "One change: 0.5 less in every input."),
            trained=True,
            works_with=(mostly("raw.fell", above=0.4),),
            works_without=(mostly("centred.fell", above=0.5),),
            broken=CENTRED,
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("梯度往回走，还剩多少", "What is left of the gradient on its way back"),
        caption=Text(
            "最后一层为 1，往右一路回到输入。Xavier 权重下 sigmoid 每层约剩四分之一，"
            "tanh 缓慢下降；权重放大后 sigmoid 的损失小得多。带子盖住 95% 的种子。",
            "The last layer is 1; to the right it goes back to the input. At Xavier's scale sigmoid"
            " keeps about a quarter a layer, tanh sinks slowly; larger weights lose far less"
            " through sigmoid. Band: 95 % of seeds.",
        ),
        x=Axis(Text("层（0 为输入）", "layer (0 is the input)"), descending=True),
        y=Axis(Text("梯度 ÷ 最后一层的梯度", "gradient ÷ gradient at the last layer"), scale="log"),
        series=(
            Series("sigmoid.gradient", Text("sigmoid", "sigmoid")),
            Series("boosted.gradient", Text("sigmoid，权重放大", "sigmoid, larger weights")),
            Series("tanh.gradient", Text("tanh", "tanh")),
            Series("linear.gradient", Text("无激活（对照）", "none (control)"), role="control"),
        ),
        bounds=(Bound(1e-8, Text("亿分之一", "1e-8")),),
        x_values=lambda params: range(params.depth + 1),
    ),
    prediction=Prediction(
        Text(
            "tanh 层的权重比 Xavier 大 10 倍，输入是标准正态。绝对值超过 0.99 的输出占多少？",
            "A tanh layer with weights 10 times Xavier's and standard normal inputs: what share of"
            " its outputs lies beyond 0.99 in absolute value?",
        ),
        "plain.saturated",
        (
            Option("few", Text("不到 20%", "under 20 %"), below=0.2),
            Option("some", Text("20% 到 60%", "20 % to 60 %"), above=0.2, below=0.6),
            Option("most", Text("60% 以上", "over 60 %"), above=0.6),
        ),
    ),
    mutations=(
        Mutation(
            "plain=saturated(params.gain * z, params)",
            "plain=saturated(z, params)",
            loses=("large_weights_saturate",),
        ),
        Mutation(
            'return torch.tanh(u) if name == "tanh" else z',
            'return torch.sigmoid(2 * u) if name == "tanh" else z',
            loses=("tanh_is_centred", "gradients_share_a_sign"),
        ),
        Mutation(
            "layers.append(activate(name, gain *",
            'layers.append(activate("linear", gain *',
            loses=("sigmoid_starves_early_layers", "a_quarter_is_no_law"),
        ),
        Mutation(
            "[:, : params.batch].mean(1)",
            "[:, : params.batch][:, 0]",
            loses=("a_batch_can_mix_signs",),
        ),
        Mutation(
            "centred=learn(raw + params.centre - 0.5, wanted)",
            "centred=learn(raw, wanted)",
            loses=("positive_inputs_slow_learning",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset("make_it_fail", Text("让它失败：输出减去 0.5", "Make it fail: centre it"), CENTRED),
        Preset(
            "follow_up",
            Text("追问：最大斜率变成 1 的 sigmoid 呢？", "Follow-up: a sigmoid of slope 1?"),
            replace(DEFAULT, steepness=4.0, centre=0.5),
        ),
    ),
)
