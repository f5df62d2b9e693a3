"""A checked tree becomes a playbook; what a schema cannot say is said here."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.language import build, schema
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import read
from playbook_engine.model.playbook import Defaults, Playbook
from playbook_engine.model.repeating import Computed, Listed, Poll, Retry
from playbook_engine.model.rolling import Portion
from playbook_engine.model.steps import (
    Approve,
    AutoUndo,
    Branch,
    Check,
    Escalate,
    HostPattern,
    Irreversible,
    Mitigate,
    OnFailure,
    OnPass,
    ResultHosts,
    Step,
    Verify,
    Which,
)
from playbook_engine.values import Duration

HEAD = "runbook: v1\nname: x\nversion: 1.2.0\ntitle: T\n"
HEALTH = "health: [{check: well, local: 'true'}]\n"


def attempt(text: str, *, checked: bool = True) -> tuple[Playbook | None, Problems]:
    problems = Problems()
    document = read(Source("f", text), problems)
    assert document is not None
    if checked:
        schema.check(document, "playbook.v1", problems)
    return build.playbook(document, ExpressionCompiler(problems), ACTIONS, problems), problems


def built(text: str) -> Playbook:
    playbook, problems = attempt(text)
    assert problems.sorted() == ()
    assert playbook is not None
    return playbook


def said(text: str) -> list[str]:
    playbook, problems = attempt(text)
    assert playbook is None
    return [f"{str(d.span)[2:]} {d.code}: {d.message}" for d in problems.sorted()]


def steps(*items: str) -> str:
    """Return a playbook with health and the steps; the first step's first line is line 7."""
    return f"{HEAD}{HEALTH}steps:\n" + "".join(f"  - {item}\n" for item in items)


def only_step(*lines: str) -> Step:
    (step,) = built(steps("\n    ".join(lines))).steps
    return step


def marked(span: Span) -> str:
    return span.source.text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


def test_the_top_of_a_playbook() -> None:
    playbook = built(
        "runbook: v1\nname: jwks-outage\nversion: '1.0'\ntitle: 没有密钥\nseverity: P1\nowner: platform\n"
        "reviewed: 2026-11-20\nalerts: [A, B]\nsymptoms: [s]\ncauses: [c]\nprevention: [p]\nlong_term: [t]\ndescription: |\n  long\n  text\n"
        "references: {wiki: 'https://example.org/w'}\nvars: {log: /var/log, n: 3, deep: {a: [true, null]}}\n"
        "tags: [auth]\ndefaults: {timeout: 9s, every: 3s, retries: 2, delay: 4s}\n"
        f"hosts: 'api,db'\n{HEALTH}finally:\n  - escalate: Over\n    to: oncall\n"
    )

    shown = {field.name: getattr(playbook, field.name) for field in dataclasses.fields(playbook)}
    assert shown | {"source": None, "variables": None, "hosts": None, "health": None, "finally_": None} == {
        "source": None,
        "name": "jwks-outage",
        "version": "1.0",
        "title": "没有密钥",
        "severity": "P1",
        "owner": "platform",
        "reviewed": "2026-11-20",
        "description": "long\ntext",
        "tags": ("auth",),
        "defaults": Defaults(
            timeout=Duration(9_000), every=Duration(3_000), retry=Retry(retries=2, delay=Duration(4_000))
        ),
        "alerts": ("A", "B"),
        "symptoms": ("s",),
        "causes": ("c",),
        "prevention": ("p",),
        "long_term": ("t",),
        "inputs": (),
        "variables": None,
        "hosts": None,
        "health": None,
        "steps": (),
        "finally_": None,
        "references": (("wiki", "https://example.org/w"),),
    }
    assert [(v.name, v.value) for v in playbook.variables] == [
        ("log", "/var/log"),
        ("n", 3),
        ("deep", {"a": [True, None]}),
    ]
    assert playbook.hosts is not None
    assert (playbook.hosts.text, marked(playbook.hosts.span)) == ("api,db", "api,db")
    assert [step.title for step in (*playbook.health, *playbook.finally_)] == ["well", "Over"]


