"""Fit FSRS-6's 21 parameters to people's reviews, many people at once. Needs torch.

A scan over review number: the k-th reviews of all cards side by side, differentiated by autograd.
The loss is the mean log loss of recall over scored reviews, those at least a study day after the
one before, plus a pull towards the published parameters that fades as reviews accumulate. New
parameters are judged on the last fifth by time, which the fit did not see; what does no better
there than the parameters in use is refused.

Only a worker imports this. One thread, float64: the same log gives the same parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from quizbank.scheduling.bulk import Log
from quizbank.scheduling.engine import DEFAULT_PARAMETERS
from quizbank.scheduling.memory import AGAIN, EASY, GOOD, HARD

FEWEST = 64  # scored reviews below which a person keeps what they have
HELD_OUT = 0.2  # share of the scored reviews, the latest, on which a fit is tried
# By measurement on 100 to 18,000 reviews: nearer the truth than twelve steps of 0.1.
ROUNDS = 6
STEP = 0.35  # of the first round, in spreads; later ones are shorter, along half a cosine
STABILITY_MIN = 0.001
LOWER = (
    0.001, 0.001, 0.001, 0.001, 1.0, 0.001, 0.001, 0.001, 0.0, 0.0, 0.001, 0.001, 0.001, 0.001,
    0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.1,
)  # fmt: skip
UPPER = (
    100.0, 100.0, 100.0, 100.0, 10.0, 4.0, 4.0, 0.75, 4.5, 0.8, 3.5, 5.0, 0.25, 0.9, 4.0, 1.0,
    6.0, 2.0, 2.0, 0.8, 0.8,
)  # fmt: skip
# How far each parameter lies from the published one in one person or another: the unit of a step
# and of the pull back. The first four are stabilities and are counted in logarithms.
SPREAD = (
    1.0, 1.0, 1.0, 1.0, 0.57, 0.28, 0.6, 0.12, 0.39, 0.18, 0.33, 0.3, 0.09, 0.16, 0.57, 0.25,
    1.03, 0.31, 0.32, 0.14, 0.27,
)  # fmt: skip
PULL = 0.5  # reviews' worth of loss for a parameter one unit away

Reason = Literal["accepted", "too_few", "no_better"]


@dataclass(frozen=True)
class Fit:
    """What came of one person's fit. Losses are on the held-out reviews, in nats.

    `parameters` are the new ones if `reason` is "accepted", and those that were tried if it is
    "no_better"; for "too_few" the ones in use.
    """

    parameters: tuple[float, ...]
    scored: int
    loss_before: float | None
    loss_after: float | None
    reason: Reason


def fit(log: Log, at: ArrayLike, held: ArrayLike, learner: ArrayLike | None = None) -> list[Fit]:
    """Fit each person's parameters; one `Fit` a row of `held`.

    `at` orders the reviews in time, [reviews]; `held` are the parameters in use, [people, 21];
    `learner` says whose each chain is, [chains], and may be left out for one person. Raises
    ValueError where they do not match.
    """
    use = torch.as_tensor(np.atleast_2d(np.asarray(held, float)))
    times = np.asarray(at)
    whose = np.zeros(len(log.lengths), np.intp) if learner is None else np.asarray(learner, np.intp)
    if use.shape[1] != len(DEFAULT_PARAMETERS) or len(times) != len(log):
        raise ValueError("parameters must be [people, 21] and times one a review")
    if len(whose) != len(log.lengths) or (len(whose) and whose.max() >= len(use)):
        raise ValueError("every chain needs a learner that has parameters")
    torch.set_num_threads(1)
    scan = _Scan.of(log, whose, len(use))
    owner = whose[log.chain]
    trained, tried = _split(log, times, owner, len(use))
    found = _descend(scan, scan.lay(trained), use)
    with torch.no_grad():
        before = scan.loss(use, scan.lay(tried))
        after = scan.loss(found, scan.lay(tried))
    scored = np.bincount(owner[log.elapsed >= 1], minlength=len(use))
    return [
        _verdict(int(scored[i]), use[i], found[i], float(before[i]), float(after[i]))
        for i in range(len(use))
    ]


def _verdict(
    scored: int, use: torch.Tensor, found: torch.Tensor, before: float, after: float
) -> Fit:
    if scored < FEWEST:
        return Fit(tuple(use.tolist()), scored, None, None, "too_few")
    reason: Reason = "accepted" if after < before else "no_better"
    return Fit(tuple(found.tolist()), scored, before, after, reason)


def log_loss(log: Log, parameters: ArrayLike, chosen: NDArray[np.bool_] | None = None) -> float:
    """Mean log loss of one person's scored reviews, or of those chosen, under the parameters."""
    scan = _Scan.of(log, np.zeros(len(log.lengths), np.intp), 1)
    mask = log.elapsed >= 1
    with torch.no_grad():
        held = torch.as_tensor(np.atleast_2d(np.asarray(parameters, float)))
        return float(scan.loss(held, scan.lay(mask if chosen is None else mask & chosen))[0])


