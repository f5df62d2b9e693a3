"""What a person pastes: exactly the request, as a real shell reads it; secrets by name only."""

import os
import subprocess
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.actions.pasting import pasted, spoken
from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language import reader
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.actions import ByHand
from playbook_engine.model.targets import Cluster, Target
from playbook_engine.phrases.words import ENGLISH
from playbook_engine.values import Names, Secret, SecretText, TargetName, Value

SECRET = Secret("TOKEN", "")
NAMES: dict[str, Value] = {"secret": {"TOKEN": SECRET}, "host": "a b", "day": "1/2", "n": 3, "token": SECRET}


def by_hand(text: str, names: Names = NAMES, target: Target | None = None) -> ByHand:
    """Read `KIND: …` and return how a person does it."""
    problems = Problems()
    document = reader.read(Source("f", text), problems)
    assert document is not None
    (entry,) = document.root.entries  # type: ignore[union-attr]  # a mapping, as each test writes it
    action = ACTIONS[entry.key.text].read(entry.value, ExpressionCompiler(problems), problems)
    assert action is not None, problems.sorted()
    return action.by_hand(names, target)


def command(text: str, names: Names = NAMES, target: Target | None = None) -> str:
    found = by_hand(text, names, target).command
    assert found is not None
    return found


def words(line: str, environment: Mapping[str, str]) -> list[str]:
    """Return the arguments that a real shell hands to a command."""
    shown = "printf '%s\\0' \"$@\""
    script = f"sh_show() {{ {shown}; }}\n" + line.replace("curl", "sh_show", 1).replace("kubectl", "sh_show", 1)
    done = subprocess.run(
        ["sh", "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    return done.stdout.split("\0")[:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ssh: tail -n {{ n }} {{ host }}", "tail -n 3 'a b'"),
        ("ssh: tail {{ unknown }} '{{ host }}'", "tail {{ unknown }} 'a b'"),
        ("ssh: 'echo {{ unknown | default(3) }}'", "echo {{ unknown | default(3) }}"),
        ("ssh: echo {{ secret.TOKEN }} \"{{ token }}\" '{{ token }}'", "echo \"${TOKEN}\" \"${TOKEN}\" ''\"${TOKEN}\"''"),
        ("ssh: echo {{ secret.TOKEN ~ 'x' }} {{ secret.OTHER }}", "echo {{ secret.TOKEN ~ 'x' }} {{ secret.OTHER }}"),
        ("ssh: 'echo {{ n | raw }}'", "echo 3"),
        ("ssh: |\n  one\n  two\n", "one\ntwo"),
        ("local: {argv: [echo, '{{ host }}', \"it's\", '{{ secret.TOKEN }}', 'x{{ gone }}']}", "echo 'a b' 'it'\"'\"'s' \"$TOKEN\" 'x{{ gone }}'"),
        ("http: GET https://x.org/{{ day }}?q={{ host }}", "curl -sS -i 'https://x.org/1%2F2?q=a%20b'"),
        ("http: GET {{ base }}/x", "curl -sS -i '{{ base }}/x'"),
        ("http: HEAD https://x.org/", "curl -sS --head https://x.org/"),
        ("http: DELETE https://x.org/{{ secret.TOKEN }}", 'curl -sS -i -X DELETE "https://x.org/$TOKEN"'),
        ("http: {request: GET https://x.org, headers: {Authorization: 'Bearer {{ secret.TOKEN }}'}}", 'curl -sS -i https://x.org -H "Authorization: Bearer $TOKEN"'),
        ("http: {request: POST https://x.org, form: {a b: 'c&d'}}", "curl -sS -i -X POST https://x.org --data-urlencode 'a b=c&d'"),
        ("http: {request: POST https://x.org, body: '@x'}", "curl -sS -i -X POST https://x.org -H 'Content-Type:' --data-raw @x"),
        ("http: {request: POST https://x.org, body: x, headers: {content-type: text/x}}", "curl -sS -i -X POST https://x.org -H 'content-type: text/x' --data-raw x"),
        ("ssh: {command: 'a | b {{ host }}', env: {LEVEL: '{{ n }}', KEY: '{{ secret.TOKEN }}'}}", "LEVEL=3 KEY=\"$TOKEN\" /bin/sh -c 'a | b '\"'\"'a b'\"'\"''"),
        ("ssh: {argv: [psql, -c, x], become: {user: postgres}, stdin: 'select {{ n }}'}", "printf %s 'select 3' | sudo -u postgres psql -c x"),
        ("ssh: {command: 'echo {{ secret.TOKEN }}', become: true, env: {A: x}}", "A=x sudo --preserve-env=A,TOKEN /bin/sh -c 'echo \"${TOKEN}\"'"),
        ("ssh: {command: 'echo $x', shell: /bin/bash, user: deploy}", "# logged in as deploy\n/bin/bash -c 'echo $x'"),
        ("ssh: {command: uptime, user: '{{ who }}'}", "# logged in as {{ who }}\nuptime"),
        ("http: {request: GET https://x.org/a, query: {q: '{{ host }}', n: 1}, follow: 2}", "curl -sS -i https://x.org/a --url-query 'q=a b' --url-query n=1 -L --max-redirs 2"),
        ("http: {request: GET https://x.org, auth: {basic: {user: ops, password: '{{ secret.TOKEN }}'}}}", 'curl -sS -i https://x.org -u "ops:$TOKEN"'),
        ("http: {request: GET https://x.org, auth: {bearer: '{{ secret.TOKEN }}'}}", 'curl -sS -i https://x.org -H "Authorization: Bearer $TOKEN"'),
        ("http: {request: GET https://x.org, tls: {ca: ca.pem, server_name: api.lan}}", "# the server's certificate must be that of api.lan\ncurl -sS -i https://x.org --cacert ca.pem"),
        ("kubectl: get pods -l app={{ host }} -n web", "kubectl get pods -l 'app=a b' -n web"),
        ("kubectl: {command: 'scale deployment/{{ gone }} --replicas={{ n }}', namespace: '{{ host }}'}", "kubectl -n 'a b' scale 'deployment/{{ gone }}' --replicas=3"),
        ("kubectl: set env deployment/api A={{ secret.TOKEN }}1 B-", 'kubectl set env deployment/api "A=${TOKEN}1" B-'),
    ],
)  # fmt: skip
def test_commands(text: str, expected: str) -> None:
    assert command(text) == expected


