"""Which way a command takes: through a shell that stays on the host, or in a session of its own."""

from playbook_engine.transports.shell_resident import suits
from playbook_engine.transports.ssh import session, warm
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.order import Cold, Order, Result
from playbook_engine.transports.ssh.settings import Limits
from playbook_engine.transports.ssh.warm import Turn
from playbook_engine.transports.ssh.watch import Watch


def run(link: Link, order: Order, watch: Watch, limits: Limits) -> Result:
    """Run one command; blocks until it has ended, or until it has been ended at its deadline.

    A host whose shell turned out not to stay is not asked for it again on this connection.
    """
    if not (link.warm and suits(order.request)):
        return session.run(link, order, watch, limits)
    result = warm.run(link, order, watch, limits)
    return result if not isinstance(result, Cold) else _in_a_session(link, order, watch, limits)


def go_on(turn: Turn) -> Result:
    """See to the end of a command that was sent to a shell that waited; blocks as `run` does."""
    result = warm.go_on(turn)
    return result if not isinstance(result, Cold) else _in_a_session(turn.link, turn.order, turn.watch, turn.limits)


def _in_a_session(link: Link, order: Order, watch: Watch, limits: Limits) -> Result:
    link.warm = False
    watch.renew()
    return session.run(link, order, watch, limits)
