"""The page `docs/reference/rehearsal.md`, from the schema: every field with its meaning, values and default."""

import json
from collections.abc import Iterator

from playbook_engine.language.reference import HEAD, Tables, markdown_table, prose
from playbook_engine.model.rehearsal import ANSWER_FIELDS, ANY_ANSWER
from playbook_engine.resources import schema_text

PAGE = """\
# Rehearsals

<!-- Written by playbook_engine/language/reference_rehearsal.py from schemas/rehearsal.v1.json; a test compares. -->

{about} [How they are written and played](../rehearsals.md) is a page of its own; this one lists every field.
`runbook schema rehearsal` prints the schema that it is made from. YAML is read as in [playbooks](playbook.md).

## The rehearsal

{top}

## Scenarios

{scenario_about}

{scenario}

`ack` is a mapping:

{ack}

## Answers

{answers_about}

{answered_about}

{answer_about}

{answer}

## Expectations

{expect_about}

{expect}
"""
_KINDS = tuple(ANSWER_FIELDS)


def page() -> str:
    """Return the reference page as Markdown."""
    tables = Tables(json.loads(schema_text("rehearsal.v1")))
    definitions = tables.definitions
    scenario = definitions["scenario"]
    return PAGE.format(
        about=tables.schema["description"],
        top=tables.table(tables.schema),
        scenario_about=scenario["description"],
        scenario=tables.table(scenario),
        ack=tables.table(scenario["properties"]["ack"]),
        answers_about=definitions["answers"]["description"],
        answered_about=f"Under each key stands {_begun(definitions['answered']['description'])}",
        answer_about=definitions["answer"]["description"],
        answer=markdown_table((HEAD[0], "of", *HEAD[1:4]), _answers(tables)),
        expect_about=definitions["expect"]["description"],
        expect=tables.table(definitions["expect"]),
    )


def _begun(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _answers(tables: Tables) -> Iterator[tuple[str, ...]]:
    """Yield a row for each field of an answer, with the kinds of actions that have it."""
    for name, field in tables.definitions["answer"]["properties"].items():
        kinds = [kind for kind in _KINDS if name in ANSWER_FIELDS[kind]]
        of = "all" if name in ANY_ANSWER else ", ".join(kinds)
        default = f"`{json.dumps(field['default'])}`" if isinstance(field.get("default"), int) else ""
        yield f"`{name}`", of, tables.value(field), default, prose(field.get("description", ""))
