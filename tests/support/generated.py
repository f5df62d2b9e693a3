"""Playbooks that Hypothesis makes up: roads within roads, others that are played, undo, notices that wait."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Step = dict[str, Any]
Whole = tuple[str, dict[str, str]]
Choose = Callable[[Sequence[Any]], Any]

DEEPEST = 3
"""Branches within branches."""
CHAIN = ("root", "b", "c")
"""Who may play whom: the one before the one after."""
OWN = {"on_failure": ("undo", "stop", "continue"), "on_pass": ("resolve", "continue")}


@dataclass
class Author:
    """Writes one playbook; knows the ids that can be referred to, and those of steps on hosts."""

    choose: Choose
    child: str | None
    has_health: bool
    ids: list[str] = field(default_factory=list)
    on_hosts: list[str] = field(default_factory=list)
    named: int = 0
    closing: bool = False
    """Whether these are the steps of `finally`, where none is critical."""

    def one_of(self, *choices: Any) -> Any:
        return self.choose(choices)

    def steps(self, depth: int, most: int = 3) -> list[Step]:
        count = self.one_of(*range(1, most + 1)) if depth else self.one_of(3, 4, 5)
        return [self.step(depth) for _ in range(count)]

    def step(self, depth: int) -> Step:
        kinds = ["check", "mitigate", "verify", "escalate"] + ["branch"] * (depth < DEEPEST) * (3 - depth)
        kind = self.one_of(*kinds)
        made: Step = {kind: f"A {kind}"}
        if self.one_of(False, False, True):
            made["when"] = self.condition()
        made |= getattr(self, f"_{kind}")(depth)
        return made

    def condition(self) -> str:
        """Return something that holds, does not, or cannot be decided."""
        choices = ["true", "false"]
        for name in self.ids:
            choices += [f"{name}.passed", f"{name}.failed", f"not {name}.skipped", f"{name}.json.a == 1"]
        return str(self.one_of(*choices))

    def _action(self, step: Step, *, named: bool = True) -> Step:
        on_hosts = self.one_of(True, True, False)
        action: Step = {"ssh" if on_hosts else "local": "ask"}
        if on_hosts:
            where = self.one_of(
                "all", "h1", "h2,h3", *(f"{name}.{w}" for name in self.on_hosts for w in ("failed", "passed"))
            )
            action["hosts"] = where
        if named and self.one_of(True, False):
            name, self.named = f"s{self.named}", self.named + 1
            step["id"] = name
            action["__id"] = (name, on_hosts)
        return action

    def _finished(self, step: Step, action: Step) -> Step:
        """Return the step; its id is known from here on."""
        found = action.pop("__id", None)
        if found is not None:
            self.ids.append(found[0])
            if found[1]:
                self.on_hosts.append(found[0])
        return step | action

    def _check(self, depth: int) -> Step:
        step: Step = self.one_of({}, {}, {"retries": 2, "delay": "1s", "backoff": 2}, {"within": "3s", "every": "1s"})
        step = {**step, **self._repeated()}
        if depth and not self.closing and self.one_of(True, False, False, False):
            step["critical"] = True
        return self._finished(step, self._action(step))

    def _repeated(self) -> Step:
        """Return a loop: over data, over what an expression gives, or over what it should not give."""
        return dict(self.one_of({}, {}, {}, {"loop": ["a", "b"]}, {"loop": "hosts"}, {"loop": "run.id"}))

    def _mitigate(self, depth: int) -> Step:
        del depth
        step: Step = {}
        action = self._action(step)
        step |= self.one_of({"undo": {"local": "undo"}}, {"irreversible": True})
        if "undo" in step:
            self._maybe(step, "on_failure")
        if self.one_of(True, False, False, False):
            step["approve"] = "required"
        if self.one_of(True, False, False):
            step |= {"idempotent": True, "retries": 1, "delay": "1s"}
        if "ssh" in action and self.one_of(True, False):
            step |= {"serial": self.one_of(1, "50%", [1, 2]), "max_failures": self.one_of(0, 1, "50%")}
        return self._finished(step | self._repeated(), action)

    def _verify(self, depth: int) -> Step:
        del depth
        step: Step = {}
        self._maybe(step, "on_pass")
        if self.has_health and self.one_of(True, False):
            return step
        if self.one_of(True, False):
            step |= {"on_failure": self.one_of("stop", "continue")}
        return self._finished(step, self._action(step))

    def _escalate(self, depth: int) -> Step:
        del depth
        step: Step = {"to": self.one_of("ana", "bob")}
        if self.one_of(True, False):
            step["wait_for_ack"] = "5s"
        return step

    def _branch(self, depth: int) -> Step:
        step: Step = {}
        if self.one_of(True, False):
            step["for"] = "host"
            step["hosts"] = self.one_of("all", "h1,h2", *(f"{name}.failed" for name in self.on_hosts))
        entry = (list(self.ids), list(self.on_hosts))
        exits = (dict.fromkeys(self.ids), dict.fromkeys(self.on_hosts))
        conditions = [self.condition() for _ in range(self.one_of(1, 2))]
        roads = []
        for _ in (*conditions, "else"):
            # What is named on one road is known after the branch, not on the other roads.
            self.ids, self.on_hosts = list(entry[0]), list(entry[1])
            roads.append(self.steps(depth + 1, 2) if self.one_of(True, True, False) else [])
            exits[0].update(dict.fromkeys(self.ids))
            exits[1].update(dict.fromkeys(self.on_hosts))
        self.ids, self.on_hosts = list(exits[0]), list(exits[1])
        cases: list[Step] = [{"when": when, "steps": steps} for when, steps in zip(conditions, roads, strict=False)]
        for case in cases:
            if self.child is not None and not case["steps"]:
                case["play"] = {"playbook": self.child, "inputs": {"given": self.one_of("data", "{{ run.id }}")}}
                del case["steps"]
        return step | {"cases": cases, "else": roads[-1]}

    def _maybe(self, step: Step, name: str) -> None:
        if self.one_of(True, False):
            step[name] = self.one_of(*OWN[name])


def playbook(choose: Choose) -> Whole:
    """Return a playbook and the others that it may play, as texts; `choose` makes every decision."""
    texts: dict[str, Step] = {}
    for name, child in zip(CHAIN, (*CHAIN[1:], None), strict=True):
        author = Author(choose, child, has_health=choose((True, False)))
        whole: Step = {"hosts": "all"}
        if name != CHAIN[0]:
            whole["inputs"] = {"given": {"type": "string", "required": True}}
        if author.has_health:
            whole["health"] = [{"check": "Well", "id": "well", **choose(({"local": "w"}, {"ssh": "w"}))}]
            author.ids.append("well")
        whole["steps"] = author.steps(0)
        if choose((True, False)):
            author.closing = True
            whole["finally"] = author.steps(1, 2)
        texts[name] = whole
    as_yaml = {name: _block(whole) for name, whole in texts.items()}
    return as_yaml.pop(CHAIN[0]), as_yaml


@st.composite
def playbooks(draw: DrawFn) -> Whole:
    """Return what `playbook` makes, every decision made by Hypothesis: a failure becomes small."""
    return playbook(lambda choices: draw(st.sampled_from(choices)))


def _block(whole: Step) -> str:
    """Return fields as lines of YAML that can stand below others."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in whole.items() if value)
