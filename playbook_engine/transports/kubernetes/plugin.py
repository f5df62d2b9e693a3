"""Credential plugins: programs named by a kubeconfig that print a token or a certificate.

What a plugin prints is a secret, on both of its streams, and is never shown. It gets no terminal and no input, and it
ends by our deadline: its process group is ended with it.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playbook_engine.transports.kubernetes.threads import readable
from playbook_engine.transports.kubernetes.unusable import KubeconfigError

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_OWN_CONFIG = "client.authentication.k8s.io/exec"
_PASSED_ON = ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url", "certificate-authority-data")
_LONGEST = 2**20
_CHUNK = 64 * 2**10
_LONGEST_S = 30.0
_SHARE = 0.8
"""So much of a step's time may go by for it: then there is time left to say so."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Credential:
    """Who we are: the value of the header `Authorization`, a certificate with its key, or both; and until when."""

    authorization: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One plugin: what the kubeconfig says of it, the cluster it is for, and the folder of that kubeconfig."""

    spec: Json
    cluster: Json
    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def ask(self, seconds: float) -> Credential:
        """Run the plugin and return its answer; raises KubeconfigError. It blocks, and never longer than that."""
        version = str(self.spec.get("apiVersion"))
        if version not in _VERSIONS:
            raise KubeconfigError(
                f"the credential plugin {self._name} speaks '{version}', which is not known",
                f"There are {' and '.join(_VERSIONS)}; bring the plugin and its entry in the kubeconfig up to date.",
            )
        if self.spec.get("interactiveMode") == "Always":
            hint = "Log in by hand first, and name a plugin that can do without a terminal."
            raise KubeconfigError(f"the credential plugin {self._name} needs a terminal, and there is none", hint)
        return _credential(self._output(version, min(seconds * _SHARE, _LONGEST_S)), version, self._name)

    @property
    def _name(self) -> str:
        return f"'{Path(str(self.spec.get('command') or '')).name}'"

    def _output(self, version: str, seconds: float) -> bytes:
        process = self._start(version)
        ends = time.monotonic() + seconds
        try:
            out = self._read(process, ends)
            process.wait(max(ends - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            message = f"the credential plugin {self._name} did not answer within {seconds:.3g}s"
            raise KubeconfigError(message, "Run it by hand: it may be waiting for a login.") from None
        finally:
            _end(process)
        if process.returncode != 0:
            message = f"the credential plugin {self._name} failed with exit status {process.returncode}"
            raise KubeconfigError(message, "Run it by hand to see why; what it prints is not shown here.")
        return out

    def _read(self, process: "subprocess.Popen[bytes]", ends: float) -> bytes:
        """Return what the plugin prints, and no more of it than anyone wants to hold in memory."""
        stream = process.stdout
        assert stream is not None  # noqa: S101 it was asked for
        kept = bytearray()
        while (left := ends - time.monotonic()) > 0:
            if not readable(stream.fileno(), left):
                continue
            chunk = os.read(stream.fileno(), _CHUNK)
            if not chunk:
                return bytes(kept)
            kept += chunk
            if len(kept) > _LONGEST:
                raise KubeconfigError(f"the credential plugin {self._name} does not stop printing", _BY_HAND)
        raise subprocess.TimeoutExpired(process.args, left)

    def _start(self, version: str) -> "subprocess.Popen[bytes]":
        environ = {**self.environ, **self._variables(), "KUBERNETES_EXEC_INFO": json.dumps(self._told(version))}
        program = self._program(environ)
        arguments = [str(one) for one in self.spec.get("args") or ()]
        try:
            return subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environ,
                start_new_session=True,  # no terminal to ask at, and a group of its own to end
            )
        except OSError as error:
            message = f"the credential plugin {self._name} cannot be started: {error.strerror}"
            raise KubeconfigError(message, self._how_to_install()) from None

    def _program(self, environ: Mapping[str, str]) -> str:
        """Return the plugin's path; a relative one counts from the kubeconfig's folder."""
        command = str(self.spec.get("command") or "")
        if "/" in command:
            return str(self.folder / command)
        found = shutil.which(command, path=environ.get("PATH", os.defpath)) if command else None
        if found is None:
            raise KubeconfigError(f"the credential plugin {self._name} is not installed", self._how_to_install())
        return found

    def _how_to_install(self) -> str:
        told = " ".join(str(self.spec.get("installHint") or "").split())
        return told or "Install it, or correct 'command' in the kubeconfig."

    def _variables(self) -> dict[str, str]:
        return {str(one.get("name")): str(one.get("value") or "") for one in self.spec.get("env") or ()}

    def _told(self, version: str) -> Json:
        """Return what the plugin is told; of the cluster only where the kubeconfig wants that."""
        spec: Json = {"interactive": False}
        if self.spec.get("provideClusterInfo"):
            spec["cluster"] = {key: self.cluster[key] for key in _PASSED_ON if key in self.cluster}
            for extension in self.cluster.get("extensions") or ():
                if extension.get("name") == _OWN_CONFIG:
                    spec["cluster"]["config"] = extension.get("extension")
        return {"apiVersion": version, "kind": "ExecCredential", "spec": spec}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End whatever is left of the plugin: a helper that it started may hold its output open."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _credential(out: bytes, version: str, name: str) -> Credential:
    """Read what a plugin printed; nothing of it is repeated, whatever is wrong with it."""
    try:
        found = json.loads(out)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("kind") != "ExecCredential":
        raise KubeconfigError(f"the credential plugin {name} did not print an ExecCredential", _BY_HAND)
    if found.get("apiVersion") != version:
        hint = "Set 'apiVersion' of its entry in the kubeconfig to what the plugin speaks."
        raise KubeconfigError(f"the credential plugin {name} answered in another version than {version}", hint)
    status: Json = found["status"] if isinstance(found.get("status"), dict) else {}
    token, certificate, key = (status.get(field) for field in ("token", "clientCertificateData", "clientKeyData"))
    if not token and not (certificate and key):
        raise KubeconfigError(f"the credential plugin {name} gave no token and no certificate with its key", _BY_HAND)
    authorization = f"Bearer {token}" if token else None
    expires = _time(status.get("expirationTimestamp"))
    if not (certificate and key):
        return Credential(authorization, expires=expires)
    return Credential(authorization, str(certificate), str(key), expires)


_BY_HAND = "Run it by hand to see what it prints; it is not shown here."


def _time(stamp: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(stamp))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
