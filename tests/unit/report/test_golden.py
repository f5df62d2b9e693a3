"""Whole screens as people see them. `UPDATE_GOLDEN=1` writes them anew; read the difference before you keep it."""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from rehearsing import Rehearsal
from reported_runs import HEAD, RECORD, RUN, Run, asked, http, result
from scenes import PIN, PIN_REQUEST, ROLLED, SCENES, WORKS

from playbook_engine.diagnostics import Diagnostic, Severity, Source, Span
from playbook_engine.model.events import StepFinished
from playbook_engine.model.explanation import Difference, Explained, Explanation, Origin
from playbook_engine.model.outcomes import Cause, Outcome, Verdict
from playbook_engine.model.precedence import Level, Resolved, Sourced
from playbook_engine.model.rolling import Batches
from playbook_engine.model.translations import Reader, Texts
from playbook_engine.phrases.words import CHINESE
from playbook_engine.report import diagnostics
from playbook_engine.report.approval import question
from playbook_engine.report.explain_view import explain_json, explain_lines
from playbook_engine.report.lines import PlainLines
from playbook_engine.report.plan_view import plan_lines
from playbook_engine.report.retelling import finished, retold, told_to
from playbook_engine.report.story import Storyteller
from playbook_engine.report.style import Glyphs, Line, glyphs, plain
from playbook_engine.report.summary import Proof, summary
from playbook_engine.report.sweep_view import Health, sweep_lines
from playbook_engine.report.widths import display_width
from playbook_engine.values import Secret, TargetName

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (80, 140)
LOOKS = [
    pytest.param(width, unicode, id=f"{width}-{'unicode' if unicode else 'ascii'}")
    for width in WIDTHS
    for unicode in (True, False)
]


def compare(name: str, width: int, unicode: bool, text: str) -> None:
    """Compare with the golden file of this look; ASCII is what an ASCII stream gets."""
    shown = text if unicode else text.encode("ascii", "backslashreplace").decode()
    file = GOLDEN / f"{name}-{width}{'' if unicode else '-ascii'}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


def text_of(lines: Iterable[Line]) -> str:
    return "".join(f"{plain(line)}\n" for line in lines)


def ending(run: Run, width: int, chosen: Glyphs) -> str:
    return text_of(summary(run.finished, Proof(run=RUN, record=RECORD, head=HEAD), width, chosen))


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
@pytest.mark.parametrize("scene", SCENES)
def test_what_a_terminal_shows_of_a_run(scene: str, width: int, unicode: bool) -> None:
    """The lines above the live ones, and the end."""
    run, chosen = SCENES[scene](), glyphs(unicode=unicode)
    story = Storyteller(chosen)
    lines = [line for recorded in run.events for line in story.tell(recorded.event, width)]
    text = text_of(lines) + ending(run, width, chosen)
    assert max(map(display_width, text.splitlines())) <= width
    compare(f"run-{scene}", width, unicode, text)


@pytest.mark.parametrize("scene", ["undone", "waiting", "rolled", "roads"])
def test_what_a_log_shows_of_a_run(scene: str) -> None:
    """With times, and with what a live screen shows by itself."""
    written: list[str] = []
    sink = PlainLines(written.append)
    for recorded in SCENES[scene]().events:
        sink.emit(recorded)
    compare(f"log-{scene}", 140, True, "".join(written))


def health(name: str, title: str, verdict: Verdict, *checks: StepFinished) -> Health:
    run = Run().after(230).finish(verdict, 0, "health held at the start, nothing was done")
    return Health(run=RUN, playbook=name, title=title, finished=run.finished, checks=checks)


def checks(*outcomes: Outcome) -> tuple[StepFinished, ...]:
    run = Run()
    for number, outcome in enumerate(outcomes, 1):
        cause = None if outcome is Outcome.OK else Cause("expect", "status == 200 (status = 503)")
        end = result("control", outcome, http(200 if outcome is Outcome.OK else 503, "busy\n"), cause)
        run.step(f"health/{number}", "check", f"Endpoint {number} answers", end)
    return tuple(each.event for each in run.events if isinstance(each.event, StepFinished))


WELL = health("disk-full", "A disk runs full", Verdict.HEALTHY, *checks(Outcome.OK, Outcome.OK))
ILL = (
    health("jwks-outage", "JWKS cannot be fetched", Verdict.UNRESOLVED, *checks(Outcome.OK, Outcome.FAILED)),
    WELL,
    health("数据库", "数据库连接数耗尽，新的请求全部失败", Verdict.UNKNOWN, *checks(Outcome.TIMEOUT)),
)


