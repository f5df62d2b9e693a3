"""A finished step: one line when all agree, detail where they differ."""

import pytest
from reported_runs import http, result, shell, text
from scenes import PIN, PIN_REQUEST

from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.replies import KubectlReply, ManualReply, Output
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.report.pen import Pen
from playbook_engine.report.steps import Ended, step_lines
from playbook_engine.report.style import Style, plain
from playbook_engine.values import TargetName

GONE = Cause("unreachable", "no route to host", "Is it up?")


def tell(
    *targets: TargetResult,
    verb: str = "check",
    title: str = "A step",
    cause: Cause | None = None,
    outcome: Outcome | None = None,
    width: int = 80,
    took: int = 1_200,
) -> list[str]:
    """Return a step's lines as plain text."""
    combined = StepResult.of(targets)
    whole = StepResult(outcome=outcome or combined.outcome, targets=targets, cause=cause)
    ended = Ended(verb=verb, title=title, result=whole, duration_ms=took)
    return [plain(line) for line in step_lines(ended, Pen(width))]


def failed(target: str, why: str = "cpu < 80 (cpu = 95.8)", *, begun: bool = True) -> TargetResult:
    return result(target, Outcome.FAILED, shell(), why, begun=begun)


@pytest.mark.parametrize(
    ("verb", "targets", "line"),
    [
        ("check", [result("a")], "✓ check    A step  1.2s"),
        ("check", [result("a", reply=http(200))], "✓ check    A step  200, 1.2s"),
        ("check", [result("a", reply=shell())], "✓ check    A step  1.2s"),
        (
            "check",
            [result("a", reply=ManualReply(answer="done", by="ana"))],
            "✓ check    A step  done, said ana, 1.2s",
        ),
        ("check", [result("a"), result("b")], "✓ check    A step  2 targets, 1.2s"),
        ("verify", [result("a", reply=http(200), attempts=3)], "✓ verify   A step  200, 3 tries, 1.2s"),
        ("mitigate", [result("a", reply=shell())], "✓ mitigate A step  changed, 1.2s"),
        ("mitigate", [result("a", reply=KubectlReply(changed=False))], "✓ mitigate A step  no change, 1.2s"),
        ("mitigate", [result("a"), result("b")], "✓ mitigate A step  changed on 2 targets, 1.2s"),
        (
            "mitigate",
            [result("a"), result("b", reply=KubectlReply(changed=False))],
            "✓ mitigate A step  changed on 1 of 2 targets, 1.2s",
        ),
        ("undo", [result("a")], "✓ undo     A step  taken back, 1.2s"),
    ],
)
def test_what_went_well_is_one_line(verb: str, targets: list[TargetResult], line: str) -> None:
    """And the line of a mitigation says that something was changed."""
    assert tell(*targets, verb=verb) == [line]


@pytest.mark.parametrize(
    ("verb", "targets", "headline"),
    [
        ("check", [failed("a")], "✗ check    A step  failed, 1.2s"),
        ("check", [failed("a"), failed("b")], "✗ check    A step  2 failed, 1.2s"),
        ("check", [failed("a"), result("b")], "✗ check    A step  1 failed, 1 ok, 1.2s"),
        (
            "check",
            [failed("a"), result("b"), result("c", Outcome.UNREACHABLE, cause=GONE)],
            "∅ check    A step  2 of 3 not ok, 1.2s",
        ),
        ("mitigate", [failed("a")], "✗ mitigate A step  failed, may have changed, 1.2s"),
        ("mitigate", [failed("a", begun=False)], "✗ mitigate A step  failed, 1.2s"),
        (
            "mitigate",
            [failed("a"), result("b"), result("c")],
            "✗ mitigate A step  1 failed, 2 changed, 1 may have changed, 1.2s",
        ),
        (
            "undo",
            [result("a", Outcome.INDETERMINATE, cause="lost")],
            "? undo     A step  indeterminate, may have changed, 1.2s",
        ),
    ],
)
def test_what_went_wrong_is_counted_in_the_headline(verb: str, targets: list[TargetResult], headline: str) -> None:
    """Where a change may have happened, the headline says so."""
    assert tell(*targets, verb=verb)[0] == headline


