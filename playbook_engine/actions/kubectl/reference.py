"""The page `docs/reference/kubectl.md`, from the tables of verbs and flags."""

from collections.abc import Iterable

from playbook_engine.actions.kubectl.flag_table import FLAGS, Flag
from playbook_engine.actions.kubectl.kinds import CLUSTER_WIDE, names_of
from playbook_engine.actions.kubectl.refused import COMMANDS
from playbook_engine.actions.kubectl.verb import Verb
from playbook_engine.actions.kubectl.verbs import VERBS
from playbook_engine.model.actions import Effect

_PAGE = """\
# kubectl lines

<!-- Written by playbook_engine/actions/kubectl/reference.py; a test compares. -->

A `kubectl` action is the line that people type, without the word `kubectl`. It is understood when the playbook is
loaded: an unknown verb, flag or kind is a problem at its column. It is carried out through the Kubernetes API; no
kubectl is needed on the control machine. Why it is so: decisions
[0014](../decisions/0014-kubectl.md) and [0018](../decisions/0018-cluster.md).

```yaml
- check: Two pods of the API are ready
  kubectl: get deployment/api -o json
  expect: json.status.readyReplicas == 2
- mitigate: Give the API another worker
  kubectl: {{command: "scale deployment/api --replicas={{{{ workers }}}}", namespace: shop, cluster: main}}
  undo: auto
```

The line is split into words first, as a shell would do it, and each word is rendered by itself: a value never
becomes another argument. No shell runs it: there are no pipes, no `$VARIABLES`, no globs. A kind has to be
written out; a name, and the value of a flag, can be `{{{{ … }}}}`.

## Verbs that read

They may stand in `check` and `verify`.

{reading}

## Verbs that change

They may stand only in `mitigate`, except as a dry run. `undo: auto` is refused when the playbook is loaded where
the last column does not say yes.

{changing}

With `--dry-run=server` the server works out what would come of a change and keeps nothing; such a line only
reads, and may stand in a check.

## Flags

`--flag=VALUE`, `--flag VALUE`, `-f VALUE`, `-fVALUE` and `-f=VALUE` mean the same. A flag without a value is a
switch; `--switch=false` is as if it were not there.

{flags}

## Refused

Flags of kubectl that a line cannot have, and why:

{refused}

Commands of kubectl that are not carried out, and why, or what to write instead:

{commands}

## Kinds

{kinds}

The version of cron jobs and of disruption budgets is found out from the server, once in a run; so is that of
what a file of `apply` holds.

## What comes back

| name | holds |
|---|---|
| `text` | what kubectl would print, its middle left out when it is longer than 256 KiB |
| `json` | the object, or a list of them; none when `--ignore-not-found` finds none; secrets in it are masked |
| `changed` | whether anything was changed |
| `before` | what a change replaced |
| `after` | what it made of that |
| `duration` | seconds |

`exec` answers as `ssh` does: `rc`, `stdout`, `stderr`, `signal`, `duration`, and `json` when the output parses.
Without `expect`, its `rc` has to be 0. `auth can-i` fails when the answer is no.

`top` gives numbers: `json.items` has `name`, `namespace` (of pods), `cpu` in thousandths of a processor and
`memory` in bytes; nodes have `cpu_percent` and `memory_percent`, too. `rollout history` gives `json.items` with
`revision`, `name` and `cause`. `auth can-i` gives `json.allowed` and `json.reason`.

## Secrets

`{{{{ secret.NAME }}}}` can stand in the value of a variable of `set env`, and in a patch. Everywhere else the
line goes into the record and into the server's log. Data of Secrets, and variables that look as if they held a
secret, are masked in every answer.

## Patches

`-p` takes JSON, in one line or in a block of YAML. It is parsed when the playbook is loaded; a `{{{{ … }}}}`
outside of quotes becomes a value of its own type, inside of quotes a part of the text. A value can never become
another field.

## Files of `apply`

The file lies beside the playbook and is read with it: at most 1 MiB and 100 objects, one or several documents, or
a `List`. What is wrong in it is told in its own lines. It is plain data: `{{{{` has no meaning in it. The record
names its sha256. Objects are applied on the server, in the order of the file, as the field manager
`runbook-apply`; a field that another manager applied is a conflict, unless `--force-conflicts` is given.

## Conflicts, refusals, deadlines

A change that meets someone else's (409) is tried again from its beginning while there is time. 429 is waited for
as the server asks (`Retry-After`), in a reading and in a change: it was turned away unread. After 5xx, or when the
connection broke, a reading is sent again a few times; a change is not, since nobody knows whether it was made, and
the step is `indeterminate`. A missing right (RBAC) and a denial of an admission rule are told apart.

`drain` waits when a disruption budget says "not now", and says which one when its time is over. `delete` waits until
the object is gone, `rollout status` until the rollout is over: it watches, through broken connections and restarts of
the API server.

`exec` starts its program by the container's `sh`, which becomes the program and tells its number first. At the
deadline and on a signal the program and its process group are ended by it. Without a shell the program runs on, and
that is said.

## `--check`

`runbook play --check` changes nothing, and finds out for every changing line what it would do: each right that it
needs is asked for (`auth can-i`), and what is missing is told; then the server makes a dry run, and the difference is
shown field by field. It also says how the change would be taken back. What a program of `exec` does, nobody can tell.
A step that needs what an earlier one would have made says that it would fail.
"""


