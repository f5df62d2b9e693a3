"""The demo inventory: good as it stands, and filled with the addresses of a stack."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from playbook_engine.errors import UsageError
from playbook_engine.sandbox.template import Addresses, write_inventory

_ADDRESSES = Addresses(
    ssh_ports=(40001, 40002),
    key_file=Path("/w/ssh/id"),
    known_hosts=Path("/w/ssh/known_hosts"),
    supabase_url="http://localhost:40003",
    supabase_status_url="http://localhost:40007/status.json",
    jwks_url="http://localhost:40003/jwks.json",
    ai_api_url="http://localhost:40008",
    alertmanager_url="http://localhost:40009",
    api_url="http://127.0.0.1:40004",
    local_api_url="http://localhost:40006",
    api_port=40006,
    api_log="var/log/api.log",
    app_dir="srv/api",
    kubeconfig=Path("/w/kubeconfig"),
    jwk_file=Path("/w/jwk"),
    token_file=Path("/w/token"),
    service_key_file=Path("/w/service_key"),
    ai_key_file=Path("/w/ai_key"),
    database_url_file=Path("/w/database_url"),
    notices_url="http://127.0.0.1:40005/notices",
)


def _read(folder: Path, name: str) -> Any:
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def test_the_environment_file_follows_its_schema(template: Path) -> None:
    schema = json.loads((template.parents[1] / "schemas" / "environment.v1.json").read_text(encoding="utf-8"))
    jsonschema.validate(_read(template, "environment.yml"), schema)


def test_every_name_in_the_environment_file_is_declared_there(template: Path) -> None:
    environment = _read(template, "environment.yml")
    for rule in environment["escalation"]:
        assert rule["to"] in environment["contacts"]
    for contact in environment["contacts"].values():
        assert set(contact) & set(environment["channels"])


def test_every_address_is_replaced(template: Path, tmp_path: Path) -> None:
    write_inventory(template, tmp_path, _ADDRESSES)
    api = _read(tmp_path, "hosts.yml")["all"]["children"]["api"]
    assert {name: host["ansible_port"] for name, host in api["hosts"].items()} == {"api-1": 40001, "api-2": 40002}
    assert api["vars"]["ansible_ssh_private_key_file"] == "/w/ssh/id"
    assert api["vars"]["ansible_ssh_common_args"] == "-o UserKnownHostsFile=/w/ssh/known_hosts"
    everywhere = _read(tmp_path, "group_vars/all.yml")
    assert everywhere["supabase_jwks_url"] == "http://localhost:40003/jwks.json"
    assert everywhere["supabase_url"] == "http://localhost:40003"
    assert everywhere["api_url"] == "http://127.0.0.1:40004"
    assert (everywhere["local_api_url"], everywhere["api_port"]) == ("http://localhost:40006", 40006)
    assert everywhere["supabase_status_url"] == "http://localhost:40007/status.json"
    assert everywhere["ai_api_url"] == "http://localhost:40008"
    assert everywhere["alertmanager_url"] == "http://localhost:40009"
    assert _read(tmp_path, "group_vars/api.yml") == {"api_log": "var/log/api.log", "app_dir": "srv/api"}
    environment = _read(tmp_path, "environment.yml")
    assert environment["clusters"]["main"]["kubeconfig"] == "/w/kubeconfig"
    assert {name: source["file"] for name, source in environment["secrets"].items()} == {
        "SUPABASE_JWK": "/w/jwk",
        "PROBE_TOKEN": "/w/token",
        "SUPABASE_SERVICE_KEY": "/w/service_key",
        "AI_API_KEY": "/w/ai_key",
        "DATABASE_URL": "/w/database_url",
    }
    assert environment["channels"]["oncall"]["url"] == "http://127.0.0.1:40005/notices"
    written = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.yml")}
    assert written == {str(file.relative_to(template)) for file in template.rglob("*.yml")}


def test_folders_with_unusual_names_stay_one_value(template: Path, tmp_path: Path) -> None:
    folder = Path("/tmp/on call: it's #1")
    write_inventory(
        template, tmp_path, replace(_ADDRESSES, known_hosts=folder / "known_hosts", key_file=folder / "id")
    )
    hosts = _read(tmp_path, "hosts.yml")["all"]["children"]["api"]["vars"]
    assert hosts["ansible_ssh_private_key_file"] == "/tmp/on call: it's #1/id"
    import shlex

    assert shlex.split(hosts["ansible_ssh_common_args"])[1] == "UserKnownHostsFile=/tmp/on call: it's #1/known_hosts"


def test_a_template_without_an_example_address_is_refused_and_nothing_is_written(
    template: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "template"
    shutil.copytree(template, changed)
    hosts = changed / "hosts.yml"
    hosts.write_text(hosts.read_text().replace("12201", "22").replace("~/.ssh/gymbro_demo\n", "~/.ssh/id\n"))
    with pytest.raises(
        UsageError, match=r"hosts\.yml: ansible_port: 12201; hosts\.yml: ansible_ssh_private_key_file"
    ):
        write_inventory(changed, tmp_path / "out", _ADDRESSES)
    assert not (tmp_path / "out").exists()
