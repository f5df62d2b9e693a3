"""What outcomes mean, as tables: every combination is asked, and `docs/reference/outcomes.md` shows the answers.

`UPDATE_GOLDEN=1` writes the page anew; read the difference before you keep it.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, combinations, product
from pathlib import Path

import pytest
from decision_tables import markdown, rows
from rehearsing import Rehearsal, Said, ScriptedPerson, load, make_inventory

from playbook_engine.engine.judge import fault_outcome
from playbook_engine.engine.state import Facts
from playbook_engine.engine.verdict import exit_code, verdict
from playbook_engine.model.events import StepFinished
from playbook_engine.model.inventory import Policy
from playbook_engine.model.outcomes import Outcome, Verdict, combine
from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.steps import Approve, Mitigate
from playbook_engine.plan import policy
from playbook_engine.transports.fake import FakeTransport, shell

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "outcomes.md"
YES_NO = ("yes", "no")
OUTCOMES = tuple(outcome.value for outcome in Outcome)

FAULTS = {
    "fault": [kind.value for kind in FaultKind],
    "changes something": YES_NO,
    "begun": YES_NO,
    "may live": YES_NO,
}


def of_fault(kind: str, changes: str, begun: str, may_live: str) -> str:
    fault = Fault(kind=FaultKind(kind), message="x", begun=begun == "yes", may_live=may_live == "yes")
    return fault_outcome(fault, changes=changes == "yes").value


ANSWERS: Mapping[str, Answer] = {
    "ok": shell(),
    "failed": shell(rc=1),
    "error": Fault(kind=FaultKind.ERROR, message="x"),
    "timeout": Fault(kind=FaultKind.TIMEOUT, message="x", begun=True),
    "unreachable": Fault(kind=FaultKind.UNREACHABLE, message="x"),
    "indeterminate": Fault(kind=FaultKind.LOST, message="x", begun=True),
}
"""What a target answers, by the outcome of the mitigation."""

AFTER_MITIGATE = {
    "outcome": OUTCOMES,
    "undo": ("an action", "irreversible"),
    "on_failure": ("not given", "undo", "stop", "continue"),
}


def after_mitigate(outcome: str, undo: str, on_failure: str) -> str:
    """Play such a mitigation, and say what came after it."""
    if undo == "irreversible" and on_failure == "undo":
        return "refused by lint"
    way_back = "irreversible: true" if undo == "irreversible" else "undo: {ssh: way-back}"
    wish = "" if on_failure == "not given" else f"\n    on_failure: {on_failure}"
    when = "\n    when: 'false'" if outcome == "skipped" else ""
    text = f"hosts: all\nsteps:\n  - mitigate: A\n    ssh: change\n    {way_back}{wish}{when}\n  - check: Next\n    ssh: next\n"
    fake = FakeTransport(default=shell()).on(ANSWERS.get(outcome, shell()), asks="change")
    person = ScriptedPerson([Said(yes=outcome != "aborted")])
    inventory = make_inventory(("h1",), policy=Policy())
    run = Rehearsal(text, inventory=inventory, fake=fake, person=person, yes=False)
    asyncio.run(run.play())
    assert _ended(run, "A") == outcome
    return _what_followed(run)


AFTER_VERIFY = {
    "outcome": ("ok", "failed", "error", "timeout", "unreachable", "skipped"),
    "on_pass": ("resolve", "continue"),
    "on_failure": ("not given", "undo", "stop", "continue"),
    "a change before it can be undone": YES_NO,
}


def after_verify(outcome: str, on_pass: str, on_failure: str, undoable: str) -> str:
    """Play such a verify after a change, and say what came after it."""
    way_back = "undo: {ssh: way-back}" if undoable == "yes" else "irreversible: true"
    wish = "" if on_failure == "not given" else f"\n    on_failure: {on_failure}"
    when = "\n    when: 'false'" if outcome == "skipped" else ""
    text = (
        f"hosts: all\nsteps:\n  - mitigate: A\n    ssh: change\n    {way_back}\n"
        f"  - verify: B\n    ssh: prove\n    on_pass: {on_pass}{wish}{when}\n  - check: Next\n    ssh: next\n"
    )
    fake = FakeTransport(default=shell()).on(ANSWERS.get(outcome, shell()), asks="prove")
    run = Rehearsal(text, inventory=make_inventory(("h1",)), fake=fake)
    asyncio.run(run.play())
    assert _ended(run, "B") == outcome
    return _what_followed(run)


def _ended(run: Rehearsal, title: str) -> str:
    ends = [r.event for r in run.recorder.events if isinstance(r.event, StepFinished) and r.event.title == title]
    return ends[-1].result.outcome.value


def _what_followed(run: Rehearsal) -> str:
    """Return what a run did after the step in question: it went on, was over, took back what it had done, or ended."""
    verdicts = run.executor.state.facts
    if "h1: next" in run.asked:
        return "goes on"
    if "h1: way-back" in run.asked:
        return "undoes, ends"
    return "ends, resolved" if verdicts.verified else "ends"


ROLLING = {
    "not ok of 4 targets": ("none", "the first", "the first two", "all"),
    "how": ("failed", "unreachable"),
    "serial": ("not given", "1", "[1, 50%]"),
    "max_failures": ("not given", "1", "50%", "100%"),
}
NOT_OK = {"none": (), "the first": ("h1",), "the first two": ("h1", "h2"), "all": ("h1", "h2", "h3", "h4")}


def rolled(which: str, how: str, serial: str, most: str) -> str:
    """Roll a mitigation over four hosts, and say how far it came and what the run did then."""
    fields = "".join(
        f"\n    {name}: {value}"
        for name, value in (("serial", serial), ("max_failures", most))
        if value != "not given"
    )
    text = (
        f"hosts: all\nsteps:\n  - mitigate: A\n    ssh: change\n    undo: {{ssh: way-back}}{fields}\n"
        "  - check: Next\n    ssh: next\n"
    )
    fake = FakeTransport(default=shell())
    for host in NOT_OK[which]:
        fake.on(ANSWERS[how], target=host, asks="change")
    run = Rehearsal(text, inventory=make_inventory(("h1", "h2", "h3", "h4")), fake=fake)
    asyncio.run(run.play())
    asked = sum(line.endswith(": change") for line in run.asked)
    taken_back = sum(line.endswith(": way-back") for line in run.asked)
    went_on = any(line.endswith(": next") for line in run.asked)
    left = f", {4 - asked} not begun" if asked < 4 else ""
    return f"{asked} begun{left}; {'goes on' if went_on else f'undoes {taken_back}, ends'}"


CRITICAL = {
    "check": ("in health", "among the steps"),
    "critical": ("not given", "true", "false"),
    "outcome": ("ok", "failed", "error", "timeout", "unreachable", "skipped"),
}


def after_check(place: str, critical: str, outcome: str) -> str:
    """Make such a check beside one that is well, and say what came of it."""
    wish = "" if critical == "not given" else f"\n    critical: {critical}"
    when = "\n    when: 'false'" if outcome == "skipped" else ""
    check = f"  - check: A\n    ssh: ask{wish}{when}\n"
    health = "health:\n  - check: Well\n    ssh: well\n"
    if place == "in health":
        text = f"hosts: all\n{health}{check}steps:\n  - check: Next\n    ssh: next\n"
    else:
        text = f"hosts: all\nsteps:\n{check}  - check: Next\n    ssh: next\n"
    fake = FakeTransport(default=shell()).on(ANSWERS.get(outcome, shell()), asks="ask")
    run = Rehearsal(text, inventory=make_inventory(("h1",)), fake=fake)
    finished = asyncio.run(run.play())
    assert _ended(run, "A") == outcome
    if place == "in health":
        return "healthy" if finished.verdict is Verdict.HEALTHY else "ill: the steps begin"
    return "goes on" if "h1: next" in run.asked else "ends"


HEALTH: Mapping[str, tuple[Outcome, ...]] = {
    "held": (Outcome.OK,),
    "not met": (Outcome.FAILED,),
    "cannot say": (Outcome.UNREACHABLE,),
    "not asked": (),
}
VERIFIED = {"none": None, "passed": True, "not passed": False}
VERDICTS = {
    "signal": YES_NO,
    "record lost": YES_NO,
    "waits for someone": YES_NO,
    "last verify": tuple(VERIFIED),
    "health": tuple(HEALTH),
    "changed": YES_NO,
    "nobody told": YES_NO,
}


def facts_of(signal: str, lost: str, waits: str, verified: str, health: str, changed: str, told: str) -> Facts:
    return Facts(
        signal="SIGINT" if signal == "yes" else None,
        record_lost="disk full" if lost == "yes" else None,
        waiting="a yes" if waits == "yes" else None,
        verified=VERIFIED[verified],
        health=HEALTH[health],
        changed=("a",) if changed == "yes" else (),
        not_told=("ana",) if told == "yes" else (),
    )


def of_facts(*turn: str) -> str:
    facts = facts_of(*turn)
    found, _ = verdict(facts)
    return f"`{found.value}` {int(exit_code(found, facts.signal))}"


APPROVALS = {
    "step's `approve`": ("–", "required", "auto"),
    "environment's `policy.mitigate`": ("approve", "auto"),
    "said on the command line": ("nothing", "--approve ID", "--yes"),
}


def asks(approve: str, environment: str, said: str) -> str:
    step = policy_step(None if approve == "–" else Approve(approve))
    settings = RunSettings(
        state_dir=Path("unused"),
        yes=said == "--yes",
        approved=frozenset({"steps/1"} if said == "--approve ID" else ()),
    )
    given = policy.approval(step, frozenset({"steps/1"}), Policy(mitigate=environment), settings)
    return "asks" if given.asks else f"does not ask ({given.by})"


def policy_step(approve: Approve | None) -> Mitigate:
    wish = "" if approve is None else f", approve: {approve.value}"
    (step,) = load(f"steps: [{{mitigate: A, ssh: a, irreversible: true{wish}}}]\n").steps
    assert isinstance(step, Mitigate)
    return step


GRAVEST_FIRST = [
    outcome.value
    for outcome in sorted(
        Outcome, key=lambda one: sum(combine((one, other)) is one for other in Outcome), reverse=True
    )
]
"""The outcomes, each before those that it wins over."""


TABLES: tuple[tuple[str, str, Mapping[str, Sequence[str]], Callable[..., str], str], ...] = (
    (
        "When no answer came",
        (
            "Why there is no reply, and what that means. When nobody knows how a change ended that had begun, it is "
            "`indeterminate`;\n`timeout` says of a change that its end was confirmed."
        ),
        FAULTS,
        of_fault,
        "outcome",
    ),
    (
        "A step on several targets",
        "The first line that fits gives the step's outcome.",
        {"targets": tuple(f"at least one is {outcome}" for outcome in GRAVEST_FIRST)},
        lambda words: words.rpartition(" ")[2],
        "step",
    ),
    (
        "Whether a mitigation asks first",
        "With `policy.mitigate: forbid` nothing is begun at all.",
        APPROVALS,
        asks,
        "mitigation",
    ),
    (
        "After a mitigation",
        (
            "What a run does next. Undo takes back every change before it as well, the latest first; `finally` and notices\n"
            "follow in every case."
        ),
        AFTER_MITIGATE,
        after_mitigate,
        "the run",
    ),
    (
        "After a verify",
        "A verify that was skipped proves nothing and changes nothing.",
        AFTER_VERIFY,
        after_verify,
        "the run",
    ),
    (
        "How far a mitigation rolls",
        (
            "Four targets, of which some are not ok; every target that is not ok counts, an unreachable one too. After each\n"
            "batch: when more are not ok than `max_failures` tolerates, the others are not begun, and `on_failure` (here: undo,\n"
            "on every target where the change may have begun) follows."
        ),
        ROLLING,
        rolled,
        "begun; the run",
    ),
    (
        "After a check",
        "A check is a fact. In health it counts unless `critical: false`; among the steps it stops nothing unless\n`critical: true`.",
        CRITICAL,
        after_check,
        "the run",
    ),
    (
        "Verdict and exit status",
        (
            "How a run ends. Health `held` when at least one check was made and all that were made are ok; it `cannot say`\n"
            "when some could not be made and none was found unmet."
        ),
        VERDICTS,
        of_facts,
        "verdict, status",
    ),
)

HEAD = """\
# Outcomes, verdicts and exit statuses

