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
    turns       the turns of a loop: what each is called
    cooldown    whether a mitigation was made on a target lately
    undoing     how a mitigation would be taken back, worked out before it begins
    addresses   how targets and requests are written in events
    judge       an answer and its expectations in, an outcome out
    poll        whether to ask all again, and when
    rehearsal   what `--check` finds out about a mitigation without carrying it out
    retry       whether to try a target again after a fault that may pass
    batches     how many targets at once, and how many may fail
    verdict     facts in, verdict and exit code out

The shell around it:

    executor    carries out commands, publishes events
    worker      carries out one step on its targets
    asking      asks targets, once or with retries, and keeps what is known of each
    rounds      polls: asks all targets in rounds until it holds
    rolling     rolls a mitigation over its targets, batch after batch
    takeback    takes a mitigation back where it began, the last batch first
    carrying    takes each request to its transport
    tools       what all of these share during a run
    waiting     waits until somebody takes a notice
    slots       how many targets are worked on at once
    publishing  which events must be on disk before anything else happens
"""
