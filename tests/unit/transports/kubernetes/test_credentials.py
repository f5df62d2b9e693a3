"""Who we are: kubeconfig files merged as kubectl merges them, plugins, tokens in files, OIDC, the pod's own account."""

import base64
import datetime as dt
import json
import os
import ssl
import stat
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
from certificates import Authority

from playbook_engine.model.replies import Answer, Fault, FaultKind, KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes import kubeconfig as kubeconfig_module
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.values import Duration, TargetName

PODS = "/api/v1/namespaces/shop/pods"
V1, V1BETA1 = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"
Config = Callable[[str], Any]


async def ask(transport: KubernetesTransport, kubeconfig: str | None = None, *, timeout_ms: int = 5000) -> Answer:
    target = Cluster(name=TargetName("main"), kubeconfig=kubeconfig)
    return await transport.perform(
        KubectlRequest(target=target, verb="get", kind="pods", timeout=Duration(timeout_ms), command="get pods")
    )


def written(path: Path, config: Any) -> str:
    path.write_text(json.dumps(config))
    return str(path)


def program(path: Path, body: str) -> str:
    path.write_text(f"#!{sys.executable}\n{body}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def with_plugin(config: Any, command: str, **more: Any) -> Any:
    config["users"] = [{"name": "u", "user": {"exec": {"apiVersion": V1, "command": command, **more}}}]
    return config


ISSUE = """
import json, os, pathlib
asked = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
count = pathlib.Path(__file__).with_suffix(".count")
number = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(number))
pathlib.Path(__file__).with_suffix(".asked").write_text(json.dumps(asked))
status = {"token": f"t0ken-{number}"}
if "EXPIRES" in os.environ:
    status["expirationTimestamp"] = os.environ["EXPIRES"]
print(json.dumps({"apiVersion": asked["apiVersion"], "kind": "ExecCredential", "status": status}))
"""


# files


async def test_the_first_file_that_names_a_context_decides(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str
) -> None:
    """The first file to set a value wins (kubernetes.io, organize-cluster-access-kubeconfig).

    The Python client takes the last current-context of the list.
    """
    script.on("GET", PODS, {"items": []})
    good, other = config_for(address), config_for("http://127.0.0.1:9")
    other["contexts"][0]["name"] = other["current-context"] = "other"
    files = [written(tmp_path / "a", good), str(tmp_path / "missing"), written(tmp_path / "b", other)]
    (tmp_path / "empty").touch()
    assert isinstance(await ask(transport, os.pathsep.join((str(tmp_path / "empty"), *files))), KubectlReply)


async def test_what_one_file_names_another_may_hold(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str
) -> None:
    script.on("GET", PODS, {"items": []})
    config = config_for(address)
    users, clusters = {"users": config.pop("users")}, {"clusters": config.pop("clusters")}
    files = (written(tmp_path / name, part) for name, part in (("a", config), ("b", users), ("c", clusters)))
    assert isinstance(await ask(transport, os.pathsep.join(files)), KubectlReply)
    assert script.asked[0].headers["Authorization"] == "Bearer t0ken"


async def test_acting_as_somebody_else(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str
) -> None:
    """The Python client passes over `as` of a kubeconfig, and would act with the rights of the user itself."""
    script.on("GET", PODS, {"items": []})
    config = config_for(address)
    config["users"][0]["user"] |= {"as": "deployer", "as-groups": ["ops"]}
    await ask(transport, written(tmp_path / "c", config))
    sent = script.asked[0].headers
    assert (sent["Impersonate-User"], sent["Impersonate-Group"]) == ("deployer", "ops")


# plugins


@pytest.mark.parametrize("version", [V1, V1BETA1])
async def test_a_plugin_is_asked_once_in_a_run(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str, version: str
) -> None:
    script.on("GET", PODS, {"items": []})
    program(tmp_path / "plugin", ISSUE)
    config = with_plugin(config_for(address), "./plugin", apiVersion=version, provideClusterInfo=True)
    config["clusters"][0]["cluster"]["extensions"] = [{"name": "client.authentication.k8s.io/exec", "extension": 7}]
    file = written(tmp_path / "c", config)
    for _ in range(3):
        assert isinstance(await ask(transport, file), KubectlReply)
    assert {asked.headers["Authorization"] for asked in script.asked} == {"Bearer t0ken-1"}
    told = json.loads((tmp_path / "plugin.asked").read_text())
    assert told["apiVersion"] == version
    assert told["spec"] == {"interactive": False, "cluster": {"server": address, "config": 7}}


async def test_a_token_that_is_refused_is_renewed_once(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str, refusal: Any
) -> None:
    unknown = refusal(401, "Unauthorized", "Unauthorized")
    script.on("GET", PODS, {"items": []}, unknown, {"items": []}, unknown)
    program(tmp_path / "plugin", ISSUE)
    file = written(tmp_path / "c", with_plugin(config_for(address), "./plugin"))
    assert [isinstance(await ask(transport, file), KubectlReply) for _ in range(2)] == [True, True]
    assert [asked.headers["Authorization"][-1] for asked in script.asked] == ["1", "1", "2"]
    fault = await ask(transport, file)
    assert isinstance(fault, Fault)
    assert (fault.kind, len(script.asked)) == (FaultKind.AUTH, 5)


async def test_a_token_that_has_run_out_is_renewed_before_it_is_sent(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str
) -> None:
    script.on("GET", PODS, {"items": []})
    program(tmp_path / "plugin", ISSUE)
    past = [{"name": "EXPIRES", "value": "2026-01-01T00:00:00Z"}]
    file = written(tmp_path / "c", with_plugin(config_for(address), "./plugin", env=past))
    await ask(transport, file)
    await ask(transport, file)
    assert [asked.headers["Authorization"][-1] for asked in script.asked] == ["1", "2"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import sys; print('s3cr3t'); print('s3cr3t', file=sys.stderr); sys.exit(3)", "failed with exit status 3"),
        ("print('s3cr3t rubbish')", "did not print an ExecCredential"),
        ("print('[' * 100000)", "did not print an ExecCredential"),
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "does not stop printing"),
        ('print(\'{"kind": "ExecCredential", "apiVersion": "v0"}\')', f"answered in another version than {V1}"),
        (f'print(\'{{"kind": "ExecCredential", "apiVersion": "{V1}"}}\')', "gave no token and no certificate"),
        ("open('/dev/tty')", "failed with exit status 1"),
        ("import sys; sys.exit(0 if sys.stdin.read() else 9)", "failed with exit status 9"),
    ],
)
async def test_what_a_plugin_can_do_wrong(
    transport: KubernetesTransport, tmp_path: Path, config_for: Config, body: str, message: str
) -> None:
    """Nothing of its output is shown: the Python client logs what a plugin says (ExecProvider.run)."""
    program(tmp_path / "plugin", body)
    fault = await ask(transport, written(tmp_path / "c", with_plugin(config_for("http://127.0.0.1:9"), "./plugin")))
    assert isinstance(fault, Fault)
    assert fault.message.startswith("the credential plugin 'plugin' ")
    assert message in fault.message
    assert "s3cr3t" not in repr(fault)