def test_a_failing_expectation_shows_its_values() -> None:
    """And the end of what the target said."""
    output = "".join(f"line {number}\n" for number in range(1, 14))
    lines = tell(result("a", Outcome.FAILED, shell(output, rc=1, stderr="oops\tat\x1b[2J\n"), "rc == 0 (rc = 1)"))
    assert lines == [
        "✗ check    A step  failed, rc 1, 1.2s",
        "    rc == 0 (rc = 1)",
        "    stdout: 3 more lines above",
        *(f"            line {number}" for number in range(4, 14)),
        "    stderr: oops    at\\x1b[2J",
    ]


def test_targets_that_differ_are_grouped() -> None:
    """The gravest first; the ones that are well in one line at the end."""
    lines = tell(
        result("c", Outcome.UNREACHABLE, cause=GONE),
        failed("b"),
        result("d", Outcome.UNREACHABLE, cause=GONE),
        failed("e"),
        result("a"),
    )
    assert lines[1:] == [
        "    b, e  failed  cpu < 80 (cpu = 95.8)",
        "    c, d  unreachable  no route to host",
        "        hint: Is it up?",
        "    a  ok",
    ]


def test_a_reason_that_does_not_fit_beside_stands_below() -> None:
    """No value of an expectation is lost to the edge of the terminal."""
    why = "stdout is not search('Failed to fetch') (stdout = 'ERROR Failed to fetch keys')"
    lines = tell(failed("web-01", why), result("web-02"), width=60)
    assert lines[1:4] == [
        "    web-01  failed",
        "        stdout is not search('Failed to fetch') (stdout =",
        "        'ERROR Failed to fetch keys')",
    ]


def test_outputs_that_differ_are_left_to_the_record() -> None:
    """A page for each target helps nobody at 3 a.m."""
    lines = tell(*(result(name, Outcome.FAILED, shell(name), "rc = 1, expected 0") for name in ("a", "b")))
    assert lines[1:] == [
        "    a, b  failed  rc = 1, expected 0",
        "        their outputs differ; the record has them all",
    ]


def test_many_reasons_are_counted() -> None:
    """Forty hosts with a value of their own each do not fill the screen."""
    lines = tell(*(failed(f"web-{number:02d}", f"cpu < 80 (cpu = {number + 80})") for number in range(1, 41)))
    assert len(lines) == 10
    assert lines[-1] == "    and 32 more, each for its own reason: 32 failed; the record has them all"


def test_a_check_that_fails_by_name_is_not_called_well_too() -> None:
    """A verify that repeats two checks on one target: the one that holds does not make the target well."""
    lines = tell(failed("control", "Keys: status == 200 (status = 503)"), result("control"), verb="verify")
    assert lines == [
        "✗ verify   A step  1 failed, 1 ok, 1.2s",
        "    control  failed  Keys: status == 200 (status = 503)",
    ]


def test_the_reason_of_the_step_comes_before_that_of_its_targets() -> None:
    """It held, but not long enough: then the targets have nothing to add."""
    within = Cause("within", "it did not hold within 1m (3 tries)")
    lines = tell(failed("a"), verb="verify", cause=within)
    assert lines[1:] == ["    it did not hold within 1m (3 tries)", "    cpu < 80 (cpu = 95.8)"]
    same = result("a", Outcome.FAILED, cause=within)
    assert tell(same, verb="verify", cause=within)[1:] == ["    it did not hold within 1m (3 tries)"]


def test_a_step_that_broke_as_a_whole_says_why() -> None:
    """With the hint, and without targets."""
    lines = tell(outcome=Outcome.ERROR, cause=Cause("expression", "jwks is not known", "Did you mean 'jwk'?"))
    assert lines == ["! check    A step  error, 1.2s", "    jwks is not known", "    hint: Did you mean 'jwk'?"]