def test_a_sweep_shows_what_does_not_count_too() -> None:
    """The playbook is healthy, and its failing check is worth a word all the same."""
    failed = result("control", Outcome.FAILED, http(503), "status == 200 (status = 503)")
    run = Run().step("health/1", "check", "Nice", replace(failed, counts=False))
    aside = tuple(each.event for each in run.events if isinstance(each.event, StepFinished))
    text = text_of(sweep_lines((health("x", "X", Verdict.HEALTHY, *aside), WELL), 80))
    assert text.splitlines() == [
        "healthy      x  X",
        "  ✗ check    Nice  failed, 503, not critical, 31ms",
        "      status == 200 (status = 503)",
        "",
        "2 playbooks: 2 healthy (3 checks, 230ms)",
    ]


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
@pytest.mark.parametrize(("name", "healths"), [("well", (WELL, WELL)), ("ill", ILL)])
def test_sweeps(name: str, healths: tuple[Health, ...], width: int, unicode: bool) -> None:
    """One line when all is well."""
    text = text_of(sweep_lines(healths, width, glyphs(unicode=unicode)))
    assert (len(text.splitlines()) == 1) == (name == "well")
    compare(f"sweep-{name}", width, unicode, text)


PLAYBOOK = """
hosts: all
health:
  - check: Keys are served
    id: jwks
    http: GET http://127.0.0.1/keys
    timeout: 5s
  - check: 接口能够验证令牌
    id: api
    http: GET http://127.0.0.1/health
steps:
  - branch: Where is the fault?
    cases:
      - when: jwks.failed
        steps:
          - mitigate: Restart the workers
            id: restart
            ssh: systemctl restart worker.service && systemctl is-active worker.service && journalctl -u worker.service -n 20
            undo: {ssh: systemctl revert worker.service}
            when: api.failed
          - mitigate: Drop the cache
            ssh: rm -rf /var/cache/worker
            irreversible: true
          - verify: All is well again
            within: 1m
            every: 10s
            stable_for: 30s
    else:
      - escalate: Nobody knows
        to: ana
finally:
  - check: Evidence
    local: date
"""


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
def test_plans(width: int, unicode: bool) -> None:
    """Every road, every request whole."""
    plan = Rehearsal(PLAYBOOK).executor.state.plan
    text = text_of(plan_lines(plan, width, glyphs(unicode=unicode)))
    assert max(map(display_width, text.splitlines())) <= width
    compare("plan", width, unicode, text)


ROADS = """
hosts: all
steps:
  - {check: Disk, id: disk, ssh: df, tags: [slow]}
  - branch: 每台主机各有什么问题？
    for: host
    hosts: disk.failed
    cases:
      - when: disk.failed
        play: {playbook: disk-full, inputs: {path: /var/log, limit: "{{ disk.stdout }}"}}
    else:
      - {escalate: 没有人知道原因, to: ana, wait_for_ack: 10m}
  - {check: 再看一次, ssh: df, hosts: disk.passed}
"""
DISK_FULL = """
hosts: h1
inputs: {path: {type: string, required: true}, limit: {type: string, default: "80"}}
health: [{check: 磁盘还有空间, ssh: df}]
steps: [{mitigate: 删除旧的日志文件, id: clean, ssh: 'rm -rf {{ path }}', irreversible: true}]
finally: [{check: Evidence, ssh: date}]
"""


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
def test_plans_with_roads_and_other_playbooks(width: int, unicode: bool) -> None:
    """What is played stands where it would be played; what tags leave out says so."""
    run = Rehearsal(ROADS, others={"disk-full": DISK_FULL}, skip_tags=frozenset({"slow"}))
    text = text_of(plan_lines(run.executor.state.plan, width, glyphs(unicode=unicode)))
    assert max(map(display_width, text.splitlines())) <= width
    compare("plan-roads", width, unicode, text)


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
def test_plans_that_repeat_and_roll(width: int, unicode: bool) -> None:
    """What is repeated, tried again, rolled over the targets, and what does not count."""
    text = text_of(plan_lines(Rehearsal(ROLLED).executor.state.plan, width, glyphs(unicode=unicode)))
    assert max(map(display_width, text.splitlines())) <= width
    compare("plan-rolled", width, unicode, text)


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
def test_questions_about_rolling(width: int, unicode: bool) -> None:
    """How many at once, and when it stops."""
    inputs = tuple(asked(f"web-{number:02d}", "systemctl restart worker", "irreversible") for number in range(1, 11))
    lines = question("Restart", inputs, width, glyphs(unicode=unicode), batches=Batches((1, 4, 4, 1), 2))
    compare("approval-rolled", width, unicode, text_of(lines))


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
def test_questions(width: int, unicode: bool) -> None:
    """What a yes would mean; nothing of it is cut."""
    hosts = [f"web-{number:02d}" for number in (*range(1, 8), *range(9, 31, 2))]
    inputs = (
        asked("main", PIN_REQUEST, "automatic: what was there before is put back", address="context prod"),
        *(asked(name, "systemctl restart worker", "irreversible") for name in hosts),
        asked("db-1", "psql -c 'select pg_terminate_backend(pid)'"),
    )
    compare("approval", width, unicode, text_of(question(PIN, inputs, width, glyphs(unicode=unicode))))


