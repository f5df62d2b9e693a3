"""The environment file: what it comes to, and what only code can find wrong with it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from playbook_engine.diagnostics import Diagnostic, Severity
from playbook_engine.model.inventory import Environment, Inventory, Policy
from playbook_engine.model.targets import Cluster
from playbook_engine.values import Duration, TargetName

Load = Callable[[Mapping[str, str]], tuple[Inventory, tuple[Diagnostic, ...]]]
Built = Callable[[str], tuple[Environment, tuple[Diagnostic, ...]]]

# As the design shows it, with the secret that its Slack channel refers to.
EXAMPLE = """\
environment: prod
policy: {mitigate: approve, max_hosts: 20}
clusters: {main: {context: prod, namespace: gymbro}}
secrets:
  SUPABASE_JWK: {env: SUPABASE_JWK}
  SUPABASE_SERVICE_KEY: {file: /run/secrets/supabase}
  SLACK_WEBHOOK: {env: SLACK_WEBHOOK}
contacts:
  secondary_oncall: {slack: "#gymbro-oncall", phone: "+86-400-xxx-xxxx"}
  tech_manager: {slack: "@tech.manager"}
  cto: {slack: "@cto"}
channels: {slack: {webhook: {secret: SLACK_WEBHOOK}}, pagerduty: {routing_key: {secret: PD_KEY}}}
escalation:
  - {when: service_down, after: 0m, to: secondary_oncall}
  - {when: error_rate > 0.20, after: 15m, to: secondary_oncall}
  - {when: impact == 'core', after: 30m, to: cto}
  - {when: unresolved, after: 1h, to: tech_manager}
  - {when: unresolved, to: tech_manager}
