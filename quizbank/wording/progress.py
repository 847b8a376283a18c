"""The progress page: five panels, each with one sentence and one thing to do."""

from __future__ import annotations

WORDS = {
    "nav.progress": ("进度", "Progress"),
    "progress.title": ("进度", "Progress"),
    "progress.lede": (
        "只看记得住多少，不数打了多少卡。{n} 次复习，{days} 天，{minutes} 分钟。",
        "What counts is what you recall, not how often you came. {n} {n:review|reviews} on {days}"
        " {days:day|days}, {minutes} {minutes:minute|minutes}.",
    ),
    "progress.none": (
        "还没有复习。学起来之后，这一页会回答五个问题：",
        "No reviews yet. Once there are some, this page answers five questions:",
    ),
    "progress.soon_ahead": ("今天和往后 30 天各有多少张", "How many cards, today and in 30 days"),
    "progress.soon_topics": ("哪个主题最弱", "Which topic is the weakest"),
    "progress.soon_year": ("哪些天学过", "On which days you studied"),
    "progress.soon_retention": ("真正记住了多少", "How much you really recall"),
    "progress.soon_calibration": ("预测和把握准不准", "Whether predictions and certainty hold"),
    "progress.from_first": ("第一张卡之后", "after the first card"),
    "progress.from_tests": ("隔天的复习满 {n} 次", "after {n} reviews on later days"),
    "progress.start": ("开始学", "Start studying"),
    "progress.retention": ("真实记忆率", "True retention"),
    "progress.wanted": ("想要 {n} %", "wanted {n} %"),
    "progress.young": ("新记忆", "young"),
    "progress.mature": ("熟记忆", "mature"),
    "progress.all": ("全部", "all"),
    "progress.ever": ("至今", "ever"),
    "progress.days": ("{n} 天", "{n} days"),
    "progress.row": ("{what}，{when}", "{what}, {when}"),
    "progress.retention_few": (
        "隔天的复习有 {n} 次，满 30 次才下结论。",
        "{n} {n:review|reviews} on a later day so far; the verdict waits for 30.",
    ),
    "progress.retention_none": (
        "还没有隔天的复习；满 30 次，这里才下结论。",
        "No review on a later day yet; the verdict waits for 30.",
    ),
    "progress.retention_fine": (
        "记得 {share} % [{low}, {high}]，想要 {wanted} %。没有什么要改的。",
        "You recall {share} % [{low}, {high}] and want {wanted} %. Nothing to change.",
    ),
    "progress.retention_low": (
        "记得 {share} % [{low}, {high}]，低于想要的 {wanted} %。可以按你的记录调记忆参数。",
        "You recall {share} % [{low}, {high}], below the {wanted} % you want. Parameters fitted to"
        " your record may help.",
    ),
    "progress.retention_low_fitted": (
        "记得 {share} % [{low}, {high}]，低于想要的 {wanted} %。现在用的参数已按你的记录调过，"
        "往后的间隔按它排。",
        "You recall {share} % [{low}, {high}], below the {wanted} % you want. The parameters in use"
        " are fitted to your record already; intervals from now on follow them.",
    ),
    "progress.retention_high": (
        "记得 {share} % [{low}, {high}]，高于想要的 {wanted} %：复习得比需要的勤。",
        "You recall {share} % [{low}, {high}], above the {wanted} % you want: you review more than"
        " you need to.",
    ),
    "progress.retention_act": ("看设置", "See the settings"),
    "progress.ahead": ("未来 {n} 天", "The next {n} days"),
    "progress.due": ("已排定", "promised"),
    "progress.new": ("照此进度的新卡", "new at your pace"),
    "progress.today": ("今天", "today"),
    "progress.ahead_words": (
        "今天 {today} 张；最满的是 {day}，{n} 张。",
        "{today} today; the fullest day is {day}, with {n}.",
    ),
    "progress.ahead_first": (
        "今天 {today} 张，往后 {days} 天里今天最满。",
        "{today} today, the fullest day of the {days}.",
    ),
    "progress.ahead_later": (
        "新卡之后的复习还没算进去。",
        " Reviews that follow from new cards are not in it yet.",
    ),
    "progress.interview": ("面试", "interview"),
    "progress.ahead_interview": (
        "虚线标出面试那天，{day}。",
        " The dotted line marks the interview on {day}.",
    ),
    "progress.ahead_none": ("没有排定的卡。", "No card is promised."),
    "progress.ahead_act": ("去学", "Study"),
    "progress.topics": ("各主题现在的回忆概率", "Recall by topic, now"),
    "progress.studied": ("{n}/{total} 题", "{n} of {total}"),
    "progress.topics_words": (
        "学过的卡的中位数。最弱的是{topic}，{share} %。",
        "Medians of the cards studied. The weakest is {topic} at {share} %.",
    ),
    "progress.topics_fresh": (
        "学过的卡的中位数。都是今天刚学的，明天起才看得出强弱。",
        "Medians of the cards studied. All were studied today; from tomorrow on they differ.",
    ),
    "progress.topics_none": ("学过的主题会出现在这里。", "Topics you have studied appear here."),
    "progress.topics_act": ("先练{topic}", "Practise {topic}"),
    "progress.calibration": ("预测与实际", "Predicted and actual"),
    "progress.happened": ("实际记得", "recalled"),
    "progress.predicted": ("预测的回忆概率", "predicted recall"),
    "progress.calibration_words": (
        "{hollow}对数损失 {loss}。{sure}",
        "{hollow}Log loss {loss}. {sure}",
    ),
    "progress.hollow": ("空心的点不足 {n} 次。", "Hollow dots rest on fewer than {n}. "),
    "progress.sure": (
        "你说“很有把握”的 {n} 次里，对了 {share} %。",
        "Of the {n} times you were sure, {share} % were right.",
    ),
    "progress.calibration_none": (
        "隔天的复习满 50 次才画得出点，现在有 {n} 次。",
        "Dots appear after 50 reviews on later days; so far there {n:is|are} {n}.",
    ),
    "progress.calibration_act": ("做一组测验", "Take a quiz"),
    "progress.year": ("学习日", "Days studied"),
    "progress.year_words": (
        "过去一年 {n} 天。颜色越重做得越多；空着的就是空着，不算断签。",
        "{n} {n:day|days} in the past year. The stronger the shade, the more reviews; an empty"
        " square is just empty, no broken streak.",
    ),
    "progress.month": ("{n} 月", "{name}"),
    "progress.table": ("表格", "Table"),
    "progress.which": ("哪些记忆", "memories"),
    "progress.n": ("次数", "n"),
    "progress.recalled": ("记得", "recalled"),
    "progress.share": ("比例（%）", "share, %"),
    "progress.interval": ("95 % 区间（%）", "95 % interval, %"),
    "progress.day": ("日期", "day"),
    "progress.topic": ("主题", "topic"),
    "progress.recall": ("回忆概率（%）", "recall, %"),
    "progress.seen": ("学过", "studied"),
    "progress.questions": ("题数", "questions"),
    "progress.band": ("预测（%）", "predicted, %"),
    "progress.mean": ("平均预测（%）", "mean predicted, %"),
    "progress.reviews": ("复习次数", "reviews"),
    "progress.confidence": ("把握", "how sure"),
}
