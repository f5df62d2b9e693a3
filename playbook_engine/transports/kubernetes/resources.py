"""The kinds that can be read: which class of the client serves them, and under which name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind in the client's words: `AppsV1Api`, `deployment`; `kind` is what its objects call themselves."""

    api: str
    word: str
    kind: str
    group: str = ""
    namespaced: bool = True


RESOURCES = {
    "pods": Resource("CoreV1Api", "pod", "Pod"),
    "services": Resource("CoreV1Api", "service", "Service"),
    "configmaps": Resource("CoreV1Api", "config_map", "ConfigMap"),
    "secrets": Resource("CoreV1Api", "secret", "Secret"),
    "events": Resource("CoreV1Api", "event", "Event"),
    "endpoints": Resource("CoreV1Api", "endpoints", "Endpoints"),
    "serviceaccounts": Resource("CoreV1Api", "service_account", "ServiceAccount"),
    "persistentvolumeclaims": Resource("CoreV1Api", "persistent_volume_claim", "PersistentVolumeClaim"),
    "persistentvolumes": Resource("CoreV1Api", "persistent_volume", "PersistentVolume", namespaced=False),
    "nodes": Resource("CoreV1Api", "node", "Node", namespaced=False),
    "namespaces": Resource("CoreV1Api", "namespace", "Namespace", namespaced=False),
    "deployments": Resource("AppsV1Api", "deployment", "Deployment", "apps"),
    "statefulsets": Resource("AppsV1Api", "stateful_set", "StatefulSet", "apps"),
    "daemonsets": Resource("AppsV1Api", "daemon_set", "DaemonSet", "apps"),
    "replicasets": Resource("AppsV1Api", "replica_set", "ReplicaSet", "apps"),
    "jobs": Resource("BatchV1Api", "job", "Job", "batch"),
    "cronjobs": Resource("BatchV1Api", "cron_job", "CronJob", "batch"),
    "ingresses": Resource("NetworkingV1Api", "ingress", "Ingress", "networking.k8s.io"),
    # the oldest stable version is the one that every server has
    "horizontalpodautoscalers": Resource(
        "AutoscalingV1Api", "horizontal_pod_autoscaler", "HorizontalPodAutoscaler", "autoscaling"
    ),
}


def printed_name(kind: str, name: str) -> str:
    """Return an object's name as kubectl prints it: `pod/x`, `deployment.apps/y`."""
    resource = RESOURCES[kind]
    group = f".{resource.group}" if resource.group else ""
    return f"{resource.kind.lower()}{group}/{name}"
