"""The few words behind a step's title: what came of it, how often it was tried, how long it took."""

from collections import Counter
from collections.abc import Iterable

from playbook_engine.model.outcomes import Outcome, combine
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, ShellReply
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.phrases.screen import Gist, Outcomes
from playbook_engine.phrases.words import ENGLISH, Phrase, Words
from playbook_engine.report.grouping import GRAVITY
from playbook_engine.report.style import OUTCOME_WORDS, OUTCOMES, Line, Piece, Style, seconds
from playbook_engine.visible import escape

KINDS = 2
"""Kinds of outcomes that are counted one by one."""
GOOD: dict[str, Phrase] = {"mitigate": Gist.CHANGED, "undo": Gist.TAKEN_BACK}
"""What `ok` means where something is changed."""


def words_of(verb: str, result: StepResult, duration_ms: int, words: Words = ENGLISH) -> Line:
    """Return what came of a step in a few words."""
    counting = tuple(target for target in result.targets if target.counts) or result.targets
    said = _counts(verb, counting, words) if len(counting) > 1 else _alone(verb, result.outcome, counting, words)
    tries = max((target.attempts for target in result.targets), default=1)
    said += [Piece(words(Gist.TRIES, count=tries), Style.DIM)] if tries > 1 else []
    if result.outcome is not Outcome.OK and result.targets and not any(target.counts for target in result.targets):
        said.append(Piece(words(Gist.NOT_CRITICAL), Style.DIM))
    said += [Piece(seconds(duration_ms), Style.DIM)] if duration_ms else []
    return joined(said, words)


def joined(said: Iterable[Piece], words: Words = ENGLISH) -> Line:
    """Return words with commas between them."""
    line: list[Piece] = []
    for word in said:
        line += [Piece(words(Gist.COMMA), Style.DIM), word] if line else [word]
    return tuple(line)


def _alone(verb: str, outcome: Outcome, targets: tuple[TargetResult, ...], words: Words) -> list[Piece]:
    said = [] if outcome is Outcome.OK else [Piece(words(OUTCOME_WORDS[outcome]), OUTCOMES[outcome])]
    change = _change(verb, targets[0], words) if targets else None
    said += [change] if change else []
    gist = _gist(targets[0], words) if targets else ""
    return [*said, Piece(escape(gist), Style.DIM)] if gist else said


def _change(verb: str, target: TargetResult, words: Words) -> Piece | None:
    """Return whether the target is another than before."""
    if verb not in GOOD or not target.begun:
        return None
    if target.outcome is not Outcome.OK:
        return Piece(words(Gist.MAY_HAVE_CHANGED), Style.WARN)
    if _says_unchanged(target):
        return Piece(words(Gist.NO_CHANGE), Style.DIM)
    return Piece(words(GOOD[verb]), Style.CHANGE)


def _says_unchanged(target: TargetResult) -> bool:
    return target.reply is not None and target.reply.changed is False


def _counts(verb: str, targets: tuple[TargetResult, ...], words: Words) -> list[Piece]:
    """Return how many targets ended in each way; one number when all agree."""
    found = Counter(target.outcome for target in targets)
    changing = verb in GOOD
    good = words(GOOD.get(verb, Outcomes.OK))
    if set(found) == {Outcome.OK}:
        return [_all_good(targets, good, words) if changing else Piece(_many(targets, words), Style.DIM)]
    if len(found) > KINDS:
        bad = len(targets) - found[Outcome.OK]
        return [Piece(words(Gist.NOT_GOOD, bad=bad, count=len(targets), good=good), OUTCOMES[combine(found)])]
    said = [
        Piece(_counted(found[outcome], outcome, good, words), _tone(outcome, changing))
        for outcome in GRAVITY
        if outcome in found
    ]
    unsure = sum(target.begun and target.outcome is not Outcome.OK for target in targets) if changing else 0
    return [*said, Piece(words(Gist.MAY_HAVE, count=unsure), Style.WARN)] if unsure else said


def _many(targets: tuple[TargetResult, ...], words: Words) -> str:
    return words(Gist.ON_TARGETS, count=len(targets))


def _all_good(targets: tuple[TargetResult, ...], good: str, words: Words) -> Piece:
    moved = sum(not _says_unchanged(target) for target in targets)
    phrase = Gist.CHANGED_ON if moved == len(targets) else Gist.CHANGED_ON_SOME
    return Piece(words(phrase, good=good, moved=moved, count=len(targets)), Style.CHANGE)


def _counted(count: int, outcome: Outcome, good: str, words: Words) -> str:
    word = good if outcome is Outcome.OK else words(OUTCOME_WORDS[outcome])
    return words(Gist.COUNTED, count=count, word=word)


def _tone(outcome: Outcome, changing: bool) -> Style:  # noqa: FBT001  says which of two styles an ok has
    if outcome is Outcome.OK:
        return Style.CHANGE if changing else Style.DIM
    return OUTCOMES[outcome]


def _gist(target: TargetResult, words: Words) -> str:
    """Return an answer in a word or two: `200`, `rc 1`, `done, said ana`."""
    match target.reply:
        case HttpReply() as reply:
            return str(reply.status)
        case ShellReply() as reply:
            return words(Gist.RC, rc=reply.rc) if reply.rc else ""
        case ManualReply() as reply:
            return words(Gist.SAID, answer=reply.answer, by=reply.by)
        case KubectlReply() | _:
            return ""
