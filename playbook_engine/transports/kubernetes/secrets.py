"""Which values of a cluster's objects must not be shown, and objects with those values hidden."""

import re
from collections.abc import Mapping
from typing import Any

from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Secret, SecretText, Value

_SUSPECT = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PWD|JWK|CREDENTIAL|DSN)S?$", re.IGNORECASE)
_HARMLESS = re.compile(r"JWKS", re.IGNORECASE)  # a set of public keys
_CREDENTIALS_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def is_sensitive(variable: str, value: str = "") -> bool:
    """Return whether an environment variable looks as if it held a secret, by its name or its value."""
    words = re.split(r"[-._]", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", variable))
    suspect = any(_SUSPECT.search(word) and not _HARMLESS.fullmatch(word) for word in words)
    return suspect or bool(_CREDENTIALS_IN_URL.search(value))


def earlier(variable: str, value: str) -> Secret:
    """Return a variable's earlier value as a secret."""
    return Secret(f"earlier value of {variable}", value)


def veil(item: Json) -> Mapping[str, Value]:
    """Return an object in which the data of Secrets, and variables that look secret, are secrets."""
    if item.get("kind") == "Secret":
        hidden = {
            field: _hidden_data(item[field]) for field in ("data", "stringData") if isinstance(item.get(field), dict)
        }
        return _without_applied({**item, **hidden})
    found = _veil_env(item)
    if found is item:
        return item
    return _without_applied(found)


def _hidden_data(data: Json) -> Json:
    return {key: Secret(key, str(value)) for key, value in data.items()}


def _without_applied(item: Json) -> Json:
    """Leave out the annotation that repeats the whole object as text."""
    metadata = item.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(annotations, dict) or _APPLIED not in annotations:
        return item
    kept = {key: value for key, value in annotations.items() if key != _APPLIED}
    return {**item, "metadata": {**item["metadata"], "annotations": kept}}


def _veil_env(node: Json) -> Json:
    """Return the same node when nothing in it had to be hidden."""
    changed: Json = {}
    for key, value in node.items():
        if key in ("containers", "initContainers") and isinstance(value, list):
            containers = [_veil_container(entry) for entry in value]
            if any(new is not old for new, old in zip(containers, value, strict=True)):
                changed[key] = containers
        elif key in ("spec", "template", "jobTemplate") and isinstance(value, dict):
            inner = _veil_env(value)
            if inner is not value:
                changed[key] = inner
    return {**node, **changed} if changed else node


def _veil_container(container: Json) -> Json:
    env = container.get("env")
    if not isinstance(env, list):
        return container
    entries = [_veil_entry(entry) for entry in env]
    return {**container, "env": entries} if any(a is not b for a, b in zip(entries, env, strict=True)) else container


def _veil_entry(entry: Json) -> Json:
    name, value = str(entry.get("name")), entry.get("value")
    if isinstance(value, str) and value and is_sensitive(name, value):
        return {**entry, "value": Secret(name, value)}
    return entry


def revealed(value: Value) -> Any:
    """Return a value with its secrets as plain text, for the server alone."""
    match value:
        case Secret() | SecretText():
            return value.reveal()
        case dict():
            return {key: revealed(inner) for key, inner in value.items()}
        case list() | tuple():
            return [revealed(inner) for inner in value]
        case _:
            return value


def veil_template(template: Json) -> Json:
    """Return a pod template in which variables that look secret are secrets."""
    return _veil_env(template)
