"""What QR does to a random matrix, and what orthogonal weights keep.

One could hold that QR leaves eigenvalues alone, makes matrices orthogonal to one another and
keeps signals level. But Q has eigenvalues of modulus 1 wherever those of the matrix lay, relates
columns of one matrix only, and keeps sizes in linear nets only (Saxe, McClelland & Ganguli 2014).
Eigenvalues below 1 decide the limit, not the way there, and slopes count too (Pascanu et al. 2013).

Controls: the matrix before QR, two halves of one matrix, the same eigenvalues without coupling,
the same weights without activation. A positive diagonal of R makes Q unique (Mezzadri 2007).
"""

from __future__ import annotations

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
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

SAMPLES = 4  # vectors sent through
CHAIN, LOW, HIGH = 8, 0.72, 0.9  # size and eigenvalues of the triangular matrix
STEPS = 300
LARGE = 2.0  # modulus of the eigenvalues in the sigmoid net


@dataclass(frozen=True)
class Params:
    width: int = whole(32, 16, 96, text=Text("矩阵的阶", "size of the matrices"), cost=2)
    depth: int = whole(30, 2, 60, text=Text("层数", "layers"), cost=1)
    bend: float = number(
        1.0, 0.0, 1.0, text=Text("激活的份量，0 为线性", "share of the activation, 0: linear")
    )
    gain: float = number(1.0, 0.5, 2.0, text=Text("tanh、ReLU 的增益", "gain of tanh and ReLU"))
    stretch: float = number(0.0, 0.0, 0.5, text=Text("各列的伸缩", "random stretch of columns"))
    shared: bool = switch(False, text=Text("各层共用一个矩阵", "one matrix for all layers"))
    coupling: float = number(1.0, 0.0, 1.5, text=Text("单元间的耦合", "coupling of units"))


@dataclass(frozen=True)
class Spectrum:
    from_one: Numbers  # [S] largest distance of an eigenvalue's modulus from 1
    real: Curve  # [S, n]
    imaginary: Curve  # [S, n]


@dataclass(frozen=True)
class Columns:
    overlap: Numbers  # [S] largest |cosine| between a left column and a right one


@dataclass(frozen=True)
class Net:
    signal: Logs  # [S] log10 of the last layer's size over the input's
    gradient: Logs  # [S] log10 of the gradient at the input over that at the output


@dataclass(frozen=True)
class Powers:
    peak: Logs  # [S] log10 of the largest size of a gradient, over its first
    end: Logs  # [S] log10 of its size after STEPS steps


@dataclass(frozen=True)
class Measurements:
    gaussian: Spectrum
    orthogonal: Spectrum
    within: Columns
    across: Columns
    linear: Net
    relu: Net
    tanh: Net
    large_linear: Net
    large_sigmoid: Net
    coupled: Powers
    uncoupled: Powers


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    n, depth, half = params.width, params.depth, params.width // 2
    a = draws(seeds, "layers", depth, n, n, device=device).double() / n**0.5
    noise = draws(seeds, "stretch", depth, 1, n, device=device).double()
    q, r = torch.linalg.qr(a)
    q = q * r.diagonal(dim1=2, dim2=3).sign()[:, :, None] * torch.exp(params.stretch * noise)
    same = q[:, :1].expand_as(q)  # a recurrent net: one matrix at every step
    q = same if params.shared else q
    x = draws(seeds, "inputs", SAMPLES, n, device=device).double()  # [S, 4, n]
    out = draws(seeds, "output gradient", SAMPLES, n, device=device).double()

    def net(name: str, layers: torch.Tensor, bend: float) -> Net:
        first = h = x.clone().requires_grad_()
        for w in layers.unbind(1):
            z = h @ w.mT
            h = bend * getattr(torch, name)(z) + (1 - bend) * z
        (g,) = torch.autograd.grad(h, first, out)
        return Net(numbers(ratio(h, x)), numbers(ratio(g, out)))

    bend = params.bend
    return Measurements(
        gaussian=spectrum(a[:, 0]),
        orthogonal=spectrum(q[:, 0]),
        within=overlap(q[:, 0, :, :half], q[:, 0, :, half:]),
        across=overlap(q[:, 0, :, :half], q[:, 1, :, half:]),
        linear=net("relu", q, 0.0),
        relu=net("relu", params.gain * q, bend),
        tanh=net("tanh", params.gain * q, bend),
        large_linear=net("sigmoid", LARGE * same, 0.0),
        large_sigmoid=net("sigmoid", LARGE * same, bend),
        coupled=powers(seeds, params.coupling, device),
        uncoupled=powers(seeds, 0.0, device),
    )