SOURCE = Source(
    "playbooks/x.yml",
    "runbook: v1\nname: x\ntitle: 无法获取密钥: now\nsteps:\n  - chekc: A\n    ssh: "
    + "tail -n 200 /var/log/x | " * 9
    + "grep ERR\n",
)
FOUND = (
    Diagnostic(
        "unquoted", "a value holds ': '", Span(SOURCE, 3, 14, 3, 15), "Put the value in quotes.", Severity.WARNING
    ),
    Diagnostic("unknown-key", "'chekc' is not a step", Span(SOURCE, 5, 5, 5, 10), "Did you mean 'check'?"),
    Diagnostic("shell", "grep ends with 1 when nothing is found", Span(SOURCE, 6, 235, 6, 239)),
    Diagnostic("unknown-input", "'--set tll' is not an input\x1b[2J", None, "Did you mean 'ttl'?"),
)


@pytest.mark.parametrize("width", WIDTHS)
def test_diagnostics(width: int) -> None:
    """The place, the line, the caret, what to do."""
    compare("diagnostics", width, True, diagnostics.render(FOUND, color=False, width=width))


def explanation(host: str | None) -> Explanation:
    """Return names with long values, many hosts, Chinese text, and something that nobody gives."""
    default = Sourced(3600, Level.PLAYBOOK, "playbooks/jwks-outage.yml:28:3 (default)")
    group = Sourced(600, Level.INVENTORY, "group_vars/api.yml:3:1 (group api)")
    person = Sourced(60, Level.PERSON, "--set")
    url = Sourced(
        f"https://identity.example.com/{'auth/' * 30}", Level.INVENTORY, "group_vars/all.yml:4:1 (group all)"
    )
    note = Sourced("值班：先看仪表盘，再按步骤来\x1b[31m", Level.PLAYBOOK, "playbooks/身份验证.yml:9:3 (vars)")
    pin = Sourced(Secret("pin", "4711"), Level.PERSON, "RUNBOOK_INPUT_PIN")
    key = Sourced(
        Secret("JWK", ""), Level.INVENTORY, "the environment variable SUPABASE_JWK (prod/environment.yml:9:3)"
    )
    zones = Sourced({"zones": ["a", "b"], "weights": [0.5, 2]}, Level.INVENTORY, "hosts.yml:7:5 (group all)")
    api = tuple(TargetName(f"api-{number:02}") for number in range(1, 41))
    places = tuple(
        Sourced("/srv/log", Level.INVENTORY, f"host_vars/{name}.yml:2:1 (host {name})") for name in ("db-1", "db-2")
    )
    logs = (
        Difference(api, (Sourced("/var/log/api.log", Level.INVENTORY, "group_vars/api.yml:7:1 (group api)"),)),
        Difference((TargetName("db-1"), TargetName("db-2")), places),
    )
    return Explanation(
        playbook="jwks-outage",
        version="1.2.0",
        title="JWKS cannot be fetched 无法获取公钥",
        environment="prod",
        host=None if host is None else TargetName(host),
        hosts=42,
        names=(
            Explained(name="cache_ttl", kind=Origin.INPUT, resolved=Resolved("cache_ttl", person, (group, default))),
            Explained(name="pin", kind=Origin.INPUT, resolved=Resolved("pin", pin)),
            Explained(name="region", kind=Origin.INPUT, resolved=None),
            Explained(name="memo", kind=Origin.VARIABLE, resolved=Resolved("memo", note)),
            Explained(name="api_log", kind=Origin.INVENTORY, resolved=None, differences=() if host else logs),
            Explained(name="identity_provider_jwks_url_template", kind=Origin.INVENTORY, resolved=Resolved("u", url)),
            Explained(name="spread", kind=Origin.INVENTORY, resolved=Resolved("spread", zones)),
            Explained(name="env.PAGER", kind=Origin.ENVIRONMENT, resolved=None),
            Explained(name="secret.JWK", kind=Origin.SECRET, resolved=Resolved("secret.JWK", key)),
        ),
    )


