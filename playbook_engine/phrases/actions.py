"""What actions say of themselves, in a document that a person follows by hand."""

from playbook_engine.phrases.words import Phrase


class Success(Phrase):
    """What counts as success where a step has no `expect`."""

    STATUS = ("the status is below 400", "状态码小于 400")
    COMMAND = ("the command succeeds", "命令成功")
    EXIT_STATUS = ("the exit status is 0", "退出码是 0")
    ANSWER = ("the answer is done or yes", "回答是 done 或 yes")


class Restores(Phrase):
    """What `undo: auto` puts back."""

    BEFORE = ("what was there before", "更改之前的内容")
    VARIABLE = (
        "the variable {names} of {named}, as seen before the change",
        "{named} 的变量 {names}（更改之前看到的值）",
    )
    VARIABLES = (
        "the variables {names} of {named}, as seen before the change",
        "{named} 的变量 {names}（更改之前看到的值）",
    )
    REPLICAS = (
        "the number of replicas of {named}, as seen before the change",
        "{named} 的副本数（更改之前看到的值）",
    )
    REVISION = (
        "the revision of {named} before the change: kubectl rollout undo {named}",
        "{named} 更改之前的版本：kubectl rollout undo {named}",
    )
    OBJECT = ("{named}, as seen before the change", "{named}（更改之前看到的样子）")
