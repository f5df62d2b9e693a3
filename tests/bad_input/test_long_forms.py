"""Long forms of actions that contradict themselves or would be unsafe: one complaint for each, at its place."""

from pathlib import Path

import pytest
from plans import PLAYBOOK, Project

from playbook_engine.errors import InvalidInput

CASES = {
    "a password in the playbook": ("ssh: {command: w, become: {password: hunter2}}", [("hunter2", "literal-secret")]),
    "a token in the playbook": ("http: {request: GET https://h/, auth: {bearer: abc}}", [("abc", "literal-secret")]),
    "no checking of certificates": ("http: {request: GET https://h/, tls: {verify: false}}", [("verify", "unknown-key")]),
    "a shell that quotes otherwise": ("ssh: {command: w, shell: /usr/bin/fish}", [("/usr", "wrong-value")]),
    "a shell with arguments": ("ssh: {command: w, shell: /bin/bash -e}", [("/bin", "wrong-value")]),
    "a shell for arguments": ("local: {argv: [w], shell: /bin/bash}", [("shell", "contradictory-field")]),
    "a user for a local command": ("local: {command: w, user: ops}", [("user", "unknown-key")]),
    "a variable that shells set": ("ssh: {command: w, env: {UID: '0'}}", [("UID", "wrong-name")]),
    "credentials twice": (
        "http: {request: GET https://h/, auth: {bearer: '{{ secret.T }}'}, headers: {authorization: x}}",
        [("auth", "conflicting-keys")],
    ),
    "certificates for plain http": ("http: {request: GET http://h/, tls: {server_name: x}}", [("tls", "contradictory-field")]),
    "a key without a certificate": ("http: {request: GET https://h/, tls: {key: x}}", [("key", "missing-key")]),
    "follow without a number": ("http: {request: GET https://h/, follow: true}", [("true", "wrong-type")]),
    "a text for a query": ("http: {request: GET https://h/, query: no}", [("no", "wrong-type")]),
    "a way that is none": ("http: {request: GET https://h/, via: vpn}", [("vpn", "wrong-value")]),
    "several at once": (
        "ssh: {command: w, become: {password: a, usr: b}, shell: zsh, env: {A-B: 1}, stdin: [x]}",
        [("usr", "unknown-key"), ("zsh", "wrong-value"), ("A-B", "wrong-name"), ("stdin", "wrong-type")],
    ),
}  # fmt: skip
"""What is written, and of it the pieces at which a complaint points, with its code."""


@pytest.mark.parametrize("name", CASES)
def test_a_long_form(name: str, tmp_path: Path) -> None:
    action, expected = CASES[name]
    step = f"steps: [{{check: a, {action}}}]"
    project = Project(
        tmp_path,
        playbook=f"{PLAYBOOK}{step}\n",
        environment="environment: test\nsecrets: {T: {env: HOME}}\n",
    )

    with pytest.raises(InvalidInput) as caught:
        project.prepare()

    found = [(each.span.line, each.span.column, each.code) for each in caught.value.diagnostics if each.span]
    assert found == [(9, step.index(piece) + 1, code) for piece, code in expected]
