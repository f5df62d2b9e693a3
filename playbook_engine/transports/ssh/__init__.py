"""Runs commands on hosts over SSH, with paramiko and without any program on the control machine.

transport    `SshTransport`: perform and close, who waits for what
settings     limits, and where this user's SSH files are
pool         one connection per host, opened once, noticed when it dies
connector    opens connections, by whatever way leads to a host
bastions     the connections to hosts on the way, one for each
endpoint     one host as it is to be reached
configuration  what the inventory and `~/.ssh/config` say about that
config_text  the lines of `~/.ssh/config`; config_rules: Host, Match, Include; config_tokens: `%h`; config_values
hops         the hosts that ProxyJump names
ahead        sockets to hosts that have begun to speak, waited for in the event loop
dial         a way to something that speaks SSH; streams: what such a way is made of
login        handshake, host_key, authentication, one after the other
known_hosts  which keys a host may show; host_certificate, known_hosts_file, trust_store
identities   which keys we can show; key_files, agent
pulse        is the host still there?
trust        `runbook trust`
library      paramiko, imported without what is not used of it
wire         what paramiko has no public way for: exit signals, a request that nobody waits for
packets      how a connection is read and timed
link         a connection as commands see it: channels, how many at once, and the shells that stay
order        what is asked of a connection, and what may become of it
carrying     which way a command takes: through a shell that stays, or in a session of its own
warm         one command in a shell that stays on the host (`transports.shell_resident`)
unthreaded   a short command in a shell that waits, followed by the event loop itself
resident     the shells that wait for their next command
lanes        how many shells stay on a host
session      one command in one channel, within its deadline
opening      how a channel for a command is opened
talk         the dialogue with the shell of a channel (`transports.shell_dialogue`)
outgoing     what waits to be sent; sending never blocks
intake       what comes from a channel, bounded
ending       how what runs on a host is ended
tunnel       a way through the host, for HTTP requests
watch        the moments in a channel's life that its command's thread wakes up for
patience     how long a thread may wait, and who may tell it to stop
threads      threads for paramiko, which blocks
faults       every exception on the way, as a Fault

Import the adapter from its module: this package itself loads nothing heavy.

What is asked of the SSH server (an emulation has to answer these)
-----------------------------------------------------------------
Public key, password or keyboard-interactive authentication, `session` channels, `exec` requests, the channel's data
as standard input up to its EOF, both output streams as they come, `exit-status` and `exit-signal`. Every `exec`
request is `exec /bin/sh`, and what that shell is to do comes by its standard input: so the account's login shell may
be of any kind, nothing has to be quoted for it, and no secret appears in a command line. The shell may stay for
several commands. A command that has a session for itself leads its process group when the server starts the `exec` in
a session of its own, as OpenSSH does. Requests and connections through the host need `direct-tcpip` channels.
"""
