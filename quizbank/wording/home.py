"""Today."""

from __future__ import annotations

WORDS = {
    "home.title": ("今天", "Today"),
    "home.first": ("先说，先押，再看实测。", "Say it, predict it, then see it measured."),
    "home.first_words": (
        "深度学习面试题，每个答案都有实验为证。不用注册，下面这题就能答。",
        "Deep-learning interview questions whose answers are proved by experiment."
        " No account needed: answer the one below.",
    ),
    "home.due": ("今天 {due} 张到期，{new} 张新题。", "{due} due today, {new} new."),
    "home.due_only": ("今天 {due} 张到期。", "{due} due today."),
    "home.new_only": ("今天 {new} 张新题。", "{new} new today."),
    "home.about": (
        "大约 {n} 分钟。最容易忘的排在前面；做完就停，没有欠账。",
        "About {n} {n:minute|minutes}, most fragile first. When it is done, it is done:"
        " no backlog.",
    ),
    "home.about_overdue": (
        "大约 {n} 分钟，最容易忘的排在前面。有 {overdue} 张是前些天到期的，不必赶：做多少算多少。",
        "About {n} {n:minute|minutes}, most fragile first. {overdue} {overdue:was|were} due before"
        " today: no hurry, each one you do counts.",
    ),
    "home.start": ("开始", "Start"),
    "home.go_on": ("继续", "Go on"),
    "home.done": ("今天的做完了。", "Done for today."),
    "home.done_words": (
        "到明天 {hour} 之前没有要做的。可以停了。",
        "Nothing is due until {hour} tomorrow. You can stop here.",
    ),
    "home.done_counts": (
        "今天做了 {n} 张，忘了 {missed} 张。",
        "{n} {n:card|cards} today, {missed} missed.",
    ),
    "home.week": ("未来七天", "Next seven days"),
    "home.week_label": ("未来七天每天到期的卡：{days}", "Cards due in the next seven days: {days}"),
    "home.overdue": (
        "其中 {n} 张可以分到 {days} 天做完，最容易忘的先来，每天约 {room} 张。",
        "{n} of them can be spread over {days} days, most fragile first, about {room} a day.",
    ),
    "home.spread": ("分到 {days} 天", "Spread over {days} days"),
    "home.spread_done": (
        "分好了，{n} 天，到 {last} 为止。",
        "Spread over {n} days, until {last}.",
    ),
    "home.gather": ("撤销", "Undo"),
    "home.gathered": ("{n} 张回到原来的日子。", "{n} {n:is|are} back on {n:its day|their days}."),
    "home.potd": ("今天的证明", "Proof of the day"),
    "home.potd_pick": ("押一个，章和图一起出来。", "Pick one; the stamp and the figure follow."),
    "home.potd_see": ("看测得多少", "See what was measured"),
    "home.potd_question": ("读这道题", "Read the question"),
    "home.surprises": ("最近让你意外的", "What surprised you lately"),
    "home.surprise": (
        "你押“{said}”，实测“{right}”，{day}",
        "you said “{said}”, measured “{right}”, {day}",
    ),
    "home.no_surprise": (
        "还没有押错过。押错的会收在这里，最值得再看。",
        "No prediction has missed yet. Those that do are kept here: they teach most.",
    ),
}