Written by a test that asks the code for every combination; do not edit it by hand. Rows that agree are joined, and
every combination is in exactly one row.
"""


def page() -> str:
    parts = [HEAD]
    for title, text, facts, decide, answer in TABLES:
        parts.append(f"## {title}\n\n{text}\n\n{markdown(facts, decide, answer)}")
    return "\n".join(parts)


def test_the_page_is_what_the_code_does() -> None:
    """The reference shows what happens, not what somebody once meant."""
    text = page()
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("title", "facts", "decide"), [(t[0], t[2], t[3]) for t in TABLES if t[3] is not of_facts])
def test_every_combination_is_in_one_row(
    title: str, facts: Mapping[str, Sequence[str]], decide: Callable[..., str]
) -> None:
    """Joining rows loses nothing and says nothing twice."""
    table = rows(facts, decide)
    covered = [turn for row, _ in table for turn in product(*row)]
    assert sorted(covered) == sorted(product(*facts.values())), title


def test_any_number_of_targets_follows_from_two() -> None:
    """All 255 sets of outcomes."""
    for some in chain.from_iterable(combinations(Outcome, size) for size in range(1, len(Outcome) + 1)):
        expected = some[0]
        for each in some[1:]:
            expected = combine((expected, each))
        assert combine(some) is expected


def test_the_order_of_the_page_is_that_of_the_code() -> None:
    """The gravest of some outcomes is the one that stands first."""
    for some in chain.from_iterable(combinations(Outcome, size) for size in range(1, len(Outcome) + 1)):
        assert combine(some).value == min((outcome.value for outcome in some), key=GRAVEST_FIRST.index)


def test_what_is_not_ok_is_never_hidden() -> None:
    """One target that is not ok is enough for a step that is not ok."""
    for some in chain.from_iterable(combinations(Outcome, size) for size in range(1, len(Outcome) + 1)):
        good = set(some) <= {Outcome.OK, Outcome.SKIPPED}
        assert (combine(some) in {Outcome.OK, Outcome.SKIPPED}) == good


def test_a_good_verdict_needs_evidence() -> None:
    """`healthy` and `resolved`, and with them status 0, are never given for want of something worse."""
    for turn in product(*VERDICTS.values()):
        facts = facts_of(*turn)
        found, _ = verdict(facts)
        evidence = facts.verified is True or (facts.health == (Outcome.OK,) and facts.verified is None)
        assert (int(exit_code(found, facts.signal)) == 0) <= evidence
        assert (found is Verdict.HEALTHY) <= (not facts.changed)
