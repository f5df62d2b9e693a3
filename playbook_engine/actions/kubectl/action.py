"""The kubectl action: a line understood at load time, rendered for one cluster when its step runs."""

import shlex

from playbook_engine.actions.kubectl import checks, pasting, undoing
from playbook_engine.actions.kubectl.checks import Check
from playbook_engine.actions.kubectl.command import SECRETS, Command
from playbook_engine.actions.kubectl.flags import Option
from playbook_engine.actions.kubectl.pairs import Assignment
from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import ByHand, CannotInvert, Effect
from playbook_engine.model.expressions import ExpressionError, Reference, Template
from playbook_engine.model.replies import Reply
from playbook_engine.model.requests import KubectlRequest, Request
from playbook_engine.model.targets import Cluster, Target
from playbook_engine.values import Duration, Names, Text, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class KubectlAction:
    """One kubectl command of a playbook; `namespace` and `cluster` come from the long form."""

    command: Command
    span: Span
    source: str
    namespace: Template | None = None
    cluster: str | None = None

    @property
    def kind(self) -> str:
        return "kubectl"

    @property
    def effect(self) -> Effect:
        return Effect.READS if self.command.is_dry else self.command.verb.effect

    @property
    def may_only_read(self) -> bool:
        """Return whether only a person can tell: what `exec` runs is a program like any other."""
        return self.command.verb.may_only_read

    @property
    def effect_reason(self) -> str:
        dry = " --dry-run=server" if self.command.is_dry else ""
        return f"kubectl {self.command.verb.name}{dry}"

    @property
    def references(self) -> tuple[Reference, ...]:
        own = self.namespace.references if self.namespace is not None else ()
        return tuple(ref for template in self.command.templates for ref in template.references) + own

    @property
    def default_timeout(self) -> Duration:
        limit = self.command.option("timeout")
        if limit is not None and limit.value is not None and limit.value.is_literal:
            return Duration.parse(limit.value.shown)
        return self.command.verb.timeout

    @property
    def auto_undo_refusal(self) -> str | None:
        """Return why `undo: auto` cannot take this back, known before anything runs; None when it can."""
        return self.command.verb.undo_refusal

    def request(self, names: Names, target: Target, timeout: Duration) -> Request:
        """Render the command for a cluster; raises ExpressionError."""
        if not isinstance(target, Cluster):
            raise ExpressionError(f"kubectl needs a cluster, not '{target.name}'", self.span)
        command = self.command
        options = {option.flag.key: _option(option, names) for option in command.options}
        limit = options.get("timeout")
        own = options.pop("namespace", None) or self._namespace(names)
        for sent in ("patch", "filename", "for"):
            options.pop(sent, None)
        return KubectlRequest(
            target=target,
            verb=command.verb.name,
            kind=command.kind,
            names=tuple(_plain(word, names, checks.object_name) for word in command.names),
            namespace=own or target.namespace,
            options=tuple(options.items()),
            assignments=tuple(self._pair(pair, names) for pair in command.assignments),
            arguments=command.access or tuple(_plain(word, names, str) for word in command.program),
            payload=self._payload(names, own),
            command=self._shown(names),
            timeout=min(timeout, Duration.parse(limit)) if limit else timeout,
        )

    def by_hand(self, names: Names, target: Target | None) -> ByHand:
        """Return the command line for kubectl."""
        cluster = target if isinstance(target, Cluster) else None
        namespace = None if self.namespace is None else self.namespace.draft(names)
        return pasting.by_hand(self.command, names, namespace, cluster)

    def _pair(self, pair: Assignment, names: Names) -> tuple[str, Text | None]:
        """Return a pair; only variables may hold secrets."""
        if pair.value is None:
            return pair.name, None
        rules = self.command.verb.pairs
        if rules is None or self.command.verb.name == "set env":
            return pair.name, pair.value.text(names)
        return pair.name, _plain(pair.value, names, rules.value)

    def _payload(self, names: Names, namespace: str | None) -> Value:
        """Return what is sent: the patch, or the objects of the file."""
        command = self.command
        if command.patch is not None:
            return command.patch.value(names)
        if command.applied is None:
            return None
        for name, own in command.applied.namespaces:
            if namespace not in (None, own):
                message = f"'{name}' belongs into the namespace '{own}', and the step says '{namespace}'"
                raise ExpressionError(message, self.span, "Leave out one of them.")
        return list(command.applied.objects)

    def _shown(self, names: Names) -> str:
        line = " ".join(shlex.quote(str(word.text(names))) for word in self.command.words)
        applied = self.command.applied
        return f"{line} ({applied.note})" if applied is not None else line

    def snapshot(self, request: Request) -> Request:
        """Return a reading request whose reply tells what `request` is about to replace."""
        return undoing.snapshot(_kubectl(request))

    def rehearsal(self, request: Request) -> Request:
        """Return a reading request whose reply tells what `request` would change, and which rights it lacks."""
        return undoing.rehearsal(_kubectl(request))

    def inverse(self, request: Request, before: Reply) -> Request | CannotInvert:
        """Return the request that puts back what `before` saw."""
        return undoing.inverse(_kubectl(request), before)

    def _namespace(self, names: Names) -> str | None:
        if self.namespace is None:
            return None
        return _checked(self.namespace.text(names), checks.namespace, self.namespace.span)


def _option(option: Option, names: Names) -> str:
    if option.flag.check is None:
        return "false" if option.flag.is_on else "true"
    if option.value is None or option.flag.name == "patch":
        return ""
    return _plain(option.value, names, option.flag.check)


def _plain(word: Word, names: Names, check: Check) -> str:
    return _checked(word.text(names), check, word.span)


def _checked(text: Text, check: Check, span: Span) -> str:
    if not isinstance(text, str):
        raise ExpressionError(SECRETS, span)
    try:
        return check(text)
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        raise ExpressionError(message, span, hint or None) from None


def _kubectl(request: Request) -> KubectlRequest:
    if not isinstance(request, KubectlRequest):
        raise TypeError(f"not a kubectl request: {request.transport}")
    return request
