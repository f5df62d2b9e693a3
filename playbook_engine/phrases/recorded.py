"""Sentences of the engine that are on record in English, and how a reader of another language sees them.

A record keeps one language, so that it can be searched and compared. Viewers say its sentences again: what stands in
braces is taken over, titles and outcomes in the reader's language. A sentence that is not here is shown as recorded.
"""

import re
from functools import cache

from playbook_engine.phrases.words import Phrase, Sentence


class Reasons(Phrase):
    """Why a run ended as it did, or waits."""

    SIGNAL = ("{signal} ended the run", "{signal} 结束了执行")
    RECORD_FAILED = (
        "nothing was changed after the record failed: {why}",
        "记录失败之后没有再更改任何东西：{why}",
    )
    VERIFIED = ("a verify passed", "验证通过")
    HEALTHY = ("health held at the start, nothing was done", "开始时健康检查全部成立，什么也没有做")
    NOBODY_TOLD = ("nobody could be told: {names}", "无法通知任何人：{names}")
    UNREACHED = (
        "targets could not be reached, so nobody knows whether all is well",
        "目标无法到达，因此不知道是否一切正常",
    )
    VERIFY_FAILED = ("the last verify did not pass", "最后一次验证没有通过")
    NOT_VERIFIED = ("no verify passed", "没有验证通过")
    ENDED = ("the steps ended, and no verify passed", "步骤已执行完，没有验证通过")
    NO_SOLUTION = ("the run ended without a solution", "执行结束，问题未解决")
    STOPPED_BY = ("{by} stopped the run", "{by} 停止了执行")
    CRITICAL = ("the critical check '{title}' ended {outcome}", "关键检查“{title}”结果为{outcome}")
    MITIGATION = ("the mitigation '{title}' ended {outcome}", "变更“{title}”结果为{outcome}")
    VERIFY = ("'{title}' ended {outcome}", "“{title}”结果为{outcome}")
    UNDECIDED = ("the branch '{title}' could not be decided", "分支“{title}”无法判断")
    NEEDS_YES_NAMED = (
        "'{title}' needs a yes (--approve {id}), and nobody is at a terminal to give it",
        "“{title}”需要同意（--approve {id}），而终端前没有人",
    )
    NEEDS_YES = (
        "'{title}' needs a yes, and nobody is at a terminal to give it",
        "“{title}”需要同意，而终端前没有人",
    )
    NEEDS_ANSWER = (
        "'{title}' needs an answer, and nobody is at a terminal to give it",
        "“{title}”需要回答，而终端前没有人",
    )
    STATE_UNWRITABLE = ("the state directory cannot be written", "状态目录不可写")
    NOT_TAKEN = ("nobody took it within {wait}", "{wait} 内没有人接手")
    SIGNAL_WAIT = ("a signal ended the wait", "信号结束了等待")


class Ending(Phrase):
    """How a run ended, in the notice at its end."""

    ENDED = ("{title}: {verdict}, {reason}", "{title}：{verdict}，{reason}")


class Causes(Phrase):
    """Why a step ended as it did, where no answer of a target says it."""

    AUTOMATIC = ("automatic: what was there before is put back", "自动：恢复更改之前的内容")
    NONE_MAY = (
        "not begun: {failed} of {total} targets failed, none may",
        "未开始：{total} 个目标中有 {failed} 个失败，不允许失败",
    )
    SOME_MAY = (
        "not begun: {failed} of {total} targets failed, at most {most} may",
        "未开始：{total} 个目标中有 {failed} 个失败，最多允许 {most} 个",
    )
    STATUS = ("status = {status}, expected below 400", "status = {status}，预期小于 400")
    WITHIN = ("it did not hold within {within} ({count} tries)", "{within} 内没有成立（试了 {count} 次）")
    NO_ANSWER = ("no answer within {time}", "{time} 内没有回答")
    EXIT_STATUS = ("rc = {rc}, expected 0", "rc = {rc}，预期为 0")
    WHEN = ("when: {condition} is false", "when：{condition} 不成立")
    UNLESS = ("nothing to do: {condition} holds already", "无事可做：{condition} 已经成立")
    LOOP = ("nothing to do: {items} is empty", "无事可做：{items} 为空")
    SAID_NO = ("{by} said no", "{by} 没有同意")
    NO_ROAD = ("none of its hosts took this road", "它的主机都没有走这条路")
    NO_HOST = ("no host: {hosts} is empty", "没有主机：{hosts} 为空")
    NO_TERMINAL = ("nobody is at a terminal to answer", "终端前没有人回答")
    UNCHANGED = (
        "nothing was changed, so there is nothing to verify",
        "没有更改任何东西，所以没有什么要验证",
    )
    WOULD_TELL = ("would tell {contact}", "将会通知 {contact}")
    COOLDOWN = (
        "made {ago} by run {run}; not again within {cooldown}",
        "{ago} 由执行 {run} 做过；{cooldown} 内不再进行",
    )
    NOT_BEGUN = ("not begun: ended by a signal", "未开始：被信号结束")
    BY_SIGNAL = ("ended by a signal", "被信号结束")
    TAGS_LEFT_OUT = ("it carries '{tag}', which --skip-tags leaves out", "它带有标签“{tag}”，被 --skip-tags 排除")
    CANNOT_UNDO = ("{kind} cannot be undone automatically", "{kind} 无法自动撤销")


def recognised(recorded: str) -> Sentence | None:
    """Return which sentence a recorded text is, with what was filled in; None when it is none of these."""
    for phrase, pattern in _patterns():
        found = pattern.fullmatch(recorded)
        if found is not None:
            return Sentence(phrase, found.groupdict())
    return None


@cache
def _patterns() -> tuple[tuple[Phrase, re.Pattern[str]], ...]:
    """Return for each sentence the pattern of its English text, those with the most words of their own first."""
    phrases = sorted((*Reasons, *Causes), key=lambda phrase: -len(re.sub(r"{\w+}", "", phrase.texts["en"])))
    return tuple((phrase, _pattern(phrase.texts["en"])) for phrase in phrases)


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", text)
    literal = [re.escape(part) if number % 2 == 0 else f"(?P<{part}>.+?)" for number, part in enumerate(parts)]
    return re.compile("".join(literal), re.DOTALL)
