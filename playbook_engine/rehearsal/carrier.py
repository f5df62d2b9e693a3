"""Answers the engine's requests from a script; nothing is sent anywhere."""

from dataclasses import dataclass, field
from typing import assert_never

from playbook_engine.model.errands import Errand, Purpose
from playbook_engine.model.rehearsal import ScriptedAnswer
from playbook_engine.model.replies import Answer, Fault, FaultKind, KubectlReply, Reply
from playbook_engine.model.requests import KubectlRequest, ManualRequest, Request
from playbook_engine.model.steps import AutoUndo, Check, Irreversible, Mitigate, Verify
from playbook_engine.ports import Clock
from playbook_engine.rehearsal import replies, stand_ins
from playbook_engine.rehearsal.script import Script
from playbook_engine.values import Duration


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request that the scenario has no answer for."""

    errand: Errand
    kind: str
    summary: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """An answer that the step cannot be given, and why."""

    answer: ScriptedAnswer
    message: str


@dataclass(slots=True)
class ScriptedCarrier:
    """A `ports.Carrier` that notes what it could not answer."""

    script: Script
    clock: Clock
    unanswered: list[Unanswered] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)
    _times: dict[int, Duration] = field(default_factory=dict)
    _made: dict[tuple[int, str], Reply] = field(default_factory=dict)

    async def carry(self, request: Request, errand: Errand) -> Answer:
        """Return the next answer, when its time has come."""
        kind = kind_of(errand)
        if errand.purpose in (Purpose.LOOK, Purpose.TRY):
            await self.clock.sleep(0)
            return self._before(request, errand, kind)
        scripted = self.script.next(request, errand, kind, self.clock.monotonic_ms())
        if scripted is None:
            await self.clock.sleep(0)
            self.unanswered.append(Unanswered(errand, kind, request.summary()))
            return Fault(kind=FaultKind.ERROR, message="the scenario has no answer for this request")
        if isinstance(request, ManualRequest):
            self._check_options(scripted, request)
        took = self._takes(scripted, request)
        if took.ms:
            await self.clock.sleep(min(took, request.timeout).seconds)
        return replies.late(request) if took > request.timeout else self._answer(kind, scripted, request, errand)

    def _takes(self, scripted: ScriptedAnswer, request: Request) -> Duration:
        known = self._times.get(id(scripted))
        if known is None:
            known = replies.takes(scripted, request)
            if "fault" not in scripted:  # a timeout is as long as its request's
                self._times[id(scripted)] = known
        return known

    def _answer(self, kind: str, scripted: ScriptedAnswer, request: Request, errand: Errand) -> Answer:
        """Return an answer; a poll gets the same one again and again, and it is made once."""
        key = (id(scripted), kind)
        if key not in self._made:
            made = replies.answer(kind, scripted, request, errand)
            if isinstance(made, Fault):
                return made
            self._made[key] = made
        return self._made[key]

    def _before(self, request: Request, errand: Errand, kind: str) -> Answer:
        """Return what a change is about to replace."""
        scripted = self.script.ahead(errand, kind)
        written = None if scripted is None else scripted.value("before")
        data = stand_ins.before(request, written) if isinstance(request, KubectlRequest) else None
        return KubectlReply(data=data)

    def _check_options(self, scripted: ScriptedAnswer, request: ManualRequest) -> None:
        said = scripted.value("answer")
        if said is not None and said not in request.options:
            message = f"'{said}' is not one of the step's options: {', '.join(request.options)}"
            self.misfits.append(Misfit(scripted, message))


def kind_of(errand: Errand) -> str:
    """Return the word of the action that a request comes from: `ssh` also where the host is this machine."""
    step = errand.step
    match step:
        case Check():
            return step.action.kind
        case Verify():
            return step.action.kind if step.action is not None else ""
        case Mitigate():
            undo = step.undo
            own = errand.purpose is not Purpose.UNDO or isinstance(undo, AutoUndo | Irreversible)
            return step.action.kind if own or isinstance(undo, AutoUndo | Irreversible) else undo.kind
        case _:
            assert_never(step)
