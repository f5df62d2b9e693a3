"""Targets that ended differently, told group by group under a step's line, with what the failing ones said."""

from collections import Counter
from collections.abc import Iterable

from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import Output
from playbook_engine.model.results import StepResult
from playbook_engine.phrases import screen
from playbook_engine.phrases.words import Words
from playbook_engine.report.grouping import GRAVITY, Alike, alike
from playbook_engine.report.names import compact
from playbook_engine.report.pen import INDENT, Pen
from playbook_engine.report.style import OUTCOME_WORDS, OUTCOMES, Line, Piece, Style
from playbook_engine.report.widths import display_width, pad
from playbook_engine.report.words import GOOD
from playbook_engine.visible import escape

DEEPER = INDENT * 2
GROUPS = 8
"""Groups told one by one before the rest is only counted."""
OUTPUT_LINES = 10
OUTPUT_LINES_IN_GROUP = 3
"""Lines of an output shown where something failed: of one target, and of each of several groups."""
TAB = 8
WITH_OUTPUT = frozenset({Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.INDETERMINATE})


def differences(verb: str, result: StepResult, pen: Pen) -> list[Line]:
    """Return how each target ended that is not well, and in one line which ones are."""
    if len(result.targets) == 1:
        (group,) = alike(result.targets)
        return [*(pen.detail(group.message) if group.message else ()), *_evidence(group, pen, INDENT, OUTPUT_LINES)]
    groups = alike(result.targets)
    bad = tuple(group for group in groups if group.outcome is not Outcome.OK)
    lines = [line for group in bad[:GROUPS] for line in group_lines(group, pen)]
    if len(bad) > GROUPS:
        lines += pen.detail(_rest(bad[GROUPS:], pen.words), Style.DIM)
    mentioned = {name for group in bad for name in group.targets}
    fine = [
        name for group in groups if group.outcome is Outcome.OK for name in group.targets if name not in mentioned
    ]
    return [*lines, *_fine(fine, pen.words(GOOD.get(verb, screen.Outcomes.OK)), pen)]


def group_lines(group: Alike, pen: Pen) -> list[Line]:
    """Return targets that ended alike, with the reason on the same line where there is room."""
    names = pen.cut(compact(group.targets, pen.words), max(pen.width // 2, 16))
    head: Line = (
        Piece(f"{INDENT}{names}", Style.STRONG),
        Piece("  "),
        Piece(pen.words(OUTCOME_WORDS[group.outcome]), OUTCOMES[group.outcome]),
        *(() if group.counts else (Piece(pen.words(screen.Differences.ASIDE), Style.DIM),)),
    )
    taken = sum(display_width(piece.text) for piece in head)
    message = escape(group.message or "")
    if message and taken + 2 + display_width(message) <= pen.width:
        lines: list[Line] = [(*head, Piece(f"  {message}"))]
    else:
        lines = [head, *(pen.detail(group.message, indent=DEEPER) if group.message else ())]
    return [*lines, *_evidence(group, pen, DEEPER, OUTPUT_LINES_IN_GROUP)]


def _rest(groups: Iterable[Alike], words: Words) -> str:
    count: Counter[Outcome] = Counter()
    for group in groups:
        count[group.outcome] += len(group.targets)
    said = words(screen.Gist.COMMA).join(
        words(screen.Gist.COUNTED, count=count[outcome], word=words(OUTCOME_WORDS[outcome]))
        for outcome in GRAVITY
        if outcome in count
    )
    return words(screen.Differences.REST, count=sum(count.values()), said=said)


def _fine(names: list[str], word: str, pen: Pen) -> tuple[Line, ...]:
    if not names:
        return ()
    shown = pen.cut(compact(names, pen.words), max(pen.width - len(INDENT) - display_width(word) - 2, 8))
    return ((Piece(f"{INDENT}{shown}", Style.DIM), Piece(f"  {word}", Style.GOOD)),)


def _evidence(group: Alike, pen: Pen, indent: str, most: int) -> list[Line]:
    """Return the hint and the ends of the outputs of targets that are not well."""
    words = pen.words
    hint = words(screen.Story.HINT, hint=group.hint)
    lines = list(pen.detail(hint, Style.DIM, indent=indent)) if group.hint else []
    if group.outcome not in WITH_OUTPUT:
        return lines
    if group.outputs is None:
        return [*lines, *pen.detail(words(screen.Differences.OUTPUTS_DIFFER), Style.DIM, indent=indent)]
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
        above = pen.words.counted(left_out, screen.Differences.LINE_ABOVE, screen.Differences.LINES_ABOVE)
        shown.append((Piece(f"{indent}{label}{above}", Style.DIM),))
    for number, line in enumerate(lines[-most:]):
        lead = indent + (label if number == 0 and left_out <= 0 else " " * len(label))
        body = pen.cut(line.expandtabs(TAB), max(pen.width - len(lead), 8))
        shown.append((Piece(lead, Style.DIM), Piece(body)))
    return shown
