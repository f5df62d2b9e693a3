"""A compiled template: text, shell, value."""

from collections.abc import Sequence

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions import drafts, operators
from playbook_engine.language.expressions.converting import to_text
from playbook_engine.language.expressions.expression import CompiledExpression
from playbook_engine.language.expressions.limits import check_length
from playbook_engine.language.expressions.quoting import CommandWriter
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.language.expressions.shell import Spot
from playbook_engine.model.expressions import ExpressionError, Reference
from playbook_engine.values import Names, Secret, SecretText, ShellText, Text, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTemplate:
    """A text with expressions in it; see `model.expressions.Template`."""

    source: str
    span: Span
    references: tuple[Reference, ...]
    pieces: tuple[str | CompiledExpression, ...]
    spots: tuple[Spot, ...] | None
    """For each expression how its value is quoted; None when this is not a shell command."""

    @property
    def is_literal(self) -> bool:
        return not any(isinstance(piece, CompiledExpression) for piece in self.pieces)

    def text(self, names: Names) -> Text:
        parts = [piece if isinstance(piece, str) else self._rendered(piece, names) for piece in self.pieces]
        if len(parts) == 1:
            return parts[0]
        return self._joined(parts)

    def _rendered(self, piece: CompiledExpression, names: Names) -> Text:
        value = piece.evaluate(names)
        try:
            return to_text(value)
        except Refused as refused:
            raise ExpressionError(refused.message, piece.span, refused.hint) from None

    def _joined(self, parts: Sequence[Text]) -> Text:
        try:
            return to_text(operators.join(parts))
        except Refused as refused:
            raise ExpressionError(refused.message, self.span, refused.hint) from None

    def shell(self, names: Names) -> ShellText:
        if self.spots is None:
            raise TypeError("this template was not compiled as a shell command")
        command, spots = CommandWriter(), iter(self.spots)
        for piece in self.pieces:
            if isinstance(piece, str):
                command.literal(piece)
            else:
                self._quoted(command, piece, next(spots), names)
        finished = command.finished()
        try:
            check_length(len(finished.command))
        except Refused as refused:
            raise ExpressionError(refused.message, self.span, refused.hint) from None
        return finished

    def _quoted(self, command: CommandWriter, piece: CompiledExpression, spot: Spot, names: Names) -> None:
        value = piece.evaluate(names)
        try:
            command.value(value, spot)
        except Refused as refused:
            raise ExpressionError(refused.message, piece.span, refused.hint) from None

    def draft(self, names: Names) -> Text:
        parts: list[str | Secret] = []
        for piece in self.pieces:
            value = None if isinstance(piece, str) else drafts.known(piece, names)
            if isinstance(piece, str):
                parts.append(piece)
            elif isinstance(value, Secret):
                parts.append(value)
            else:
                parts.append(drafts.as_written(piece) if value is None else value)
        if any(isinstance(part, Secret) for part in parts):
            return SecretText(tuple(parts))
        return "".join(str(part) for part in parts)

    def shell_draft(self, names: Names) -> str:
        if self.spots is None:
            raise TypeError("this template was not compiled as a shell command")
        command, spots = CommandWriter(prefix=""), iter(self.spots)
        for piece in self.pieces:
            if isinstance(piece, str):
                command.literal(piece)
                continue
            spot, value = next(spots), drafts.known_value(piece, names)
            try:
                command.literal(drafts.as_written(piece)) if value is None else command.value(value, spot)
            except Refused:
                command.literal(drafts.as_written(piece))
        return command.finished().command

    def value(self, names: Names) -> Value:
        if len(self.pieces) == 1 and isinstance(self.pieces[0], CompiledExpression):
            return self.pieces[0].evaluate(names)
        return self.text(names)
