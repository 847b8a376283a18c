"""Verdicts in sentences, Chinese and English. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demos.kit.declare import ALWAYS, NEVER, SOMETIMES, Claim, Clause, Share, Text

PREVIEW = 64


def percent(share: float) -> str:
    return f"{100 * share:g}\u00a0%"


def share_word(share: Share | None) -> Text:
    """The word for a share of runs, as it stands in a claim."""
    if share == SOMETIMES:
        return Text("可能", "it can happen")
    if share == ALWAYS:
        return Text("总是", "always")
    if share == NEVER:
        return Text("从不", "never")
    assert share is not None
    low, high = share
    if high < 1:
        return Text(
            f"有 {percent(low)}–{percent(high)} 的比例",
            f"in {percent(low)}–{percent(high)} of the runs",
        )
    words = {
        0.5: Text("多半", "typically"),
        0.8: Text("大多", "mostly"),
        0.9: Text("几乎总是", "nearly always"),
    }
    return words.get(low, Text(f"超过 {percent(low)}", f"in more than {percent(low)}"))


def requirement(clause: Clause) -> Text:
    """What a clause asks for, in words."""
    if clause.share == SOMETIMES:
        return Text("只要有一个经得起复核的例子", "one witness that survives a second computation")
    if clause.share in (ALWAYS, NEVER):
        return Text("不能有任何反例", "not one counterexample")
    assert clause.share is not None
    low, high = clause.share
    if high < 1:
        return Text(
            f"成立的比例要在 {percent(low)} 到 {percent(high)} 之间",
            f"between {percent(low)} and {percent(high)} of the runs",
        )
    return Text(f"要求超过 {percent(low)} 的运行成立", f"more than {percent(low)} of the runs")


def sentence(claim: Claim, finding: Mapping[str, Any]) -> Text:
    """The one sentence that states a verdict, always with both counts."""
    verdict = finding["verdict"]
    if verdict == "shown":
        return Text("展示，不作判定。", "Shown, not judged.")
    if verdict == "invalid":
        return _invalid(finding)
    said = _confirmed_or_refuted(claim, finding) if verdict != "inconclusive" else _open(finding)
    return _with_doubt(said, finding)


def _control(f: Mapping[str, Any]) -> Text:
    if f["control_n"] is None:
        return Text("", "")
    inside, n = f["control_inside"], f["control_n"]
    if inside == 0:
        return Text(f"去掉原因后，{n} 次中一次也没有。", f" Without the cause it held in 0 of {n}.")
    return Text(
        f"去掉原因后，{n} 次中有 {inside} 次成立。",
        f" Without the cause it held in {inside} of {n}.",
    )


def _confirmed_or_refuted(claim: Claim, f: Mapping[str, Any]) -> Text:
    confirmed = f["verdict"] == "confirmed"
    clause = next((c for c in claim.clauses if c.metric == f["metric"]), claim.clauses[0])
    n, inside, control = f["n"], f["inside"], _control(f)
    if clause.single:
        return _single(claim, clause, f, confirmed)
    low, high = clause.share or (0.0, 1.0)
    if high < 1:
        where_zh = "确实在" if confirmed else "不在"
        where_en = "between" if confirmed else "not between"
        tail = ", as claimed" if confirmed else ", as was claimed"
        a, b = percent(low), percent(high)
        return Text(
            f"{n} 次运行中出现 {inside} 次，{where_zh} {a} 到 {b} 之间；{control.zh}",
            f"Happened in {inside} of {n} runs: {where_en} {a} and {b}{tail}." + control.en,
        )
    only_zh, only_en = ("", "") if confirmed else ("只有 ", "only ")
    return Text(
        f"{n} 次运行中{only_zh or ' '}{inside} 次成立，要求是超过 {percent(low)}；{control.zh}",
        f"Held in {only_en}{inside} of {n} runs; more than {percent(low)} were needed."
        + control.en,
    )


def _single(claim: Claim, clause: Clause, f: Mapping[str, Any], confirmed: bool) -> Text:
    control, n = _control(f), f["n"]
    case = (f["rows"] or [None])[0]
    if clause.share == SOMETIMES and confirmed:
        return Text(
            f"确实可能发生：第 {case} 个例子就是，并已用另一种方法复核；{control.zh}",
            f"It can happen: case {case} shows it and was checked a second way." + control.en,
        )
    if not confirmed:
        which_zh = f"第 {case} 个例子" if case is not None else "一个边界例子"
        which_en = f"Case {case}" if case is not None else "A corner case"
        return Text(
            f"{which_zh}与它矛盾，已复核。", f"{which_en} contradicts it, checked a second way."
        )
    corners = len(claim.corners)
    and_zh = f"和 {corners} 个边界例子" if corners else ""
    and_en = f" and {corners} corner case{'s' if corners > 1 else ''}" if corners else ""
    rarer = round(1 / (1 - 0.001 ** (1 / n)))
    return Text(
        f"{n} 个随机例子{and_zh}中没有反例；即使有，也少于 1/{rarer}。{control.zh}",
        f"No counterexample in {n} random cases{and_en}; if there are any, fewer than 1 case"
        f" in {rarer}." + control.en,
    )


def _invalid(f: Mapping[str, Any]) -> Text:
    if f["reason"] == "equal_inputs":
        return Text(
            "相同的输入给出了不同的数：这个实验不可信。",
            "Equal inputs gave unequal numbers: this experiment cannot be trusted.",
        )
    at = f["at"] or {}
    if f["reason"] == "not_finite":
        lost = at["n"] - at["inside"] - at["outside"]
        return Text(
            f"{at['n']} 次运行中有 {lost} 次得到非有限的数：无法得出结论。",
            f"{lost} of {at['n']} runs gave no finite number: nothing can be concluded.",
        )
    if f["control_n"] and f["control_inside"] * 2 > f["control_n"]:
        return Text(
            f"去掉原因后 {f['control_n']} 次中仍有 {f['control_inside']} 次成立："
            "这个实验什么也证明不了。",
            f"Without the cause it held in {f['control_inside']} of {f['control_n']} runs too:"
            " this experiment proves nothing.",
        )
    arm_zh = "对照组" if at.get("arm") == "without" else "实验组"
    arm_en = "The control" if at.get("arm") == "without" else "The experiment"
    return Text(
        f"{arm_zh} {at['n']} 次中只有 {at['inside']} 次符合事先写定的要求：无法得出结论。",
        f"{arm_en} met its own stated requirement in only {at['inside']} of {at['n']} runs:"
        " nothing can be concluded.",
    )


def _open(f: Mapping[str, Any]) -> Text:
    n, inside = f["n"], f["inside"]
    if f["reason"] == "preview":
        return Text(
            f"目前 {n} 次中 {inside} 次成立；满 {PREVIEW} 次才下结论。",
            f"{inside} of {n} so far. A verdict needs {PREVIEW}.",
        )
    if f["reason"] == "guard_open":
        return Text(
            f"{n} 次中 {inside} 次成立，但对照还没有落定，所以不下结论。",
            f"Held in {inside} of {n} runs, but the experiment's own checks are not settled yet.",
        )
    if f["likely_n"]:
        return Text(
            f"{n} 次中 {inside} 次成立，还不能下结论；大约 {f['likely_n']} 次运行可能够了。",
            f"Held in {inside} of {n} runs: too close to decide. About {f['likely_n']} runs"
            " would probably decide.",
        )
    return Text(
        f"{n} 次中 {inside} 次成立，还不能下结论。",
        f"Held in {inside} of {n} runs: that does not decide it.",
    )


def _with_doubt(said: Text, f: Mapping[str, Any]) -> Text:
    doubtful = f["doubtful"]
    if not doubtful:
        return said
    return Text(
        said.zh + f"另有 {doubtful} 次得不出数或正好落在界上，按不利的一边计。",
        said.en
        + f" {doubtful} more gave no number or sat on the bound, and count against any stamp.",
    )
