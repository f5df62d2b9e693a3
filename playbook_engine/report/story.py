"""What an event is worth telling, as lines; live screen and plain lines tell the same story."""

from typing import assert_never

from playbook_engine.model.events import (
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
    BranchTaken,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    Event,
    RecordLost,
    RunFinished,
    RunInterrupted,
    RunPaused,
    RunStarted,
    StepFinished,
    StepStarted,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, Output, ShellReply
from playbook_engine.model.results import StepResult
from playbook_engine.report.escape import display_width, escape, pad, shorten
from playbook_engine.report.grouping import Alike, alike, compact
from playbook_engine.report.style import OUTCOMES, Line, Piece, Style, seconds

VERB_WIDTH = 8
OUTPUT_LINES = 10
"""Lines of a target's output shown where something failed."""
INDENT = "    "


class Storyteller:
    """Turns events into lines of at most `width` columns."""

    def __init__(self, width: int, *, unicode: bool = True) -> None:
        self.width = width
        self.unicode = unicode

    def tell(self, event: Event) -> tuple[Line, ...]:  # noqa: C901, PLR0911, PLR0912  one case for each event
        """Return what to say of an event; nothing for what is only on its way."""
        match event:
            case RunStarted():
                return self._run_started(event)
            case StepFinished():
                return self._step(event.verb, event.title, event.result, event.duration_ms)
            case UndoFinished():
                return self._step("undo", event.title, event.result, event.duration_ms)
            case BranchTaken():
                return self._branch(event)
            case ApprovalGranted():
                return () if event.how == "prompt" else self._note(f"approved by {event.how}")
            case ApprovalDeclined():
                return ()
            case EscalationDelivered():
                where = f"{event.channel} {event.address}".strip()
                return (self._headline(Outcome.OK, "escalate", f"told {event.contact}", where),)
            case EscalationFailed():
                head = self._headline(Outcome.FAILED, "escalate", f"{event.contact} could not be told", "")
                return (head, *(self._detail(reason, Style.BAD) for reason in event.reasons))
            case RunPaused():
                return (self._sign(Style.WARN, f"waiting: {event.reason}"),)
            case RunInterrupted():
                text = "again: ending now" if event.again else "stopping; what was changed is taken back"
                return (self._sign(Style.WARN, f"{event.signal}: {text}"),)
            case RecordLost():
                return (self._sign(Style.BAD, f"no record: {event.reason}; nothing will be changed"),)
            case (
                StepStarted()
                | AttemptFinished()
                | ApprovalRequested()
                | EscalationIntended()
                | UndoStarted()
                | RunFinished()
            ):
                return ()
            case _:
                assert_never(event)

    def _run_started(self, event: RunStarted) -> tuple[Line, ...]:
        playbook, inventory = event.playbook, event.inventory
        limit = f", limited to {inventory.limit}" if inventory.limit else ""
        hosts = (
            f"{len(inventory.selected)} of {inventory.hosts} hosts" if inventory.limit else f"{inventory.hosts} hosts"
        )
        mode = {"check": "  [check: nothing is changed]", "sweep": "  [sweep]"}.get(event.mode, "")
        title = (Piece(escape(playbook.title), Style.STRONG), Piece(mode, Style.WARN))
        facts = f"{playbook.name} {playbook.version} on {event.environment} ({hosts}{limit})"
        return title, (Piece(shorten(escape(facts), self.width), Style.DIM),)

    def _step(self, verb: str, title: str, result: StepResult, duration_ms: int) -> tuple[Line, ...]:
        groups = alike(result.targets)
        said = self._aside(result, groups, duration_ms)
        lines = [self._headline(result.outcome, verb, title, said)]
        if result.outcome in (Outcome.OK, Outcome.SKIPPED) and not _would_run(groups):
            return tuple(lines)
        if result.cause is not None and not any(group.message == result.cause.message for group in groups):
            lines.append(self._detail(result.cause.message))
            if result.cause.hint:
                lines.append(self._detail(f"hint: {result.cause.hint}", Style.DIM))
        for group in groups:
            lines += self._group(group, alone=len(groups) == 1 and len(result.targets) == 1)
        return tuple(lines)

    def _aside(self, result: StepResult, groups: tuple[Alike, ...], duration_ms: int) -> str:
        """Return the few words behind a step's title."""
        if result.outcome is Outcome.SKIPPED:
            messages = {group.message for group in groups if group.message}
            reason = result.cause.message if result.cause else messages.pop() if len(messages) == 1 else "skipped"
            return "not run" if _would_run(groups) else reason
        took = seconds(duration_ms) if duration_ms else ""
        count = len(result.targets)
        if count > 1:
            fine = sum(each.outcome is Outcome.OK for each in result.targets)
            agree = (
                f"{count} targets" if len({each.outcome for each in result.targets}) == 1 else f"{fine} of {count} ok"
            )
            return f"{agree}, {took}" if took else agree
        gist = _gist(result)
        return ", ".join(part for part in (gist, took) if part)

    def _headline(self, outcome: Outcome, verb: str, title: str, said: str) -> Line:
        """Return a step's one line: symbol, verb, title, and a few words at the right."""
        style, symbol, ascii_symbol = OUTCOMES[outcome]
        mark = symbol if self.unicode else ascii_symbol
        start = f"{mark} {outcome.value:<8} " if outcome not in (Outcome.OK, Outcome.SKIPPED) else f"{mark} "
        verb_style = Style.CHANGE if verb in ("mitigate", "undo") else Style.DIM
        said = escape(said)
        room = self.width - display_width(start) - VERB_WIDTH - 1
        title_room = max(room - display_width(said) - 2, min(room, 24))
        shown = shorten(escape(title), title_room)
        said = shorten(said, max(room - display_width(shown) - 2, 0))
        title_style = Style.DIM if outcome is Outcome.SKIPPED else Style.PLAIN
        return (
            Piece(start, style),
            Piece(pad(verb, VERB_WIDTH) + " ", verb_style),
            Piece(shown, title_style),
            Piece(f"  {said}" if said else "", Style.DIM),
        )

    def _group(self, group: Alike, *, alone: bool) -> list[Line]:
        style, _, _ = OUTCOMES[group.outcome]
        lines: list[Line] = []
        if not alone:
            names = compact(map(str, group.targets))
            lines.append(
                (
                    Piece(f"{INDENT}{shorten(names, self.width - 20)}: ", Style.STRONG),
                    Piece(group.outcome.value, style),
                )
            )
        if group.message and group.outcome is not Outcome.OK:
            lines.append(self._detail(group.message))
        if group.hint:
            lines.append(self._detail(f"hint: {group.hint}", Style.DIM))
        if group.outcome in (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.INDETERMINATE):
            for name, output in group.outputs:
                lines += self._output(name, output)
        return lines

    def _output(self, name: str, output: Output) -> list[Line]:
        """Return the last lines of an output: the end is where programs say what went wrong."""
        lines = output.text.rstrip("\n").split("\n") if output.text.strip() else []
        left_out = len(lines) - OUTPUT_LINES
        shown = [self._detail(f"{name}:  … {left_out} more lines above", Style.DIM)] if left_out > 0 else []
        label = pad(f"{name}:", 8)
        for number, line in enumerate(lines[-OUTPUT_LINES:]):
            lead = label if number == 0 and left_out <= 0 else " " * len(label)
            shown.append((Piece(f"{INDENT}{lead} ", Style.DIM), Piece(self._fit(line, len(label) + 1))))
        return shown

    def _fit(self, text: str, taken: int) -> str:
        return shorten(escape(text), max(self.width - len(INDENT) - taken, 10))

    def _branch(self, event: BranchTaken) -> tuple[Line, ...]:
        arrow = "→" if self.unicode else ">"
        because = f" because {event.trace}" if event.trace and event.taken != "else" else ""
        head = (Piece(f"{arrow} ", Style.STRONG), Piece(pad("branch", VERB_WIDTH) + " ", Style.DIM))
        said = shorten(escape(f"{event.title} {arrow} {event.taken}{because}"), self.width - VERB_WIDTH - 3)
        return ((*head, Piece(said)),)

    def _note(self, text: str) -> tuple[Line, ...]:
        return ((Piece(f"{INDENT}{escape(text)}", Style.DIM),),)

    def _sign(self, style: Style, text: str) -> Line:
        return (Piece(shorten(f"! {escape(text)}", self.width), style),)

    def _detail(self, text: str, style: Style = Style.PLAIN) -> Line:
        return (Piece(INDENT + shorten(escape(text), max(self.width - len(INDENT), 10)), style),)


def _would_run(groups: tuple[Alike, ...]) -> bool:
    return any((group.message or "").startswith("would run:") for group in groups)


def _gist(result: StepResult) -> str:
    """Return an answer in a word or two: `200`, `rc 0`, `changed`."""
    reply = result.targets[0].reply if len(result.targets) == 1 else None
    match reply:
        case HttpReply():
            return str(reply.status)
        case ShellReply():
            return f"rc {reply.rc}" if reply.rc else ""
        case KubectlReply():
            return {True: "changed", False: "no change", None: ""}[reply.changed]
        case ManualReply():
            return f"{reply.answer}, said {reply.by}"
        case _:
            return ""
