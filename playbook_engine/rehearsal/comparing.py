"""What was expected against what happened."""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from playbook_engine.diagnostics import Span
from playbook_engine.model.rehearsal import Expected, PathEntry, Word
from playbook_engine.model.rehearsed import Finding, Line, Mark
from playbook_engine.rehearsal.taken import Entry, Taken
from playbook_engine.values import Value

_RIGHT_OR_WRONG = "Is the playbook right? Then write what happened; else change the playbook."


def compare(expected: Expected, taken: Taken) -> Iterator[Finding]:
    """Yield every expectation that was not met."""
    yield from _verdict(expected, taken)
    if expected.path is not None:
        yield from _path(expected.path, expected.path_span, taken.entries)
    if expected.changed is not None:
        yield from _changed(expected.changed, expected.spans["changed"], taken.changed)
    finished = taken.finished
    for what, words, found in (
        ("undone", expected.undone, taken.undone),
        ("told", expected.told, finished.told),
        ("not_told", expected.not_told, finished.not_told),
    ):
        if words is not None:
            yield from _listed(what, words, expected.spans[what], found)
    for word, value in expected.captured:
        yield from _captured(word, value, taken.captured.get(word.text))


def _verdict(expected: Expected, taken: Taken) -> Iterator[Finding]:
    finished = taken.finished
    if finished.verdict is not expected.verdict:
        yield Finding(
            what="verdict",
            message=f"expected {expected.verdict.value}, it ended {finished.verdict.value}: {finished.reason}",
            span=expected.verdict_span,
            advice="The path below shows where it went another way."
            if expected.path is not None
            else "Write a 'path' to see where it went another way.",
        )


def _path(expected: Sequence[PathEntry], span: Span, entries: Sequence[Entry]) -> Iterator[Finding]:
    wanted = [_text(entry.name.text, entry.ended) for entry in expected]
    lines = tuple(_difference(expected, wanted, entries, tuple(_as_expected(expected, entries))))
    if any(line.mark is not Mark.SAME for line in lines):
        place = next((line.span for line in lines if line.mark is Mark.MISSING and line.span), span)
        message = f"it took another path ({Mark.MISSING} expected, {Mark.EXTRA} taken)"
        yield Finding(what="path", message=message, span=place, advice=_RIGHT_OR_WRONG, lines=lines)


def _difference(
    expected: Sequence[PathEntry], wanted: Sequence[str], entries: Sequence[Entry], shown: Sequence[str]
) -> Iterator[Line]:
    for tag, a0, a1, b0, b1 in SequenceMatcher(a=wanted, b=shown, autojunk=False).get_opcodes():
        mark = Mark.SAME if tag == "equal" else Mark.MISSING
        for at in range(a0, a1):
            yield Line(mark=mark, text=wanted[at], span=expected[at].name.span)
        if mark is not Mark.SAME:
            for at in range(b0, b1):
                yield Line(mark=Mark.EXTRA, text=shown[at], note=entries[at].why)


def _as_expected(expected: Sequence[PathEntry], entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what happened in the form in which it is expected: as one word, or by target."""
    forms: dict[str, list[bool]] = {}
    for entry in expected:
        forms.setdefault(entry.name.text, []).append(not isinstance(entry.ended, str))
    for happened in entries:
        left = forms.get(happened.name, [])
        by_target = left[0] if left else False
        if len(left) > 1:
            left.pop(0)
        told = tuple(happened.by_target.items()) if by_target and happened.by_target else happened.ended
        yield _text(happened.name, told)


def _text(name: str, ended: "str | tuple[tuple[Word, str], ...] | tuple[tuple[str, str], ...]") -> str:
    if isinstance(ended, str):
        return f"{name}: {ended}"
    pairs = sorted((target.text if isinstance(target, Word) else target, word) for target, word in ended)
    return f"{name}: {{{', '.join(f'{target}: {word}' for target, word in pairs)}}}"


def _changed(
    expected: Sequence[tuple[Word, tuple[Word, ...]]], span: Span, found: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    lines: list[Line] = []
    wanted = {word.text: (word, tuple(target.text for target in targets)) for word, targets in expected}
    for name in dict.fromkeys((*wanted, *found)):
        word, targets = wanted.get(name, (None, ()))
        happened = found.get(name)
        if word is not None and happened is not None and set(targets) == set(happened):
            lines.append(Line(mark=Mark.SAME, text=_targets(name, targets), span=word.span))
            continue
        if word is not None:
            lines.append(Line(mark=Mark.MISSING, text=_targets(name, targets), span=word.span))
        if happened is not None:
            lines.append(Line(mark=Mark.EXTRA, text=_targets(name, happened)))
    if any(line.mark is not Mark.SAME for line in lines):
        message = f"something else was changed ({Mark.MISSING} expected, {Mark.EXTRA} changed)"
        yield Finding(what="changed", message=message, span=span, advice=_RIGHT_OR_WRONG, lines=tuple(lines))


def _targets(name: str, targets: Sequence[str]) -> str:
    return f"{name}: [{', '.join(sorted(targets))}]"


def _listed(what: str, expected: Sequence[Word], span: Span, found: Sequence[str]) -> Iterator[Finding]:
    wanted = [word.text for word in expected]
    if wanted != list(found):
        message = f"expected {_names(wanted)}, it was {_names(found)}"
        yield Finding(what=what, message=message, span=span, advice=_RIGHT_OR_WRONG)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"


def _captured(word: Word, expected: Value, found: Mapping[str, Value] | None) -> Iterator[Finding]:
    if found is None:
        message = f"{word.text} was not captured: the step did not come to it"
        yield Finding(
            what="captured", message=message, span=word.span, advice="Look at the path for what the step did."
        )
        return
    values = list(found.values())
    alike = all(value == values[0] for value in values)
    if (alike and values[0] == expected) or (dict(found) == expected):
        return
    shown = values[0] if alike else found
    message = f"{word.text}: expected {_shown(expected)}, captured {_shown(shown)}"
    yield Finding(what="captured", message=message, span=word.span, advice=_RIGHT_OR_WRONG)


def _shown(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
