"""The words around the tables of `docs/reference/playbook.md`."""

PAGE = """\
# Playbooks

<!-- Written by playbook_engine/language/reference.py from schemas/playbook.v1.json; a test compares. -->

{about}

This page lists every field of the language; [expressions.md](expressions.md) says what can stand in an expression.
`runbook new NAME` writes a playbook to begin with. `runbook schema` prints the schema that this page is made from; an
editor that finds its name in the first line of a file completes and checks that file while it is written:

```yaml
# yaml-language-server: $schema=../schemas/playbook.v1.json
```

YAML is read as version 1.2 has it: `on`, `yes` and `no` are texts, `0755` is not octal, a repeated key is an error.

## The playbook

It has `steps`, or only `health` when all it does is to tell whether all is well.

{top}

### Inputs

{inputs_about} Each is a name with these fields:

{inputs}

### Defaults

{defaults_about}

{defaults}

## Steps

A step is one of five verbs with its title, then its fields. The verb is the first key.

{verbs}

`health` holds checks only.

### Fields of steps

{letters}

{steps}

### Cases of a branch

{case_about}

{case}

`play` is the name of a playbook, or a mapping:

{play}

### Undo

{undo_about} A `mitigate` has either `undo` or `irreversible: true`.

## Actions

A check and a mitigate have exactly one action, a verify has one or none, the other verbs have none. An action is
written in its short form, one text, or in its long form, a mapping. The fields of its answer are names in `expect`
and `capture`.

{actions}

## Values

| value | how it is written |
|---|---|
| a duration | {durations}: days, hours, minutes, seconds and milliseconds, in this order |
| a name | {identifier}: letters in lower case, digits and `_` |
| a host pattern | {hosts}: groups, hosts and globs between commas; `&` keeps what both share, `!` leaves out |
| an earlier result | `disk.failed`, `.passed`, `.unreachable`, `.skipped`: the hosts on which `disk` ended so |
| a portion | `5` targets, or `25%` of all |
"""
