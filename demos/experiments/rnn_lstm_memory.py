"""What is left of a gradient, and of a first symbol, after many steps of a recurrent net.

Back through time the gradient is multiplied by the recurrent matrix and the activation's slope at
every step, so it vanishes or explodes (Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio
2013). An LSTM's cell state is multiplied by the forget gate alone (Hochreiter & Schmidhuber 1997;
Gers, Schmidhuber & Cummins 2000): with gates near 1/2, as usual initial weights leave them, that
too is gone after a hundred steps; a forget bias of a few units keeps it (Jozefowicz, Zaremba &
Sutskever 2015). Explosion is not prevented: large recurrent weights still cause it.

The cell written out here is held against the library's own. Memory is measured without training:
a linear readout is fitted to the last state and asked for the first symbol of new sequences.
Controls, each with one change: an orthogonal matrix without activation, forget gates that are
open, weights of the usual size, a plain recurrent net, a cell without forget gate.
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
    switch,
    whole,
)
from demos.kit.draws import Logs, Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

WIDTH = 16
INPUTS = 4  # symbols, one-hot in the first step, noise of this many channels after it
SEQUENCES = 128
RIDGE = 1e-3
TINY = 1e-60  # below it a gradient counts as this


@dataclass(frozen=True)
class Params:
    steps: int = whole(100, 20, 160, text=Text("反向传播的步数", "steps back in time"), cost=1)
    gain: float = number(
        0.9, 0.1, 1.0, text=Text("RNN 的循环矩阵（正交）乘以", "factor on the RNN's matrix")
    )
    large: float = number(
        2.0, 1.0, 6.0, text=Text("另一个 RNN 的循环矩阵乘以", "factor on the other RNN's matrix")
    )
    forget: float = number(
        0.0, -3.0, 5.0, text=Text("默认 LSTM 的遗忘门偏置", "forget bias of the default LSTM")
    )
    opened: float = number(
        5.0, -3.0, 8.0, text=Text("打开的遗忘门偏置", "forget bias of the open LSTM")
    )
    factor: float = number(
        16.0, 1.0, 32.0, scale="log", text=Text("LSTM 权重放大倍数", "factor on LSTM weights")
    )
    lag: int = whole(40, 2, 80, text=Text("要记住多少步", "steps to remember"), cost=0.5)
    noise: float = number(0.2, 0.0, 1.0, text=Text("其间噪声的大小", "noise in between"))
    gated: bool = switch(
        True, text=Text("手写的单元有遗忘门", "the written cell has a forget gate")
    )


@dataclass(frozen=True)
class Passed:
    passed: Logs  # [S] log10 of the gradient at the first state over that put in at the last
    by_step: Curve  # [S, steps / 10 + 1] the same ratio on the way back


@dataclass(frozen=True)
class Recall:
    right: Numbers  # [S] share of new sequences whose first symbol is read off the last state


@dataclass(frozen=True)
class Cell:
    apart: Numbers  # [S] largest difference of the next state from the library's


@dataclass(frozen=True)
class Measurements:
    small: Passed
    large: Passed
    kept: Passed
    default: Passed
    opened: Passed
    heavy: Passed
    usual: Passed
    lstm: Recall
    shut: Recall
    rnn: Recall
    written: Cell
    no_forget: Cell


State = tuple[torch.Tensor, torch.Tensor]  # hidden state and cell state [S, batch, WIDTH]


@dataclass(frozen=True)
class Lstm:
    """Weights [S, inputs, 4 WIDTH] and [S, WIDTH, 4 WIDTH], bias [S, 4 WIDTH]: i, f, g, o."""

    into: torch.Tensor
    back: torch.Tensor
    bias: torch.Tensor

    def step(self, x: torch.Tensor, state: State, *, forgets: bool = True) -> State:
        h, c = state
        gates = x @ self.into + h @ self.back + self.bias[:, None, :]
        i, f, g, o = gates.chunk(4, dim=2)
        kept = f.sigmoid() * c if forgets else c
        c = kept + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def with_forget(self, bias: float) -> Lstm:
        shift = torch.zeros_like(self.bias)
        shift[:, WIDTH : 2 * WIDTH] = bias
        return replace(self, bias=self.bias + shift)


def ratio(states: list[torch.Tensor], last: torch.Tensor) -> Passed:
    """Back-propagate one random direction from the last state, measured at every tenth."""
    marked = states[::10]
    gradients = torch.autograd.grad((states[-1] * last).sum(), marked)
    norms = torch.stack([g.flatten(1).norm(dim=1) for g in gradients], 1)
    relative = (norms / last.flatten(1).norm(dim=1, keepdim=True)).clamp(min=TINY)
    return Passed(numbers(relative[:, 0].log10()), numbers(relative))


def through_rnn(
    x: torch.Tensor, into: torch.Tensor, back: torch.Tensor, last: torch.Tensor, linear: bool
) -> Passed:
    states = [torch.zeros_like(last).requires_grad_()]
    for t in range(x.shape[1]):
        z = x[:, t, None, :] @ into + states[-1] @ back
        states.append(z if linear else z.tanh())
    return ratio(states, last)


def through_lstm(x: torch.Tensor, net: Lstm, last: torch.Tensor) -> Passed:
    """Through the cell states, which carry the memory."""
    h, c = torch.zeros_like(last), torch.zeros_like(last).requires_grad_()
    cells = [c]
    for t in range(x.shape[1]):
        h, c = net.step(x[:, t, None, :], (h, c))
        cells.append(c)
    return ratio(cells, last)


def recall(final: torch.Tensor, symbols: torch.Tensor) -> Recall:
    """A ridge readout fitted to half of the states [S, sequences, d], tried on the others."""
    half = final.shape[1] // 2
    states = torch.cat([final, torch.ones_like(final[..., :1])], 2).double()
    wanted = torch.nn.functional.one_hot(symbols, INPUTS).double()
    a, y = states[:, :half], wanted[:, :half]
    ridge = RIDGE * torch.eye(a.shape[2], dtype=a.dtype, device=a.device)
    weights = torch.linalg.solve(a.mT @ a + ridge, a.mT @ y)
    said = (states[:, half:] @ weights).argmax(2)
    return Recall(numbers((said == symbols[:, half:]).double().mean(1)))


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    noise = draws(seeds, "noise", 160, INPUTS, device=device).double()[:, : params.steps]
    last = draws(seeds, "direction", 1, WIDTH, device=device).double()
    orthogonal, into, net = network(seeds, device)
    closed, opened = net.with_forget(params.forget), net.with_forget(params.opened)
    heavy = Lstm(closed.into, params.factor * closed.back, closed.bias)
    weak = 0.1 * noise
    sequences, symbols = task(params, seeds, device)
    return Measurements(
        small=through_rnn(noise, into, params.gain * orthogonal, last, linear=False),
        large=through_rnn(weak, into, params.large * orthogonal, last, linear=False),
        kept=through_rnn(noise, into, orthogonal, last, linear=True),
        default=through_lstm(noise, closed, last),
        opened=through_lstm(noise, opened, last),
        heavy=through_lstm(weak, heavy, last),
        usual=through_lstm(weak, closed, last),
        lstm=recall(last_of_lstm(sequences, opened), symbols),
        shut=recall(last_of_lstm(sequences, closed), symbols),
        rnn=recall(last_of_rnn(sequences, into, params.gain * orthogonal), symbols),
        written=cell(sequences[:, 0], closed, forgets=params.gated),
        no_forget=cell(sequences[:, 0], closed, forgets=False),
    )


def last_of_lstm(sequences: torch.Tensor, net: Lstm) -> torch.Tensor:
    h = c = sequences.new_zeros(len(sequences), SEQUENCES, WIDTH)
    for x in sequences.unbind(1):
        h, c = net.step(x, (h, c))
    return torch.cat([h, c], 2)


def last_of_rnn(sequences: torch.Tensor, into: torch.Tensor, back: torch.Tensor) -> torch.Tensor:
    h = sequences.new_zeros(len(sequences), SEQUENCES, WIDTH)
    for x in sequences.unbind(1):
        h = (x @ into + h @ back).tanh()
    return h


def cell(x: torch.Tensor, net: Lstm, *, forgets: bool) -> Cell:
    """One step from a state that is not zero, here and in the library, seed by seed."""
    start = torch.linspace(-1, 1, WIDTH, dtype=x.dtype, device=x.device).expand(*x.shape[:2], -1)
    h, c = net.step(x, (start, start.flip(2)), forgets=forgets)
    worst = []
    for s in range(len(x)):
        weights = (net.into[s].T, net.back[s].T, net.bias[s], torch.zeros_like(net.bias[s]))
        library = torch.lstm_cell(x[s], (start[s], start[s].flip(1)), *weights)
        worst.append(
            torch.maximum((library[0] - h[s]).abs().max(), (library[1] - c[s]).abs().max())
        )
    return Cell(numbers(torch.stack(worst)))


def task(params: Params, seeds: Seeds, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences [S, lag + 1, sequences, inputs], a symbol and then noise, and the symbols."""
    drawn = draws(seeds, "symbols", SEQUENCES, INPUTS, device=device)
    symbols = drawn.argmax(2)
    first = 2 * torch.nn.functional.one_hot(symbols, INPUTS).double()
    noise = draws(seeds, "after", params.lag, SEQUENCES, INPUTS, device=device).double()
    return torch.cat([first[:, None], params.noise * noise], 1), symbols


