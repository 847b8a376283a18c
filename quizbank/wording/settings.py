"""How one studies, and leaving for good."""

from __future__ import annotations

WORDS = {
    "settings.title": ("设置", "Settings"),
    "settings.lede": (
        "改动从下一次复习起算；已经排好的日子不动。",
        "Changes count from the next review; days already promised stay.",
    ),
    "settings.saved": ("已保存。", "Saved."),
    "settings.save": ("保存", "Save"),
    "settings.errors": ("还没保存：看看标出的地方。", "Not saved yet: see the marked fields."),
    "settings.pace": ("节奏", "Pace"),
    "settings.desired_retention": ("期望记忆率", "Desired retention"),
    "settings.desired_retention_note": (
        "70 到 97；越高越常复习",
        "70 to 97; more means more reviews",
    ),
    "settings.new_per_day": ("每天新卡", "New cards a day"),
    "settings.minutes_per_day": ("每天分钟数", "Minutes a day"),
    "settings.minutes_per_day_note": ("0 为不限", "0 for no limit"),
    "settings.maximum_interval": ("最长间隔", "Longest interval"),
    "settings.days_note": ("天", "days"),
    "settings.day": ("一天从何时算起", "When your day turns"),
    "settings.zone": ("时区", "Time zone"),
    "settings.rollover_hour": ("换日的钟点", "Hour the day turns"),
    "settings.rollover_note": ("0 到 23；现在是 {now}", "0 to 23; it is {now} now"),
    "settings.steps": ("当天的步子", "Steps within a day"),
    "settings.steps_note": ("如 1m 10m；可空", "such as 1m 10m; may be empty"),
    "settings.learning_steps": ("学新卡", "New cards"),
    "settings.relearning_steps": ("忘了之后", "After a lapse"),
    "settings.spread": ("错开", "Spreading"),
    "settings.fuzz": (
        "间隔略作错动，免得一起学的卡总是同一天到期",
        "Move intervals a little, so that cards learnt together do not stay together",
    ),
    "settings.load_balancing": (
        "在容许的几天里挑较空的一天",
        "Choose the emptier of the days that allows",
    ),
    "settings.easy_days": ("每周安排", "The week"),
    "settings.normal": ("照常", "normal"),
    "settings.reduced": ("少些", "fewer"),
    "settings.none": ("尽量不排", "avoid"),
    "settings.leeches": ("顽固的卡", "Leeches"),
    "settings.leech_threshold": ("忘了几次算顽固", "Lapses that make a leech"),
    "settings.leech_threshold_note": ("0 为不算", "0 for never"),
    "settings.leech_suspends": (
        "自动搁置，等我重新读懂再说",
        "Suspend such a card until I have read up on it",
    ),
    "settings.grading": ("评分", "Grading"),
    "settings.suggests_grades": (
        "按说到的要点建议评分",
        "Suggest a grade from the points I ticked",
    ),
    "settings.load": ("记忆率与负担", "Retention and its cost"),
    "settings.load_words": (
        "按现在的设置和你的记忆参数模拟一年；后半年 {cards} 张卡都已学过，平均是：",
        "A year simulated with your settings and your memory’s parameters. On average in its"
        " second half, when all {cards} {cards:card is|cards are} learnt:",
    ),
    "settings.load_retention": ("期望记忆率", "Retention"),
    "settings.load_reviews": ("每天复习", "Reviews a day"),
    "settings.load_minutes": ("每天分钟", "Minutes a day"),
    "settings.load_known": ("一年后记得", "Known after a year"),
    "settings.takeout": ("带走我的数据", "Take your data along"),
    "settings.takeout_words": (
        "复习记录、卡片、测验、模拟面试、笔记和自己的题，一个 JSON 文件。",
        "Reviews, cards, quizzes, mock interviews, notes and your own questions, as one JSON file.",
    ),
    "settings.takeout_get": ("下载", "Download"),
    "settings.memory": ("记忆参数", "Memory parameters"),
    "settings.memory_default": (
        "现在用的是 FSRS-6 公布的默认参数。复习满 64 次（隔天的才算）之后，可以按你的记录来调。",
        "FSRS-6’s published defaults are in use. After 64 reviews on later days they can be"
        " fitted to your own record.",
    ),
    "settings.memory_fitted": (
        "现在用的参数于 {day} 按你的 {n} 次复习调出：在没参与调参的最近一段复习上，"
        "对数损失从 {before} 降到 {after}。",
        "The parameters in use were fitted on {day} to {n} reviews of yours: on the latest"
        " ones, which the fit did not see, the log loss fell from {before} to {after}.",
    ),
    "settings.memory_other": (
        "现在用的参数是随你的卡片带来的。",
        "The parameters in use came with cards you brought along.",
    ),
    "settings.memory_refused": (
        "{day} 试过一次：{n} 次复习上调出的参数，在最近一段上并不更好（{before} 对 {after}），"
        "没有采用。",
        "A fit of {day} on {n} reviews was refused: on the latest ones it did no better"
        " ({before} against {after}).",
    ),
    "settings.fit_few": ("现在有 {n} 次。", "So far there are {n}."),
    "settings.fit": ("现在就调", "Fit now"),
    "settings.fit_wished": (
        "已经排上，后台调好就用；到期日一天不动。",
        "It is queued and will be used if it does better; no due date moves.",
    ),
    "settings.fit_later": (
        "后台现在没有应答；复习积累之后会自动再试。",
        "No worker answered; it is tried again by itself as reviews come in.",
    ),
    "settings.defaults": ("改回默认参数", "Back to the defaults"),
    "settings.defaults_done": (
        "已改回默认参数；到期日一天不动。",
        "Back to the defaults; no due date has moved.",
    ),
    "settings.leave": ("删除", "Delete everything"),
    "settings.leave_words": (
        "删除这个账号和它的一切：复习、测验、笔记、自己的题。立即生效，无法找回。可以先带走一份。",
        "Delete this account and all that is in it: reviews, quizzes, notes, questions of your"
        " own. It takes effect at once and cannot be undone. Take your data along first.",
    ),
    "settings.leave_guest": (
        "删除这个浏览器名下的一切：复习、测验、笔记、自己的题。立即生效，无法找回。",
        "Delete all that is stored under this browser: reviews, quizzes, notes, questions of"
        " your own. It takes effect at once and cannot be undone.",
    ),
    "settings.leave_type": ("要删除，请输入：{word}", "To delete, type: {word}"),
    "settings.leave_word": ("删除", "delete"),
    "settings.leave_wrong": (
        "没有删除：输入的不是“{word}”。",
        "Nothing was deleted: that was not “{word}”.",
    ),
    "settings.leave_password": ("密码", "Password"),
    "settings.leave_password_wrong": (
        "没有删除：密码不对。",
        "Nothing was deleted: the password is wrong.",
    ),
    "settings.left": ("都删除了。", "All of it is deleted."),
}
