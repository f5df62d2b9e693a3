"""What play and sweep say on the screen and in a log."""

from playbook_engine.phrases.words import Phrase


class Outcomes(Phrase):
    """How a step ended on a target."""

    OK = ("ok", "正常")
    FAILED = ("failed", "失败")
    ERROR = ("error", "出错")
    TIMEOUT = ("timeout", "超时")
    UNREACHABLE = ("unreachable", "无法到达")
    SKIPPED = ("skipped", "跳过")
    ABORTED = ("aborted", "未进行")
    INDETERMINATE = ("indeterminate", "结果不明")


class Verdicts(Phrase):
    """How a run ended."""

    HEALTHY = ("healthy", "健康")
    RESOLVED = ("resolved", "已解决")
    UNRESOLVED = ("unresolved", "未解决")
    WAITING = ("waiting", "等待中")
    UNKNOWN = ("unknown", "未知")
    UNDELIVERED = ("undelivered", "通知未送达")
    UNRECORDED = ("unrecorded", "无法记录")
    INTERRUPTED = ("interrupted", "已中断")


class Gist(Phrase):
    """The few words behind a step's title."""

    COMMA = (", ", "，")
    TRIES = ("{count} tries", "试了 {count} 次")
    NOT_CRITICAL = ("not critical", "不关键")
    CHANGED = ("changed", "已更改")
    TAKEN_BACK = ("taken back", "已撤销")
    MAY_HAVE_CHANGED = ("may have changed", "可能已更改")
    NO_CHANGE = ("no change", "没有变化")
    ON_TARGETS = ("{count} targets", "{count} 个目标")
    CHANGED_ON = ("{good} on {count} targets", "{count} 个目标{good}")
    CHANGED_ON_SOME = ("{good} on {moved} of {count} targets", "{count} 个目标中有 {moved} 个{good}")
    NOT_GOOD = ("{bad} of {count} not {good}", "{count} 个中有 {bad} 个不是“{good}”")
    COUNTED = ("{count} {word}", "{count} 个{word}")
    MAY_HAVE = ("{count} may have changed", "{count} 个可能已更改")
    RC = ("rc {rc}", "退出码 {rc}")
    SAID = ("{answer}, said {by}", "{by} 回答 {answer}")


class Names(Phrase):
    """Names of targets that are too many to list."""

    AND_OTHER = ("{names} and {count} other", "{names} 等，另有 {count} 个")
    AND_OTHERS = ("{names} and {count} others", "{names} 等，另有 {count} 个")
    AND_MORE = (" and {count} more", "，另有 {count} 个")


class Story(Phrase):
    """What an event is worth telling."""

    LIMITED = (", limited to {limit}", "，限定为 {limit}")
    SOME_OF = ("{selected} of {hosts}", "{hosts} 台中的 {selected}")
    HOST = ("{count} host", "{count} 台主机")
    HOSTS = ("{count} hosts", "{count} 台主机")
    MODE_CHECK = ("  --check: nothing is changed", "  --check：什么也不更改")
    MODE_SWEEP = ("  sweep", "  巡检")
    FACTS = (
        "{name} {version} on {environment} ({hosts}{limit})",
        "{name} {version}，环境 {environment}（{hosts}{limit}）",
    )
    APPROVED = ("approved by {by}", "由 {by} 批准")
    SAID_NO = ("{by} said no", "{by} 没有同意")
    SAID_NO_ENDS = ("{by} said no and ends the run", "{by} 没有同意，并结束执行")
    WAITING = ("waiting: {reason}", "等待：{reason}")
    ENDING_NOW = ("{signal}: again: ending now", "{signal}：再次收到，立即结束")
    STOPPING = (
        "{signal}: stopping; what was changed is taken back",
        "{signal}：正在停止；已做的更改会撤销",
    )
    NO_RECORD = ("no record: {reason}; nothing will be changed", "无法记录：{reason}；不会再更改任何东西")
    NOTICE = ("A notice went out", "已发出通知")
    NO_NOTICE = ("No notice went out", "没有发出通知")
    TOLD = ("told {contact}", "已通知 {contact}")
    TOLD_ON = (" on {channel} {address}", "，通过 {channel} {address}")
    NOT_TOLD = ("{contact} could not be told", "无法通知 {contact}")
    UNTIL_TAKEN = (
        "waiting up to {wait} until somebody takes it:",
        "最多等待 {wait}，直到有人接手：",
    )
    TAKEN_BY = ("taken by {by}", "由 {by} 接手")
    TAKEN_AFTER = (" after {time}", "，用时 {time}")
    STARTED_BY = ("started by {user}@{host} ({kind})", "由 {user}@{host} 启动（{kind}）")
    WAITING_FOR_YES = ("! waiting for a yes: {title}", "! 等待同意：{title}")
    CHANGING = ("! changing: {title}", "! 正在更改：{title}")
    FOR_SEVERAL_REASONS = ("for several reasons", "原因不一")
    HINT = ("hint: {hint}", "提示：{hint}")
    NOT_CRITICAL = ("not critical: {message}", "不关键：{message}")
    SKIPPED_BECAUSE = ("{names} skipped: {message}", "{names} 已跳过：{message}")
    NOT_RUN = ("not run: --check", "未执行：--check")
    ON = ("on {names}", "在 {names} 上")
    WOULD_RUN = ("would run: ", "将会执行：")