def network(seeds: Seeds, device: str) -> tuple[torch.Tensor, torch.Tensor, Lstm]:
    """An orthogonal matrix, input weights, and an LSTM with the usual uniform weights."""
    square = draws(seeds, "square", WIDTH, WIDTH, device=device).double()
    q, r = torch.linalg.qr(square)
    orthogonal = q * torch.diagonal(r, dim1=1, dim2=2).sign()[:, None, :]
    into = draws(seeds, "into", INPUTS, WIDTH, device=device).double() * INPUTS**-0.5
    shapes = {"i": (INPUTS, 4 * WIDTH), "h": (WIDTH, 4 * WIDTH), "b": (4 * WIDTH,)}
    bound = WIDTH**-0.5
    parts = [
        bound * (2 * torch.special.ndtr(draws(seeds, name, *shape, device=device).double()) - 1)
        for name, shape in shapes.items()
    ]
    return orthogonal, into, Lstm(*parts)


DEFAULT = Params()

DEMO = Demo(
    title=Text("RNN 与 LSTM 的记忆", "The memory of RNN and LSTM"),
    question=Text(
        "LSTM 为什么比 RNN 记得久？刚初始化的 LSTM 就不会梯度消失吗？",
        "Why does an LSTM remember longer than an RNN, and is a fresh LSTM free of vanishing"
        " gradients?",
    ),
    summary=Text(
        "让梯度往回走一百步，看还剩多少；再看四十步噪声之后，最后的状态里还读不读得出第一个符号。",
        "A gradient goes back a hundred steps: what is left of it? And after forty steps of noise,"
        " can the first symbol still be read off the last state?",
    ),
    topic="sequences",
    params=DEFAULT,
    run=run,
    chunk=64,
    claims=(
        Claim(
            slug="repeated_factors_vanish_or_explode",
            text=Text(
                f"tanh 的 RNN，循环矩阵为正交阵的 {DEFAULT.gain:g} 倍："
                f"{DEFAULT.steps} 步之后梯度不到十万分之一；"
                f"{DEFAULT.large:g} 倍、输入很小：放大到 100 倍以上。"
                "正交且没有激活，则原样不变。",
                f"In a tanh RNN whose matrix is {DEFAULT.gain:g} times an orthogonal one less than"
                f" 1e-5 of the gradient is left after {DEFAULT.steps} steps; at"
                f" {DEFAULT.large:g} times, with small inputs, it grows more than 100-fold."
                " Orthogonal and without activation it stays as it is.",
            ),
            decides=("VG-15",),
            clauses=(
                mostly("small.passed", below=-5.0),
                mostly("large.passed", above=2.0),
            ),
            controls=(mostly("kept.passed", above=-0.1, below=0.1),),
            control_text=Text(
                "正交矩阵，没有激活：每步的因子恰好为 1。",
                "An orthogonal matrix and no activation: factors of exactly 1.",
            ),
            broken=replace(DEFAULT, gain=1.0, large=1.0),
        ),
        Claim(
            slug="a_fresh_lstm_vanishes",
            text=Text(
                f"按惯例初始化、遗忘门偏置为 0 的 LSTM，{DEFAULT.steps} 步之后细胞状态的梯度不到"
                f"亿分之一；偏置改成 {DEFAULT.opened:g}，就在 0.03 到 3000 倍之间。",
                f"In an LSTM with the usual initial weights and a forget bias of 0 less than 1e-8"
                f" of the cell state's gradient is left after {DEFAULT.steps} steps; with a bias of"
                f" {DEFAULT.opened:g} it is between 0.03 and 3,000 times its size.",
            ),
            decides=("LSTM-1",),
            clauses=(mostly("default.passed", below=-8.0),),
            controls=(mostly("opened.passed", above=-1.5, below=3.5),),
            control_text=Text(
                f"只改一处：遗忘门偏置为 {DEFAULT.opened:g}。",
                f"One change: a forget bias of {DEFAULT.opened:g}.",
            ),
            broken=replace(DEFAULT, forget=5.0),
        ),
        Claim(
            slug="an_lstm_can_explode",
            text=Text(
                f"LSTM 的循环权重放大 {DEFAULT.factor:g} 倍，{DEFAULT.steps} 步之后梯度放大到 10 倍"
                "以上：门控管不住爆炸。",
                f"With recurrent weights {DEFAULT.factor:g} times larger an LSTM's gradient grows"
                f" more than 10-fold in {DEFAULT.steps} steps: gates do not prevent explosion.",
            ),
            decides=("LSTM-1",),
            clauses=(mostly("heavy.passed", above=1.0),),
            controls=(mostly("usual.passed", above=-60.0, below=-3.0),),
            control_text=Text("只改一处：通常大小的权重。", "One change: weights of usual size."),
            broken=replace(DEFAULT, factor=1.0),
        ),
        Claim(
            slug="open_gates_remember",
            text=Text(
                f"{DEFAULT.lag} 步噪声之后，从遗忘门打开的 LSTM 的状态里仍能以 80% 以上的正确率"
                "读出第一个符号；普通 RNN 的只有 10% 到 45%（瞎猜是 25%）。",
                f"After {DEFAULT.lag} steps of noise the first symbol is read off the state of an"
                " LSTM with open forget gates more than 80 % of the time; off a plain RNN 10 to"
                " 45 % (a guess is right in 25 %).",
            ),
            decides=("LSTM-2",),
            clauses=(mostly("lstm.right", above=0.8),),
            controls=(mostly("rnn.right", above=0.1, below=0.45),),
            control_text=Text("只改一处：换成普通的 RNN。", "One change: a plain RNN."),
            broken=replace(DEFAULT, opened=-3.0),
        ),
        Claim(
            slug="shut_gates_forget",
            text=Text(
                f"遗忘门偏置为 0 的 LSTM，{DEFAULT.lag} 步之后读出的正确率只有 10% 到 45%，"
                "与瞎猜无异。",
                f"With a forget bias of 0 the LSTM's state gives the symbol 10 to 45 % of the time"
                f" after {DEFAULT.lag} steps, no better than a guess.",
            ),
            decides=("LSTM-2",),
            clauses=(mostly("shut.right", above=0.1, below=0.45),),
            controls=(mostly("lstm.right", above=0.8, below=1.01),),
            control_text=Text(
                f"只改一处：遗忘门偏置为 {DEFAULT.opened:g}。",
                f"One change: a forget bias of {DEFAULT.opened:g}.",
            ),
            broken=replace(DEFAULT, forget=5.0),
        ),
        Claim(
            slug="the_cell_as_written",
            text=Text(
                "按 c = f⊙c + i⊙g、h = o⊙tanh(c) 手写的单元与库里的相差不到十亿分之一；"
                "去掉遗忘门，相差 0.05 以上。",
                "A cell written as c = f⊙c + i⊙g, h = o⊙tanh(c) agrees with the library's to 1e-9;"
                " without the forget gate it is more than 0.05 away.",
            ),
            decides=("LSTM-3",),
            clauses=(nearly_always("written.apart", above=-1e-9, below=1e-9),),
            controls=(nearly_always("no_forget.apart", above=0.05, below=2.0),),
            control_text=Text("只改一处：没有遗忘门。", "One change: no forget gate."),
            broken=replace(DEFAULT, gated=False),
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("梯度往回走，还剩多少", "What is left of the gradient on its way back"),
        caption=Text(
            "最后一步放进去的是 1，往左一路回到第一步。默认的 LSTM 和 0.9 倍的 RNN 一样往下掉；"
            "遗忘门打开才保得住。带子盖住 95% 的种子。",
            "Put in as 1 at the last step; to the left it goes back to the first. A default LSTM"
            " falls like an RNN at 0.9; only open forget gates keep it. Band: 95 % of seeds.",
        ),
        x=Axis(Text("时间步", "time step")),
        y=Axis(Text("梯度", "gradient"), scale="log"),
        series=(
            Series("opened.by_step", Text("LSTM，遗忘门打开", "LSTM, gates open")),
            Series("default.by_step", Text("LSTM，默认", "LSTM, default")),
            Series("small.by_step", Text("RNN，0.9 倍", "RNN at 0.9")),
            Series(
                "kept.by_step", Text("正交、无激活（对照）", "orthogonal (control)"), role="control"
            ),
        ),
        x_values=lambda params: range(0, params.steps + 1, 10),
    ),
    prediction=Prediction(
        Text(
            "刚按惯例初始化的 LSTM，遗忘门偏置为 0。往回走 100 步，细胞状态的梯度还剩多少？",
            "A fresh LSTM with the usual weights and a forget bias of 0: what is left of the cell"
            " state's gradient after 100 steps back?",
        ),
        "default.passed",
        (
            Option("all", Text("差不多全部", "about all of it"), above=-1.0),
            Option("some", Text("千分之一左右", "about a thousandth"), above=-6.0, below=-1.0),
            Option("none", Text("不到百万分之一", "less than a millionth"), below=-6.0),
        ),
    ),
    mutations=(
        Mutation(
            "states.append(z if linear else z.tanh())",
            "states.append(z)",
            loses=("repeated_factors_vanish_or_explode",),
        ),
        Mutation(
            "kept = f.sigmoid() * c if forgets else c",
            "kept = c",
            loses=("a_fresh_lstm_vanishes", "shut_gates_forget", "the_cell_as_written"),
        ),
        Mutation(
            "heavy = Lstm(closed.into, params.factor * closed.back, closed.bias)",
            "heavy = closed",
            loses=("an_lstm_can_explode",),
        ),
        Mutation(
            "shift[:, WIDTH : 2 * WIDTH] = bias",
            "shift[:, :WIDTH] = bias",
            loses=("open_gates_remember",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：遗忘门本来就开着", "Make it fail: gates open from the start"),
            replace(DEFAULT, forget=5.0),
        ),
        Preset(
            "follow_up",
            Text("追问：常用的偏置 1 够吗？", "Follow-up: is the usual bias of 1 enough?"),
            replace(DEFAULT, forget=1.0),
        ),
    ),
)
