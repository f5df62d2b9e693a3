"""Everything outside a run: the clock, the transports, the record, the people."""

import asyncio
import os
import random  # noqa: TID251  the randomness that others are given comes from here
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from playbook_engine.app.keys import logs_in
from playbook_engine.audit.redact import Redactor
from playbook_engine.audit.writer import RunRecorder, UnrecordedRun
from playbook_engine.errors import AnswersUnavailable, RecordUnavailable
from playbook_engine.frozen import dataclass
from playbook_engine.model.inputs import environment_name
from playbook_engine.model.plan import Plan, planned_steps
from playbook_engine.model.replies import ManualReply
from playbook_engine.model.requests import ManualRequest
from playbook_engine.model.steps import Step
from playbook_engine.plan.walk import actions_of
from playbook_engine.ports import Recorder, Transport
from playbook_engine.transports.tunnels import Tunnels
from playbook_engine.values import RunId, Secret


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  the clock that everybody else is given

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def jitter() -> float:
    """Return a random share between 0 and 1, to spread tries over time."""
    return random.random()  # noqa: S311  no secret hangs on it


def new_run_id() -> RunId:
    """Return a ULID: unique, and it sorts by time."""
    from ulid import ULID  # noqa: PLC0415  lint and help do not need it

    return RunId(str(ULID()))


AskPerson = Callable[[ManualRequest], Awaitable[ManualReply | None]]


async def nobody(request: ManualRequest) -> ManualReply | None:
    """Answer for the person who is not there."""
    del request
    return None


@dataclass(frozen=True, slots=True)
class Transports:
    """The transports that some plans need, opened once and shared; libraries are imported only for these."""

    by_name: Mapping[str, Transport]

    async def close(self) -> None:
        """Close all connections; one that fails to close does not keep the others open."""
        await asyncio.gather(*(each.close() for each in self.by_name.values()), return_exceptions=True)


def transports(steps: tuple[Step, ...], ask: AskPerson, secret_env: frozenset[str]) -> Transports:
    """Return a transport for each kind of action in the steps.

    `secret_env` names the environment variables that hold secrets: what is started
    here, commands or a ProxyCommand, does not inherit them.
    """
    actions = [action for step in steps for action in actions_of(step)]
    kinds = {action.kind for action in actions}
    through_hosts = any(action.kind == "http" and logs_in(action) for action in actions)
    found: dict[str, Transport] = {}
    tunnels: Tunnels | None = None
    if kinds & {"local", "ssh"}:
        from playbook_engine.transports.local import LocalTransport  # noqa: PLC0415  only when a plan needs it

        found["local"] = LocalTransport(hidden_env=secret_env)
    if "ssh" in kinds or through_hosts:
        from playbook_engine.transports.ssh import library  # noqa: PLC0415  only with SSH
        from playbook_engine.transports.ssh.settings import UserFiles, current_user  # noqa: PLC0415  only with SSH

        library.load()
        from playbook_engine.transports.ssh.transport import SshTransport  # noqa: PLC0415  paramiko is slow to import

        environ = {name: value for name, value in os.environ.items() if name not in secret_env}
        files = UserFiles.standard(Path.home(), current_user(), environ)
        found["ssh"] = tunnels = SshTransport(jitter=jitter, files=files)
    if "http" in kinds:
        from playbook_engine.transports.http import HttpTransport  # noqa: PLC0415  TLS takes time to import

        found["http"] = HttpTransport(tunnels, os.environ, SystemClock().now)
    if "kubectl" in kinds:
        from playbook_engine.transports.kubernetes.transport import (  # noqa: PLC0415  the client takes 0.4 s
            KubernetesTransport,
        )

        found["kubectl"] = KubernetesTransport(clock=SystemClock(), environ=os.environ)
    if "manual" in kinds:
        from playbook_engine.transports.manual import ManualTransport  # noqa: PLC0415  only when a plan needs it

        found["manual"] = ManualTransport(ask)
    return Transports(found)


def steps_of(plan: Plan) -> tuple[Step, ...]:
    """Return the steps that a run of the plan may carry out."""
    return tuple(planned.step for planned in planned_steps(plan.blocks))


def secret_env(plan: Plan) -> frozenset[str]:
    """Return the environment variables that secrets come from, those of secret inputs included."""
    inputs = (environment_name(spec.name) for spec in plan.playbook.inputs if spec.secret)
    return frozenset((*(source.env for source in plan.environment.secrets if source.env), *inputs))


@dataclass(frozen=True, slots=True)
class Record:
    """A run's record, or the reason why there is none."""

    recorder: Recorder
    file: RunRecorder | None
    refused: str | None
    redactor: Redactor
    """Knows the secrets of the run, those too that come to light on the way."""
    notes: tuple[str, ...] = ()
    """What is to be said of it at the beginning of the run."""


def open_record(
    state: Path, run: RunId, clock: SystemClock, secrets: Mapping[str, Secret], *, answers: bool = False
) -> Record:
    """Open a run's record; without one the run goes on, changes nothing and says so.

    With `answers`, full answers are kept beside it; where they cannot be, the run goes on and says that, too.
    """
    redactor = Redactor(secrets.values())
    try:
        recorder = RunRecorder.open(state, run, clock, redactor)
    except RecordUnavailable as error:
        return Record(UnrecordedRun(clock, run, redactor), None, str(error), redactor)
    notes: tuple[str, ...] = ()
    if answers:
        try:
            recorder.keep_answers()
        except AnswersUnavailable as error:
            notes = (f"full answers are not kept: {error}",)
    return Record(recorder, recorder, None, redactor, notes)
