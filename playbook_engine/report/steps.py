"""A finished step as lines: one when all targets agree, grouped detail where they differ."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, Output, ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.report.escape import escape
from playbook_engine.report.grouping import GRAVITY, Alike, alike
from playbook_engine.report.names import compact
from playbook_engine.report.pen import INDENT, VERB_WIDTH, Pen
from playbook_engine.report.style import OUTCOMES, Line, Piece, Style, seconds
from playbook_engine.report.widths import display_width, pad

DEEPER = INDENT * 2
START_WIDTH = 2 + VERB_WIDTH + 1
KINDS = 2
"""Kinds of outcomes that a headline counts one by one."""
GROUPS = 8
"""Groups told one by one before the rest is only counted."""
OUTPUT_LINES = 10
OUTPUT_LINES_IN_GROUP = 3
"""Lines of an output shown where something failed: of one target, and of each of several groups."""
TAB = 8
WITH_OUTPUT = frozenset({Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.INDETERMINATE})
GOOD = {"mitigate": "changed", "undo": "taken back"}
"""What `ok` means where something is changed."""
WOULD_RUN = "would run: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A step, or an undo, that is over. `aside` is what there is to say besides: who approved it."""

    verb: str
    title: str
    result: StepResult
    duration_ms: int
    aside: str | None = None


def step_lines(ended: Ended, pen: Pen) -> tuple[Line, ...]:
    """Return what to tell of a step that is over."""
    result = ended.result
    aside = pen.detail(ended.aside, Style.DIM) if ended.aside else ()
    if _would_run(result):
        return (*_would(ended, pen), *aside)
    if result.outcome in (Outcome.SKIPPED, Outcome.ABORTED):
        return (*_not_done(ended, pen), *aside)
    head = pen.headline(mark(result.outcome, pen), ended.verb, ended.title, _said(ended))
    if result.outcome is Outcome.OK:
        return (head, *aside)
    return (head, *aside, *_cause(result, pen), *_groups(ended, pen))


def mark(outcome: Outcome, pen: Pen) -> Piece:
    """Return the symbol of an outcome."""
    return Piece(pen.glyphs.outcomes[outcome], OUTCOMES[outcome])


def _said(ended: Ended) -> Line:
    """Return the few words behind a title: what came of it, and how long it took."""
    result = ended.result
    words = _counts(ended) if len(result.targets) > 1 else _alone(ended)
    tries = max((target.attempts for target in result.targets), default=1)
    words += [Piece(f"{tries} tries", Style.DIM)] if tries > 1 else []
    words += [Piece(seconds(ended.duration_ms), Style.DIM)] if ended.duration_ms else []
    return _joined(words)


def _joined(words: Iterable[Piece]) -> Line:
    line: list[Piece] = []
    for word in words:
        line += [Piece(", ", Style.DIM), word] if line else [word]
    return tuple(line)


def _alone(ended: Ended) -> list[Piece]:
    outcome, targets = ended.result.outcome, ended.result.targets
    words = [] if outcome is Outcome.OK else [Piece(outcome.value, OUTCOMES[outcome])]
    change = _change(ended.verb, targets[0]) if targets else None
    words += [change] if change else []
    gist = _gist(targets[0]) if targets else ""
    return [*words, Piece(gist, Style.DIM)] if gist else words


def _change(verb: str, target: TargetResult) -> Piece | None:
    """Return whether the target is another than before."""
    if verb not in GOOD or not target.begun:
        return None
    if target.outcome is not Outcome.OK:
        return Piece("may have changed", Style.WARN)
    if _says_unchanged(target):
        return Piece("no change", Style.DIM)
    return Piece(GOOD[verb], Style.CHANGE)


def _says_unchanged(target: TargetResult) -> bool:
    return target.reply is not None and target.reply.changed is False


