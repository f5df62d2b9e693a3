"""A checked tree becomes a rehearsal; what a schema cannot say is checked here.

document      the whole file, and the setting of its scenarios
scenarios     one course of events: approvals, signals, who cannot be told
answers       what is answered, by step or by action
expectations  what must come of it
"""

from playbook_engine.language.rehearsals.document import rehearsal

__all__ = ["rehearsal"]
