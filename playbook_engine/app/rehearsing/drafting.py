"""A recorded run as the fields of a rehearsal."""

import ast
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from playbook_engine.frozen import dataclass
from playbook_engine.model.events import (
    EscalationDelivered,
    EscalationFailed,
    Event,
    Recorded,
    RunFinished,
    RunStarted,
)
from playbook_engine.model.inputs import has_type
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.plan import names
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.rehearsal.writing.answers import Answer, Manner
from playbook_engine.rehearsal.writing.places import places
from playbook_engine.rehearsal.writing.steps import Steps
from playbook_engine.rehearsal.writing.transcript import Transcript, transcript
from playbook_engine.rehearsal.writing.turns import in_turn
from playbook_engine.rehearsal.writing.yaml_lines import Block, Noted, Written
from playbook_engine.values import Duration, TargetName, Value

Fields = dict[str, Written]

_WORD = re.compile(r"[A-Za-z_]\w*")
_PROSE = frozenset({"before", "after", "headers"})
_FIELD = re.compile(r"\w\.(before|after|headers)\b|\b(before|after|headers)\s*(?:[.\[=!<>|])")
"""Words that stand in prose much more often than in expressions, where they are fields."""
_MASK = re.compile(r"<secret ([A-Za-z_]\w*)>")
LOOK_MS = 500
"""How often a run looks whether somebody has taken a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The run, the playbooks that it played, and where the rehearsal is to stand.

    `inventory` is that of the run, as a path from the rehearsal; None when it is not there any more.
    """

    file: Path
    events: tuple[Recorded, ...]
    family: tuple[Playbook, ...]
    playbook: str
    inventory: str | None
    schema: str | None
    most: int | None = None

    @property
    def bare(self) -> tuple[Event, ...]:
        return tuple(recorded.event for recorded in self.events)

    @property
    def started(self) -> RunStarted:
        return next(event for event in self.bare if isinstance(event, RunStarted))

    @property
    def verdict(self) -> str:
        return next(event.verdict.value for event in self.bare if isinstance(event, RunFinished))


@dataclass(frozen=True, slots=True)
class Draft:
    """A rehearsal but for its expectations; `unknown` are variables that are not on record."""

    origin: Origin
    transcript: Transcript
    fields: Fields
    unknown: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    """Variables of the environment that are not on record."""

    def rehearsal(self, expect: Fields) -> Fields:
        """Return all fields of the rehearsal."""
        began = self.origin.events[0].at
        inventory: Fields = {} if self.origin.inventory is None else {"inventory": self.origin.inventory}
        name = f"As on {began:%Y-%m-%d} at {began:%H:%M:%S}, {expect['verdict']}"
        return {
            "rehearsal": "v1",
            "playbook": self.origin.playbook,
            **inventory,
            "now": f"{began:%Y-%m-%dT%H:%M:%SZ}",
            **self._surroundings(),
            "scenarios": [{"scenario": name, **self.fields, "expect": Block(expect)}],
        }

    def _surroundings(self) -> Fields:
        here = places(self.origin.bare, self.origin.family, Steps(self.origin.family, self.origin.bare))
        found: Fields = {} if self.origin.inventory is not None else here
        note = ("Not on record: write what they are, as far as it matters.",)
        if self.unknown:
            found["vars"] = Noted({name: _stand_in(name) for name in self.unknown}, note)
        if self.unset:
            found["env"] = Noted(dict.fromkeys(self.unset, "unknown"), note)
        return found

    def with_unknown(self, unknown: Sequence[str], unset: Sequence[str]) -> "Draft":
        """Return the draft with more variables that are not on record."""
        return replace(self, unknown=(*self.unknown, *unknown), unset=(*self.unset, *unset))


def draft(origin: Origin) -> Draft:
    """Return what a run tells of the world that it met."""
    steps = Steps(origin.family, origin.bare)
    manner = Manner(_words(origin), exact=_interrupted(origin), most=origin.most)
    found = transcript(origin.events, steps, manner)
    unmasked = _Unmasked(origin)
    fields: Fields = {}
    if origin.inventory is not None and origin.started.inventory.limit is not None:
        fields["limit"] = ",".join(origin.started.inventory.selected)
    inputs = _inputs(origin)
    fields |= {"inputs": inputs} if inputs else {}
    answers = {name: unmasked.value(_by_target(targets, found.order)) for name, targets in found.answers.items()}
    fields |= {"answers": Block(answers)} if answers else {}
    return Draft(origin, found, {**fields, **_people(found, not_told(origin))})


