"""The quick yes must be jsonschema's yes."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language.reader import read
from playbook_engine.language.schema import _verbs
from playbook_engine.language.validity import accepts
from playbook_engine.model.document import plain
from playbook_engine.resources import schema_text

SCHEMAS: dict[str, Any] = {name: json.loads(schema_text(name)) for name in ("playbook.v1", "environment.v1")}
THEIRS = extend(Draft202012Validator, {"x-verbs": _verbs})  # type: ignore[no-untyped-call]  # a gap in its stubs

PLAYBOOK = """
runbook: v1
name: x
version: 1.2.0
title: T
severity: P1
inputs: {a: {type: integer, minimum: 1, enum: [1, 2]}}
vars: {v: [1]}
health: [{check: a, http: {request: GET http://x, headers: {k: 1}}, within: 5s, every: 1s, expect: [a == 1]}]
steps:
  - {check: a, ssh: {argv: [df]}, capture: {n: rc}}
  - {mitigate: a, kubectl: get pods, undo: auto, approve: auto, unless: true}
  - {mitigate: a, ssh: x, undo: {local: y}, on_failure: stop}
  - {mitigate: a, ssh: x, irreversible: true}
  - {verify: a, manual: {instruction: b, options: [c]}, on_pass: resolve}
  - branch: a
    cases: [{when: x, steps: [{escalate: a, to: b, message: c}]}]
    else: []
finally: []
"""
ENVIRONMENT = """
environment: prod
policy: {mitigate: approve, max_hosts: 20}
clusters: {main: {context: prod, namespace: gymbro}}
secrets: {A: {env: A}, B: {file: /run/b}}
contacts: {oncall: {slack: "#x", phone: "1"}}
channels: {slack: {webhook: {secret: A}}, ops: {kind: webhook, url: "https://x", budget: 20s}}
escalation: [{when: unresolved, after: 0m, to: oncall}]
"""


def data(text: str) -> Any:
    document = read(Source("f", text), Problems())
    assert document is not None
    return plain(document.root)


EXAMPLES = {"playbook.v1": data(PLAYBOOK), "environment.v1": data(ENVIRONMENT)}
STRAY = st.sampled_from([
    None, True, False, 0, 1, -1, 1.0, 1.5, "", "a", "5s", "auto", "P1", "undo", [], ["a"], [1], {}, {"ssh": "x"},
    {"check": "a"}, {"check": "a", "ssh": "x"}, {"ssh": "x", "check": "a"}, {"type": "string"}, {"when": "x", "steps": []},
])  # fmt: skip
KEYS = st.sampled_from([
    "check", "mitigate", "verify", "branch", "escalate", "ssh", "local", "http", "undo", "irreversible", "within", "every",
    "timeout", "expect", "steps", "health", "kind", "url", "secret", "env", "file", "webhook", "nonsense", "A", "loop",
])  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def changed(value: Any, path: tuple[Any, ...], key: str | None, stray: Any) -> Any:
    """Return the value with something else at a path, with a key more there, or with the place removed."""
    result = copy.deepcopy(value)
    if not path:
        return stray
    *way, last = path
    owner = result
    for step in way:
        owner = owner[step]
    if key is None:
        owner[last] = stray
    elif isinstance(owner[last], dict) and key != "remove":
        owner[last][key] = stray
    else:
        del owner[last]
    return result


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_example_is_accepted_at_once(name: str) -> None:
    assert accepts(SCHEMAS[name], EXAMPLES[name])


@given(st.sampled_from(list(SCHEMAS)), st.data())
def test_it_says_yes_exactly_when_jsonschema_does(name: str, draw: st.DataObject) -> None:
    value = EXAMPLES[name]
    for _ in range(draw.draw(st.integers(1, 3))):
        path = draw.draw(st.sampled_from(list(places(value))))
        value = changed(value, path, draw.draw(st.none() | st.just("remove") | KEYS), draw.draw(STRAY))

    assert accepts(SCHEMAS[name], value) == THEIRS(SCHEMAS[name]).is_valid(value)


def test_a_keyword_that_it_does_not_know_is_a_doubt() -> None:
    assert accepts({"type": "object"}, {})
    assert not accepts({"type": "object", "patternProperties": {}}, {})
    assert not accepts({"$ref": "other.json"}, {})
