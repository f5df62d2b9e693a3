"""Shipped playbooks played on real parts: hosts, web services, a cluster, a database, and an inventory of them."""

import getpass
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openssh
import services_well
from commanding import Place
from host_tools import HostTools
from kube_workloads import Workloads
from scripted_web import ScriptedWeb

from playbook_engine.resources import data_path
from playbook_engine.sandbox.notices import NoticeReceiver
from playbook_engine.sandbox.server import accepts

HOSTS = ("api-1", "api-2")
SECRETS = {
    "SUPABASE_SERVICE_KEY": "service-key-3f9a1c77e2",
    "AI_API_KEY": "sk-test-77b0c4d1a9",
    "SUPABASE_JWK": '{"kty":"RSA","kid":"pinned-5512","use":"sig","n":"pinned-modulus-91","e":"AQAB"}',
    "PROBE_TOKEN": "probe-token-0d2b8e64",
    "DATABASE_URL": "postgresql://gymbro:database-pw-41c8@127.0.0.1:1/gymbro",
}
CONTACTS = {
    "secondary_oncall": {"webhook": "#gymbro-oncall", "phone": "+86-400-555-0100"},
    "tech_manager": {"webhook": "@tech.manager"},
    "cto": {"webhook": "@cto"},
}
RULES = ({"when": "unresolved", "to": "tech_manager"},)
WELL_LOG = """\
2026-11-23 14:30:15 INFO HTTP GET /api/v1/me {"duration_ms":12,"user":"user_123"} 200
2026-11-23 14:30:15 INFO HTTP GET /api/v1/conversations {"duration_ms":38,"user":"user_123"} 200
2026-11-23 14:30:16 INFO AI API POST /chat/completions {"duration_ms":200,"model":"gpt-4o"} 200
2026-11-23 14:30:16 INFO HTTP POST /api/v1/messages {"duration_ms":231,"user":"user_123"} 200
2026-11-23 14:30:17 INFO rate_limit {"action":"allow","user":"user_7"}
2026-11-23 14:30:17 INFO sse_event {"event_type":"message","conversation":"c-12"}
"""
ENV = """\
SUPABASE_URL=https://gymbro.supabase.co
SUPABASE_SERVICE_KEY=put-the-key-here
AI_API_KEY=put-the-key-here
"""
_APP = '''\
"""Stands in for the API's process: listens where it is told, holds memory and grows as it is told."""
import os, socket, time
port, holds, grows = (int(os.environ[name]) for name in ("APP_PORT", "APP_HOLDS", "APP_GROWS"))
listener = socket.create_server(("127.0.0.1", port)) if port else None
kept = [b"x" * holds]
while True:
    kept.append(b"x" * grows)
    time.sleep(0.1)
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a run ended, what is on its record, and what was on the screen."""

    code: int
    screen: str
    errors: str
    events: Sequence[Mapping[str, Any]]
    record: str

    @property
    def verdict(self) -> str:
        return str(self._end["verdict"])

    @property
    def changed(self) -> list[str]:
        """Return the titles of the mitigations that were carried out."""
        return list(self._end["changed"])

    @property
    def undone(self) -> list[str]:
        return list(self._end["undone"])

    @property
    def told(self) -> list[str]:
        return list(self._end["told"])

    @property
    def notices(self) -> dict[str, str]:
        """Return what people were told: the message (empty where there is none) by the title of the escalation."""
        intended = (event for event in self.events if event["type"] == "escalation.intended")
        return {str(event["reason"]): str(event["message"] or "") for event in intended}

    @property
    def outcomes(self) -> dict[str, str]:
        """Return how each step ended, by its name (see `name`); the last one counts."""
        ends = (event for event in self.events if event["type"] == "step.finished")
        return {self.name(event): str(event["outcome"]) for event in ends}

    @property
    def taken(self) -> dict[str, str]:
        """Return the road of each branch by the branch's name."""
        return {self.name(event): event["taken"] for event in self.events if event["type"] == "branch.taken"}

    def name(self, event: Mapping[str, Any]) -> str:
        """Return a step's id, else its title; `PLAYBOOK:` before it when another playbook is played."""
        plays = {e["path"]: e["playbook"]["name"] for e in self.events if e["type"] == "play.started"}
        inside = [path for path in plays if event["path"].startswith(f"{path}/")]
        own = str(event["id"] or event["title"])
        return f"{plays[max(inside, key=len)]}:{own}" if inside else own

    @property
    def captured(self) -> dict[str, Any]:
        """Return what was captured: `step.name` on one target, `step.name@target` on several."""
        found: dict[str, Any] = {}
        started = {event["path"]: event for event in self.events if event["type"] == "step.started"}
        for event in self.events:
            if event["type"] != "attempt.finished":
                continue
            step = started[event["path"]]
            for name, value in (event.get("captured") or {}).items():
                key = f"{self.name(step)}.{name}"
                several = len(step["targets"]) > 1
                found[f"{key}@{event['target']}" if several else key] = json.loads(value["head"] + value["tail"])
        return found

    def output(self, step: str, name: str = "stdout", target: str | None = None) -> str:
        """Return what a step printed (`stdout`, `body`, `text`, …), by its name."""
        paths = {e["path"] for e in self.events if e["type"] == "step.started" and self.name(e) == step}
        for event in reversed(self.events):
            if event["type"] == "attempt.finished" and event["path"] in paths and target in {None, event["target"]}:
                excerpt = event["reply"]["outputs"][name]
                return str(excerpt["head"] + excerpt["tail"])
        raise AssertionError(f"{step} printed nothing: {list(self.outcomes)}")

    def hides(self, *secrets: str) -> None:
        """Fail when a secret is in anything that somebody may read."""
        for secret in secrets:
            for name, text in {"screen": self.screen, "errors": self.errors, "record": self.record}.items():
                assert secret not in text, f"a secret is in the {name}"

    @property
    def _end(self) -> Mapping[str, Any]:
        end = self.events[-1]
        assert end["type"] == "run.finished", f"the run never ended: {self.screen}{self.errors}"
        return end


@dataclass(slots=True, kw_only=True)
class Machines:
    """Servers that outlive a test: sshd, and whatever else takes long to start."""

    sshd: openssh.OpenSsh
    tools: HostTools

    @classmethod
    @contextmanager
    def serve(cls, folder: Path) -> Iterator["Machines"]:
        """Run sshd, whose commands find the programs of `tools`."""
        tools = HostTools(folder / "tools")
        with openssh.serve(folder / "sshd", first=f"SetEnv SHLVL=2 PATH={tools.folder}") as sshd:
            yield cls(sshd=sshd, tools=tools)


@dataclass(slots=True, kw_only=True)
class Parts:
    """The parts of one test; all of them are well until it says otherwise."""

    folder: Path
    machines: Machines
    api: ScriptedWeb
    supabase: ScriptedWeb
    ai: ScriptedWeb
    alertmanager: ScriptedWeb
    notices: NoticeReceiver
    workloads: Workloads | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    host_variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=lambda: dict(SECRETS))
    hosts: Sequence[str] = HOSTS
    policy: Mapping[str, Any] = field(default_factory=lambda: {"mitigate": "approve", "max_hosts": 20})
    rules: Sequence[Mapping[str, Any]] = RULES
    _closing: ExitStack = field(default_factory=ExitStack)

    @property
    def tools(self) -> HostTools:
        """Return the programs that commands on hosts find: take some away, put stand-ins there."""
        return self.machines.tools

    # -- hosts

    def log(self, host: str = "api-1") -> Path:
        """Return a host's log of the API; `parts.log().write_text(…)` decides what is in it."""
        return self._own(host, "var/log/gymbro-api.log")

    def app_dir(self, host: str = "api-1") -> Path:
        """Return the folder of the API on a host; it has `.env`, `.env.example` and `run.py`."""
        return self._own(host, "app")

    def start_app(
        self, host: str = "api-1", *, port: int = 0, holds: int = 0, grows: int = 0
    ) -> "subprocess.Popen[bytes]":
        """Start a process that `process_pattern` finds: it listens on `port`, holds memory, takes more each 0.1 s."""
        environment = {"APP_PORT": str(port), "APP_HOLDS": str(holds), "APP_GROWS": str(grows)}
        process = subprocess.Popen([sys.executable, str(self.app_dir(host) / "run.py")], env=environment)
        self._closing.callback(process.wait, 10)
        self._closing.callback(process.kill)
        deadline = time.monotonic() + 20
        while port and not accepts(port):
            assert time.monotonic() < deadline, "the app does not listen"
            time.sleep(0.02)
        return process

    # -- playing

    def play(
        self,
        playbook: str,
        *options: str,
        yes: bool = True,
        given: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Played:
        """Play a shipped playbook through the command; `given` are its inputs."""
        inventory = self.inventory()
        place = Place(self.folder)
        inputs = [word for name, value in (given or {}).items() for word in ("--set", f"{name}={value}")]
        path = str(data_path("playbooks") / f"{playbook}.yml")
        words = ["play", path, "-i", str(inventory), *inputs, *(["--yes"] if yes else []), *options]
        before = len(place.records())
        done = place.run(*words, environment=environment)
        assert len(place.records()) == before + 1, done.stdout + done.stderr
        record = place.records()[-1].read_text(encoding="utf-8")
        return Played(
            code=done.returncode, screen=done.stdout, errors=done.stderr, events=place.events(), record=record
        )

    def told(self) -> list[Any]:
        """Return the notices that arrived, oldest first."""
        return [notice.body for notice in self.notices.received()]

    def inventory(self) -> Path:
        """Write the inventory as `variables`, `secrets`, `policy` and `rules` have it now; return its folder."""
        folder = self.folder / "inv"
        place = Place(self.folder)
        place.write("inv/hosts.yml", json.dumps(self._hosts(), indent=1))
        for name, value in self.secrets.items():
            place.write(f"secrets/{name}", value + "\n").chmod(0o600)
        environment: dict[str, Any] = {
            "environment": "parts",
            "policy": dict(self.policy),
            "secrets": {name: {"file": str(self.folder / "secrets" / name)} for name in self.secrets},
            "channels": {"webhook": {"url": self.notices.url}},
            "contacts": CONTACTS,
            "escalation": list(self.rules),
        }
        nowhere = {"kubeconfig": str(self.folder / "no-cluster"), "namespace": "gymbro"}
        environment["clusters"] = {"main": self.workloads.cluster if self.workloads else nowhere}
        place.write("inv/environment.yml", json.dumps(environment, indent=1, ensure_ascii=False))
        return folder

    def close(self) -> None:
        self._closing.close()
        self.tools.restore()

    def _own(self, host: str, name: str) -> Path:
        path = self.folder / "hosts" / host / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _hosts(self) -> Mapping[str, Any]:
        own = {
            host: {"api_log": str(self.log(host)), "app_dir": str(self.app_dir(host))}
            | {"process_pattern": str(self.app_dir(host) / "run.py")}
            | self.host_variables.get(host, {})
            for host in self.hosts
        }
        sshd = self.machines.sshd
        shared = {
            "ansible_host": openssh.LOOPBACK,
            "ansible_port": sshd.port,
            "ansible_user": getpass.getuser(),
            "ansible_ssh_private_key_file": str(sshd.key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={sshd.folder}/known_hosts",
        }
        groups = {"api": {"hosts": own}, "db_client": {"hosts": {"db-1": self.host_variables.get("db-1", {})}}}
        return {"all": {"vars": shared | self._shared_variables() | self.variables, "children": groups}}

    def _shared_variables(self) -> dict[str, Any]:
        cluster = self.workloads
        return {
            "platform": "kubernetes",
            "deployment": cluster.deployment if cluster else "gymbro-api",
            "app_label": cluster.app_label if cluster else "gymbro-api",
            "configmap": cluster.configmap if cluster else "gymbro-api-config",
            "container": "gymbro-api",
            "unit": "gymbro-api",
            "api_url": self.api.url,
            "local_api_url": self.api.url,
            "api_port": self.api.port,
            "supabase_url": self.supabase.url,
            "supabase_jwks_url": f"{self.supabase.url}/auth/v1/.well-known/jwks.json",
            "supabase_status_url": f"{self.supabase.url}/status",
            "ai_api_url": self.ai.url,
            "alertmanager_url": self.alertmanager.url,
        }


@contextmanager
def assembled(folder: Path, machines: Machines) -> Iterator[Parts]:
    """Start the web services and prepare the hosts, all of them well."""
    with ExitStack() as closing:
        api, supabase, ai, alertmanager = webs = [ScriptedWeb() for _ in range(4)]
        notices = NoticeReceiver(folder / "notices.jsonl")
        closing.callback(notices.close)
        notices.start()
        made = Parts(
            folder=folder,
            machines=machines,
            api=api,
            supabase=supabase,
            ai=ai,
            alertmanager=alertmanager,
            notices=notices,
        )
        closing.callback(made.close)
        for web in webs:
            closing.callback(web.close)
            web.up()
        all_well(made)
        yield made


def all_well(parts: Parts) -> None:
    """Have every service and host say what it says when all is well."""
    services_well.api(parts.api)
    services_well.supabase(parts.supabase, parts.secrets["SUPABASE_SERVICE_KEY"])
    services_well.ai(parts.ai, parts.secrets["AI_API_KEY"])
    services_well.alertmanager(parts.alertmanager)
    for host in parts.hosts:
        parts.log(host).write_text(WELL_LOG, encoding="utf-8")
        folder = parts.app_dir(host)
        folder.mkdir()
        (folder / ".env").write_text(ENV, encoding="utf-8")
        (folder / ".env.example").write_text(ENV, encoding="utf-8")
        (folder / "run.py").write_text(_APP, encoding="utf-8")
