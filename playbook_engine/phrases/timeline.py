"""A run as a timeline (`audit show`)."""

from playbook_engine.phrases.words import Phrase


class Timeline(Phrase):
    """What each event has to say; the words on the left are those of the record."""

    OPEN_END = (
        "There is no run.finished on record: the run goes on, or it was cut off here.",
        "记录中没有 run.finished：执行还在进行，或者在这里中断了。",
    )
    RUN = ("Run {run}: {title}", "执行 {run}：{title}")
    PLAYED = (
        "{name} {version} on {environment}, {mode}, by {user} on {host} ({kind})",
        "{name} {version}，环境 {environment}，{mode}，由 {user} 在 {host} 上执行（{kind}）",
    )
    BEGUN_WITH = ("begun {time} with {tool}", "开始于 {time}，使用 {tool}")
    PLAYBOOK = ("playbook {path}, sha256 {sha}", "剧本 {path}，sha256 {sha}")
    PLAYBOOK_COMMIT = ("playbook {path}, sha256 {sha}, commit {commit}", "剧本 {path}，sha256 {sha}，提交 {commit}")
    INVENTORY = ("inventory {path}, selected: {hosts}", "主机清单 {path}，选中：{hosts}")
    NO_HOST = ("no host", "没有主机")
    INPUT = ("input {name} = {value}", "输入 {name} = {value}")
    NOTE = ("note: {note}", "注意：{note}")
    BEGUN = ("{title}: begun", "{title}：开始")
    BEGUN_PLAY = ("{title}: begun ({playbook})", "{title}：开始（{playbook}）")
    ENDED = ("{title}: {outcome}", "{title}：{outcome}")
    ENDED_FACTS = ("{title}: {outcome} ({facts})", "{title}：{outcome}（{facts}）")
    NOT_CRITICAL = ("not critical", "不关键")
    TRIES = ("{count} tries", "试了 {count} 次")
    BATCH = (
        "{title}: batch {number} of {of} done, {failed} failed so far, {most} may",
        "{title}：第 {number} 批完成，共 {of} 批，已有 {failed} 个失败，允许 {most} 个",
    )
    BATCH_STOPS = ("; it stops, {left} not begun", "；停止，{left} 个未开始")
    EACH_HOST = ("{title}: each host its own", "{title}：每台主机各走各的")
    TAKEN = ("{title} → {taken}", "{title} → {taken}")
    BECAUSE = ("because {trace}", "因为 {trace}")
    NOT_TAKEN = ("not taken: {others}", "没有走：{others}")
    ROAD = ("{label}: {hosts}", "{label}：{hosts}")
    ROAD_BECAUSE = ("{label}: {hosts} because {trace}", "{label}：{hosts}，因为 {trace}")
    UNDECIDED = ("UNDECIDED", "无法判断")
    NO_ROAD = ("no road", "没有走任何一条")
    MORE_ROADS = ("and {count} more hosts with reasons of their own", "另有 {count} 台主机，原因各不相同")
    ON = ("on {hosts}", "在 {hosts} 上")
    WITH = ("with {given}", "输入 {given}")
    ASKED = ("{title}: asked", "{title}：询问")
    YES = ("{title}: yes, by {by} ({how})", "{title}：同意，{by}（{how}）")
    NO = ("{title}: no, by {by}", "{title}：不同意，{by}")
    NO_ENDS = ("{title}: no, by {by}, and the run ends here", "{title}：不同意，{by}，执行到此结束")
    TELLING = ("telling {contact}: {reason}", "正在通知 {contact}：{reason}")
    TOLD = ("told {contact} on {where}", "已通知 {contact}，通过 {where}")
    WAITING = ("waiting up to {wait} until somebody takes it", "最多等待 {wait}，直到有人接手")
    TAKEN_BY = (
        "what {contact} was told: taken by {by} ({how}, after {time})",
        "发给 {contact} 的通知：由 {by} 接手（{how}，用时 {time}）",
    )
    TAKEN_BY_NOBODY = ("what {contact} was told: taken by NOBODY", "发给 {contact} 的通知：没有人接手")
    NOT_TOLD = ("could NOT tell {contact}", "无法通知 {contact}")
    AGAIN = ("{signal} again", "{signal}，再次收到")
    VERDICT = ("{verdict} (exit {code}) after {time}: {reason}", "{verdict}（退出码 {code}），用时 {time}：{reason}")
    CHANGED = ("changed: {names}", "已更改：{names}")
    UNDONE = ("undone: {names}", "已撤销：{names}")
    NOT_UNDONE = ("not undone: {names}", "未撤销：{names}")
    WERE_TOLD = ("told: {names}", "已通知：{names}")
    WERE_NOT_TOLD = ("not told: {names}", "未通知到：{names}")
    IN_BATCHES = (
        "in {count} batches of {sizes}; stops when more than {most} fail",
        "分 {count} 批，每批 {sizes}；失败超过 {most} 就停止",
    )
    AT_ONCE = ("all at once; stops when more than {most} fail", "全部同时；失败超过 {most} 就停止")
    REQUEST = ("{targets}: {request}", "{targets}：{request}")
    REQUEST_UNDO = ("{targets}: {request} (undo: {undo})", "{targets}：{request}（撤销：{undo}）")
    AND_MORE = ("{names} and {count} more", "{names}，另有 {count} 个")