"""


@pytest.fixture
def built(loaded: Load) -> Built:
    """Build the environment of an inventory `prod`."""

    def build(text: str) -> tuple[Environment, tuple[Diagnostic, ...]]:
        inventory, problems = loaded({"hosts.yml": "", "environment.yml": dedent(text)})
        return inventory.environment, problems

    return build


def test_the_designs_example_can_be_used(built: Built) -> None:
    environment, problems = built(EXAMPLE)

    assert environment.name == "prod"
    assert environment.policy == Policy(mitigate="approve", max_hosts=20)
    assert environment.clusters == (Cluster(name=TargetName("main"), context="prod", namespace="gymbro"),)
    assert [(secret.name, secret.env, secret.file) for secret in environment.secrets] == [
        ("SUPABASE_JWK", "SUPABASE_JWK", None),
        ("SUPABASE_SERVICE_KEY", None, "/run/secrets/supabase"),
        ("SLACK_WEBHOOK", "SLACK_WEBHOOK", None),
    ]
    assert [(contact.name, contact.addresses, contact.details) for contact in environment.contacts] == [
        ("secondary_oncall", (("slack", "#gymbro-oncall"),), (("phone", "+86-400-xxx-xxxx"),)),
        ("tech_manager", (("slack", "@tech.manager"),), ()),
        ("cto", (("slack", "@cto"),), ()),
    ]
    assert [(rule.when, str(rule.after), rule.to, rule.ends_runs) for rule in environment.escalation] == [
        ("service_down", "0s", "secondary_oncall", False),
        ("error_rate > 0.20", "15m", "secondary_oncall", False),
        ("impact == 'core'", "30m", "cto", False),
        ("unresolved", "1h", "tech_manager", False),
        ("unresolved", "0s", "tech_manager", True),
    ]
    assert [(problem.severity, problem.code, str(problem.span)) for problem in problems] == [
        (Severity.WARNING, "not-yet-supported", "prod/environment.yml:12:55")
    ]


@pytest.mark.parametrize("text", ["", "{}\n", "policy: {}\n", "contacts: {}\nescalation: []\n"])
def test_everything_may_be_left_out(built: Built, text: str) -> None:
    environment, problems = built(text)

    assert problems == ()
    assert environment == Environment(name="prod")


def test_channels_of_every_shape(built: Built) -> None:
    environment, problems = built("""
        secrets: {URL: {env: URL}, KEY: {file: key}}
        channels:
          slack: {webhook: {secret: URL}, budget: 5s}
          webhook: {url: "https://ops.example.org/hook"}
          ops: {kind: webhook, secret: URL, signing: {secret: KEY}}
          chat: {kind: slack, webhook: {url: "http://127.0.0.1:8080/x"}}
        """)

    assert problems == ()
    assert [
        (channel.name, channel.kind, channel.url, channel.url_secret, channel.signing_secret, channel.budget)
        for channel in environment.channels
    ] == [
        ("slack", "slack", None, "URL", None, Duration(5_000)),
        ("webhook", "webhook", "https://ops.example.org/hook", None, None, Duration(20_000)),
        ("ops", "webhook", None, "URL", "KEY", Duration(20_000)),
        ("chat", "slack", "http://127.0.0.1:8080/x", None, None, Duration(20_000)),
    ]


def test_a_contact_is_tried_on_its_channels_in_the_order_of_its_keys(built: Built) -> None:
    environment, problems = built("""
        channels: {webhook: {url: "https://a.example"}, two: {kind: webhook, url: "https://b.example"}}
        contacts: {ops: {name: Operations, two: b, email: ops@example.org, webhook: a}}
        """)

    assert problems == ()
    (contact,) = environment.contacts
    assert contact.addresses == (("two", "b"), ("webhook", "a"))
    assert contact.details == (("name", "Operations"), ("email", "ops@example.org"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [("keys/jwk", "{folder}/keys/jwk"), ("../jwk", "{folder}/../jwk"), ("/run/jwk", "/run/jwk")],
)
def test_paths_count_from_the_file(loaded: Load, tmp_path: Path, path: str, expected: str) -> None:
    text = f"secrets: {{A: {{file: {path}}}}}\nclusters: {{main: {{kubeconfig: {path}}}}}\n"

    inventory, _ = loaded({"hosts.yml": "", "environment.yml": text})

    environment = inventory.environment
    assert environment.secrets[0].file == expected.format(folder=f"{tmp_path}/prod")
    assert environment.clusters[0].kubeconfig == environment.secrets[0].file


@pytest.mark.parametrize(
    "url",
    ["https://x.example", "http://localhost:1/a", "http://127.9.9.9/", "http://[::1]:80/", "HTTPS://X.example/"],
)
def test_addresses_that_are_safe(built: Built, url: str) -> None:
    assert built(f"channels: {{webhook: {{url: '{url}'}}}}")[1] == ()


CONTACT = 'channels: {webhook: {url: "https://a.example"}}\ncontacts: {ops: {webhook: x}}\n'


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        ("channels: {webhook: {url: 'http://hooks.example.org/x'}}", "insecure-url", "1:27", "unencrypted"),
        ("channels: {webhook: {url: 'http://127.0.0.1.example/'}}", "insecure-url", "1:27", "unencrypted"),
        ("channels: {webhook: {url: 'ftp://x.example'}}", "invalid-url", "1:27", "https://"),
        ("channels: {webhook: {url: 'x.example/hook'}}", "invalid-url", "1:27", "https://"),
        ("channels: {webhook: {url: 'https://[x'}}", "invalid-url", "1:27", "https://"),
        ("channels: {webhook: {url: 'https://x.example:port/'}}", "invalid-url", "1:27", "https://"),
        ("channels: {webhook: {url: 'https://me:word@x.example'}}", "invalid-url", "1:27", "a password in it"),
        ("channels: {webhook: {secret: HOOK}}", "unknown-secret", "1:30", "Say where it comes from"),
        ("secrets: {HOOKS: {env: X}}\nchannels: {slack: {webhook: {secret: HOOK}}}", "unknown-secret", "2:38",
         "Did you mean 'HOOKS'?"),
        ("channels: {webhook: {url: 'https://x.example', signing: {secret: KEY}}}", "unknown-secret", "1:66", "'KEY'"),
        ("channels: {ops: {url: 'https://x.example'}}", "unknown-channel-kind", "1:12", "does not say its kind"),
        ("channels: {slak: {webhook: {url: 'https://x.example'}}}", "unknown-channel-kind", "1:12",
         "Did you mean 'slack'?"),
        ("channels: {ops: {kind: sms}}", "unknown-channel-kind", "1:24", "Kinds are slack and webhook."),
        ("channels: {phone: {kind: webhook, url: 'https://x.example'}}", "invalid-name", "1:12", "contacts have"),
        (CONTACT + "escalation: [{when: unresolved, to: opps}]", "unknown-contact", "3:37", "Did you mean 'ops'?"),
        ("escalation: [{when: unresolved, to: ops}]", "unknown-contact", "1:37", "Declare it under 'contacts:'."),
        ("channels: {slack: {webhook: {url: 'http://[::1]/'}}}\ncontacts: {ops: {slakc: x}}", "unknown-channel", "2:18",
         "Did you mean 'slack'?"),
        ("contacts: {ops: {pager: x}}", "unknown-channel", "1:18", "Known here: name, phone, email."),
    ],
)  # fmt: skip
def test_what_cannot_work_is_an_error_at_its_place(built: Built, text: str, code: str, place: str, says: str) -> None:
    _, problems = built(text)

    assert [(problem.code, str(problem.span)) for problem in problems] == [(code, f"prod/environment.yml:{place}")]
    assert problems[0].severity is Severity.ERROR
    assert says in f"{problems[0].message} {problems[0].hint}"


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        ("contacts: {ops: {phone: '1'}}", "contact-without-channel", "1:12", "Declare a channel"),
        ("channels: {webhook: {url: 'https://x.example'}}\ncontacts: {ops: {}}", "contact-without-channel", "2:12",
         "Give an address on webhook."),
        ("channels: {slack: {webhook: {url: 'https://hooks.slack.com/services/x'}}}", "secret-in-file", "1:35",
         "webhook: {secret: NAME}"),
        ("channels: {pagerduty: {}}", "not-yet-supported", "1:12", "nothing is sent on 'pagerduty'"),
        ("channels: {night: {kind: pagerduty}}", "not-yet-supported", "1:26", "nothing is sent on 'night'"),
        (CONTACT + "escalation: [{when: unresovled, to: ops}]", "unknown-fact", "3:21", "Did you mean 'unresolved'?"),
        (CONTACT + "escalation: [{when: ' ', to: ops}]", "unknown-fact", "3:21", "Rules speak of unresolved, service"),
    ],
)  # fmt: skip
def test_what_will_not_happen_is_warned_of(built: Built, text: str, code: str, place: str, says: str) -> None:
    _, problems = built(text)

    assert [(problem.code, str(problem.span)) for problem in problems] == [(code, f"prod/environment.yml:{place}")]
    assert problems[0].severity is Severity.WARNING
    assert says in f"{problems[0].message} {problems[0].hint}"


def test_an_address_on_a_channel_of_a_later_version_is_left_out(built: Built) -> None:
    environment, _ = built("""
        channels: {pagerduty: {}, webhook: {url: "https://x.example"}}
        contacts: {ops: {pagerduty: team, webhook: x}}
        """)

    assert environment.contacts[0].addresses == (("webhook", "x"),)


def test_a_rule_after_no_time_is_acted_on(built: Built) -> None:
    environment, problems = built(CONTACT + "escalation: [{when: unresolved, after: 0m, to: ops}]")

    assert problems == ()
    assert [(rule.to, rule.ends_runs) for rule in environment.escalation] == [("ops", True)]


@pytest.mark.parametrize(
    "text",
    [
        "[]", "words", "policy: 3", "policy: {mitigate: [x], max_hosts: yes}", "policy: {max_hosts: -1}", "clusters: [a]",
        "clusters: {a: 3}", "secrets: {A: x, B: {env: 3}}", "secrets: [A]", "contacts: {a: [x]}", "contacts: 3",
        "channels: {webhook: 3, slack: [x]}", "channels: []", "channels: {webhook: {budget: soon, url: {}}}",
        "escalation: {a: 1}", "escalation: [3, {when: 3}, {to: []}]", "environment: {}",
    ],
)  # fmt: skip
def test_wrong_shapes_are_the_schemas_affair_and_do_no_harm(built: Built, text: str) -> None:
    environment, problems = built(text)

    assert environment.name == "prod"
    assert environment.policy == Policy()
    assert not [problem for problem in problems if problem.severity is Severity.ERROR]
