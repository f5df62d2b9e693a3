"""A world for rehearsals: nothing in it is real, and the engine that plays in it is.

naming        the names by which a rehearsal speaks of steps
keys          what an answer is for: a step, or an action
checking      a rehearsal against the playbooks and the inventory that it is for
replies       a written answer as what a transport gives
script        which answer is next
stand_ins     what a change replaces, where nobody says it
carrier       answers the engine's requests
people        who says yes, who is told, who takes it
recording     the record, in memory
virtual_time  a clock that nobody waits for
taken         what happened, in the words of a rehearsal
comparing     what was expected against what happened
leftovers     answers that nobody needed, requests without one
writing       a recorded run as a rehearsal
edges         the edges of a playbook, and those that a run took
"""
