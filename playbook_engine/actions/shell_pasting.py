"""A command in its setting as a person pastes it: `stdin` by a pipe, `env` before it, `become` through sudo."""

import shlex
from collections.abc import Iterable

from playbook_engine.actions.pasting import pasted, spoken
from playbook_engine.actions.shell_setting import BecomeWish, Setting
from playbook_engine.model.expressions import Reference
from playbook_engine.model.requests import SH
from playbook_engine.values import Names, Secret


def in_setting(command: str, setting: Setting, names: Names, *, line: bool, references: Iterable[Reference]) -> str:
    """Return the command to paste; `line` says that a shell reads it, which is named where it does not stand alone.

    `references` are the names in the command: secrets among them have to get past sudo.
    """
    alone = setting.become is None and not setting.env and setting.stdin is None and setting.program == SH
    words = [command if alone or not line else f"{setting.program} -c {shlex.quote(command)}"]
    if setting.become is not None:
        kept = dict.fromkeys((*(name for name, _ in setting.env), *_secrets(references, names)))
        words.insert(0, _sudo(setting.become, tuple(kept), names))
    words = [f"{name}={pasted(template.draft(names))}" for name, template in setting.env] + words
    if setting.stdin is not None:
        words = [f"printf %s {pasted(setting.stdin.draft(names))} |", *words]
    text = " ".join(words)
    return text if setting.user is None else f"# logged in as {spoken(setting.user.draft(names))}\n{text}"


def _sudo(wish: BecomeWish, kept: tuple[str, ...], names: Names) -> str:
    keep = f" --preserve-env={','.join(kept)}" if kept else ""
    return f"sudo{keep}" if wish.user is None else f"sudo{keep} -u {pasted(wish.user.draft(names))}"


def _secrets(references: Iterable[Reference], names: Names) -> Iterable[str]:
    for reference in references:
        if reference.name == "secret" and reference.attributes:
            yield reference.attributes[0]
        elif isinstance(names.get(reference.name), Secret):
            yield reference.name
