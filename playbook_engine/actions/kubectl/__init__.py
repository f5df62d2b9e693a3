"""The kubectl action: a command line as people type it, understood when the playbook is loaded.

tokens    a line as words, `{{ … }}` whole and quotes undone, each word with its place
kinds     the kinds of objects, their plurals and short names
verbs     what each command takes: flags, kinds, and whether it changes anything
flags     a line's flags and the words that are none
command   a line as a command: verb, objects, flags, assignments
checks    what a word may be: names, numbers, durations, outputs
reader    the short and the long form of the playbook, as an action
action    `KubectlAction`: the request for one cluster
pasting   the command line that a person can paste
undoing   what a change replaces, and the request that puts it back
"""

from playbook_engine.actions.kubectl.reader import read
from playbook_engine.model.actions import ActionKind, Addressing

KUBECTL = ActionKind(
    name="kubectl",
    addressing=Addressing.CLUSTER,
    read=read,
    supports_auto_undo=True,
    fields=("text", "json", "changed", "before", "duration"),
)

__all__ = ["KUBECTL"]
