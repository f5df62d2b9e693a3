"""Vaulted values and files: refused without a password, secrets with one, silent about what they hide."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import vaulted
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from loading_means import means

from playbook_engine.diagnostics import Diagnostic, Problems, Source, Span
from playbook_engine.inventory import load
from playbook_engine.inventory.vault import Password, Vault
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.values import Secret, Value

Write = Callable[[Mapping[str, str]], Path]

RIGHT = Password(None, "pw", vaulted.PASSWORD)
OTHER = Password("prod", "pw-prod", vaulted.OTHER_PASSWORD)
HOSTS = {"hosts": "[api]\nweb\n"}
HIDDEN = ("hunter2", "correct horse", "staple", "5432", "alpha-db", "beta-db", "geheimnis1", "s3cret", "other")


def loaded(folder: Path, *passwords: Password) -> tuple[Inventory | None, tuple[Diagnostic, ...]]:
    problems = Problems()
    vault = Vault(lambda: passwords) if passwords else None
    found = load.inventory(InventorySources(places=(Place("prod", folder),)), means(vault), problems)
    said = "\n".join(f"{each} {each.span.source.text if each.span else ''}" for each in problems.sorted())
    assert not any(word in said for word in HIDDEN)
    return found, problems.sorted()


def revealed(inventory: Inventory | None) -> dict[str, object]:
    assert inventory is not None
    return {name: shown(variable.value) for name, variable in inventory.hosts[0].variables.items()}


def shown(value: Value) -> object:
    match value:
        case Secret():
            return ("secret", value.name, value.reveal())
        case list():
            return [shown(item) for item in value]
        case dict():
            return {key: shown(item) for key, item in value.items()}
        case _:
            return value


def test_a_value_of_each_format_is_decrypted_to_a_secret(written: Write) -> None:
    text = vaulted.tagged("a", vaulted.VALUE) + vaulted.tagged("b", vaulted.LABELLED) + "c: plain\n"

    inventory, problems = loaded(written(HOSTS | {"group_vars/api.yml": text}), RIGHT, OTHER)

    assert problems == ()
    assert revealed(inventory) == {
        "a": ("secret", "a", vaulted.VALUE_IS),
        "b": ("secret", "b", vaulted.LABELLED_IS),
        "c": "plain",
    }


def test_a_label_says_which_password_is_tried_first_but_any_may_fit(written: Write) -> None:
    text = vaulted.tagged("b", vaulted.LABELLED)
    unlabelled = Password(None, "pw", vaulted.OTHER_PASSWORD)

    inventory, problems = loaded(written(HOSTS | {"group_vars/api.yml": text}), RIGHT, unlabelled)

    assert problems == ()
    assert revealed(inventory) == {"b": ("secret", "b", "staple")}


@pytest.mark.parametrize(
    "files",
    [
        {"hosts.yml": "api:\n  hosts:\n    web:\n" + "".join(f"      {x}\n" for x in vaulted.tagged("a", vaulted.VALUE).splitlines())},
        {"hosts.yml": "api: {hosts: {web: }}\n", "host_vars/web.yml": "x:\n  - y:\n" + "".join(f"      {x}\n" for x in vaulted.tagged("a", vaulted.VALUE).splitlines())},
        {"hosts.json": json.dumps({"api": {"hosts": {"web": {"a": {"__ansible_vault": vaulted.VALUE}}}}})},
    ],
    ids=["inline", "deep in a value", "JSON"],
)  # fmt: skip
def test_a_value_is_known_wherever_it_stands(written: Write, files: dict[str, str]) -> None:
    folder = written(files)

    inventory, problems = loaded(folder, RIGHT)
    assert problems == ()
    assert vaulted.VALUE_IS in str(revealed(inventory))

    _, problems = loaded(folder)
    assert [problem.code for problem in problems] == ["vaulted-value"]
    assert "is encrypted with ansible-vault" in problems[0].message
    assert "--vault-password-file" in (problems[0].hint or "")
    assert "'secrets:'" in (problems[0].hint or "")


def test_a_program_may_print_a_vaulted_value(written: Write) -> None:
    said = {"api": ["web"], "_meta": {"hostvars": {"web": {"a": {"__ansible_vault": vaulted.VALUE}}}}}
    folder = written({"hosts.sh": f"#!/bin/sh\ncat <<'E'\n{json.dumps(said)}\nE\n"})
    (folder / "hosts.sh").chmod(0o755)

    inventory, problems = loaded(folder, RIGHT)

    assert problems == ()
    assert revealed(inventory) == {"a": ("secret", "a", vaulted.VALUE_IS)}


def test_everything_in_an_encrypted_file_is_secret_but_yes_and_no(written: Write) -> None:
    folder = written(HOSTS | {"group_vars/api/vault.yml": vaulted.FILE, "group_vars/api/a.yml": "plain: 1\n"})

    inventory, problems = loaded(folder, RIGHT)

    assert problems == ()
    assert revealed(inventory) == {
        "plain": 1,
        "db_password": ("secret", "db_password", "hunter2hunter2"),
        "db_port": ("secret", "db_port", "5432"),
        "db_tls": True,
        "db_hosts": [("secret", "db_hosts", "alpha-db"), {"name": ("secret", "db_hosts", "beta-db")}],
    }
    assert inventory is not None
    assert inventory.hosts[0].variables["db_port"].origin == "group_vars/api/vault.yml:2:1 (group api)"


@pytest.mark.parametrize(
    ("text", "passwords", "says"),
    [
        (vaulted.FILE, [], "prod/group_vars/api.yml is encrypted with ansible-vault"),
        (vaulted.FILE, [OTHER], "cannot be decrypted: no password fits"),
        (vaulted.CONNECTION_FILE, [OTHER], "(it was made with the id 'lab')"),
        (vaulted.FILE[:-20], [RIGHT], "it is damaged or not complete"),
        (vaulted.FILE.replace("\n3263\n", "\n3264\n"), [RIGHT], "no password fits"),
        (vaulted.FILE.replace("AES256\n", "AES\n", 1), [RIGHT], "format 1.1 with AES is not known"),
        (vaulted.FILE.replace("1.1", "1.0", 1), [RIGHT], "format 1.0 with AES256 is not known"),
        ("$ANSIBLE_VAULT\nx\n", [RIGHT], "it does not begin with $ANSIBLE_VAULT;1.1;AES256"),
        ("$ANSIBLE_VAULT;1.1;AES256\nwords\n", [RIGHT], "it is damaged or not complete"),
        ("$ANSIBLE_VAULT;1.1;AES256\n", [RIGHT], "it is damaged or not complete"),
        ("$ANSIBLE_VAULT;1.1;AES256\n30\n", [RIGHT], "it is damaged or not complete"),
        (vaulted.BROKEN_FILE, [RIGHT], "was decrypted, and cannot be read as variables (line 2)"),
    ],
)
def test_what_cannot_be_decrypted_is_one_error(
    written: Write, text: str, passwords: list[Password], says: str
) -> None:
    _, problems = loaded(written(HOSTS | {"group_vars/api.yml": text}), *passwords)

    assert len(problems) == 1
    assert str(problems[0].span) == "prod/group_vars/api.yml:1:1"
    assert says in problems[0].message


def test_a_changed_value_is_not_decrypted(written: Write) -> None:
    """The checksum is over all bytes; whichever is changed, nothing comes out."""
    lines = vaulted.VALUE.splitlines()
    for line in range(1, len(lines)):
        changed = lines[line][:-1] + ("1" if lines[line][-1] != "1" else "2")
        text = "\n".join((*lines[:line], changed, *lines[line + 1 :]))

        _, problems = loaded(written(HOSTS | {"group_vars/api.yml": vaulted.tagged("a", text)}), RIGHT)

        assert [problem.code for problem in problems] == ["vaulted-value"]


def test_passwords_are_variables_that_nobody_sees_and_connections_are_never_secret(written: Write) -> None:
    folder = written(HOSTS | {"group_vars/api.yml": vaulted.CONNECTION_FILE})

    inventory, problems = loaded(folder, RIGHT)

    assert [(problem.code, problem.severity) for problem in problems] == [
        ("invalid-connection", "error"),
    ]
    assert "ansible_user cannot be a vaulted value" in problems[0].message
    assert inventory is not None
    assert inventory.hosts[0].variables["ansible_become_password"].value == Secret(
        "ansible_become_password", "geheimnis1"
    )
    assert inventory.hosts[0].host.become_password == Secret("ansible_become_password", "geheimnis1")


def test_a_whole_inventory_may_not_be_encrypted(written: Write) -> None:
    inventory, problems = loaded(written({"hosts.yml": vaulted.FILE}), RIGHT)

    assert inventory is None
    assert [(problem.code, problem.message) for problem in problems] == [
        ("vaulted-value", "prod/hosts.yml is encrypted as a whole")
    ]


def test_a_password_file_that_cannot_be_read_is_one_error(written: Write) -> None:
    problems = Problems()
    text = vaulted.tagged("a", vaulted.VALUE) + vaulted.tagged("b", vaulted.LABELLED)

    def unlock() -> tuple[Password, ...]:
        raise ValueError("the vault password file x cannot be read: No such file or directory")

    folder = written(HOSTS | {"group_vars/api.yml": text})
    load.inventory(InventorySources(places=(Place("prod", folder),)), means(Vault(unlock)), problems)

    assert [(problem.code, problem.message) for problem in problems.sorted()] == [
        ("vault-password", "the vault password file x cannot be read: No such file or directory")
    ]


def test_unsafe_values_are_texts(written: Write) -> None:
    inventory, problems = loaded(written(HOSTS | {"group_vars/api.yml": "a: !unsafe '{{ x }}'\n"}))

    assert problems == ()
    assert revealed(inventory) == {"a": "{{ x }}"}


@pytest.mark.parametrize("length", [1, 15, 16, 17, 31, 32, 33, 1000])
def test_texts_of_any_length_are_whole(length: int) -> None:
    text = ("äb" * length)[:length]
    problems = Problems()

    found = Vault(lambda: [RIGHT]).decrypt(encrypted(text), "x", Span(Source("f", ""), 1, 1, 1, 2), problems)

    assert problems.sorted() == ()
    assert found == text


def encrypted(text: str) -> str:
    """Encrypt as `ansible-vault` does: PBKDF2, AES in counter mode over padded text, HMAC over what comes out."""
    keys = hashlib.pbkdf2_hmac("sha256", vaulted.PASSWORD, b"salt" * 8, 10_000, 80)
    padding = PKCS7(128).padder()
    padded = padding.update(text.encode()) + padding.finalize()
    encryptor = Cipher(algorithms.AES(keys[:32]), modes.CTR(keys[64:])).encryptor()
    body = encryptor.update(padded) + encryptor.finalize()
    checksum = hmac.digest(keys[32:64], body, "sha256")
    inner = b"\n".join(part.hex().encode() for part in (b"salt" * 8, checksum, body)).hex()
    lines = [inner[start : start + 80] for start in range(0, len(inner), 80)]
    return "\n".join(("$ANSIBLE_VAULT;1.1;AES256", *lines, ""))
