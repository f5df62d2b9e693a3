"""`create job --from=cronjob/x`: one turn of a cron job, now."""

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.printing import bounded, metadata, part
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import Json

_BY_HAND = {"cronjob.kubernetes.io/instantiate": "manual"}


async def create(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Make a job of the cron job's template; it belongs to the cron job, and says that it was made by hand."""
    source = (request.option("from") or "").partition("/")[2]
    resource = await api.resource("cronjobs")
    cron = await api.read("cronjobs", source, namespace)
    template = part(part(cron, "spec"), "jobTemplate")
    owner = {
        "apiVersion": resource.api_version,
        "kind": "CronJob",
        "name": source,
        "uid": metadata(cron).get("uid"),
    }
    meta: Json = {
        "name": request.names[0],
        "namespace": namespace,
        "labels": part(metadata(template), "labels"),
        "annotations": {**part(metadata(template), "annotations"), **_BY_HAND},
        "ownerReferences": [owner],
    }
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": part(template, "spec")}
    answer = await api.send("POST", (await api.resource("jobs")).path(namespace), body)
    text = f"job.batch/{request.names[0]} created from cronjob/{source}\n"
    return KubectlReply(text=bounded(text), data=veil(answer), changed=True)
