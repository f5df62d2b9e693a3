"""The document that a person follows by hand: its headings and sentences, in the order of the page."""

from playbook_engine.phrases.words import Phrase


class Top(Phrase):
    """What stands before the steps."""

    SEVERITY = ("severity **{severity}**", "严重级别 **{severity}**")
    OWNER = ("owner {owner}", "负责人 {owner}")
    PLAYBOOK = ("playbook {name}, version {version}", "剧本 {name}，版本 {version}")
    REVIEWED = ("reviewed {day}", "审阅于 {day}")
    TAGS = ("tags {tags}", "标签 {tags}")
    ALERTS = ("alerts {alerts}", "告警 {alerts}")
    SYMPTOMS = ("Symptoms", "症状")
    CAUSES = ("Causes", "原因")
    BEFORE = ("Before you begin", "开始之前")
    DECIDE_VALUES = ("Decide on these values:", "先确定这些值：")
    INPUT = ("Input", "输入")
    TYPE = ("Type", "类型")
    DEFAULT = ("Default", "默认值")
    HERE = ("Here", "此环境")
    LIMITS = ("Limits", "限制")
    MEANING = ("Meaning", "含义")
    MUST_BE_GIVEN = ("must be given", "必须给出")
    SECRET = ("secret", "机密")
    ONE_OF = ("one of {values}", "{values} 之一")
    AT_LEAST = ("at least {limit}", "至少 {limit}")
    AT_MOST = ("at most {limit}", "最多 {limit}")
    MATCHES = ("matches {pattern}", "匹配 {pattern}")
    REPLACE = ("In what follows, replace each {braces} by its value:", "在下文中，把每个 {braces} 换成它的值：")
    NAME = ("Name", "名称")
    VALUE = ("Value", "值")
    SEE_INPUTS = ("see the inputs above", "见上面的输入")
    FROM_STEP = ("from step {number}", "来自步骤 {number}")
    OF_INVENTORY = ("a variable of the inventory", "主机清单中的变量")
    ITEM = ("the item at hand", "当前的项")
    RUN_ONLY = ("only a run by the program has it", "只有程序执行时才有")
    SHELL_VARIABLE = ("a variable of your shell", "你的 shell 中的变量")
    HOST_NAMES = ("the names of the hosts", "主机名的列表")
    HOST_NAME = ("the name of the host", "主机的名称")
    DIFFERS = ("differs between hosts; `--host NAME` fills it in", "各主机不同；用 `--host NAME` 填入")
    ON_HOST = ("{value} on {host}", "{host} 上是 {value}")
    SECRETS = (
        "Put the secrets into your shell; the commands name them and never show them:",
        "把机密放进你的 shell；命令只引用名称，从不显示内容：",
    )
    SECRET_LINE = ("{name}: {command}", "{name}：{command}")
    LOG_IN = ("Log in where a step says so:", "步骤要求时，这样登录：")
    HOST = ("Host", "主机")
    LOG_IN_WITH = ("Log in with", "登录命令")
    MORE_HOSTS = (
        "There are {count} more; {option} shows one of them.",
        "另有 {count} 台；用 {option} 显示其中一台。",
    )


