"""What is said of a file: why it is refused, and what in it is shown otherwise than written."""

from __future__ import annotations

from dataclasses import dataclass

from demos.kit.declare import Text

REASONS = {
    "empty": Text("文件是空的。", "The file is empty."),
    "large": Text(
        "文件有 {detail} 字节，上限是 1 MiB。请拆成几份。",
        "The file has {detail} bytes; the limit is 1 MiB. Split it.",
    ),
    "archive": Text(
        "{detail} 是压缩包或应用文件，这里不解包。请先解开，再传里面的文本文件。",
        "{detail} is an archive or an application's file and is not opened here. Unpack it and"
        " send the text files inside.",
    ),
    "binary": Text(
        "这不是文本文件：第 {detail} 个字节是控制字符。",
        "This is no text file: byte {detail} is a control character.",
    ),
    "utf16": Text("文件是 UTF-16 编码。请另存为 UTF-8。", "The file is UTF-16. Save it as UTF-8."),
    "encoding": Text(
        "既不是 UTF-8，也不像 GB18030（第 {detail} 个字节读不出来）。请另存为 UTF-8。",
        "It is not UTF-8 and does not read as GB18030 (byte {detail}). Save it as UTF-8.",
    ),
}
REMARKS = {
    "gb18030": Text("按 GB18030 读取。", "Read as GB18030."),
    "newlines": Text("换行符不统一；原样保留。", "Line ends are mixed; they are kept as they are."),
    "invisible": Text(
        "有看不见的控制字符 {detail}，显示成记号。",
        "It holds the invisible character {detail}, which is shown as a token.",
    ),
    "fence": Text(
        "代码块没有结束；从这里起按普通文字读。",
        "This code block is never closed; it is read as plain text.",
    ),
    "deep": Text(
        "嵌套太深，这一段原样显示。",
        "It is nested too deeply; this passage is shown as it was written.",
    ),
    "long": Text(
        "这一段太长，原样显示。", "This passage is too long; it is shown as it was written."
    ),
    "late": Text(
        "整份文件排版用时太长，从这里起原样显示。",
        "Laying out the file took too long; from here on it is shown as it was written.",
    ),
    "many": Text(
        "标题超过 {detail} 个；其余部分合成一段。",
        "It has more than {detail} headings; the rest is one passage.",
    ),
    "plain": Text(
        "排版会丢字，这一段原样显示。",
        "Laying it out would lose characters; this passage is shown as it was written.",
    ),
    "image": Text(
        "图片 {detail} 不在这份文件里，只显示它的地址。",
        "The image {detail} is not part of the file; its address is shown instead.",
    ),
    "only_images": Text(
        "“{detail}”下面只有外部图片，没有文字。",
        "Below “{detail}” stand images from elsewhere and no words.",
    ),
    "formula": Text(
        "公式排不出来，显示源码：{detail}",
        "This formula cannot be set and is shown as its source: {detail}",
    ),
    "repaired": Text(
        "公式显示时修补过，原文不变：{detail}",
        "This formula was repaired for display, the source is unchanged: {detail}",
    ),
    "table": Text(
        "表格读不出来（{detail}），按文字读。",
        "The table cannot be read ({detail}); it is taken as text.",
    ),
    "json": Text(
        "JSON 读不出来（{detail}），按文字读。",
        "The JSON cannot be read ({detail}); it is taken as text.",
    ),
}


@dataclass(frozen=True, order=True)
class Remark:
    """Something about one line of the file; `code` is a key of REMARKS."""

    line: int
    code: str
    detail: str = ""

    @property
    def text(self) -> Text:
        return _filled(REMARKS[self.code], self.detail)


class Refused(Exception):
    """A file that is not taken in; `code` is a key of REASONS."""

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code
        self.text = _filled(REASONS[code], str(detail))
        super().__init__(self.text.en)


def _filled(text: Text, detail: str) -> Text:
    return Text(text.zh.replace("{detail}", detail), text.en.replace("{detail}", detail))
