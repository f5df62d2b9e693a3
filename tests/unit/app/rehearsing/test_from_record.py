"""The rehearsal of a recorded run: played, it goes as the run went; and a person can read it."""

import asyncio
import random  # noqa: TID251  seeded
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from generated import Choose, Whole, playbook, playbooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rehearsing import Rehearsal, Said, ScriptedAcks, ScriptedPerson, ScriptedTeller, make_inventory
from replayed_runs import rehearsed
from virtual import VirtualClock, interrupted, play

from playbook_engine.app.rehearsing.from_record import Written
from playbook_engine.model.inventory import Policy
from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply, KubectlReply, Output, ShellReply
from playbook_engine.model.requests import Request
from playbook_engine.transports.fake import Computed, FakeTransport, http, shell
from playbook_engine.values import Secret, Value

EARLY = Fault(kind=FaultKind.TIMEOUT, message="too late", begun=True)
"""Real ones take as long as they may; a signal would find them under way."""
ANSWERS: tuple[Answer, ...] = (
    shell(),
    shell('{"a": 1}'),
    shell("坏了\n: - {\n", stderr="\x1b[2J no\n", rc=1),
    Fault(kind=FaultKind.UNREACHABLE, message="no route"),
    Fault(kind=FaultKind.LOST, message="reset", begun=True),
    Fault(kind=FaultKind.TIMEOUT, message="too late", begun=True, may_live=True),
    EARLY,
    Fault(kind=FaultKind.REFUSED, message="no: 'x' is forbidden"),
    Fault(kind=FaultKind.ERROR, message="broken", begun=True),
    Fault(kind=FaultKind.AUTH, message="the login was refused"),
)
CANNOT_BE_SAID = ("had its yes in advance", "has one 'ack' for all")
"""What a rehearsal has no words for, and says so."""


@dataclass(frozen=True)
class Fate:
    """What happens in a run besides what its playbook says."""

    answers: tuple[Answer, ...]
    taken_at: int | None
    deaf: frozenset[str]
    yes: bool


FATES = st.builds(
    Fate,
    answers=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=9).map(tuple),
    taken_at=st.integers(1, 3) | st.none(),
    deaf=st.frozensets(st.sampled_from(("ana", "bob"))),
    yes=st.booleans(),
)


class Slow(FakeTransport):
    """A transport whose answers take a while, each its own."""

    async def _perform(self, request: Request) -> Answer:
        await asyncio.sleep((37 + len(self.requests) * 71 % 190) / 1000)
        return await super()._perform(request)


def set_up(whole: Whole, fate: Fate) -> Rehearsal:
    """Return a run that is to be played under a fate."""

    def answer(request: Request) -> Answer:
        return fate.answers[len(run.fake.requests) % len(fate.answers)]

    run = Rehearsal(
        whole[0],
        others=whole[1],
        inventory=make_inventory(rules=("cto",)),
        fake=Slow(default=Computed(answer)),
        teller=ScriptedTeller(deaf=fate.deaf),
        acks=ScriptedAcks(taken_at=fate.taken_at),
        yes=fate.yes,
        clock=VirtualClock(),
    )
    return run


def written(run: Rehearsal, **given_: Any) -> Written:
    with tempfile.TemporaryDirectory() as folder:
        return rehearsed(Path(folder), run, **given_)


