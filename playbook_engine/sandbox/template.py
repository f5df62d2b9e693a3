"""The demo inventory, copied with its example addresses replaced by those of a running stack."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playbook_engine.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the parts of a running stack are."""

    ssh_ports: tuple[int, int]
    key_file: Path
    known_hosts: Path
    supabase_url: str
    supabase_status_url: str
    jwks_url: str
    ai_api_url: str
    alertmanager_url: str
    api_url: str
    local_api_url: str
    api_port: int
    api_log: str
    app_dir: str
    kubeconfig: Path
    jwk_file: Path
    token_file: Path
    service_key_file: Path
    ai_key_file: Path
    database_url_file: Path
    notices_url: str


def write_inventory(template: Path, folder: Path, addresses: Addresses) -> None:
    """Write a copy of the folder `template` to `folder`; UsageError when an example address is not in it."""
    missing, filled = [], {}
    for name, replacements in _replacements(addresses).items():
        text = (template / name).read_text(encoding="utf-8")
        missing += [f"{name}: {example.strip()}" for example in replacements if text.count(example) != 1]
        for example, actual in replacements.items():
            text = text.replace(example, actual)
        filled[name] = text
    if missing:
        raise UsageError(
            f"the demo inventory {template} does not have these examples exactly once: {'; '.join(missing)}",
            hint="Restore the files as they were installed; the demo replaces the examples by real addresses.",
        )
    for name, text in filled.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _replacements(addresses: Addresses) -> Mapping[str, Mapping[str, str]]:
    """Return, for each file, what stands in it and what shall stand there instead, as YAML text."""
    first, second = addresses.ssh_ports
    known_hosts = f"-o UserKnownHostsFile={shlex.quote(str(addresses.known_hosts))}"
    return {
        "hosts.yml": {
            "ansible_port: 12201": f"ansible_port: {first}",
            "ansible_port: 12202": f"ansible_port: {second}",
            "ansible_ssh_private_key_file: ~/.ssh/gymbro_demo\n": (
                f"ansible_ssh_private_key_file: {_quoted(addresses.key_file)}\n"
            ),
            "-o UserKnownHostsFile=~/.ssh/gymbro_demo_known_hosts": _quoted(known_hosts),
        },
        "group_vars/all.yml": {
            "http://localhost:18090/auth/v1/.well-known/jwks.json": _quoted(addresses.jwks_url),
            "supabase_url: http://localhost:18090\n": f"supabase_url: {_quoted(addresses.supabase_url)}\n",
            "http://localhost:18091/api/v2/status.json": _quoted(addresses.supabase_status_url),
            "http://localhost:18092": _quoted(addresses.ai_api_url),
            "http://localhost:18093": _quoted(addresses.alertmanager_url),
            "http://127.0.0.1:18080": _quoted(addresses.api_url),
            "http://localhost:18081": _quoted(addresses.local_api_url),
            "api_port: 18081": f"api_port: {addresses.api_port}",
        },
        "group_vars/api.yml": {
            "/var/log/gymbro-api.log": _quoted(addresses.api_log),
            "/srv/gymbro-api": _quoted(addresses.app_dir),
        },
        "environment.yml": {
            "~/.kube/gymbro-demo.json": _quoted(addresses.kubeconfig),
            "~/.config/gymbro-demo/supabase_jwk.json": _quoted(addresses.jwk_file),
            "~/.config/gymbro-demo/probe_token": _quoted(addresses.token_file),
            "~/.config/gymbro-demo/supabase_service_key": _quoted(addresses.service_key_file),
            "~/.config/gymbro-demo/ai_api_key": _quoted(addresses.ai_key_file),
            "~/.config/gymbro-demo/database_url": _quoted(addresses.database_url_file),
            "http://127.0.0.1:18100/notices": _quoted(addresses.notices_url),
        },
    }


def _quoted(value: object) -> str:
    """Return a text as a double-quoted YAML scalar, which JSON's strings are."""
    return json.dumps(str(value), ensure_ascii=False)
