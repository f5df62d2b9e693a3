"""Carries kubectl requests out through the Kubernetes API, with the official client and without a kubectl binary.

transport     `KubernetesTransport`: perform and close, the deadline, one session per cluster
carriers      which function carries out each command; conflicts are tried again
api           the calls of one request, and what they may have changed by now
session       one client of one cluster: answers read with a bound
repeating     which requests are sent again by themselves, and when
kubeconfig    which server, and whose user: files, contexts, the pod's own account
credentials   who we are: tokens, files of tokens, passwords
plugin        programs that print a token or a certificate
unusable      why a kubeconfig cannot be used
resources     the kinds that can be asked for, and their paths
discovery     which version serves a kind, for the few of which that differs
get           `get`
tables        the columns of `get`
outputs       `-o json|yaml|name|jsonpath=…`
jsonpath      the simple paths of `-o jsonpath=…`
yaml_text     plain data as YAML
describe      `describe`
logs          `logs` of one pod or of several
events        `events`
top           `top pods|nodes`
quantities    `250m` and `128Mi` as numbers
access        `auth can-i`
executing     `exec`, over a WebSocket
framing       how its program is started so that it can be ended
websockets    how a WebSocket to the API server is set up
owned         the pod that `exec` means
rollout       `rollout restart` and `rollout status`
watching      one object and each of its changes, through whatever ends a watch
revisions     `rollout history` and `rollout undo`
scale         `scale`
environment   `set env`
images        `set image`
patch         `patch`, and putting fields back
fields        fields before and after a change
marks         `label` and `annotate`
demanded      what a line demands of an object before it is changed
apply         `apply -f`
deleting      `delete`
nodes         `cordon` and `uncordon`
drain         `drain`
evictable     which pods a drain evicts
jobs          `create job --from`
snapshot      the state that an undo needs
rehearsal     what a change would do: missing rights, then a dry run as a difference
rights        what a command needs to be allowed to do
printing      names, ages, columns, long text with its middle left out
faults        every exception on the way, as a Fault
secrets       which values must not be shown
threads       blocking calls beside the event loop

Import the adapter from its module: this package itself loads nothing heavy.

What is asked of the API server (an emulation has to answer these)
-----------------------------------------------------------------
Every answer is JSON, except the text of a log. An error is an HTTP status with a `Status` object:
`{"kind": "Status", "status": "Failure", "reason": "NotFound", "message": "…", "code": 404}`.

    GET    …/{plural}[/{name}]                      get, describe, and what a change replaces
    GET    …/{plural}?watch=true                    rollout status: lines of JSON, one event each
    GET    /api/v1/namespaces/{ns}/pods/{name}/log  logs (text/plain)
    GET    /api/v1/namespaces/{ns}/pods/{name}/exec exec: a WebSocket of the protocol v4.channel.k8s.io
    GET    /api/v1[/namespaces/{ns}]/events         events, describe
    GET    /apis/metrics.k8s.io/v1beta1/…           top
    POST   /apis/authorization.k8s.io/v1/selfsubjectaccessreviews                auth can-i, --check
    GET    /apis/apps/v1/namespaces/{ns}/{replicasets|controllerrevisions}       rollout history, rollout undo
    PATCH  …/{plural}/{name}                        set env, set image, rollout restart, rollout undo, patch,
                                                    label, annotate, cordon, uncordon, apply
    GET    …/{plural}/{name}/scale, PATCH           scale
    DELETE …/{plural}/{name}                        delete
    POST   /api/v1/namespaces/{ns}/pods/{name}/eviction                          drain
    POST   /apis/batch/v1/namespaces/{ns}/jobs      create job
    GET    /api/v1, /apis/{group}, /apis/{group}/{version}                       discovery, where it is needed

Query parameters: `labelSelector`, `fieldSelector`, `limit`, `continue` on lists; `watch`, `resourceVersion`,
`fieldSelector`, `allowWatchBookmarks`, `timeoutSeconds` on watches; `container`, `previous`,
`timestamps`, `sinceSeconds`, `tailLines`, `limitBytes` on logs; `dryRun=All` on changes; `fieldManager`, `force` on
apply. A list is read in pages: a server may ignore `limit` and leave out `metadata.continue`.

A PATCH says what it is by its content type, `application/…+json`: `strategic-merge-patch`, `merge-patch`,
`json-patch`; `application/apply-patch+yaml` for apply.

    scale            {"spec": {"replicas": N}}, with --current-replicas also {"metadata": {"resourceVersion": "…"}}
    rollout restart  {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "…"}}}}}
    set env          {"spec": {"template": {"spec": {"containers": [{"name": "…", "env": [ENTRY, …]}]}}}}
                     and initContainers likewise, where there are any; only what differs is sent
                     ENTRY is {"name": A, "value": B, "valueFrom": null}, or {"name": A, "$patch": "delete"},
                     or {"name": A, "value": null, "valueFrom": {…}}; env entries merge by name

Fields that are read: `metadata.name namespace generation creationTimestamp deletionTimestamp`,
`spec.replicas paused selector.matchLabels selector.matchExpressions template.metadata.annotations
template.spec.containers[].name env`, of a scale `metadata.resourceVersion spec.replicas`,
of deployments `status.observedGeneration replicas updatedReplicas availableReplicas readyReplicas` and
`status.conditions[type=Progressing].reason`; of statefulsets `spec.updateStrategy.type`,
`spec.updateStrategy.rollingUpdate.partition`, `status.observedGeneration updatedReplicas readyReplicas
currentReplicas currentRevision updateRevision`; of daemonsets `status.observedGeneration desiredNumberScheduled
updatedNumberScheduled numberAvailable`; of pods `status.phase reason containerStatuses[].ready restartCount
state`. A missing number counts as 0.
"""
