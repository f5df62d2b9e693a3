"""`runbook test` from its files to its report: a playbook is really played, on scripted answers."""

from pathlib import Path

import pytest
from rehearsed import Shelf, told

from playbook_engine.model.rehearsed import Report

FOLDER = Path(__file__).parent / "playbooks"


class Rehearse:
    """Plays the rehearsal beside this file, with changes to its text."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        (shelf.folder / "rehearsals").mkdir(parents=True)
        (shelf.folder / "keys.yml").write_bytes((FOLDER / "keys.yml").read_bytes())
        self.rehearsal = shelf.folder / "rehearsals" / "keys.yml"

    def __call__(self, *changes: tuple[str, str], **wanted: object) -> Report:
        text = (FOLDER / "rehearsals" / "keys.yml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.rehearsal.write_text(text, encoding="utf-8")
        return self.shelf.test(**wanted)


@pytest.fixture
def rehearse(shelf: Shelf) -> Rehearse:
    return Rehearse(shelf)


def test_scenarios_that_go_as_expected(rehearse: Rehearse) -> None:
    report = rehearse()

    assert [each.verdict.value for each in report.scenarios] == ["healthy", "resolved", "unresolved"]
    assert told(report) == []
    assert report.passed


def test_time_passes_and_nobody_waits(rehearse: Rehearse) -> None:
    assert rehearse().scenarios[1].took_ms == 8_000  # two polls that fail, and 4 s for which it must hold


def test_another_path_is_told_line_by_line(rehearse: Rehearse) -> None:
    report = rehearse(("- pin: ok", "- pin: failed"), ("api-2: ok", "api-2: timeout"))

    (finding,) = report.scenarios[1].findings
    assert finding.what == "path"
    assert [f"{line.mark.value} {line.text}" for line in finding.lines if line.mark.value != " "] == [
        "- log: {api-1: failed, api-2: timeout}",
        "+ log: {api-1: failed, api-2: ok}",
        "- pin: failed",
        "+ pin: ok",
    ]
    assert not report.passed


def test_what_happened_says_why(rehearse: Rehearse) -> None:
    report = rehearse(("api: {status: 500}", "api: {fault: unreachable, message: no route}"))

    (finding,) = report.scenarios[1].findings
    assert [(line.text, line.note) for line in finding.lines if line.mark.value == "+"] == [
        ("api: unreachable", "no route")
    ]


def test_a_request_without_an_answer_says_what_to_write(rehearse: Rehearse) -> None:
    report = rehearse(("      pin: {}\n", ""))

    finding = report.scenarios[1].findings[0]
    assert finding.what == "request"
    assert "no answer for the mitigate 'Serve the pinned signing key" in finding.message
    assert "on main" in finding.message
    assert "set env deployment/api" in finding.message
    assert finding.advice == "Write under 'answers':  pin: {}"
    assert "SUPABASE_JWK=<secret SUPABASE_JWK>" in finding.message


def test_an_answer_that_nobody_needs_is_told_where_it_stands(rehearse: Rehearse) -> None:
    report = rehearse(("      pin: {}\n", "      pin: {}\n      restart: {}\n"))

    (finding,) = report.scenarios[1].findings
    assert finding.message == "the answer of 'restart' was never used"
    assert finding.span.source.text.splitlines()[finding.span.line - 1] == "      restart: {}"


def test_an_answer_of_a_list_that_was_never_reached(rehearse: Rehearse) -> None:
    report = rehearse(("jwks: {status: 503}", "jwks: [{status: 503}, {status: 200}]"))

    (finding,) = report.scenarios[1].findings
    assert finding.message == "answer 2 of 2 of 'jwks' was never used"
    assert finding.span.column == len("      jwks: [{status: 503}, {") + 1


def test_a_target_that_was_never_asked(rehearse: Rehearse) -> None:
    report = rehearse(("pin: {}", "pin: {targets: {main: {}, api-1: {}}}"))

    (finding,) = report.scenarios[1].findings
    assert finding.message == "the answer of 'pin' on api-1 was never used"


def test_people_whom_nobody_asked(rehearse: Rehearse) -> None:
    people = "approve: {pin: no}\n    ack: {by: bob}\n    cannot_be_told: [secondary_oncall]\n"
    report = rehearse(("    expect: {verdict: healthy", f"    {people}    expect: {{verdict: healthy"))

    assert [finding.message for finding in report.scenarios[0].findings] == [
        "nobody was asked to approve 'pin'",
        "nobody tried to tell 'secondary_oncall'",
        "nothing waited for somebody to take it",
    ]


@pytest.mark.parametrize(
    ("written", "told_so"),
    [
        ("changed: {pin: [main], restart: [main]}", "changed: something else was changed (- expected, + changed)"),
        ("changed: {}", "changed: something else was changed (- expected, + changed)"),
        ("undone: [pin]", "undone: expected pin, it was none"),
        ("told: [secondary_oncall]", "told: expected secondary_oncall, it was none"),
        ("verdict: unresolved", "verdict: expected unresolved, it ended resolved: a verify passed"),
    ],
)
def test_other_expectations_that_are_not_met(written: str, told_so: str, rehearse: Rehearse) -> None:
    word = written.partition(":")[0]
    was = {"changed": "changed: {pin: [main]}", "undone": "undone: []", "told": "told: []"}
    report = rehearse((was.get(word, "verdict: resolved"), written), only="pinned")

    assert told(report) == [told_so]


def test_shared_answers_are_used_by_some_scenario(rehearse: Rehearse) -> None:
    report = rehearse(("answers:\n  dns", "answers:\n  restart: {}\n  dns"))

    assert [finding.message for finding in report.leftovers] == ["the answer of 'restart' was never used"]
    assert not report.passed
    assert rehearse(("answers:\n  dns", "answers:\n  restart: {}\n  dns"), only="well").passed


def test_a_part_of_a_name_chooses_scenarios(rehearse: Rehearse) -> None:
    assert [each.scenario for each in rehearse(only="PINNED").scenarios] == ["The pinned key brings tokens back"]


def test_coverage_counts_cases_and_else(rehearse: Rehearse) -> None:
    report = rehearse(coverage=True, fail_under=60)

    assert report.branch_edges == (2, 3)
    assert report.passed
    assert not rehearse(coverage=True, fail_under=70).passed
