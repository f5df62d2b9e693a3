"""The decisions of a playbook as a graph: ends, edges, and the small print of nodes."""

from playbook_engine.phrases.words import Phrase


class Ends(Phrase):
    """Nodes that are no steps."""

    ALL_WELL = ("Is all well?", "一切正常吗？")
    HEALTHY = ("Well: nothing to do", "正常：无事可做")
    SOLVED = ("Solved", "已解决")
    UNSOLVED = ("Not solved", "未解决")
    TAKE_BACK = ("Take back {numbers}", "撤销 {numbers}")
    CONTINUE = ("Continue with {playbook}", "转到 {playbook}")
    FINALLY = ("In any case, at the end", "无论如何，最后执行")


class Edges(Phrase):
    """What stands on edges."""

    YES = ("yes", "是")
    NO = ("no", "否")
    HOLDS = ("holds", "成立")
    DOES_NOT_HOLD = ("does not hold", "不成立")
    FAILS = ("fails", "失败")
    ELSE = ("else", "否则")
    SKIPPED = ("left out", "跳过")
    QUOTED = ("“{words}”", "“{words}”")


class Kinds(Phrase):
    """The verbs in the captions of nodes."""

    CHECK = ("{number} check", "{number} 检查")
    BRANCH = ("{number} branch", "{number} 判断")
    MITIGATE = ("{number} mitigate", "{number} 变更")
    VERIFY = ("{number} verify", "{number} 验证")
    ESCALATE = ("{number} escalate", "{number} 通知")


class Details(Phrase):
    """What is worth saying beyond verb and title."""

    ONLY_IF = ("only if {condition}", "仅当{condition}")
    CRITICAL = ("all depends on it", "一切取决于它")
    REPEATS = ("repeats {checks}", "重新检查 {checks}")
    PER_HOST = ("each host takes its own case", "每台主机各走各的情况")
    TO = ("to {contact}", "通知 {contact}")
    WAITS = ("waits up to {wait} for an answer", "最多等待 {wait}，直到有人接手")
    UNLESS = ("unless {condition}", "除非{condition}")
    ASKS = ("asks first", "先询问")
    ASKS_NOT = ("does not ask", "不询问")
    UNDO_AUTO = ("undo: auto", "撤销：自动")
    IRREVERSIBLE = ("irreversible", "无法撤销")
    UNDO = ("undo: {kind}", "撤销：{kind}")
    AT_A_TIME = ("{portions} at a time", "每次 {portions}")
    COOLDOWN = ("not again within {cooldown}", "{cooldown} 内不再进行")
    FOR_EACH = ("for each of {values}", "对 {values} 中的每一项")
    WITHIN = ("within {within}", "{within} 之内")
    WITHIN_STABLE = ("within {within}, stable for {stable_for}", "{within} 之内，并稳定 {stable_for}")