class Page(Phrase):
    """The sections, and what stands at their beginning."""

    ALL_WELL = ("Is all well?", "一切正常吗？")
    WELL_WHEN = ("All is well when every check here holds.", "以下检查全部成立，就一切正常。")
    WELL_THEN = (
        (
            "All is well when every check here holds. Then stop: there is nothing to do. Else note which do not "
            "hold, and go on."
        ),
        "以下检查全部成立，就一切正常，到此为止，什么也不用做。否则记下哪些不成立，继续往下。",
    )
    STEPS = ("Steps", "步骤")
    STEPS_ABOUT = (
        (
            "Go through them in this order. Note what comes of each: later steps refer to it. A check that does not "
            "hold, or cannot be made, has failed, and stops nothing."
        ),
        "按顺序执行。记下每一步的结果，后面的步骤会用到。检查不成立或无法进行，都算失败，但不会中断流程。",
    )
    IN_ANY_CASE = ("In any case", "无论如何")
    IN_ANY_CASE_ABOUT = ("Do these at the end, however it ends.", "不管结果如何，最后都要做这些。")
    UNSOLVED = ("If nothing solved it", "如果都没有解决")
    PREVENTION = ("Prevention", "预防措施")
    LONG_TERM = ("Long-term measures", "长期解决方案")
    REFERENCES = ("References", "参考资料")
    WRITTEN_BY = (
        "Written by {command} from version {version} of the playbook.",
        "由 {command} 根据剧本的版本 {version} 生成。",
    )


class People(Phrase):
    """Whom to tell."""

    NAMES_NOBODY_YET = (
        "Tell whoever your environment names for this. With `-i INVENTORY` this page names them.",
        "通知你的环境为此指定的人。加上 `-i INVENTORY`，这里会列出他们。",
    )
    NAMES_NOBODY = ("The environment {name} names nobody for this.", "环境 {name} 没有为此指定任何人。")
    WHEN = ("When", "情况")
    HOW_SOON = ("How soon", "时间")
    TELL = ("Tell", "通知")
    AFTER = ("after {delay}", "{delay} 之后")
    AT_ONCE = ("at once", "立即")
    RUN_TELLS = (
        (
            "Times count from the beginning of the incident. A run that ends without a solution tells those of "
            "{rule} at once by itself; the other rules are yours to follow."
        ),
        "时间从事件开始时算起。执行结束而问题未解决时，程序会立即自行通知 {rule} 对应的人；其他规则由你来执行。",
    )
    NO_RUN_TELLS = (
        "Times count from the beginning of the incident. These rules are yours to follow: no run tells anybody.",
        "时间从事件开始时算起。这些规则由你来执行：程序不会自行通知任何人。",
    )


class Verbs(Phrase):
    """The five verbs as headings of steps."""

    CHECK = ("{number}. Check: {title}", "{number}. 检查：{title}")
    BRANCH = ("{number}. Decide: {title}", "{number}. 判断：{title}")
    MITIGATE = ("{number}. Change: {title}", "{number}. 变更：{title}")
    VERIFY = ("{number}. Verify: {title}", "{number}. 验证：{title}")
    ESCALATE = ("{number}. Tell: {title}", "{number}. 通知：{title}")


