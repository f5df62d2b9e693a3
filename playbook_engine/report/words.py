"""The few words behind a step's title: what came of it, how often it was tried, how long it took."""

from collections import Counter
from collections.abc import Iterable

from playbook_engine.model.outcomes import Outcome, combine
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.report.grouping import GRAVITY
from playbook_engine.report.style import OUTCOMES, Line, Piece, Style, seconds
from playbook_engine.visible import escape

KINDS = 2
"""Kinds of outcomes that are counted one by one."""
GOOD = {"mitigate": "changed", "undo": "taken back"}
"""What `ok` means where something is changed."""


def words_of(verb: str, result: StepResult, duration_ms: int) -> Line:
    """Return what came of a step in a few words."""
    counting = tuple(target for target in result.targets if target.counts) or result.targets
    words = _counts(verb, counting) if len(counting) > 1 else _alone(verb, result.outcome, counting)
    tries = max((target.attempts for target in result.targets), default=1)
    words += [Piece(f"{tries} tries", Style.DIM)] if tries > 1 else []
    if result.outcome is not Outcome.OK and result.targets and not any(target.counts for target in result.targets):
        words.append(Piece("not critical", Style.DIM))
    words += [Piece(seconds(duration_ms), Style.DIM)] if duration_ms else []
    return joined(words)


def joined(words: Iterable[Piece]) -> Line:
    """Return words with commas between them."""
    line: list[Piece] = []
    for word in words:
        line += [Piece(", ", Style.DIM), word] if line else [word]
    return tuple(line)


def _alone(verb: str, outcome: Outcome, targets: tuple[TargetResult, ...]) -> list[Piece]:
    words = [] if outcome is Outcome.OK else [Piece(outcome.value, OUTCOMES[outcome])]
    change = _change(verb, targets[0]) if targets else None
    words += [change] if change else []
    gist = _gist(targets[0]) if targets else ""
    return [*words, Piece(escape(gist), Style.DIM)] if gist else words


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


def _counts(verb: str, targets: tuple[TargetResult, ...]) -> list[Piece]:
    """Return how many targets ended in each way; one number when all agree."""
    found = Counter(target.outcome for target in targets)
    changing = verb in GOOD
    good = GOOD.get(verb, "")
    if set(found) == {Outcome.OK}:
        moved = sum(not _says_unchanged(target) for target in targets)
        if not changing:
            return [Piece(f"{len(targets)} targets", Style.DIM)]
        how_many = f"{len(targets)} targets" if moved == len(targets) else f"{moved} of {len(targets)} targets"
        return [Piece(f"{good} on {how_many}", Style.CHANGE)]
    if len(found) > KINDS:
        bad = len(targets) - found[Outcome.OK]
        return [Piece(f"{bad} of {len(targets)} not {good or 'ok'}", OUTCOMES[combine(found)])]
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
