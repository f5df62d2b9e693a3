"""`runbook test` from its files to its report: a playbook is really played, on scripted answers."""

from pathlib import Path

import pytest

from playbook_engine.app.config import Config
from playbook_engine.app.rehearsing import files, testing
from playbook_engine.app.rehearsing.testing import Wanted
from playbook_engine.model.rehearsed import Report

PLAYBOOK = Path(__file__).parent / "playbooks" / "keys.yml"
JWKS = """
rehearsal: v1
playbook: {playbook}
groups: {{api: [api-1, api-2]}}
vars: {{api_url: "https://api", supabase_jwks_url: "https://id/keys", deployment: api, api_log: /log}}
answers:
  dns: {{stdout: "192.0.2.1 id.example\\n"}}
  log: {{stdout: ""}}
  settings: {{json: {{spec: {{replicas: 2}}}}}}
scenarios:
"""
HEALTHY = """
  - scenario: All is well
    answers:
      jwks: {json: {keys: [{kid: a}]}}
      api: {status: 200}
    expect: {verdict: healthy, path: [jwks: ok, api: ok], changed: {}}
"""
PINNED = """
  - scenario: The pinned key brings tokens back
    answers:
      jwks: {status: 503}
      api: {status: 500}
      log: {targets: {api-1: {stdout: "Failed to fetch JWKS\\n"}, api-2: {stdout: ""}}}
      pin: {}
      token: [{status: 401}, {status: 401}, {status: 200}]
    expect:
      verdict: resolved
      path:
        - jwks: failed
        - api: failed
        - dns: ok
        - log: {api-1: failed, api-2: ok}
        - settings: ok
        - Where is the fault?: case 2
        - pin: ok
        - token: ok
      changed: {pin: [main]}
      undone: []
      told: []
"""
LOST = """
  - scenario: Nobody knows why
    answers:
      jwks: {json: {keys: []}}
      api: {status: 200}
      dns: {rc: 2}
    expect: {verdict: unresolved, told: [secondary_oncall]}
"""


@pytest.fixture
def rehearse(tmp_path: Path) -> "Rehearse":
    return Rehearse(tmp_path)


class Rehearse:
    """Writes a rehearsal into a folder, and plays it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rehearsals" / "keys.yml"
        self.path.parent.mkdir()

    def __call__(self, *scenarios: str, **wanted: object) -> Report:
        head = JWKS.format(playbook=PLAYBOOK)
        self.path.write_text(head + "".join(scenarios), encoding="utf-8")
        config = Config()
        return testing.test(Wanted(meant=files.meant([str(self.path)], config), **wanted), config)  # type: ignore[arg-type]  # tests give what fits


def test_scenarios_that_go_as_expected(rehearse: Rehearse) -> None:
    report = rehearse(HEALTHY, PINNED, LOST)

    assert [each.findings for each in report.scenarios] == [(), (), ()]
    assert [each.verdict.value for each in report.scenarios] == ["healthy", "resolved", "unresolved"]
    assert report.passed


def test_time_passes_and_nobody_waits(rehearse: Rehearse) -> None:
    pinned = rehearse(PINNED).scenarios[0]

    assert pinned.took_ms == 8_000  # two polls that fail, and 4 s for which it must hold


def test_another_path_is_told_line_by_line(rehearse: Rehearse) -> None:
    report = rehearse(PINNED.replace("pin: ok", "pin: failed").replace("api-2: ok", "api-2: timeout"))

    (finding,) = report.scenarios[0].findings
    assert finding.what == "path"
    assert [f"{line.mark.value} {line.text}" for line in finding.lines if line.mark.value != " "] == [
        "- log: {api-1: failed, api-2: timeout}",
        "+ log: {api-1: failed, api-2: ok}",
        "- pin: failed",
        "+ pin: ok",
    ]
    assert not report.passed


def test_a_request_without_an_answer_says_what_to_write(rehearse: Rehearse) -> None:
    report = rehearse(PINNED.replace("      pin: {}\n", ""))

    finding = report.scenarios[0].findings[0]
    assert finding.what == "request"
    assert "no answer for the mitigate 'Serve the pinned signing key" in finding.message
    assert finding.advice == "Write under 'answers':  pin: {}"


def test_an_answer_that_nobody_needs_is_told_where_it_stands(rehearse: Rehearse) -> None:
    report = rehearse(HEALTHY.replace("      api: {status: 200}", "      api: {status: 200}\n      restart: {}"))

    (finding,) = report.scenarios[0].findings
    assert finding.message == "the answer of 'restart' was never used"
    assert finding.span.source.text.splitlines()[finding.span.line - 1] == "      restart: {}"


def test_shared_answers_are_used_by_some_scenario(rehearse: Rehearse) -> None:
    report = rehearse(HEALTHY)

    assert [finding.message for finding in report.leftovers] == [
        f"the answer of '{name}' was never used" for name in ("dns", "log", "settings")
    ]
    assert not report.passed


def test_coverage_counts_cases_and_else(rehearse: Rehearse) -> None:
    report = rehearse(HEALTHY, PINNED, LOST, coverage=True, fail_under=60)

    assert report.branch_edges == (2, 3)
    assert report.covered_enough
    assert not rehearse(HEALTHY, PINNED, LOST, fail_under=70, coverage=True).passed
