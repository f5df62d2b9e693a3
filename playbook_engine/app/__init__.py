"""The composition root: the only place that knows all stages and joins them.

config     runbook.toml, the state directory
finding    playbooks and inventories by name
vars_files values for inputs from files
kinds      what a file of a playbooks folder is
loading    files in, playbook and inventory out, every problem found
tongues    the language of whoever reads along
languages  a playbook's texts in that language
means      what loading an inventory needs: files, a clock, programs, passwords
vaults     the passwords of ansible-vault
shelf      playbooks read once, and found by those that play them
children   the playbooks that a playbook plays, checked and given their names
keys       the private keys that an inventory names: can they be read?
secrets    reads the secrets that a plan names
credentials the secrets that an inventory names for hosts
limiting   `--limit`: patterns, @file, @failed
binding    a playbook and an inventory with all that is known of them: a plan
planning   a playbook bound to an inventory, ready to run
explaining what every name stands for, and why
locking    one run at a time for a playbook and environment
origin     who runs this, from which commit
cooldowns  what earlier runs changed, put into a plan
world      clock, transports, recorder, teller
playing    one run, from plan to verdict
replaying  a recorded run, shown again
acks       where people say that they take what a run waits for
telling    tells the contacts of an environment
sweeping   the health checks of many playbooks side by side
viewing    an inventory to look at, within a limit
trusting   the keys of hosts, looked at and kept
rehearsing/ rehearsals found, read, checked and played
linting    every problem of many files
lint_translations translations beside the playbooks that they are of
showing    a playbook as a document, with what is known of its place
places     where its actions are carried out, and what is known there
scaffold   a new playbook to begin with
schemas    the schemas by the names that people type
terminal   asks the person at the terminal
demo       the embedded stack, broken and healed
"""
