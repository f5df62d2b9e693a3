"""The way in: makes expressions and templates of a playbook's scalars, and collects their problems."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.language.expressions.expression import Built, CompiledExpression
from playbook_engine.language.expressions.findings import Finding
from playbook_engine.language.expressions.scanner import Hole, Literal, Piece, pieces_of
from playbook_engine.language.expressions.shell import SAFER, ShellScanner, Spot
from playbook_engine.language.expressions.template import CompiledTemplate
from playbook_engine.model.document import Scalar

_FOREIGN_BRACES = "Text for another program? A literal {{ is written {{ '{{' }}."
_RAW_IN_EXPRESSION = "`| raw` belongs last into {{ … }} of a shell command"
_RAW_WITHOUT_SHELL = "`| raw` has a meaning in shell commands only; nothing is quoted here"


def _compiled(source: str) -> tuple[Built | None, list[Finding]]:
    """Compile one expression; Jinja2 is imported when the first one is, which many commands never reach."""
    from playbook_engine.language.expressions.building import compile_source  # noqa: PLC0415 -- see above

    return compile_source(source)


class ExpressionCompiler:
    """Makes expressions and templates; see `model.expressions.Compiler`."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def expression(self, scalar: Scalar) -> CompiledExpression | None:
        """Compile the whole scalar as one expression."""
        built, findings = _compiled(scalar.text)
        if built is not None and built.raw:
            findings = [Finding("not-allowed", _RAW_IN_EXPRESSION, 0, len(scalar.text))]
        self._report(findings, scalar, 0)
        if built is None or findings:
            return None
        return CompiledExpression.of(built, scalar.at)

    def template(self, scalar: Scalar, *, shell: bool = False) -> CompiledTemplate | None:
        """Compile the whole scalar as a text with `{{ … }}` in it."""
        return self._template(scalar, 0, scalar.text, shell=shell)

    def fragment(self, scalar: Scalar, start: int, end: int) -> CompiledTemplate | None:
        """Compile the part of a scalar's text from `start` to `end` as a template."""
        return self._template(scalar, start, scalar.text[start:end], shell=False)

    def _template(self, scalar: Scalar, start: int, text: str, *, shell: bool) -> CompiledTemplate | None:
        pieces, findings = pieces_of(text)
        self._report(findings, scalar, start)
        compiled = [
            self._hole(piece, scalar, start, shell=shell) if isinstance(piece, Hole) else (piece.text, False)
            for piece in pieces
        ]
        raw = [is_raw for part, is_raw in compiled if not isinstance(part, str)]
        spots, unsafe = _spots(pieces, raw) if shell and not findings else ([], [])
        self._report(unsafe, scalar, start)
        done = [part for part, _ in compiled if part is not None]
        if findings or unsafe or len(done) < len(compiled):
            return None
        references = tuple(
            reference for part in done if isinstance(part, CompiledExpression) for reference in part.references
        )
        return CompiledTemplate(
            source=text,
            span=scalar.span if len(text) == len(scalar.text) else scalar.at(start, len(text)),
            references=references,
            pieces=tuple(done),
            spots=tuple(spots) if shell else None,
        )

    def _hole(self, hole: Hole, scalar: Scalar, start: int, *, shell: bool) -> tuple[CompiledExpression | None, bool]:
        base = start + hole.start

        def locate(offset: int, length: int) -> Span:
            return scalar.at(base + offset, length)

        built, findings = _compiled(hole.source)
        if trimmed := _trimmed(hole):
            findings = [trimmed]
        elif built is not None and built.raw and not shell:
            findings = [Finding("not-allowed", _RAW_WITHOUT_SHELL, 0, len(hole.source))]
        self._report([_with_hint(finding) for finding in findings], scalar, base)
        if built is None or findings:
            return None, False
        return CompiledExpression.of(built, locate), built.raw

    def _report(self, findings: Iterable[Finding], scalar: Scalar, base: int) -> None:
        for found in findings:
            self._problems.error(found.code, found.message, scalar.at(base + found.start, found.length), found.hint)


def _trimmed(hole: Hole) -> Finding | None:
    """Refuse `{{- … -}}`, which trims blanks in Jinja and would be a minus sign here."""
    if hole.source.startswith("-"):
        message, at = "`{{-` does not trim blanks here", 0
    elif hole.source.endswith("-"):
        message, at = "`-}}` does not trim blanks here", len(hole.source) - 1
    else:
        return None
    return Finding("expression-syntax", message, at, 1, "Write {{ … }}, or {{ -x }} for a negative value.")


def _with_hint(finding: Finding) -> Finding:
    if finding.code == "expression-syntax" and finding.hint is None:
        return replace(finding, hint=_FOREIGN_BRACES)
    return finding


def _spots(pieces: Sequence[Piece], raw: Sequence[bool]) -> tuple[list[Spot], list[Finding]]:
    """Return how each value is quoted, and what is wrong with the command around it."""
    scanner, unquoted = ShellScanner(), iter(raw)
    spots: list[Spot] = []
    findings: list[Finding] = []
    for piece, following in zip_longest(pieces, pieces[1:]):
        if not isinstance(piece, Hole):
            scanner.feed(piece.text, piece.start)
            continue
        spot = scanner.spot()
        if next(unquoted):
            spots.append(Spot.RAW)
        elif spot is Spot.PLAIN and isinstance(following, Literal) and following.text[0] in "<>":
            spots.append(Spot.REDIRECTED)
        elif isinstance(spot, Spot):
            spots.append(spot)
        else:
            findings.append(Finding("shell-quoting", spot, piece.start - 2, len(piece.source) + 4, SAFER))
    if not findings and (unclosed := scanner.unclosed()):
        findings.append(unclosed)
    return spots, findings
