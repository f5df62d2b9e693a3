"""Which way a command takes: through a shell that stays on the host, or in a session of its own."""

from playbook_engine.transports.shell_resident import suits
from playbook_engine.transports.ssh import session, warm
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.order import Cold, Order, Result
from playbook_engine.transports.ssh.settings import Limits
from playbook_engine.transports.ssh.watch import Watch


def run(link: Link, order: Order, watch: Watch, limits: Limits) -> Result:
    """Run one command; blocks until it has ended, or until it has been ended at its deadline.

    A host whose shell turned out not to stay is not asked for it again on this connection.
    """
    if link.warm and suits(order.request):
        result = warm.run(link, order, watch, limits)
        if not isinstance(result, Cold):
            return result
        link.warm = False
        watch.renew()
    return session.run(link, order, watch, limits)
