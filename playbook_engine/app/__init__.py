"""The composition root: the only place that knows all stages and joins them.

config     runbook.toml, the state directory
finding    playbooks and inventories by name
loading    files in, playbook and inventory out, every problem found
shelf      playbooks read once, and found by those that play them
children   the playbooks that a playbook plays, checked and given their names
keys       the private keys that an inventory names: can they be read?
secrets    reads the secrets that a plan names
planning   a playbook bound to an inventory, ready to run
locking    one run at a time for a playbook and environment
origin     who runs this, from which commit
world      clock, transports, recorder, teller
playing    one run, from plan to verdict
acks       where people say that they take what a run waits for
telling    tells the contacts of an environment
sweeping   the health checks of many playbooks side by side
linting    every problem of many files
terminal   asks the person at the terminal
demo       the embedded stack, broken and healed
"""
