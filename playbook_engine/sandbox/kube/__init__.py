"""A small Kubernetes API on loopback: one namespace, one deployment whose pods are real processes.

It answers what `runbook`, the official Python client and kubectl ask for in daily work: reading pods, logs,
deployments, config maps and events, patching, scaling, restarting, running programs, measuring. It keeps the rules
that matter to a client: resource versions, generations, Status objects for every refusal, dry runs, roll-outs that
take their time.

server        `KubeApi`: the HTTP side, with a bearer token and a kubeconfig
routes        which path means which kind, name and subresource
operations    what each method does to an object
discovery     what clients ask first: versions and kinds
store         the objects, with their resource versions
objects       the objects that exist at the start
access        what the demo's user may do
metrics       what the pods' processes use
programs      programs in a pod, over a WebSocket
patch         merge patch, strategic merge patch and JSON patch
watches       each change of the objects that were asked for
selectors     label and field selectors
validation    what a changed deployment may look like
statuses      refusals as Status objects
logs          a container's log, as much of it as was asked for
pods          a pod: one process with its restarts
rollout       which pods to start and to stop next
controller    brings the processes to what the deployment says
views         pods, replica sets and the deployment's status as objects
"""
