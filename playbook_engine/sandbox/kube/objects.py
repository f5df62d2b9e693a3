"""The objects that exist at the start, and what their names are."""

from collections.abc import Mapping
from typing import Any

from playbook_engine.sandbox.kube.store import Object

NAMESPACE = "gymbro"
APP = "gymbro-api"
CONTAINER = "api"
CONFIG = "gymbro-api-config"
LABELS = {"app": APP}
IMAGE = "registry.example/gymbro-api:2.4.1"


def namespace() -> Object:
    return {
        "kind": "Namespace",
        "apiVersion": "v1",
        "metadata": {"name": NAMESPACE, "labels": {"kubernetes.io/metadata.name": NAMESPACE}},
        "status": {"phase": "Active"},
    }


def config_map(data: Mapping[str, str]) -> Object:
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": _meta(CONFIG), "data": dict(data)}


def service(port: int) -> Object:
    ports = [{"name": "http", "port": port, "protocol": "TCP", "targetPort": "http"}]
    return {
        "kind": "Service",
        "apiVersion": "v1",
        "metadata": _meta(APP),
        "spec": {"type": "ClusterIP", "clusterIP": "127.0.0.1", "selector": dict(LABELS), "ports": ports},
        "status": {"loadBalancer": {}},
    }


def node(name: str) -> Object:
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]},
    }


def deployment(environment: Mapping[str, str], replicas: int, memory: str = "256Mi") -> Object:
    """Return the API's deployment; its timeout comes from the config map, all else from `environment`."""
    timeout = {"configMapKeyRef": {"name": CONFIG, "key": "HTTP_TIMEOUT_SECONDS"}}
    variables: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in environment.items()]
    container = {
        "name": CONTAINER,
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "env": [*variables, {"name": "HTTP_TIMEOUT_SECONDS", "valueFrom": timeout}],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "resources": {"limits": {"memory": memory}},
        "readinessProbe": {"tcpSocket": {"port": "http"}, "periodSeconds": 1},
    }
    return {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {**_meta(APP), "generation": 1, "annotations": {}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": dict(LABELS)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "progressDeadlineSeconds": 60,
            "revisionHistoryLimit": 10,
            "template": {
                "metadata": {"labels": dict(LABELS)},
                "spec": {"containers": [container], "restartPolicy": "Always", "terminationGracePeriodSeconds": 1},
            },
        },
        "status": {},
    }


def _meta(name: str) -> dict[str, Any]:
    return {"name": name, "namespace": NAMESPACE, "labels": dict(LABELS)}
