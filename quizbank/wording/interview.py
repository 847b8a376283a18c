"""The interview one prepares for."""

from __future__ import annotations

WORDS = {
    "interview.title": ("面试", "Interview"),
    "interview.ask": ("什么时候面试？", "When is the interview?"),
    "interview.lede": (
        "定下日子，复习就朝那天排：题单里的每张卡在最后几天都再看一眼，"
        "这里算出那天大概能答上多少。",
        "Name the day and the schedule leads there: every card of the list gets a last look in"
        " the days before, and you see here how much you will recall.",
    ),
    "interview.over": ("面试过了。", "The interview is behind you."),
    "interview.over_words": (
        "复习已照平常安排。收起这一场，或直接定下一场。",
        "The schedule is back to normal. Put this one behind, or set the next.",
    ),
    "interview.put_behind": ("收起", "Put it behind"),
    "interview.saved": ("已按这一天安排。", "The schedule now leads to that day."),
    "interview.closed": (
        "已收起；为它提前的卡回到原来的日子。",
        "Put behind; cards brought forward for it are back on their days.",
    ),
    "interview.in_days": ("还有 {n} 天", "in {n} {n:day|days}"),
    "interview.change_short": ("改", "change"),
    "interview.set": ("定一个面试日", "Set an interview date"),
    "interview.set_words": (
        "有了日子，复习会在那之前把题单都过一遍。",
        "With a date, everything on your list gets a last look before it.",
    ),
    "interview.if_today": ("如果今天面试，能答上", "If the interview were today, you would recall"),
    "interview.on_the_day": (
        "照每天 {n} 道新题，那天能答上",
        "On the day, at {n} new a day",
    ),
    "interview.going_on": ("照常复习，那天能答上", "On the day, if you go on"),
    "interview.of_list": ("题单共 {n} 题", "of the list of {n}"),
    "interview.percent": ("{n} %", "{n} %"),
    "interview.all_seen": (
        "题单里的题都学过了，剩下的是别忘。",
        "Every question of the list is learnt; what is left is not to forget.",
    ),
    "interview.in_time": (
        "还有 {unseen} 题没学过；每天 {n} 道，来得及都学。",
        "{unseen} not learnt yet; at {n} a day there is time for all of them.",
    ),
    "interview.too_slow": (
        "还有 {unseen} 题没学过；照现在的速度会剩 {left} 题，每天 {needed} 道才来得及。",
        "{unseen} not learnt yet. At this pace {left} would be left; {needed} a day reach all.",
    ),
    "interview.study": ("学题单", "Study the list"),
    "interview.weak": ("只练弱的", "Weak ones only"),
    "interview.cram": ("全部过一遍，不动日程", "Go through all, schedule left alone"),
    "interview.outlook": ("从今天到那天", "From today to the day"),
    "interview.share": ("题单中能答上的", "share of the list recalled"),
    "interview.end_pace": ("{share} %，每天 {n} 新", "{share} % at {n} a day"),
    "interview.end_going_on": ("{share} %，照常学", "{share} % if you go on"),
    "interview.end_stop": ("{share} %，停下", "{share} % if you stop"),
    "interview.outlook_label": (
        "到 {day} 能答上的比例：今天 {now} %，照这个进度 {then} %，停下来 {stop} %",
        "Share recalled by {day}: {now} % today, {then} % at this pace, {stop} % if you stop",
    ),
    "interview.pace": ("速度", "Pace"),
    "interview.new_a_day": ("每天 {n} 道新题", "{n} new a day"),
    "interview.learnt": ("学过", "Learnt"),
    "interview.minutes": ("每天分钟", "Minutes a day"),
    "interview.at_most": ("最多 {n}", "at most {n}"),
    "interview.then": ("那天答上", "On the day"),
    "interview.assumes": (
        "方括号是 95 % 的面试会落在的范围，只算运气，并假定你天天学、记忆如模型所料；"
        "没学过的算答不上。",
        "In brackets: where 95 of 100 interviews would fall by chance alone, if you study every"
        " day and remember as the model expects. Unseen questions count as not recalled.",
    ),
    "interview.by_topic": ("按主题", "By topic"),
    "interview.recalled": ("今天能答", "Recalled today"),
    "interview.seen": ("学过", "Learnt"),
    "interview.weakest": ("最弱的", "Weakest"),
    "interview.plan": ("哪天做什么", "What is due when"),
    "interview.dated": ("已排定的卡", "cards dated"),
    "interview.expected": ("预计作答", "answers to expect"),
    "interview.last_days": ("最后一眼", "last look"),
    "interview.is_last": ("（最后几天）", "(last days)"),
    "interview.last_look": (
        "最后 {n} 天里每张卡都再看一次，那之后要到面试当天还记得住 {wanted} %。",
        "In the last {n} days every card is seen once more, so that {wanted} % hold until the day.",
    ),
    "interview.change": ("改日子或题单", "Change the date or the list"),
    "interview.when": ("日子", "The day"),
    "interview.day": ("面试日期", "Date of the interview"),
    "interview.name": ("名称", "Name"),
    "interview.name_note": ("可空，如公司和岗位", "may be empty; a company, a role"),
    "interview.retention": ("那天要记得", "To hold on the day"),
    "interview.retention_note": (
        "70 到 97；最后几天按它排",
        "70 to 97; the last days are planned by it",
    ),
    "interview.begin": ("照这天安排", "Plan for that day"),
    "interview.save": ("保存", "Save"),
    "interview.give_up": ("取消这场面试", "Call this interview off"),
    "interview.list": ("题单", "The list"),
    "interview.list_note": (
        "什么都不勾就是整个题库。",
        "With nothing ticked, it is the whole bank.",
    ),
    "interview.topic": ("主题", "Topic"),
    "interview.topics": ("主题", "Topics"),
    "interview.levels": ("难度", "Levels"),
    "interview.one_by_one": ("再逐题添加", "Add questions one by one"),
}
