"""The commands that can be carried out, and what each of them takes."""

from dataclasses import field

from playbook_engine.actions.kubectl import checks
from playbook_engine.actions.kubectl.checks import Check
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Effect
from playbook_engine.values import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A flag by its long name; `check` is None for a flag without a value.

    `option` is its name in the request. `refusal` says why a known flag is not taken, and `later` that it will be.
    """

    name: str
    letter: str = ""
    check: Check | None = None
    option: str = ""
    refusal: str | None = None
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A command: its words, what it does to the cluster, its flags by long name, and the kinds it works on.

    `undo_refusal` says why the engine cannot take it back by itself; None when it can.
    """

    name: str
    effect: Effect
    timeout: Duration
    flags: tuple[str, ...]
    required: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    example: str = ""
    undo_refusal: str | None = field(default="it changes nothing")


WORKLOADS = ("deployments", "statefulsets", "daemonsets")

VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            name="get",
            effect=Effect.READS,
            timeout=Duration(30_000),
            flags=("namespace", "selector", "output", "all-namespaces", "field-selector"),
            example="get pods -l app=api",
        ),
        Verb(
            name="logs",
            effect=Effect.READS,
            timeout=Duration(30_000),
            flags=("namespace", "selector", "tail", "since", "container", "previous"),
            kinds=("pods", *WORKLOADS, "replicasets"),
            example="logs deployment/api --tail=100",
        ),
        Verb(
            name="rollout status",
            effect=Effect.READS,
            timeout=Duration(300_000),
            flags=("namespace", "timeout"),
            kinds=WORKLOADS,
            example="rollout status deployment/api",
        ),
        Verb(
            name="rollout restart",
            effect=Effect.CHANGES,
            timeout=Duration(30_000),
            flags=("namespace",),
            kinds=WORKLOADS,
            example="rollout restart deployment/api",
            undo_refusal="the pods that a restart replaces do not come back",
        ),
        Verb(
            name="scale",
            effect=Effect.CHANGES,
            timeout=Duration(30_000),
            flags=("namespace", "replicas", "current-replicas"),
            required=("replicas",),
            kinds=("deployments", "statefulsets", "replicasets"),
            example="scale deployment/api --replicas=3",
            undo_refusal=None,
        ),
        Verb(
            name="set env",
            effect=Effect.CHANGES,
            timeout=Duration(30_000),
            flags=("namespace", "container", "containers"),
            kinds=WORKLOADS,
            example="set env deployment/api LOG_LEVEL=debug",
            undo_refusal=None,
        ),
    )
}

LATER_VERBS = (
    "describe",
    "top",
    "events",
    "auth can-i",
    "rollout history",
    "rollout undo",
    "rollout pause",
    "rollout resume",
    "set image",
    "set resources",
    "patch",
    "apply",
    "delete",
    "cordon",
    "uncordon",
    "drain",
    "label",
    "annotate",
    "create job",
    "exec",
)
GROUPS = ("rollout", "set", "auth", "create")
"""First words that mean something only with a second."""

_CLUSTER = "the cluster comes from the environment file; name it with 'cluster' on the step"
_ENDS = "a step has to end by itself; repeat it with 'within' and 'every'"
_TIMEOUT = "the step's 'timeout' says how long it may take"


def _later(name: str, *, letter: str = "", takes: bool = False) -> Flag:
    return Flag(name=name, letter=letter, check=str if takes else None, later=True)


FLAGS = {
    flag.name: flag
    for flag in (
        Flag(name="namespace", letter="n", check=checks.namespace),
        Flag(name="selector", letter="l", check=checks.selector),
        Flag(name="output", letter="o", check=checks.output),
        Flag(name="all-namespaces", letter="A"),
        Flag(name="field-selector", check=checks.field_selector),
        Flag(name="tail", check=checks.lines),
        Flag(name="since", check=checks.whole_seconds),
        Flag(name="container", letter="c", check=checks.container),
        Flag(name="containers", check=checks.container, option="container"),
        Flag(name="previous", letter="p"),
        Flag(name="replicas", check=checks.count),
        Flag(name="current-replicas", check=checks.count),
        Flag(name="timeout", check=checks.duration),
        Flag(name="watch", letter="w", refusal=_ENDS),
        Flag(name="watch-only", refusal=_ENDS),
        Flag(name="follow", letter="f", refusal=_ENDS),
        Flag(name="context", check=str, refusal=_CLUSTER),
        Flag(name="cluster", check=str, refusal=_CLUSTER),
        Flag(name="kubeconfig", check=str, refusal=_CLUSTER),
        Flag(name="server", letter="s", check=str, refusal=_CLUSTER),
        Flag(name="token", check=str, refusal=_CLUSTER),
        Flag(name="user", check=str, refusal=_CLUSTER),
        Flag(name="request-timeout", check=str, refusal=_TIMEOUT),
        _later("all-containers"),
        _later("as", takes=True),
        _later("all"),
        _later("dry-run"),
        _later("filename", takes=True),
        _later("from", takes=True),
        _later("ignore-not-found"),
        _later("label-columns", letter="L", takes=True),
        _later("limit-bytes", takes=True),
        _later("list"),
        _later("no-headers"),
        _later("overwrite"),
        _later("prefix"),
        _later("recursive", letter="R"),
        _later("resource-version", takes=True),
        _later("revision", takes=True),
        _later("show-labels"),
        _later("since-time", takes=True),
        _later("sort-by", takes=True),
        _later("timestamps"),
    )
}
LETTERS = {flag.letter: flag for flag in FLAGS.values() if flag.letter}
