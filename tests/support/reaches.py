"""Every transport with something real behind it, seen from outside alone: requests that do a known thing there."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openssh
from certificates import Authority
from doors import LOOPBACK, Door, door
from plain_web import plain_web
from ssh_modes import ssh_transport

from playbook_engine.model.replies import Answer, Fault, FaultKind, ManualReply
from playbook_engine.model.requests import (
    Basic,
    Bearer,
    HttpRequest,
    KubectlRequest,
    ManualRequest,
    Request,
    ShellRequest,
    Tls,
)
from playbook_engine.model.targets import Cluster, Control, Host, Person
from playbook_engine.ports import Transport
from playbook_engine.sandbox.guard import Guard
from playbook_engine.transports.fake import Computed, Delayed, FakeTransport, output, shell
from playbook_engine.transports.http import HttpTransport
from playbook_engine.transports.local import LocalTransport
from playbook_engine.transports.manual import ManualTransport
from playbook_engine.transports.ssh.settings import UserFiles
from playbook_engine.values import Duration, Secret, SecretText, ShellText, TargetName

SECRET = "s3cr3t-w0rd-that-must-not-be-seen"
HIDDEN = SecretText(("x", Secret("TOKEN", SECRET), "y"))
LONG = Duration(20_000)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A transport's kind, and requests to what it reaches.

    `quick` is answered at once, `slow` not within its timeout, `says` has the target send those bytes, `endless` has it
    never stop. `nowhere` goes to where nothing listens. Each of `secretive` holds SECRET and ends in a Fault. `doors`
    are what stands in front of the servers; `kept` is a request to a server that keeps connections open, and its
    door; `at_once` is how many of them a burst may open.
    """

    name: str
    make: Callable[[], Transport]
    quick: Request
    slow: Callable[[int], Request]
    foreign: Request
    secretive: tuple[Request, ...] = ()
    says: Callable[[bytes], Request] | None = None
    endless: Callable[[int], Request] | None = None
    nowhere: Request | None = None
    door: Door | None = None
    kept: tuple[Request, Door] | None = None
    at_once: int = 1
    ends_what_is_slow: bool = False
    """Whether a fault of the deadline says that nothing lives on."""
    begins_what_is_slow: bool = True
    tries_again: bool = False
    """Whether reading is simply tried again when a connection breaks under it."""


def said(answer: Answer) -> str:
    """Return the text that a target has sent."""
    if isinstance(answer, ManualReply):
        return answer.note
    assert not isinstance(answer, Fault), answer
    outputs = answer.outputs()
    return next(outputs[name].text for name in ("stdout", "body", "text") if name in outputs)


def sizes(answer: Answer) -> int:
    """Return how many bytes a target has sent, kept or not."""
    outputs = answer.partial if isinstance(answer, Fault) else answer.outputs()
    return sum(each.size for each in outputs.values())


@contextmanager
def reach(name: str, folder: Path) -> Iterator[Reach]:
    """Start what the transport of that name is to reach."""
    with _BUILDERS[name](folder) as made:
        yield made


# -- commands


def command(target: Host | Control, line: str, timeout_ms: int = LONG.ms, **fields: Any) -> ShellRequest:
    return ShellRequest(target=target, shell=ShellText(line), timeout=Duration(timeout_ms), **fields)


def _commands(target: Host | Control) -> dict[str, Any]:
    secret = ShellText("sleep 30", (("TOKEN", Secret("TOKEN", SECRET)),))
    return {
        "quick": command(target, "echo ok"),
        "slow": lambda timeout_ms: command(target, "sleep 30", timeout_ms),
        "says": lambda data: command(target, "printf '" + "".join(f"\\{byte:03o}" for byte in data) + "'"),
        "endless": lambda timeout_ms: command(target, "yes 0123456789abcde & yes >&2", timeout_ms),
        "foreign": ManualRequest(target=Person(), instruction="look", timeout=LONG),
        "secretive": (
            replace(command(target, "true", 300), shell=secret),
            command(target, "sleep 30", 300, stdin=HIDDEN, env=(("TOKEN", HIDDEN),)),
            command(target, "true", stdin=HIDDEN, env=(("TOKEN", HIDDEN),), program="/nowhere/sh"),
            command(target, "true", env=(("TOKEN", SecretText((HIDDEN.parts[1], "\0"))),)),
            command(target, "true", env=(("A B", HIDDEN),)),
        ),
        "ends_what_is_slow": True,
    }