def test_a_check() -> None:
    check = only_step(
        "check: Disk has room",
        "id: disk",
        "when: true",
        "note: Why",
        "ssh: df -P {{ path }}",
        "hosts: api",
        "timeout: 5s",
        "expect: [rc == 0, stdout | length > 0]",
        "capture: {room: stdout | trim}",
        "within: 5m",
        "every: 2s",
        "stable_for: 30s",
    )

    assert isinstance(check, Check)
    assert (check.title, check.id, check.note, check.timeout) == ("Disk has room", "disk", "Why", Duration(5000))
    assert (check.action.kind, check.action.source) == ("ssh", "df -P {{ path }}")
    assert check.when is not None
    assert check.when.source == "true"
    assert [e.source for e in check.expect] == ["rc == 0", "stdout | length > 0"]
    assert [(c.name, c.expression.source) for c in check.capture] == [("room", "stdout | trim")]
    assert check.poll == Poll(within=Duration(300_000), every=Duration(2000), stable_for=Duration(30_000))
    assert marked(check.span) == "check: Disk has room"


@pytest.mark.parametrize(
    ("fields", "poll"),
    [
        ([], None),
        (["within: 5m"], Poll(within=Duration(300_000), every=Duration(10_000))),
        (["within: 3s"], Poll(within=Duration(3000), every=Duration(3000))),
        (
            ["within: 5m", "stable_for: 0s"],
            Poll(within=Duration(300_000), every=Duration(10_000), stable_for=Duration(0)),
        ),
    ],
)
def test_a_check_polls_only_when_it_says_within(fields: list[str], poll: Poll | None) -> None:
    check = only_step("check: a", "local: x", *fields)

    assert isinstance(check, Check)
    assert check.poll == poll


def test_a_mitigation_that_the_engine_inverts() -> None:
    step = only_step(
        "mitigate: Scale",
        "kubectl: scale deployment/api --replicas=3",
        "cluster: main",
        "undo: auto",
        "approve: required",
        "unless: 1 == 2",
        "on_failure: undo",
    )

    assert isinstance(step, Mitigate)
    assert isinstance(step.undo, AutoUndo)
    assert marked(step.undo.span) == "auto"
    assert (step.cluster, step.approve, step.on_failure) == ("main", Approve.REQUIRED, OnFailure.UNDO)
    assert step.unless is not None
    assert step.unless.source == "1 == 2"


def test_a_mitigation_with_an_action_that_takes_it_back() -> None:
    step = only_step("mitigate: Stop", "ssh: systemctl stop api", "undo: {ssh: systemctl start api}")

    assert isinstance(step, Mitigate)
    assert not isinstance(step.undo, AutoUndo | Irreversible)
    assert step.undo.source == "systemctl start api"
    assert (step.approve, step.on_failure) == (None, None)


def test_a_mitigation_that_cannot_be_taken_back() -> None:
    step = only_step("mitigate: Drop", "ssh: rm cache", "irreversible: true")

    assert isinstance(step, Mitigate)
    assert isinstance(step.undo, Irreversible)
    assert marked(step.undo.span) == "irreversible"


def test_the_cluster_may_stand_in_the_long_form() -> None:
    step = only_step("check: a", "kubectl: {command: get pods, cluster: east}")

    assert isinstance(step, Check)
    assert step.cluster == "east"


def test_a_verify_without_an_action() -> None:
    step = only_step("verify: Well", "within: 1m", "on_pass: continue", "on_failure: stop")

    assert isinstance(step, Verify)
    assert (step.action, step.on_pass, step.on_failure) == (None, OnPass.CONTINUE, OnFailure.STOP)
    assert only_step("verify: Well") == Verify(title="Well", span=only_step("verify: Well").span)


def test_a_branch_with_steps_in_steps() -> None:
    step = only_step(
        "branch: Where?",
        "cases:",
        "  - when: 1 == 1",
        "    steps:",
        "      - branch: Deeper?",
        "        cases: [{when: false, steps: []}]",
        "        else: [{escalate: a, to: b}]",
        "else: []",
    )

    assert isinstance(step, Branch)
    (case,) = step.cases
    (inner,) = case.steps
    assert (case.when.source, marked(case.span), step.otherwise) == ("1 == 1", "when: 1 == 1", ())
    assert isinstance(inner, Branch)
    assert [type(s) for s in inner.otherwise] == [Escalate]


