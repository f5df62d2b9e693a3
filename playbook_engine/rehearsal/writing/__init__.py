"""A recorded run becomes a rehearsal that a person can read and edit.

steps       the steps that events speak of, by their paths
answers     what a target answered, as a written answer
turns       answers in turn, those that repeat written once
transcript  what was answered, who said yes, who was told: a fold over the events
expecting   what must come of it again
places      hosts, inputs and variables, as far as they are on record
notes       what the reader should know
yaml_lines  values as lines of YAML, as people write them
"""