@contextmanager
def _local(folder: Path) -> Iterator[Reach]:
    del folder
    yield Reach(name="local", make=LocalTransport, **_commands(Control()))


@contextmanager
def _behind_openssh(folder: Path) -> Iterator[tuple[UserFiles, Door]]:
    with openssh.serve(folder / "sshd") as server, door(server.port) as entrance:
        known = folder / "known_hosts"
        known.write_text(f"[{LOOPBACK}]:{entrance.port} {openssh.public_key(server.host_keys[0])}\n")
        yield server.files(known_hosts=(known,)), entrance


@contextmanager
def _openssh(folder: Path) -> Iterator[Reach]:
    with _behind_openssh(folder) as (files, entrance):
        yield _ssh("ssh", files, entrance)


@contextmanager
def _embedded(folder: Path) -> Iterator[Reach]:
    from paramiko import ECDSAKey

    from playbook_engine.sandbox import ssh_server

    key, guard = ECDSAKey.generate(), Guard()
    server = ssh_server.SshServer(folder, key, guard)
    server.start()
    try:
        with door(server.port) as entrance:
            key_file, known = ssh_server.write_client_files(folder / "client", key, (server,))
            known.write_text(known.read_text().replace(f":{server.port} ", f":{entrance.port} "))
            files = UserFiles(
                home=folder,
                user=ssh_server.USER,
                config=(),
                known_hosts=(known,),
                identities=(key_file,),
                agent_socket=None,
            )
            yield _ssh("ssh-embedded", files, entrance)
    finally:
        server.close()


def _ssh(name: str, files: UserFiles, entrance: Door) -> Reach:
    host = _host(entrance.port)
    closed = replace(host, port=openssh.free_port())
    return Reach(
        name=name,
        make=lambda: ssh_transport(files=files),
        nowhere=command(closed, "echo ok"),
        door=entrance,
        **_commands(host),
    )


def _host(port: int) -> Host:
    return Host(name=TargetName("api-1"), address=LOOPBACK, port=port)


# -- HTTP


def get(base: str, path: str, timeout_ms: int = LONG.ms, **fields: Any) -> HttpRequest:
    given: dict[str, Any] = {"target": Control(), "method": "GET", "timeout": Duration(timeout_ms)} | fields
    return HttpRequest(url=f"{base}/{path}", **given)


def _requests(base: str, nowhere: str, **how: Any) -> dict[str, Any]:
    secret_path = SecretText((f"{base}/slow?token=", Secret("TOKEN", SECRET)))
    secret_host = SecretText(("http://", Secret("TOKEN", SECRET), ".invalid/"))
    auth = Basic(user="u", password=HIDDEN)
    return {
        "quick": get(base, "ok", **how),
        "slow": lambda timeout_ms: get(base, "slow", timeout_ms, **how),
        "says": lambda data: get(base, f"say?hex={data.hex()}", **how),
        "endless": lambda timeout_ms: get(base, "endless", timeout_ms, **how),
        "foreign": ManualRequest(target=Person(), instruction="look", timeout=LONG),
        "nowhere": get(nowhere, "ok", **how),
        "secretive": (
            replace(get(base, "slow", 300, **how), url=secret_path),
            replace(get(base, "slow", 2_000, **how), url=secret_host),
            replace(get(nowhere, "ok", **how), auth=auth, headers=(("X-Token", HIDDEN),)),
            get(base, "slow", 300, auth=Bearer(token=HIDDEN), body=HIDDEN, **how),
            get(base, "ok", headers=(("X-Token", SecretText((HIDDEN.parts[1], "\r\nX: y"))),), **how),
            replace(get(base, "ok", **how), url=SecretText(("http://[", Secret("TOKEN", SECRET)))),
            replace(get(base, "ok", **how), url=SecretText((f"http://{LOOPBACK}:", Secret("TOKEN", SECRET)))),
        ),
        "at_once": 12,
        "tries_again": True,
    }


@contextmanager
def _http(folder: Path) -> Iterator[Reach]:
    del folder
    with plain_web() as port, door(port) as entrance:
        bases = (f"http://{LOOPBACK}:{entrance.port}", f"http://{LOOPBACK}:{openssh.free_port()}")
        yield Reach(name="http", make=HttpTransport, door=entrance, **_requests(*bases))