def test_an_escalation() -> None:
    step = only_step("escalate: Told", "to: oncall", "message: 'Down since {{ run.started }}'")

    assert isinstance(step, Escalate)
    assert (step.to, marked(step.to_span)) == ("oncall", "oncall")
    assert step.message is not None
    assert step.message.source == "Down since {{ run.started }}"


def test_inputs() -> None:
    playbook = built(
        f"{HEAD}{HEALTH}inputs:\n"
        "  ttl: {type: integer, default: 60, minimum: 1, maximum: 90, description: Seconds}\n"
        "  region: {type: string, enum: [eu, us], default: eu, pattern: '^[a-z]+$'}\n"
        "  wait: {type: duration, default: 30s}\n"
        "  token: {type: string, required: true, secret: true}\n"
        "  ratio: {type: number, default: 1, minimum: 0.5}\n"
        "  tags: {type: array, default: [a]}\n"
        "  labels: {type: object, default: {a: 1}}\n"
        "  deep: {type: boolean, default: false}\n"
    )

    shown = [(s.name, s.type, s.default, s.required, s.secret) for s in playbook.inputs]
    assert shown == [
        ("ttl", "integer", 60, False, False),
        ("region", "string", "eu", False, False),
        ("wait", "duration", "30s", False, False),
        ("token", "string", None, True, True),
        ("ratio", "number", 1, False, False),
        ("tags", "array", ["a"], False, False),
        ("labels", "object", {"a": 1}, False, False),
        ("deep", "boolean", False, False, False),
    ]
    assert (playbook.inputs[0].minimum, playbook.inputs[0].maximum) == (1, 90)
    assert (playbook.inputs[1].enum, playbook.inputs[1].pattern) == (("eu", "us"), "^[a-z]+$")
    assert marked(playbook.inputs[0].span) == "ttl"


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        ("type: string, default: 5", "24 wrong-type: default: expected a text, found the number 5"),
        ("type: string, default: null", "24 wrong-type: default: expected a text, found nothing"),
        ("type: integer, default: 1.5", "25 wrong-type: default: expected a whole number, found the number 1.5"),
        ("type: integer, default: true", "25 wrong-type: default: expected a whole number, found true"),
        ("type: boolean, default: 1", "25 wrong-type: default: expected true or false, found the number 1"),
        ("type: array, default: a", "23 wrong-type: default: expected a list, found the text 'a'"),
        ("type: object, default: []", "24 wrong-type: default: expected a mapping, found an empty list"),
        ("type: duration, default: 30", "26 wrong-type: default: expected a duration such as 30s, found the number 30"),
        ("type: integer, default: 3, minimum: 5", "25 wrong-value: default: the number 3 is below the minimum of 5"),
        ("type: integer, default: 9, maximum: 5", "25 wrong-value: default: the number 9 is above the maximum of 5"),
        ("type: string, default: c, enum: [a]", "24 wrong-value: default: the text 'c' is not one of a"),
        ("type: string, default: c, pattern: ^a", "24 wrong-value: default: the text 'c' does not match the pattern ^a"),
        ("type: string, default: '{{ x }}'", "25 template-in-data: defaults are plain data: '{{' has no meaning here"),
        ("type: string, enum: [a, 1]", "25 wrong-type: enum: expected a text, found the number 1"),
        ("type: string, pattern: 'a('", "26 wrong-value: pattern: it is not a regular expression: missing ), unterminated subpattern at position 1"),
        ("type: integer, pattern: a", "16 contradictory-field: 'pattern' has no meaning for the type integer"),
        ("type: string, minimum: 1", "15 contradictory-field: 'minimum' has no meaning for the type string"),
        ("type: integer, minimum: 2, maximum: 1", "37 contradictory-field: the maximum 1 is below the minimum 2"),
        ("type: string, secret: true, default: a", "29 secret-in-playbook: a secret must not stand in a playbook"),
        (
            "type: string, required: true, default: a",
            "31 contradictory-field: an input with a default is never missing: 'required' has no meaning",
        ),
    ],
)  # fmt: skip
def test_an_input_that_contradicts_itself(field: str, complaint: str) -> None:
    """The number is the column within the fields."""
    column, _, message = complaint.partition(" ")
    before = "inputs: {a: {"

    assert said(f"{HEAD}{HEALTH}{before}{field}}}}}\n") == [f"6:{int(column) + len(before)} {message}"]


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (
            ["check: a", "kubectl: scale deployment/x --replicas=2"],
            "8:14 changing-check: kubectl scale changes the cluster; only a mitigate may",
        ),
        (
            ["check: a", "http: POST http://127.0.0.1/"],
            "8:11 changing-check: HTTP POST changes what it is sent to; only a mitigate may",
        ),
        (
            ["verify: a", "kubectl: rollout restart deployment/x"],
            "8:14 changing-check: kubectl rollout restart changes the cluster; only a mitigate may",
        ),
        (
            ["mitigate: a", "kubectl: get pods", "undo: auto"],
            "8:14 mitigate-changes-nothing: kubectl get only reads; a mitigate changes something",
        ),
        (
            ["mitigate: a", "ssh: x", "undo: {http: GET http://127.0.0.1/}"],
            "9:18 undo-changes-nothing: HTTP GET only reads; an undo takes a change back",
        ),
        (
            ["mitigate: a", "ssh: x", "undo: auto"],
            "9:11 no-auto-undo: 'undo: auto' is not possible for ssh: only changes by kubectl can be inverted",
        ),
        (
            ["mitigate: a", "ssh: x", "irreversible: true", "on_failure: undo"],
            "10:17 contradictory-field: 'on_failure: undo' has no meaning for what is irreversible",
        ),
        (
            ["check: a", "ssh: x", "within: 5s", "stable_for: 6s"],
            "10:17 contradictory-field: stable_for: 6s is longer than 'within', which is 5s",
        ),
        (
            ["check: a", "ssh: x", "within: 5s", "every: 6s"],
            "10:12 contradictory-field: every: 6s is longer than 'within', which is 5s",
        ),
        (["check: a", "ssh: x", "timeout: 0s"], "9:14 wrong-value: timeout: must be longer than nothing"),
        (["check: a", "ssh: x", "cluster: y"], "9:5 contradictory-field: 'cluster' has no meaning for ssh"),
        (
            ["check: a", "kubectl: get pods", "hosts: y"],
            "9:5 contradictory-field: 'hosts' has no meaning for kubectl",
        ),
        (["check: a", "manual: Look", "hosts: y"], "9:5 contradictory-field: 'hosts' has no meaning for manual"),
        (
            ["check: a", "kubectl: {command: get pods, cluster: x}", "cluster: y"],
            "8:34 conflicting-keys: 'cluster' is given twice for this step",
        ),
        (["check: a", "id: env", "ssh: x"], "8:9 reserved-name: 'env' is a name that every step sees"),
        (["check: a", "id: and", "ssh: x"], "8:9 reserved-name: 'and' is a word of the expression language"),
        (["check: a", "id: passed", "ssh: x"], "8:9 reserved-name: 'passed' is a field of every step's result"),
        (
            ["check: a", "ssh: x", "capture: {rc: rc}"],
            "9:15 reserved-name: 'rc' is a field of an action's answer",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_step_that_makes_no_sense(step: list[str], complaint: str) -> None:
    """The step's first line is line 7."""
    assert said(steps("\n    ".join(step))) == [complaint]


@pytest.mark.parametrize("line", ["delete pod x", "drain n", "create job x --from=cronjob/y", "exec x -- id"])
def test_what_the_engine_cannot_undo(line: str) -> None:
    (complaint,) = said(steps(f"mitigate: a\n    kubectl: {line}\n    undo: auto"))

    assert complaint.startswith("9:11 no-auto-undo: 'undo: auto' is not possible for kubectl: ")


def test_a_program_in_a_check_is_said_to_read() -> None:
    """Only a person can tell what a program does; nobody can tell a scale from a read."""
    line = "check: a\n    kubectl: exec x -- cat /etc/hosts"
    assert said(steps(line)) == ["8:14 changing-check: kubectl exec changes the cluster; only a mitigate may"]
    assert isinstance(only_step("check: a", "kubectl: exec x -- cat /etc/hosts", "reads: true"), Check)
    assert said(steps("check: a\n    kubectl: scale deployment/x --replicas=1\n    reads: true"))[0].startswith(
        "9:5 changing-check: 'reads' cannot be true"
    )


def test_a_dry_run_may_stand_in_a_check_and_mends_nothing() -> None:
    line = "kubectl: scale deployment/x --replicas=1 --dry-run=server"
    assert isinstance(only_step("check: a", line), Check)
    assert said(steps(f"mitigate: a\n    {line}\n    undo: auto")) == [
        "8:14 mitigate-changes-nothing: kubectl scale --dry-run=server only reads; a mitigate changes something"
    ]


def test_a_name_is_given_once() -> None:
    text = (
        f"{HEAD}vars: {{a: 1}}\ninputs: {{a: {{type: string}}}}\n"
        "health: [{check: h, id: b, local: x}]\n"
        "steps:\n"
        "  - {check: c, id: b, local: x, capture: {a: rc}}\n"
        "  - branch: d\n"
        "    cases: [{when: b.passed, steps: [{check: e, id: c, local: x}]}]\n"
        "    else: [{check: f, id: c, local: x}]\n"
    )

    assert said(text) == [
        "5:8 duplicate-name: 'a' is already the name of an input in line 6",
        "9:20 duplicate-name: 'b' is already the name of a step in line 7",
        "9:43 duplicate-name: 'a' is already the name of an input in line 6",
        "12:27 duplicate-name: 'c' is already the name of a step in line 11",
    ]


def test_variables_are_data() -> None:
    assert said(f"{HEAD}{HEALTH}vars: {{a: '{{{{ x }}}}', b: [1, {{c: 'x {{{{ y }}}}'}}]}}\n") == [
        "6:12 template-in-data: vars are plain data: '{{' has no meaning here",
        "6:36 template-in-data: vars are plain data: '{{' has no meaning here",
    ]


def test_a_day_must_exist() -> None:
    assert said(f"{HEAD}reviewed: 2026-02-30\n{HEALTH}") == [
        "5:11 wrong-value: reviewed: there is no such day as 2026-02-30"
    ]


@pytest.mark.parametrize("body", ["steps: []", "health: []", "health: []\nsteps: []"])
def test_a_playbook_does_something(body: str) -> None:
    assert [line.split(": ", 1)[1] for line in said(f"{HEAD}{body}\n")] == ["the playbook does nothing"]


def test_a_verify_needs_something_to_verify() -> None:
    assert said(f"{HEAD}steps: [{{verify: a}}]") == [
        "5:10 nothing-to-verify: a verify without an action repeats 'health', and this playbook has none"
    ]


def test_braces_in_a_title_are_worth_a_warning() -> None:
    playbook, problems = attempt(steps("check: On {{ host }}\n    local: x"))

    assert playbook is not None
    assert [(str(d.span), d.code, d.severity) for d in problems.sorted()] == [("f:7:12", "literal-braces", "warning")]


def test_what_the_schema_said_is_not_said_again() -> None:
    text = steps("check: a\n    http: {headrs: {a: 1}}", "check: b\n    ssh:", "escalate: c", "nonsense")

    playbook, problems = attempt(text)

    assert playbook is None
    assert [d.code for d in problems.sorted()] == [
        "missing-key",
        "unknown-key",
        "wrong-type",
        "missing-key",
        "wrong-type",
    ]


def test_problems_in_expressions_are_found_beside_those_of_the_schema() -> None:
    lines = said(steps("check: a\n    ssh: x\n    tiemout: 5s\n    expect: rc ==", "check: b\n    ssh: echo {{ x\n"))

    assert [line.split(" ")[0] for line in lines] == ["9:5", "10:18", "12:15"]


BROKEN = [
    "[]",
    "text",
    "steps: text",
    "steps: [text]",
    "steps: [{}]",
    "steps: [{ssh: x}]",
    "steps: [{ssh: x, check: a}]",
    "steps: [{check: a}]",
    "steps: [{check: 5, ssh: x}]",
    "steps: [{check: a, ssh: 5}]",
    "steps: [{check: a, ssh: x, timeout: 5}]",
    "steps: [{check: a, ssh: x, timeout: 5 s}]",
    "steps: [{check: a, ssh: x, within: 5}]",
    "steps: [{check: a, ssh: x, every: 5s}]",
    "steps: [{check: a, ssh: x, expect: []}]",
    "steps: [{check: a, ssh: x, expect: {}}]",
    "steps: [{check: a, ssh: x, capture: 5}]",
    "steps: [{check: a, ssh: x, hosts: [a]}]",
    "steps: [{mitigate: a, ssh: x}]",
    "steps: [{mitigate: a, ssh: x, undo: no}]",
    "steps: [{mitigate: a, ssh: x, undo: {}}]",
    "steps: [{mitigate: a, undo: auto}]",
    "steps: [{mitigate: a, ssh: x, irreversible: true, on_failure: perhaps}]",
    "steps: [{branch: a}]",
    "steps: [{branch: a, cases: [5], else: []}]",
    "steps: [{branch: a, cases: [{steps: []}], else: []}]",
    "steps: [{escalate: a}]",
    "health: [{escalate: a, to: b}]",
    "inputs: 5",
    "inputs: {a: 5}",
    "inputs: {a: {type: text}}",
    "vars: 5",
    "references: {a: 5}",
    "alerts: a",
]


@pytest.mark.parametrize("body", BROKEN)
def test_without_a_schema_check_nothing_broken_becomes_a_playbook(body: str) -> None:
    playbook, problems = attempt(body if body in ("[]", "text") else f"{HEAD}{body}\n", checked=False)

    assert playbook is None
    assert problems.has_errors


@given(st.data())
def test_any_tree_is_a_playbook_or_problems(data: st.DataObject) -> None:
    whole = steps(
        "check: a\n    ssh: x\n    expect: [rc == 0]\n    within: 5s",
        "mitigate: b\n    kubectl: {command: scale deployment/x --replicas=1}\n    undo: {ssh: y}",
        "branch: c\n    cases: [{when: true, steps: [{escalate: d, to: e}]}]\n    else: []",
    )
    start = data.draw(st.integers(len(HEAD), len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    stray = data.draw(st.sampled_from(["", "5", "[]", "{}", "x: y", "- ", "'", "{{ x }}", "\n", "null", "auto"]))
    problems = Problems()
    document = read(Source("f", whole[:start] + stray + whole[end:]), problems)
    if document is None:
        return

    schema.check(document, "playbook.v1", problems)
    playbook = build.playbook(document, ExpressionCompiler(problems), ACTIONS, problems)

    assert (playbook is None) == problems.has_errors


RESTART = ("mitigate: Restart", "ssh: systemctl restart api", "irreversible: true")


def test_a_check_that_is_tried_again() -> None:
    step = only_step("check: a", "ssh: x", "retries: 3", "delay: 2s", "backoff: 1.5", "deadline: 1m", "tags: [slow]")
    assert isinstance(step, Check)

    assert step.retry == Retry(retries=3, delay=Duration(2_000), backoff=1.5, deadline=Duration(60_000))
    assert step.tags == ("slow",)


def test_a_loop_has_items_or_an_expression() -> None:
    listed, computed = (
        only_step("check: a", "ssh: x", "loop: [a, {b: 1}]"),
        only_step("check: a", "ssh: x", "loop: hosts"),
    )
    assert isinstance(listed, Check)
    assert isinstance(computed, Check)

    assert isinstance(listed.loop, Listed)
    assert listed.loop.values == ("a", {"b": 1})
    assert isinstance(computed.loop, Computed)
    assert computed.loop.expression.source == "hosts"


def test_a_mitigation_that_rolls() -> None:
    step = only_step(
        *RESTART, "serial: [1, 25%]", "max_failures: 10%", "cooldown: 5m", "idempotent: true", "retries: 1"
    )
    assert isinstance(step, Mitigate)

    assert step.rolling.serial == (Portion(1), Portion(25, percent=True))
    assert step.rolling.max_failures == Portion(10, percent=True)
    assert (step.cooldown, step.idempotent, step.retry) == (Duration(300_000), True, Retry(retries=1))


def test_hosts_are_a_pattern_or_those_of_an_earlier_result() -> None:
    playbook = built(
        f"{HEAD}steps:\n  - {{check: a, id: disk, ssh: df}}\n  - {{check: b, ssh: df, hosts: disk.failed}}\n"
        "  - {check: c, ssh: df, hosts: disc.failed}\n"
    )
    _, chosen, pattern = playbook.steps
    assert isinstance(chosen, Check)
    assert isinstance(pattern, Check)

    assert isinstance(chosen.hosts, ResultHosts)
    assert (chosen.hosts.step, chosen.hosts.which) == ("disk", Which.FAILED)
    assert isinstance(pattern.hosts, HostPattern)


def test_a_case_continues_with_another_playbook() -> None:
    case = "{when: 'true', play: {playbook: other, inputs: {a: 5, b: '{{ hosts }}', c: [x]}}}"
    step = only_step("branch: a", f"cases: [{case}]", "else: []", "for: host", "hosts: web")
    assert isinstance(step, Branch)
    play = step.cases[0].play
    assert play is not None

    assert (play.playbook, [(each.name, each.value) for each in play.inputs]) == (
        "other",
        [("a", 5), ("b", None), ("c", ["x"])],
    )
    assert play.inputs[1].template is not None
    assert (step.per_host, step.hosts is not None) == (True, True)


def test_an_escalation_that_waits() -> None:
    step = only_step("escalate: a", "to: b", "wait_for_ack: 10m")
    assert isinstance(step, Escalate)

    assert step.wait_for_ack == Duration(600_000)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (("check: a", "ssh: x", "within: 5s", "retries: 2"), "conflicting-keys"),
        (("check: a", "ssh: x", "retries: 2", "delay: 5s", "deadline: 5s"), "contradictory-field"),
        (("check: a", "http: GET http://x", "reads: true"), "contradictory-field"),
        (("check: a", "http: DELETE http://x", "reads: true"), "changing-check"),
        (("check: a", "http: POST http://x"), "changing-check"),
        (("check: a", "ssh: x", "loop: ['{{ x }}']"), "template-in-data"),
        (("verify: a", "loop: [1]"), "contradictory-field"),
        ((*RESTART, "retries: 1"), "retry-not-idempotent"),
        (("mitigate: a", "kubectl: scale deploy/x --replicas=2", "undo: auto", "serial: 1"), "contradictory-field"),
        (("mitigate: a", "local: x", "irreversible: true", "max_failures: 1"), "contradictory-field"),
        (("check: a", "ssh: x", f"loop: {list(range(1_001))}"), "wrong-value"),
        (("check: a", "ssh: x", f"loop: {list(range(1_000))}"), None),
        (("check: a", "ssh: x", "retries: 9", "delay: 1m", "backoff: 10"), "contradictory-field"),
        (("check: a", "ssh: x", "retries: 9", "delay: 1m", "backoff: 10", "deadline: 1h"), None),
        ((*RESTART, "max_failures: 100%", "on_failure: stop"), "contradictory-field"),
        ((*RESTART, "max_failures: 99%", "on_failure: stop"), None),
        (("check: a", "id: disk", "ssh: x", "when: disk.failed"), None),
    ],
)
def test_fields_that_contradict_each_other(lines: tuple[str, ...], complaint: str | None) -> None:
    _, problems = attempt(steps("\n    ".join(lines)))

    assert [each.code for each in problems.sorted()] == ([complaint] if complaint else [])


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "health:\n  - {check: a, ssh: x, critical: false}\n  - {check: b, ssh: x, critical: false}\n",
            ["every health check is 'critical: false', so nothing says whether all is well"],
        ),
        ("health:\n  - {check: a, ssh: x, critical: false}\n  - {check: b, ssh: x}\n", []),
        (
            "steps: [{check: a, ssh: x, critical: true}]\nfinally: [{check: b, ssh: x, critical: true}]\n",
            ["the check 'b' is critical, and 'finally' always runs to its end"],
        ),
    ],
)
def test_what_hangs_on_a_check(text: str, messages: list[str]) -> None:
    _, problems = attempt(HEAD + text)

    assert [each.message for each in problems.sorted()] == messages


def test_the_hosts_of_a_result_say_which() -> None:
    _, problems = attempt(
        f"{HEAD}steps:\n  - {{check: a, id: disk, ssh: df}}\n  - {{check: b, ssh: df, hosts: disk.faild}}\n"
    )

    assert [(each.message, each.hint) for each in problems.sorted()] == [
        ("'disk' is a step, and 'faild' does not say which of its hosts are meant", "Did you mean 'failed'?")
    ]
