"""From an inventory folder or file to hosts, groups, variables and the environment.

load         the way in: reads all files of an inventory and joins what they say
layout       which files an inventory consists of
files        reads those files and remembers their bytes for the inventory's sha256
paths        `~` and paths relative to a file
names        which names hosts and groups may have
ranges       `web[01:20]` spelled out
hosts        the groups, hosts and variables that hosts.yml declares
family       groups as a graph: cycles, depth, members
vars_files   the files under group_vars and host_vars
variables    variables with their origin, read from one place
connection   `ansible_*` variables as connection settings
ssh_args     the `-o` options of `ansible_ssh_common_args`
merge        variables of many places put on top of each other, host by host
environment  the environment file: policy, clusters, secrets
contacts     its contacts and escalation rules
channels     its channels
nodes        reading from a document that the schema may have found fault with
order        the order in which a group has its hosts
patterns     `web*,&prod,!canary` as hosts
limit        what `--limit` says: patterns and files of patterns
"""
