"""HTTP: requests from this machine or through a host, answers within bounds.

transport      sends a request and follows its redirects; everything else is called from here
attempt        one sending of a request: how far it came, what has arrived
outgoing       a request as it is sent, and what of it a redirect may take along
address        a URL in its parts
proxies        which proxy the environment names for an address
routes         the connections of a run: kept, shared, closed
opening        how a connection is made: socket or way through a host, proxy, TLS
names          name resolution that holds nobody up
apart          work that blocks, in a thread that nobody waits for
sockets        a connection of this machine
tls            TLS over any connection
trust          whom we trust, and who we are
certificate    what a server's certificate says
connection     HTTP/1.1 over any connection, with h11
exchange       how far a request has come, and how long that took
body           a body, decoded and bounded
faults         what went wrong, in plain words
"""

from playbook_engine.transports.http.transport import HttpTransport

__all__ = ["HttpTransport"]