def _split(
    log: Log, at: NDArray[Any], owner: NDArray[np.intp], people: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The scored reviews to fit on and, the latest fifth of each person's, to try on."""
    scored = np.flatnonzero(log.elapsed >= 1)
    ordered = scored[np.lexsort((at[scored], owner[scored]))]
    counts = np.bincount(owner[ordered], minlength=people)
    place = np.arange(len(ordered)) - np.repeat(np.cumsum(counts) - counts, counts)
    late = place >= np.ceil(counts * (1 - HELD_OUT))[owner[ordered]]
    trained, tried = np.zeros(len(log), bool), np.zeros(len(log), bool)
    trained[ordered[~late]], tried[ordered[late]] = True, True
    return trained, tried


class _Turn(NamedTuple):
    """The k-th reviews of all chains that have as many, as the formulas ask for them: all
    [chains]. What does not depend on parameters is worked out once, not in each round."""

    n: int
    elapsed: torch.Tensor  # days
    same_day: torch.Tensor
    lapsed: torch.Tensor
    hard: torch.Tensor
    easy: torch.Tensor
    offset: torch.Tensor  # of the rating from Good
    ninth: torch.Tensor  # of the offset

    @classmethod
    def of(cls, rating: torch.Tensor, elapsed: torch.Tensor) -> _Turn:
        offset = (rating - GOOD).double()
        lapsed, hard, easy = (rating == grade for grade in (AGAIN, HARD, EASY))
        return cls(len(rating), elapsed, elapsed < 1, lapsed, hard, easy, offset, offset / 9)


@dataclass(frozen=True)
class _Scan:
    """A log laid out by review number, as tensors. Chains stand by length, longest first."""

    first: torch.Tensor  # [chains], the rating of each chain's first review
    later: list[_Turn]
    recalled: torch.Tensor  # [reviews]
    chain_owner: torch.Tensor  # [chains]
    owner: torch.Tensor  # [reviews]
    people: int
    source: NDArray[np.intp]

    @classmethod
    def of(cls, log: Log, whose: NDArray[np.intp], people: int) -> _Scan:
        turns = log.turns
        rating = torch.as_tensor(turns.rating)
        elapsed = torch.as_tensor(turns.lay(log.elapsed).astype(float))
        return cls(
            first=rating[turns.slices[0]] if turns.slices else rating,
            later=[_Turn.of(rating[at], elapsed[at]) for at in turns.slices[1:]],
            recalled=(rating > AGAIN).double(),
            chain_owner=torch.as_tensor(whose[turns.order]),
            owner=torch.as_tensor(whose[log.chain][turns.source]),
            people=people,
            source=turns.source,
        )

    def lay(self, mask: NDArray[np.bool_]) -> torch.Tensor:
        return torch.as_tensor(mask[self.source])

    def loss(self, parameters: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Mean log loss [people] over the reviews in the mask; 0 for a person without any."""
        chance = self.chances(parameters)[mask].clamp(1e-6, 1 - 1e-6)
        each = torch.nn.functional.binary_cross_entropy(
            chance, self.recalled[mask], reduction="none"
        )
        owner = self.owner[mask]
        total = torch.zeros(self.people, dtype=each.dtype).index_add(0, owner, each)
        return total / torch.bincount(owner, minlength=self.people).clamp(min=1)

    def chances(self, parameters: torch.Tensor) -> torch.Tensor:
        """The recall expected before each review, in this layout; 1 for the first of a chain."""
        w = parameters.T if self.people == 1 else parameters.T[:, self.chain_owner]
        weights = torch.cat([w, _constants(w)])
        alone = weights.unbind()
        stability = _by_rating(w[:4], self.first).clamp(min=STABILITY_MIN)
        difficulty = (w[4] - (w[5] * (self.first - 1)).exp() + 1).clamp(1, 10)
        found = [torch.ones(len(self.first), dtype=torch.float64)]
        for turn in self.later:
            stability, difficulty, chance = _advance(
                alone if self.people == 1 else weights[:, : turn.n].unbind(),
                stability[: turn.n],
                difficulty[: turn.n],
                turn,
            )
            found.append(chance)
        return torch.cat(found)


def _by_rating(values: torch.Tensor, rating: torch.Tensor) -> torch.Tensor:
    """values [4, 1 or n] by each rating [n]."""
    if values.shape[1] == 1:
        return values[:, 0][rating - 1]
    return values.gather(0, (rating - 1)[None])[0]


def _constants(w: torch.Tensor) -> torch.Tensor:
    """What the formulas need beside the parameters: decay, factor, anchor, most after a lapse."""
    decay = -w[20]
    easy = w[4] - (3 * w[5]).exp() + 1
    return torch.stack(
        [decay, torch.expm1(np.log(0.9) / decay), w[7] * easy, (-w[17] * w[18]).exp()]
    )


def _advance(
    weights: Sequence[torch.Tensor], stability: torch.Tensor, difficulty: torch.Tensor, turn: _Turn
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Stability and difficulty after one more review of each card, and the recall before it.

    `weights` are the 21 parameters and the constants, each [1] or [chains].
    """
    *w, decay, factor, anchor, most = weights
    chance = (torch.log1p(factor * turn.elapsed / stability) * decay).exp()
    logs, missing = stability.log(), 1 - chance
    graded = torch.where(turn.hard, w[15], torch.where(turn.easy, w[16], 1.0))
    growth = (w[8] - w[9] * logs).exp() * (11 - difficulty) * torch.expm1(missing * w[10]) * graded
    recalled = stability * (1 + growth)
    long = w[11] * (missing * w[14] - w[12] * difficulty.log()).exp()
    long = long * torch.expm1(w[13] * torch.log1p(stability))
    forgotten = torch.minimum(long, stability * most)
    short = (w[17] * (turn.offset + w[18]) - w[19] * logs).exp()
    short = stability * torch.where(turn.lapsed, short, short.clamp(min=1))
    after = torch.where(turn.same_day, short, torch.where(turn.lapsed, forgotten, recalled))
    drifted = difficulty - w[6] * turn.ninth * (10 - difficulty)
    harder = (anchor + (1 - w[7]) * drifted).clamp(1, 10)
    return after.clamp(min=STABILITY_MIN), harder, chance


def _descend(scan: _Scan, mask: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
    """Adam on parameters in units of their spread, held within FSRS's bounds."""
    spread = torch.tensor(SPREAD, dtype=torch.float64)
    lower, upper = (torch.tensor(bound, dtype=torch.float64) for bound in (LOWER, UPPER))
    published = _unit(torch.tensor([DEFAULT_PARAMETERS], dtype=torch.float64), spread)
    low, high = _unit(lower[None], spread), _unit(upper[None], spread)
    leaf = _unit(start.double(), spread).clone().requires_grad_()
    seen = torch.bincount(scan.owner[mask], minlength=scan.people).clamp(min=1)
    optimiser = torch.optim.Adam([leaf], lr=STEP, betas=(0.6, 0.9))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, ROUNDS)
    for _ in range(ROUNDS if bool(mask.any()) else 0):
        optimiser.zero_grad()
        pull = PULL * (leaf - published).square().sum(1) / seen
        (scan.loss(_plain(leaf, spread), mask) + pull).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            leaf.clamp_(low, high)
    plain = _plain(leaf.detach(), spread)
    return plain.clamp(lower, upper)


def _unit(parameters: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    return torch.cat([parameters[:, :4].log(), parameters[:, 4:]], 1) / spread


def _plain(units: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    scaled = units * spread
    return torch.cat([scaled[:, :4].exp(), scaled[:, 4:]], 1)
