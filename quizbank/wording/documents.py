"""Bringing notes along: the list, the preview, the document, the match corrected by hand."""

from __future__ import annotations

WORDS = {
    "documents.title": ("笔记", "Notes"),
    "documents.lede": (
        "把你的面试笔记传上来：一字不丢，每一段都对上题库里的题，写错的地方标出来。",
        "Bring your interview notes: not a byte is lost, each passage finds its question, and"
        " what is wrong in them is marked.",
    ),
    "documents.choose": ("选一份文件，或拖到这里", "Choose a file, or drop it here"),
    "documents.limits": (
        "Markdown、TXT、CSV、TSV 或 JSON，最大 1 MiB；UTF-8 或 GB18030。先看报告，确认后才存。",
        "Markdown, TXT, CSV, TSV or JSON, 1 MiB at most; UTF-8 or GB18030. You see a report"
        " first; nothing is kept until you confirm.",
    ),
    "documents.cards": (
        "成套的卡片（Anki、表格）请到这里：",
        "For decks of cards (Anki, tables) there is",
    ),
    "documents.read": ("读这份文件", "Read the file"),
    "documents.no_file": ("还没有选文件。", "No file was chosen."),
    "documents.refused": ("这份文件没有收下。", "The file was not taken in."),
    "documents.yours": ("你的笔记", "Your notes"),
    "documents.shared": ("大家都能看的笔记", "Notes for everyone here"),
    "documents.none": ("还没有笔记。", "No notes yet."),
    "documents.passages": ("{n} 段", "{n} {n:passage|passages}"),
    "documents.imported": ("{day}导入", "imported {day}"),
    "documents.removed": ("移除了的笔记", "Removed notes"),
    "documents.removed_words": (
        "三十天内可以恢复。复习记录一直都在。",
        "They can be brought back within thirty days. Your reviews stay in any case.",
    ),
    "documents.restore": ("恢复", "Bring back"),
    "documents.restored": ("“{title}”恢复了。", "“{title}” is back."),
    "documents.remove": ("移除这份笔记", "Remove these notes"),
    "documents.gone": (
        "“{title}”移除了，三十天内可以在这里恢复。",
        "“{title}” was removed; for thirty days you can bring it back here.",
    ),
    "documents.preview": ("读到了什么", "What was read"),
    "documents.bytes": (
        "{n} 字节读入，{kept} 字节能原样取回",
        "{n} bytes read, {kept} of them come back as they were",
    ),
    "documents.encoding": ("编码", "Encoding"),
    "documents.dialect": ("写法", "Style"),
    "documents.known": (
        "认出来了：{title}。{n} 道题逐一对上。",
        "Recognised: {title}. Each of its {n} questions is in its place.",
    ),
    "documents.counts": (
        "{passages} 段；{matched} 段对上题库，{own} 段会成为你自己的题；"
        "{formulas} 个公式，{images} 张图片。",
        "{passages} {passages:passage|passages}; {matched} found their question in the bank,"
        " {own} will become {own:a question|questions} of your own; {formulas}"
        " {formulas:formula|formulas}, {images} {images:image|images}.",
    ),
    "documents.first": ("开头几道题", "The first questions"),
    "documents.becomes_own": ("会成为你自己的题", "will become your own question"),
    "documents.remarks": ("显示得和原文不一样的地方", "What is shown otherwise than written"),
    "documents.remarks_none": ("没有。每一处都照原文显示。", "Nothing: all is shown as written."),
    "documents.line": ("第 {n} 行", "line {n}"),
    "documents.more_remarks": ("还有 {n} 处。", "And {n} more."),
    "documents.confirm": ("导入", "Import"),
    "documents.cancel": ("不导入", "Do not import"),
    "documents.cancelled": ("没有导入，文件已经删掉。", "Not imported; the file is gone."),
    "documents.expired": (
        "这份文件等得太久，已经删掉。请再传一次。",
        "The file waited too long and was deleted. Send it again.",
    ),
    "documents.done": (
        "导入好了：{n} 段，新增 {own} 道你自己的题。",
        "Imported: {n} {n:passage|passages}, {own} new {own:question|questions} of your own.",
    ),
    "documents.again": (
        "这份笔记早就在了，什么也没变。",
        "These notes were here already; nothing changed.",
    ),
    "documents.original": ("取回原文件", "Download the original"),
    "documents.contents": ("目录", "Contents"),
    "documents.question": ("题目", "Question"),
    "documents.question_own": ("你自己的题", "your own question"),
    "documents.matched_alias": ("按别名对上", "matched by another name"),
    "documents.matched_concept": ("按概念对上", "matched by concept"),
    "documents.matched_hand": ("你改过", "set by you"),
    "documents.match": ("换一道题", "Change"),
    "documents.match_set": ("对上一道题", "Find its question"),
    "documents.match_title": ("这一段讲的是哪道题？", "Which question is this passage about?"),
    "documents.match_search": ("搜题库", "Search the bank"),
    "documents.match_choose": ("就是它", "This one"),
    "documents.match_none": ("哪道都不是", "None of them"),
    "documents.match_own": ("你自己的题", "your own question"),
    "documents.match_saved": ("改好了。", "Saved."),
    "documents.match_nothing": ("没有找到。换个说法试试。", "Nothing found. Try other words."),
    "documents.wrong_here": ("这里写错了", "Wrong here"),
    "documents.in_fact": ("实情：", "In fact: "),
    "documents.in_yours": ("在你的笔记里", "In your notes"),
    "documents.empty_passage": ("下面没有内容。", "Nothing stands below it."),
    "documents.dialect_bullets": ("标题下的多层列表", "headings with nested bullets"),
    "documents.dialect_bold_bullets": ("加粗的列表项作问题", "bold bullets as questions"),
    "documents.dialect_numbered": ("编号的标题", "numbered headings"),
    "documents.dialect_equations": ("公式是图片链接", "formulas as linked images"),
    "documents.dialect_toc": ("带目录和 HTML 图片", "table of contents and HTML images"),
    "documents.dialect_headings": ("标题", "headings"),
    "documents.dialect_csv": ("表格", "a table"),
    "documents.dialect_tsv": ("表格", "a table"),
    "documents.dialect_json": ("JSON", "JSON"),
    "documents.dialect_text": ("纯文字", "plain text"),
}
