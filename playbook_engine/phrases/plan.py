"""What a play would do (`--plan`)."""

from playbook_engine.phrases.words import Phrase


class Plans(Phrase):
    """The lines of a plan."""

    HEALTH = ("health", "健康检查")
    STEPS = ("steps", "步骤")
    FINALLY = ("finally", "收尾")
    BESIDE = ("Steps marked {mark} run side by side. ", "标有 {mark} 的步骤同时进行。")
    NOTHING_CONTACTED = ("Nothing was contacted.", "没有连接任何目标。")
    SOME_HOSTS = ("{selected} of {hosts} hosts", "{hosts} 台主机中的 {selected} 台")
    LEFT_OUT = ("left out: {why}", "排除：{why}")
    WHEN = ("when {condition}", "当 {condition}")
    TELLS = ("tells {contact}", "通知 {contact}")
    TELLS_AND_WAITS = (
        "tells {contact}, waits up to {wait} until somebody takes it",
        "通知 {contact}，最多等待 {wait}，直到有人接手",
    )
    PER_HOST = ("each host takes its own case: {hosts}", "每台主机各走各的情况：{hosts}")
    IF = ("if {condition}", "如果 {condition}")
    ELSE = ("else", "否则")
    THOSE_OF = ("those of {names} that are in {chosen}", "{names} 中属于 {chosen} 的")
    REPEATS = ("repeats the health checks", "重新进行健康检查")
    ON = ("on {where}, at most {timeout}", "在 {where} 上，最多 {timeout}")
    NEVER = ("never in this environment", "在此环境中不会发生")
    ASKS = ("asks first", "先询问")
    APPROVED = ("approved by {by}", "由 {by} 批准")
    UNDO = ("undo: {undo}; on failure: {on_failure}", "撤销：{undo}；失败时：{on_failure}")
    EVERY = ("every {every} within {within}", "{within} 之内，每隔 {every}")
    EVERY_STABLE = (
        "every {every} within {within}, stable for {stable_for}",
        "{within} 之内，每隔 {every}，并稳定 {stable_for}",
    )
    PASSES = (
        "when it passes: {on_pass}; on failure: {on_failure}",
        "通过时：{on_pass}；失败时：{on_failure}",
    )
    AUTOMATIC = ("automatic", "自动")
    IRREVERSIBLE = ("irreversible", "不可逆")


class Manner(Phrase):
    """In which manner a step is carried out."""

    FOR_EACH = ("for each of {items}", "对 {items} 中的每一项")
    RETRY = ("up to {count} retry after {delay}", "最多重试 {count} 次，间隔 {delay}")
    RETRIES = ("up to {count} retries after {delay}", "最多重试 {count} 次，间隔 {delay}")
    GROWING = (", each pause {backoff} times the last", "，每次间隔是前一次的 {backoff} 倍")
    WITHIN = (", within {deadline}", "，{deadline} 之内")
    NOT_CRITICAL = ("not critical: shown, and does not count", "不关键：只显示，不计入")
    CRITICAL = ("critical: the steps end here when it is not ok", "关键：不正常时步骤到此结束")
    READS = ("only reads, says its author", "作者声明：只读取")
    COOLDOWN = (
        "not again on the same target within {cooldown}",
        "同一目标在 {cooldown} 内不再进行",
    )
