"""`DemoStack`: the whole of the demo, started, broken, mended and closed as one."""

import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from paramiko import ECDSAKey

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.sandbox.alertmanager import Alert
from playbook_engine.sandbox.api.program import DEAFEN
from playbook_engine.sandbox.faults import FAULTS, Fault
from playbook_engine.sandbox.guard import Guard, kill_group
from playbook_engine.sandbox.identity import new_key
from playbook_engine.sandbox.kube.server import KubeApi, Workload
from playbook_engine.sandbox.machines import API_LOG, APP, Machines
from playbook_engine.sandbox.notices import ReceivedNotice
from playbook_engine.sandbox.outside import Outside
from playbook_engine.sandbox.server import LOOPBACK
from playbook_engine.sandbox.ssh_server import USER, write_client_files
from playbook_engine.sandbox.supabase import MAIN
from playbook_engine.sandbox.template import Addresses, write_inventory
from playbook_engine.sandbox.tokens import PrivateKey, jwk
from playbook_engine.sandbox.traffic import Pace, Traffic, ask

_READY_SECONDS = 20.0
_CACHE_SECONDS = 1
_FALLBACK = "var/cache/gymbro-api"


class DemoStack:
    """A world in a folder: services, an API in a cluster with users, two machines, and someone to tell.

    Made by `start`, which returns when everything serves; `close` ends everything and leaves the files, which are
    the caller's. As a context manager it closes itself.
    """

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder = folder.resolve()
        self._template = template
        self._closing = ExitStack()
        self._guard = Guard()
        self._deaf: Mapping[str, int] = {}
        self._kube: KubeApi
        self._addresses: Addresses
        self._workload: Workload
        self.outside: Outside
        self.machines: Machines
        self.traffic: Traffic

    @classmethod
    def start(cls, folder: Path, template: Path) -> "DemoStack":
        """Start everything inside `folder`, with an inventory made from the folder `template`."""
        stack = cls(folder, template)
        try:
            stack._start()
        except BaseException:  # Ctrl-C included: whatever was started is closed again
            stack.close()
            raise
        return stack

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def inventory(self) -> Path:
        """Return the inventory whose addresses are those of this stack."""
        return self._folder / "inventories" / "demo"

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the environment variables that playing needs: none, for all secrets are in files."""
        return MappingProxyType({})

    @property
    def probe_token(self) -> str:
        """Return the token that the API accepts as long as it has the right key."""
        return self._addresses.token_file.read_text(encoding="utf-8").strip()

    def services(self) -> list[tuple[str, str]]:
        """Return what is running and where, in words for people."""
        return [
            ("API", self._kube.service.url),
            ("Kubernetes API", self._kube.url),
            *((f"SSH {host.name}", f"{USER}@{LOOPBACK} port {host.server.port}") for host in self.machines),
            *self.outside.describe(),
        ]

    def describe(self) -> list[tuple[str, str]]:
        """Return the same, and what somebody needs to get at it by hand."""
        return [
            *self.services(),
            ("SSH key", str(self._addresses.key_file)),
            ("kubeconfig", str(self._addresses.kubeconfig)),
            ("Inventory", str(self.inventory)),
        ]

    def told(self) -> tuple[ReceivedNotice, ...]:
        """Return the notices that were received, oldest first."""
        return self.outside.notices.received()

    def break_(self, name: str) -> None:
        """Mend what is broken, then cause this fault; return when it can be seen from outside."""
        if name not in FAULTS:
            hint = did_you_mean(name, FAULTS) or f"Faults are: {', '.join(FAULTS)}."
            raise UsageError(f"There is no fault '{name}'.", hint=hint)
        self.mend()
        fault = FAULTS[name]
        fault.cause(self)
        self.outside.alertmanager.fire(_alerts(fault))

    def mend(self) -> None:
        """Put everything back to how it was at the start, changes made by a playbook included."""
        self.outside.mend()
        self._write_secrets(self.outside.identity.key)
        write_inventory(self._template, self.inventory, self._addresses)
        self._set_up_machines()
        self.traffic.have(Pace())
        self._end_deaf()
        self._kube.reset(self._workload)
        self._settle()
        self._set_up_machines()  # what the last processes of before wrote into the log is of before

    def close(self) -> None:
        """End every process, thread and socket; calling it again does nothing."""
        self._closing.close()

    def set_jwks_url(self, url: str) -> None:
        write_inventory(self._template, self.inventory, replace(self._addresses, jwks_url=url))
        self.deploy(variables={"SUPABASE_JWKS_URL": url})

    def pin_retired_key(self) -> None:
        self._write_secrets(new_key("retired-2024"))

    def deploy(
        self,
        *,
        replicas: int | None = None,
        memory: str | None = None,
        variables: Mapping[str, str] | None = None,
        settles: bool = True,
    ) -> None:
        start = self._workload
        self._kube.reset(
            replace(
                start,
                replicas=start.replicas if replicas is None else replicas,
                memory=memory or start.memory,
                environment={**start.environment, **(variables or {})},
            )
        )
        if settles:
            self._settle()

    def deafen(self) -> None:
        self._deaf = dict(self._kube.pids())
        for pid in self._deaf.values():
            os.kill(pid, DEAFEN)

    def let_it_refuse(self) -> None:
        """Ask each process as a client would, until all of them refuse; their logs tell of it."""
        ports, token = self._kube.ready_ports(), self.probe_token
        with ThreadPoolExecutor(max_workers=len(ports)) as clients:
            list(clients.map(lambda port: _until_refused(port, token), ports))

    def let_it_show(self, pattern: str, lines: int) -> None:
        _until(lambda: self.machines.logged(pattern) >= lines, "the demo's API does not notice the fault")

    def let_it_be_killed(self) -> None:
        _until(lambda: set(self._kube.last_ends()) == {"OOMKilled"}, "the demo's API has memory enough")

    def let_it_fail(self) -> None:
        _until(lambda: not self._kube.ready_ports(), "the demo's API does not fail as it should")

    def _end_deaf(self) -> None:
        """Kill those that listen no more and that no roll-out has replaced: their pods start others."""
        alive = self._kube.pids()
        for pod, pid in self._deaf.items():
            if alive.get(pod) == pid:
                kill_group(pid, signal.SIGKILL)
        self._deaf = {}

    def _start(self) -> None:
        self._closing.callback(self._guard.close)
        self._guard.start()
        self.outside = Outside(self._folder / "notices.jsonl")
        self._closing.callback(self.outside.close)
        self.outside.start()
        self._start_machines()
        self._start_cluster()
        self._write_files()
        self._settle()
        self.traffic.have(Pace())
        self._closing.callback(self.traffic.stop)

    def _start_machines(self) -> None:
        client_key = ECDSAKey.generate()
        self.machines = Machines(self._folder / "hosts", client_key, self._guard)
        self._closing.callback(self.machines.close)
        self.machines.start()
        servers = tuple(host.server for host in self.machines)
        self._key_file, self._known_hosts = write_client_files(self._folder / "ssh", client_key, servers)

    def _start_cluster(self) -> None:
        logs = self._folder / "cluster" / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self._workload = Workload(
            environment={
                "SUPABASE_JWKS_URL": self.outside.identity.jwks_url,
                "JWKS_CACHE_TTL_SECONDS": str(_CACHE_SECONDS),
                "SUPABASE_PROJECT_ID": MAIN,
                "SUPABASE_SERVICE_ROLE_KEY": self.outside.service_key,
                "AI_API_URL": self.outside.ai.url,
                "FALLBACK_FOLDER": _FALLBACK,
                "LOG_FILE": API_LOG,
            }
        )
        self._kube = KubeApi(
            workload=self._workload,
            nodes=[host.node() for host in self.machines],
            logs=logs,
            token=secrets.token_urlsafe(24),
            guard=self._guard,
        )
        self.traffic = Traffic(self._kube.service.port, self.outside.identity.token("probe"))
        self._closing.callback(self.traffic.join)
        self._closing.callback(self._kube.close)
        self._set_up_machines()
        self._kube.start()

    def _set_up_machines(self) -> None:
        needed = {
            "SUPABASE_URL": self.outside.supabase.url,
            "SUPABASE_SERVICE_KEY": self.outside.service_key,
            "AI_API_KEY": self.outside.ai_key,
        }
        self.machines.set_up(needed, [self._kube.service.port])

    def _write_files(self) -> None:
        private = self._folder / "secrets"
        private.mkdir(exist_ok=True, mode=0o700)
        first, second = (host.server.port for host in self.machines)
        self._addresses = Addresses(
            ssh_ports=(first, second),
            key_file=self._key_file,
            known_hosts=self._known_hosts,
            supabase_url=self.outside.supabase.url,
            supabase_status_url=self.outside.supabase.status_url,
            jwks_url=self.outside.identity.jwks_url,
            ai_api_url=self.outside.ai.url,
            alertmanager_url=self.outside.alertmanager.url,
            api_url=self._kube.service.url,
            local_api_url=f"http://localhost:{self._kube.service.port}",
            api_port=self._kube.service.port,
            api_log=API_LOG,
            app_dir=APP,
            kubeconfig=private / "kubeconfig.json",
            jwk_file=private / "supabase_jwk.json",
            token_file=private / "probe_token",
            service_key_file=private / "supabase_service_key",
            ai_key_file=private / "ai_api_key",
            database_url_file=private / "database_url",
            notices_url=self.outside.notices.url,
        )
        _write_private(self._addresses.kubeconfig, self._kube.kubeconfig())
        _write_private(self._addresses.token_file, self.outside.identity.token("probe"))
        _write_private(self._addresses.service_key_file, self.outside.service_key)
        _write_private(self._addresses.ai_key_file, self.outside.ai_key)
        _write_private(self._addresses.database_url_file, f"postgresql://gymbro@{LOOPBACK}/gymbro")
        self._write_secrets(self.outside.identity.key)
        write_inventory(self._template, self.inventory, self._addresses)

    def _write_secrets(self, pinned: PrivateKey) -> None:
        _write_private(self._addresses.jwk_file, json.dumps(jwk(pinned.public), separators=(",", ":")))

    def _settle(self) -> None:
        if not self._kube.wait_until_complete(_READY_SECONDS):
            raise TimeoutError(f"the demo's API did not become ready within {_READY_SECONDS:g} s")


def _alerts(fault: Fault) -> tuple[Alert, ...]:
    return (Alert(name=fault.alert, severity="critical", summary=fault.title),) if fault.alert else ()


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def _until_refused(port: int, token: str) -> None:
    _until(lambda: ask(port, token, "me", 0) == HTTPStatus.UNAUTHORIZED, "the demo's API does not notice the fault")


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.05)
