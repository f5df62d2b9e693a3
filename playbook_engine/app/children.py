"""The playbooks that a playbook plays: checked before a run, and given their names."""

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Problems, Severity
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.precedence import Level, Sourced
from playbook_engine.model.steps import Play
from playbook_engine.plan import names, plays, scope
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.values import TargetName, Value

NOT_TO_BE_FOLLOWED = ("cyclic-play", "too-deep", "unknown-playbook")
"""Problems with which a playbook's others cannot be bound one inside the other."""


def members(
    playbook: Playbook, shelf: Shelf, variables: frozenset[str], problems: Problems, *, sweep: bool
) -> tuple[Playbook, ...]:
    """Return a playbook and all that it may come to play, each once, with every name and every play checked.

    A sweep only asks for health, and plays nothing.
    """
    family = (playbook,) if sweep else plays.family(playbook, shelf)
    for member in family:
        if member is not playbook:
            shelf.read(shelf.path_of(member), problems)  # what is to be said of it, warnings too
        names.check(member, variables, ACTIONS, problems)
        if not sweep:
            plays.check(member, shelf, variables, problems)
    if not sweep:
        shelf.report_broken(problems)
    return family


def cannot_be_bound(problems: Problems) -> bool:
    """Return whether there is a play among the problems that nobody could follow."""
    return any(d.severity is Severity.ERROR and d.code in NOT_TO_BE_FOLLOWED for d in problems.sorted())


@dataclass(frozen=True, slots=True)
class Opener:
    """Gives the playbooks that others play their names (`plan.plays.OpenPlay`)."""

    inventory: Inventory
    selected: tuple[TargetName, ...]
    outside: scope.Outside
    shelf: Shelf
    problems: Problems

    def __call__(self, play: Play, caller: Playbook) -> plays.Opened | None:
        """Open one; None when it is not there, which has been reported."""
        child = self.shelf.find(caller, play.playbook)
        if isinstance(child, plays.Absent):
            return None
        given, later = plays.literals(play, child), plays.templates(play, child)
        unknown: dict[str, Value] = dict.fromkeys(each.name for each in later)
        by_caller = {name: Sourced(value, Level.CALLER, str(play.span)) for name, value in (given | unknown).items()}
        outside = scope.Outside(
            set_texts={}, environ=self.outside.environ, secrets=self.outside.secrets, caller=by_caller
        )
        needs = names.needs(playbook_steps(child))
        resolved = scope.resolve(child, self.inventory, self.selected, needs, outside, self.problems)
        return plays.Opened(
            playbook=child,
            ref=self.shelf.ref(child),
            names={name: value for name, value in resolved.names.items() if name not in unknown},
            host_names=resolved.host_names,
            given=tuple(given.items()),
            later=later,
        )
