"""Events, plans and diagnostics as text; nothing here decides anything.

widths        text measured, cut and wrapped by columns
style         pieces of text with a meaning; symbols, durations
names         many names of targets in few words
pen           headlines, details and rows that fit a width
grouping      targets that ended alike
words         the few words behind a step's title
differences   targets that ended differently, group by group
steps         a finished step
story         every other event; live screen and plain lines tell the same story
batches       how a mitigation rolls over its targets
manner        in which manner a planned step is carried out
roads         steps inside steps: hosts' roads, playbooks that others play
progress      what is going on: a fold of events
running       a step under way
polls         which steps poll, and for how long
pace          how fast a recorded run is shown again
replay_view   what is said of a record before its run is shown again
retelling     events in the reader's language, for all that people see
lines         one plain line for each step, for pipes and logs
console       the live screen of a terminal (the only importer of rich)
approval      the question before a mitigation
summary       how a run ended
json_output   one JSON document, or the stream of events
plan_view     what would be done
explain_view  what every name stands for, and who says so
inventory_view  an inventory as Ansible shows it
trust_view    the keys of hosts, and the question whether to keep them
rehearsals/   how rehearsals went, and what was never played
ansi          lines with their styles for a terminal
sweep_view    the health of many playbooks
handbook/     a playbook as a document to follow by hand
graph/        the decisions of a playbook as a graph, and three ways to write it
diagnostics   problems in files, with the line and a caret
"""
