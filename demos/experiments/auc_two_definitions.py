"""AUC is an area and a probability, and neither looks at anything but the order.

The area under the ROC curve by trapezia equals the share of pairs of a positive and a negative
that are ranked rightly, if a tie counts one half (Hanley & McNeil 1982). From that follow what it
ignores: increasing transformations, the distance between the classes, the number of negatives
sampled at random (Fawcett 2006). One could deny each: the area joins points by straight lines
that no pair knows of, a model that separates the classes a thousand times less looks worse, and
a tenth of the negatives might well rank otherwise.

Controls: ties credited with nothing, no ties, a transformation that is not increasing, noise
that leaves the distance alone, the hardest tenth of the negatives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.stats import rankdata

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
    mostly,
    nearly_always,
    number,
    switch,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers
from demos.kit.draws import Series as Curve

POSITIVES = 500
FEW = 60, 90  # positives and negatives of which every pair is compared
RATES = [i / 50 for i in range(51)]  # false positive rates at which curves are drawn
Scores = torch.Tensor  # [S, n]
MAPS: dict[str, Callable[[Scores], Scores]] = {
    "exp": torch.exp,
    "logistic": torch.sigmoid,
    "cube": lambda s: s**3,
    "square": torch.square,
}


@dataclass(frozen=True)
class Params:
    separation: float = number(
        1.2, 0.0, 3.0, text=Text("两类得分均值之差", "distance between the classes' mean scores")
    )
    ratio: int = whole(
        10, 2, 20, text=Text("每个正样本配几个负样本", "negatives a positive"), cost=0.7
    )
    keep: float = number(
        0.1, 0.02, 1.0, text=Text("保留的负样本比例", "share of negatives kept"), scale="log"
    )
    grid: float = number(
        1.0, 0.0, 2.0, text=Text("得分取整的间隔，0 为不取整", "scores rounded to, 0 for not")
    )
    half: bool = switch(True, text=Text("并列的一对算一半", "a tied pair counts one half"))
    transform: str = choice(
        "exp",
        {
            "exp": Text("指数", "exponential"),
            "logistic": Text("sigmoid", "sigmoid"),
            "cube": Text("立方", "cube"),
            "square": Text("平方（有正有负时不递增）", "square (not increasing across 0)"),
        },
        text=Text("得分的变换", "transformation of the scores"),
    )
    shrink: float = number(
        1000.0, 1.0, 1e6, text=Text("得分除以", "scores divided by"), scale="log"
    )
    offset: float = number(3.0, 0.0, 10.0, text=Text("所有得分加上", "added to all scores"))
    threshold: float = number(0.5, -1.0, 3.0, text=Text("判为正的阈值", "threshold"))


@dataclass(frozen=True)
class Pairs:
    error: Numbers  # [S] |area under the curve - share of pairs|
    gap: Numbers  # [S] area - share of pairs


@dataclass(frozen=True)
class Gap:
    gap: Numbers


@dataclass(frozen=True)
class Change:
    change: Numbers  # [S] largest |change of AUC|


@dataclass(frozen=True)
class Moved:
    change: Numbers  # [S] |change of AUC|
    distance: Numbers  # [S] distance between the class means / what it was


@dataclass(frozen=True)
class Sampled:
    auc: Numbers  # [S]
    shift: Numbers  # [S] AUC on the kept negatives - AUC on all
    precision: Numbers  # [S] precision at the threshold - precision with all negatives
    curve: Curve  # [S, 51] true positive rate


@dataclass(frozen=True)
class Measurements:
    tied: Pairs
    strict: Pairs
    untied: Gap
    mapped: Change
    squared: Change
    shrunk: Moved
    noisy: Moved
    threshold: Change  # of precision, when all scores are raised by `offset`
    full: Sampled
    random: Sampled
    hardest: Sampled


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    pos, neg = scores(params, seeds, device)
    few_pos, few_neg = pos[:, : FEW[0]], neg[:, : FEW[1]]
    coarse_pos, coarse_neg = rounded(few_pos, params.grid), rounded(few_neg, params.grid)
    area = roc_area(coarse_pos, coarse_neg)
    tied = area - pair_share(coarse_pos, coarse_neg, params.half)
    strict = area - pair_share(coarse_pos, coarse_neg, False)
    untied = roc_area(few_pos, few_neg) - pair_share(few_pos, few_neg, False)
    few = neg[:, :POSITIVES]
    noise = draws(seeds, "noise", 2, POSITIVES, std=2, device=device)
    raised = precision(pos + params.offset, neg + params.offset, params.threshold)
    raised -= precision(pos, neg, params.threshold)
    return Measurements(
        Pairs(numbers(tied.abs()), numbers(tied)),
        Pairs(numbers(strict.abs()), numbers(strict)),
        Gap(numbers(untied)),
        *order(params, pos, few),
        moved(pos, few, pos / params.shrink, few / params.shrink),
        moved(pos, few, pos + noise[:, 0], few + noise[:, 1]),
        Change(numbers(raised.abs())),
        *samples(params, pos, neg),
    )


def scores(params: Params, seeds: Seeds, device: str) -> tuple[Scores, Scores]:
    """Scores of positives [S, 500] and negatives, normal with variance 1."""
    pos = draws(seeds, "positives", POSITIVES, device=device).double() + params.separation
    return pos, draws(seeds, "negatives", POSITIVES * params.ratio, device=device).double()


def rounded(s: Scores, grid: float) -> Scores:
    return (s / grid).round() * grid if grid else s


def roc_area(pos: Scores, neg: Scores) -> torch.Tensor:
    """Area under the ROC curve [S] by trapezia: one point for each distinct score."""
    s = torch.cat([pos, neg], 1)
    order = s.argsort(1, descending=True)
    s, positive = s.gather(1, order), (order < pos.shape[1]).double()
    tpr = positive.cumsum(1) / pos.shape[1]
    fpr = (1 - positive).cumsum(1) / neg.shape[1]
    last = torch.ones_like(s, dtype=torch.bool)  # of the samples with this score
    last[:, :-1] = s[:, 1:] < s[:, :-1]
    points = []
    for rate in (fpr, tpr):
        at = torch.where(last, rate, 0.0).cummax(1).values  # within a tie, stay where it began
        points.append(torch.nn.functional.pad(at, (1, 0)))
    return torch.trapezoid(points[1], points[0], dim=1)


def pair_share(pos: Scores, neg: Scores, half: bool) -> torch.Tensor:
    """Share of pairs [S] whose positive scores higher, every pair compared."""
    difference = pos[:, :, None] - neg[:, None]
    won = (difference > 0).double() + (0.5 if half else 0.0) * (difference == 0)
    return won.mean((1, 2))


def order(params: Params, pos: Scores, neg: Scores) -> tuple[Change, Change]:
    """Change of AUC when scores are moved and transformed, and when they are squared."""
    base = roc_area(pos, neg)
    changes = [
        (roc_area(f(pos), f(neg)) - base).abs()
        for f in (lambda s: s + params.offset, MAPS[params.transform], torch.square)
    ]
    return Change(numbers(torch.maximum(*changes[:2]))), Change(numbers(changes[2]))


def moved(pos: Scores, neg: Scores, new_pos: Scores, new_neg: Scores) -> Moved:
    change = (roc_area(new_pos, new_neg) - roc_area(pos, neg)).abs()
    distance = (new_pos.mean(1) - new_neg.mean(1)) / (pos.mean(1) - neg.mean(1))
    return Moved(numbers(change), numbers(distance))


def precision(pos: Scores, neg: Scores, threshold: float) -> torch.Tensor:
    hits, alarms = ((s > threshold).double().sum(1) for s in (pos, neg))
    return hits / (hits + alarms).clamp(min=1)


def samples(params: Params, pos: Scores, neg: Scores) -> tuple[Sampled, Sampled, Sampled]:
    """All negatives; a random share of them; the same share with the highest scores."""
    kept = max(2, round(params.keep * neg.shape[1]))
    some = neg[:, :kept]  # negatives are independent draws, so the first are a random sample
    hard = neg.topk(kept, 1).values
    whole_auc, whole_precision = roc_area(pos, neg), precision(pos, neg, params.threshold)
    found = []
    for s, auc in ((neg, whole_auc), (some, roc_area(pos, some)), (hard, roc_area(pos, hard))):
        gain = precision(pos, s, params.threshold) - whole_precision
        found.append(Sampled(*map(numbers, (auc, auc - whole_auc, gain, curve(pos, s)))))
    return found[0], found[1], found[2]


def curve(pos: Scores, neg: Scores) -> torch.Tensor:
    """True positive rate [S, 51] at the false positive rates RATES."""
    ranked = neg.sort(1, descending=True).values
    n = neg.shape[1]
    at = torch.tensor([min(round(r * n), n - 1) for r in RATES], device=neg.device)
    thresholds = ranked[:, at]
    above = torch.searchsorted(pos.sort(1).values, thresholds, right=True)
    rates = 1 - above.double() / pos.shape[1]
    rates[:, -1] = 1.0
    return rates


def replay(params: Params, seeds: Seeds) -> dict[str, Numbers]:
    """One seed again in numpy: AUC by the mean rank of the positives."""
    pos, neg = (v[0].numpy() for v in scores(params, seeds, "cpu"))
    few = neg[:POSITIVES]

    def auc(p: Numbers, n: Numbers) -> float:
        ranks = rankdata(np.concatenate([p, n]))[: len(p)]
        return float((ranks.mean() - (len(p) + 1) / 2) / len(n))

    def coarse(s: Numbers) -> Numbers:
        return np.round(s / params.grid) * params.grid if params.grid else s

    p, n = coarse(pos[: FEW[0]]), coarse(neg[: FEW[1]])
    won = np.mean([(x > n).mean() + (0.5 * params.half) * (x == n).mean() for x in p])
    maps: dict[str, Callable[[Numbers], Numbers]] = {
        "exp": np.exp,
        "logistic": lambda s: 1 / (1 + np.exp(-s)),
        "cube": lambda s: s**3,
        "square": np.square,
    }
    f, base = maps[params.transform], auc(pos, few)
    distance = (pos / params.shrink).mean() - (few / params.shrink).mean()
    found = {
        "tied.error": abs(auc(p, n) - won),
        "mapped.change": max(
            abs(auc(pos + params.offset, few + params.offset) - base),
            abs(auc(f(pos), f(few)) - base),
        ),
        "shrunk.change": abs(auc(pos / params.shrink, few / params.shrink) - base),
        "shrunk.distance": distance / (pos.mean() - few.mean()),
    }
    return {metric: np.array([float(value)]) for metric, value in found.items()}


def constant_error(params: Params) -> float:
    """The two definitions compared where all scores are equal."""
    one, three = torch.zeros(1, 1).double(), torch.zeros(1, 3).double()
    return float((roc_area(one, three) - pair_share(one, three, params.half)).abs()[0])


DEFAULT = Params()
NEGATIVES = POSITIVES * DEFAULT.ratio
LOOKS = (256,)

DEMO = Demo(
    title=Text("AUC 的两种定义，和它看不见的东西", "Two definitions of AUC, and what it ignores"),
    question=Text(
        "ROC 曲线下的面积为什么等于排对一对的概率？什么改变不了 AUC？",
        "Why is the area under the ROC curve the chance of ranking a pair rightly, and what leaves"
        " it unchanged?",
    ),
    summary=Text(
        f"{POSITIVES} 个正样本、{NEGATIVES} 个负样本的得分：面积和数对子各算一遍，"
        "再取整、变换、压缩、抽样，看 AUC 动不动。",
        f"Scores of {POSITIVES} positives and {NEGATIVES} negatives: AUC as an area and by counting"
        " pairs, then with scores rounded, transformed, shrunk and sampled.",
    ),
    topic="metrics",
    params=DEFAULT,
    run=run,
    replay=replay,
    chunk=64,
    claims=(
        Claim(
            slug="area_is_pair_probability",
            text=Text(
                "ROC 曲线下的面积总是等于正样本得分高于负样本的对子所占比例，并列的一对算一半。",
                "The area under the ROC curve always equals the share of pairs in which the"
                " positive scores higher, a tied pair counting one half.",
            ),
            decides=("AUC-1",),
            clauses=(always("tied.error", below=1e-9),),
            controls=(nearly_always("strict.error", above=0.03, below=0.2),),
            control_text=Text(
                "只改一处：并列的对子不计。", "One change: tied pairs count nothing."
            ),
            corners=(
                Corner(Text("所有样本同分", "all scores equal"), "tied.error", constant_error),
            ),
            broken=replace(DEFAULT, half=False),
            looks=LOOKS,
        ),
        Claim(
            slug="strict_count_falls_short",
            text=Text(
                f"得分按 {DEFAULT.grid:g} 取整、出现并列时，只数“严格低于”会让 AUC 少 0.05 以上。",
                f"With scores rounded to multiples of {DEFAULT.grid:g}, counting only negatives"
                " scored strictly lower makes AUC more than 0.05 too small.",
            ),
            decides=("AUC-2",),
            clauses=(mostly("strict.gap", above=0.05),),
            controls=(mostly("untied.gap", above=-1e-9, below=1e-9),),
            control_text=Text(
                "只改一处：得分不取整，没有并列。", "One change: no rounding, hence no ties."
            ),
            broken=replace(DEFAULT, grid=0.0),
            looks=LOOKS,
        ),
        Claim(
            slug="only_the_order_counts",
            text=Text(
                f"所有得分加 {DEFAULT.offset:g}，或者取指数，AUC 总是一点不变。",
                f"Adding {DEFAULT.offset:g} to all scores, or taking their exponential, never"
                " changes AUC at all.",
            ),
            decides=("AUC-3",),
            clauses=(always("mapped.change", below=1e-12),),
            controls=(nearly_always("squared.change", above=0.04, below=0.3),),
            control_text=Text(
                "只改一处：把得分平方，负分的次序就颠倒了。",
                "One change: scores squared, which reverses the negative ones.",
            ),
            broken=replace(DEFAULT, transform="square"),
            looks=LOOKS,
        ),
        Claim(
            slug="a_threshold_sees_values",
            text=Text(
                f"阈值定在 {DEFAULT.threshold:g}，所有得分加 {DEFAULT.offset:g}："
                "排序没变，精确率却变了 0.05 以上。",
                f"With the threshold at {DEFAULT.threshold:g}, adding {DEFAULT.offset:g} to all"
                " scores leaves the ranking alone and changes precision by more than 0.05.",
            ),
            clauses=(mostly("threshold.change", above=0.05),),
            controls=(mostly("mapped.change", above=-1e-9, below=1e-9),),
            control_text=Text("只改一处：看的是 AUC。", "One change: AUC is measured instead."),
            broken=replace(DEFAULT, offset=0.0),
            looks=LOOKS,
        ),
        Claim(
            slug="random_negatives_suffice",
            text=Text(
                f"随机留下 {DEFAULT.keep:.0%} 的负样本，AUC 几乎总是只差 0.04 以内，"
                "精确率却抬高 0.3 以上。",
                f"With a random {DEFAULT.keep * 100:g} % of the negatives AUC is nearly always"
                " within 0.04 of its value on all of them, while precision rises by more than 0.3.",
            ),
            decides=("AUC-4",),
            clauses=(
                nearly_always("random.shift", above=-0.04, below=0.04),
                mostly("random.precision", above=0.3),
            ),
            controls=(nearly_always("hardest.shift", above=-0.65, below=-0.35),),
            control_text=Text(
                "只改一处：留下得分最高的那些，数目相同。",
                "One change: as many are kept, but those with the highest scores.",
            ),
            broken=replace(DEFAULT, keep=1.0),
            looks=LOOKS,
        ),
        Claim(
            slug="the_distance_is_invisible",
            text=Text(
                f"所有得分除以 {DEFAULT.shrink:g}，两类均值之差缩到约 1/{DEFAULT.shrink:g}，"
                "AUC 总是一点不变。",
                f"Dividing all scores by {DEFAULT.shrink:g} brings the class means about"
                f" {DEFAULT.shrink:g} times closer and never changes AUC at all.",
            ),
            decides=("AUC-5",),
            clauses=(
                always("shrunk.change", below=1e-12),
                always("shrunk.distance", below=1.1 / DEFAULT.shrink),
            ),
            controls=(
                nearly_always("noisy.change", above=0.05, below=0.3),
                nearly_always("noisy.distance", above=0.5, below=1.6),
            ),
            control_text=Text(
                "反过来：不除，只加噪声。均值之差大致还在，AUC 却掉了。",
                "The reverse: noise instead of division keeps the distance roughly as it was,"
                " and AUC falls.",
            ),
            broken=replace(DEFAULT, shrink=1.0),
            looks=LOOKS,
        ),
    ),
    figure=Figure(
        kind="lines",
        title=Text("换一批负样本，ROC 曲线变不变", "The ROC curve under other negatives"),
        caption=Text(
            "随机抽十分之一，曲线和全部负样本的重合；只留最难的十分之一，曲线沉到对角线以下。"
            "带子盖住 95% 的种子。",
            "A random tenth gives the curve of all negatives; the hardest tenth sinks below the"
            " diagonal. Band: 95 % of seeds.",
        ),
        x=Axis(Text("假阳率", "false positive rate")),
        y=Axis(Text("真阳率", "true positive rate")),
        series=(
            Series("full.curve", Text("全部负样本", "all negatives")),
            Series("random.curve", Text("随机保留", "a random share")),
            Series(
                "hardest.curve", Text("最难的（对照）", "the hardest (control)"), role="control"
            ),
        ),
        x_values=lambda _: RATES,
    ),
    prediction=Prediction(
        Text(
            f"模型在全部负样本上的 AUC 约为 0.8。只保留得分最高的 {DEFAULT.keep:.0%} 负样本"
            "（难负例）再算，AUC 会是多少？",
            "On all negatives a model has an AUC of about 0.8. It is computed again with only"
            f" the {DEFAULT.keep * 100:g} % of the negatives that score highest, the hard ones. It"
            " becomes …",
        ),
        "hardest.auc",
        (
            Option("below", Text("低于 0.5", "less than 0.5"), below=0.5),
            Option("lower", Text("0.5 到 0.75", "0.5 to 0.75"), above=0.5, below=0.75),
            Option("same", Text("0.75 以上", "more than 0.75"), above=0.75),
        ),
    ),
    mutations=(
        Mutation(
            "won = (difference > 0).double() + (0.5 if half else 0.0) * (difference == 0)",
            "won = (difference >= 0).double()",
            loses=("area_is_pair_probability", "strict_count_falls_short"),
        ),
        Mutation(
            "(lambda s: s + params.offset, MAPS[params.transform], torch.square)",
            "(torch.cos, torch.cos, torch.square)",
            loses=("only_the_order_counts", "a_threshold_sees_values"),
        ),
        Mutation(
            "some = neg[:, :kept]",
            "some = neg.sort(1).values[:, :kept]",
            loses=("random_negatives_suffice",),
        ),
        Mutation(
            "moved(pos, few, pos / params.shrink, few / params.shrink)",
            "moved(pos, few, pos / params.shrink, few)",
            loses=("the_distance_is_invisible",),
        ),
    ),
    presets=(
        Preset("default", Text("默认", "Default"), DEFAULT),
        Preset(
            "make_it_fail",
            Text("让它失败：并列的对子不计", "Make it fail: tied pairs count nothing"),
            replace(DEFAULT, half=False),
        ),
        Preset(
            "follow_up",
            Text("追问：只留 5% 的负样本呢？", "Follow-up: what if only 5 % are kept?"),
            replace(DEFAULT, keep=0.05),
        ),
    ),
)
