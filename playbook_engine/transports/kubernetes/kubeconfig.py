"""Which server and which credentials: kubeconfig files as kubectl finds them, else the pod's own account."""

import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import kubernetes.client
import kubernetes.config.kube_config
from urllib3.exceptions import InsecureRequestWarning

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.model.targets import Cluster

_client: Any = kubernetes.client  # the client's types differ from release to release
_config: Any = kubernetes.config

_PREFIX = "runbook-kube-"
_POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_FILES = ("ssl_ca_cert", "cert_file", "key_file")


class KubeconfigError(Exception):
    """The kubeconfig cannot be used; `hint` says what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Access:
    """How to reach a cluster, and the namespace its context means. Certificates lie in a folder of its own."""

    def __init__(self, configuration: Any, namespace: str, folder: TemporaryDirectory[str]) -> None:
        self.configuration = configuration
        self.namespace = namespace
        self._folder = folder

    def forget(self) -> None:
        """Remove the certificates from disk."""
        self._folder.cleanup()


def load(cluster: Cluster, environ: Mapping[str, str]) -> Access:
    """Return how to reach a cluster; raises KubeconfigError. It blocks: a credential plugin may run."""
    configuration = _client.Configuration()
    configuration.retries = False  # a refusal is told at once, and a change is never sent twice
    folder = TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    try:
        files = _files(cluster, environ)
        if not files and cluster.context is None and "KUBERNETES_SERVICE_HOST" in environ:
            namespace = _from_pod(configuration)
        else:
            namespace = _from_files(configuration, cluster, files, folder.name)
    except BaseException:
        folder.cleanup()
        raise
    if not configuration.verify_ssl:  # the kubeconfig says so; once is enough, and it was said there
        warnings.filterwarnings("ignore", category=InsecureRequestWarning)
    return Access(configuration, namespace, folder)


def _files(cluster: Cluster, environ: Mapping[str, str]) -> str:
    """Return the files to merge, joined as $KUBECONFIG joins them; empty when there are none."""
    named = cluster.kubeconfig or environ.get("KUBECONFIG")
    paths = [Path(path).expanduser() for path in (named or "~/.kube/config").split(os.pathsep) if path]
    found = [str(path) for path in paths if path.is_file()]
    if named and not found:
        raise KubeconfigError(
            f"there is no kubeconfig '{named}'", "Set 'kubeconfig' of the cluster, or $KUBECONFIG, to a file."
        )
    return os.pathsep.join(found)


def _from_pod(configuration: Any) -> str:
    try:
        _config.load_incluster_config(client_configuration=configuration)
        return _POD_NAMESPACE.read_text("utf-8").strip() or "default"
    except (_config.ConfigException, OSError) as error:
        raise KubeconfigError(f"this pod's service account cannot be used: {error}") from error


def _from_files(configuration: Any, cluster: Cluster, files: str, folder: str) -> str:
    if not files:
        raise KubeconfigError("there is no kubeconfig: neither $KUBECONFIG nor ~/.kube/config names a file")
    try:
        merged = _config.kube_config.KubeConfigMerger(files).config
        contexts = {str(entry.value["name"]): entry.value["context"] for entry in merged["contexts"]}
        wanted = cluster.context or merged["current-context"]
    except Exception as error:  # the client raises whatever a malformed file leads it to
        raise _unusable(files, error) from error
    if wanted not in contexts:
        hint = did_you_mean(wanted, contexts) or f"It has {', '.join(contexts) or 'none'}."
        raise KubeconfigError(f"there is no context '{wanted}' in {files}", hint)
    _load(configuration, files, wanted, folder)
    _own(configuration, folder)
    return str(contexts[wanted].get("namespace") or "default")


def _load(configuration: Any, files: str, context: str, folder: str) -> None:
    with _complaints() as complaints:
        try:
            _config.load_kube_config(
                config_file=files,
                context=context,
                client_configuration=configuration,
                persist_config=False,
                temp_file_path=folder,
            )
        except Exception as error:
            raise _unusable(files, error) from error  # as above
    if complaints and not configuration.api_key:
        raise KubeconfigError(f"no credentials: {complaints[0]}", "Log in with kubectl first, then try again.")


def _own(configuration: Any, folder: str) -> None:
    """Copy certificates that the client shares between configurations, so that each can be removed by itself."""
    for field in _FILES:
        path = getattr(configuration, field)
        if path and Path(path).parent.name.startswith(_PREFIX) and str(Path(path).parent) != folder:
            setattr(configuration, field, shutil.copy(path, Path(folder, f"{field}.pem")))


def _unusable(files: str, error: Exception) -> KubeconfigError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return KubeconfigError(f"the kubeconfig {files} cannot be used: {reason}", "Check it with 'kubectl config view'.")


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what the client's loader logs: it tells of a failed credential plugin in no other way."""
    found: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.module in ("kube_config", "exec_provider"):
                found.append(record.getMessage())

    handler = Collect(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(handler)
