"""Decides what happens next, and makes it happen.

Pure, written and tested as tables:

    state       what is known of a run so far
    commands    what the conductor asks the executor to do
    conductor   advance(state, event) -> state, commands
    transitions which phase follows which
    sight       the names that an expression sees at this moment
    prepare     a step and the names in, one job for each target out
    judge       an answer and its expectations in, an outcome out
    poll        whether to ask again, and when
    verdict     facts in, verdict and exit code out

The shell around it:

    executor    carries out commands, publishes events
    worker      carries out one step on its targets
    lock        one run at a time for a playbook and environment
"""