@given(playbooks(), FATES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_goes_as_the_run_went(whole: Whole, fate: Fate) -> None:
    """Whatever was answered: the same verdict, path, changes, undo and notices, with every answer used."""
    run = set_up(whole, fate)
    play(run)
    found = written(run)
    if not any(words in note for note in found.notes for words in CANNOT_BE_SAID):
        assert found.differs == (), found.text


def test_it_goes_as_runs_went_that_are_full_of_everything() -> None:
    """The same for some runs that never change."""
    seen: set[str] = set()
    limits = 0
    for seed in range(30):
        choose = random.Random(seed).choice  # noqa: S311  the same runs every time
        run = set_up(playbook(choose), _fate(choose))
        play(run)
        found = written(run)
        said = any(words in note for note in found.notes for words in CANNOT_BE_SAID)
        limits += said
        assert said or found.differs == (), (seed, found.differs, found.text)
        seen.update(recorded.event.type for recorded in run.recorder.events)
    assert {"play.finished", "undo.finished", "escalation.failed", "batch.finished"} <= seen
    assert limits <= 4


def test_a_signal_comes_when_it_came() -> None:
    """By the run's own clock, in which each answer takes what it took."""
    count = 0
    for seed in range(40):
        choose = random.Random(seed).choice  # noqa: S311  the same runs every time
        when = choose((350, 1_100, 2_600))
        fate = _fate(choose)
        run = set_up(
            playbook(choose), replace(fate, answers=tuple(a for a in fate.answers if a != EARLY) or ANSWERS[:1])
        )
        finished = interrupted(run, lambda run=run, when=when: run.clock.monotonic_ms() >= when)  # type: ignore[misc]  # bound now
        found = written(run)
        ended_with_it = run.recorder.events[-1].mono_ms <= when
        if (
            finished.verdict.value != "interrupted"
            or ended_with_it
            or any(w in n for n in found.notes for w in CANNOT_BE_SAID)
        ):
            continue
        count += 1
        assert found.differs == (), (seed, found.differs, found.text)
    assert count >= 3


def _fate(choose: Choose) -> Fate:
    return Fate(
        answers=tuple(choose(ANSWERS) for _ in range(7)),
        taken_at=choose((None, 2)),
        deaf=frozenset(choose(((), (), ("ana",)))),
        yes=choose((True, True, False)),
    )


def asked(*answers: Said) -> dict[str, Any]:
    """Return what a run is set up with in which a person is asked."""
    return {
        "yes": False,
        "person": ScriptedPerson(list(answers)),
        "inventory": make_inventory(policy=Policy(mitigate="approve")),
        "clock": VirtualClock(),
    }


STEPS = """
hosts: all
health:
  - {check: Well, id: well, local: well}
steps:
  - {mitigate: Restart, id: restart, ssh: restart, undo: {ssh: back}}
  - {mitigate: Empty, id: empty, local: empty, irreversible: true}
  - {verify: Well again, within: 10s, every: 1s}
"""


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ((Said(yes=True),), ""),
        ((Said(yes=True), Said(yes=False)), 'approve: {empty: "no"}'),
        ((Said(yes=False, stop=True),), "approve: {restart: stop}"),
    ],
)
def test_what_a_person_said(answers: tuple[Said, ...], says: str) -> None:
    run = Rehearsal(STEPS, fake=FakeTransport(default=shell(rc=1)).on(shell(), transport="ssh"), **asked(*answers))
    play(run)
    found = written(run)
    assert found.differs == ()
    assert says in found.text
    assert ("approve" in found.text) is bool(says)


def test_nobody_was_there() -> None:
    given_ = {"yes": False, "inventory": make_inventory(policy=Policy(mitigate="approve")), "clock": VirtualClock()}
    run = Rehearsal(STEPS, fake=FakeTransport(default=shell(rc=1)), **given_)  # type: ignore[arg-type]  # as above
    play(run)
    found = written(run)
    assert found.differs == ()
    assert "approve: nobody" in found.text


def test_polls_are_answered_in_turn() -> None:
    """A few one by one; many by how long they lasted."""
    for failures, words in ((2, "well: [{rc: 1}, {rc: 1}, {rc: 1}, {rc: 0}]"), (9, "{rc: 1, for: ")):
        fake = FakeTransport(default=shell()).on(*[shell(rc=1)] * (failures + 1), shell(), asks="well")
        run = Rehearsal(STEPS, fake=fake, clock=VirtualClock())
        play(run)
        found = written(run)
        assert found.differs == ()
        assert words in found.text


REAL = """
hosts: all
inputs:
  limit: {type: integer, default: 90}
  names: {type: array, default: [a]}
health:
  - check: Keys are served
    id: keys
    http: GET http://127.0.0.1/keys?n={{ names | length }}
    expect: json['keys'] | length > 0
steps:
  - {check: The log, id: log, ssh: "tail {{ log_file }} | grep {{ limit }}", expect: "'last line' in stdout"}
  - {check: Allowed, id: allowed, kubectl: auth can-i get pods}
  - {check: Replicas, id: replicas, kubectl: get deployment api -o json, expect: json.spec.replicas == 2, capture: {count: json.spec.replicas}}
  - {mitigate: Pin, id: pin, kubectl: "set env deployment/api KEY={{ secret.KEY }}", undo: auto}
  - {check: Same, id: same, local: whoami, expect: stdout == secret.KEY}
  - {verify: Again, id: again, http: GET http://127.0.0.1/me}
"""
KEY = Secret("KEY", "s3cret-s3cret-s3cret")
LONG = "a line of the log\n" * 6_000 + "last line\n"


