"""Tags: which steps a run leaves out."""

import pytest
from bound import SETTINGS, Bound
from rehearsing import Rehearsal, load

from playbook_engine.diagnostics import Problems
from playbook_engine.model.plan import PlannedVerify
from playbook_engine.model.settings import Mode, RunSettings
from playbook_engine.plan import tags
from playbook_engine.transports.fake import FakeTransport, shell

PLAYBOOK = """
tags: [nightly]
hosts: all
health:
  - {check: Quick, local: quick, tags: [fast]}
  - {check: Slow, local: slow, tags: [slow]}
  - {check: Plain, local: plain}
steps:
  - {check: A, local: a, tags: [disk]}
  - {check: B, local: b}
  - branch: C
    tags: [disk]
    cases:
      - when: 'true'
        steps:
          - {check: Inside, local: inside}
          - {check: Deep, local: deep, tags: [slow]}
    else: []
  - {verify: Again}
"""


def settings(only: str = "", skip: str = "", mode: Mode = Mode.PLAY) -> RunSettings:
    return RunSettings(
        state_dir=SETTINGS.state_dir, tags=frozenset(only.split()), skip_tags=frozenset(skip.split()), mode=mode
    )


@pytest.mark.parametrize(
    ("carried", "only", "skip", "out"),
    [
        ((), "", "", False),
        ((), "a", "b", False),
        (("a",), "", "", False),
        (("a",), "a", "", False),
        (("a",), "b", "", True),
        (("a", "b"), "b", "", False),
        (("a",), "", "a", True),
        (("a",), "", "b", False),
        (("a", "b"), "a", "b", True),
    ],
)
def test_what_is_left_out(carried: tuple[str, ...], only: str, skip: str, out: bool) -> None:
    cause = tags.left_out(carried, settings(only, skip))
    assert (cause is not None) is out
    assert cause is None or cause.kind == "tags"


@pytest.mark.parametrize(
    ("only", "skip", "asked"),
    [
        ("", "", ["quick", "slow", "plain", "a", "b", "inside", "deep", "quick", "slow", "plain"]),
        ("disk", "", ["plain", "a", "b", "inside", "deep", "plain"]),
        ("disk fast", "slow", ["quick", "plain", "a", "b", "inside", "quick", "plain"]),
        ("", "disk", ["quick", "slow", "plain", "b", "quick", "slow", "plain"]),
        ("slow", "", ["slow", "plain", "b", "slow", "plain"]),
    ],
)
async def test_a_run_with_tags(only: str, skip: str, asked: list[str]) -> None:
    """A tag on a branch covers what is inside it; a verify repeats what the health of this run was."""
    run = Rehearsal(
        PLAYBOOK,
        tags=frozenset(only.split()),
        skip_tags=frozenset(skip.split()),
        fake=FakeTransport(default=shell()).on(shell(rc=1), shell(), asks="plain"),
    )
    await run.play()
    assert [line.removeprefix("control: ") for line in run.asked] == asked


async def test_a_verify_whose_health_checks_are_all_left_out_is_left_out() -> None:
    """It would prove nothing."""
    text = "health: [{check: A, local: a, tags: [x]}]\nsteps: [{check: B, local: b, tags: [y]}, {verify: Again}]\n"
    run = Rehearsal(text, tags=frozenset({"y"}), fake=FakeTransport(default=shell()))
    await run.play()
    assert run.story == ["check A: skipped", "check B: ok", "verify Again: skipped"]
    plan = Bound(text, settings=settings("y"))
    verify = plan.step("steps/2")
    assert isinstance(verify, PlannedVerify)
    assert verify.left_out is not None


async def test_tags_reach_into_a_playbook_that_is_played() -> None:
    """Those of the branch cover it."""
    text = "steps: [{branch: A, tags: [x], cases: [{when: 'true', play: b}], else: []}]\n"
    child = "steps: [{check: Tagged, local: tagged, tags: [y]}, {check: Plain, local: plain}]\n"
    run = Rehearsal(text, others={"b": child}, tags=frozenset({"x"}), fake=FakeTransport(default=shell()))
    await run.play()
    assert run.asked == ["control: tagged", "control: plain"]
    run = Rehearsal(text, others={"b": child}, skip_tags=frozenset({"y"}), fake=FakeTransport(default=shell()))
    await run.play()
    assert run.asked == ["control: plain"]


@pytest.mark.parametrize(
    ("only", "chosen", "asked"),
    [
        ("", True, [1, 2, 3]),
        ("nightly", True, [1, 2, 3]),
        ("fast", True, [1]),
        ("fast slow", True, [1, 2]),
        ("disk", False, []),
    ],
)
def test_a_sweep_chooses_playbooks_and_checks(only: str, chosen: bool, asked: list[int]) -> None:
    """The tags of a playbook are carried by each of its health checks."""
    plan = Bound(PLAYBOOK, settings=settings(only, mode=Mode.SWEEP))
    assert tags.chosen(plan.plan.playbook, plan.plan.settings) is chosen
    made = [n for n in (1, 2, 3) if plan.step(f"health/{n}").left_out is None]
    assert made == asked


@pytest.mark.parametrize(
    ("only", "skip", "said", "hint"),
    [
        ("dsik", "", "--tags dsik: no step carries the tag 'dsik'", "Did you mean 'disk'?"),
        ("", "zebra", "--skip-tags zebra: no step carries the tag 'zebra'", "The tags are: disk, fast, slow."),
    ],
)
def test_an_unknown_tag(only: str, skip: str, said: str, hint: str) -> None:
    problems = Problems()
    tags.check(settings(only, skip), tags.known([load(PLAYBOOK)]), problems)
    found = problems.sorted()
    assert [(each.code, each.message, each.hint) for each in found] == [("unknown-tag", said, hint)]


def test_where_there_are_no_tags() -> None:
    problems = Problems()
    tags.check(settings("x"), frozenset(), problems)
    assert [each.hint for each in problems.sorted()] == ["No step carries a tag."]


def test_a_sweep_knows_the_tags_of_playbooks_and_health() -> None:
    """Not those of steps, which it never carries out."""
    assert tags.known([load(PLAYBOOK)], sweep=True) == {"nightly", "fast", "slow"}