async def test_a_plugin_that_hangs_is_ended_in_time(
    transport: KubernetesTransport, tmp_path: Path, config_for: Config
) -> None:
    program(
        tmp_path / "plugin", "import os, time\nopen(__file__ + '.pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    )
    file = written(tmp_path / "c", with_plugin(config_for("http://127.0.0.1:9"), "./plugin"))
    fault = await ask(transport, file, timeout_ms=1500)
    assert isinstance(fault, Fault)
    assert "the credential plugin 'plugin' did not answer within" in fault.message
    assert fault.duration_ms < 3000
    pid = int((tmp_path / "plugin.pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.trap(
    "kubernetes#98451",
    "A credential plugin waits for somebody at a terminal where there is nobody.",
)
@pytest.mark.parametrize(
    ("more", "message", "hint"),
    [
        ({"command": "no-such-plugin", "installHint": "See wiki/login."}, "is not installed", "See wiki/login."),
        ({"command": "/etc/hostname"}, "cannot be started: ", "Install it"),
        ({"command": "x", "apiVersion": "client.authentication.k8s.io/v1alpha1"}, "which is not known", "There are"),
        ({"command": "x", "interactiveMode": "Always"}, "needs a terminal, and there is none", "Log in by hand"),
    ],
)
async def test_a_plugin_that_cannot_be_asked(
    transport: KubernetesTransport, tmp_path: Path, config_for: Config, more: Any, message: str, hint: str
) -> None:
    """A plugin must not wait for somebody at a terminal (kubernetes/kubernetes#98451)."""
    fault = await ask(transport, written(tmp_path / "c", with_plugin(config_for("http://127.0.0.1:9"), **more)))
    assert isinstance(fault, Fault)
    assert message in fault.message
    assert (fault.hint or "").startswith(hint)


# tokens


async def test_a_token_file_is_read_again(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str
) -> None:
    script.on("GET", PODS, {"items": []})
    config = config_for(address)
    config["users"] = [{"name": "u", "user": {"tokenFile": "token"}}]
    file = written(tmp_path / "c", config)
    for number in (1, 2):
        (tmp_path / "token").write_text(f"t{number}\n")
        assert isinstance(await ask(transport, file), KubectlReply)
    assert [asked.headers["Authorization"] for asked in script.asked] == ["Bearer t1", "Bearer t2"]
    (tmp_path / "token").unlink()
    fault = await ask(transport, file)
    assert isinstance(fault, Fault)
    assert fault.message == f"the token file {tmp_path}/token cannot be read: No such file or directory"


def jwt(expires: dt.datetime) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires.timestamp()}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


async def test_an_oidc_login(
    transport: KubernetesTransport, script: Any, tmp_path: Path, config_for: Config, address: str
) -> None:
    """Not renewed here: see decision 18.

    The Python client turns the TLS check of the issuer off (kubernetes-client/python#2034) unless the file names an authority,
    and drops the refresh token that the issuer rotates.
    """
    script.on("GET", PODS, {"items": []})
    config = config_for(address)
    token = jwt(dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    provider: dict[str, Any] = {"name": "oidc", "config": {"id-token": token, "refresh-token": "r"}}
    config["users"] = [{"name": "u", "user": {"auth-provider": provider}}]
    assert isinstance(await ask(transport, written(tmp_path / "a", config)), KubectlReply)
    assert script.asked[0].headers["Authorization"] == f"Bearer {token}"
    provider["config"]["id-token"] = jwt(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    fault = await ask(transport, written(tmp_path / "b", config))
    assert isinstance(fault, Fault)
    assert fault.message == "the id-token of the OIDC login ran out at 2026-11-01 00:00 UTC"
    assert "kubectl oidc-login" in (fault.hint or "")
    provider["name"] = "gcp"
    given_up = await ask(transport, written(tmp_path / "c", config))
    assert isinstance(given_up, Fault)
    assert "gke-gcloud-auth-plugin" in (given_up.hint or "")


# TLS, the pod's own account, proxies


class Pods(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(200)
        self.send_header("Content-Length", "13")
        self.end_headers()
        self.wfile.write(b'{"items": []}')

    def log_message(self, *args: Any) -> None:
        return


class Serving:
    """An HTTP server with or without TLS; `seen` are the paths that it was asked for."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Pods,), {"seen": self.seen}))
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self.handshakes = 0
        accept = self._server.get_request

        def counted() -> Any:
            self.handshakes += 1
            return accept()

        self._server.get_request = counted  # type: ignore[method-assign]  # counts what it accepts
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


async def test_an_unchecked_certificate_is_told_once(
    transport: KubernetesTransport, tmp_path: Path, config_for: Config
) -> None:
    with Serving(Authority(tmp_path / "ca").server("127.0.0.1")) as server:
        address = f"https://127.0.0.1:{server.port}"
        config = config_for(address)
        refused = await ask(transport, written(tmp_path / "a", config))
        assert isinstance(refused, Fault)
        assert refused.message.startswith(f"no trusted connection to {address}")
        config["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = True
        file = written(tmp_path / "b", config)
        first, second = [await ask(transport, file) for _ in range(2)]
    assert isinstance(first, KubectlReply)
    assert isinstance(second, KubectlReply)
    said = f"the certificate of {address} is not checked: the kubeconfig says insecure-skip-tls-verify"
    assert (first.notes, second.notes) == ((said,), ())
    assert first.outputs()["notes"].text == f"{said}\n"


async def test_one_handshake_for_each_cluster(
    transport: KubernetesTransport, tmp_path: Path, config_for: Config
) -> None:
    """Two names for one context share a client; two contexts have one each, and a whole run one handshake."""
    authority = Authority(tmp_path / "ca")
    with Serving(authority.server("127.0.0.1")) as one, Serving(authority.server("127.0.0.1")) as other:
        config = config_for(f"https://127.0.0.1:{one.port}")
        second = {"name": "d", "cluster": {"server": f"https://127.0.0.1:{other.port}"}}
        config["clusters"].append(second)
        for cluster in config["clusters"]:
            cluster["cluster"]["certificate-authority"] = "ca/authority.pem"
        config["contexts"].append({"name": "other", "context": {"cluster": "d", "user": "u"}})
        file = written(tmp_path / "c", config)
        for turn in range(12):
            context = "other" if turn % 3 == 0 else "main"
            target = Cluster(name=TargetName(f"t{turn}"), kubeconfig=file, context=context)
            request = KubectlRequest(target=target, verb="get", kind="pods", timeout=Duration(5000), command="get")
            assert isinstance(await transport.perform(request), KubectlReply)
        assert (one.handshakes, other.handshakes) == (1, 1)
        assert (len(one.seen), len(other.seen)) == (8, 4)


async def test_another_name_of_the_server(transport: KubernetesTransport, tmp_path: Path, config_for: Config) -> None:
    authority = Authority(tmp_path / "ca")
    with Serving(authority.server("api.internal")) as server:
        config = config_for(f"https://127.0.0.1:{server.port}")
        cluster = config["clusters"][0]["cluster"]
        cluster["certificate-authority"] = "ca/authority.pem"
        refused = await ask(transport, written(tmp_path / "a", config))
        assert isinstance(refused, Fault)
        assert refused.kind is FaultKind.UNREACHABLE
        cluster["tls-server-name"] = "api.internal"
        assert isinstance(await ask(transport, written(tmp_path / "b", config)), KubectlReply)


async def test_the_certificate_of_a_plugin(
    transport: KubernetesTransport, tmp_path: Path, config_for: Config
) -> None:
    authority = Authority(tmp_path / "ca")
    pair = authority.issue("deployer")
    program(
        tmp_path / "plugin",
        "import json\n"
        f"status = {{'clientCertificateData': open({str(pair.cert)!r}).read(),"
        f" 'clientKeyData': open({str(pair.key)!r}).read()}}\n"
        f"print(json.dumps({{'kind': 'ExecCredential', 'apiVersion': {V1!r}, 'status': status}}))",
    )
    with Serving(authority.server("127.0.0.1", authority)) as server:
        config = with_plugin(config_for(f"https://127.0.0.1:{server.port}"), "./plugin")
        config["clusters"][0]["cluster"]["certificate-authority"] = "ca/authority.pem"
        assert isinstance(await ask(transport, written(tmp_path / "c", config)), KubectlReply)


@pytest.mark.trap(
    "python#1768",
    "A token that is replaced every hour is read once, and refused an hour later.",
)
async def test_the_account_of_the_pod(clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound tokens are replaced every hour while a process runs (kubernetes-client/python#1768)."""
    authority = Authority(tmp_path / "ca")
    monkeypatch.setattr(kubeconfig_module, "_POD", tmp_path)
    (tmp_path / "ca.crt").write_bytes(authority.file.read_bytes())
    (tmp_path / "namespace").write_text("ops")
    with Serving(authority.server("127.0.0.1")) as server:
        environ = {
            "HOME": str(tmp_path),
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(server.port),
        }
        monkeypatch.setenv("HOME", str(tmp_path))
        transport = KubernetesTransport(clock=clock, environ=environ)
        try:
            fault = await ask(transport)
            assert isinstance(fault, Fault)
            assert fault.message.startswith("this pod's service account cannot be used")
            for number in (1, 2):
                (tmp_path / "token").write_text(f"t{number}")
                assert isinstance(await ask(transport), KubectlReply)
        finally:
            await transport.close()
        path = "/api/v1/namespaces/ops/pods?limit=500"
        assert server.seen == [(path, "Bearer t1"), (path, "Bearer t2")]


async def test_the_proxy_of_the_kubeconfig(
    transport: KubernetesTransport, tmp_path: Path, config_for: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`proxy-url` counts whatever NO_PROXY says, as for kubectl; without it, the environment does."""
    monkeypatch.setenv("NO_PROXY", "*")
    with Serving() as proxy:
        config = config_for("http://cluster.invalid")
        config["clusters"][0]["cluster"]["proxy-url"] = f"http://127.0.0.1:{proxy.port}"
        assert isinstance(await ask(transport, written(tmp_path / "c", config)), KubectlReply)
    assert proxy.seen[0][0].startswith("http://cluster.invalid/api/v1/namespaces/shop/pods")
