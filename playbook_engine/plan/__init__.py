"""Binds a playbook to an inventory; contacts nothing.

inputs   texts and values for inputs: parsed, judged, hidden
given    what a person gives: environment, files, `--set`
precedence  which value counts, and what it overrode
walk     a playbook's steps in file order
names    which names each expression uses, and whether anybody gives them a value
scope    the levels of precedence, resolved into what every step sees
targets  what each step is addressed to
policy   approvals, deadlines and what follows a failure, resolved
foreseen  which conditions are false before anything is asked
chosen   whether results that say where others run come from hosts
tags     which steps `--tags` and `--skip-tags` leave out
plays    which other playbooks a playbook leads to, and whether that can be
blocks   which neighbouring checks may run side by side
build    all of it, into a Plan
"""
