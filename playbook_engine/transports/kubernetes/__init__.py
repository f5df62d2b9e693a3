"""Carries kubectl requests out through the Kubernetes API, with the official client and without a kubectl binary.

transport     `KubernetesTransport`: perform and close, the deadline, one session per cluster
session       one client of one cluster: calls in worker threads, answers read with a bound
kubeconfig    which server and which credentials: files, contexts, the pod's own account
resources     the kinds that can be read, and the client's methods for each
get           `get`, and the state that an undo needs
logs          `logs` of one pod or of several
rollout       `rollout restart` and `rollout status`
scale         `scale`
environment   `set env`
printing      objects as kubectl prints them: tables, names, JSON
jsonpath      the simple paths of `-o jsonpath=…`
faults        every exception on the way, as a Fault
secrets       which values must not be shown
threads       blocking calls beside the event loop

Import the adapter from its module: this package itself loads nothing heavy.

What is asked of the API server (an emulation has to answer these)
-----------------------------------------------------------------
Every answer is JSON, except the text of a log. An error is an HTTP status with a `Status` object:
`{"kind": "Status", "status": "Failure", "reason": "NotFound", "message": "…", "code": 404}`.

    GET   /api/v1/namespaces/{ns}/pods                                 get, logs -l, logs deployment/x
    GET   /api/v1/namespaces/{ns}/pods/{name}                          get
    GET   /api/v1/namespaces/{ns}/pods/{name}/log                      logs (text/plain)
    GET   /api/v1/pods                                                 get -A
    GET   /api/v1/namespaces/{ns}/{configmaps|services|…}[/{name}]     get
    GET   /apis/apps/v1/namespaces/{ns}/{deployments|statefulsets|daemonsets|replicasets}          get
    GET   /apis/apps/v1/namespaces/{ns}/{deployments|…}/{name}         get, rollout status, set env, logs
    PATCH /apis/apps/v1/namespaces/{ns}/{deployments|…}/{name}         set env, rollout restart
    GET   /apis/apps/v1/namespaces/{ns}/{deployments|…}/{name}/scale   scale
    PATCH /apis/apps/v1/namespaces/{ns}/{deployments|…}/{name}/scale   scale

Query parameters: `labelSelector`, `fieldSelector`, `limit`, `continue` on lists; `container`, `previous`,
`sinceSeconds`, `tailLines` on logs. A list is read in pages: a server may ignore `limit` and leave out
`metadata.continue`.

Every PATCH is `application/strategic-merge-patch+json`:

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
currentRevision updateRevision`; of daemonsets `status.observedGeneration desiredNumberScheduled
updatedNumberScheduled numberAvailable`; of pods `status.phase reason containerStatuses[].ready restartCount
state`. A missing number counts as 0.
"""
