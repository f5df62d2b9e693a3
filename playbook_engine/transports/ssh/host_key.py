"""Is it the host? What known_hosts says about the key that the host shows, and what follows from that."""

from typing import Final

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh import host_certificate
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.host_certificate import CERTIFICATE, Unreadable
from playbook_engine.transports.ssh.known_hosts import Judgement, KnownHosts, Verdict, fingerprint
from playbook_engine.transports.ssh.trust_store import HostKey, TrustStore, names_of

_IMPOSTOR: Final = "Do not connect: whoever answers there may not be the host."


def check(endpoint: Endpoint, shown: HostKey, store: TrustStore, now: float) -> None:
    """Return when the host may show this key; raises Unable when it may not."""
    known = store.known(endpoint)
    if shown.kind.endswith(CERTIFICATE):
        plain = _plain(endpoint, shown, known, now)
        if plain is None:
            return
        shown = plain
    judgement = known.judge_host(names_of(endpoint), shown.kind, shown.blob)
    if judgement.verdict is Verdict.KNOWN:
        return
    if judgement.verdict is Verdict.UNKNOWN and endpoint.trust.accept_new and not known.knows(names_of(endpoint)):
        if store.keep_new(endpoint, shown):
            return
        judgement = store.known(endpoint).judge_host(names_of(endpoint), shown.kind, shown.blob)
        if judgement.verdict is Verdict.KNOWN:
            return
    raise _refusal(endpoint, shown, judgement)


def _plain(endpoint: Endpoint, shown: HostKey, known: KnownHosts, now: float) -> HostKey | None:
    """Return the key of a certificate whose authority nobody knows, None when the certificate is good."""
    try:
        certified = host_certificate.read(shown.kind, shown.blob)
    except Unreadable as error:
        raise Unable(FaultKind.HOST_KEY, f"{endpoint}: the host's certificate cannot be read ({error})") from None
    names = names_of(endpoint)
    authority = known.authority(names, certified.authority)
    if authority is None:
        return HostKey(certified.kind, certified.key)
    reason = host_certificate.objection(certified, names, known, now)
    if reason is not None:
        message = (
            f"{endpoint}: the host's certificate is not good: {reason} (its authority stands in {authority.place})"
        )
        raise Unable(FaultKind.HOST_KEY, message, "Have the host's key signed anew, for this name.")
    return None


def _refusal(endpoint: Endpoint, key: HostKey, judgement: Judgement) -> Unable:
    shown = f"{key.kind} {fingerprint(key.blob)}"
    match judgement.verdict:
        case Verdict.CHANGED:
            message = f"{endpoint}: the host key changed: it shows {shown}, {judgement.place} has another one"
            return Unable(FaultKind.HOST_KEY, message, how_to_change(endpoint))
        case Verdict.REVOKED:
            message = f"{endpoint}: the host shows a key that was revoked: {shown} ({judgement.place})"
            return Unable(FaultKind.HOST_KEY, message, _IMPOSTOR)
        case _:
            return Unable(FaultKind.HOST_KEY, f"{endpoint}: unknown host key {shown}", how_to_add(endpoint))


def how_to_add(endpoint: Endpoint) -> str:
    """Return what to do about a host that nobody knows."""
    return f"Compare the fingerprint with the host's own and keep it: {trusting(endpoint)}"


def how_to_change(endpoint: Endpoint) -> str:
    """Return what to do about a host whose key is another one."""
    again = f"ssh-keygen -R '{endpoint.known_as}', then {trusting(endpoint)}"
    return f"Find out why first. If the change is right: {again}"


def trusting(endpoint: Endpoint) -> str:
    """Return the command by which a host becomes known, those on the way to it included."""
    return f"runbook trust {endpoint.name} -i INVENTORY"