def real(log: str = "last line\n") -> Rehearsal:
    """Return a run with answers of all kinds, in which a secret comes back."""
    fake = (
        FakeTransport(default=shell()).on(http(503, '{"keys": []}\n'), asks="/keys").on(shell(log), transport="ssh")
    )
    fake.on(KubectlReply(text=Output("no\n", size=3), unmet="kubectl would end with 1: no"), asks="can-i")
    data: Value = {"spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "api", "env": []}]}}}}
    fake.on(KubectlReply(text=Output("a table", size=7), data=data), asks="get deployment api")
    fake.on(KubectlReply(data={"env": [{"container": "api", "name": "KEY"}]}), asks="get deployments/api")
    fake.on(
        KubectlReply(text=Output("env updated\n", size=12), changed=True, before={"api": {"KEY": None}}),
        asks="set env",
    )
    fake.on(shell(KEY.reveal()), asks="whoami")
    fake.on(http(401, f"no token {KEY.reveal()}"), http(200), asks="/me")
    inventory = make_inventory(("api-1", "api-2"), variables={"log_file": "/var/log/x"})
    run = Rehearsal(REAL, fake=fake, inventory=inventory, secrets={"KEY": KEY}, clock=VirtualClock())
    play(run)
    return run


def test_full_answers_make_it_exact() -> None:
    """Without them what the record has no room for is missing, and the file says so."""
    run = real(LONG)
    exact = written(run, answers=True, secrets=[KEY])
    assert exact.differs == ()
    assert "captured: {replicas.count: 2}" in exact.text
    assert "not kept" not in exact.text

    bounded = written(run, secrets=[KEY])
    assert "# stdout: the middle of this output was not kept; play with --record to have all of it" in bounded.text
    assert "# json is not on record; play with --record to have it" in bounded.text
    assert any("it took another path" in line for line in bounded.differs)


def test_secrets_do_not_come_out() -> None:
    """Not from a reply, a header, a URL; what is compared with one has its stand-in instead."""
    for answers in (True, False):
        text = written(real(), answers=answers, secrets=[KEY]).text
        assert "s3cret" not in text
        assert "stdout: stand-in for KEY" in text
        assert "no token stand-in for KEY" in text


def test_what_is_not_on_record_is_named() -> None:
    """Variables of an inventory that is gone: they are there to be filled in."""
    text = written(real(), answers=True, secrets=[KEY]).text
    assert "# Not on record: write what they are, as far as it matters.\nvars: {log_file: unknown}\n" in text


def test_a_rehearsal_is_never_too_large_to_be_read() -> None:
    """Long outputs give up their middle when all of them would be too much."""
    steps = "".join(f"  - {{check: C{n}, id: c{n}, local: c{n}}}\n" for n in range(3))
    run = Rehearsal(
        f"steps:\n{steps}", fake=FakeTransport(default=shell("x" * 79 + "\n", rc=1)), clock=VirtualClock()
    )
    run.fake.on(shell("0123456789abcdef\n" * 25_000, rc=1), asks="c")
    play(run)
    found = written(run, answers=True)
    assert found.differs == ()
    assert len(found.text) < 100_000
    assert "# stdout: the middle of this output was left out: a rehearsal may not be so large" in found.text


def test_an_answer_as_a_person_writes_it() -> None:
    run = Rehearsal(
        "steps:\n  - {check: A, id: a, local: a}\n  - {check: B, id: b, http: GET http://127.0.0.1/}\n",
        fake=FakeTransport(default=ShellReply(rc=137, signal="KILL", stdout=Output("one\n\n  two\n", size=11))).on(
            HttpReply(status=500, headers={"a": "b"}, body=Output("a page")), transport="http"
        ),
        clock=VirtualClock(),
    )
    play(run)
    assert (
        written(run).text.partition("    answers:\n")[2]
        == """\
      a:
        signal: KILL
        stdout: |
          one

            two
      b: {status: 500, body: a page}
    expect:
      verdict: unresolved
      path:
        - a: failed
        - b: failed
      changed: {}
      told: []
"""
    )
