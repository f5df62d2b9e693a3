"""From the files of an inventory to hosts, groups, variables and the environment.

load          the way in: reads all places of an inventory and joins what they say
layout        which files a place consists of
surroundings  which environment file belongs to them
files         reads those files and remembers their bytes for the inventory's sha256
paths         `~` and paths relative to a file
formats       which format a file has
reading       each file read in its format
yaml_format   groups, hosts and variables in YAML and JSON
ini_format    the same in INI
ini_values    words and values of INI
script_format what an executable inventory prints
printed       JSON from outside, bounded
process       a program run within bounds of time and memory
host_list     hosts named on the command line
addresses     names with ranges and ports
names         which names hosts and groups may have
ranges        `web[01:20]` spelled out
declared      what the files have declared by now
priority      `ansible_group_priority`
family        groups as a graph: cycles, depth
vars_files    the files under group_vars and host_vars
vars_text     one of those files, decrypted if need be
variables     variables with their origin, read from one place
vault         values and files that ansible-vault encrypted
connection    `ansible_*` variables as connection settings
ssh_args      the `-o` options of `ansible_ssh_common_args`
merge         variables of many places put on top of each other, host by host
environment   the environment file: policy, clusters, secrets
contacts      its contacts and escalation rules
channels      its channels
nodes         reading from a document that the schema may have found fault with
order         the order in which a group has its hosts
patterns      `web*,&prod,!canary` as hosts
limit         what `--limit` says: patterns and files of patterns
"""
