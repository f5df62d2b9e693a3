"""A checked tree becomes a playbook; what a schema cannot say is checked here.

document  the whole playbook and the fields at its top
steps     the five verbs
acting    what check, mitigate and verify share: action, expectations, captures, undo
repeating polling, retries, loops
rolling   batches, and how many may fail
branching the roads of a branch
inputs    declared inputs and their limits, and variables
naming    names that may be given once, and names that may not be given
nodes     what all of them build with: the context, and nodes as values
"""

from playbook_engine.language.build.document import playbook

__all__ = ["playbook"]
