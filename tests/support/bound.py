"""Playbooks bound to inventories, with whatever is wrong as short lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsing import bind, load, make_inventory

from playbook_engine.diagnostics import Problems
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.plan import Blocks, Plan, PlannedBranch, PlannedStep
from playbook_engine.model.settings import RunSettings
from playbook_engine.values import Secret

SETTINGS = RunSettings(state_dir=Path("unused"))


@dataclass(slots=True)
class Bound:
    """A plan made from playbook text, and the problems found on the way."""

    text: str
    inventory: Inventory = field(default_factory=make_inventory)
    settings: RunSettings = SETTINGS
    set_texts: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        self.plan = bind(
            load(self.text),
            self.inventory,
            self.settings,
            self.problems,
            set_texts=self.set_texts,
            environ=self.environ,
            secrets=self.secrets,
        )

    @property
    def found(self) -> list[str]:
        """Return the problems as `LINE:COLUMN code: message` (without a place: `- code: message`)."""
        return [
            f"{f'{d.span.line}:{d.span.column}' if d.span else '-'} {d.code}: {d.message}"
            for d in self.problems.sorted()
        ]

    @property
    def hints(self) -> list[str | None]:
        """Return the hints of the problems, in their order."""
        return [diagnostic.hint for diagnostic in self.problems.sorted()]

    def step(self, path: str) -> PlannedStep:
        """Return the planned step of a path."""
        return {step.path: step for step in walk(self.plan.health + self.plan.steps + self.plan.finally_)}[path]  # type: ignore[index]  # a path as text


def walk(blocks: Blocks) -> tuple[PlannedStep, ...]:
    """Return all planned steps, those on the roads of branches included."""
    found: tuple[PlannedStep, ...] = ()
    for block in blocks:
        for step in block:
            found += (step,)
            if isinstance(step, PlannedBranch):
                for case in step.cases:
                    found += walk(case.blocks)
    return found
