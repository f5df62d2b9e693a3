"""A playbook as a document that a person can follow by hand, with the program away.

page      the whole document
top       what stands before the steps: what this is about, what is needed
steps     the five verbs, each as something that a person can do
acting    what check, mitigate and verify share: where, what to paste, what to expect
people    whom to tell, and how they are reached
reading   a playbook with what is known of the place where it would be played
numbers   numbers for steps, so that one can refer to another
speech    expressions in words
uses      what the commands use: actions with their places, names
values    data of a playbook as people write it
markdown  texts as Markdown that shows exactly them
terminal  the document on a terminal
"""
