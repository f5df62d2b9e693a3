"""The record: what happened, on disk, in a form that anybody can check.

paths      where records and the ledger lie under the state directory
record_v1  an event as the fields of `runbook-audit/1`
replies_v1 what a target answered, as fields: bounded, without floats
jsontext   JSON texts: one line for the record, canonical for values
chain      the hash chain: pure functions over the bytes of a line
needles    the ways in which a secret can stand in a text
redact     masks secrets in texts and events
walk       through an event: its texts found, or changed
disk       the few system calls that records are written with
writer     the recorder of a run
ledger     one line for each run opened and sealed, shared by all runs
reader     the list of runs, one run by a part of its id, the events of one run
scan       one pass over a chained file: what is there, and what does not fit
audited    the ledger as the verifier sees it
open_ends  what was begun in a record and has no end there
verify     what is proven about a record, and what is not
verdicts   the verifier's findings in words
show       one run as a timeline for people
show_lines one event as lines of that timeline
"""