@pytest.mark.parametrize(
    ("outcome", "message", "lines"),
    [
        (Outcome.SKIPPED, "when: x is false", ["– check    A step  skipped, when: x is false"]),
        (Outcome.ABORTED, "declined by ana", ["■ check    A step  aborted, declined by ana"]),
        (Outcome.SKIPPED, "w" * 70, ["– check    A step  skipped", "    " + "w" * 70]),
    ],
)
def test_what_was_not_done_has_its_reason(outcome: Outcome, message: str, lines: list[str]) -> None:
    """Beside the title where there is room."""
    assert tell(outcome=outcome, cause=Cause("when", message)) == lines
    assert tell(result("a", outcome, cause=Cause("when", message)), took=0) == lines


def test_targets_skipped_for_several_reasons_are_listed() -> None:
    """One reason for all would not be true."""
    lines = tell(
        result("a", Outcome.SKIPPED, cause=Cause("when", "when: x is false")),
        result("b", Outcome.SKIPPED, cause=Cause("unless", "nothing to do: y holds already")),
    )
    assert lines == [
        "– check    A step  skipped, for several reasons",
        "    a  skipped  when: x is false",
        "    b  skipped  nothing to do: y holds already",
    ]


def test_check_mode_shows_the_whole_request() -> None:
    """However long: it is what a person wants to read before saying yes another time."""
    would = Cause("check", f"would run: {PIN_REQUEST}")
    rest = result("b", Outcome.SKIPPED, cause=Cause("unless", "nothing to do: x holds already"))
    lines = tell(result("a", Outcome.SKIPPED, cause=would), rest, verb="mitigate", title=PIN, width=60)
    assert lines[0] == "• mitigate Serve the pinned signing key a…  not run: --check"
    assert lines[1] == "    on a"
    assert " ".join(line.strip() for line in lines[2:-1]) == f"would run: {PIN_REQUEST}"
    assert lines[-1] == "    b  skipped  nothing to do: x holds already"


def test_check_mode_shows_what_a_request_would_do() -> None:
    """The difference stands below the request, line by line; what a server sent cannot move the cursor."""
    would = Cause(
        "check", "would run: kubectl: scale deployment/api --replicas=3\nspec.replicas: 2 → 3\nundo: \x1b[2J"
    )
    lines = tell(result("main", Outcome.SKIPPED, cause=would), verb="mitigate", title="Scale")
    assert [line.strip() for line in lines[2:]] == [
        "would run: kubectl: scale deployment/api --replicas=3",
        "spec.replicas: 2 → 3",
        "undo: \\x1b[2J",
    ]


def test_an_unchecked_certificate_is_told_under_a_step_that_is_well() -> None:
    reply = KubectlReply(notes=("the certificate of https://k8s is not checked",))
    lines = tell(TargetResult(target=TargetName("main"), outcome=Outcome.OK, reply=reply))
    assert lines[1].strip() == "the certificate of https://k8s is not checked"


def test_who_approved_stands_below() -> None:
    """It matters afterwards."""
    step = StepResult.of((result("a"),))
    ended = Ended(verb="mitigate", title="Restart", result=step, duration_ms=20, aside="approved by ana")
    assert [plain(line) for line in step_lines(ended, Pen(80))] == [
        "✓ mitigate Restart  changed, 20ms",
        "    approved by ana",
    ]


def test_changes_have_a_style_of_their_own() -> None:
    """On a terminal with colours, what was changed stands out."""
    ended = Ended(verb="mitigate", title="Restart", result=StepResult.of((result("a"),)), duration_ms=20)
    (line,) = step_lines(ended, Pen(80))
    assert [piece.text for piece in line if piece.style is Style.CHANGE] == ["mitigate ", "changed"]


def test_a_cut_output_says_so() -> None:
    """What was not kept is not passed over in silence."""
    output = Output(head="start", tail="end", size=999_999, truncated=True)
    reply = shell()
    lines = tell(result("a", Outcome.FAILED, type(reply)(rc=1, stdout=output, stderr=text("")), "rc = 1, expected 0"))
    assert any("999999 bytes in all" in line for line in lines)
