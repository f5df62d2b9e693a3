"""Adapters that carry requests to targets and translate what comes back, foreign errors included.

ssh          commands on hosts, over one warm SSH connection per host
local        commands on the machine that `runbook` runs on; local_* are its parts
http         HTTP requests
kubernetes   kubectl commands, through the Kubernetes API
manual       questions to the person at the terminal
fake         scripted answers, for tests; fake_script is what they may be
gate         what close means for requests
tunnels      what http needs of ssh to send a request through a host
bounded      output of any length, of which the beginning and the end are kept
shell_*      what ssh and local have in common: how a command is started (`script`, `words`, `dialogue`) and ended

Import an adapter from its module: this package itself loads nothing heavy.
"""
