"""`runbook trust`: look at the keys of hosts, and keep them once somebody has compared them."""

import sys
from collections.abc import Sequence

import click

from playbook_engine.app import config, finding, trusting
from playbook_engine.app.finding import InventoryWords
from playbook_engine.app.trusting import Trusting
from playbook_engine.cli import options, streams
from playbook_engine.errors import ExitCode
from playbook_engine.model.trust import HostKeys, matching
from playbook_engine.report import trust_view


@click.command("trust", short_help="Compare the keys of hosts and keep them in known_hosts.")
@click.argument("hosts", nargs=-1, required=True, metavar="HOST…")
@options.inventory(required=False)
@click.option(
    "--fingerprint",
    "fingerprints",
    metavar="SHA256:…",
    multiple=True,
    help="Keep keys with this fingerprint without asking; repeatable.",
)
def command(hosts: tuple[str, ...], inventory: InventoryWords | None, fingerprints: tuple[str, ...]) -> None:
    """Show the host keys of each HOST (a pattern of the inventory, else what one types after ssh) and what
    known_hosts says about them; then ask once, and add the new ones after a yes. Hosts on the way (ProxyJump) come
    first. A key that has changed is never replaced.

    Ends with 0 when all is known or was added, 1 when a key has changed, was revoked or was not wanted, 3 when nobody
    is here to say yes, 4 when a host could not be looked at.
    """  # noqa: D205  click shows it as it stands
    settled = options.here()
    sources = None if inventory is None else finding.inventory(inventory, settled, config.state_dir(None, settled))
    chosen = trusting.chosen(hosts, sources)
    if chosen.warnings:
        streams.show_diagnostics(chosen.warnings)
    streams.forgive(sys.stdout)
    with trusting.opened() as session:
        ends = [_layer(session, found, frozenset(fingerprints)) for found in session.layers(chosen.hosts)]
    worst = (ExitCode.UNRESOLVED, ExitCode.WAITING, ExitCode.UNKNOWN, ExitCode.OK)
    raise SystemExit(int(next(code for code in worst if code in ends)))


def _layer(session: Trusting, found: Sequence[HostKeys], fingerprints: frozenset[str]) -> ExitCode:
    """Show hosts and keep what may be kept; return how that ended."""
    streams.put(trust_view.hosts(found), sys.stdout)
    adding = [host for host in found if host.new]
    ends = ExitCode.UNKNOWN if any(host.fault is not None for host in found) else ExitCode.OK
    if any(host.is_suspect for host in found):
        ends = ExitCode.UNRESOLVED
    if not adding:
        return ends
    if fingerprints:
        return ends if _keep_known(session, adding, fingerprints) else ExitCode.UNRESOLVED
    if not streams.interactive():
        streams.put(trust_view.waiting(), sys.stderr)
        return ends if ends is ExitCode.UNRESOLVED else ExitCode.WAITING
    streams.put(trust_view.question(adding), sys.stderr)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        return ExitCode.UNRESOLVED
    for host in adding:
        streams.put(trust_view.kept(host, host.new, session.keep(host, host.new)), sys.stdout)
    return ends


def _keep_known(session: Trusting, adding: Sequence[HostKeys], fingerprints: frozenset[str]) -> bool:
    """Keep the keys whose fingerprints were given; return whether there was one for each host."""
    complete = True
    for host in adding:
        keys = matching(host, fingerprints)
        complete = complete and bool(keys)
        if keys:
            streams.put(trust_view.kept(host, keys, session.keep(host, keys)), sys.stdout)
        else:
            streams.put(trust_view.unmatched(host), sys.stderr)
    return complete
