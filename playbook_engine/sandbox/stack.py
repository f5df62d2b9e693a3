"""`DemoStack`: the whole of the demo, started, broken, mended and closed as one."""

import http.client
import json
import secrets
import time
from collections.abc import Mapping
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
from playbook_engine.sandbox.faults import FAULTS
from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.identity import IdentityProvider, Trouble, new_key
from playbook_engine.sandbox.kube.pods import Node
from playbook_engine.sandbox.kube.server import KubeApi, Workload
from playbook_engine.sandbox.notices import NoticeReceiver, ReceivedNotice
from playbook_engine.sandbox.server import LOOPBACK
from playbook_engine.sandbox.ssh_server import USER, SshServer, write_client_files
from playbook_engine.sandbox.template import Addresses, write_inventory
from playbook_engine.sandbox.tokens import PrivateKey, jwk

HOSTS = ("api-1", "api-2")
API_LOG = "var/log/gymbro-api.log"
_READY_SECONDS = 20.0
_CACHE_SECONDS = 1


class DemoStack:
    """A world in a folder: an identity provider, an API in a cluster, two machines, and someone to tell.

    Made by `start`, which returns when everything serves; `close` ends everything and leaves the files, which are
    the caller's. As a context manager it closes itself.
    """

    def __init__(self, folder: Path, template: Path) -> None:
        self._folder = folder.resolve()
        self._template = template
        self._closing = ExitStack()
        self._guard = Guard()
        self._identity: IdentityProvider
        self._kube: KubeApi
        self._notices: NoticeReceiver
        self._ssh: tuple[SshServer, SshServer]
        self._addresses: Addresses
        self._workload: Workload

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

    def describe(self) -> list[tuple[str, str]]:
        """Return what is running and where, in words for people."""
        addresses = self._addresses
        return [
            ("API", addresses.api_url),
            ("JWKS endpoint", addresses.jwks_url),
            *((f"SSH {name}", f"{USER}@{LOOPBACK} port {server.port}") for name, server in self._machines()),
            ("SSH key", str(addresses.key_file)),
            ("Kubernetes API", self._kube.url),
            ("kubeconfig", str(addresses.kubeconfig)),
            ("Notices", addresses.notices_url),
            ("Inventory", str(self.inventory)),
        ]

    def told(self) -> tuple[ReceivedNotice, ...]:
        """Return the notices that were received, oldest first."""
        return self._notices.received()

    def break_(self, fault: str) -> None:
        """Mend what is broken, then cause this fault; return when it can be seen from outside."""
        if fault not in FAULTS:
            hint = did_you_mean(fault, FAULTS) or f"Faults are: {', '.join(FAULTS)}."
            raise UsageError(f"There is no fault '{fault}'.", hint=hint)
        self.mend()
        FAULTS[fault].cause(self)

    def mend(self) -> None:
        """Put everything back to how it was at the start, changes made by a playbook included."""
        self._identity.suffer(Trouble.NONE)
        self._write_secrets(self._identity.key)
        write_inventory(self._template, self.inventory, self._addresses)
        self._kube.reset(self._workload)
        self._settle()

    def close(self) -> None:
        """End every process, thread and socket; calling it again does nothing."""
        self._closing.close()

    def trouble_identity(self, trouble: Trouble) -> None:
        self._identity.suffer(trouble)

    def set_jwks_url(self, url: str) -> None:
        write_inventory(self._template, self.inventory, replace(self._addresses, jwks_url=url))
        environment = {**self._workload.environment, "SUPABASE_JWKS_URL": url}
        self._kube.reset(replace(self._workload, environment=environment))
        self._settle()

    def pin_retired_key(self) -> None:
        self._write_secrets(new_key("retired-2024"))

    def set_replicas(self, count: int) -> None:
        self._kube.reset(replace(self._workload, replicas=count))
        self._settle()

    def let_it_show(self) -> None:
        """Ask each process as a client would, until all of them refuse; their logs tell of it."""
        ports, token = self._kube.ready_ports(), self.probe_token
        with ThreadPoolExecutor(max_workers=len(ports)) as clients:
            list(clients.map(lambda port: _until_refused(port, token), ports))

    def _start(self) -> None:
        self._closing.callback(self._guard.close)
        self._guard.start()
        self._start_identity()
        self._start_machines()
        self._notices = NoticeReceiver(self._folder / "notices.jsonl")
        self._closing.callback(self._notices.close)
        self._notices.start()
        self._start_cluster()
        self._write_files()
        self._settle()

    def _start_identity(self) -> None:
        self._identity = IdentityProvider(new_key("gymbro-2026"))
        self._closing.callback(self._identity.close)
        self._identity.start()

    def _start_machines(self) -> None:
        client_key = ECDSAKey.generate()
        servers = []
        for name in HOSTS:
            home = self._folder / "hosts" / name
            (home / API_LOG).parent.mkdir(parents=True, exist_ok=True)
            server = SshServer(home, client_key, self._guard)
            self._closing.callback(server.close)
            server.start()
            servers.append(server)
        self._ssh = (servers[0], servers[1])
        self._key_file, self._known_hosts = write_client_files(self._folder / "ssh", client_key, self._ssh)

    def _start_cluster(self) -> None:
        logs = self._folder / "cluster" / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self._workload = Workload(
            environment={
                "SUPABASE_JWKS_URL": self._identity.jwks_url,
                "JWKS_CACHE_TTL_SECONDS": str(_CACHE_SECONDS),
                "LOG_FILE": API_LOG,
            }
        )
        self._kube = KubeApi(
            workload=self._workload,
            nodes=[Node(name=name, folder=server.folder) for name, server in self._machines()],
            logs=logs,
            token=secrets.token_urlsafe(24),
            guard=self._guard,
        )
        self._closing.callback(self._kube.close)
        self._kube.start()

    def _write_files(self) -> None:
        private = self._folder / "secrets"
        private.mkdir(exist_ok=True, mode=0o700)
        self._addresses = Addresses(
            ssh_ports=(self._ssh[0].port, self._ssh[1].port),
            key_file=self._key_file,
            known_hosts=self._known_hosts,
            supabase_url=self._identity.url,
            jwks_url=self._identity.jwks_url,
            api_url=self._kube.service.url,
            local_api_url=self._kube.service.url,
            api_port=self._kube.service.port,
            api_log=API_LOG,
            kubeconfig=private / "kubeconfig.json",
            jwk_file=private / "supabase_jwk.json",
            token_file=private / "probe_token",
            service_key_file=private / "supabase_service_key",
            ai_key_file=private / "ai_api_key",
            database_url_file=private / "database_url",
            notices_url=self._notices.url,
        )
        _write_private(self._addresses.kubeconfig, self._kube.kubeconfig())
        _write_private(self._addresses.token_file, self._identity.token("probe"))
        for file in (self._addresses.service_key_file, self._addresses.ai_key_file):
            _write_private(file, secrets.token_urlsafe(24))
        _write_private(self._addresses.database_url_file, f"postgresql://gymbro@{LOOPBACK}/gymbro")
        self._write_secrets(self._identity.key)
        write_inventory(self._template, self.inventory, self._addresses)

    def _write_secrets(self, pinned: PrivateKey) -> None:
        _write_private(self._addresses.jwk_file, json.dumps(jwk(pinned.public), separators=(",", ":")))

    def _settle(self) -> None:
        if not self._kube.wait_until_complete(_READY_SECONDS):
            raise TimeoutError(f"the demo's API did not become ready within {_READY_SECONDS:g} s")

    def _machines(self) -> list[tuple[str, SshServer]]:
        return list(zip(HOSTS, self._ssh, strict=True))


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def _until_refused(port: int, token: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while _me(port, token) != HTTPStatus.UNAUTHORIZED:
        if time.monotonic() > deadline:
            raise TimeoutError("the demo's API does not notice the fault")
        time.sleep(0.05)


def _me(port: int, token: str) -> int:
    """Ask one process who the bearer of the token is, and return the status of its answer."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    finally:
        connection.close()
