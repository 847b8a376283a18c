"""What went wrong, and what to do next."""

from __future__ import annotations

WORDS = {
    "error.400": ("这个请求读不懂", "That request makes no sense"),
    "error.400_words": (
        "地址或表单里有读不出来的内容。退回去再试一次。",
        "Something in the address or the form cannot be read. Go back and try again.",
    ),
    "error.403": ("这里进不去", "Not yours to open"),
    "error.403_words": (
        "你没有这一页的权限。登录另一个账号也许可以。",
        "You may not see this page. Another account perhaps may.",
    ),
    "error.csrf": ("这一页放得太久了", "This page has grown old"),
    "error.csrf_words": (
        "浏览器里的凭证已经换过，或者关掉了 Cookie。退回去重新载入，再交一次；写的字还在。",
        "Its token has been replaced, or cookies are off. Go back, reload and send it again; what"
        " you typed is still there.",
    ),
    "error.404": ("没有这一页", "There is no such page"),
    "error.404_words": (
        "地址可能写错了，或者题目已经撤下。搜一下试试。",
        "The address may be mistyped, or the question withdrawn. Try a search.",
    ),
    "error.500": ("我们这边出错了", "Something broke on our side"),
    "error.500_words": (
        "已经记下来了。已保存的复习都在；退回去再试一次。",
        "It has been logged. Every saved review is safe; go back and try again.",
    ),
    "error.503": ("稍等片刻", "One moment"),
    "error.503_words": (
        "数据库暂时连不上。已保存的复习都在；过一会儿重新载入。",
        "The database cannot be reached just now. Saved reviews are safe; reload in a while.",
    ),
    "error.home": ("回到今天", "Back to today"),
    "error.questions": ("去题库", "Browse the questions"),
    "error.back": ("再试一次", "Try again"),
    "error.code": ("错误 {code}", "Error {code}"),
}