@contextmanager
def _https(folder: Path) -> Iterator[Reach]:
    authority = Authority(folder / "authority")
    with plain_web(authority.server(LOOPBACK)) as port, door(port) as entrance:
        bases = (f"https://{LOOPBACK}:{entrance.port}", f"https://{LOOPBACK}:{openssh.free_port()}")
        fields = _requests(*bases, tls=Tls(ca=str(authority.file)))
        yield Reach(name="https", make=HttpTransport, door=entrance, **fields)


class _Both:
    """HTTP through SSH: two transports that are closed together, as the app does it."""

    def __init__(self, files: UserFiles) -> None:
        self._ssh = ssh_transport(files=files)
        self._http = HttpTransport(tunnels=self._ssh)

    async def perform(self, request: Request) -> Answer:
        return await self._http.perform(request)

    async def close(self) -> None:
        await asyncio.gather(self._http.close(), self._ssh.close())


@contextmanager
def _http_via_ssh(folder: Path) -> Iterator[Reach]:
    with _behind_openssh(folder) as (files, entrance), plain_web() as port:
        bases = (f"http://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{openssh.free_port()}")
        fields = _requests(*bases, target=_host(entrance.port), via_ssh=True) | {"at_once": 1}
        yield Reach(name="http-via-ssh", make=lambda: _Both(files), door=entrance, **fields)


# -- kubectl


class _WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this clock is the real one

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _kubernetes() -> Transport:
    from playbook_engine.transports.kubernetes.transport import KubernetesTransport

    return KubernetesTransport(clock=_WallClock(), environ={})


def kubectl(cluster: Cluster, verb: str, kind: str, name: str, timeout_ms: int = LONG.ms, **fields: Any) -> Request:
    shown = f"{verb} {kind}/{name}"
    given: dict[str, Any] = {"names": (name,), "command": shown} | fields
    return KubectlRequest(target=cluster, verb=verb, kind=kind, timeout=Duration(timeout_ms), **given)


def _kubeconfig(path: Path, server: str, token: str, namespace: str) -> str:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": namespace}}],
        "current-context": "c",
    }
    path.write_text(json.dumps(config), encoding="utf-8")
    return str(path)


def _cluster(path: Path, port: int, namespace: str, token: str = "t0ken") -> Cluster:
    config = _kubeconfig(path, f"http://{LOOPBACK}:{port}", token, namespace)
    return Cluster(name=TargetName("main"), kubeconfig=config)


@contextmanager
def _kubectl(folder: Path) -> Iterator[Reach]:
    """The embedded API without the controller that would roll anything out: a rollout there never ends."""
    from playbook_engine.sandbox.kube import objects
    from playbook_engine.sandbox.kube.pods import Node
    from playbook_engine.sandbox.kube.server import KubeApi, Workload

    guard, nodes = Guard(), [Node(name="api-1", folder=folder)]
    api = KubeApi(workload=Workload(environment={}), nodes=nodes, logs=folder, token="t0ken", guard=guard)
    api._server.start()
    try:
        with door(int(api.url.rpartition(":")[2])) as entrance, plain_web() as port, door(port) as other:
            cluster = _cluster(folder / "kubeconfig", entrance.port, objects.NAMESPACE)
            plain = _cluster(folder / "plain", other.port, "default")
            nowhere = _cluster(folder / "nowhere", openssh.free_port(), "default", SECRET)
            yield Reach(
                name="kubectl",
                make=_kubernetes,
                door=entrance,
                kept=(kubectl(plain, "logs", "pods", "hex-6f6b"), other),
                says=lambda data: kubectl(plain, "logs", "pods", f"hex-{data.hex()}"),
                endless=lambda timeout_ms: kubectl(plain, "logs", "pods", "api", timeout_ms),
                **_verbs(cluster, nowhere, objects.APP),
            )
    finally:
        api._server.close()
        api.service.close()


def _verbs(cluster: Cluster, nowhere: Cluster, app: str, namespace: str | None = None) -> dict[str, Any]:
    here: dict[str, Any] = {"namespace": namespace}
    secrets: dict[str, Any] = {"assignments": (("TOKEN", HIDDEN),)}
    return {
        "quick": kubectl(cluster, "get", "deployments", app, **here),
        "slow": lambda timeout_ms: kubectl(cluster, "rollout status", "deployments", app, timeout_ms, **here),
        "foreign": HttpRequest(target=Control(), method="GET", url=HIDDEN, timeout=LONG),
        "nowhere": kubectl(nowhere, "get", "deployments", app),
        "secretive": (
            kubectl(cluster, "set env", "deployments", "missing", **secrets),
            kubectl(nowhere, "set env", "deployments", app, **secrets),
            kubectl(cluster, "set env", "deployments", app, 1, **secrets),
            kubectl(cluster, "annotate", "deployments", "missing", **secrets),
        ),
        "at_once": 12,
        "begins_what_is_slow": False,
        "tries_again": True,
    }


