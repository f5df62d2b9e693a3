"""The embedded demo stack: a small world on loopback that can be broken and healed for real.

Nothing here is imported by the engine; the stack is what the demo and some tests are played against. It is
written with the standard library and paramiko, and it stays inside the folder that it is given. Its servers
stand for machines of the outside world: they read this machine's clock, as a real server would.

stack         `DemoStack`: starts everything, writes an inventory that fits, breaks, mends and closes
template      the demo inventory with its example addresses replaced by the real ones
faults        what can be broken, by name, and which playbook heals it
causes        how each fault comes about
machines      the two hosts: their app, its log, their SSH servers
outside       the services of others, as one
server        a TCP server on loopback that closes completely, and a port that is kept
web           an HTTP server from one function: request in, reply out
stamps        the time of day as the servers write it
guard         a process that ends the stack's other processes when the stack itself is gone
tokens        RS256 tokens and JSON Web Keys
keys          verification keys: pinned, or fetched and cached
api/          the GymBro-like API, run as a process of its own
identity      the identity provider and its JWKS endpoint
supabase      the database service: two projects behind a REST interface, and its status page
ai            the AI service: models, usage, answers, and 429
alertmanager  the alerts that fire
traffic       users who keep asking the API
host/         a host's own small world: its disks, memory and processes, and the programs that show them
ssh_server    an SSH server for one key and one folder
ssh_command   one command of an SSH session, with its streams and its end
ssh_tunnel    a connection through an SSH host
service       a stable address in front of changing processes
notices       a webhook receiver that keeps what it was told
kube/         a small Kubernetes API whose deployment is the API's processes
"""
