"""Batch normalisation couples the samples of a batch, in training and in training only.

In training each output depends on the batch mates, through their mean and variance; the noise
this adds falls as one over the root of the batch (Luo et al. 2019). At test time running averages
stand in and the coupling is gone (Ioffe & Szegedy 2015). Over four samples the statistics are so
poor that the net trained with them suffers (Wu & He 2018). The statistics are functions of the
input, so the backward pass has two terms beyond shift and scale.

Reference for the backward pass: autograd. Small and large statistics are compared with equal
gradient noise: each step takes the same 32 samples, only normalised in smaller groups.
Controls: copied mates, which add no information; the whole data as one batch; all 32 samples
as one group; the two terms restored.
"""

from __future__ import annotations

import math
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
    switch,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

INPUTS, HIDDEN = 6, 16
POOL = 512  # the training data
FIXED = 8  # samples whose outputs are watched
SIZES = (4, 8, 16, 32, 128, 512)  # of a batch, in the figure
STEEP = slice(3, None)  # those from 32 on, where the law is asked for
DISTINCT = 15  # mates that the control repeats
MEMORY = 0.1  # weight of the newest batch in the running averages
BATCHES, LAST = 40, 8  # seen by the running averages; then compared
STEP, TRAIN, RATE = 32, 120, 0.03  # samples a step, steps, learning rate
EPS = 1e-5


@dataclass(frozen=True)
class Params:
    batch: int = whole(16, 4, POOL, scale="log", text=Text("批量", "batch size"))
    group: int = whole(
        4, 2, STEP, scale="log", text=Text("几个样本一起算统计量", "samples that share statistics")
    )
    sets: int = whole(192, 64, 512, text=Text("换几次同批样本", "sets of mates"), cost=0.5)
    copied: bool = switch(
        False, text=Text("同批样本只是少数几个的副本", "mates are copies of a few samples")
    )
    detached: bool = switch(
        True,
        text=Text("反向时把 μ、σ 当常数", "treat μ and σ as constants in the backward pass"),
    )


@dataclass(frozen=True)
class Mates:
    off: Numbers  # [S] largest distance of the slope from -1/2, over both halves of 32..512
    drop: Numbers  # [S] spread at batch 32 / spread at 512
    spread: Curve  # [S, len(SIZES)] spread of a fixed sample's output / spread between samples


@dataclass(frozen=True)
class Modes:
    gap: Numbers  # [S] rms of training minus test output / spread of the test output


@dataclass(frozen=True)
class Trained:
    residual: Numbers  # [S] test error with running averages / variance of the target
    fell: Numbers  # [S] 1 - error in training, last 30 steps / variance of the target


@dataclass(frozen=True)
class Backward:
    error: Numbers  # [S] distance from autograd's gradient / its length


@dataclass(frozen=True)
class Measurements:
    fresh: Mates
    repeated: Mates
    mini: Modes
    full: Modes
    small: Trained
    large: Trained
    constant: Backward
    complete: Backward


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    x = draws(seeds, "inputs", POOL, INPUTS, device=device)  # [S, 512, 6]
    w1 = draws(seeds, "incoming", INPUTS, HIDDEN, std=INPUTS**-0.5, device=device)
    w2 = draws(seeds, "outgoing", HIDDEN, 1, std=HIDDEN**-0.5, device=device)
    z = (x @ w1).double()  # [S, 512, 16]
    return Measurements(
        *coupled(params, seeds, z, w2.double()),
        *modes(params, seeds, z, w2.double()),
        *grouped(params, seeds, x, w1, w2),
        *backward(params, z, target(x).double(), w2.double()),
    )


def target(x: torch.Tensor) -> torch.Tensor:
    """What the net learns [..., 1]: a product and a kink, with mean 0."""
    return x[..., :1] * x[..., 1:2] + x[..., 2:3].abs() - math.sqrt(2 / math.pi)


