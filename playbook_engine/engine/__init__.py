"""Decides what happens next, and makes it happen.

Pure, written and tested as tables:

    state       what is known of a run so far
    commands    what the conductor asks the executor to do
    conductor   advance(state, event) -> state, commands
    transitions which phase follows which
    absorb      takes an event into the state
    aiming      where a step is carried out when its time has come
    deciding    which road is taken, by the run or by every host
    roads       steps inside steps: hosts' roads, playbooks that others play
    notices     what became of a notice, as a result
    opening     begins the steps of a block: skipped, decided, asked for, or carried out
    index       planned steps by their path
    sight       the names that an expression sees at this moment
    prepare     a step and the names in, one job for each target out
    undoing     how a mitigation would be taken back, worked out before it begins
    addresses   how targets and requests are written in events
    judge       an answer and its expectations in, an outcome out
    poll        whether to ask again, and when
    verdict     facts in, verdict and exit code out

The shell around it:

    executor    carries out commands, publishes events
    worker      carries out one step on its targets
    waiting     waits until somebody takes a notice
    slots       how many targets are worked on at once
    publishing  which events must be on disk before anything else happens
"""
