"""The values that stages exchange: frozen data, no I/O.

document    a YAML file as a tree that knows its positions
expressions what a compiled expression or template can do (protocols)
shapes      what an expression says, for those who put it into words
manifests   files beside a playbook, and who can read them (protocol)
actions     what an action kind must offer: how it is read, what it asks for (protocols)
steps       the five verbs
repeating   polling, retries, loops
rolling     batches, and how many may fail
playbook    a playbook as its author meant it
translations a playbook's prose in another language
formats     the forms that a text input can be declared to have
inputs      what fits a declared input
precedence  where a value comes from, and what it overrode
explanation what `runbook explain` tells
inventory   hosts, groups, the environment
sources     where an inventory comes from
targets     what a request is addressed to
trust       the keys that hosts show, and what is known of them
fields      a mapping that can say why a key is missing
requests    what a transport is asked to do
replies     what came back
errands     what a request is sent for
outcomes    what that means: the closed vocabulary of results
plan        a playbook bound to an inventory, every policy resolved
scopes      which playbook a step is part of, by its path
events      what happened: the audit record, and all that is ever shown
rehearsal   a rehearsal as its author wrote it
rehearsed   what came of it
settings    what the person asked for on the command line
"""
