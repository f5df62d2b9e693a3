"""A tree against a schema: what is said, and where."""

import json
from dataclasses import fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language import schema
from playbook_engine.language.reader import read
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.model.steps import Branch, Case, Check, Escalate, Mitigate, Verify
from playbook_engine.resources import schema_text

HEAD = "runbook: v1\nname: x\nversion: 1.2.0\ntitle: T\n"
SCHEMA: dict[str, Any] = json.loads(schema_text("playbook.v1"))
DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]


def said(text: str, name: str = "playbook.v1") -> list[str]:
    problems = Problems()
    document = read(Source("f", text), problems)
    assert document is not None
    schema.check(document, name, problems)
    return [f"{str(d.span)[2:]} {d.code}: {d.message}" for d in problems.sorted()]


def hint(text: str) -> str | None:
    problems = Problems()
    document = read(Source("f", text), problems)
    assert document is not None
    schema.check(document, "playbook.v1", problems)
    (problem,) = problems.sorted()
    return problem.hint


def step(*lines: str) -> str:
    """Return a playbook with one step; its first line is line 6, its keys begin in column 5."""
    return f"{HEAD}steps:\n  - " + "\n    ".join(lines) + "\n"


VALID = [
    f"{HEAD}steps: [{{check: a, ssh: df}}]",
    f"{HEAD}health: [{{check: a, ssh: df}}]",
    step("check: a", "id: a_1", "when: true", "ssh: {argv: [df, 5]}", "timeout: 1h30m", "expect: rc == 0"),
    step(
        "check: a",
        "http: {request: GET http://x, headers: {a: 1}}",
        "expect: [status == 200]",
        "capture: {n: 'json'}",
    ),
    step(
        "check: a",
        "kubectl: {command: get pods, namespace: x, cluster: y}",
        "within: 5m",
        "every: 1s",
        "stable_for: 0s",
    ),
    step("check: a", "manual: {instruction: Look, options: [ok, no]}"),
    step("mitigate: a", "ssh: x", "undo: auto", "approve: required", "unless: a.passed", "on_failure: stop"),
    step("mitigate: a", "ssh: x", "undo: {local: x}"),
    step("mitigate: a", "ssh: x", "irreversible: true"),
    step("verify: a"),
    step("verify: a", "http: GET http://x", "on_pass: continue"),
    step("branch: a", "cases: [{when: x, steps: []}]", "else: []"),
    step("escalate: a", "to: b", "message: c"),
    f"{HEAD}vars: {{a: [1, {{b: null}}]}}\ninputs: {{a: {{type: string, enum: [a], pattern: a}}}}\nsteps: []\nfinally: []\n",
    f"{HEAD}severity: P0\nowner: a\nreviewed: 2026-11-20\nalerts: [a]\nreferences: {{a: 'https://a.b/c'}}\nhealth: []\n",
]


