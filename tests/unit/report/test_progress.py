"""What is going on, folded from events, and how a running step is shown."""

from collections.abc import Container

import pytest
from reported_runs import Run, asked, http, result, shell
from scenes import crowd

from playbook_engine.model.events import (
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    EscalationDelivered,
    EscalationIntended,
    Event,
    RunPaused,
    StepStarted,
    UndoStarted,
)
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.repeating import Poll
from playbook_engine.model.rolling import Batches
from playbook_engine.phrases import screen
from playbook_engine.report.pen import Pen
from playbook_engine.report.progress import Progress, Running
from playbook_engine.report.running import running_lines
from playbook_engine.report.style import ASCII, plain
from playbook_engine.values import Duration, StepPath, TargetName

PATH = StepPath("steps/5")
POLL = Poll(within=Duration(60_000), every=Duration(2_000), stable_for=Duration(4_000))
WEB = tuple(f"web-{number:02d}" for number in range(1, 41))


def after(run: Run, polls: Container[StepPath] = ()) -> Progress:
    progress = Progress(polls)
    for recorded in run.events:
        progress.take(recorded)
    return progress


def shown(run: Run, poll: Poll | None = None, width: int = 80) -> list[str]:
    """Return the running step as it is drawn at the run's moment."""
    step = after(run, () if poll is None else (PATH,)).running[PATH]
    return [plain(line) for line in running_lines(step, poll, run.now_ms, Pen(width, ASCII))]


def polled(*statuses: int) -> Run:
    run = Run().begin().start(PATH, "verify", "Tokens are accepted")
    for attempt, status in enumerate(statuses, 1):
        good = status == 200
        answer = result(
            "control",
            Outcome.OK if good else Outcome.FAILED,
            http(status),
            None if good else f"status == 200 (status = {status})",
            attempts=attempt,
        )
        run.after(30).answer(PATH, answer, settled=False).after(1_970)
    return run


def test_a_step_of_one_target_says_for_how_long() -> None:
    """Nothing else is known yet."""
    assert shown(Run().begin().start(PATH, "check", "A check").after(7_300)) == ["- check    A check  7s"]


def test_a_recorded_step_that_polled_says_what_is_known() -> None:
    """Not how long it might have taken, for that is not on record."""
    step = after(polled(401, 401), (PATH,)).running[PATH]
    assert plain(running_lines(step, None, 84_000 + 4_000, Pen(80, ASCII))[0])[2:] == (
        "verify   Tokens are accepted  4s, try 2"
    )
    held = after(polled(401, 200, 200), (PATH,)).running[PATH]
    assert plain(running_lines(held, None, 84_000 + 6_000, Pen(80, ASCII))[0])[2:] == (
        "verify   Tokens are accepted  6s, try 3, holds 4s"
    )


@pytest.mark.parametrize(
    "answer",
    [
        ApprovalGranted(path=PATH, by="ana", how="prompt"),
        ApprovalDeclined(path=PATH, by="ana", stop=False),
        RunPaused(path=PATH, reason="nobody is there"),
    ],
    ids=lambda event: event.type,
)
def test_a_question_is_open_until_it_is_answered(answer: Event) -> None:
    run = Run().begin().add(ApprovalRequested(path=PATH, title="Restart", id=None, inputs=())).after(3_000)
    (step,) = after(run).running.values()
    assert plain(running_lines(step, None, run.now_ms, Pen(80, ASCII))[0])[2:] == (
        "approval waiting for a yes: Restart  3s"
    )
    assert after(run.add(answer)).running == {}


def test_a_step_of_many_targets_counts_them() -> None:
    """And names the last ones that are missing."""
    run = Run(hosts=WEB).begin().start(PATH, "check", "CPU", WEB)
    run.after(3_000).answer(PATH, *(result(name, reply=shell()) for name in WEB[:12]))
    assert shown(run) == ["| check    CPU  3s, 12/40"]
    run.answer(PATH, *(result(name) for name in WEB[12:] if name not in ("web-17", "web-30")))
    assert shown(run) == ["| check    CPU  3s, 38/40, waiting for web-17, web-30"]


def test_polling_that_fails_says_why_and_how_much_is_left() -> None:
    """The person at the terminal decides by it whether to wait."""
    assert shown(polled(401, 401), POLL) == [
        "| verify   Tokens are accepted  4s, try 2, 56s left",
        "    not yet: status == 200 (status = 401)",
    ]


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((401, 200), "4s, try 2, holds 2s of 4s"),
        ((200, 200), "4s, try 2, holds 4s of 4s"),
        ((200, 401, 200), "6s, try 3, holds 2s of 4s"),
    ],
)
def test_polling_that_holds_says_since_when(statuses: tuple[int, ...], said: str) -> None:
    """Counted from the first good round without a break."""
    assert shown(polled(*statuses), POLL) == [f"| verify   Tokens are accepted  {said}"]


