"""A new playbook to begin with: it lints clean, and its comments teach."""

import json
import os
import re
from pathlib import Path

from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.resources import schema_text
from playbook_engine.visible import escape

SCHEMA = Path("schemas", "playbook.v1.json")
REHEARSALS = "rehearsals"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.()'/-]*(?<! )")
"""Titles that YAML reads as they are."""
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}
_TEMPLATE = """\
# yaml-language-server: $schema={schema}
#
# A playbook is one failure scenario. Replace what is only an example, then:
#   runbook lint {name}                         checks it
#   runbook test {name}                         plays the rehearsal beside it, rehearsals/{name}.yml
#   runbook show {name}                         prints it as a page that people can follow
#   runbook play {name} -i INVENTORY --plan     says what it would do
runbook: v1                       # version of the language
name: {quoted}
version: 0.1.0                    # raise it with every change; the record of a run names it
title: {title}
severity: P2                      # P0 is the gravest, P4 the least
owner: nobody yet                 # the team that keeps this playbook
description: >-
  What breaks, for whom, and what this playbook does about it, in two or three sentences.
symptoms:                         # what people notice; it helps them to see that this is the right playbook
  - Requests fail, or take longer than usual
causes:                           # what usually stands behind it
  - The service stopped and nobody started it again
prevention:                       # what would keep it from happening again
  - Let the service manager restart the service

inputs:                           # values that may be given when it is played: --set service_url=https://…
  service_url:
    type: string
    default: http://127.0.0.1:8080
    description: Where the service answers

vars:                             # values for the steps below
  service_unit: example.service

hosts: all                        # where the ssh steps run: a group, a host or a pattern of the inventory

# What "well" means. A run begins with these checks and ends at once when all of them hold; `runbook sweep` asks
# nothing else, and a verify without an action repeats them.
health:
  - check: The service answers
    id: service
    http: GET {{{{ service_url }}}}/health
    timeout: 5s
    expect: status == 200         # true or false; the fields of the answer are names in it

steps:
  # Checks find out facts. One that does not hold stops nothing: branches decide on it.
  # `{{{{ … }}}}` in a command is quoted for the shell by itself.
  - check: The disk has room
    id: disk                      # the name by which later steps refer to the result
    ssh: df --output=pcent / | tail -n 1
    expect: stdout | percent < 90

  - check: The service runs
    id: running
    ssh: systemctl is-active {{{{ service_unit }}}}
    note: Notes are for the reader; they are shown with the step.

  - branch: Where is the fault?   # the first case that holds is taken, else the last one
    cases:
      - when: disk.failed
        steps:
          - escalate: A disk is full
            to: oncall            # a contact of the environment file
            message: "Free some space on {{{{ disk.failed_hosts | join(', ') }}}}, then play this again."

      - when: running.failed
        steps:
          # Only a mitigate changes anything. It asks first, and says how it is taken back.
          - mitigate: Start the service where it does not run
            id: start
            ssh: systemctl start {{{{ service_unit }}}}
            hosts: running.failed
            undo:
              ssh: systemctl stop {{{{ service_unit }}}}

          # A verify proves that it worked: when it holds, the incident is over. When it does not, the change is
          # taken back.
          - verify: The service answers again
            within: 2m            # until it holds, for at most this long
            every: 5s
            stable_for: 15s       # and then it must keep holding

    else:
      - escalate: The service fails without a known cause
        to: oncall
"""


