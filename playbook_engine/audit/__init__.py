"""The record: what happened, on disk, in a form that anybody can check.

Writing
    paths         where records and the ledger lie under the state directory
    record_v1     an event as the fields of `runbook-audit/1`
    replies_v1    what a target answered, as fields: bounded, without floats
    jsontext      JSON texts: one line for the record, canonical for values
    chain         the hash chain: pure functions over the bytes of a line
    needles       the ways in which a secret can stand in a text
    walk          through an event: its texts found, or changed
    redact        masks secrets in texts and events
    answers_v1    a full answer as fields
    answers       keeps full answers beside a record, and reads them
    disk          the few system calls that records are written with
    writer        the recorder of a run
    ledger        adds one line for each run opened and sealed
Reading
    scan          one pass over a chained file: its lines and what they claim
    reader        the list of runs, one run by a part of its id, the events of one run
    failed        the hosts that failed in the last run of a playbook
    decode_v1     lines of a record as events again
    decode_replies_v1  fields of a record as outcomes, causes and answers again
    findings      what a verifier found, and its conclusion
    open_ends     what was begun in a record and has no end there
    reach         how far a mitigation came that has no end on record
    history       what earlier runs changed: what cooldowns are counted from
    answers_check  checks full answers against the record
    record_check  checks a record against itself
    audited       the ledger as the verifier sees it
    verify        what is proven about a record, and what is not
    verdicts      that conclusion in words
    show          one run as a timeline for people
    show_lines    one event as lines of the timeline
    show_fields   reads fields of an event for people
"""
