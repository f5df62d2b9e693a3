"""How a run ended."""

import pytest
from reported_runs import HEAD, RECORD, RUN, Run

from playbook_engine.model.outcomes import Verdict
from playbook_engine.report.style import plain
from playbook_engine.report.summary import Proof, summary

PROOF = Proof(run=RUN, record=RECORD, head=HEAD)


def ended(verdict: Verdict, *, proof: Proof = PROOF, width: int = 80, **rest: tuple[str, ...]) -> list[str]:
    run = Run().after(1_500).finish(verdict, 1, "a reason", **rest)
    return [plain(line) for line in summary(run.finished, proof, width)]


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_told_with_its_reason_time_and_status(verdict: Verdict) -> None:
    """First of all, after an empty line."""
    assert ended(verdict)[:2] == ["", f"{verdict.value}  a reason (1.5s, exit 1)"]


def test_the_record_can_be_copied_at_any_width() -> None:
    """Its path is one line, whatever the terminal does with it."""
    assert f"  record     {RECORD}" in ended(Verdict.RESOLVED, width=40)
    assert f"  chain      {HEAD[:16]}   runbook audit verify {RUN}" in ended(Verdict.RESOLVED)


def test_the_command_that_verifies_finds_the_record() -> None:
    """Where it lies elsewhere than usual, the command says where, in words that a shell reads right."""
    for folder, typed in (("/var/runbook", "/var/runbook"), ("~/my state", "~/'my state'")):
        proof = Proof(run=RUN, record=RECORD, head=HEAD, state_dir=folder)
        assert f"  chain      {HEAD[:16]}   runbook audit verify {RUN} --state-dir {typed}" in ended(
            Verdict.RESOLVED, proof=proof, width=40
        )


def test_a_run_without_a_record_says_so() -> None:
    """Nobody should look for it."""
    assert "  record     none was written" in ended(Verdict.UNRECORDED, proof=Proof(run=RUN, record=None, head=None))


@pytest.mark.parametrize("verdict", [Verdict.UNRESOLVED, Verdict.WAITING, Verdict.INTERRUPTED, Verdict.UNKNOWN])
def test_nothing_changed_is_worth_a_line(verdict: Verdict) -> None:
    """Where a person would wonder."""
    assert "  changed    nothing" in ended(verdict)


def test_what_was_changed_undone_and_told() -> None:
    """Each by its title."""
    lines = ended(
        Verdict.UNRESOLVED,
        changed=("One", "Two"),
        undone=("Two",),
        not_undone=("One",),
        told=("ana",),
        not_told=("bob",),
    )
    assert lines[2:8] == [
        "  changed    One",
        "             Two",
        "  undone     Two",
        "  not undone One",
        "  told       ana",
        "  not told   bob",
    ]
    assert lines[-2].startswith("  next       Take back by hand")


def test_nobody_told_is_worth_a_line() -> None:
    """An unresolved incident that nobody knows of is the worst end."""
    assert "  told       nobody" in ended(Verdict.UNRESOLVED)
    assert "  told       nobody" not in ended(Verdict.RESOLVED)


def test_titles_are_safe() -> None:
    """Even those of the author."""
    assert "  changed    One\\x1b[2J" in ended(Verdict.RESOLVED, changed=("One\x1b[2J",))