@pytest.mark.parametrize("text", VALID)
def test_a_valid_playbook_has_no_complaints(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        (step("check: a", "tiemout: 5s", "ssh: x"), ["7:5 unknown-key: 'tiemout' is not a field of a check"]),
        (step("check: a", "shh: x"), ["7:5 unknown-key: 'shh' is not a field of a check"]),
        (step("check: a", "ssh: x", "undo: auto"), ["8:5 unknown-key: 'undo' is not a field of a check"]),
        (step("check: a"), ["6:5 missing-key: a check needs an action: ssh, local, http, kubectl or manual"]),
        (
            step("check: a", "ssh: x", "local: y"),
            ["8:5 conflicting-keys: a check has one action; found 'ssh' and 'local'"],
        ),
        (
            step("verify: a", "ssh: x", "local: y"),
            ["8:5 conflicting-keys: a verify has one action, or none to repeat the health checks; found 'ssh' and 'local'"],
        ),
        (
            step("check: a", "ssh: x", "timeout: 5"),
            ["8:14 wrong-type: timeout: expected a duration such as 30s, found the number 5"],
        ),
        (
            step("check: a", "ssh: x", "timeout: 5 s"),
            ["8:14 wrong-value: timeout: expected a duration such as 30s, found the text '5 s'"],
        ),
        (
            step("check: a", "ssh: x", "timeout:"),
            ["8:5 wrong-type: timeout: expected a duration such as 30s, found nothing"],
        ),
        (step("check: a", "ssh: x", "expect: []"), ["8:5 empty-value: expect: an empty list: it asserts nothing"]),
        (step("check: a", "ssh: x", "expect: ''"), ["8:5 empty-value: expect: an empty text: it asserts nothing"]),
        (
            step("check: a", "ssh: x", "expect: true"),
            ["8:13 wrong-type: expect: expected an expression such as rc == 0, or a list of them, found true"],
        ),
        (
            step("check: a", "ssh: x", "expect: [true]"),
            ["8:14 wrong-type: expect, item 1: expected an expression such as rc == 0, found true"],
        ),
        (step("check: a", "ssh: x", "every: 5s"), ["8:5 missing-key: 'every' has no meaning without 'within'"]),
        (
            step("check: a", "ssh: x", "capture: {Bad: x}"),
            [
                "8:15 wrong-name: 'Bad' cannot be a name here: expected a name of lower-case letters, digits and _, such as cache_ttl"
            ],
        ),
        (step("check: a", "ssh: {argv: []}"), ["7:11 empty-value: argv: an empty list: there is no program to run"]),
        (step("check: a", "ssh: {}"), ["7:5 missing-key: an ssh command needs 'command' or 'argv'"]),
        (
            step("check: a", "ssh: {command: x, argv: [x]}"),
            ["7:23 conflicting-keys: 'command' and 'argv' exclude each other; found 'command' and 'argv'"],
        ),
        (step("check: a", "http: {headers: {}}"), ["7:5 missing-key: an http action needs 'request'"]),
        (step("check: a", "ssh: 5"), ["7:10 wrong-type: ssh: expected a command line, found the number 5"]),
        (step("check: 5", "ssh: x"), ["6:12 wrong-type: check: expected a text on one line, found the number 5"]),
        (step("check: |", "  a", "  b", "ssh: x"), ["6:12 wrong-value: check: expected a text on one line, found the text 'a…'"]),
        (step("ssh: x"), ["6:5 missing-verb: this step has no verb"]),
        (
            step("chekc: a", "ssh: x"),
            ["6:5 unknown-verb: 'chekc' is not a verb; a step begins with one of check, branch, mitigate, verify, escalate"],
        ),
        (step("ssh: x", "check: a"), ["7:5 verb-not-first: the verb 'check' must be the first key of its step"]),
        (
            step("check: a", "mitigate: b", "ssh: x", "undo: auto"),
            ["7:5 several-verbs: a step has one verb; found 'check' and 'mitigate'"],
        ),
        (
            step("text"),
            [
                "6:5 wrong-type: steps, item 1: expected a step that begins with check, branch, mitigate, verify or escalate, found the text 'text'"
            ],
        ),
        (step("{}"), ["6:5 missing-verb: an empty step; expected check, branch, mitigate, verify, escalate"]),
        (
            step("mitigate: a", "ssh: x"),
            [
                "6:5 missing-key: a mitigate says how it is taken back (undo), or that it cannot be (irreversible: true)"
            ],
        ),
        (
            step("mitigate: a", "ssh: x", "undo: auto", "irreversible: true"),
            ["9:5 conflicting-keys: what can be undone is not irreversible; found 'undo' and 'irreversible'"],
        ),
        (
            step("mitigate: a", "ssh: x", "undo: atuo"),
            ["8:11 wrong-value: undo: expected auto, or an action such as {ssh: systemctl start api}, found the text 'atuo'"],
        ),
        (
            step("mitigate: a", "ssh: x", "undo: 5"),
            ["8:11 wrong-type: undo: expected auto, or an action such as {ssh: systemctl start api}, found the number 5"],
        ),
        (step("mitigate: a", "ssh: x", "undo: {}"), ["8:5 missing-key: an undo needs an action: ssh, local, http, kubectl or manual"]),
        (
            step("mitigate: a", "ssh: x", "irreversible: false"),
            ["8:19 wrong-value: irreversible: expected true, found false"],
        ),
        (
            step("mitigate: a", "ssh: x", "undo: auto", "approve: always"),
            ["9:14 wrong-value: approve: expected required or auto, found the text 'always'"],
        ),
        (
            step("branch: a", "cases: []"),
            [
                "6:5 missing-key: a branch needs 'else'",
                "7:5 empty-value: cases: an empty list: there is nothing to decide",
            ],
        ),
        (step("branch: a", "cases: [{steps: []}]", "else: []"), ["7:14 missing-key: a case needs 'when'"]),
        (step("escalate: a"), ["6:5 missing-key: an escalate needs 'to'"]),
        (
            f"{HEAD}health:\n  - mitigate: a\n    ssh: x\n    undo: auto\n",
            ["6:5 misplaced-verb: 'mitigate' cannot stand here; expected check"],
        ),
        (HEAD, ["1:1 missing-key: a playbook needs 'steps', or 'health' when it only tells whether all is well"]),
        (f"{HEAD}stpes: []\n", ["5:1 unknown-key: 'stpes' is not a field of a playbook"]),
        (
            HEAD.replace("1.2.0", "1.0") + "steps: []",
            ["3:10 wrong-type: version: expected a version such as 1.2.0, found the number 1.0"],
        ),
        (
            HEAD.replace("name: x", "name: X y") + "steps: []",
            ["2:7 wrong-value: name: expected lower-case words joined by hyphens, such as jwks-outage, found the text 'X y'"],
        ),
        (
            HEAD.replace("v1", "v2") + "steps: []",
            ["1:10 wrong-value: runbook: expected v1, found the text 'v2'"],
        ),
        (f"{HEAD}steps:\n", ["5:1 wrong-type: steps: expected a list, found nothing"]),
        (
            f"{HEAD}steps: []\nsymptoms: [a: b]\n",
            ["6:12 wrong-type: symptoms, item 1: expected a text on one line, found a mapping"],
        ),
        (
            f"{HEAD}steps: []\ninputs: {{a: {{type: int}}, b: {{}}, c: 5}}\n",
            [
                "6:20 wrong-value: type: expected string, integer, number, boolean, array, object or duration, found the text 'int'",
                "6:26 missing-key: an input needs 'type'",
                "6:36 wrong-type: c: expected a mapping (key: value), found the number 5",
            ],
        ),
        ("[1]", ["1:1 wrong-type: the file: expected a mapping (key: value), found a list"]),
        ("text", ["1:1 wrong-type: the file: expected a mapping (key: value), found the text 'text'"]),
        ("# nothing", ["1:1 empty-file: the file is empty; expected a playbook"]),
    ],
)  # fmt: skip
def test_one_mistake_is_one_complaint_at_its_place(text: str, complaints: list[str]) -> None:
    assert said(text) == complaints


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (step("check: a", "tiemout: 5s", "ssh: x"), "Did you mean 'timeout'?"),
        (step("check: a", "ssh: x", "undo: auto"), "It is a field of a mitigate."),
        (step("check: a", "ssh: x", "timeout: 5"), "Write the unit too: 5s."),
        (step("check: a", "ssh: x", "note: 5"), 'If it is meant as a text, put it in quotes: "5".'),
        (HEAD.replace("1.2.0", "1.0") + "steps: []", 'If it is meant as a text, put it in quotes: "1.0".'),
        (step("verify: a", "on_pass: resolv"), "Did you mean 'resolve'?"),
        (step("chekc: a"), "Did you mean 'check'?"),
        (
            f"{HEAD}steps: []\nsymptoms:\n  - a: b\n",
            "A ': ' in an unquoted text makes a mapping of it: put the text in quotes.",
        ),
    ],
)
def test_a_complaint_says_what_to_do(text: str, words: str) -> None:
    assert hint(text) == words