class Acting(Phrase):
    """What check, mitigate and verify share."""

    DO = ("{where}, for at most {limit}:", "{where}，最多等待 {limit}：")
    ONLY_READS = ("This only reads, whatever it looks like.", "不管看起来如何，这一步只读取。")
    ANSWER = ("Answer with {answers}.", "回答 {answers}。")
    ANSWER_MEANS = ("{answer} ({meaning})", "{answer}（{meaning}）")
    HERE_FOR_EACH = ("On your machine, once for each host {which}", "在你的机器上，对{which}每台主机各做一次")
    ON_EACH = ("On each host {which}", "在{which}每台主机上")
    WITH_CLUSTER = ("With access to the cluster {name}", "在能访问集群 {name} 的地方")
    WITH_A_CLUSTER = ("With access to the cluster", "在能访问集群的地方")
    HERE = ("On your machine", "在你的机器上")
    OF_HOSTS = ("of {hosts}", " {hosts} 的")
    OF_HOSTS_NAMED = ("of {hosts} ({names})", " {hosts}（{names}）的")
    OF_INVENTORY = ("of the inventory", "主机清单中的")
    OF_INVENTORY_NAMED = ("of the inventory ({names})", "主机清单（{names}）中的")
    LOOPED = ("Once for each {item} of {values}:", "对 {values} 中的每个 {item} 各做一次：")
    EXPECTED = ("**Expected:** {words}.", "**预期输出**：{words}。")
    EXPECTED_WRITTEN = ("**Expected:** {words} ({written}).", "**预期输出**：{words}（{written}）。")
    EXPECTED_ALL = ("**Expected**, all of it:", "**预期输出**，全部成立：")
    CONDITION = ("{words} ({written})", "{words}（{written}）")
    WRITE_DOWN = ("**Write down:** {values}.", "**记下**：{values}。")
    NAME_IS = ("{name} is {value}", "{name} 是 {value}")
    REPEAT = (
        "Try every {every} until it holds, for at most {within}.",
        "每隔 {every} 试一次，直到成立，最多 {within}。",
    )
    REPEAT_STABLE = (
        "Try every {every} until it holds, for at most {within}, and then it must keep holding for {stable_for}.",
        "每隔 {every} 试一次，直到成立，最多 {within}；之后还必须持续成立 {stable_for}。",
    )
    RETRY = ("If it does not work, try again {details}.", "如果不成功，{details}。")
    RETRY_ONCE = ("once", "再试一次")
    RETRY_TIMES = ("up to {count} times", "最多再试 {count} 次")
    RETRY_AFTER = ("after {delay}", "间隔 {delay}")
    RETRY_AT_ONCE = ("at once", "立即进行")
    RETRY_GROWING = (
        "each pause {backoff} times as long as the one before",
        "每次间隔是前一次的 {backoff} 倍",
    )
    RETRY_LIMIT = ("for at most {deadline} in all", "总共最多 {deadline}")
    ROLLING = (
        "Do not do it everywhere at once: {portions} at a time.",
        "不要同时在所有地方进行：每次 {portions}。",
    )
    PERCENT = ("{portion} of the targets", "目标的 {portion}")
    TARGET = ("{portion} target", "{portion} 个目标")
    TARGETS = ("{portion} targets", "{portion} 个目标")
    STOP_WHEN_ANY = (
        "Go on only while it works: stop when any target did not end well.",
        "只要顺利就继续：有任何目标不顺利就停止。",
    )
    STOP_WHEN_MORE = (
        "Go on only while it works: stop when more than {most} did not end well.",
        "只要顺利就继续：不顺利的超过 {most} 就停止。",
    )


