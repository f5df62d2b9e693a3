"""How a mitigation rolls over its targets, in words; and in which manner steps are planned."""

from typing import Any

import pytest
from rehearsing import Rehearsal

from playbook_engine.model.events import BatchFinished
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches, Portion, Rolling
from playbook_engine.report.batches import batch_line, batches_text, goes_on_text, rolling_text
from playbook_engine.report.pen import Pen
from playbook_engine.report.plan_view import plan_json
from playbook_engine.report.style import ASCII, plain
from playbook_engine.report.widths import display_width
from playbook_engine.values import StepPath, TargetName


@pytest.mark.parametrize(
    ("sizes", "most", "text"),
    [
        ((7,), 2, "all at once; 2 may fail"),
        ((1, 1, 1), 0, "1 at a time (3 batches); stops when one fails"),
        ((2, 2, 1), 0, "2 at a time (3 batches); stops when one fails"),
        ((1, 3, 3, 2), 1, "1, then 3 at a time (4 batches); stops when more than 1 fail"),
        ((1, 5, 50), 4, "1, then 5, then 50 at a time (3 batches); stops when more than 4 fail"),
        ((5, 1), 0, "5 at a time (2 batches); stops when one fails"),
    ],
)
def test_batches_on_the_targets_at_hand(sizes: tuple[int, ...], most: int, text: str) -> None:
    """The last batch may be smaller, which is nothing to tell."""
    assert batches_text(Batches(sizes, most)) == text


PERCENT = Portion(25, percent=True)


@pytest.mark.parametrize(
    ("rolling", "text"),
    [
        (Rolling(), None),
        (Rolling(max_failures=Portion(3)), "all at once; 3 may fail"),
        (Rolling(serial=(PERCENT,)), "25% at a time; stops when one fails"),
        (
            Rolling(serial=(Portion(1), PERCENT), max_failures=PERCENT),
            "1, then 25% at a time; stops when more than 25% fail",
        ),
        (Rolling(serial=(Portion(1),), max_failures=Portion(0, percent=True)), "1 at a time; stops when one fails"),
    ],
)
def test_rolling_as_it_is_written(rolling: Rolling, text: str | None) -> None:
    """Before anybody knows how many targets are ready."""
    assert rolling_text(rolling) == text


def batch(failed: int = 0, *, goes_on: bool = True, targets: tuple[str, ...] = ("web-01", "web-02")) -> BatchFinished:
    return BatchFinished(
        path=StepPath("steps/1"),
        number=2,
        of=4,
        targets=tuple(map(TargetName, targets)),
        failed=failed,
        max_failures=1,
        not_begun=3,
        goes_on=goes_on,
    )


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (batch(), "* mitigate Fix  batch 2 of 4: web-01, web-02"),
        (batch(1), "* mitigate Fix  batch 2 of 4, 1 failed so far: web-01, web-02"),
        (batch(2, goes_on=False), "* mitigate Fix  batch 2 of 4, 2 failed so far, stopping: web-01, web-02"),
    ],
)
def test_the_line_of_a_batch(event: BatchFinished, text: str) -> None:
    """What it came to stands before the names, which are cut first."""
    assert plain(batch_line(event, "Fix", Pen(80, ASCII))) == text
    assert display_width(plain(batch_line(event, "Fix" * 30, Pen(60, ASCII)))) <= 60


@pytest.mark.parametrize(
    ("outcomes", "most", "text"),
    [
        ("ok ok", 1, None),
        ("ok failed", 1, "goes on: 1 may fail"),
        ("skipped unreachable", 2, "goes on: 2 may fail"),
        ("failed failed", 1, None),
    ],
)
def test_why_a_step_that_failed_somewhere_goes_on(outcomes: str, most: int, text: str | None) -> None:
    """Said only when it is so."""
    targets = tuple(TargetResult(target=TargetName("h"), outcome=Outcome(word)) for word in outcomes.split())
    assert goes_on_text(Batches((2,), most), StepResult.of(targets)) == text


def test_a_plan_for_machines_has_the_manner_of_each_step() -> None:
    """Numbers in milliseconds, what is not there is null."""
    text = """
hosts: all
health:
  - {check: A, local: a, critical: false, retries: 2, delay: 2s, backoff: 1.5, deadline: 1m}
  - {check: B, local: b}
steps:
  - mitigate: M
    ssh: m {{ item }}
    loop: [x, y]
    serial: [1, 25%]
    max_failures: 10%
    cooldown: 5m
    idempotent: true
    irreversible: true
"""
    plan: Any = plan_json(Rehearsal(text).executor.state.plan)
    steps: list[Any] = [*plan["health"], *plan["steps"]]
    first, second, third = steps
    tried = {"loop": None, "retries": 2, "delay_ms": 2_000, "backoff": "1.5", "deadline_ms": 60_000, "counts": False}
    assert tried.items() <= first["actions"][0].items()
    once = {"loop": None, "retries": 0, "delay_ms": None, "backoff": None, "deadline_ms": None, "counts": True}
    assert once.items() <= second["actions"][0].items()
    assert (third["serial"], third["max_failures"], third["cooldown_ms"]) == (["1", "25%"], "10%", 300_000)
    assert (third["idempotent"], third["actions"][0]["loop"]) == (True, "x, y")
