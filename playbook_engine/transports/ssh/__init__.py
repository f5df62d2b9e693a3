"""Runs commands on hosts over SSH, with paramiko and without any program on the control machine.

transport    `SshTransport`: perform and close, who waits for what
settings     limits, and where this user's SSH files are
pool         one connection per host, opened once, noticed when it dies
endpoint     what the inventory and `~/.ssh/config` say about reaching a host
config_text  `~/.ssh/config` with its `Include` lines carried out
dial         a TCP connection to something that speaks SSH
login        handshake, host key, authentication
known_hosts  which keys a host may show
identities   which keys we can show
wire         what paramiko has no public way for: exit signals, a request that nobody waits for
link         a connection as commands see it: channels, how many at once, and the shells that stay
order        what is asked of a connection, and what may become of it
carrying     which way a command takes: through a shell that stays, or in a session of its own
warm         one command in a shell that stays on the host (`transports.shell_resident`)
resident     the shells that wait for their next command
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
Public key authentication, `session` channels, `exec` requests, the channel's data as standard input up to its
EOF, both output streams as they come, `exit-status` and `exit-signal`. Every `exec` request is `exec /bin/sh`, and
what that shell is to do comes by its standard input: so the account's login shell may be of any kind, nothing has to
be quoted for it, and no secret appears in a command line. The shell may stay for several commands. A command that has
a session for itself leads its process group when the server starts the `exec` in a session of its own, as OpenSSH
does. Requests through the host need `direct-tcpip` channels.
"""