class Roads(Phrase):
    """Where a step stands inside of others."""

    ROAD_ON = ("{label} on {hosts}", "{label}：{hosts}")
    FINALLY_OF = ("finally of '{title}'", "“{title}”的收尾步骤")
    EACH_HOST = ("each of {count} host its own", "{count} 台主机各走各的")
    EACH_OF_HOSTS = ("each of {count} hosts its own", "{count} 台主机各走各的")
    REASONS = ("{count} reasons, on {host}: {trace}", "{count} 种原因，{host} 上：{trace}")
    UNDECIDED = ("undecided", "无法判断")
    NO_ROAD = ("no road", "没有走任何一条")
    ON_HOSTS = ("on {hosts}", "在 {hosts} 上")
    WITH = ("with {given}", "输入 {given}")
    HEALTHY = ("healthy, so its steps are left out", "健康，所以不执行它的步骤")
    DONE = ("done", "完成")
    RESOLVED = ("resolved", "已解决")
    STOPPED = ("stopped", "已停止")
    BECAUSE = (": {trace}", "：{trace}")


class Running(Phrase):
    """A step under way."""

    TELLING = ("telling {contact}", "正在通知 {contact}")
    WAITING_TAKEN = (
        "waiting for somebody to take what {contact} was told",
        "等待有人接手发给 {contact} 的通知",
    )
    NOT_YET = ("not yet: {why}", "尚未：{why}")
    TRY = ("try {number}", "第 {number} 次")
    ATTEMPT = ("attempt {number}", "第 {number} 次尝试")
    TRIED_AGAIN = ("{count} tried again", "{count} 个重试")
    BATCH = ("batch {number} of {of}", "第 {number} 批，共 {of} 批")
    WAITING_FOR = ("waiting for {names}", "等待 {names}")
    HOLDS = ("holds {time} of {stable_for}", "已持续成立 {time}，需要 {stable_for}")
    LEFT = ("{time} left", "剩余 {time}")
    MORE_LINES = ("{ellipsis} and {count} more lines", "{ellipsis} 另有 {count} 行")


class Batches(Phrase):
    """How a mitigation rolls over its targets."""

    AT_ONCE = ("all at once; {most} may fail", "全部同时；允许失败 {most}")
    AT_A_TIME = (
        "{sizes} at a time ({number} batches); {stops}",
        "每次 {sizes}（{number} 批）；{stops}",
    )
    AT_A_TIME_WRITTEN = ("{sizes} at a time; {stops}", "每次 {sizes}；{stops}")
    STOPS_AT_ONE = ("stops when one fails", "有一个失败就停止")
    STOPS_AT = ("stops when more than {most} fail", "失败超过 {most} 就停止")
    FAILED_SO_FAR = (", {count} failed so far", "，已有 {count} 个失败")
    STOPPING = (", stopping", "，正在停止")
    TARGETS = (": {targets}", "：{targets}")
    GOES_ON = ("goes on: {most} may fail", "继续：允许失败 {most}")


class Differences(Phrase):
    """Targets that ended differently."""

    ASIDE = (", not critical", "，不关键")
    REST = (
        "and {count} more, each for its own reason: {said}; the record has them all",
        "另有 {count} 个，原因各不相同：{said}；记录中全部都有",
    )
    OUTPUTS_DIFFER = (
        "their outputs differ; the record has them all",
        "它们的输出各不相同；记录中全部都有",
    )
    LINE_ABOVE = ("{count} more line above", "上面还有 {count} 行")
    LINES_ABOVE = ("{count} more lines above", "上面还有 {count} 行")


