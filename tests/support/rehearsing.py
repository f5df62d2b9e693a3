"""Plays playbooks written in tests on scripted targets, with a clock that nobody waits for."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.engine.carrying import ByTransport
from playbook_engine.engine.executor import Executor, World
from playbook_engine.errors import RecordUnavailable
from playbook_engine.inventory import patterns
from playbook_engine.language import build, reader, schema
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.events import (
    Actor,
    BranchTaken,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationFailed,
    EscalationUnacknowledged,
    Event,
    PlayFinished,
    PlayStarted,
    Recorded,
    RecordLost,
    RunFinished,
    RunInterrupted,
    RunPaused,
    RunStarted,
    StepFinished,
    TargetInput,
    UndoFinished,
)
from playbook_engine.model.inventory import (
    Contact,
    Environment,
    EscalationRule,
    Inventory,
    InventoryHost,
    Policy,
    Variable,
)
from playbook_engine.model.plan import InventoryRef, Made, Plan, PlaybookRef
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.precedence import Level, Sourced
from playbook_engine.model.rolling import Batches
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.model.steps import Play
from playbook_engine.model.targets import Cluster, Host
from playbook_engine.plan import build as binding
from playbook_engine.plan import names, plays, scope
from playbook_engine.plan.foreseen import Foreseen
from playbook_engine.plan.targets import Addresses
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.ports import Awaited, Story, Taken
from playbook_engine.transports.fake import FakeTransport
from playbook_engine.values import RunId, Secret, StepPath, TargetName, Value

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SPAN = Span(Source("test", ""), 1, 1, 1, 1)
RUN = RunId("01JTEST0000000000000000000")
HEADER = "runbook: v1\nname: test\nversion: '1'\ntitle: A test\n"


class FrozenClock:
    """A clock that moves only when somebody sleeps on it."""

    def __init__(self) -> None:
        self.ms = 0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOW + timedelta(milliseconds=self.ms)

    def monotonic_ms(self) -> int:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ms += round(seconds * 1000)
        await asyncio.sleep(0)


class MemoryRecorder:
    """A record in memory; `fails_at` makes the disk refuse from that event on."""

    def __init__(self, clock: FrozenClock, fails_at: Callable[[Event], bool] = lambda _: False) -> None:
        self._clock = clock
        self._fails_at = fails_at
        self.available = True
        self.events: list[Recorded] = []
        self.hidden: list[Secret] = []
        self.durable: list[Event] = []

    def hide(self, secret: Secret) -> None:
        self.hidden.append(secret)

    def record(self, event: Event, *, durable: bool = False) -> Recorded:
        if self.available and self._fails_at(event):
            self.available = False
            raise RecordUnavailable("No space left on device")
        if durable and self.available:
            self.durable.append(event)
        recorded = Recorded(
            seq=len(self.events) + 1, at=self._clock.now(), mono_ms=self._clock.monotonic_ms(), run=RUN, event=event
        )
        self.events.append(recorded)
        return recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    channel: str | None
    address: str = "#oncall"
    receipt: str = "ok"
    tries: int = 1
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class ScriptedTeller:
    """Tells everybody but those who are `deaf`."""

    deaf: frozenset[str] = frozenset()
    stories: list[tuple[str, Story]] = field(default_factory=list)

    def key(self, path: StepPath | None, contact: str) -> str:
        return f"{path}|{contact}"

    async def tell(self, contact: str, story: Story, key: str) -> Told:
        self.stories.append((contact, story))
        await asyncio.sleep(0)
        return Told(channel=None, reasons=("no answer",)) if contact in self.deaf else Told(channel="slack")


@dataclass(slots=True)
class ScriptedAcks:
    """Somebody takes a notice at the given look into the box; None: nobody does. `refused`: nobody can."""

    taken_at: int | None = None
    refused: str | None = None
    awaited: list[Awaited] = field(default_factory=list)
    looks: int = 0
    on_look: Callable[[int], None] = lambda _: None
    pause_s: float = 0.5

    @contextmanager
    def opened(self, awaited: Awaited) -> Iterator["ScriptedAcks | str"]:
        self.awaited.append(awaited)
        yield self.refused or self

    def taken(self) -> Taken | None:
        self.looks += 1
        self.on_look(self.looks)
        took = self.taken_at is not None and self.looks >= self.taken_at
        return Taken(by="bob", how="runbook ack", note="on it") if took else None


@dataclass(frozen=True, slots=True)
class Said:
    yes: bool
    stop: bool = False
    by: str = "ana"


@dataclass(slots=True)
class ScriptedPerson:
    """Gives answers in turn, the last one again and again."""

    answers: list[Said]
    asked: list[tuple[str, tuple[TargetInput, ...]]] = field(default_factory=list)
    batches: list[Batches | None] = field(default_factory=list)

    async def approve(self, title: str, inputs: tuple[TargetInput, ...], batches: Batches | None) -> Said:
        self.batches.append(batches)
        self.asked.append((title, inputs))
        await asyncio.sleep(0)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def load(text: str, name: str = "test") -> Playbook:
    """Read a playbook; every problem is a failure of the test."""
    problems = Problems()
    source = Source(f"{name}.yml", HEADER.replace("name: test", f"name: {name}") + text)
    document = reader.read(source, problems)
    assert document is not None, problems.sorted()
    schema.check(document, "playbook.v1", problems)
    playbook = build.playbook(document, ExpressionCompiler(problems), ACTIONS, problems)
    assert playbook is not None, problems.sorted()
    assert not problems.has_errors, problems.sorted()
    return playbook


def make_inventory(
    hosts: Sequence[str] = ("h1", "h2", "h3"),
    *,
    variables: Mapping[str, Value] | None = None,
    host_variables: Mapping[str, Mapping[str, Value]] | None = None,
    policy: Policy | None = None,
    rules: Sequence[str] = (),
) -> Inventory:
    """Return an inventory of group `all`, a cluster `main` and the contacts ana, bob and cto."""
    shared = {name: Variable(value=value, origin="group all") for name, value in (variables or {}).items()}
    own = host_variables or {}
    environment = Environment(
        name="test",
        policy=policy or Policy(mitigate="auto"),
        clusters=(Cluster(name=TargetName("main"), namespace="default"),),
        contacts=tuple(Contact(name=name, span=SPAN, addresses=(("slack", "#x"),)) for name in ("ana", "bob", "cto")),
        escalation=tuple(EscalationRule(when="unresolved", to=name, span=SPAN) for name in rules),
    )
    return Inventory(
        name="test",
        path="inventories/test",
        sha256="0" * 64,
        hosts=tuple(
            InventoryHost(
                host=Host(name=TargetName(name)),
                groups=("all",),
                variables=shared | {key: Variable(value=v, origin="host") for key, v in own.get(name, {}).items()},
            )
            for name in hosts
        ),
        groups={"all": tuple(TargetName(name) for name in hosts)},
        all_variables=shared,
        environment=environment,
    )


@dataclass(frozen=True, slots=True)
class Others:
    """Playbooks that others play, by name (`plan.plays.Library`, and an `OpenPlay` once there is an inventory)."""

    playbooks: Mapping[str, Playbook] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Others":
        return cls({name: load(text, name) for name, text in texts.items()})

    def find(self, caller: Playbook, name: str) -> Playbook | plays.Absent:
        del caller
        return self.playbooks.get(name) or plays.Absent(f"there is no playbook '{name}' to play")

    def opener(self, inventory: Inventory, given: scope.Outside, problems: Problems) -> plays.OpenPlay:
        selected = tuple(host.name for host in inventory.hosts)

        def opened(play: Play, caller: Playbook) -> plays.Opened | None:
            child = self.find(caller, play.playbook)
            if isinstance(child, plays.Absent):
                return None
            values, later = plays.literals(play, child), plays.templates(play, child)
            unknown: dict[str, Value] = dict.fromkeys(each.name for each in later)
            needs = names.needs(tuple(playbook_steps(child)))
            by_caller = {name: Sourced(value, Level.CALLER, "play") for name, value in (values | unknown).items()}
            outside = replace(given, set_texts={}, caller=by_caller)
            resolved = scope.resolve(child, inventory, selected, needs, outside, problems)
            return plays.Opened(
                playbook=child,
                ref=PlaybookRef(
                    name=child.name, version="1", title=child.title, path=child.source.name, sha256="0" * 64
                ),
                names={name: value for name, value in resolved.names.items() if name not in unknown},
                host_names=resolved.host_names,
                given=tuple(values.items()),
                later=later,
            )

        return opened


NO_OTHERS = Others()


def bind(
    playbook: Playbook,
    inventory: Inventory,
    settings: RunSettings,
    problems: Problems,
    *,
    others: Others = NO_OTHERS,
    **outside: object,
) -> Plan:
    """Bind a playbook to an inventory as the program does."""
    selected = tuple(host.name for host in inventory.hosts)
    variables = frozenset({*inventory.all_variables, *(n for h in inventory.hosts for n in h.variables)})
    for member in plays.family(playbook, others):
        names.check(member, variables, ACTIONS, problems)
        plays.check(member, others, variables, problems)
    needs = names.needs(tuple(playbook_steps(playbook)))
    given = scope.Outside(
        set_texts=outside.get("set_texts", {}),  # type: ignore[arg-type]  # tests give what fits
        environ=outside.get("environ", {}),  # type: ignore[arg-type]  # as above
        secrets=outside.get("secrets", {}),  # type: ignore[arg-type]  # as above
    )
    resolved = scope.resolve(playbook, inventory, selected, needs, given, problems)
    addresses = Addresses(
        inventory=inventory,
        select=patterns.select,
        kinds=ACTIONS,
        default_hosts=playbook.hosts,
        limit=None,
        selected=frozenset(selected),
        problems=problems,
    )
    known = Foreseen(resolved.names, resolved.host_names)
    steps = binding.bind(playbook, addresses, settings, known, others.opener(inventory, given, problems))
    return Plan(
        playbook=playbook,
        playbook_ref=PlaybookRef(name="test", version="1", title="A test", path="test.yml", sha256="0" * 64),
        inventory_ref=InventoryRef(
            name="test", path="inventories/test", sha256="0" * 64, hosts=len(selected), limit=None, selected=selected
        ),
        environment=inventory.environment,
        settings=settings,
        health=steps.health,
        steps=steps.steps,
        finally_=steps.finally_,
        names=resolved.names,
        host_names=resolved.host_names,
    )


@dataclass(slots=True)
class Rehearsal:
    """One run of a playbook in a test: set it up, `play`, look at what happened."""

    text: str
    others: Mapping[str, str] = field(default_factory=dict)
    """The playbooks that this one may play, by name."""
    tags: frozenset[str] = frozenset()
    skip_tags: frozenset[str] = frozenset()
    inventory: Inventory = field(default_factory=make_inventory)
    fake: FakeTransport = field(default_factory=FakeTransport)
    mode: Mode = Mode.PLAY
    yes: bool = True
    person: ScriptedPerson | None = None
    teller: ScriptedTeller = field(default_factory=ScriptedTeller)
    acks: ScriptedAcks = field(default_factory=ScriptedAcks)
    fails_at: Callable[[Event], bool] = lambda _: False
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    parallel: int = 50
    made: Mapping[tuple[str, TargetName], Made] = field(default_factory=dict)
    patience_s: float = 20
    clock: FrozenClock = field(default_factory=FrozenClock)
    recorder: MemoryRecorder = field(init=False)
    executor: Executor = field(init=False)

    def __post_init__(self) -> None:
        settings = RunSettings(
            mode=self.mode,
            yes=self.yes,
            interactive=self.person is not None,
            parallel=self.parallel,
            tags=self.tags,
            skip_tags=self.skip_tags,
            state_dir=Path("unused"),
        )
        problems = Problems()
        others = Others.of(self.others)
        plan = bind(load(self.text), self.inventory, settings, problems, others=others, secrets=self.secrets)
        assert not problems.has_errors, problems.sorted()
        made = {(plan.playbook.name, *key): each for key, each in self.made.items()}
        plan = replace(plan, made=made)
        self.recorder = MemoryRecorder(self.clock, self.fails_at)
        kinds = ("ssh", "local", "http", "kubectl", "manual")
        world = World(
            clock=self.clock,
            recorder=self.recorder,
            sinks=(),
            carrier=ByTransport(dict.fromkeys(kinds, self.fake)),
            approver=self.person,
            teller=self.teller,
            acks=self.acks,
        )
        self.executor = Executor(plan, RUN, world)

    async def play(self) -> RunFinished:
        """Play to the end."""
        plan = self.executor.state.plan
        async with asyncio.timeout(self.patience_s):
            return await self.executor.run(
                RunStarted(
                    mode=self.mode.value,
                    playbook=plan.playbook_ref,
                    inventory=plan.inventory_ref,
                    environment="test",
                    actor=Actor(kind="user", user="ana", uid=1000, host="bastion", tty=None),
                    tool="runbook 0",
                )
            )

    @property
    def story(self) -> list[str]:
        """Return what happened as short words: `ok check A`, `→ case 1`, `undo B ok`."""
        return [line for recorded in self.recorder.events if (line := _short(recorded.event))]

    @property
    def asked(self) -> list[str]:
        """Return what targets were asked, in order: `h1: systemctl restart x`."""
        return [f"{request.target.name}: {request.summary()}" for request in self.fake.requests]


def _short(event: Event) -> str | None:  # noqa: PLR0911  one return for each event
    match event:
        case StepFinished():
            return f"{event.verb} {event.title}: {event.result.outcome.value}"
        case UndoFinished():
            return f"undo {event.title}: {event.result.outcome.value}"
        case BranchTaken():
            return f"branch: {event.taken}"
        case PlayStarted():
            return f"play {event.playbook.name}"
        case PlayFinished():
            return f"played {event.name}: {event.ended.value}"
        case EscalationAcknowledged():
            return f"taken by {event.by}"
        case EscalationUnacknowledged():
            return f"not taken: {event.reason}"
        case EscalationDelivered():
            return f"told {event.contact}"
        case EscalationFailed():
            return f"could not tell {event.contact}"
        case RunPaused() | RunInterrupted() | RecordLost():
            return event.type
        case _:
            return None