def test_all_mistakes_are_reported() -> None:
    text = f"{HEAD}severity: p1\nsteps:\n  - check: a\n    shh: x\n  - escalate: b\n    tO: c\n"

    assert said(text) == [
        "5:11 wrong-value: severity: expected P0, P1, P2, P3 or P4, found the text 'p1'",
        "8:5 unknown-key: 'shh' is not a field of a check",
        "10:5 unknown-key: 'tO' is not a field of an escalate",
    ]


def test_a_place_that_the_reader_complained_about_is_left_alone() -> None:
    assert said(step("check: a", "ssh: !foo x", "timeout: {{ x }}")) == [
        "7:10 unknown-tag: the tag !foo has no meaning here",
        "8:14 yaml-syntax: a value that begins with {{ must be quoted",
    ]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ("retries: 0", "retries: expected a whole number from 1 to 100, found the number 0"),
        ("delay: 2s", "'delay' has no meaning without 'retries'"),
        ("backoff: 2", "'backoff' has no meaning without 'retries'"),
        ("deadline: 2s", "'deadline' has no meaning without 'retries'"),
        ("loop: []", "loop: an empty list: there is nothing to repeat the step for"),
        ("loop: 5", "loop: expected a list, or an expression that gives one such as services, found the number 5"),
        ("tags: [Slow]", "tags, item 1: expected a tag such as slow or deep-scan, found the text 'Slow'"),
        ("critical: 'yes'", "critical: expected true or false, found the text 'yes'"),
        ("reads: false", "reads: expected true, found false"),
    ],
)
def test_a_field_of_a_check_is_checked(fields: str, complaint: str) -> None:
    assert [each.partition(": ")[2] for each in said(step("check: a", "ssh: x", fields))] == [complaint]


