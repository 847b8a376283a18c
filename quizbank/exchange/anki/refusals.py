"""What is said of a package: why it is refused, and what of it was left out."""

from __future__ import annotations

from dataclasses import dataclass

from demos.kit.declare import Text

REASONS = {
    "zip": Text(
        "{detail} 不是 Anki 导出的文件（.apkg 和 .colpkg 都是 zip）。请在 Anki 里用“导出”生成。",
        "{detail} is no package of Anki (.apkg and .colpkg are zip files). Make one with Export in"
        " Anki.",
    ),
    "cut": Text(
        "{detail} 不完整：后半截没有了。请重新下载，或在 Anki 里重新导出。",
        "{detail} is incomplete: its end is missing. Download it again, or export it from Anki"
        " anew.",
    ),
    "garbage": Text(
        "压缩包前后有不属于它的数据。请在 Anki 里重新导出。",
        "There is data before or after the archive that does not belong to it. Export it anew.",
    ),
    "broken": Text(
        "牌组包已损坏（{detail}）。请在 Anki 里检查数据库，再重新导出。",
        "The package is damaged ({detail}). Check the database in Anki and export it anew.",
    ),
    "encrypted": Text(
        "{detail} 加了密，读不出来。请导出不加密的包。",
        "{detail} is encrypted and cannot be read. Export a package without a password.",
    ),
    "method": Text(
        "{detail} 用了不认识的压缩方式。请在 Anki 里重新导出。",
        "{detail} is compressed in a way that is not known here. Export it from Anki anew.",
    ),
    "entries": Text(
        "包里有超过 5,000 个文件。请导出时不带媒体，或只导出部分牌组。",
        "It holds more than 5,000 files. Export without media, or single decks.",
    ),
    "ratio": Text(
        "{detail} 解开后是压缩时的 100 倍以上，不像真的数据。",
        "{detail} unpacks to more than 100 times its size, as no true data does.",
    ),
    "total": Text(
        "解开后超过 200 MiB。请导出时不带媒体，或只导出部分牌组。",
        "It unpacks to more than 200 MiB. Export without media, or single decks.",
    ),
    "nested": Text(
        "{detail} 本身又是压缩包，这里不再往下解。请去掉它再导出。",
        "{detail} is an archive itself and is not opened here. Take it out and export anew.",
    ),
    "link": Text(
        "{detail} 是指向别处的链接，不是文件。",
        "{detail} is a link to somewhere else, not a file.",
    ),
    "path": Text(
        "{detail} 这个文件名指向包以外的地方。",
        "The file name {detail} points outside the package.",
    ),
    "device": Text(
        "{detail} 是设备的名字，不能当文件名。",
        "{detail} is the name of a device and cannot be that of a file.",
    ),
    "twice": Text("文件名 {detail} 出现了两次。", "The file name {detail} occurs twice."),
    "no_collection": Text(
        "包里没有牌组数据（collection.anki2、anki21 或 anki21b）。请在 Anki 里重新导出。",
        "It holds no collection (collection.anki2, anki21 or anki21b). Export it from Anki anew.",
    ),
    "database": Text(
        "牌组数据超过 100 MiB。请只导出部分牌组。",
        "The collection is larger than 100 MiB. Export single decks.",
    ),
    "new_format": Text(
        "这是新格式的包，这台服务器读不了。导出时请勾选“支持旧版 Anki”。",
        "This package has the new format, which this server cannot read. Tick “Support older Anki"
        " versions” when exporting.",
    ),
    "no_sqlite": Text(
        "牌组数据不是 SQLite 数据库。请在 Anki 里重新导出。",
        "The collection is no SQLite database. Export it from Anki anew.",
    ),
    "view": Text(
        "牌组数据里有视图、触发器或虚拟内容（{detail}），Anki 不会写这些，可能是插件留下的。"
        "请改用“导出”生成牌组包（.apkg）。",
        "The collection holds a view, a trigger or computed content ({detail}). Anki writes none;"
        " an add-on may have. Export its decks as a package (.apkg) instead.",
    ),
    "slow": Text(
        "读这个包用时太长，没有读完。请只导出部分牌组。",
        "Reading the package took too long and was stopped. Export single decks.",
    ),
    "memory": Text(
        "读这个包要的内存超过 1 GiB。请只导出部分牌组。",
        "Reading the package takes more than 1 GiB of memory. Export single decks.",
    ),
    "cards": Text(
        "包里有超过 {detail} 张卡片。请按牌组分几次导出。",
        "It holds more than {detail} cards. Export it deck by deck.",
    ),
    "log": Text(
        "包里有超过 {detail} 条复习记录。请按牌组分几次导出。",
        "It holds more than {detail} reviews. Export it deck by deck.",
    ),
    "words": Text(
        "卡片上的文字超过 1,600 万字。请按牌组分几次导出。",
        "The words on its cards exceed 16 million characters. Export it deck by deck.",
    ),
}
REMARKS = {
    "pictures": Text(
        "{n} 处图片没有带过来，卡片上写着它的名字。",
        "Pictures not copied, whose names stand on the cards: {n}.",
    ),
    "sounds": Text("{n} 处声音没有带过来。", "Sounds not copied: {n}."),
    "empty": Text(
        "{n} 张卡片的正面是空的，没有收下。",
        "Cards with nothing on the front: {n}.",
    ),
    "orphans": Text(
        "{n} 张卡片找不到它的笔记或模板，没有收下。",
        "Cards that belong to no note or template: {n}.",
    ),
    "lost_log": Text(
        "{n} 条复习记录不属于包里的任何卡片，没有收下。",
        "Reviews that belong to no card of the package: {n}.",
    ),
    "other_log": Text(
        "{n} 条记录不是复习（没有评分或类型不认识），没有收下。",
        "Entries of the log that are no reviews (without a grade, or of an unknown kind): {n}.",
    ),
    "times": Text(
        "{n} 条复习记录的时间不可能（2000 年以前或 2100 年以后），没有收下。",
        "Reviews at an impossible time (before 2000 or after 2100): {n}.",
    ),
}


@dataclass(frozen=True, order=True)
class Remark:
    """Something that was left out, and how many times; `code` is a key of REMARKS."""

    code: str
    n: int

    @property
    def text(self) -> Text:
        return _filled(REMARKS[self.code], "{n}", str(self.n))


class Refused(Exception):
    """A package that is not taken in; `code` is a key of REASONS."""

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.detail = str(detail)[:200]
        self.text = _filled(REASONS[code], "{detail}", self.detail)
        super().__init__(self.text.en)


def _filled(text: Text, name: str, by: str) -> Text:
    return Text(text.zh.replace(name, by), text.en.replace(name, by))
