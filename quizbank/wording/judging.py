"""How a verdict is decided: the page of the rules."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "judging.title": ("怎么判的", "How a verdict is decided"),
    "judging.lede": (
        "一条结论是关于一个实验的一句话。判它靠数次数，不看平均值；结果有四种。",
        "A claim is one sentence about an experiment. It is decided by counting runs, not by"
        " looking at an average, and it can come out four ways.",
    ),
    "judging.stamps": ("四种章", "Four stamps"),
    "judging.confirmed": (
        "该有的都有了：次数够，对照也落在它该在的地方。",
        "The counts suffice, and the control landed where it had to.",
    ),
    "judging.refuted": (
        "次数足以否定这句话，或者有一个反例经得起复核。",
        "The counts rule the sentence out, or one counterexample stood up to a second computation.",
    ),
    "judging.inconclusive": (
        "两边都还不够。我们会说大约还要多少次。",
        "Neither side has enough. We say about how many runs would do.",
    ),
    "judging.invalid": (
        "实验本身不可信：比如去掉了原因，现象照样出现。这时那句话的数字再漂亮也不算。",
        "The experiment itself is unsound: the effect appears without its cause, say. Then the"
        " claim’s own number counts for nothing, however handsome.",
    ),
    "judging.sealed": (
        "还没有章：你没押，或者运行没到判的时候。",
        "No stamp yet: you have not guessed, or the run has not come to a look.",
    ),
    "judging.counting": ("数的是什么", "What is counted"),
    "judging.counting_1": (
        "每粒种子跑一次实验，每次给出几个数。结论点名其中一个数，并划出一段范围：高于某个界、低于"
        "某个界，或者在两个界之间。数落在范围里，这一次算成立；落在外面，算不成立；不是有限的数，或者"
        "正好压在界上，算分不清。分不清的，无论要盖哪个章，都按不利的一边计。",
        "An experiment runs once per seed, and every run gives a few numbers. A claim names one of"
        " them and marks out a region: above a bound, below one, or between two. A run whose number"
        " lies inside is for the claim, outside against it. A number that is not finite, or exactly"
        " at the bound, is too close to call, and counts against whichever stamp is asked for.",
    ),
    "judging.counting_2": (
        "所以你看到的总是两个次数：有原因时成立多少次，去掉原因时成立多少次。",
        "So you always see two counts: how often it held, and how often without its cause.",
    ),
    "judging.words": ("结论里的词", "The words in a claim"),
    "judging.word": ("词", "word"),
    "judging.when_confirmed": ("何时证实", "confirmed when"),
    "judging.when_refuted": ("何时证伪", "refuted when"),
    "judging.always": ("总是、从不", "always, never"),
    "judging.always_yes": (
        "至少 256 个随机例子和所有点名的边界例子都成立",
        "at least 256 random cases and every named corner case hold",
    ),
    "judging.always_no": (
        "一个反例，换一条独立的路用 float64 复核后仍是反例",
        "one counterexample survives a second computation in float64",
    ),
    "judging.mostly": ("多半、大多、几乎总是", "typically, mostly, nearly always"),
    "judging.mostly_yes": (
        "精确二项检验排除“至多 50\u00a0%、80\u00a0%、90\u00a0%”",
        "an exact binomial test rejects “at most 50, 80, 90 %”",
    ),
    "judging.mostly_no": ("同样的检验从另一边排除", "the same test, the other way"),
    "judging.between": ("有 a–b 的比例", "in a–b of the runs"),
    "judging.between_yes": ("两头都排除了", "both ends are rejected"),
    "judging.between_no": ("任一头从另一边被排除", "either end is rejected the other way"),
    "judging.sometimes": ("可能", "it can happen"),
    "judging.sometimes_yes": (
        "一个例子经得起复核",
        "one witness survives a second computation",
    ),
    "judging.sometimes_no": ("不会证伪", "never"),
    "judging.shown": ("展示", "shown"),
    "judging.shown_yes": (
        "不盖章：定义、耗时、史实",
        "never stamped: definitions, timings, history",
    ),
    "judging.shown_no": ("不盖章", "never"),
    "judging.looks": ("什么时候看", "When we look"),
    "judging.looks_1": (
        "只在第 64、128、256 粒种子后各看一次，中间不看。反复看、看到满意就停，错判会越攒越多。每条"
        "结论的错判率定在 0.001，三次各分三分之一：正好压在界上的结论，一千条里盖错不到一条。",
        "The evidence is looked at after 64, 128 and 256 seeds and nowhere in between: whoever"
        " looks until it pleases them errs more with every look. The level is 0.001 a claim, a"
        " third of it at each look, so of a thousand claims that sit exactly on their bound fewer"
        " than one gets a wrong stamp.",
    ),
    "judging.looks_2": (
        "“大多”在 64 次里要成立 62 次，128 次里 118 次，256 次里 226 次。",
        "With 64 runs “mostly” needs 62 inside, with 128 it needs 118, with 256 it needs 226.",
    ),
    "judging.tape": (
        "一粒种子一格：长的成立，短的不成立，点还没到；虚线是查看的时候。",
        "One tick a seed: tall is for, short against, a dot still to come; a dotted post marks"
        " each look.",
    ),
    "judging.control": ("对照", "The control"),
    "judging.control_1": (
        "每条结论都要说清：去掉原因，这个数会落在哪里。这段范围两头都有界，而且不能碰到结论自己的"
        "范围。“没有这个现象”算不上预言，因为死掉的、炸掉的对照也满足它。凡是训练，两边都得先"
        "证明自己真的训练起来了。这些条件有一条不满足，就盖“无效”。",
        "Every claim says where the number lands without its cause: a region with both ends, which"
        " does not meet the claim’s own. “No effect” is no prediction, since a dead or exploded"
        " control would satisfy it. Where something is trained, both arms must first show that they"
        " trained. If one of these conditions fails, the stamp says invalid.",
    ),
    "judging.control_2": (
        "每条结论还要给出一组去掉原因的参数，每个实验还要指出改掉哪一行代码就该失败。我们每次改代码"
        "都把这些跑一遍：在这些情况下，什么也不许证实。",
        "Every claim also names parameters under which its cause is gone, and every experiment"
        " names single lines of its code whose change must break it. Each time the code changes we"
        " run all of them, and under none may anything be confirmed.",
    ),
    "judging.before": ("跑之前写定的", "Fixed before the run"),
    "judging.before_1": (
        "界是用另一批试验种子定的，写进代码之后才跑判定用的种子。照着结果划的界必然满足，不算数。"
        "界、指标或者实验一改，就得换新种子重来。",
        "Bounds are set on pilot seeds from another random stream and written into the code; only"
        " then are the deciding seeds run. A bound read off the result is met by construction and"
        " is no claim. When a bound, a metric or the experiment changes, fresh seeds decide.",
    ),
    "judging.not": ("章没有说的", "What a stamp does not say"),
    "judging.not_1": (
        "章只说：在这个实验、这组参数下，它成立了多少次，去掉原因又成立了多少次。它不是数学证明，也不是"
        "“这句话为真的概率”；“总是”也管不到那句话没有点名的情况。",
        "A stamp says how often something held in this experiment, at these parameters, and how"
        " often without the cause. It is no mathematical proof and no probability that the sentence"
        " is true, and an “always” says nothing about cases its sentence does not name.",
    ),
    "judging.see": ("看看实验", "See the experiments"),
}
