"""`auth can-i VERB KIND[/NAME]`: what is asked about."""

import re

from playbook_engine.actions.kubectl import checks
from playbook_engine.actions.kubectl.kinds import nearest_kind, plural_of
from playbook_engine.actions.kubectl.objects import Objects
from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.verb import Verb
from playbook_engine.actions.kubectl.wording import check_text
from playbook_engine.diagnostics import Problems, did_you_mean

_ACTIONS = (
    *("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"),
    *("use", "bind", "escalate", "impersonate", "approve", "sign", "proxy", "*"),
)
_CUSTOM = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+")


def read_access(
    verb: Verb, words: tuple[Word, ...], last: Word, problems: Problems
) -> tuple[Objects, tuple[str, str]] | None:
    """Return the kind and name, and the two words that the server is asked: what to do, with what."""
    if len(words) < 2:
        message = f"'{verb.name}' needs a verb and a kind of object"
        problems.error("kubectl-argument", message, last.span, f"For example: {verb.example}")
        return None
    for word in words[:2]:
        if not word.is_literal and "/" not in word.prefix:
            message = f"the verb and the kind have to be written out, not '{word.shown}'"
            problems.error("kubectl-argument", message, word.span, "Only a name can be '{{ … }}'.")
            return None
    action, what = words[0].shown, words[1]
    if action not in _ACTIONS:
        hint = did_you_mean(action, _ACTIONS) or f"There are {', '.join(_ACTIONS)}."
        problems.error("kubectl-value", f"'{action}' is not a verb of the API", words[0].span, hint)
    if len(words) > 3:
        problems.error("kubectl-argument", f"'{words[3].shown}' has no place here", words[3].span, "Leave it out.")
    if what.prefix.startswith("/"):
        return Objects("", ()), (action, what.shown)
    kind, slash, _ = what.prefix.partition("/")
    names = (what.after(len(kind) + 1), *words[2:]) if slash else words[2:]
    for name in names:
        if name.is_literal:
            check_text(name.shown, checks.object_name, name.span, problems)
    plural = plural_of(kind)
    if plural is None and kind != "*" and not _CUSTOM.fullmatch(kind):
        hint = nearest_kind(kind) or "Write a custom kind with its group: certificates.cert-manager.io."
        problems.error("kubectl-kind", f"unknown kind '{kind}'", what.span, hint)
        return None
    return Objects(plural or "", names[:1]), (action, plural or kind)
