"""What a YAML file of a playbooks folder is: its own first word says so."""

import re
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """The kinds of files, by the key that each of them has at its top."""

    PLAYBOOK = "runbook"
    REHEARSAL = "rehearsal"
    TRANSLATION = "translation"


_WORD = re.compile(rb"^(runbook|rehearsal|translation)[ \t]*:", re.MULTILINE)


def kind_of(path: Path) -> Kind:
    """Return what a file is; one that does not say it is taken for a playbook, whose reader knows what to say."""
    try:
        found = _WORD.search(path.read_bytes())
    except OSError:
        return Kind.PLAYBOOK
    return Kind(found[1].decode()) if found else Kind.PLAYBOOK
