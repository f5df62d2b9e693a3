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
roads         steps inside steps: hosts' roads, playbooks that others play
progress      what is going on: a fold of events
running       a step under way
polls         which steps poll, and for how long
lines         one plain line for each step, for pipes and logs
console       the live screen of a terminal (the only importer of rich)
approval      the question before a mitigation
summary       how a run ended
json_output   one JSON document, or the stream of events
plan_view     what would be done
sweep_view    the health of many playbooks
diagnostics   problems in files, with the line and a caret
"""