def _by_target(targets: Mapping[TargetName, Sequence[Answer]], order: Mapping[TargetName, int]) -> Written:
    """Return the answers of all targets: once where all answer alike."""
    in_order = sorted(targets, key=lambda target: order.get(target, len(order)))
    by_target = {str(target): in_turn(targets[target]) for target in in_order}
    alike = len({repr(answers) for answers in by_target.values()}) == 1
    return next(iter(by_target.values())) if alike else {"targets": Block(by_target)}


def _people(found: Transcript, unreachable: Sequence[str]) -> Fields:
    """Return who said what, who could not be told, who took it, and when a signal came."""
    fields: Fields = {}
    if found.nobody:
        fields["approve"] = "nobody"
    elif found.approvals:
        fields["approve"] = dict(found.approvals)
    if found.acks:
        ack = found.acks[0]
        after = str(Duration(ack.waited_ms // LOOK_MS * LOOK_MS))
        note: Fields = {"note": ack.note} if ack.note else {}
        fields["ack"] = {"after": after, "by": ack.by, **note}
    if unreachable:
        fields["cannot_be_told"] = list(unreachable)
    if found.interrupted_ms is not None:
        fields["interrupt"] = str(Duration(found.interrupted_ms))
    return fields


def told(origin: Origin) -> tuple[str, ...]:
    """Return who is told again: without the inventory, nobody at the end."""
    return _contacts(origin, EscalationDelivered)


def not_told(origin: Origin) -> tuple[str, ...]:
    """Return who cannot be told again."""
    return _contacts(origin, EscalationFailed)


def _contacts(origin: Origin, kind: type[EscalationDelivered] | type[EscalationFailed]) -> tuple[str, ...]:
    notices = (event for event in origin.bare if isinstance(event, kind))
    known = (event.contact for event in notices if origin.inventory is not None or not contact_of_end(event))
    return tuple(dict.fromkeys(known))


def contact_of_end(event: Event) -> bool:
    """Return whether an event is a notice at the end of a run: the environment says who gets those."""
    return isinstance(event, EscalationDelivered | EscalationFailed) and event.path is None


def _words(origin: Origin) -> frozenset[str]:
    """Return every word of the playbooks: what none of them says, none of them looks at."""
    texts = [playbook.source.text for playbook in origin.family]
    words = {word for text in texts for word in _WORD.findall(text)} - _PROSE
    return frozenset(words | {found for text in texts for match in _FIELD.findall(text) for found in match if found})


def _interrupted(origin: Origin) -> bool:
    return any(event.type == "run.interrupted" for event in origin.bare)


def _inputs(origin: Origin) -> Fields:
    """Return the inputs that had another value than they have by themselves."""
    specs = {spec.name: spec for spec in origin.family[0].inputs}
    found: Fields = {}
    for name, shown in origin.started.inputs:
        spec = specs.get(name)
        if spec is None or shown == str(spec.default):
            continue
        if spec.secret:
            found[name] = stand_in_for(name)
        elif (value := _value(spec, shown)) is not None:
            found[name] = value
    return found


def _value(spec: InputSpec, shown: str) -> Written:
    """Return the value that the record shows as a text; None when it shows none."""
    if spec.type in ("string", "duration"):
        return None if shown == "None" and spec.default is None else shown
    try:
        value: Value = ast.literal_eval(shown)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if has_type(spec.type, value) else None  # type: ignore[return-value]  # plain data, as it was shown


def stand_in_for(name: str) -> str:
    """Return what a secret is in a rehearsal that does not say it."""
    return f"stand-in for {name}"


def _stand_in(name: str) -> Written:
    if name.endswith("_port"):
        return 1
    return f"http://{name.replace('_', '-')}.invalid" if name.endswith("url") else "unknown"


class _Unmasked:
    """Puts the stand-in of a secret where its mask stood, so that what compared well does so again."""

    def __init__(self, origin: Origin) -> None:
        steps = [step for playbook in origin.family for step in playbook_steps(playbook)]
        secret = {spec.name for playbook in origin.family for spec in playbook.inputs if spec.secret}
        self._known = secret | set(names.needs(steps).secrets)

    def value(self, value: Written) -> Written:
        match value:
            case str():
                return _MASK.sub(self._stand_in, value)
            case Mapping():
                return {str(self.value(name)): self.value(each) for name, each in value.items()}
            case list() | tuple():
                return [self.value(each) for each in value]
            case Noted():
                return Noted(self.value(value.value), value.notes)
            case Block():
                return Block(self.value(value.value))
            case _:
                return value

    def _stand_in(self, mask: re.Match[str]) -> str:
        return stand_in_for(mask[1]) if mask[1] in self._known else mask[0]


def from_folder(path: Path, folder: Path) -> str:
    """Return a path as it is written in a file of a folder."""
    return os.path.relpath(path.absolute(), folder.absolute())
