"""Which server and which credentials: kubeconfig files as kubectl finds and merges them, else the pod's own account.

The client's loader reads the cluster and the certificates. Who we are is read here (`credentials`): the client's own
way has no deadline for plugins, prints what they say, and turns TLS checks off to renew a token.
"""

import os
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import kubernetes.client
import kubernetes.config.kube_config
from urllib3.exceptions import InsecureRequestWarning

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes import credentials
from playbook_engine.transports.kubernetes.credentials import Credentials, Now
from playbook_engine.transports.kubernetes.unusable import KubeconfigError

_client: Any = kubernetes.client  # the client's types differ from release to release
_config: Any = kubernetes.config

_PREFIX = "runbook-kube-"
_POD = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_FILES = ("ssl_ca_cert", "cert_file", "key_file")
_OURS = ("token", "tokenFile", "exec", "auth-provider", "username", "password")


class Access:
    """How to reach a cluster, and the namespace its context means. Certificates lie in a folder of its own."""

    def __init__(self, configuration: Any, reached: "Reached", folder: TemporaryDirectory[str]) -> None:
        self.configuration = configuration
        self.namespace = reached.namespace
        self.credentials = reached.credentials
        self.headers = reached.headers
        self.folder = Path(folder.name)
        self._folder = folder

    @property
    def is_unchecked(self) -> bool:
        """Return whether the kubeconfig says that the server's certificate is not to be checked."""
        return not self.configuration.verify_ssl and str(self.configuration.host).startswith("https")

    def forget(self) -> None:
        """Remove the certificates from disk."""
        self._folder.cleanup()


@dataclass(frozen=True, slots=True)
class Reached:
    """What the files say besides the client's own settings."""

    namespace: str
    credentials: Credentials
    headers: tuple[tuple[str, str], ...] = ()


def load(cluster: Cluster, environ: Mapping[str, str], now: Now) -> Access:
    """Return how to reach a cluster; raises KubeconfigError. Files are read, and nothing is contacted or run."""
    configuration = _client.Configuration()
    configuration.retries = False  # a refusal is told at once, and a change is never sent twice
    folder = TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    try:
        files = _files(cluster, environ)
        if not files and cluster.context is None and "KUBERNETES_SERVICE_HOST" in environ:
            reached = _from_pod(configuration, environ, now)
        else:
            reached = _from_files(configuration, cluster, files, Path(folder.name), environ, now)
    except BaseException:
        folder.cleanup()
        raise
    if not configuration.verify_ssl:  # the kubeconfig says so, and it is told once in a run
        warnings.filterwarnings("ignore", category=InsecureRequestWarning)
    return Access(configuration, reached, folder)


def _files(cluster: Cluster, environ: Mapping[str, str]) -> str:
    """Return the files to merge, joined as $KUBECONFIG joins them; empty when there are none."""
    named = cluster.kubeconfig or environ.get("KUBECONFIG")
    paths = [Path(path).expanduser() for path in (named or "~/.kube/config").split(os.pathsep) if path]
    found = [path for path in paths if path.is_file()]
    if named and not found:
        raise KubeconfigError(
            f"there is no kubeconfig '{named}'", "Set 'kubeconfig' of the cluster, or $KUBECONFIG, to a file."
        )
    full = [str(path) for path in found if path.stat().st_size]  # kubectl passes over an empty one
    return os.pathsep.join(full or [str(path) for path in found])


def _from_pod(configuration: Any, environ: Mapping[str, str], now: Now) -> Reached:
    """Use the account of the pod that we run in; its token is replaced while we run, and read each time."""
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ.get("KUBERNETES_SERVICE_PORT", "443")
    authority, token = _POD / "ca.crt", _POD / "token"
    try:
        namespace = (_POD / "namespace").read_text("utf-8").strip() or "default"
        if not authority.stat().st_size or not token.stat().st_size:
            raise KubeconfigError(f"this pod's service account cannot be used: a file in {_POD} is empty")
    except OSError as error:
        raise KubeconfigError(f"this pod's service account cannot be used: {error}") from error
    configuration.host = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    configuration.ssl_ca_cert = str(authority)
    return Reached(namespace, credentials.from_file(token, now))


def _from_files(
    configuration: Any, cluster: Cluster, files: str, folder: Path, environ: Mapping[str, str], now: Now
) -> Reached:
    if not files:
        raise KubeconfigError("there is no kubeconfig: neither $KUBECONFIG nor ~/.kube/config names a file")
    try:
        merger = _config.kube_config.KubeConfigMerger(files)
        contexts = {str(entry.value["name"]): entry.value["context"] for entry in merger.config["contexts"]}
        wanted = cluster.context or _present(merger.config_files)
    except Exception as error:  # the client raises whatever a malformed file leads it to
        raise _unusable(files, error) from error
    if wanted is None:
        raise KubeconfigError(f"{files} names no current context", f"It has {', '.join(contexts) or 'none'}.")
    if wanted not in contexts:
        hint = did_you_mean(wanted, contexts) or f"It has {', '.join(contexts) or 'none'}."
        raise KubeconfigError(f"there is no context '{wanted}' in {files}", hint)
    try:
        reached = _load(configuration, merger.config, wanted, folder, environ, now)
    except KubeconfigError:
        raise
    except Exception as error:
        raise _unusable(files, error) from error  # as above
    _own(configuration, folder)
    return reached


def _present(files: Mapping[str, Any]) -> str | None:
    """Return the current context as kubectl does: of the first file that names one. The client takes the last."""
    return next((str(name) for file in files.values() if (name := file.get("current-context"))), None)


def _load(
    configuration: Any, merged: Any, wanted: str, folder: Path, environ: Mapping[str, str], now: Now
) -> Reached:
    context = merged["contexts"].get_with_name(wanted)["context"]
    user, at = _user(merged, context.safe_get("user"))
    apart = {key: user.pop(key) for key in _OURS if key in user}
    loader = _config.kube_config.KubeConfigLoader(
        config_dict=merged, active_context=wanted, config_base_path=None, temp_file_path=str(folder)
    )
    loader.load_and_set(configuration)
    about = merged["clusters"].get_with_name(context["cluster"])["cluster"].value
    if about.get("proxy-url"):
        configuration.no_proxy = None  # the file decides, and not the environment's exceptions
    who = credentials.of_user(apart, about, at, environ, now)
    return Reached(str(context.safe_get("namespace") or "default"), who, credentials.impersonation(user))


def _user(merged: Any, name: str | None) -> tuple[dict[str, Any], Path]:
    """Return the user of a context, and the folder of the file that it stands in."""
    found = merged["users"].get_with_name(name, safe=True) if name and merged.safe_get("users") else None
    if found is None:
        return {}, Path()
    user = found["user"] if found.safe_get("user") else None
    return ({}, Path()) if user is None else (user.value, Path(found.path or "").absolute().parent)


def _own(configuration: Any, folder: Path) -> None:
    """Copy certificates that the client shares between configurations, so that each can be removed by itself."""
    for field in _FILES:
        path = getattr(configuration, field)
        if path and Path(path).parent.name.startswith(_PREFIX) and Path(path).parent != folder:
            setattr(configuration, field, shutil.copy(path, folder / f"{field}.pem"))


def _unusable(files: str, error: Exception) -> KubeconfigError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return KubeconfigError(f"the kubeconfig {files} cannot be used: {reason}", "Check it with 'kubectl config view'.")
