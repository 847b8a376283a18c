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
        "还没有复习。学过几张卡，这里就有东西可看：记忆率要 30 次隔天的复习才说得准，"
        "校准要 50 次。",
        "No reviews yet. Once there are some, this page fills: retention takes 30 reviews on later"
        " days to mean something, calibration 50.",
    ),
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
        "隔天的复习才 {n} 次，满 30 次再看。",
        "Only {n} {n:review|reviews} on a later day so far; look again at 30.",
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
    "progress.retention_high": (
        "记得 {share} % [{low}, {high}]，高于想要的 {wanted} %：复习得比需要的勤。",
        "You recall {share} % [{low}, {high}], above the {wanted} % you want: you review more than"
        " you need to.",
    ),
    "progress.retention_act": ("看设置", "See the settings"),
    "progress.ahead": ("未来 30 天", "The next 30 days"),
    "progress.due": ("已排定", "promised"),
    "progress.new": ("照此进度的新卡", "new at your pace"),
    "progress.today": ("今天", "today"),
    "progress.ahead_words": (
        "今天 {today} 张，最满的是 {day}，{n} 张。新卡之后的复习还没算进去。",
        "{today} today; the fullest is {day} with {n}. Reviews that follow from new cards are not"
        " in it yet.",
    ),
    "progress.ahead_none": ("没有排定的卡。", "No card is promised."),
    "progress.ahead_act": ("去学", "Study"),
    "progress.topics": ("各主题现在的回忆概率", "Recall by topic, now"),
    "progress.studied": ("{n}/{total} 题", "{n} of {total}"),
    "progress.topics_words": (
        "学过的卡的中位数。最弱的是{topic}，{share} %。",
        "Medians of the cards studied. The weakest is {topic} at {share} %.",
    ),
    "progress.topics_none": ("学过的主题会出现在这里。", "Topics you have studied appear here."),
    "progress.topics_act": ("先练{topic}", "Practise {topic}"),
    "progress.calibration": ("预测与实际", "Predicted and actual"),
    "progress.happened": ("实际记得", "recalled"),
    "progress.predicted": ("预测的回忆概率", "predicted recall"),
    "progress.calibration_words": (
        "空心的点不足 10 次。对数损失 {loss}。{sure}",
        "Hollow dots rest on fewer than 10. Log loss {loss}. {sure}",
    ),
    "progress.sure": (
        "你说“很有把握”的 {n} 次里，对了 {share} %。",
        "Of the {n} times you were sure, {share} % were right.",
    ),
    "progress.calibration_none": (
        "隔天的复习满 50 次才画得出来，现在有 {n} 次。",
        "It takes 50 reviews on later days; there are {n} so far.",
    ),
    "progress.calibration_act": ("做一组测验", "Take a quiz"),
    "progress.year": ("学习日", "Days studied"),
    "progress.year_words": (
        "过去一年 {n} 天。格子越深做得越多；空着的就是空着，不算断签。",
        "{n} {n:day|days} in the past year. Darker squares hold more; an empty one is just empty,"
        " no broken streak.",
    ),
    "progress.month": ("{n} 月", "{name}"),
    "progress.table": ("表格", "Table"),
    "progress.n": ("次数", "n"),
    "progress.recalled": ("记得", "recalled"),
    "progress.share": ("比例", "share"),
    "progress.interval": ("95 % 区间", "95 % interval"),
    "progress.day": ("日期", "day"),
    "progress.topic": ("主题", "topic"),
    "progress.recall": ("回忆概率", "recall"),
    "progress.seen": ("学过", "studied"),
    "progress.questions": ("题数", "questions"),
    "progress.band": ("预测", "predicted"),
    "progress.mean": ("平均预测", "mean predicted"),
    "progress.reviews": ("复习次数", "reviews"),
    "progress.confidence": ("把握", "how sure"),
}
