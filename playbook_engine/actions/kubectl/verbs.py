"""The commands that can be carried out: the one list of them. A new one is a row here and a carrier."""

from collections.abc import Mapping

from playbook_engine.actions.kubectl import checks
from playbook_engine.actions.kubectl.verb import Operands, Pairs, Verb
from playbook_engine.model.actions import Effect
from playbook_engine.values import Duration

WORKLOADS = ("deployments", "statefulsets", "daemonsets")
_RUNNING = ("pods", *WORKLOADS, "replicasets")
_SELECTING = ("namespace", "selector", "all-namespaces")
_MINUTE, _FIVE_MINUTES = Duration(60_000), Duration(300_000)

VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            name="get",
            effect=Effect.READS,
            operands=Operands.LIST,
            flags=(
                *(*_SELECTING, "field-selector", "output"),
                *("ignore-not-found", "no-headers", "show-labels", "sort-by"),
            ),
            example="get pods -l app=api",
        ),
        Verb(
            name="describe",
            effect=Effect.READS,
            operands=Operands.LIST,
            flags=(*_SELECTING, "field-selector"),
            example="describe pods -l app=api",
        ),
        Verb(
            name="logs",
            effect=Effect.READS,
            operands=Operands.LOGS,
            flags=(
                *("namespace", "selector", "tail", "since", "since-time", "container", "previous"),
                *("all-containers", "timestamps", "limit-bytes", "prefix"),
            ),
            kinds=_RUNNING,
            example="logs deployment/api --tail=100",
        ),
        Verb(
            name="top",
            effect=Effect.READS,
            operands=Operands.MEASURED,
            flags=(*_SELECTING, "each-container", "sort-by-use"),
            kinds=("pods", "nodes"),
            example="top pods -l app=api",
        ),
        Verb(
            name="events",
            effect=Effect.READS,
            operands=Operands.NOTHING,
            flags=("namespace", "all-namespaces", "for", "types", "output"),
            example="events --for deployment/api --types=Warning",
        ),
        Verb(
            name="rollout status",
            effect=Effect.READS,
            timeout=_FIVE_MINUTES,
            flags=("namespace", "timeout", "revision"),
            kinds=WORKLOADS,
            example="rollout status deployment/api",
        ),
        Verb(
            name="rollout history",
            effect=Effect.READS,
            flags=("namespace", "revision"),
            kinds=WORKLOADS,
            example="rollout history deployment/api",
        ),
        Verb(
            name="auth can-i",
            effect=Effect.READS,
            operands=Operands.ACCESS,
            flags=("namespace", "all-namespaces", "subresource"),
            example="auth can-i patch deployments/api",
        ),
        Verb(
            name="exec",
            effect=Effect.CHANGES,
            operands=Operands.PROGRAM,
            flags=("namespace", "container"),
            kinds=_RUNNING,
            example="exec deployment/api -- cat /etc/resolv.conf",
            undo_refusal="nobody knows what the program does",
            may_only_read=True,
        ),
        Verb(
            name="rollout restart",
            effect=Effect.CHANGES,
            flags=("namespace", "dry-run"),
            kinds=WORKLOADS,
            example="rollout restart deployment/api",
            undo_refusal=None,
        ),
        Verb(
            name="rollout undo",
            effect=Effect.CHANGES,
            flags=("namespace", "to-revision", "dry-run"),
            kinds=WORKLOADS,
            example="rollout undo deployment/api",
            undo_refusal=None,
        ),
        Verb(
            name="scale",
            effect=Effect.CHANGES,
            flags=("namespace", "replicas", "current-replicas", "resource-version", "dry-run"),
            required=("replicas",),
            kinds=("deployments", "statefulsets", "replicasets"),
            example="scale deployment/api --replicas=3",
            undo_refusal=None,
        ),
        Verb(
            name="set env",
            effect=Effect.CHANGES,
            pairs=Pairs(noun="variable", key=checks.variable),
            flags=("namespace", "container", "containers", "dry-run"),
            kinds=WORKLOADS,
            example="set env deployment/api LOG_LEVEL=debug",
            undo_refusal=None,
        ),
        Verb(
            name="set image",
            effect=Effect.CHANGES,
            pairs=Pairs(noun="image", key=checks.container_or_all, value=checks.image, removable=False),
            flags=("namespace", "dry-run"),
            kinds=WORKLOADS,
            example="set image deployment/api api=registry.example/api:2.4.1",
            undo_refusal=None,
        ),
        Verb(
            name="patch",
            effect=Effect.CHANGES,
            flags=("namespace", "patch", "type", "dry-run"),
            required=("patch",),
            example="""patch deployment/api --type=merge -p '{"spec": {"paused": true}}'""",
            undo_refusal=None,
        ),
        Verb(
            name="label",
            effect=Effect.CHANGES,
            pairs=Pairs(noun="label", key=checks.mark, value=checks.label_value),
            flags=("namespace", "overwrite", "resource-version", "dry-run"),
            example="label pod/api-0 quarantine=true",
            undo_refusal=None,
        ),
        Verb(
            name="annotate",
            effect=Effect.CHANGES,
            pairs=Pairs(noun="annotation", key=checks.mark),
            flags=("namespace", "overwrite", "resource-version", "dry-run"),
            example="annotate deployment/api kubernetes.io/change-cause='pinned key'",
            undo_refusal=None,
        ),
        Verb(
            name="apply",
            effect=Effect.CHANGES,
            timeout=_MINUTE,
            operands=Operands.NOTHING,
            flags=("namespace", "filename", "server-side", "force-conflicts", "field-manager", "dry-run"),
            required=("filename",),
            example="apply -f manifests/maintenance.yml",
            undo_refusal="what it creates and takes over would have to be found out object by object",
        ),
        Verb(
            name="delete",
            effect=Effect.CHANGES,
            timeout=_MINUTE,
            operands=Operands.MANY,
            flags=(
                *(
                    "namespace",
                    "selector",
                    "field-selector",
                    "all",
                    "ignore-not-found",
                    "grace-period",
                    "now",
                    "force",
                ),
                *("cascade", "wait", "timeout", "dry-run"),
            ),
            example="delete pod/api-0",
            undo_refusal="what is deleted does not come back as it was",
        ),
        Verb(
            name="cordon",
            effect=Effect.CHANGES,
            operands=Operands.NODE,
            flags=("dry-run",),
            kinds=("nodes",),
            example="cordon node-1",
            undo_refusal=None,
        ),
        Verb(
            name="uncordon",
            effect=Effect.CHANGES,
            operands=Operands.NODE,
            flags=("dry-run",),
            kinds=("nodes",),
            example="uncordon node-1",
            undo_refusal=None,
        ),
        Verb(
            name="drain",
            effect=Effect.CHANGES,
            timeout=_FIVE_MINUTES,
            operands=Operands.NODE,
            flags=(
                *("ignore-daemonsets", "delete-emptydir-data", "force", "grace-period", "pod-selector"),
                *("timeout", "dry-run"),
            ),
            kinds=("nodes",),
            example="drain node-1 --ignore-daemonsets",
            undo_refusal="the pods that were evicted do not come back to the node; 'uncordon' lets new ones come",
        ),
        Verb(
            name="create job",
            effect=Effect.CHANGES,
            operands=Operands.NEW_JOB,
            flags=("namespace", "from", "dry-run"),
            required=("from",),
            example="create job cleanup-now --from=cronjob/cleanup",
            undo_refusal="what the job has done stays done; 'delete job/…' ends it",
        ),
    )
}

GROUPS = ("rollout", "set", "auth", "create")
"""First words that mean something only with a second."""