def _counts(ended: Ended) -> list[Piece]:
    """Return how many targets ended in each way; one number when all agree."""
    targets = ended.result.targets
    found = Counter(target.outcome for target in targets)
    changing = ended.verb in GOOD
    good = GOOD.get(ended.verb, "")
    if set(found) == {Outcome.OK}:
        moved = sum(not _says_unchanged(target) for target in targets)
        if not changing:
            return [Piece(f"{len(targets)} targets", Style.DIM)]
        how_many = f"{len(targets)} targets" if moved == len(targets) else f"{moved} of {len(targets)} targets"
        return [Piece(f"{good} on {how_many}", Style.CHANGE)]
    if len(found) > KINDS:
        bad = len(targets) - found[Outcome.OK]
        return [Piece(f"{bad} of {len(targets)} not {good or 'ok'}", OUTCOMES[ended.result.outcome])]
    words = [
        Piece(
            f"{found[outcome]} {good or 'ok' if outcome is Outcome.OK else outcome.value}", _tone(outcome, changing)
        )
        for outcome in GRAVITY
        if outcome in found
    ]
    unsure = sum(target.begun and target.outcome is not Outcome.OK for target in targets) if changing else 0
    return [*words, Piece(f"{unsure} may have changed", Style.WARN)] if unsure else words


def _tone(outcome: Outcome, changing: bool) -> Style:  # noqa: FBT001  says which of two styles an ok has
    if outcome is Outcome.OK:
        return Style.CHANGE if changing else Style.DIM
    return OUTCOMES[outcome]


def _gist(target: TargetResult) -> str:
    """Return an answer in a word or two: `200`, `rc 1`, `done, said ana`."""
    match target.reply:
        case HttpReply() as reply:
            return str(reply.status)
        case ShellReply() as reply:
            return f"rc {reply.rc}" if reply.rc else ""
        case ManualReply() as reply:
            return f"{reply.answer}, said {reply.by}"
        case KubectlReply() | _:
            return ""


def _not_done(ended: Ended, pen: Pen) -> tuple[Line, ...]:
    """Return a step that was skipped or not begun, with the reason beside it or, when long, below."""
    result = ended.result
    reasons = {target.cause.message: target.cause for target in result.targets if target.cause}
    cause = result.cause or (next(iter(reasons.values())) if len(reasons) == 1 else None)
    reason = cause.message if cause else "for several reasons" if reasons else ""
    faint = result.outcome is Outcome.SKIPPED
    word = Piece(result.outcome.value, OUTCOMES[result.outcome])
    shown = escape(reason)
    whole = START_WIDTH + display_width(escape(ended.title)) + len(word.text) + display_width(shown) + 4
    fits = whole <= pen.width or display_width(shown) <= pen.width // 3
    said = _joined([word, Piece(shown, Style.DIM)]) if reason and fits else (word,)
    head = pen.headline(mark(result.outcome, pen), ended.verb, ended.title, said, faint=faint)
    below = () if fits else pen.detail(reason, Style.DIM)
    groups = _groups(ended, pen) if len(reasons) > 1 and result.cause is None else []
    return (head, *below, *groups)


def _cause(result: StepResult, pen: Pen) -> tuple[Line, ...]:
    """Return why the step as a whole ended so, unless its targets say the same."""
    cause = result.cause
    if cause is None or any(target.cause and target.cause.message == cause.message for target in result.targets):
        return ()
    return (*pen.detail(cause.message), *(pen.detail(f"hint: {cause.hint}", Style.DIM) if cause.hint else ()))


def _groups(ended: Ended, pen: Pen) -> list[Line]:
    result = ended.result
    if len(result.targets) == 1:
        (group,) = alike(result.targets)
        return [*(pen.detail(group.message) if group.message else ()), *_evidence(group, pen, INDENT, OUTPUT_LINES)]
    groups = alike(result.targets)
    bad = tuple(group for group in groups if group.outcome is not Outcome.OK)
    lines = [line for group in bad[:GROUPS] for line in _group(group, pen)]
    if len(bad) > GROUPS:
        lines += pen.detail(_rest(bad[GROUPS:]), Style.DIM)
    mentioned = {name for group in bad for name in group.targets}
    fine = [
        name for group in groups if group.outcome is Outcome.OK for name in group.targets if name not in mentioned
    ]
    return [*lines, *_fine(fine, GOOD.get(ended.verb, "ok"), pen)]


