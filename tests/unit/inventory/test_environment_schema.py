"""The environment's schema: it accepts what the builder understands, and both know the same keys."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from playbook_engine.diagnostics import Problems, Source
from playbook_engine.inventory import environment
from playbook_engine.inventory.channels import DETAILS, KINDS
from playbook_engine.language import reader
from playbook_engine.model.document import Document, Mapping, Node, Sequence, plain
from playbook_engine.values import Duration

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "schemas" / "environment.v1.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# The example of the design page, word for word.
DESIGN = """\
environment: prod
policy: {mitigate: approve, max_hosts: 20}
clusters: {main: {context: prod, namespace: gymbro}}
secrets: {SUPABASE_JWK: {env: SUPABASE_JWK}, SUPABASE_SERVICE_KEY: {file: /run/secrets/supabase}}
contacts:
  secondary_oncall: {slack: "#gymbro-oncall", phone: "+86-400-xxx-xxxx"}
  tech_manager: {slack: "@tech.manager"}
  cto: {slack: "@cto"}
channels: {slack: {webhook: {secret: SLACK_WEBHOOK}}, pagerduty: {routing_key: {secret: PD_KEY}}}
escalation:                        # offsets count from the moment the incident opened
  - {when: service_down, after: 0m, to: secondary_oncall}
  - {when: error_rate > 0.20, after: 15m, to: secondary_oncall}
  - {when: impact == 'core', after: 30m, to: cto}
  - {when: unresolved, after: 1h, to: tech_manager}
"""

COMPLETE = """\
environment: prod
policy: {mitigate: auto, max_hosts: 1}
clusters: {main: {context: c, namespace: n, kubeconfig: k}}
secrets: {A: {env: A}, B: {file: b}}
contacts: {ops: {name: n, phone: p, email: e, slack: s, hook: h}}
channels:
  slack: {webhook: {secret: A}, budget: 1m30s}
  webhook: {url: "https://x.example", signing: {secret: A}, budget: 500ms}
  chat: {kind: slack, webhook: {url: "https://x.example"}}
  hook: {kind: webhook, secret: A}
escalation: [{when: unresolved, after: 0m, to: ops}]
"""


def document(text: str) -> Document:
    found = reader.read(Source("environment.yml", text), Problems())
    assert found is not None
    return found


def faults(text: str) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(plain(document(text).root))]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", [DESIGN, COMPLETE, "{}", "environment: staging"])
def test_good_files_are_accepted(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("enviroment: prod", ["$"]),
        ("environment: ''", ["$.environment"]),
        ("policy: {mitigate: never}", ["$.policy.mitigate"]),
        ("policy: {max_hosts: 0}", ["$.policy.max_hosts"]),
        ("policy: {maxhosts: 3}", ["$.policy"]),
        ("clusters: {main: {server: x}}", ["$.clusters.main"]),
        ("clusters: {'a b': {}}", ["$.clusters"]),
        ("secrets: {A: {}}", ["$.secrets.A"]),
        ("secrets: {A: {env: A, file: b}}", ["$.secrets.A"]),
        ("secrets: {A: s3cret}", ["$.secrets.A"]),
        ("secrets: {a-b: {env: A}}", ["$.secrets"]),
        ("contacts: {ops: {slack: 3}}", ["$.contacts.ops.slack"]),
        ("channels: {slack: {}}", ["$.channels.slack"]),
        ("channels: {slack: {url: 'https://x'}}", ["$.channels.slack", "$.channels.slack"]),
        ("channels: {slack: {webhook: {}}}", ["$.channels.slack.webhook"]),
        ("channels: {webhook: {}}", ["$.channels.webhook"]),
        ("channels: {webhook: {url: a, secret: B}}", ["$.channels.webhook"]),
        ("channels: {webhook: {url: a, kind: slack}}", ["$.channels.webhook.kind"]),
        ("channels: {x: {kind: webhook, url: a, budget: 20}}", ["$.channels.x.budget"]),
        ("channels: {x: {kind: webhook, url: a, colour: red}}", ["$.channels.x"]),
        ("escalation: [{when: unresolved}]", ["$.escalation[0]"]),
        ("escalation: [{when: unresolved, to: x, after: 5}]", ["$.escalation[0].after"]),
        ("escalation: [{when: unresolved, to: x, after: soon}]", ["$.escalation[0].after"]),
    ],
)
def test_bad_files_are_refused(text: str, paths: list[str]) -> None:
    assert faults(text) == paths


@pytest.mark.parametrize(
    "text", ["500ms", "30s", "5m", "1h30m", "2d", "1m1ms", "0m", "", "5", "5 s", "m", "1s1m", "ms"]
)
def test_durations_are_those_of_the_language(text: str) -> None:
    try:
        Duration.parse(text)
    except ValueError:
        expected = False
    else:
        expected = True

    duration = {"$ref": "#/$defs/duration", "$defs": SCHEMA["$defs"]}
    assert jsonschema.Draft202012Validator(duration).is_valid(text) == expected


class Spy(Mapping):
    """A mapping that remembers which keys it was asked for."""

    __slots__ = ("asked",)
    asked: set[str]

    def get(self, key: str) -> Node | None:
        self.asked.add(key)
        return Mapping.get(self, key)


def spied(node: Node, place: str, asked: defaultdict[str, set[str]]) -> Node:
    """Return the tree with every mapping under watch, named by where it stands."""
    if isinstance(node, Sequence):
        return Sequence(tuple(spied(item, f"{place}[]", asked) for item in node.items), node.span)
    if not isinstance(node, Mapping):
        return node
    entries = tuple(
        type(entry)(entry.key, spied(entry.value, f"{place}.{entry.key.text}", asked)) for entry in node.entries
    )
    spy = Spy(entries, node.span)
    object.__setattr__(spy, "asked", asked[place])
    return spy


@pytest.mark.parametrize(
    ("place", "definition"),
    [
        ("$", "#"),
        ("$.policy", "policy"),
        ("$.clusters.main", "cluster"),
        ("$.secrets.A", "secret"),
        ("$.channels.chat", "slack"),
        ("$.channels.chat.webhook", "address"),
        ("$.channels.hook", "webhook"),
        ("$.channels.webhook.signing", "reference"),
        ("$.escalation[]", "rule"),
    ],
)
def test_the_builder_reads_the_keys_that_the_schema_knows(place: str, definition: str) -> None:
    asked: defaultdict[str, set[str]] = defaultdict(set)
    source = document(COMPLETE)
    assert source.root is not None
    problems = Problems()

    environment.build(Document(source.source, spied(source.root, "$", asked)), "prod", Path(), problems)

    known = SCHEMA if definition == "#" else SCHEMA["properties"].get(definition, SCHEMA["$defs"].get(definition))
    assert asked[place] == set(known["properties"])


def test_the_words_that_code_and_schema_list_are_the_same() -> None:
    assert set(DETAILS) == set(SCHEMA["$defs"]["contact"]["properties"])
    assert list(KINDS) == list(SCHEMA["properties"]["channels"]["properties"])
    assert list(KINDS) == SCHEMA["$defs"]["channel"]["properties"]["kind"]["examples"]


def every_property(schema: dict[str, Any], place: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}.{name}", inner
        yield from every_property(inner, f"{place}.{name}")
    for name, inner in schema.get("$defs", {}).items():
        yield f"{place}#{name}", inner
        yield from every_property(inner, f"{place}#{name}")


def test_everything_in_the_schema_is_described() -> None:
    bare = [place for place, inner in every_property(SCHEMA) if not {"description", "$ref"} & inner.keys()]

    assert bare == []
