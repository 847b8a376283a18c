"""The panel of a proof, on cards and on question pages."""

from __future__ import annotations

WORDS = {
    "proof.measured": ("实测", "Measured"),
    "proof.one": ("这一题有一个实验", "this question has an experiment"),
    "proof.many": ("这一题有 {n} 个实验", "this question has {n} experiments"),
    "proof.sealed_wait": (
        "坐标轴已经画好，结果等你押了再画。",
        "The axes are drawn; the result waits for your guess.",
    ),
    "proof.sealed_answer": (
        "坐标轴已经画好，结果和答案一起出来。",
        "The axes are drawn; the result comes with the answer.",
    ),
    "proof.sealed_stamp": ("答完再盖章", "answer first"),
    "proof.label": ("证明", "Proof"),
    "proof.claim": ("待证的话", "The claim"),
    "proof.you_said": ("你押 <b>{said}</b>，把握“{sure}”。", "You said <b>{said}</b> ({sure})."),
    "proof.you_skipped": ("你没有押。", "You made no prediction."),
    "proof.found": ("实测 {number}。", "Measured {number}."),
    "proof.right": ("押中了。", "You had it right."),
    "proof.was": ("也就是“{right}”。", "That is “{right}”."),
    "proof.no_option": (
        "测得的数不在这几个选项里。",
        "What was measured fits none of the options.",
    ),
    "proof.stamped": ("{counts} 粒种子", "{counts} seeds"),
    "proof.claims": ("逐条判定", "Claim by claim"),
    "proof.decides": ("上面的章由这一条定", "this one decides the stamp above"),
    "proof.control": ("对照", "Control"),
    "proof.control_found": ("{n} 次中有 {inside} 次成立。", "It held in {inside} of {n}."),
    "proof.control_both": ("{held}中位数 {number}。", "{held} Median {number}."),
    "proof.decided": ("怎么判的", "How it is decided"),
    "proof.decided_words": (
        "跑之前写定：{needs}。对照若也成立，就盖“无效”。",
        "Fixed before the run: {needs}. If the control holds too, the stamp says invalid.",
    ),
    "proof.decided_more": ("判定规则", "The rules"),
    "proof.table": ("同样的数字，表格", "Same numbers as a table"),
    "proof.run": ("换新种子再跑", "Run with new seeds"),
    "proof.run_time": ("换新种子再跑，约 {seconds}", "Run with new seeds, {seconds}"),
    "proof.lab": ("到实验室改参数", "Change it in the lab"),
    "proof.permalink": ("这次运行", "This run"),
    "proof.stale": (
        "实验的代码在这次运行之后改过，新的结果正在等待。",
        "The experiment’s code has changed since this run; a new result is on its way.",
    ),
    "proof.queued": ("还没有结果", "No result yet"),
    "proof.queued_words": (
        "默认的一次运行已经排队，跑完这里会自己更新。",
        "The default run is queued; this panel updates itself when it is done.",
    ),
    "proof.queued_later": ("稍后再看这道题", "See this question later"),
    "proof.more": ("另外的实验", "Further experiments"),
    "proof.not_decided": (
        "这道题没有能判定它的实验，下面的实验只作说明。",
        "No experiment can decide this question; what follows only illustrates it.",
    ),
    "proof.waits": ("还没跑", "not run yet"),
}