@pytest.mark.parametrize(("width", "unicode"), LOOKS)
@pytest.mark.parametrize("host", [None, "api-01"])
def test_an_explanation(host: str | None, width: int, unicode: bool) -> None:
    text = text_of(explain_lines(explanation(host), width, glyphs(unicode=unicode)))
    assert max(map(display_width, text.splitlines())) <= width
    compare("explain-host" if host else "explain", width, unicode, text)


def test_an_explanation_for_machines() -> None:
    """Values are whole; of secrets there is nothing."""
    document = json.dumps(explain_json(explanation(None)), ensure_ascii=False, indent=2)
    assert "4711" not in document
    compare("explain-json", 80, True, f"{document}\n")


IN_CHINESE = Reader(
    CHINESE,
    Texts(
        plain={
            "JWKS cannot be fetched": "无法获取 JWKS",
            "CPU saturated": "CPU 饱和",
            "The JWKS endpoint serves signing keys": "JWKS 端点能返回签名密钥",
            "The name of the identity provider resolves": "身份提供方的域名可以解析",
            "The API log is free of recent JWKS errors": "API 日志最近没有 JWKS 错误",
            "Where is the fault?": "故障在哪里？",
            PIN: "使用固定的签名密钥，并延长密钥的缓存时间",
            WORKS: "真实的令牌被接受",
            "The hosts have CPU time to spare": "主机有空闲的 CPU 时间",
            "nginx runs": "nginx 在运行",
            "Restart the worker": "重启工作进程",
            "The disk has room": "磁盘有空间",
        }
    ),
)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene != "chinese"])
def test_what_a_terminal_shows_in_chinese(scene: str, width: int) -> None:
    """What is translated, and all of runbook's own words; wide characters stay within the width."""
    run, words = SCENES[scene](), IN_CHINESE.words
    story = Storyteller(words=words)
    events = [retold(recorded.event, IN_CHINESE) for recorded in run.events]
    lines = [line for event in events for line in story.tell(event, width)]
    proof = Proof(run=RUN, record=RECORD, head=HEAD)
    text = text_of(lines) + text_of(summary(finished(run.finished, IN_CHINESE), proof, width, words=words))
    assert max(map(display_width, text.splitlines())) <= width
    compare(f"run-{scene}-zh", width, True, text)


@pytest.mark.parametrize("width", WIDTHS)
def test_questions_in_chinese(width: int) -> None:
    inputs = (
        asked("main", PIN_REQUEST, "automatic: what was there before is put back", address="context prod"),
        asked("web-1", "systemctl restart worker", "irreversible"),
        asked("db-1", "psql -c 'select pg_terminate_backend(pid)'"),
    )
    title = IN_CHINESE.text(PIN)
    text = text_of(question(title, inputs, width, batches=Batches((1, 4, 4, 1), 2), words=CHINESE))
    assert max(map(display_width, text.splitlines())) <= width
    compare("approval-zh", width, True, text)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("name", "playbook"), [("plan", PLAYBOOK), ("plan-roads", ROADS), ("plan-rolled", ROLLED)])
def test_plans_in_chinese(name: str, playbook: str, width: int) -> None:
    """The second and third are not translated: all of runbook's own words are Chinese all the same."""
    texts = Texts(plain={"Where is the fault?": "故障在哪里？", "Restart the workers": "重启工作进程"})
    plan = Rehearsal(playbook, others={"disk-full": DISK_FULL}, skip_tags=frozenset({"slow"})).executor.state.plan
    text = text_of(plan_lines(plan, width, reader=Reader(CHINESE, texts)))
    assert max(map(display_width, text.splitlines())) <= width
    compare(f"{name}-zh", width, True, text)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_explanation_in_chinese(width: int) -> None:
    text = text_of(explain_lines(explanation(None), width, reader=IN_CHINESE))
    assert max(map(display_width, text.splitlines())) <= width
    compare("explain-zh", width, True, text)


@pytest.mark.parametrize("width", WIDTHS)
def test_sweeps_in_chinese(width: int) -> None:
    text = text_of(sweep_lines(ILL, width, words=CHINESE))
    assert max(map(display_width, text.splitlines())) <= width
    compare("sweep-ill-zh", width, True, text)


def test_a_log_in_chinese() -> None:
    written: list[str] = []
    sink = told_to(IN_CHINESE, PlainLines(written.append, words=CHINESE))
    for recorded in SCENES["undone"]().events:
        sink.emit(recorded)
    compare("log-undone-zh", 140, True, "".join(written))
