"""The laboratory, runs, and how a verdict is decided."""

from __future__ import annotations

from quizbank.wording.judging import WORDS as JUDGING

WORDS: dict[str, tuple[str, str]] = {
    "lab.title": ("实验", "Lab"),
    "lab.intro": (
        "{n} 个实验，{claims} 条结论，每条都盖了章才算。押过的展开，没押过的只画坐标轴。",
        "{n} {n:experiment|experiments}, {claims} claims, each judged by its own runs."
        " Where you have guessed, the result is open; where you have not, only the axes are drawn.",
    ),
    "lab.opened": ("{total} 个实验，展开了 {n} 个", "{n} of {total} experiments open"),
    "lab.topics": ("主题", "Topics"),
    "lab.all": ("全部", "All"),
    "lab.claims": ("{n} 条结论", "{n} {n:claim|claims}"),
    "lab.proved": ("{day}重跑", "proved {day}"),
    "lab.unproved": ("第一遍还没跑完", "first run to come"),
    "lab.guess_first": ("先押：{question}", "First guess: {question}"),
    "lab.none": ("还没有实验", "No experiments yet"),
    "lab.none_how": (
        "先同步实验：manage.py sync_demos，然后重新载入这一页。",
        "Synchronise them first with manage.py sync_demos, then load this page again.",
    ),
    "lab.last_proved": ("上次证明 {day}", "Last proved {day}"),
    "lab.never_proved": ("默认的一次还在跑", "The default run is still to come"),
    "lab.code": ("代码 {hash}", "code {hash}"),
    "lab.change": ("改参数", "Change the parameters"),
    # --- the guess ---
    "lab.prediction": ("你的预测", "Your prediction"),
    "lab.sure": ("把握", "How sure?"),
    "lab.level_low": ("低", "low"),
    "lab.level_mid": ("中", "mid"),
    "lab.level_high": ("高", "high"),
    "lab.look": ("不跑，看存档的结果", "See the recorded result"),
    "lab.look_note": (
        "不押也能看，算跳过。要自己跑，就在下面点“运行”。",
        "You may look without guessing; that counts as a skip. To measure it yourself, press Run.",
    ),
    "lab.locked": ("跑完之前不能改", "Locked until the run ends"),
    "lab.skipped": ("你跳过了预测", "You skipped the prediction"),
    "lab.guess_again": ("为下一次运行再押一次", "Guess again for the next run"),
    # --- parameters ---
    "lab.parameters": ("参数", "Parameters"),
    "lab.range": ("{low} 到 {high}", "{low} to {high}"),
    "lab.log": ("对数刻度", "log scale"),
    "lab.default": ("默认 {value}", "default {value}"),
    "lab.changed": ("已改动", "changed"),
    "lab.refused": (
        "有参数用不了，看标出的地方。填的内容都还在。",
        "A value cannot be used: see the marked field. All you typed is still there.",
    ),
    "lab.too_many": (
        "你已经有 {n} 个运行没跑完。等一个结束，或者取消一个，再点“运行”；参数都还在。",
        "You have {n} unfinished runs. Let one end or cancel one, then press Run;"
        " your parameters are kept.",
    ),
    "lab.device": ("在哪里跑", "Where it runs"),
    "lab.device_auto": ("自动", "auto"),
    "lab.device_cpu": ("CPU", "CPU"),
    "lab.device_cuda": ("GPU", "GPU"),
    "lab.run": ("运行", "Run"),
    "lab.reset": ("恢复默认", "reset"),
    "lab.fresh": ("换新种子", "with new seeds"),
    "lab.fresh_note": (
        "不勾时，同样的参数给同样的数",
        "unticked, equal parameters give equal numbers",
    ),
    "lab.takes": ("约 {seconds}", "About {seconds}"),
    "lab.nobody": ("前面没有人排队", "nobody waiting"),
    "lab.queue": ("前面有 {n} 个在排队", "{n} {n:run|runs} waiting"),
    "lab.no_worker_now": ("现在没有进程在跑，会先排队", "no worker is listening; it will wait"),
    "lab.address": ("参数都在网址里。", "The address holds the parameters."),
    "lab.presets": ("先试这几个", "Start from these"),
    # --- the result's place ---
    "lab.sealed": (
        "坐标轴已经画好，结果封着。先押一个，再看量出了什么。",
        "The axes are drawn and the result is sealed. Make a guess, then see what was measured.",
    ),
    "lab.sealed_none": (
        "默认的一次还没跑完，跑完就有图。你也可以现在自己跑一次。",
        "The default run has not ended yet; its figure comes then. Or run it yourself now.",
    ),
    "lab.result": ("结果", "Result"),
    "lab.question": ("要回答的问题", "The question"),
    "lab.claims_sealed": ("{n} 条结论等着盖章", "{n} {n:claim waits|claims wait} for a stamp"),
    "lab.recorded": ("存档的结果", "The recorded result"),
    # --- while it goes on ---
    "run.queued": ("排队中", "Waiting"),
    "run.running": ("正在跑", "Running"),
    "run.place": ("第 {n} 位", "place {n}"),
    "run.no_worker": (
        "现在没有进程应答：worker 或消息服务停了。已经记下，恢复后会自己开始，这一页不用守着。",
        "Nobody answers: the worker or the message broker is away. This run is kept and starts by"
        " itself once they are back. You need not keep this page open.",
    ),
    "run.of": ("{done} / {total} 粒种子", "{done} of {total} seeds"),
    "run.again_attempt": ("第 {n} 次尝试", "attempt {n}"),
    "run.cancel": ("取消", "Cancel"),
    "run.tally": (
        "<span data-for>{inside}</span> 粒成立，<span data-against>{outside}</span> 粒不成立。",
        "<span data-for>{inside}</span> for, <span data-against>{outside}</span> against.",
    ),
    "run.need_share": (
        "到第 {n} 粒时至少 {inside} 粒成立才盖章，在那之前都不算。",
        "At seed {n} at least {inside} must hold for a stamp; nothing counts before.",
    ),
    "run.need_range": (
        "到第 {n} 粒时看比例，在那之前都不算。",
        "The share is judged at seed {n}; nothing counts before.",
    ),
    "run.need_always": (
        "一个经得起复核的反例就证伪；没有反例，第 {n} 粒时盖章。",
        "One counterexample that stands up to a second computation refutes it;"
        " with none, the stamp falls at seed {n}.",
    ),
    "run.need_sometimes": (
        "有一个经得起复核的例子就证实；到第 {n} 粒时下结论。",
        "One witness that stands up to a second computation confirms it; judged at seed {n}.",
    ),
    "run.stamp_at": ("第 {n} 粒时盖章", "stamp at seed {n}"),
    "run.tape_of": ("这条带子：{claim}", "This tape: {claim}"),
    "run.other_claims": ("其余各条", "The other claims"),
    "run.reload": (
        "这一页每 3 秒自己更新。",
        "This page renews itself every 3 seconds.",
    ),
    "run.announce": ("正在跑，{percent}\u00a0%", "Running, {percent} percent"),
    "run.announce_done": ("跑完了", "The run has ended"),
    # --- how it ended ---
    "run.failed": ("没跑成", "The run failed"),
    "run.failed_words": (
        "这不是结论，什么也没判。",
        "That is no verdict: nothing was judged.",
    ),
    "run.cancelled": ("已取消", "Cancelled"),
    "run.cancelled_words": (
        "停在第 {done} 粒种子，什么也没判。",
        "Stopped at seed {done}; nothing was judged.",
    ),
    "run.landed": ("跑完了", "The run has ended"),
    "run.landed_fresh": ("新种子的结果", "The result with new seeds"),
    "run.landed_more": (
        "打开这次运行：对照、数据和比较",
        "Open this run: its control, data and a comparison",
    ),
    "run.again": ("再跑一次", "Run again"),
    "run.fresh": ("换新种子再跑", "Run with new seeds"),
    # --- the result ---
    "run.title": ("一次运行", "A run"),
    "run.claim": ("待证的话", "The claim"),
    "run.measured": ("实测", "Measured"),
    "run.at_default": ("默认参数", "default parameters"),
    "run.at_changed": ("改了参数", "changed parameters"),
    "run.worded": (
        "结论和预测的问题按默认参数写；这次按上面改过的参数判。",
        "Claims and the prediction are worded for the default parameters; here they are judged"
        " at the values above.",
    ),
    "run.first_seed": ("新种子，从 {n} 起", "new seeds from {n}"),
    "run.you_said": ("你押 <b>{said}</b>，把握“{sure}”。", "You said <b>{said}</b> ({sure})."),
    "run.skipped": ("你没有押。", "You made no prediction."),
    "run.found": ("实测 {number}。", "Measured {number}."),
    "run.right": ("押中了。", "You had it right."),
    "run.was": ("答案是“{right}”。", "The answer was “{right}”."),
    "run.no_option": ("测得的数不在这几个选项里。", "What was measured fits none of the options."),
    "run.nothing_finite": (
        "没有测到有限的数：这组参数下训练发散了或者溢出了。",
        "No finite number was measured: with these parameters it diverged or overflowed.",
    ),
    "run.stale": (
        "实验的代码在这次运行之后改过。数字照旧，规则以当时的代码为准。",
        "The experiment’s code has changed since this run. The numbers stand; they were judged by"
        " the rules of that time.",
    ),
    "run.table": ("表格", "Table"),
    "run.notebook": ("笔记本", "Notebook"),
    "run.findings": ("判定 CSV", "Claims as CSV"),
    "run.claims": ("逐条判定", "Claim by claim"),
    "lab.control": ("对照 {said}", "control {said}"),
    "run.control": ("对照：{words}", "Control: {words}"),
    "run.shown": ("展示，不作判定", "shown, not judged"),
    "run.decided": ("怎么判的", "How it is decided"),
    "run.source": ("代码，{n} 行", "Code, {n} lines"),
    "run.permalink": ("永久链接", "Permalink"),
    "run.open_lab": ("到实验室改参数", "Change it in the lab"),
    "run.parameters": ("这次的参数", "Parameters of this run"),
    "run.of_demo": ("实验：{title}", "Experiment: {title}"),
    "run.machine": ("机器", "Machine"),
    "run.seconds": ("用时", "Time"),
    "run.seeds": ("种子", "Seeds"),
    "run.code": ("代码", "Code"),
    "run.seed_span": ("{first} 到 {last}", "{first} to {last}"),
    # --- comparing ---
    "compare.title": ("比较", "Compare"),
    "compare.this": ("这次运行 ↔", "this run ↔"),
    "compare.other": ("另一次运行", "the other run"),
    "compare.show": ("比较", "Compare"),
    "compare.yours": ("你的运行，{when}", "your run, {when}"),
    "compare.stored": ("存档的默认运行", "the recorded default run"),
    "compare.differs": ("不同：", "differs in:"),
    "compare.code": ("实验代码", "the experiment’s code"),
    "compare.device": ("设备", "the device"),
    "compare.none": (
        "没有改动，数字也就相同。",
        "Nothing was changed, so the numbers are the same.",
    ),
    "compare.seeds": (
        "只换了种子：差别来自偶然",
        "only the seeds differ: what changed is chance",
    ),
    "compare.one": ("只有一处不同，可以归因", "one thing changed: a fair comparison"),
    "compare.many": (
        "有 {n} 处不同：这个比较分不清是哪一处起的作用",
        "{number} things changed: this comparison cannot tell which one did it",
    ),
    "compare.outcomes": ("两次的判定", "Both verdicts"),
    "compare.before": ("那次", "there"),
    "compare.after": ("这次", "here"),
    # --- the notebook ---
    "notebook.first": (
        "这个笔记本自带全部代码（版本 {hash}）：前面的格子写出文件，后面的格子运行。"
        "不需要网站，也不需要账号。",
        "This notebook carries all of its code (version {hash}): the first cells write the files,"
        " the last ones run them. It needs no website and no account.",
    ),
    "notebook.experiment": ("## 实验", "## The experiment"),
    "notebook.run": ("## 运行和判定", "## Run and judge"),
    **JUDGING,
}