_REHEARSAL = """\
# yaml-language-server: $schema={schema}
#
# A rehearsal proves without a network that a playbook takes the right path: when this is answered, it does that.
# Steps are named by their id, else by their title. What is not written is not compared; an answer that nobody asks
# for, and a request that nobody answers, are mistakes.
#   runbook test {name} --coverage              plays it, and says what no scenario came to
rehearsal: v1
playbook: {quoted}

answers:                          # what scenarios share; their own answers win
  disk: {{stdout: "42%\\n"}}
  running: {{stdout: "active\\n"}}

scenarios:
  - scenario: All is well
    answers:
      service: {{status: 200}}
    expect:
      verdict: healthy
      changed: {{}}

  - scenario: The service has stopped and is started again
    answers:
      service: [{{status: 503}}, {{status: 503, for: 20s}}, {{status: 200}}]   # at first, then while it starts
      running: {{rc: 3, stdout: "inactive\\n"}}
      start: {{duration: 2s}}
    expect:
      verdict: resolved
      path:
        - service: failed
        - disk: ok
        - running: failed
        - Where is the fault?: case 2
        - start: ok
        - The service answers again: ok
      changed: {{start: [host-1]}}

  - scenario: It does not come up, and the change is taken back
    answers:
      service: {{fault: unreachable}}
      running: {{rc: 3}}
      start: {{}}
      start.undo: {{}}
    expect:
      verdict: unresolved
      undone: [start]

  - scenario: A disk is full
    answers:
      service: {{status: 500}}
      disk: {{stdout: "97%\\n"}}
    expect:
      verdict: unresolved
      told: [oncall]

  - scenario: Nobody knows why
    answers:
      service: {{status: 500}}
    expect:
      verdict: unresolved
      path:
        - service: failed
        - disk: ok
        - running: ok
        - Where is the fault?: else
        - The service fails without a known cause: ok
"""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a new playbook is, and its rehearsal; None when there was one already, which is left as it is."""

    playbook: Path
    rehearsal: Path | None


def write(name: str, title: str | None, folder: Path) -> Written:
    """Write a new playbook with its rehearsal and return where they are.

    Raises:
        UsageError: the name or title cannot be used, the file is there already, or it cannot be written.
    """
    _check_name(name)
    chosen = name.replace("-", " ").capitalize() if title is None else title.strip()
    _check_title(chosen)
    path, rehearsal = folder / f"{name}.yml", folder / REHEARSALS / f"{name}.yml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {folder} cannot be made: {error.strerror}") from None
    try:
        with path.open("x", encoding="utf-8") as file:
            schema = _schema(folder, SCHEMA)
            file.write(_TEMPLATE.format(name=name, quoted=_as_yaml(name), title=_as_yaml(chosen), schema=schema))
    except FileExistsError:
        raise UsageError(f"{path} is there already", "Choose another name, or edit that file.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    return Written(path, _rehearsal(rehearsal, name))


def _rehearsal(path: Path, name: str) -> Path | None:
    schema = _schema(path.parent, SCHEMA.with_name("rehearsal.v1.json"))
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_REHEARSAL.format(name=name, quoted=_as_yaml(name), schema=schema))
    except FileExistsError:
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    return path


def _schema(folder: Path, schema: Path) -> str:
    """Return the path of a schema from a folder, where it is or would have to be."""
    near = near_schema(folder)
    top = folder.parent if folder.name != REHEARSALS else folder.parent.parent
    return os.path.relpath(near.with_name(schema.name) if near is not None else top / schema, folder)


def near_schema(folder: Path) -> Path | None:
    """Return the schema that belongs to a folder: the nearest one at or above it."""
    above = (folder.absolute(), *folder.absolute().parents)
    return next((each / SCHEMA for each in above if (each / SCHEMA).is_file()), None)


def _check_name(name: str) -> None:
    pattern = json.loads(schema_text("playbook.v1"))["properties"]["name"]["pattern"]
    if re.fullmatch(pattern, name) and "\n" not in name:
        return
    better = re.sub(r"[^a-z0-9]+", "-", name.removesuffix(".yml").lower()).strip("-")
    hint = f"How about '{better}'?" if better else "For example: disk-full."
    shown = escape(name)
    raise UsageError(f"'{shown}' is no name for a playbook: write lower-case words joined by hyphens", hint)


def _check_title(title: str) -> None:
    if not title:
        raise UsageError("--title: the title is empty")
    if escape(title) != title:
        raise UsageError("--title: write one line of text, without control characters")
    if "{{" in title:
        raise UsageError("--title: '{{' has no meaning in a title", "It is shown as it is.")


def _as_yaml(text: str) -> str:
    """Return a text as YAML reads it: in quotes unless it is plain beyond doubt."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)