def spectrum(w: torch.Tensor) -> Spectrum:
    values = torch.linalg.eigvals(w)  # [S, n]
    away = (values.abs() - 1).abs().amax(1)
    return Spectrum(numbers(away), numbers(values.real), numbers(values.imag))


def overlap(left: torch.Tensor, right: torch.Tensor) -> Columns:
    left, right = (w / w.norm(dim=1, keepdim=True) for w in (left, right))
    return Columns(numbers((left.mT @ right).abs().amax((1, 2))))


def ratio(v: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    """log10 of the size [S] of `v` [S, 4, n] over that of `first`."""
    return torch.log10(v.norm(dim=(1, 2)).clamp(min=1e-300) / first.norm(dim=(1, 2)))


def powers(seeds: Seeds, coupling: float, device: str) -> Powers:
    """A gradient sent STEPS times back through one triangular matrix."""
    own = draws(seeds, "own", CHAIN, law="uniform", low=LOW, high=HIGH, device=device)
    links = draws(seeds, "links", CHAIN - 1, law="uniform", low=0.5, device=device)
    w = (torch.diag_embed(own) + coupling * torch.diag_embed(links, offset=1)).double()
    g = first = draws(seeds, "first gradient", SAMPLES, CHAIN, device=device).double()
    sizes = [ratio(g := g @ w, first) for _ in range(STEPS)]
    return Powers(numbers(torch.stack(sizes).amax(0)), numbers(sizes[-1]))


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """The first matrix again in numpy, by Gram-Schmidt done twice."""
    n = params.width
    q = draws(seeds, "layers", params.depth, n, n)[0, 0].double().numpy()
    for k in (*range(n), *range(n)):
        q[:, k] -= q[:, :k] @ (q[:, :k].T @ q[:, k])
        q[:, k] /= np.linalg.norm(q[:, k])
    noise = draws(seeds, "stretch", params.depth, 1, n)[0, 0, 0].double().numpy()
    moduli = np.abs(np.linalg.eigvals(q * np.exp(params.stretch * noise)))
    return {"orthogonal.from_one": np.array([np.abs(moduli - 1).max()])}


DEFAULT = Params()
BARE = replace(DEFAULT, bend=0.0)
STRETCHED = replace(DEFAULT, stretch=0.3)
N, D, WAYS = DEFAULT.width, DEFAULT.depth, ("signal", "gradient")

DEMO = Demo(
    title=Text("正交矩阵保住了什么", "What an orthogonal matrix keeps"),
    question=Text("正交初始化好在哪里？", "What is orthogonal initialisation good for?"),
    summary=Text(
        "QR 把特征值移到哪里？信号和梯度穿过许多层还剩多少？",
        "Where does QR move eigenvalues, and what do many layers leave of a signal?",
    ),
    topic="initialisation",
    params=DEFAULT,
    run=run,
    replay=replay,
    claims=(
        Claim(
            slug="qr_moves_eigenvalues",
            text=Text(
                f"QR 把 {N} 阶随机矩阵的特征值全部移到模 1 上。",
                f"QR moves every eigenvalue of a random {N} × {N} matrix to modulus 1.",
            ),
            decides=("INI-14",),
            clauses=(always("orthogonal.from_one", below=1e-9),),
            controls=(nearly_always("gaussian.from_one", above=0.5, below=1.5),),
            control_text=Text("同一个矩阵，做 QR 之前。", "The same matrix before QR."),
            broken=STRETCHED,
            looks=(256,),
        ),
        Claim(
            slug="layers_are_unrelated",
            text=Text(
                "两层各自正交化：总有一对分属两层的列，夹角余弦超过 0.35。",
                "Of two layers made orthogonal each, some pair of columns has a cosine above 0.35.",
            ),
            decides=("INI-15",),
            clauses=(mostly("across.overlap", above=0.35),),
            controls=(nearly_always("within.overlap", above=-1e-9, below=1e-9),),
            control_text=Text("只改一处：两列同属一层。", "One change: both columns of one layer."),
            broken=replace(DEFAULT, shared=True),
        ),
        Claim(
            slug="growth_before_decay",
            text=Text(
                f"特征值都不超过 {HIGH}，梯度仍先放大 10 倍以上，{STEPS} 步后才不到千分之一。",
                f"With no eigenvalue above {HIGH} a gradient first grows more than tenfold, and is"
                f" below a thousandth after {STEPS} steps.",
            ),
            decides=("INI-16",),
            clauses=(mostly("coupled.peak", above=1.0), mostly("coupled.end", below=-3.0)),
            controls=(mostly("uncoupled.peak", above=-0.2, below=-0.02),),
            control_text=Text("特征值相同，去掉耦合。", "The same eigenvalues, no coupling."),
            broken=replace(DEFAULT, coupling=0.0),
        ),
        Claim(
            slug="slope_outweighs",
            text=Text(
                f"特征值的模都是 {LARGE:g}，过 {D} 步 sigmoid 梯度仍剩不到十亿分之一。",
                f"With all eigenvalues of modulus {LARGE:g}, {D} sigmoid steps leave less than a"
                " billionth of the gradient.",
            ),
            decides=("INI-16",),
            clauses=(mostly("large_sigmoid.gradient", below=-9.0),),
            controls=(mostly("large_linear.gradient", above=9.0, below=9.1),),
            control_text=Text("只改一处：不用激活函数。", "One change: no activation."),
            broken=BARE,
        ),
        Claim(
            slug="activations_shrink",
            text=Text(
                f"{D} 层正交权重：ReLU 剩下的信号和梯度都不到千分之一，tanh 不到四分之一。",
                f"{D} layers of orthogonal weights leave less than a thousandth of signal and"
                " gradient with ReLU, less than a quarter with tanh.",
            ),
            decides=("INI-17",),
            clauses=(
                *(mostly(f"relu.{way}", below=-3.0) for way in WAYS),
                *(mostly(f"tanh.{way}", below=-0.602) for way in WAYS),
            ),
            controls=tuple(mostly(f"linear.{way}", above=-1e-6, below=1e-6) for way in WAYS),
            control_text=Text("只改一处：不用激活函数。", "One change: no activation."),
            broken=BARE,
        ),
    ),
    figure=Figure(
        kind="scatter",
        title=Text("QR 前后的特征值", "Eigenvalues before and after QR"),
        caption=Text(
            "复平面：QR 之前散布在圆盘里，之后都在单位圆上。",
            "In the complex plane: scattered over a disc before QR, on the unit circle after it.",
        ),
        x=Axis(Text("实部", "real part")),
        y=Axis(Text("虚部", "imaginary part")),
        series=(
            Series("orthogonal.imaginary", Text("QR 之后", "after QR"), against="orthogonal.real"),
            Series("gaussian.imaginary", Text("之前", "before"), "control", "gaussian.real"),
        ),
    ),
    prediction=Prediction(
        Text(
            f"{D} 层 ReLU，权重正交，增益为 1。输入处的梯度是输出处的多少？",
            f"{D} ReLU layers, orthogonal weights of gain 1: what part of the output's gradient"
            " reaches the input?",
        ),
        "relu.gradient",
        (
            Option("level", Text("一半以上", "more than half"), above=-0.302),
            Option("some", Text("千分之一到一半", "a thousandth to a half"), -3.0, -0.302),
            Option("little", Text("不到千分之一", "less than a thousandth"), below=-3.0),
        ),
    ),
    mutations=(
        Mutation("q, r = torch.linalg.qr(a)", "q, r = a, a", ("qr_moves_eigenvalues",)),
        Mutation("q[:, 1, :, half:]", "q[:, 0, :, half:]", ("layers_are_unrelated",)),
        Mutation("coupling * torch.diag", "0 * torch.diag", ("growth_before_decay",)),
        Mutation("bend = params.bend", "bend = 0.0", ("slope_outweighs", "activations_shrink")),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset("make_it_fail", Text("让它失败：伸缩各列", "Make it fail: stretch"), STRETCHED),
        Preset(
            "follow_up",
            Text("追问：增益 √2 能救 ReLU 吗？", "Follow-up: does gain √2 save ReLU?"),
            replace(DEFAULT, gain=1.414),
        ),
    ),
)
