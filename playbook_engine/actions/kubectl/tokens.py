"""A kubectl line as words: `{{ … }}` whole, quotes undone, each word knowing where it stands.

The words are fixed before any value is known, so a value can never become another argument. Quotes and
backslashes mean what they mean in a shell; nothing is expanded, and there are no pipes or redirections.
"""

from collections.abc import Iterator

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import Compiler, Template
from playbook_engine.values import Names, Secret, SecretText, Text

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SHELL = "|&;<>"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a word: literal text as the source has it, or one `{{ … }}`.

    `template` is None in literal text, and where a template does not compile (the problem is on the list).
    """

    text: str
    start: int
    templated: bool = False
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One argument of the line; `end` is where it ends in the source text."""

    scalar: Scalar
    pieces: tuple[Piece, ...]
    start: int
    end: int

    @property
    def span(self) -> Span:
        return self.scalar.at(self.start, max(self.end - self.start, 1))

    @property
    def is_literal(self) -> bool:
        return not any(piece.templated for piece in self.pieces)

    @property
    def shown(self) -> str:
        """Return the word as it is written, quotes undone."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def prefix(self) -> str:
        """Return the literal text before the first `{{`."""
        text = ""
        for piece in self.pieces:
            if piece.templated:
                break
            text += piece.text
        return text

    @property
    def templates(self) -> Iterator[Template]:
        return (piece.template for piece in self.pieces if piece.template is not None)

    def after(self, count: int) -> "Word":
        """Return the word without the first `count` characters, all of them in its prefix."""
        rest, start = [], self.end
        for piece in self.pieces:
            if piece.templated or count < len(piece.text):
                cut = 0 if piece.templated else count
                rest.append(Piece(piece.text[cut:], piece.start + cut, piece.templated, piece.template))
            count = 0 if piece.templated else max(count - len(piece.text), 0)
        if rest:
            start = rest[0].start
        return Word(self.scalar, tuple(rest), start, self.end)

    def text(self, names: Names) -> Text:
        """Render; raises ExpressionError."""
        parts: list[str | Secret] = []
        for piece in self.pieces:
            value = piece.text if piece.template is None else piece.template.text(names)
            parts.extend((value,) if isinstance(value, str) else value.parts)
        if any(isinstance(part, Secret) for part in parts):
            return SecretText(tuple(part for part in parts if part))
        return "".join(str(part) for part in parts)

    def draft(self, names: Names) -> Text:
        """Render what is known; the rest stays as it is written."""
        parts: list[str | Secret] = []
        for piece in self.pieces:
            value = piece.text if piece.template is None else piece.template.draft(names)
            parts.extend((value,) if isinstance(value, str) else value.parts)
        return SecretText(tuple(parts))


def split(scalar: Scalar, compiler: Compiler, problems: Problems) -> tuple[Word, ...]:
    """Return the words of a line; what is wrong with its quotes and templates goes on the list of problems."""
    return tuple(_Splitter(scalar, compiler, problems).words())


class _Splitter:
    """Walks once over the text; `_at` is the next character."""

    def __init__(self, scalar: Scalar, compiler: Compiler, problems: Problems) -> None:
        self._scalar = scalar
        self._text = scalar.text
        self._compiler = compiler
        self._problems = problems
        self._at = 0
        self._pieces: list[Piece] = []

    def words(self) -> Iterator[Word]:
        while self._at < len(self._text):
            if self._text[self._at].isspace():
                self._at += 1
            elif self._text.startswith("\\\n", self._at):
                self._at += 2
            else:
                yield self._word()

    def _word(self) -> Word:
        start, self._pieces = self._at, []
        while self._at < len(self._text) and not self._text[self._at].isspace():
            self._step()
        return Word(self._scalar, tuple(self._pieces), start, self._at)

    def _step(self) -> None:
        char = self._text[self._at]
        if self._text.startswith("{{", self._at):
            self._template()
        elif char == "\\":
            self._escape()
        elif char in "'\"":
            self._quoted(char)
        else:
            if char in _SHELL:
                self._shell(char)
            self._literal(char)

    def _literal(self, char: str) -> None:
        """Take one character, joined to the piece before it when nothing lies between them in the source."""
        last = self._pieces[-1] if self._pieces else None
        if last and not last.templated and last.start + len(last.text) == self._at:
            self._pieces[-1] = Piece(last.text + char, last.start)
        else:
            self._pieces.append(Piece(char, self._at))
        self._at += 1

    def _escape(self) -> None:
        self._at += 1
        if self._at == len(self._text):
            self._problems.error(
                "kubectl-quoting",
                "the line ends with a backslash",
                self._scalar.at(self._at - 1),
                "Remove it, or write two for one.",
            )
        elif self._text[self._at] == "\n":
            self._at += 1
        else:
            self._literal(self._text[self._at])

    def _quoted(self, quote: str) -> None:
        begin = self._at
        self._at += 1
        while self._at < len(self._text) and self._text[self._at] != quote:
            self._step_quoted(quote)
        if self._at == len(self._text):
            self._problems.error(
                "kubectl-quoting",
                f"the quote {quote} is not closed",
                self._scalar.at(begin),
                f"Close it with {quote}.",
            )
        self._at += 1

    def _step_quoted(self, quote: str) -> None:
        if self._text.startswith("{{", self._at):
            self._template()
        elif (
            quote == '"'
            and self._text[self._at] == "\\"
            and self._text[self._at + 1 : self._at + 2] in tuple('"\\$`')
        ):
            self._at += 1
            self._literal(self._text[self._at])
        else:
            self._literal(self._text[self._at])

    def _template(self) -> None:
        begin, end = self._at, template_end(self._text, self._at)
        template = None
        if end is None:
            end = len(self._text)
            self._problems.error(
                "kubectl-quoting", "'{{' is not closed", self._scalar.at(begin, 2), "Close it with '}}'."
            )
        else:
            template = self._compiler.fragment(self._scalar, begin, end)
        self._pieces.append(Piece(self._text[begin:end], begin, templated=True, template=template))
        self._at = end

    def _shell(self, char: str) -> None:
        self._problems.error(
            "kubectl-shell",
            f"'{char}' has no meaning here: no shell runs this line",
            self._scalar.at(self._at),
            "Use 'expect' and 'capture' on the answer; quote the character where it is part of a value.",
        )


def template_end(text: str, start: int) -> int | None:
    """Return where the `{{ … }}` that begins at `start` ends; braces in its strings and maps do not count."""
    at = start + 2
    open_: list[str] = []
    while at < len(text):
        char = text[at]
        if not open_ and text.startswith("}}", at):
            return at + 2
        if char in "'\"":
            at = _string_end(text, at)
            continue
        if char in _CLOSING:
            open_.append(_CLOSING[char])
        elif open_ and char == open_[-1]:
            open_.pop()
        at += 1
    return None


def _string_end(text: str, start: int) -> int:
    at = start + 1
    while at < len(text) and text[at] != text[start]:
        at += 2 if text[at] == "\\" else 1
    return at + 1
