"""What kubectl can do and a step cannot, each with its reason: flags by their long names, and whole commands."""

from collections.abc import Mapping
from typing import NamedTuple


class Refused(NamedTuple):
    """A flag that is known and not taken; `takes` says that a value follows it."""

    reason: str
    letter: str = ""
    takes: bool = False


_CLUSTER = "the cluster comes from the environment file; name it with 'cluster' on the step"
_IDENTITY = "who acts is said by the kubeconfig, as is whom to trust"
_ENDS = "a step has to end by itself; repeat it with 'within' and 'every'"
_TERMINAL = "nobody sits at a terminal when a playbook runs"
_SERVER_SIDE = "the fields of objects are compared by the server"
_REVIEWED = "what is sent has to stand in the playbook, or in one file beside it, where it is reviewed"
_SHAPES = "there are json, yaml, name, wide and jsonpath={.path}"
_ONE = "a step changes one object, so that it can be taken back"

FLAGS: Mapping[str, Refused] = {
    "watch": Refused(_ENDS, "w"),
    "watch-only": Refused(_ENDS),
    "output-watch-events": Refused(_ENDS),
    "follow": Refused(_ENDS, "f"),
    "context": Refused(_CLUSTER, takes=True),
    "cluster": Refused(_CLUSTER, takes=True),
    "kubeconfig": Refused(_CLUSTER, takes=True),
    "server": Refused(_CLUSTER, "s", takes=True),
    "token": Refused(_IDENTITY, takes=True),
    "user": Refused(_IDENTITY, takes=True),
    "username": Refused(_IDENTITY, takes=True),
    "password": Refused(_IDENTITY, takes=True),
    "as": Refused(_IDENTITY, takes=True),
    "as-group": Refused(_IDENTITY, takes=True),
    "as-uid": Refused(_IDENTITY, takes=True),
    "certificate-authority": Refused(_IDENTITY, takes=True),
    "client-certificate": Refused(_IDENTITY, takes=True),
    "client-key": Refused(_IDENTITY, takes=True),
    "insecure-skip-tls-verify": Refused(_IDENTITY),
    "tls-server-name": Refused(_IDENTITY, takes=True),
    "request-timeout": Refused("the step's 'timeout' says how long it may take", takes=True),
    "pod-running-timeout": Refused("the step's 'timeout' says how long it may take", takes=True),
    "stdin": Refused(_TERMINAL, "i"),
    "tty": Refused(_TERMINAL, "t"),
    "interactive": Refused(_TERMINAL),
    "quiet": Refused("what a step says is kept", "q"),
    "disable-eviction": Refused("disruption budgets are there to be respected"),
    "prune": Refused("it deletes what no line of the playbook names"),
    "validate": Refused(_SERVER_SIDE, takes=True),
    "local": Refused(_SERVER_SIDE),
    "record": Refused("the run's own record says who changed what"),
    "save-config": Refused("the server keeps the applied fields (server-side apply)"),
    "kustomize": Refused("overlays are not built here; apply the file that they give", "k", takes=True),
    "recursive": Refused(_REVIEWED, "R"),
    "patch-file": Refused(f"{_REVIEWED}; write -p", takes=True),
    "raw": Refused("what it asks for has no name to be checked", takes=True),
    "template": Refused(_SHAPES, takes=True),
    "allow-missing-template-keys": Refused(_SHAPES),
    "label-columns": Refused("write --show-labels, or -o jsonpath", "L", takes=True),
    "show-kind": Refused("write -o name"),
    "show-managed-fields": Refused("who manages which field is left out"),
    "server-print": Refused("the columns are made here"),
    "chunk-size": Refused("lists are read in pages anyway", takes=True),
    "list": Refused("read them with get --show-labels, or describe"),
    "all-pods": Refused(_ONE),
    "ignore-errors": Refused("what goes wrong is told"),
    "max-log-requests": Refused("every pod's log is read, all of them within one bound", takes=True),
    "resolve": Refused("a reference is not followed: its value may be a secret"),
    "keys": Refused("variables stand in the line, where they are reviewed", takes=True),
    "env": Refused("variables stand in the line: NAME=VALUE", "e", takes=True),
}

COMMANDS: Mapping[str, str] = {
    "rollout pause": """write patch KIND/NAME -p '{"spec": {"paused": true}}', which can be taken back""",
    "rollout resume": """write patch KIND/NAME -p '{"spec": {"paused": null}}', which can be taken back""",
    "set resources": "write it as a patch, which can be taken back",
    "set selector": "the selector of a workload cannot be changed; apply it under another name",
    "set serviceaccount": "write it as a patch, which can be taken back",
    "set subject": "rights are no part of an incident; apply a file",
    "taint": "write cordon, or a patch of spec.taints",
    "wait": "write a check with 'within' and 'every', or rollout status",
    "replace": "write apply or patch, which leave alone what others manage",
    "autoscale": "write the HorizontalPodAutoscaler as a file of apply",
    "create": "write the object as a file of apply",
    "run": "write the pod as a file of apply",
    "expose": "write the service as a file of apply",
    "edit": _TERMINAL,
    "attach": _TERMINAL,
    "debug": _TERMINAL,
    "port-forward": "a step has to end by itself",
    "proxy": "a step has to end by itself",
    "cp": "write exec, or an object of apply",
    "diff": "'runbook play --check' shows what a change would do",
    "explain": "it is for people; nothing of it can be checked",
    "config": _CLUSTER,
    "cluster-info": "write get nodes, or an http check of the API server",
    "api-resources": "it is for people; nothing of it can be checked",
    "api-versions": "it is for people; nothing of it can be checked",
    "version": "write an http check of the API server's /version",
    "certificate": "who may act is no part of an incident",
    "kustomize": "overlays are not built here; apply the file that they give",
    "plugin": "there is no kubectl here that could have plugins",
    "completion": _TERMINAL,
    "auth reconcile": "rights are no part of an incident; apply a file",
    "auth whoami": "write auth can-i",
}
"""Commands of kubectl that are known and not carried out, with what to write instead."""
