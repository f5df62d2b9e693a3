"""The command line that a person can paste, and what they should write down before a change."""

from playbook_engine.actions.kubectl.command import Command
from playbook_engine.actions.kubectl.kinds import CLUSTER_WIDE
from playbook_engine.actions.kubectl.verbs import WORKLOADS
from playbook_engine.actions.pasting import pasted, spoken
from playbook_engine.model.actions import ByHand, Success
from playbook_engine.model.targets import Cluster
from playbook_engine.phrases import actions as phrases
from playbook_engine.phrases.words import Sentence
from playbook_engine.values import Names, Text

_SUCCESS = Success(words=phrases.Success.COMMAND)


def by_hand(command: Command, names: Names, namespace: Text | None, cluster: Cluster | None) -> ByHand:
    """Return how a person runs the command; `namespace` is the one of the long form."""
    where = _where(command, namespace, cluster)
    line = " ".join(["kubectl", *where, *(pasted(word.draft(names)) for word in command.words)])
    return ByHand(
        command=line,
        success=_SUCCESS,
        before=_before(command, names, where),
        restores=_restores(command, names),
    )


def _where(command: Command, namespace: Text | None, cluster: Cluster | None) -> list[str]:
    """Return the flags that say which cluster and namespace, as far as the line itself does not."""
    flags: list[str] = []
    if cluster is not None and cluster.kubeconfig:
        flags += ["--kubeconfig", _home(cluster.kubeconfig)]
    if cluster is not None and cluster.context:
        flags += ["--context", pasted(cluster.context)]
    chosen = namespace or (cluster.namespace if cluster is not None else None)
    said = command.option("namespace") or command.option("all-namespaces")
    if chosen and not said and command.kind not in CLUSTER_WIDE:
        flags += ["-n", pasted(chosen)]
    return flags


def _home(path: str) -> str:
    """Return a path as a word; the shell goes on to read `~`, which quotes would hide from it."""
    return f"~/{pasted(path[2:])}" if path.startswith("~/") else pasted(path)


def _object(command: Command, names: Names) -> str:
    """Return the object as it is named on the command line: `deployment/api`."""
    name = command.names[0].draft(names) if command.names else ""
    kind = command.kind.removesuffix("s") if command.kind in (*WORKLOADS, "replicasets") else command.kind
    return f"{kind}/{spoken(name)}"


def _before(command: Command, names: Names, where: list[str]) -> str | None:
    """Return a command that shows what a change is about to replace; None when it cannot be undone."""
    if command.verb.undo_refusal is not None:
        return None
    namespace = command.option("namespace")
    own = ["-n", pasted(namespace.value.draft(names))] if namespace is not None and namespace.value else []
    start, named = ["kubectl", *where, *own], pasted(_object(command, names))
    match command.verb.name:
        case "set env":
            return " ".join([*start, "set env", named, "--list"])
        case "scale":
            return " ".join([*start, "get", named, "-o", pasted("jsonpath={.spec.replicas}")])
        case "rollout restart" | "rollout undo":
            return " ".join([*start, "rollout history", named])
        case _:
            return " ".join([*start, "get", named, "-o", "yaml"])


def _restores(command: Command, names: Names) -> Sentence | None:
    """Return what the engine puts back; None when it cannot."""
    if command.verb.undo_refusal is not None:
        return None
    named = _object(command, names)
    match command.verb.name:
        case "set env":
            variables = [assignment.name for assignment in command.assignments]
            phrase = phrases.Restores.VARIABLES if len(variables) > 1 else phrases.Restores.VARIABLE
            return Sentence(phrase, {"names": ", ".join(variables), "named": named})
        case "scale":
            return Sentence(phrases.Restores.REPLICAS, {"named": named})
        case "rollout restart" | "rollout undo":
            return Sentence(phrases.Restores.REVISION, {"named": named})
        case _:
            return Sentence(phrases.Restores.OBJECT, {"named": named})