@contextmanager
def _real_cluster(folder: Path) -> Iterator[Reach]:
    """A real API server, with a deployment of this test's own that never gets ready."""
    import kubernetes

    config = os.environ["RUNBOOK_TEST_KUBECONFIG"]
    client: Any = kubernetes.client
    loader: Any = kubernetes.config
    settings = client.Configuration()
    loader.load_kube_config(config_file=config, client_configuration=settings, persist_config=False)
    name = f"runbook-{os.urandom(4).hex()}"
    labels = {"app": "stuck"}
    template = {
        "metadata": {"labels": labels, "annotations": {"testbed/ready": "false"}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    }
    stuck = {
        "metadata": {"name": "stuck"},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }
    with client.ApiClient(settings) as connection:
        core = client.CoreV1Api(connection)
        core.create_namespace({"metadata": {"name": name}})
        try:
            client.AppsV1Api(connection).create_namespaced_deployment(name, stuck)
            cluster = Cluster(name=TargetName("test"), kubeconfig=config)
            nowhere = _cluster(folder / "nowhere", openssh.free_port(), "default", SECRET)
            yield Reach(name="kubectl-cluster", make=_kubernetes, **_verbs(cluster, nowhere, "stuck", name))
        finally:
            core.delete_namespace(name)
            connection.rest_client.pool_manager.clear()


# -- a person, and the script


@contextmanager
def _manual(folder: Path) -> Iterator[Reach]:
    """A person who answers what is asked of them: at once, never, or with a note of their own."""
    del folder

    async def ask(request: ManualRequest) -> ManualReply | None:
        if request.instruction == "slow":
            await asyncio.sleep(60)
        note = (
            bytes.fromhex(request.instruction).decode(errors="backslashreplace")
            if request.options == ("say",)
            else ""
        )
        return ManualReply(answer=request.options[0], by="alice", note=note)

    def question(text: str, timeout_ms: int = LONG.ms, options: tuple[str, ...] = ("done",)) -> ManualRequest:
        return ManualRequest(target=Person(), instruction=text, options=options, timeout=Duration(timeout_ms))

    yield Reach(
        name="manual",
        make=lambda: ManualTransport(ask),
        quick=question("look"),
        slow=lambda timeout_ms: question("slow", timeout_ms),
        says=lambda data: question(data.hex(), options=("say",)),
        foreign=HttpRequest(target=Control(), method="GET", url=HIDDEN, timeout=LONG),
        begins_what_is_slow=False,
    )


@contextmanager
def _fake(folder: Path) -> Iterator[Reach]:
    """The script that stands for all the others."""
    del folder

    def make() -> Transport:
        fake = FakeTransport()
        fake.on(Delayed(shell(), Duration(60_000)), asks="sleep 30")
        fake.on(Fault(kind=FaultKind.UNREACHABLE, message="no route"), target="nowhere")
        fake.on(Computed(_as_printf_would), asks="printf")
        return fake.on(shell("ok"), asks="echo ok")

    fields = _commands(Control()) | {"endless": None, "ends_what_is_slow": False}
    nowhere = command(Host(name=TargetName("nowhere")), "echo ok")
    yield Reach(name="fake", make=make, nowhere=nowhere, **fields)


def _as_printf_would(request: Request) -> Answer:
    octal = request.summary().removeprefix("printf '\\").removesuffix("'").split("\\")
    data = bytes(int(each, 8) for each in octal)
    return replace(shell(), stdout=replace(output(data.decode(errors="backslashreplace")), size=len(data)))


_BUILDERS = {
    "fake": _fake,
    "local": _local,
    "ssh": _openssh,
    "ssh-embedded": _embedded,
    "http": _http,
    "https": _https,
    "http-via-ssh": _http_via_ssh,
    "kubectl": _kubectl,
    "kubectl-cluster": _real_cluster,
    "manual": _manual,
}
NAMES = tuple(_BUILDERS)