def test_a_reason_stays_until_a_whole_round_holds() -> None:
    """A line that came and went with every round would flicker."""
    run = Run().begin().start(PATH, "verify", "All well", ("a", "b"))
    bad = result("b", Outcome.FAILED, cause="rc = 1, expected 0")
    run.answer(PATH, result("a"), bad, settled=False)
    assert after(run, (PATH,)).running[PATH].failing == "rc = 1, expected 0"
    run.answer(PATH, result("a", attempts=2), settled=False)
    assert after(run, (PATH,)).running[PATH].failing == "rc = 1, expected 0"
    run.answer(PATH, result("b", attempts=2), settled=False)
    assert after(run, (PATH,)).running[PATH].failing is None


def test_a_target_that_owes_two_answers_is_missing_until_both_came() -> None:
    """A verify that repeats two health checks asks the same target twice."""
    run = Run().begin().start(PATH, "verify", "Healthy again", ("control", "control", "api"))
    run.answer(PATH, result("control"))
    assert after(run).running[PATH].missing == {TargetName("control"): 1, TargetName("api"): 1}
    run.answer(PATH, result("control"))
    assert after(run).running[PATH].missing == {TargetName("api"): 1}


def test_a_target_that_is_tried_again_has_not_answered() -> None:
    """It is counted when it is done; the line says how many are at it again, and why."""
    run = Run(hosts=WEB).begin().start(PATH, "check", "CPU", WEB[:4])
    run.answer(PATH, result("web-01"), result("web-02"))
    gone = result("web-03", Outcome.UNREACHABLE, cause="no route")
    run.answer(PATH, gone, settled=False).after(1_000)
    assert shown(run) == [
        "| check    CPU  1s, 1 tried again, 2/4, waiting for web~",
        "    not yet: no route",
    ]
    run.answer(PATH, result("web-03", attempts=2))
    assert shown(run) == ["| check    CPU  1s, 3/4, waiting for web-04"]


def test_a_single_target_says_which_attempt_it_is() -> None:
    """The one that is under way, or about to be."""
    run = Run().begin().start(PATH, "check", "Lock").after(2_000)
    run.answer(PATH, result("control", Outcome.FAILED, cause="rc = 1", attempts=2), settled=False)
    assert shown(run) == ["| check    Lock  2s, attempt 3", "    not yet: rc = 1"]


def test_a_mitigation_that_rolls_says_which_batch_it_is_at() -> None:
    """Whoever is in a later batch is not waited for yet, so nobody is named."""
    run = Run(hosts=WEB).begin()
    inputs = tuple(asked(name) for name in WEB[:7])
    batches = Batches((1, 3, 3), 0)
    run.add(
        StepStarted(path=PATH, verb="mitigate", title="Fix", id=None, inputs=inputs, changes=True, batches=batches)
    )
    said = []
    for name in WEB[:7]:
        said.append(shown(run)[0].rpartition("  ")[2])
        run.answer(PATH, result(name))
    assert said == [
        "0s, batch 1 of 3, 0/7",
        "0s, batch 2 of 3, 1/7",
        "0s, batch 2 of 3, 2/7",
        "0s, batch 2 of 3, 3/7",
        "0s, batch 3 of 3, 4/7",
        "0s, batch 3 of 3, 5/7",
        "0s, batch 3 of 3, 6/7",
    ]
    assert after(run).running[PATH].batch == 3


def test_undo_and_notices_are_going_on_too() -> None:
    """Whatever takes time is shown."""
    run = Run().begin().add(UndoStarted(path=PATH, title="Restart", inputs=(asked("api"),)))
    notice = EscalationIntended(path=None, contact="ana", reason="why", message="text", key="k")
    progress = after(run.add(notice))
    assert [(step.verb, step.title, step.phrase) for step in progress.running.values()] == [
        ("undo", "Restart", None),
        ("escalate", "ana", screen.Running.TELLING),
    ]
    run.add(EscalationDelivered(path=None, contact="ana", channel="slack", address="", receipt="", tries=1))
    assert list(after(run).running) == [PATH]


def test_nothing_goes_on_when_the_run_is_over() -> None:
    """Even steps whose end nobody saw."""
    run = Run().begin().start(PATH, "check", "Lost").finish(Verdict.UNRESOLVED, 1, "why")
    assert after(run).running == {}


def test_answers_to_unknown_steps_are_ignored() -> None:
    """A screen that joined late shows what it can."""
    progress = Progress()
    for recorded in crowd(3, steps=1).events[2:]:
        progress.take(recorded)
    assert progress.running == {}


def test_an_answer_costs_the_same_in_a_crowd() -> None:
    """Taking an answer in touches its own target only: the others' counts stay the very same objects."""
    run = crowd(200, steps=1)
    progress = Progress()
    for recorded in run.events[:2]:
        progress.take(recorded)
    step = next(iter(progress.running.values()))
    assert isinstance(step, Running)
    missing = step.missing
    for recorded in run.events[2:150]:
        progress.take(recorded)
    assert step.missing is missing
    assert step.answered == 148
