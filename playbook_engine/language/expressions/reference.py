"""The page `docs/reference/expressions.md`, from the tables; every example on it is evaluated when it is written."""

from collections.abc import Iterable

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.language.expressions import limits, patience
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.expressions.entries import Entry
from playbook_engine.language.expressions.filters import FILTERS
from playbook_engine.language.expressions.kinds import brief
from playbook_engine.language.expressions.methods import MAPPING_METHODS, TEXT_METHODS
from playbook_engine.language.expressions.tests import TESTS
from playbook_engine.model.document import Scalar

_PAGE = """\
# Expressions and templates

<!-- Written by playbook_engine/language/expressions/reference.py; a test compares. -->

`when`, `expect`, `capture`, `unless` and the cases of a `branch` are expressions. In other strings,
`{{{{ … }}}}` holds an expression whose value takes its place. The grammar is Jinja2's expression grammar;
statements, comments, functions and attributes of Python objects do not exist. Why it is so:
[decision 0002](../decisions/0002-expressions.md).

## Values and names

A value is none, true or false, a number, a text, a list, a mapping, or a secret. `a.b` and `a['b']` look up a
key of a mapping, `a[0]` an item of a list, `a[:10]` a stretch of a list or text. A name or key that does not
exist is an error, and the error shows the nearest one that does. `x | default(…)` and `x is defined` tolerate
it; `default` takes the place of none as well.

In `'…'` and `"…"` the escapes `\\\\ \\' \\" \\n \\r \\t \\xNN \\uNNNN \\UNNNNNNNN` are undone; any other
backslash stays, so `'\\d+'` is a pattern.

## Operators

| operator | takes | gives |
|---|---|---|
| `+ - * / // % **` | two numbers | a number; never infinity, never more than {MAX_BITS:,} bits |
| `+` | two texts, or two lists | both joined |
| `~` | texts, numbers, booleans, secrets | a text; with a secret in it, a secret text |
| `== !=` | two values of one kind, or anything and none | true or false |
| `< <= > >=` | two numbers, or two texts | true or false; may be chained: `0 < x < 10` |
| `in`, `not in` | an item and a list, a key and a mapping, a part and a text | true or false |
| `and`, `or`, `not` | true or false only | true or false; the right side is evaluated only when it counts |
| `a if c else b` | a condition | one of the two |

Nothing is converted silently: `rc == '1'` is an error that says so, and so is a text where a condition is
expected.

## Filters

{filters}

## Tests

`is not` asks the opposite: `x is not none`.

{tests}

## Methods of texts

{text_methods}

## Methods of mappings

{mapping_methods}

## Limits

| what | at most |
|---|---|
| characters of an expression | {MAX_SOURCE:,} |
| parts of an expression; each is evaluated at most once | {MAX_PARTS:,} |
| depth of an expression | {MAX_DEPTH} |
| characters of a text that an expression makes | {MAX_TEXT:,} |
| items of a list or mapping that an expression makes | {MAX_ITEMS:,} |
| seconds of computing of an expression that searches or goes through lists | {PATIENCE_S:g} |

A regular expression may look at as much text as an expression may make. A pattern that repeats a repetition,
such as `(a+)+`, is refused, because it can take forever on some texts; what takes too long all the same is stopped.

## Time

An expression has no clock: the same values give the same answer, also when a record is read years later. `since`
counts to `run.started`, when the run began, unless it is given another point in time. It reads ISO 8601 with a time
zone (`2026-11-20T03:00:00Z`), the dates of HTTP headers, and seconds since 1970 as numbers:
`json.lastBackup | since < ('1d' | duration)`.

## Templates

Only `{{{{ … }}}}` has a meaning; `{{%`, `{{#` and `${{#list}}` stay what they are. A literal `{{{{` is written
`{{{{ '{{{{' }}}}`. Numbers are written as they are, booleans as `true` and `false`; none, lists and mappings
are errors (`| default`, `| join`, `| tojson`). When a string is one `{{{{ … }}}}` and nothing else, it keeps
the type of its value.

## Shell commands

In `ssh` and `local` strings every value is quoted for the place where it stands, so that the shell gives
exactly the value to the command and never runs any of it:

| place | written as |
|---|---|
| outside of quotes | `'…'` where needed; a list as one word per item |
| inside `"…"` | with a backslash before `\\`, `$`, `"` and `` ` `` |
| inside `'…'` | with `'\\''` for every quote |
| in a comment | with `_` for every character that a shell acts on |

A secret becomes a variable, `"${{RUNBOOK_SECRET_NAME}}"`, and travels outside of the command. A value is
refused where no quoting is safe or where shells disagree: after a backslash, `$` or `>&`, in backquotes, `${{…}}`,
`$((…))`, `[[ … ]]` and `name[…]`, and behind `$'…'`, `$[…]`, a here-document, `((`, `=(`, or a `case` in `$(…)`.
`{{{{ x | raw }}}}` puts a value in without quotes; what the shell makes of it, and of all that follows, is then
up to you.

Quoting decides what this shell reads. It cannot know what a command does with its arguments:
`eval {{{{ x }}}}`, `sh -c {{{{ x }}}}` and `xargs` run what they are given.
"""


def page() -> str:
    """Return the reference page as Markdown."""
    return _PAGE.format(
        filters=_table(FILTERS.values(), "value | "),
        tests=_table(TESTS.values(), "value is "),
        text_methods=_table(TEXT_METHODS.values(), "text.", call=True),
        mapping_methods=_table(MAPPING_METHODS.values(), "mapping.", call=True),
        PATIENCE_S=patience.PATIENCE_S,
        **{name: value for name, value in vars(limits).items() if name.startswith("MAX_")},
    )


def _table(entries: Iterable[Entry], before: str, *, call: bool = False) -> str:
    rows = [_row(entry, before, call=call) for entry in sorted(entries, key=lambda entry: entry.name)]
    return "\n".join(["| written | gives | example |", "|---|---|---|", *rows])


def _row(entry: Entry, before: str, *, call: bool) -> str:
    brackets = "()" if call and not (entry.required or entry.optional) else ""
    example = f"`{entry.example}` → `{evaluated(entry.example)}`" if entry.example else ""
    cells = (f"`{before}{entry.signature}{brackets}`", entry.doc, example)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def evaluated(example: str) -> str:
    """Return what an example gives, as a message would show it."""
    span = Span(Source("example", example), 1, 1, 1, len(example) + 1)
    problems = Problems()
    expression = ExpressionCompiler(problems).expression(Scalar(example, example, span, literal=True, content=span))
    if expression is None:
        raise ValueError(f"the example {example!r} does not compile: {problems.sorted()}")
    return brief(expression.evaluate({}))
