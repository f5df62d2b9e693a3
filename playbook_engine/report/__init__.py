"""Events, plans and diagnostics as text; nothing here decides anything.

escape        host text made safe for a terminal; widths; shortening
diagnostics   problems in files, with the line and a caret
progress      a run as its viewers see it: a fold of events
lines         one plain line for each step, for pipes and logs
console       the live screen of a terminal (the only importer of rich)
approval      the question before a mitigation
summary       how a run ended
json_output   one JSON document, or the stream of events
plan_view     what would be done
sweep_view    the health of many playbooks
"""
