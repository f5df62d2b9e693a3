"""What runbook itself says to people, in each of its languages, as data.

words     the languages, and how a phrase becomes a sentence
lists     words in a row
handbook  the document that a person follows by hand
speech    expressions in words
actions   what actions say of themselves there
graph     the decisions of a playbook as a graph
screen    what play and sweep say
recorded  sentences that are on record in English
notice    what somebody is told
plan      what a play would do
timeline  a run from its record
"""