def coupled(params: Params, seeds: Seeds, z: torch.Tensor, w2: torch.Tensor) -> tuple[Mates, Mates]:
    """Outputs of the same samples among ever other mates, for each batch size."""
    sets, most = params.sets, SIZES[-1]
    law = {"law": "integers", "low": 0, "high": POOL}
    drawn = draws(seeds, "mates", sets, most, device=str(z.device), **law)  # type: ignore[arg-type]
    copies = drawn[..., :DISTINCT].repeat(1, 1, -(-most // DISTINCT))[..., :most]
    sample = z[:, None, :FIXED].float()  # [S, 1, 8, H]
    both = torch.cat([z, z.square()], 2).float()
    found = []
    for mates in (copies if params.copied else drawn, copies):
        often = torch.zeros(len(z), sets, POOL, device=z.device)  # each input among the mates
        spreads, start = [], 0
        for size in SIZES:
            more = mates[..., start : size - 1]
            often.scatter_add_(2, more, torch.ones_like(more, dtype=often.dtype))
            start = size - 1
            first, second = (often @ both)[:, :, None].chunk(2, 3)  # [S, sets, 1, H]
            mean = (first + sample) / size  # [S, sets, 8, H]
            square = (second + sample.square()) / size
            scaled = (sample - mean) / (square - mean.square() + EPS).sqrt()
            out = (torch.relu(scaled) @ w2[:, None].float())[..., 0].double()  # [S, sets, 8]
            spreads.append((out.var(1).mean(1) / out.mean(1).var(1)).sqrt())
        found.append(Mates(*map(numbers, law_of(torch.stack(spreads, 1)))))
    return found[0], found[1]


def law_of(curve: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The fields of `Mates` from the spreads [S, len(SIZES)]."""
    log = curve[:, STEEP].log2()  # batches 32, 128, 512
    halves = log.diff(dim=1) / 2
    return (halves + 0.5).abs().amax(1), curve[:, STEEP][:, 0] / curve[:, -1], curve


def modes(params: Params, seeds: Seeds, z: torch.Tensor, w2: torch.Tensor) -> tuple[Modes, Modes]:
    """Outputs in training and at test, for a mini-batch and for the whole data as one batch."""
    u = draws(seeds, "batches", BATCHES + LAST, POOL, law="uniform", device=str(z.device))
    chosen = u.topk(params.batch, largest=False).indices  # [S, 48, B], without replacement
    flat = chosen.flatten(1)[..., None].expand(-1, -1, HIDDEN)
    batches = z.gather(1, flat).view(len(z), BATCHES + LAST, params.batch, HIDDEN)
    variance, mean = torch.var_mean(batches[:, :BATCHES], 2)  # [S, 40, H], unbiased
    weight = MEMORY * (1 - MEMORY) ** torch.arange(BATCHES - 1, -1, -1, device=z.device)
    weight = (weight / weight.sum()).to(z.dtype)[:, None]
    running = (variance * weight).sum(1), (mean * weight).sum(1)
    found = []
    for batch in (batches[:, BATCHES:], z[:, None]):  # [S, 8, B, H], [S, 1, 512, H]
        test = normalised(batch, *(v[:, None, None] for v in running))
        train = normalised(batch, *torch.var_mean(batch, 2, correction=0, keepdim=True))
        outputs = [(torch.relu(h) @ w2[:, None])[..., 0].flatten(1) for h in (train, test)]
        gap = (outputs[0] - outputs[1]).square().mean(1).sqrt() / outputs[1].std(1)
        found.append(Modes(numbers(gap)))
    return found[0], found[1]


def normalised(z: torch.Tensor, variance: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
    return (z - mean) / (variance + EPS).sqrt()


def grouped(
    params: Params, seeds: Seeds, x: torch.Tensor, w1: torch.Tensor, w2: torch.Tensor
) -> tuple[Trained, Trained]:
    """Train twice on the same 32 samples a step, normalised in small groups and all together."""
    device = str(x.device)
    order = draws(
        seeds, "order", TRAIN, STEP, law="integers", low=0, high=POOL, device=device
    )  # [S, steps, 32]
    new = draws(seeds, "new inputs", POOL, INPUTS, device=device)
    inputs = x.gather(1, order.flatten(1)[..., None].expand(-1, -1, INPUTS))
    inputs = inputs.view(len(x), TRAIN, STEP, INPUTS)
    found = []
    for size in (params.group, STEP):
        shape = (len(x), size, STEP // size, HIDDEN)
        used = inputs[:, :, : size * shape[2]]
        wanted = target(used)
        gain = torch.ones(len(x), 1, HIDDEN, device=device)
        bias = torch.zeros(len(x), 1, 1, device=device)
        leaves = [v.clone().requires_grad_() for v in (w1, w2, gain, gain - 1, bias)]
        optimiser = torch.optim.Adam(leaves, lr=RATE)
        running = [torch.ones_like(gain), torch.zeros_like(gain)]
        losses = []
        for step in range(TRAIN):
            z = (used[:, step] @ leaves[0]).view(shape)
            mean = z.mean(1, keepdim=True)
            variance = (z - mean).square().mean(1, keepdim=True)
            h = normalised(z, variance, mean).flatten(1, 2)
            out = torch.relu(leaves[2] * h + leaves[3]) @ leaves[1] + leaves[4]
            loss = (out - wanted[:, step]).square().mean((1, 2))  # [S]
            optimiser.zero_grad()
            loss.sum().backward()
            optimiser.step()
            losses.append(loss.detach())
            fresh = (variance.detach() * size / (size - 1), mean.detach())
            running = [
                (1 - MEMORY) * old + MEMORY * v.mean(2)
                for old, v in zip(running, fresh, strict=True)
            ]
        h = normalised(new @ leaves[0], *running)
        out = torch.relu(leaves[2] * h + leaves[3]) @ leaves[1] + leaves[4]
        aim = target(new)
        residual = (out - aim).square().mean((1, 2)) / aim.var((1, 2))
        fell = 1 - torch.stack(losses[-30:]).mean(0) / target(x).var((1, 2))
        found.append(Trained(numbers(residual), numbers(fell)))
    return found[0], found[1]


def backward(
    params: Params, z: torch.Tensor, y: torch.Tensor, w2: torch.Tensor
) -> tuple[Backward, Backward]:
    """The gradient at the layer's input, against autograd through everything."""
    shape = (len(z), min(LAST, POOL // params.batch), params.batch, -1)  # up to 8 batches
    z, y = (v[:, : shape[1] * shape[2]].reshape(shape) for v in (z, y))
    z = z.clone().requires_grad_()

    def loss(h: torch.Tensor) -> torch.Tensor:
        return (torch.relu(h) @ w2[:, None] - y).square().mean((2, 3)).sum()

    statistics = torch.var_mean(z, 2, correction=0, keepdim=True)
    h = normalised(z, *statistics)
    true, behind = torch.autograd.grad(loss(h), (z, h), retain_graph=True)
    held = [v.detach() for v in statistics] if params.detached else statistics
    (constant,) = torch.autograd.grad(loss(normalised(z, *held)), z)
    along = h * (behind * h).mean(2, keepdim=True)
    complete = (behind - behind.mean(2, keepdim=True) - along) / (statistics[0] + EPS).sqrt()
    size = true.flatten(1).norm(dim=1)
    errors = [(g - true).flatten(1).norm(dim=1) / size for g in (constant, complete)]
    return Backward(numbers(errors[0])), Backward(numbers(errors[1]))


DEFAULT = Params()

DEMO = Demo(
    title=Text("批归一化把一批样本绑在一起", "Batch norm ties the samples of a batch together"),
    question=Text(
        "批归一化在训练和测试时有什么不同？",
        "How does batch normalisation differ between training and test?",
    ),
    summary=Text(
        "同一个样本换一批同伴，输出变多少？训练和测试的输出差多少？统计量只用四个样本来算会"
        "怎样？反向传播能把 μ、σ 当常数吗？",
        "How much does a sample's output change with its batch mates, and between training and"
        " test? What if four samples make the statistics? And may the backward pass take μ and σ"
        " as constants?",
    ),
    topic="normalisation",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="mates_noise_falls_as_root",
            text=Text(
                "训练时，同一个样本的输出随同批样本而变；批量从 32 到 512，这种波动按 1/√B 减小"
                "（两半段的斜率与 −0.5 相差都不到 0.12）。",
                "In training a sample's output varies with its batch mates, and from batch 32 to"
                " 512 that variation falls as 1/√B: in both halves the slope is within 0.12 of"
                " −0.5.",
            ),
            decides=("BN-9",),
            clauses=(mostly("fresh.off", below=0.12),),
            controls=(mostly("repeated.off", above=0.3, below=0.7),),
            control_text=Text(
                f"只改一处：同伴是 {DISTINCT} 个样本的副本，批量再大也不带来新信息，斜率接近 0。",
                f"One change: the mates are copies of {DISTINCT} samples. A larger batch then adds"
                " no information, and the slope is near 0.",
            ),
            broken=replace(DEFAULT, copied=True),
        ),
        Claim(
            slug="modes_differ",
            text=Text(
                f"批量 {DEFAULT.batch}：同一批样本，训练时（批统计量）与测试时（滑动平均）的输出"
                "相差测试输出标准差的 20% 以上。",
                f"Batch {DEFAULT.batch}: on the same samples, the outputs in training (batch"
                " statistics) and at test (running averages) differ by more than 20 % of the"
                " spread of the test outputs.",
            ),
            decides=("BN-12",),
            clauses=(mostly("mini.gap", above=0.2),),
            controls=(mostly("full.gap", above=0.0, below=0.2),),
            control_text=Text(
                f"同样的滑动平均，只改一处：全部 {POOL} 个样本作为一批，相差不到 20%。",
                f"The same running averages, one change: all {POOL} samples as one batch."
                " The gap is then below 20 %.",
            ),
            broken=replace(DEFAULT, batch=POOL),
        ),
        Claim(
            slug="few_samples_hurt",
            text=Text(
                f"每 {DEFAULT.group} 个样本一组算统计量来训练，测试时剩下的误差超过目标方差的"
                " 24%。",
                f"Trained with statistics over {DEFAULT.group} samples each, the net is left at"
                " test with an error above 24 % of the target's variance.",
            ),
            decides=("BN-10",),
            clauses=(mostly("small.residual", above=0.24),),
            controls=(mostly("large.residual", above=0.0, below=0.22),),
            control_text=Text(
                f"同样的初值，每步同样的 {STEP} 个样本，只改一处：{STEP} 个一起算统计量，"
                "剩下不到 22%。",
                f"Same start and the same {STEP} samples a step, one change: statistics over all"
                f" {STEP}, and less than 22 % is left.",
            ),
            trained=True,
            works_with=(mostly("small.fell", above=0.05),),
            works_without=(mostly("large.fell", above=0.3),),
            broken=replace(DEFAULT, group=STEP),
        ),
        Claim(
            slug="constant_statistics_mislead",
            text=Text(
                f"批量 {DEFAULT.batch}：反向时把 μ 和 σ 当常数，得到的梯度与真梯度相差其长度的"
                " 30% 以上。",
                f"Batch {DEFAULT.batch}: with μ and σ taken as constants in the backward pass, the"
                " gradient is off by more than 30 % of the true one's length.",
            ),
            decides=("BN-13",),
            clauses=(mostly("constant.error", above=0.3),),
            controls=(mostly("complete.error", above=-1e-9, below=1e-9),),
            control_text=Text(
                "只改一处：减去批均值和沿标准化输出方向的分量，就与自动求导一致。",
                "One change: take off the batch mean and the component along the normalised"
                " output, and it agrees with automatic differentiation.",
            ),
            broken=replace(DEFAULT, detached=False),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("同一个样本，不同的同伴", "One sample among different batch mates"),
        caption=Text(
            "训练模式下，同一个样本的输出因同伴而起的波动，除以样本之间的差别。独立的同伴越多，"
            "波动越小；副本再多也没有用。测试时用滑动平均，波动为 0。带子盖住 95% 的种子。",
            "How much a sample's output in training varies with its mates, over how much outputs"
            " differ between samples. More independent mates mean less noise, more copies do not."
            " At test the averages are fixed and there is none. Band: 95 % of seeds.",
        ),
        x=Axis(Text("批量 B", "batch size B"), "log"),
        y=Axis(Text("波动 ÷ 样本间的差别", "variation ÷ spread between samples"), "log"),
        series=(
            Series("fresh.spread", Text("独立的同伴", "independent mates")),
            Series(
                "repeated.spread",
                Text(f"{DISTINCT} 个样本的副本（对照）", f"copies of {DISTINCT} (control)"),
                role="control",
            ),
        ),
        x_values=lambda _: SIZES,
    ),
    prediction=Prediction(
        Text(
            "批量从 32 加到 512（16 倍）。训练时，同一个样本的输出因同伴而起的波动缩小到几分之一？",
            "The batch grows from 32 to 512, sixteenfold. By what factor does the variation of one"
            " sample's output with its mates fall in training?",
        ),
        "fresh.drop",
        (
            Option("hardly", Text("不到 2.5 倍", "less than 2.5"), below=2.5),
            Option("root", Text("约 4 倍", "about 4"), above=2.5, below=7.0),
            Option("full", Text("7 倍以上", "more than 7"), above=7.0),
        ),
    ),
    mutations=(
        Mutation(
            "in (copies if params.copied else drawn, copies)",
            "in (copies, copies)",
            loses=("mates_noise_falls_as_root",),
        ),
        Mutation(
            "train = normalised(batch, *torch.var_mean(batch, 2, correction=0, keepdim=True))",
            "train = test",
            loses=("modes_differ",),
        ),
        Mutation(
            "for size in (params.group, STEP):",
            "for size in (STEP, STEP):",
            loses=("few_samples_hurt",),
        ),
        Mutation(
            "held = [v.detach() for v in statistics] if params.detached else statistics",
            "held = statistics",
            loses=("constant_statistics_mislead",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：同伴只是副本", "Make it fail: the mates are copies"),
            replace(DEFAULT, copied=True),
        ),
        Preset(
            "follow_up",
            Text("追问：8 个样本一组够吗？", "Follow-up: are groups of 8 enough?"),
            replace(DEFAULT, group=8),
        ),
    ),
)
