"""Signing up, in and out."""

from __future__ import annotations

WORDS = {
    "people.sign_up": ("保留进度", "Keep your progress"),
    "people.sign_up_words": (
        "你的 {n} 次复习现在只存在这个浏览器名下。起个名字、设个密码，换台设备也接着学；"
        "原来的记录一条不动。",
        "Your {n} {n:review is|reviews are} stored under this browser alone. Choose a name and a"
        " password and go on from any device; not one record is moved.",
    ),
    "people.sign_up_title": ("注册", "Create an account"),
    "people.sign_up_new": (
        "起个名字、设个密码，换台设备也接着学。不注册也能学。",
        "Choose a name and a password and go on from any device. Studying works without it too.",
    ),
    "people.username": ("用户名", "Name"),
    "people.password": ("密码", "Password"),
    "people.password_note": (
        "至少 8 个字符，可以是一句话",
        "at least 8 characters; a sentence is fine",
    ),
    "people.email": ("邮箱", "E-mail"),
    "people.email_note": ("可不填", "optional"),
    "people.create": ("保留", "Keep it"),
    "people.create_new": ("注册", "Create it"),
    "people.have": ("已经有账号？", "You have an account?"),
    "people.sign_in": ("登录", "Sign in"),
    "people.sign_in_words": (
        "这里的 {n} 次复习会并入你的账号，一条不丢。",
        "Your {n} {n:review|reviews} here will join your account; none is lost.",
    ),
    "people.sign_in_new": ("接着上次学。", "Go on where you left off."),
    "people.no_account": ("还没有账号？", "No account yet?"),
    "people.make": ("注册一个", "Make one"),
    "people.wrong": (
        "用户名或密码不对。名字还在，密码请再输一次。",
        "Name and password do not match. The name is kept; type the password again.",
    ),
    "people.required": ("这里要填。", "Please fill this in."),
    "people.too_long": ("太长了。", "This is too long."),
    "people.email_bad": ("这不是有效的邮箱地址。", "This is not an e-mail address."),
    "people.errors": ("还差一点，看看标出的地方。", "Not quite: see the marked fields."),
    "people.kept": ("好了，{name}。进度保留下来了。", "Done, {name}. Your progress is kept."),
    "people.welcome": ("欢迎回来，{name}。", "Welcome back, {name}."),
    "people.merged": (
        "欢迎回来，{name}。这里的 {n} 次复习已并入。",
        "Welcome back, {name}. The {n} {n:review|reviews} made here {n:has|have} joined.",
    ),
    "people.signed_out": ("已退出。", "You are signed out."),
    "people.locked_title": ("先等一等", "A short wait"),
    "people.locked": (
        "输错太多次了。15 分钟后再试；在那之前，不登录也能学。",
        "Too many wrong attempts. Try again in 15 minutes; until then you can study without"
        " signing in.",
    ),
}
