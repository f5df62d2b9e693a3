"""The kubectl action: a command line as people type it, understood when the playbook is loaded.

tokens      a line as words, `{{ … }}` whole and quotes undone, each word with its place
kinds       the kinds of objects, their plurals and short names
verb        what a command is
verbs       the commands: the one list of them
flag_table  every flag, what its value may be, why some are refused
checks      what a word may be: names, numbers, durations, outputs
wording     a check's complaint as a problem with its place
flags       a line's flags, the words that are none, and those behind `--`
objects     which objects a line names
pairs       `NAME=VALUE`: variables, images, labels, annotations
access      what `auth can-i` asks about
patch_text  the JSON of a patch, with places for values
manifests   the objects of `apply -f`
command     a line as a command: all of the above
reader      the short and the long form of the playbook, as an action
action      `KubectlAction`: the request for one cluster
pasting     the command line that a person can paste
undoing     what a change replaces, and the request that puts it back
reference   the page `docs/reference/kubectl.md`
"""

from playbook_engine.diagnostics import Problems
from playbook_engine.model.actions import Action, ActionKind, Addressing
from playbook_engine.model.document import Node
from playbook_engine.model.expressions import Compiler


def _read(node: Node, compiler: Compiler, problems: Problems) -> Action | None:
    """Read a line; its grammar is loaded with the first one, which many playbooks never reach."""
    from playbook_engine.actions.kubectl.reader import read  # noqa: PLC0415 -- see above

    return read(node, compiler, problems)


KUBECTL = ActionKind(
    name="kubectl",
    addressing=Addressing.CLUSTER,
    read=_read,
    supports_auto_undo=True,
    fields=("text", "json", "changed", "before", "after", "duration", "rc", "stdout", "stderr", "signal"),
)

__all__ = ["KUBECTL"]
