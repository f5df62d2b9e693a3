"""What a command is: its words, its operands, its flags, and whether it changes anything."""

from enum import StrEnum

from playbook_engine.actions.kubectl.checks import Check
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Effect
from playbook_engine.values import Duration


class Operands(StrEnum):
    """What stands on a line besides flags; the value is how the reference writes it."""

    LIST = "KIND [NAME…]"
    MANY = "KIND NAME…"
    ONE = "KIND/NAME"
    LOGS = "POD, or KIND/NAME"
    PROGRAM = "POD, or KIND/NAME, then `-- PROGRAM ARGUMENT…`"
    MEASURED = "`pods` [NAME], or `nodes` [NAME]"
    NODE = "NODE"
    NEW_JOB = "NAME"
    ACCESS = "VERB KIND[/NAME], or VERB /PATH"
    NOTHING = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """What `NAME=VALUE` means for a verb: what it is called, what both sides may be, and whether `NAME-` removes."""

    noun: str
    key: Check
    value: Check = str
    removable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A command of kubectl.

    `flags` are keys of the flag table. `undo_refusal` says why the engine cannot take the command back by itself;
    None when it can. `may_only_read` says that only a person can tell whether it changes anything.
    """

    name: str
    effect: Effect
    flags: tuple[str, ...]
    example: str
    timeout: Duration = Duration(30_000)
    operands: Operands = Operands.ONE
    pairs: Pairs | None = None
    required: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    undo_refusal: str | None = "it changes nothing"
    may_only_read: bool = False
