"""What somebody is told in a notice, beside the playbook's own words."""

from playbook_engine.phrases.words import Phrase


class Notices(Phrase):
    """The lines around the prose."""

    HEAD = ("{severity}{title} ({environment})", "{severity}{title}（{environment}）")
    WAIT = ("The run waits up to {wait} for you: runbook ack {run}", "执行最多等待你 {wait}：runbook ack {run}")
    CHANGED = ("Changed: {title}", "已更改：{title}")
    UNDONE = ("Undone: {title}", "已撤销：{title}")
    AND = ("  and {title}", "  以及 {title}")
    AND_MORE = ("  and {count} more", "  另有 {count} 项")
    RUN = ("Run {run}", "执行 {run}")
    RUN_RECORD = ("Run {run}, record {head}", "执行 {run}，记录 {head}")