PORTION = "serial: expected a number of targets from 1 on, a percentage from 1% to 100%, or a list of them, found"


@pytest.mark.parametrize(
    ("fields", "complaints"),
    [
        ("serial: 0", [f"{PORTION} the number 0"]),
        ("serial: 0%", [f"{PORTION} the text '0%'"]),
        ("serial: 101%", [f"{PORTION} the text '101%'"]),
        ("serial: [1, 0%]", ["serial, item 2: expected a number of targets from 1 on, or a percentage from 1% to 100%, found the text '0%'"]),
        ("serial: [1, 10%, 100%]", []),
        ("max_failures: -1", ["max_failures: expected a number of targets such as 2, or a percentage such as 10%, found the number -1"]),
        ("max_failures: 0%", []),
        ("idempotent: false", ["idempotent: expected true, found false"]),
        ("cooldown: 5", ["cooldown: expected a duration such as 30s, found the number 5"]),
    ],
)  # fmt: skip
def test_a_field_of_a_mitigate_is_checked(fields: str, complaints: list[str]) -> None:
    text = step("mitigate: a", "ssh: x", "irreversible: true", fields)

    assert [each.partition(": ")[2] for each in said(text)] == complaints


@pytest.mark.parametrize(
    ("case", "complaints"),
    [
        ("{when: x, play: other}", []),
        ("{when: x, play: {playbook: other, inputs: {a: [1]}}}", []),
        ("{when: x}", ["a case needs 'steps', or 'play' to continue with another playbook"]),
        ("{when: x, play: other, steps: []}", ["a case has 'steps' or 'play'; found 'play' and 'steps'"]),
        ("{when: x, play: {inputs: {}}}", ["a play needs 'playbook'"]),
        ("{when: x, play: Other.yml}", ["play: expected the name of a playbook such as jwks-outage, or {playbook: NAME, inputs: {…}}, found the text 'Other.yml'"]),
    ],
)  # fmt: skip
def test_a_case_has_steps_or_another_playbook(case: str, complaints: list[str]) -> None:
    found = said(step("branch: a", f"cases: [{case}]", "else: []"))

    assert [each.partition(": ")[2] for each in found] == complaints


def test_hosts_of_a_branch_need_for() -> None:
    text = step("branch: a", "hosts: web", "cases: [{when: x, steps: []}]", "else: []")

    assert said(text) == ["7:5 missing-key: 'hosts' has no meaning without 'for'"]


@pytest.mark.parametrize(
    ("action", "complaints"),
    [
        ("ssh: {command: x, stdin: 5, env: {A: 1}, shell: /bin/bash, user: ops, become: true}", []),
        ("local: {argv: [x], stdin: '', env: {A: ''}, become: {user: ops}}", []),
        ("local: {command: x, user: ops}", ["7:25 unknown-key: 'user' is not a field of a local command"]),
        ("ssh: {command: x, stdin: [a]}", ["7:23 wrong-type: stdin: expected a text, found a list"]),
        ("ssh: {command: x, env: {}}", ["7:23 missing-key: env: give at least 1 of its keys"]),
        ("ssh: {command: x, env: {A-B: 1}}", ["7:29 wrong-name: 'A-B' cannot be a name here: expected the name of a variable, such as LC_ALL"]),
        ("ssh: {command: x, shell: bash}", ["7:30 wrong-value: shell: expected the absolute path of a shell without arguments, such as /bin/bash, found the text 'bash'"]),
        ("ssh: {command: x, become: false}", ["7:31 wrong-value: become: expected true (for root), or {user: NAME}; leave it out for nothing, found false"]),
        ("ssh: {command: x, become: yes}", ["7:31 wrong-type: become: expected true (for root), or {user: NAME, password: \"{{ secret.NAME }}\"}, found the text 'yes'"]),
        ("ssh: {command: x, become: {}}", ["7:23 missing-key: become: give at least 1 of user or password"]),
        ("ssh: {command: x, become: {usr: x}}", ["7:32 unknown-key: 'usr' is not a field of 'become'"]),
        ("http: {request: GET https://x, query: {a: 1, b: [x, true]}, follow: 3, via: ssh}", []),
        ("http: {request: GET https://x, auth: {basic: {user: a, password: b}}, tls: {ca: a, server_name: b}}", []),
        ("http: {request: GET https://x, query: {a: []}}", ["7:44 empty-value: a: an empty list: the name would not be there"]),
        ("http: {request: GET https://x, query: {a: {}}}", ["7:44 wrong-type: a: expected a text or a list of texts, found an empty mapping"]),
        ("http: {request: GET https://x, follow: true}", ["7:44 wrong-type: follow: expected a number of redirects from 1 to 10, found true"]),
        ("http: {request: GET https://x, follow: 0}", ["7:44 wrong-value: follow: expected a number of redirects from 1 to 10, found the number 0"]),
        ("http: {request: GET https://x, via: sh}", ["7:41 wrong-value: via: expected ssh, found the text 'sh'"]),
        ("http: {request: GET https://x, auth: {}}", ["7:36 missing-key: 'auth' needs 'basic' or 'bearer'"]),
        ("http: {request: GET https://x, auth: {basic: {user: a}}}", ["7:43 missing-key: 'basic' needs 'password'"]),
        ("http: {request: GET https://x, auth: {basic: {user: a, password: b}, bearer: c}}", ["7:74 conflicting-keys: 'auth' is 'basic' or 'bearer'; found 'basic' and 'bearer'"]),
        ("http: {request: GET https://x, tls: {key: a}}", ["7:42 missing-key: 'key' has no meaning without 'cert'"]),
        ("http: {request: GET https://x, tls: {verify: false}}", ["7:42 unknown-key: 'verify' is not a field of 'tls'"]),
    ],
)  # fmt: skip
def test_the_long_form_of_an_action_is_checked(action: str, complaints: list[str]) -> None:
    assert said(step("check: a", action)) == complaints


