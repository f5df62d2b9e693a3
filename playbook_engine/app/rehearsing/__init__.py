"""Rehearsals found, read, checked and played; nothing real is contacted, and no secret is read.

files       which rehearsals a command means, and which playbooks
reading     one rehearsal with its playbooks and its inventory
stand_in    the small inventory of a rehearsal that names none
overlay     what a rehearsal puts on top of an inventory
scene       a scenario bound to its inventory, ready to be played
playing     one scenario, from its first step to what is wrong with it
drafting    a recorded run as the fields of a rehearsal
from_record  the rehearsal of a recorded run, played to see whether it goes the same way
side_by_side  scenarios on all processors
testing     all scenarios of a command, and what they cover
"""
