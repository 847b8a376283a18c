"""Bringing cards in from other programs, and taking one's own along."""

from __future__ import annotations

WORDS = {
    "exchange.title": ("导入与导出", "Import and export"),
    "exchange.lede": (
        "卡片连同复习记录一起来，也一起走。到期的日子一天不动。",
        "Cards come with their history and leave with it. No due date moves.",
    ),
    "exchange.bring": ("带进来", "Bring in"),
    "exchange.choose": ("选一份文件，或拖到这里", "Choose a file, or drop it here"),
    "exchange.limits": (
        "最大 {n} MiB。先看报告，确认后才存；同一份文件再传一次，什么也不会重复。",
        "{n} MiB at most. You see a report first and nothing is kept until you confirm. The same"
        " file a second time doubles nothing.",
    ),
    "exchange.kinds": ("收哪些文件", "Which files"),
    "exchange.kind_csv": (
        "表格（.csv、.tsv、.txt）：正面、背面、标签各一列，有没有列名都行；逗号、分号、制表符，"
        "UTF-8 或 GB18030，都认得出来。",
        "Tables (.csv, .tsv, .txt): a front, a back and perhaps tags, with headings or without;"
        " comma, semicolon or tab, UTF-8 or GB18030 are found by looking.",
    ),
    "exchange.kind_anki": (
        "Anki 的牌组包（.apkg）或整个集合（.colpkg）：新旧格式都行，复习记录一起带来，媒体不带；"
        "加到已有的旁边，什么也不替换。",
        "Packages of Anki, of decks (.apkg) or of the whole collection (.colpkg), old format or"
        " new, with their review log and without media; what is here already stays.",
    ),
    "exchange.kind_json": (
        "这里导出的全部数据（.json）：原样带回，哪个账号都行。",
        "Everything as exported from here (.json), back as it was, into any account.",
    ),
    "exchange.kind_notes": ("成篇的笔记请到这里：", "For notes in prose there is"),
    "exchange.read": ("读这份文件", "Read the file"),
    "exchange.refused": ("这份文件没有收下。", "The file was not taken in."),
    "exchange.take": ("带走", "Take along"),
    "exchange.take_none": (
        "表格和全部数据，等你学过一题就有了。",
        "Tables and the file of everything are here once you have studied a card.",
    ),
    "exchange.anki": ("Anki 牌组包（.apkg）", "Package for Anki (.apkg)"),
    "exchange.anki_words": (
        "带证明图的卡片，记忆状态、到期日和复习史都在。",
        "Cards with their proofs’ figures, with memory, due dates and review log.",
    ),
    "exchange.anki_new": (
        "题库的每一题都是新卡，带证明图。",
        "Every question of the bank as a new card, with its proof’s figure.",
    ),
    "exchange.language": ("语言", "Language"),
    "exchange.topic": ("主题", "Topic"),
    "exchange.every_topic": ("全部", "All"),
    "exchange.as_new": ("全当新卡", "Every card as new"),
    "exchange.cards": ("卡片（CSV）", "Cards (CSV)"),
    "exchange.cards_words": (
        "一行一张：题、答案、到期日、复习史。带回来时一字不差。",
        "One row a card: question, answer, due date, history. It comes back without loss.",
    ),
    "exchange.log": ("复习记录（CSV）", "Review log (CSV)"),
    "exchange.log_words": (
        "一行一次，给电子表格和统计用。",
        "One row a review, for spreadsheets and statistics.",
    ),
    "exchange.everything": ("全部数据（JSON）", "Everything (JSON)"),
    "exchange.everything_words": (
        "复习、卡片、测验、模拟面试、笔记、自己的题和设置。",
        "Reviews, cards, quizzes, mock interviews, notes, your own questions and settings.",
    ),
    "exchange.download": ("下载", "Download"),
    "exchange.own": ("你自己的题", "Questions of your own"),
    "exchange.own_more": ("还有 {n} 道。", "And {n} more."),
    "exchange.noted": ("来自你的笔记", "From your notes"),
    "exchange.put_away": ("收起这道题", "Put this question away"),
    "exchange.put_this_away": ("收起", "Put away"),
    "exchange.put_away_one": (
        "收起了“{title}”。在“导入与导出”页可以放回来。",
        "“{title}” is put away. It can be taken out again on the page “Import and export”.",
    ),
    "exchange.put_away_many": (
        "收起了 {n} 道题，可以在下面放回来。",
        "{n} questions are put away; they can be taken out again below.",
    ),
    "exchange.away": ("收起的题", "Put away"),
    "exchange.away_words": (
        "不再问，也不算进要学的；做过的复习仍然算数。",
        "They are no longer asked or forecast; the reviews you did still count.",
    ),
    "exchange.take_out": ("放回来", "Take out"),
    "exchange.take_all_out": ("{n} 道全部放回来", "Take all {n} out"),
    "exchange.taken_out": (
        "放回了 {n} 道题。",
        "{n} {n:question is|questions are} back.",
    ),
    "exchange.not_these": ("不是想要的题？", "Not what you wanted?"),
    "exchange.not_these_words": (
        "这份文件新建的 {n} 道题可以一起收起，题库里的题和复习不变。再带进来一次，就又都回来。",
        "The {n} {n:question|questions} that this file made can be put away together; the bank and"
        " your reviews of it stay. Bring the file in again and they are back.",
    ),
    "exchange.put_these_away": ("收起这 {n} 道题", "Put {n} {n:question|questions} away"),
    "exchange.preview": ("这份文件里有什么", "What is in the file"),
    "exchange.first_card": ("第一行当作一张卡片。", "The first row is taken as a card."),
    "exchange.first_headings": (
        "第一行当作列名：{columns}。",
        "The first row is taken as headings: {columns}.",
    ),
    "exchange.column": ("{heading}（{name}）", "{heading} ({name})"),
    "exchange.comma": ("、", ", "),
    "exchange.column_front": ("正面", "front"),
    "exchange.column_back": ("背面", "back"),
    "exchange.column_tags": ("标签", "tags"),
    "exchange.column_deck": ("牌组", "deck"),
    "exchange.column_due": ("到期日", "due"),
    "exchange.column_key": ("卡片编号", "key"),
    "exchange.as_card": ("改作卡片", "Take it as a card"),
    "exchange.as_headings": ("改作列名", "Take it as headings"),
    "exchange.samples": ("开头几张", "The first cards"),
    "exchange.would": ("确认之后", "Once you confirm"),
    "exchange.did": ("带进来了", "Brought in"),
    "exchange.notes": ("文件里的卡片", "Cards in the file"),
    "exchange.matched": ("对上题库里的题", "Belong to questions of the bank"),
    "exchange.created": ("成为你自己的题", "Become questions of your own"),
    "exchange.already": ("你已经有的题", "Questions you have already"),
    "exchange.reviews": ("新的复习", "New reviews"),
    "exchange.span": ("{first}到 {last}", "{first} to {last}"),
    "exchange.acts": (
        "搁置、改期、重置等",
        "Suspended, moved, reset and the like",
    ),
    "exchange.known": ("已经在这里的记录", "Here already"),
    "exchange.left": ("没有带进来的", "What is left out"),
    "exchange.example": ("例如 {example}", "such as {example}"),
    "exchange.nothing_new": (
        "这份文件里没有这里还没有的东西。",
        "There is nothing in this file that is not here already.",
    ),
    "exchange.settings": (
        "学习设置也换成文件里的",
        "Take over the study settings in it too",
    ),
    "exchange.confirm": ("带进来", "Bring it in"),
    "exchange.cancel": ("不要了", "Leave it"),
    "exchange.cancelled": ("什么都没有存。", "Nothing was kept."),
    "exchange.next": ("接下来", "What now"),
    "exchange.to_study": ("去学习", "Study"),
    "exchange.to_progress": ("看进度", "See your progress"),
    "exchange.to_own": ("看看自己的题", "Your own questions"),
    "exchange.undo_hint": (
        "每条复习都可以在那道题的页面上撤销。",
        "Each review can be taken back on the page of its question.",
    ),
    # What a report counts.
    "exchange.of_note": ("卡片", "Cards"),
    "exchange.of_review": ("复习", "Reviews"),
    "exchange.of_file": ("文件", "File"),
    "exchange.of_cards": ("新的卡片", "New cards"),
    "exchange.of_events": ("复习与操作", "Reviews and acts"),
    "exchange.of_parameter_sets": ("记忆参数", "Memory parameters"),
    "exchange.of_questions": ("自己的题", "Your own questions"),
    "exchange.of_key_points": ("要点", "Key points"),
    "exchange.of_documents": ("笔记", "Notes"),
    "exchange.of_passages": ("改过的对应", "Matches set by hand"),
    "exchange.of_quizzes": ("测验", "Quizzes"),
    "exchange.of_quiz_answers": ("测验里的题", "Items of quizzes"),
    "exchange.of_mock_interviews": ("模拟面试", "Mock interviews"),
    "exchange.of_mock_questions": ("模拟面试里的题", "Questions of mock interviews"),
    "exchange.of_interviews": ("面试准备", "Interviews ahead"),
    "exchange.of_profile": ("设置", "Settings"),
}