def _group(group: Alike, pen: Pen) -> list[Line]:
    """Return targets that ended alike, with the reason on the same line where there is room."""
    names = pen.cut(compact(group.targets), max(pen.width // 2, 16))
    head = (Piece(f"{INDENT}{names}", Style.STRONG), Piece("  "), Piece(group.outcome.value, OUTCOMES[group.outcome]))
    taken = sum(display_width(piece.text) for piece in head)
    message = escape(group.message or "")
    if message and taken + 2 + display_width(message) <= pen.width:
        lines: list[Line] = [(*head, Piece(f"  {message}"))]
    else:
        lines = [pen.fit(head), *(pen.detail(group.message, indent=DEEPER) if group.message else ())]
    return [*lines, *_evidence(group, pen, DEEPER, OUTPUT_LINES_IN_GROUP)]


def _rest(groups: Iterable[Alike]) -> str:
    count: Counter[Outcome] = Counter()
    for group in groups:
        count[group.outcome] += len(group.targets)
    said = ", ".join(f"{count[outcome]} {outcome.value}" for outcome in GRAVITY if outcome in count)
    return f"and {sum(count.values())} more, each for its own reason: {said}; the record has them all"


def _fine(names: list[str], word: str, pen: Pen) -> tuple[Line, ...]:
    if not names:
        return ()
    shown = pen.cut(compact(names), max(pen.width - len(INDENT) - len(word) - 2, 8))
    return ((Piece(f"{INDENT}{shown}", Style.DIM), Piece(f"  {word}", Style.GOOD)),)


def _evidence(group: Alike, pen: Pen, indent: str, most: int) -> list[Line]:
    """Return the hint and the ends of the outputs of targets that are not well."""
    lines = list(pen.detail(f"hint: {group.hint}", Style.DIM, indent=indent)) if group.hint else []
    if group.outcome not in WITH_OUTPUT:
        return lines
    if group.outputs is None:
        return [*lines, *pen.detail("their outputs differ; the record has them all", Style.DIM, indent=indent)]
    for name, output in group.outputs:
        lines += _output(name, output, pen, indent, most)
    return lines


def _output(name: str, output: Output, pen: Pen, indent: str, most: int) -> list[Line]:
    """Return the last lines of an output: the end is where programs say what went wrong."""
    text = output.text.rstrip()
    if not text:
        return []
    lines = text.splitlines()
    label = pad(f"{name}:", 8)
    left_out = len(lines) - most
    shown: list[Line] = []
    if left_out > 0:
        above = f"{left_out} more line{'s' if left_out > 1 else ''} above"
        shown.append(pen.fit((Piece(f"{indent}{label}{above}", Style.DIM),)))
    for number, line in enumerate(lines[-most:]):
        lead = indent + (label if number == 0 and left_out <= 0 else " " * len(label))
        body = pen.cut(line.expandtabs(TAB), max(pen.width - len(lead), 8))
        shown.append((Piece(lead, Style.DIM), Piece(body)))
    return shown


def _would_run(result: StepResult) -> bool:
    return result.outcome is Outcome.SKIPPED and any(
        target.cause is not None and target.cause.kind == "check" for target in result.targets
    )


def _would(ended: Ended, pen: Pen) -> tuple[Line, ...]:
    """Return what `--check` has to show of a mitigation: every request, whole."""
    head = pen.headline(
        Piece(pen.glyphs.bullet, Style.CHANGE), ended.verb, ended.title, (Piece("not run: --check", Style.WARN),)
    )
    lines: list[Line] = [head]
    for group in alike(ended.result.targets):
        message = group.message or ""
        if not message.startswith(WOULD_RUN):
            lines += _group(group, pen)
            continue
        names = compact(group.targets)
        lines += pen.detail(f"would change {names}:")
        lines += pen.labelled(Piece(DEEPER), message.removeprefix(WOULD_RUN), Style.STRONG, most=None)
    return tuple(lines)