def page() -> str:
    """Return the reference page as Markdown."""
    reading = [verb for verb in VERBS.values() if verb.effect is Effect.READS or verb.may_only_read]
    changing = [verb for verb in VERBS.values() if verb.effect is Effect.CHANGES]
    refused = [flag for flag in FLAGS.values() if flag.refusal is not None]
    return _PAGE.format(
        reading=_table(("line", "flags", "example"), (_row(verb) for verb in reading)),
        changing=_table(
            ("line", "flags", "example", "`undo: auto`"), ((*_row(verb), _undo(verb)) for verb in changing)
        ),
        flags=_table(
            ("flag", "value", "taken by"),
            (_flag_row(key, flag) for key, flag in FLAGS.items() if flag.refusal is None),
        ),
        refused=_table(("flag", "why not"), ((f"`--{flag.name}`", str(flag.refusal)) for flag in refused)),
        commands=_table(("command", "why not"), ((f"`{name}`", why) for name, why in COMMANDS.items())),
        kinds=_table(("kind", "also"), _kinds()),
    )


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    shown = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines]
    shown[1] = shown[1].replace(" ", "")
    return "\n".join(shown)


def _row(verb: Verb) -> tuple[str, str, str]:
    names = dict.fromkeys(_spelled(FLAGS[key]) for key in verb.flags)
    note = "; needs `reads: true` in a check" if verb.may_only_read else ""
    return f"`{verb.name}` {_operands(verb)}{note}".strip(), " ".join(names), f"`{verb.example}`"


def _operands(verb: Verb) -> str:
    pairs = {"image": "CONTAINER=IMAGE…"}.get(verb.pairs.noun, "NAME=VALUE… NAME-…") if verb.pairs else ""
    return " ".join(word for word in (str(verb.operands), pairs) if word)


def _spelled(flag: Flag) -> str:
    return f"`-{flag.letter}`" if flag.letter else f"`--{flag.name}`"


def _undo(verb: Verb) -> str:
    return "yes" if verb.undo_refusal is None else f"no: {verb.undo_refusal}"


def _flag_row(key: str, flag: Flag) -> tuple[str, str, str]:
    letter = f", `-{flag.letter}`" if flag.letter else ""
    takers = ", ".join(verb.name for verb in VERBS.values() if key in verb.flags)
    value = flag.shown if flag.check is None else f"`{flag.shown}`"
    return f"`--{flag.name}`{letter}", value, takers


def _kinds() -> Iterable[tuple[str, str]]:
    for plural, others in names_of().items():
        note = " (in no namespace)" if plural in CLUSTER_WIDE else ""
        yield f"`{plural}`{note}", ", ".join(f"`{name}`" for name in others)
