"""Which names each expression uses, and whether anybody gives them a value.

What a step sees, in this order of search: fields of its own answer (in `expect` and `capture` only), results and
captures of earlier steps, host and group variables, inputs and `vars` of the playbook, and the built-in names
`env`, `secret`, `run`, `playbook`, `hosts`, `inventory_hostname`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import ActionKind
from playbook_engine.model.expressions import Reference
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import Branch, Check, Mitigate, Step, Verify
from playbook_engine.plan.walk import after, before, gives, looped, playbook_steps

BUILT_IN = {
    "env": (),
    "secret": (),
    "run": ("id", "started"),
    "playbook": ("name", "version", "title"),
    "hosts": (),
    "inventory_hostname": (),
}
"""Built-in names, each with the fields it has; no fields means any."""

NO_LOOP = "Give the step a 'loop', or say which item is meant."
"""What to do about an item where there is no loop."""

LIKELY_TYPO = 0.75
"""How near a name must be to a known one to be reported where the inventory might know it as well."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The environment variables and secrets that steps name, with where they first do; and all names they use."""

    env: Mapping[str, Reference] = field(default_factory=dict)
    secrets: Mapping[str, Reference] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


def needs(steps: Iterable[Step]) -> Needs:
    """Return what the steps need from outside."""
    env: dict[str, Reference] = {}
    secrets: dict[str, Reference] = {}
    used: set[str] = set()
    for step in steps:
        for reference in before(step) + after(step):
            used.add(reference.name)
            bucket = {"env": env, "secret": secrets}.get(reference.name)
            if bucket is not None and reference.attributes:
                bucket.setdefault(reference.attributes[0], reference)
    return Needs(env, secrets, frozenset(used))


def check(
    playbook: Playbook,
    variables: frozenset[str] | None,
    kinds: Mapping[str, ActionKind],
    problems: Problems,
) -> None:
    """Report every name that nothing gives a value to.

    `variables` are the names that the inventory knows. Without an inventory (None) an unknown name may be one of
    its variables: then only a near miss of a known name is reported, as a warning.
    """
    _check_hidden(playbook, variables or frozenset(), problems)
    known = set(BUILT_IN) | {spec.name for spec in playbook.inputs} | {v.name for v in playbook.variables}
    scope = _Scope(known | (variables or set()), variables is not None, kinds, problems, _later(playbook))
    for step in playbook.health:
        scope.visit(step)
    scope.steps(playbook.steps)
    scope.steps(playbook.finally_)


def _check_hidden(playbook: Playbook, variables: frozenset[str], problems: Problems) -> None:
    """Report ids and captures that would hide a variable of the inventory: one name, two meanings."""
    for step in playbook_steps(playbook):
        for name in gives(step):
            if name in variables:
                message = f"'{name}' is the name of a result here and of a variable in the inventory"
                problems.error("hidden-variable", message, step.span, "Give the step another id.")


def _later(playbook: Playbook) -> frozenset[str]:
    return frozenset(name for step in playbook_steps(playbook) for name in gives(step))


@dataclass(slots=True)
class _Scope:
    """The names known so far; steps add to it in file order, roads of a branch apart from each other."""

    known: set[str]
    complete: bool
    kinds: Mapping[str, ActionKind]
    problems: Problems
    later: frozenset[str]

    def steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self.visit(step)
            if isinstance(step, Branch):
                self._roads(step)

    def _roads(self, branch: Branch) -> None:
        entry, exits = set(self.known), set(self.known)
        for steps in (*(case.steps for case in branch.cases), branch.otherwise):
            self.known = set(entry)
            self.steps(steps)
            exits |= self.known
        # A name given on one road only may be used later: on the other roads its use fails, and says so.
        self.known = exits

    def visit(self, step: Step) -> None:
        item = ("item",) if isinstance(step, Check | Mitigate | Verify) and step.loop is not None else ()
        items = looped(step)
        for reference in before(step):
            self._check(reference, () if reference in items else item)
        fields = (*self._answer_fields(step), *item)
        for reference in after(step):
            self._check(reference, fields)
        self.known.update(gives(step))

    def _answer_fields(self, step: Step) -> tuple[str, ...]:
        if not isinstance(step, Check | Mitigate | Verify) or step.action is None:
            return ()
        return self.kinds[step.action.kind].fields

    def _check(self, reference: Reference, fields: tuple[str, ...]) -> None:
        if reference.name in self.known or reference.name in fields or reference.optional:
            self._check_built_in(reference)
            return
        if reference.name in self.later:
            message = f"'{reference.name}' is given a value only by a later step"
            self.problems.error("unknown-name", message, reference.span, "Move the step that gives it up.")
            return
        nearness = 0.6 if self.complete else LIKELY_TYPO
        hint = did_you_mean(reference.name, [*self.known, *fields], nearness=nearness)
        if reference.name == "item":
            self.problems.error("unknown-name", "'item' is known only within a loop", reference.span, NO_LOOP)
            return
        message = f"'{reference.name}' is not known here"
        if self.complete:
            self.problems.error("unknown-name", message, reference.span, hint or self._where_names_come_from())
        elif hint:
            self.problems.warning(
                "unknown-name", message, reference.span, f"{hint} Or is it a variable of the inventory?"
            )

    def _check_built_in(self, reference: Reference) -> None:
        fields = BUILT_IN.get(reference.name, ())
        if fields and reference.attributes and reference.attributes[0] not in fields:
            hint = did_you_mean(reference.attributes[0], fields) or f"It has: {', '.join(fields)}."
            name = f"{reference.name}.{reference.attributes[0]}"
            self.problems.error("unknown-name", f"'{name}' is not known", reference.span, hint)

    def _where_names_come_from(self) -> str:
        return "Give it under inputs or vars, in the inventory's variables, or as the id of an earlier step."