def test_json_travels_as_it_is() -> None:
    text = "http: {request: POST https://x.org, json: {a: ['x {{ host }}', 1, null, true], b: 'it''s {{ secret.TOKEN }} \"x\"'}}"

    found = words(command(text), {"TOKEN": "s3"})

    assert found[-1] == '{"a": ["x a b", 1, null, true], "b": "it\'s s3 \\"x\\""}'
    assert found[:6] == ["-sS", "-i", "-X", "POST", "https://x.org", "-H"]


def test_a_cluster_says_where() -> None:
    cluster = Cluster(name=TargetName("main"), context="prod x", namespace="web", kubeconfig="~/.kube/a b")

    assert (
        command("kubectl: get pods", target=cluster)
        == "kubectl --kubeconfig ~/'.kube/a b' --context 'prod x' -n web get pods"
    )
    assert command("kubectl: get pods -n other", target=cluster).endswith("--context 'prod x' get pods -n other")
    assert command("kubectl: get nodes", target=cluster).endswith("--context 'prod x' get nodes")


@pytest.mark.parametrize(
    ("text", "before", "restores"),
    [
        ("kubectl: set env deployment/api A=1 B-", "kubectl set env deployment/api --list", "the variables A, B of deployment/api, as seen before the change"),
        ("kubectl: scale sts/db --replicas=2 -n x", "kubectl -n x get statefulset/db -o 'jsonpath={.spec.replicas}'", "the number of replicas of statefulset/db, as seen before the change"),
        ("kubectl: rollout restart deployment/api", "kubectl rollout history deployment/api", "the revision of deployment/api before the change: kubectl rollout undo deployment/api"),
        ("kubectl: get pods", None, None),
    ],
)  # fmt: skip
def test_what_an_automatic_undo_would_put_back(text: str, before: str | None, restores: str | None) -> None:
    hand = by_hand(text)

    said = ENGLISH.said(hand.restores) if hand.restores is not None else None
    assert (hand.before, said) == (before, restores)


@pytest.mark.parametrize(
    ("text", "words", "expression"),
    [
        ("ssh: 'true'", "the exit status is 0", "rc == 0"),
        ("http: GET https://x.org", "the status is below 400", "status < 400"),
        ("kubectl: get pods", "the command succeeds", None),
        ("manual: Look", "the answer is done or yes", None),
    ],
)
def test_success_without_an_expectation(text: str, words: str, expression: str | None) -> None:
    success = by_hand(text).success

    assert (ENGLISH(success.words), success.expression) == (words, expression)


def test_an_instruction_is_for_a_person_anyway() -> None:
    hand = by_hand("manual: {instruction: 'Look at {{ host }}, not at {{ secret.TOKEN }}s', options: [a, b]}")

    assert (hand.command, hand.instruction, hand.answers) == (None, "Look at a b, not at ${TOKEN}s", ("a", "b"))


def test_the_value_of_a_secret_is_never_there() -> None:
    names: Names = {"secret": {"TOKEN": Secret("TOKEN", "hunter2")}, "input": Secret("input", "hunter2")}
    texts = [
        "ssh: echo {{ secret.TOKEN }} {{ [secret.TOKEN] }} {{ secret.TOKEN | upper }} {{ input ~ 'x' }}",
        "http: {request: 'POST https://x.org/{{ secret.TOKEN }}', json: {a: '{{ input }}'}}",
        "kubectl: set env deployment/api A=x{{ secret.TOKEN }}",
        "manual: Type {{ input }}",
    ]

    assert "hunter2" not in repr([by_hand(text, names) for text in texts])


PARTS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8) | st.just(SECRET), max_size=4
)


@settings(max_examples=60, deadline=None)
@given(PARTS)
def test_a_pasted_text_is_one_word_of_a_real_shell(parts: list[str | Secret]) -> None:
    value = "v a'l\"$x"
    text = SecretText(tuple(parts))

    assert words(f"curl {pasted(text)}", {"TOKEN": value}) == [
        "".join(value if isinstance(part, Secret) else part for part in parts)
    ]


def test_a_name_in_braces_where_a_letter_follows() -> None:
    assert spoken(SecretText((SECRET, "x", SECRET, "-", SECRET))) == "${TOKEN}x$TOKEN-$TOKEN"
    assert spoken(SecretText((Secret("a-b", ""),))) == "$a_b"
