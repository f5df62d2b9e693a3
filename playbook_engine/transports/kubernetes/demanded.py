"""What a line demands of an object before it is changed: that it is the version that somebody has looked at."""

from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import metadata
from playbook_engine.transports.kubernetes.session import Json


def check_version(request: KubectlRequest, item: Json) -> None:
    """Refuse an object that is not the version of `--resource-version`; the change itself is locked to it anyway."""
    wanted, now = request.option("resource-version"), str(metadata(item).get("resourceVersion") or "")
    if wanted is not None and wanted != now:
        message = f"{request.kind} '{request.names[0]}' is at version {now}, not {wanted} as --resource-version says"
        raise Refused(message, "Someone else has changed it since.")