def test_defaults_are_checked_like_the_fields_they_stand_for() -> None:
    assert said(f"{HEAD}steps: []\ndefaults: {{timeout: 5, delay: 1s}}\n") == [
        "6:21 wrong-type: timeout: expected a duration such as 30s, found the number 5",
        "6:24 missing-key: 'delay' has no meaning without 'retries'",
    ]


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("environment: prod\n", []),
        ("environmnt: prod\n", ["1:1 unknown-key: 'environmnt' is not a field of this file"]),
        ("environment: 5\n", ["1:14 wrong-type: environment: expected a text such as prod, found the number 5"]),
        ("policy: {max_hosts: 0}", ["1:21 wrong-value: max_hosts: expected a whole number of at least 1, found the number 0"]),
        ("secrets: {A: {}}", ["1:11 missing-key: A: give at least 1 of env or file"]),
        ("secrets: {A: {env: X, file: y}}", ["1:11 conflicting-keys: A: give at most 1 of env or file"]),
        (
            "channels: {ops: {kind: webhook, url: 'https://x', secret: B}}",
            ["1:51 conflicting-keys: 'ops' takes one of 'url' or 'secret'; found 'url' and 'secret'"],
        ),
    ],
)  # fmt: skip
def test_a_schema_without_words_of_its_own_is_served_too(text: str, complaints: list[str]) -> None:
    assert said(text, "environment.v1") == complaints


class TestTheSchemaItself:
    def test_it_is_a_valid_schema(self) -> None:
        Draft202012Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("verb", ["check", "mitigate", "verify", "branch", "escalate", "case", "input"])
    def test_every_field_is_described(self, verb: str) -> None:
        for name, field in {**SCHEMA["properties"], **DEFINITIONS[verb]["properties"]}.items():
            described = field if "description" in field else DEFINITIONS[field["$ref"].removeprefix("#/$defs/")]
            assert described["description"], name

    @pytest.mark.parametrize(
        ("name", "model", "renamed"),
        [
            ("check", Check, {"title": "check", "poll": "within", "retry": "retries"}),
            ("mitigate", Mitigate, {"title": "mitigate", "rolling": "serial", "retry": "retries"}),
            ("verify", Verify, {"title": "verify", "poll": "within"}),
            ("branch", Branch, {"title": "branch", "otherwise": "else", "per_host": "for"}),
            ("escalate", Escalate, {"title": "escalate"}),
            ("case", Case, {}),
            ("input", InputSpec, {}),
        ],
    )
    def test_it_has_the_fields_of_the_model(self, name: str, model: type, renamed: dict[str, str]) -> None:
        positions = {"span", "to_span", "otherwise_span", "action", "name"}
        ours = {renamed.get(field.name, field.name) for field in fields(model)} - positions
        actions = {"ssh", "local", "http", "kubectl", "manual"}
        spelt_out = {"every", "stable_for", "irreversible", "delay", "backoff", "deadline", "max_failures"}

        assert set(DEFINITIONS[name]["properties"]) - actions - spelt_out == ours

    def test_its_top_has_the_fields_of_a_playbook(self) -> None:
        renamed = {"variables": "vars", "finally_": "finally", "source": "runbook"}

        assert set(SCHEMA["properties"]) == {renamed.get(f.name, f.name) for f in fields(Playbook)}
