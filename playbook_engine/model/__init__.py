"""The values that stages exchange: frozen data, no I/O.

document    a YAML file as a tree that knows its positions
expressions what a compiled expression or template can do (protocols)
manifests   files beside a playbook, and who can read them (protocol)
actions     what an action kind must offer: how it is read, what it asks for (protocols)
steps       the five verbs
repeating   polling, retries, loops
rolling     batches, and how many may fail
playbook    a playbook as its author meant it
inventory   hosts, groups, the environment
targets     what a request is addressed to
fields      a mapping that can say why a key is missing
requests    what a transport is asked to do
replies     what came back
outcomes    what that means: the closed vocabulary of results
plan        a playbook bound to an inventory, every policy resolved
events      what happened: the audit record, and all that is ever shown
settings    what the person asked for on the command line
"""
