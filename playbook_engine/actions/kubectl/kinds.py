"""The kinds of objects, with the names that people give them."""

from collections.abc import Mapping

from playbook_engine.diagnostics import did_you_mean

_KINDS = {
    "pods": ("pod", "po"),
    "deployments": ("deployment", "deploy"),
    "statefulsets": ("statefulset", "sts"),
    "daemonsets": ("daemonset", "ds"),
    "replicasets": ("replicaset", "rs"),
    "services": ("service", "svc"),
    "configmaps": ("configmap", "cm"),
    "secrets": ("secret",),
    "events": ("event", "ev"),
    "nodes": ("node", "no"),
    "namespaces": ("namespace", "ns"),
    "jobs": ("job",),
    "cronjobs": ("cronjob", "cj"),
    "ingresses": ("ingress", "ing"),
    "persistentvolumeclaims": ("persistentvolumeclaim", "pvc"),
    "persistentvolumes": ("persistentvolume", "pv"),
    "endpoints": ("endpoint", "ep"),
    "serviceaccounts": ("serviceaccount", "sa"),
    "horizontalpodautoscalers": ("horizontalpodautoscaler", "hpa"),
    "poddisruptionbudgets": ("poddisruptionbudget", "pdb"),
}
_GROUPS = {
    "pods": "",
    "deployments": "apps",
    "statefulsets": "apps",
    "daemonsets": "apps",
    "replicasets": "apps",
    "jobs": "batch",
    "cronjobs": "batch",
    "ingresses": "networking.k8s.io",
    "horizontalpodautoscalers": "autoscaling",
    "poddisruptionbudgets": "policy",
}
_NAMES = {name: plural for plural, others in _KINDS.items() for name in (plural, *others)}

CLUSTER_WIDE = frozenset({"nodes", "namespaces", "persistentvolumes"})
"""Kinds whose objects live in no namespace."""


def plural_of(word: str) -> str | None:
    """Return the plural name of a kind by any of its names, `deploy` or `deployments.apps`; None when unknown."""
    name, dot, group = word.lower().partition(".")
    plural = _NAMES.get(name)
    if plural is None or (dot and _GROUPS.get(plural, "") != group):
        return None
    return plural


def nearest_kind(word: str) -> str | None:
    """Return "Did you mean …?" for the nearest name of a kind."""
    return did_you_mean(word.lower(), _NAMES)


def singular_of(plural: str) -> str:
    """Return what one object of a kind is called: `deployment`."""
    return _KINDS[plural][0]


def names_of() -> Mapping[str, tuple[str, ...]]:
    """Return every kind by its plural, with its other names."""
    return _KINDS