class Approval(Phrase):
    """The question before a mitigation."""

    ON = ("on", "在")
    WILL_RUN = ("will run", "将执行")
    UNDO = ("undo", "撤销")
    ROLLING = ("rolling", "分批")
    WHERE = ("{names} ({address})", "{names}（{address}）")
    WHERE_SEVERAL = ("{names} ({count} targets)", "{names}（{count} 个目标）")
    UNKNOWN = ("not known", "未知")
    IRREVERSIBLE = ("irreversible: this cannot be taken back", "不可逆：此操作无法撤销")
    ASK = ("Do it? [y]es / [s]kip it / [q]uit here: ", "要执行吗？[y] 是 / [s] 跳过 / [q] 到此结束：")
    ANSWER = ("Answer [{options}]: ", "回答 [{options}]：")
    OPTION = ("{option} ({meaning})", "{option}（{meaning}）")


class Summary(Phrase):
    """The last lines of a run."""

    SAID = ("{reason} ({time}{status})", "{reason}（{time}{status}）")
    STATUS = (", exit {code}", "，退出码 {code}")
    CHANGED = ("changed", "已更改")
    UNDONE = ("undone", "已撤销")
    NOT_UNDONE = ("not undone", "未撤销")
    TOLD = ("told", "已通知")
    NOT_TOLD = ("not told", "未通知到")
    RECORD = ("record", "记录")
    CHAIN = ("chain", "哈希链")
    NEXT = ("next", "下一步")
    NOTHING = ("nothing", "没有")
    NOBODY = ("nobody", "没有人")
    NO_RECORD = ("none was written", "没有写入")
    NEXT_WAITING = (
        "Play it at a terminal, or give the yes in advance with --approve ID or --yes.",
        "在终端上执行，或者用 --approve ID 或 --yes 事先同意。",
    )
    NEXT_UNKNOWN = (
        "Look at the targets that could not be reached; nothing was changed.",
        "查看无法到达的目标；没有更改任何东西。",
    )
    NEXT_UNRECORDED = (
        "Make the state directory writable, or name another with --state-dir.",
        "让状态目录可写，或者用 --state-dir 指定另一个。",
    )
    NEXT_UNDELIVERED = ("Tell somebody yourself: no notice went out.", "请自己通知别人：没有发出通知。")
    NEXT_NOT_UNDONE = (
        "Take back by hand what was not undone; `runbook audit show` has each request and its undo.",
        "手工撤销没有撤销的更改；`runbook audit show` 列出每个请求及其撤销方法。",
    )


class Explain(Phrase):
    """What every name of a playbook stands for."""

    INPUTS = ("inputs", "输入")
    VARS = ("vars", "变量")
    INVENTORY = ("inventory", "主机清单")
    ENVIRONMENT = ("environment", "进程环境")
    SECRETS = ("secrets", "机密")
    EMPTY = ("The playbook has no inputs and no vars.", "剧本没有输入，也没有变量。")
    ON_ENVIRONMENT = (" on {environment}", "，环境 {environment}")
    NO_INVENTORY = (", no inventory looked into", "，没有查看主机清单")
    SEEN_BY_HOST = ("host {host}", "主机 {host}")
    SEEN_BY_STEPS = ("steps that do not run on a host", "不在主机上执行的步骤")
    FACTS = ("{playbook} {version}{where}; as seen by {seen}", "{playbook} {version}{where}；对于{seen}")
    NO_VALUE = ("no value", "没有值")
    ON_HOSTS_ONLY = ("on hosts only", "只在主机上有")
    INSTEAD_OF = ("instead of {value}, {origin}", "代替 {value}，{origin}")
    MORE_HOST = ("{count} more host has another value", "另有 {count} 台主机的值不同")
    MORE_HOSTS = ("{count} more hosts have other values", "另有 {count} 台主机的值不同")
    OTHER_PLACE = ("{origin} and {count} other place", "{origin}，以及另外 {count} 处")
    OTHER_PLACES = ("{origin} and {count} other places", "{origin}，以及另外 {count} 处")


class Sweep(Phrase):
    """The health of many playbooks."""

    ILL = ("ill", "异常")
    PLAYBOOK = ("{count} playbook: ", "{count} 个剧本：")
    PLAYBOOKS = ("{count} playbooks: ", "{count} 个剧本：")
    CHECK = ("{count} check", "{count} 项检查")
    CHECKS = ("{count} checks", "{count} 项检查")
    COUNTED = ("{count} {word}", "{count} 个{word}")
    TOTAL = ("{said} ({checks}, {time})", "{said}（{checks}，{time}）")
