"""What an event is worth telling, as lines; live screen and plain lines tell the same story."""

from typing import assert_never

from playbook_engine.model.events import (
    AnswersLost,
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
    BatchFinished,
    BranchTaken,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    EscalationUnacknowledged,
    Event,
    PlayFinished,
    PlayStarted,
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
from playbook_engine.phrases import screen
from playbook_engine.phrases.lists import Lists
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.batches import batch_line, goes_on_text
from playbook_engine.report.pen import Pen
from playbook_engine.report.roads import Nesting, branch_lines, indented, play_finished, play_started
from playbook_engine.report.steps import Ended, mark, step_lines
from playbook_engine.report.style import UNICODE, Glyphs, Line, Piece, Style, seconds
from playbook_engine.report.widths import display_width
from playbook_engine.values import Duration, StepPath
from playbook_engine.visible import escape


class Storyteller:
    """Turns events into lines, in the order of the run: it remembers who approved what, and why someone is told.

    What happens on a road of some hosts, and in a playbook that another one plays, stands further in. `run` is the
    id that a person types.
    """

    def __init__(self, glyphs: Glyphs = UNICODE, words: Words = ENGLISH) -> None:
        self.run = "latest"
        self._glyphs = glyphs
        self._words = words
        self._nesting = Nesting()
        self._approved: dict[StepPath, str] = {}
        self._rolling: dict[StepPath, StepStarted] = {}
        self._reasons: dict[tuple[StepPath | None, str], str] = {}
        self._waited: dict[StepPath, str] = {}

    def tell(self, event: Event, width: int) -> tuple[Line, ...]:
        """Return what to say of an event in lines of at most `width` columns; nothing for what is on its way."""
        path = getattr(event, "path", None)
        depth = self._nesting.depth(path) if path is not None else 0
        lines = self._said(event, Pen(max(width - 2 * depth, width // 2), self._glyphs, self._words))
        if path is None or not (lines or isinstance(event, StepStarted | ApprovalRequested | EscalationIntended)):
            return lines
        whole = Pen(width, self._glyphs, self._words)
        headings = self._nesting.headings(path, whole)
        above = tuple(whole.fit(line) for level, heading in headings for line in indented((heading,), level))
        return (*above, *indented(lines, min(depth, width // 4)))

    def _said(self, event: Event, pen: Pen) -> tuple[Line, ...]:  # noqa: C901, PLR0911, PLR0912  a case for each event
        match event:
            case AttemptFinished() | ApprovalRequested() | UndoStarted() | RunFinished():
                return ()
            case StepStarted():
                if event.batches is not None:
                    self._rolling[event.path] = event
                return ()
            case BatchFinished():
                title = self._rolling[event.path].title if event.path in self._rolling else str(event.path)
                return (batch_line(event, title, pen),) if event.not_begun else ()
            case RunStarted():
                return _run_started(event, pen)
            case StepFinished():
                return step_lines(_ended(event, event.verb, self._aside(event)), pen)
            case UndoFinished():
                return step_lines(_ended(event, "undo"), pen)
            case BranchTaken():
                self._nesting.branch(event)
                return branch_lines(event, pen) if event.roads else _branch(event, pen)
            case PlayStarted():
                self._nesting.play(event)
                return play_started(event, pen)
            case PlayFinished():
                return play_finished(event, pen)
            case ApprovalGranted():
                self._approved[event.path] = pen.words(screen.Story.APPROVED, by=event.by)
                return ()
            case ApprovalDeclined():
                phrase = screen.Story.SAID_NO_ENDS if event.stop else screen.Story.SAID_NO
                return _sign(Style.WARN, pen.words(phrase, by=event.by), pen)
            case EscalationIntended():
                self._reasons[event.path, event.contact] = event.reason
                return ()
            case EscalationDelivered():
                return self._told(event, pen)
            case EscalationFailed():
                return self._not_told(event, pen)
            case EscalationAcknowledged():
                return self._taken(event, pen)
            case EscalationUnacknowledged():
                said = (Piece(pen.cut(event.reason, pen.width // 2), Style.BAD),)
                title = self._waited.pop(event.path, pen.words(screen.Story.NOTICE))
                return (pen.headline(mark(Outcome.FAILED, pen), "escalate", title, said),)
            case RunPaused():
                return _sign(Style.WARN, pen.words(screen.Story.WAITING, reason=event.reason), pen)
            case RunInterrupted():
                phrase = screen.Story.ENDING_NOW if event.again else screen.Story.STOPPING
                return _sign(Style.WARN, pen.words(phrase, signal=event.signal), pen)
            case RecordLost():
                return _sign(Style.BAD, pen.words(screen.Story.NO_RECORD, reason=event.reason), pen)
            case AnswersLost():
                return _sign(Style.WARN, f"full answers are no longer kept: {event.reason}; the run goes on", pen)
            case _:
                assert_never(event)

    def _aside(self, event: StepFinished) -> str | None:
        """Return who approved a step, and why it is good enough where some of its targets failed."""
        approved, begun = self._approved.pop(event.path, None), self._rolling.pop(event.path, None)
        batches = None if begun is None else begun.batches
        enough = None if batches is None else goes_on_text(batches, event.result, self._words)
        return self._words(Lists.SEMICOLON).join(filter(None, (approved, enough))) or None

    def _told(self, event: EscalationDelivered, pen: Pen) -> tuple[Line, ...]:
        words = pen.words
        title = self._reasons.pop((event.path, event.contact), "") or words(screen.Story.NOTICE)
        told = Piece(words(screen.Story.TOLD, contact=escape(event.contact)), Style.GOOD)
        head = pen.headline(mark(Outcome.OK, pen), "escalate", title, (told, Piece(_way(event, pen), Style.DIM)))
        if event.wait_ms is None or event.path is None:
            return (head,)
        self._waited[event.path] = title
        until = words(screen.Story.UNTIL_TAKEN, wait=Duration(event.wait_ms))
        return (head, *pen.detail(until, Style.WARN), *pen.detail(f"runbook ack {self.run}", Style.STRONG))

    def _taken(self, event: EscalationAcknowledged, pen: Pen) -> tuple[Line, ...]:
        words = pen.words
        title = self._waited.pop(event.path, words(screen.Story.NOTICE))
        by = Piece(pen.cut(words(screen.Story.TAKEN_BY, by=event.by), pen.width // 2), Style.GOOD)
        said = (by, Piece(words(screen.Story.TAKEN_AFTER, time=seconds(event.waited_ms)), Style.DIM))
        head = pen.headline(mark(Outcome.OK, pen), "escalate", title, said)
        return (head, *(pen.detail(event.note, Style.DIM) if event.note else ()))

    def _not_told(self, event: EscalationFailed, pen: Pen) -> tuple[Line, ...]:
        title = self._reasons.pop((event.path, event.contact), "") or pen.words(screen.Story.NO_NOTICE)
        said = (Piece(pen.words(screen.Story.NOT_TOLD, contact=escape(event.contact)), Style.BAD),)
        head = pen.headline(mark(Outcome.FAILED, pen), "escalate", title, said)
        return (head, *(line for reason in event.reasons for line in pen.detail(reason)))


def _ended(event: StepFinished | UndoFinished, verb: str, aside: str | None = None) -> Ended:
    return Ended(verb=verb, title=event.title, result=event.result, duration_ms=event.duration_ms, aside=aside)


def _run_started(event: RunStarted, pen: Pen) -> tuple[Line, ...]:
    phrase = {"check": screen.Story.MODE_CHECK, "sweep": screen.Story.MODE_SWEEP}.get(event.mode)
    mode = pen.words(phrase) if phrase else ""
    shown = pen.cut(event.playbook.title, pen.width - display_width(mode))
    title = (Piece(shown, Style.STRONG), Piece(mode, Style.WARN))
    facts = _facts(event, pen.words)
    notes = (line for note in event.notes for line in _sign(Style.WARN, note, pen))
    return pen.fit(title), *pen.labelled(Piece(""), facts, Style.DIM), *notes


def _facts(event: RunStarted, words: Words) -> str:
    """Return what is played, where, and on how many hosts."""
    playbook, inventory = event.playbook, event.inventory
    limit = words(screen.Story.LIMITED, limit=inventory.limit) if inventory.limit else ""
    some = words(screen.Story.SOME_OF, selected=len(inventory.selected), hosts=inventory.hosts)
    noun = screen.Story.HOST if inventory.hosts == 1 else screen.Story.HOSTS
    hosts = words(noun, count=some if inventory.limit else inventory.hosts)
    given = {"name": playbook.name, "version": playbook.version, "environment": event.environment}
    return words(screen.Story.FACTS, **given, hosts=hosts, limit=limit)


def _way(event: EscalationDelivered, pen: Pen) -> str:
    """Return on which channel somebody was told; the address only where there is room."""
    whole, short = (
        escape(pen.words(screen.Story.TOLD_ON, channel=event.channel, address=address).rstrip())
        for address in (event.address, "")
    )
    return whole if display_width(whole) <= pen.width // 4 else short


def _branch(event: BranchTaken, pen: Pen) -> tuple[Line, ...]:
    """Return which road was taken, and why: on the same line where there is room, else below."""
    arrow = pen.glyphs.arrow
    taken = (Piece(f"{arrow} {pen.cut(event.taken, pen.width // 3)}", Style.STRONG),)
    head = pen.headline(Piece(arrow, Style.STRONG), "branch", event.title, taken)
    if not event.trace:
        return (head,)
    because = pen.words(screen.Roads.BECAUSE, trace=event.trace)
    room = pen.width - sum(display_width(piece.text) for piece in head)
    if display_width(escape(because)) <= room:
        return ((*head, Piece(escape(because), Style.DIM)),)
    return (head, *pen.detail(event.trace, Style.DIM))


def _sign(style: Style, text: str, pen: Pen) -> tuple[Line, ...]:
    return pen.labelled(Piece("! ", style), text, style)