class Steps(Phrase):
    """What the verbs add."""

    ONLY_IF = ("**Only if** {condition}; else skip this step.", "**仅当** {condition}；否则跳过这一步。")
    NOT_HERE = ("**Not in this environment:** only if {condition}.", "**此环境不适用：** 仅当 {condition}。")
    TAGS = ("Tags: {tags}.", "标签：{tags}。")
    MAY_FAIL = (
        "All may be well even if this one does not hold.",
        "即使这一项不成立，整体也可能正常。",
    )
    CRITICAL = (
        "**All depends on this check:** if it does not hold, stop here.",
        "**一切取决于这项检查**：如果不成立，就此停止。",
    )
    NOT_NEEDED = ("**Not needed if** {condition}.", "**无需进行，如果** {condition}。")
    ASK_FIRST = (
        "**Ask first:** somebody has to say yes before this is done.",
        "**先询问**：必须有人同意才能进行。",
    )
    ALLOWED_HERE = ("The environment allows this without asking.", "此环境允许不经询问就进行。")
    FORBIDDEN = (
        "**The environment forbids changes.** Whoever has the right to allow one must say so first.",
        "**此环境禁止变更。** 必须先由有权批准的人同意。",
    )
    ALLOWED = ("This may be done without asking.", "可以不经询问就进行。")
    ASK_UNLESS = (
        "**Ask first**, unless your environment allows changes without it.",
        "**先询问**，除非你的环境允许不经询问就变更。",
    )
    COOLDOWN = (
        "Not again in the same place within {cooldown} of the last time.",
        "同一处在上次之后的 {cooldown} 内不要再做。",
    )
    LOOK_BEFORE = (
        "First write down what is there now, so that it can be put back:",
        "先记下现在的内容，以便恢复：",
    )
    IDEMPOTENT = ("Doing it twice does no harm.", "重复进行没有害处。")
    IRREVERSIBLE = ("**This cannot be taken back.**", "**此操作无法撤销。**")
    PUT_BACK = ("**To take it back:** put back {what}.", "**撤销方法**：恢复 {what}。")
    TAKE_BACK = ("**To take it back:** {where}:", "**撤销方法**：{where}：")
    FAILS_UNDO = (
        "If it fails, take it back, and stop: this did not solve it.",
        "如果失败，撤销它，然后停止：问题没有解决。",
    )
    FAILS_UNDO_ALL = (
        "If it fails, take it back, then {changes}, and stop: this did not solve it.",
        "如果失败，撤销它，再撤销{changes}，然后停止：问题没有解决。",
    )
    FAILS_STOP = ("If it fails, stop: this did not solve it.", "如果失败，就停止：问题没有解决。")
    FAILS_GO_ON = ("If it fails, go on all the same.", "即使失败，也继续往下。")
    CHANGE_OF = ("the change of step {numbers}", "步骤 {numbers} 的变更")
    CHANGES_OF = (
        "the changes of steps {numbers}, as far as you made them",
        "步骤 {numbers} 的变更（只限已经做过的）",
    )
    REPEAT_CHECK = ("Repeat the health check {checks}.", "重新进行健康检查 {checks}。")
    REPEAT_CHECKS = ("Repeat the health checks {checks}.", "重新进行健康检查 {checks}。")
    HOLDS = ("**Expected:** it holds.", "**预期输出**：成立。")
    ALL_HOLD = ("**Expected:** all of them hold.", "**预期输出**：全部成立。")
    PASS_SOLVED = (
        "**If it holds:** it is solved. Leave out the other steps.",
        "**如果成立**：问题已解决。其余步骤不用再做。",
    )
    PASS_SOLVED_FINALLY = (
        "**If it holds:** it is solved. Leave out the other steps and do F1.",
        "**如果成立**：问题已解决。其余步骤不用再做，转到 F1。",
    )
    PASS_GO_ON = ("**If it holds:** go on.", "**如果成立**：继续往下。")
    FAIL_UNDO = (
        "**If it does not hold:** take back {changes}, and stop: this did not solve it.",
        "**如果不成立**：撤销{changes}，然后停止：问题没有解决。",
    )
    FAIL_STOP = (
        "**If it does not hold:** stop: this did not solve it.",
        "**如果不成立**：停止：问题没有解决。",
    )
    FAIL_GO_ON = ("**If it does not hold:** go on with the next step.", "**如果不成立**：继续下一步。")
    FIRST_CASE = ("Take the first case that fits, and only that one.", "选择第一个符合的情况，只走这一条。")
    CASE_PER_HOST = (
        "Decide for each host {which}: it takes the first case that fits it, and only that.",
        "对{which}每台主机分别判断：各自选择第一个符合的情况，只走这一条。",
    )
    CASE_PER_HOST_STEPS = (
        "The steps of a case are then done on the hosts that took it.",
        "每种情况的步骤只在选择了它的主机上进行。",
    )
    IF = ("{road}. If {condition}", "{road}. 如果 {condition}")
    ELSE = ("{road}. Else", "{road}. 否则")
    NOTHING = ("Nothing is done here; go on.", "这里什么也不做；继续往下。")
    PLAY = (
        "Continue with the playbook {name}; {command} prints it.",
        "转到剧本 {name}；用 {command} 可以打印它。",
    )
    PLAY_INPUTS = ("Its inputs:", "它的输入：")
    TELL = ("Tell {person}:", "通知 {person}：")
    WAIT = (
        "Wait up to {wait} for somebody to take it; go on as soon as somebody has.",
        "最多等待 {wait}，直到有人接手；一有人接手就继续。",
    )
